//! The list of engines, in the order in which they are tried.

use crate::source::engine::vllm::VLLM;
use crate::source::exporter::Profile;

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
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/engine");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name == "mod.rs" {
                continue;
            }
            let id = name.trim_end_matches(".rs");
            assert!(profile(id).is_some(), "src/source/engine/{name} has no row in PROFILES");
        }
    }
}
