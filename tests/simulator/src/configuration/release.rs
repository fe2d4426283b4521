//! Releases of vLLM and the prefixes under which their metrics are stored.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A release of vLLM, 0.8.4 to 0.33.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Release {
    minor: u16,
    patch: u16,
}

impl Release {
    /// 0.33.0, the newest described.
    pub const NEWEST: Self = Self::new(33, 0);

    /// `0.minor.patch`.
    pub const fn new(minor: u16, patch: u16) -> Self {
        Self { minor, patch }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "0.{}.{}", self.minor, self.patch)
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

impl TryFrom<String> for Release {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts: Vec<Option<u16>> = text.split('.').map(|part| part.parse().ok()).collect();
        match parts.as_slice() {
            [Some(0), Some(minor), Some(patch)]
                if (Self::new(8, 4)..=Self::NEWEST).contains(&Self::new(*minor, *patch)) =>
            {
                Ok(Self::new(*minor, *patch))
            }
            _ => {
                Err(format!("\"{text}\" is no release from 0.8.4 to 0.33.0; write it like 0.33.0"))
            }
        }
    }
}

/// Under which prefix the engine's metrics are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// `vllm:`, as the engine writes it.
    #[default]
    Engine,
    /// `ray_vllm_`, by Ray Serve.
    Ray,
    /// `kserve_vllm:`, by KServe's relabelling.
    Kserve,
    /// `vllm_`, by scrapers that escape colons.
    Underscore,
}

impl Dialect {
    /// The prefix.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Engine => "vllm:",
            Self::Ray => "ray_vllm_",
            Self::Kserve => "kserve_vllm:",
            Self::Underscore => "vllm_",
        }
    }
}
