//! The list of engines, in the order in which they are tried.

use crate::profile::Profile;
use crate::profile::vllm::VLLM;

/// Every known engine.
pub static PROFILES: &[&Profile] = &[&VLLM];

/// The engine of that id.
pub fn profile(id: &str) -> Option<&'static Profile> {
    PROFILES.iter().copied().find(|profile| profile.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A profile file without a row here would be dead code that looks alive.
    #[test]
    fn every_profile_file_has_a_row() {
        const NOT_ENGINES: [&str; 4] = ["mod.rs", "family.rs", "registry.rs", "resolve.rs"];
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/profile");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if NOT_ENGINES.contains(&name.as_str()) {
                continue;
            }
            let id = name.trim_end_matches(".rs");
            assert!(profile(id).is_some(), "src/profile/{name} has no row in PROFILES");
        }
    }
}
