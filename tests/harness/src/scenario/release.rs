//! Release numbers of the engine, compared part by part.

/// A release, e.g. 0.10.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub [u16; 3]);

impl Release {
    /// The first release of the family of 0.minor.
    pub const fn minor(minor: u16) -> Self {
        Self([0, minor, 0])
    }

    /// Release 0.minor.patch.
    pub const fn patch(minor: u16, patch: u16) -> Self {
        Self([0, minor, patch])
    }

    /// Reads `0.24` or `0.10.2`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = [0; 3];
        let words: Vec<&str> = text.split('.').collect();
        if !(2..=3).contains(&words.len()) {
            return Err(format!("{text:?} is not a release such as 0.24 or 0.10.2"));
        }
        for (part, word) in parts.iter_mut().zip(&words) {
            *part = word
                .parse()
                .map_err(|_| format!("{text:?} is not a release such as 0.24 or 0.10.2"))?;
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_compared_as_numbers() {
        let order = ["0.8.3", "0.8.4", "0.9", "0.10", "0.10.2", "0.24", "0.33"];
        let releases: Vec<Release> =
            order.iter().map(|text| Release::parse(text).unwrap()).collect();
        assert!(releases.is_sorted(), "{releases:?}");
        assert!(Release::parse("24").is_err());
    }
}
