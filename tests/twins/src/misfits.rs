//! `misfits.json`: what does not fit, and why. It stays true: a family outside its tolerance that is
//! not listed is a mistake, and so is a listed one that fits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::laid::Laid;

/// The list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misfits {
    /// Sentences by id.
    pub reasons: BTreeMap<String, String>,
    /// Families that the simulator does not export, with the reason; a star stands for anything.
    pub absent: BTreeMap<String, String>,
    /// Ids of reasons by recording and family.
    pub misfits: BTreeMap<String, BTreeMap<String, String>>,
}

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/misfits.json"))
}

impl Misfits {
    /// The committed list.
    pub fn read() -> Result<Self, String> {
        let at = |error: &dyn std::fmt::Display| format!("tests/twins/misfits.json: {error}");
        let text = fs::read(path()).map_err(|error| at(&error))?;
        serde_json::from_slice(&text).map_err(|error| at(&error))
    }

    /// Commits it.
    pub fn write(&self) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        fs::write(path(), format!("{text}\n"))
            .map_err(|error| format!("tests/twins/misfits.json cannot be written: {error}"))
    }

    /// The reason that is given for a family of a recording.
    pub fn reason(&self, recording: &str, family: &str) -> Option<&str> {
        let id = self.misfits.get(recording)?.get(family)?;
        self.reasons.get(id).map(String::as_str)
    }

    /// One sentence for each way in which the list is not true of what was compared.
    pub fn wrong(&self, laid: &[Laid]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for one in laid {
            let listed = self.misfits.get(&one.id).cloned().unwrap_or_default();
            let outside = one.outside();
            for (family, id) in &listed {
                if !outside.contains_key(family.as_str()) {
                    wrong.push(format!("{}: {family} is listed and fits", one.id));
                }
                if !self.reasons.contains_key(id) {
                    wrong.push(format!("{}: {family} has no reason; \"{id}\" is none", one.id));
                }
            }
            for (family, first) in
                outside.iter().filter(|(family, _)| !listed.contains_key(**family))
            {
                wrong.push(format!("{}: {family} is outside its tolerance: {first}", one.id));
            }
            let unknown = one.comparisons.recorded_only.iter();
            for family in unknown.filter(|family| self.absence(family).is_none()) {
                wrong.push(format!("{}: the simulator does not export {family}", one.id));
            }
            for family in &one.comparisons.simulated_only {
                wrong.push(format!("{}: only the simulator exports {family}", one.id));
            }
        }
        for listed in self.misfits.values() {
            used.extend(listed.values().map(String::as_str));
        }
        let strangers = self.misfits.keys().filter(|id| !laid.iter().any(|one| one.id == **id));
        wrong.extend(strangers.map(|id| format!("{id} is listed and no recording")));
        let idle = self.reasons.keys().filter(|id| !used.contains(id.as_str()));
        wrong.extend(idle.map(|id| format!("the reason \"{id}\" is not used")));
        let seen = |pattern: &str| {
            let mut families = laid.iter().flat_map(|one| &one.comparisons.recorded_only);
            families.any(|family| matches(pattern, family))
        };
        let idle = self.absent.keys().filter(|pattern| !seen(pattern));
        wrong.extend(idle.map(|pattern| format!("{pattern} is listed as absent and is not")));
        wrong
    }

    /// Why the simulator does not export a family.
    pub fn absence(&self, family: &str) -> Option<&str> {
        let mut patterns = self.absent.iter();
        patterns.find(|(pattern, _)| matches(pattern, family)).map(|(_, reason)| reason.as_str())
    }

    /// The list as it would have to be: what fits is gone, what is new has an empty reason.
    pub fn renewed(&self, laid: &[Laid]) -> Self {
        let mut renewed = Self { misfits: BTreeMap::new(), ..self.clone() };
        for one in laid {
            let listed = self.misfits.get(&one.id);
            let reason = |family: &str| listed.and_then(|listed| listed.get(family)).cloned();
            let outside: BTreeMap<String, String> = one
                .outside()
                .keys()
                .map(|family| ((*family).to_owned(), reason(family).unwrap_or_default()))
                .collect();
            if !outside.is_empty() {
                renewed.misfits.insert(one.id.clone(), outside);
            }
        }
        renewed
    }
}

/// A star at the begin or the end stands for anything.
fn matches(pattern: &str, family: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => family.ends_with(end),
        (None, Some(begin)) => family.starts_with(begin),
        (None, None) => family == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Comparison, Comparisons, Deviation};
    use crate::family::Kind;

    fn laid(fits: bool) -> Laid {
        let deviation = Deviation {
            place: String::new(),
            what: "mean".to_owned(),
            recorded: 1.0,
            simulated: 2.0,
        };
        let comparison = Comparison {
            family: "vllm:num_requests_running".to_owned(),
            kind: Kind::Gauge,
            deviations: if fits { Vec::new() } else { vec![deviation] },
        };
        let comparisons = Comparisons {
            compared: vec![comparison],
            recorded_only: ["python_info".to_owned()].into(),
            ..Comparisons::default()
        };
        Laid { id: "one".to_owned(), comparisons, ..Laid::default() }
    }

    fn list() -> Misfits {
        let entry = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
        Misfits {
            reasons: entry("starved", "The machine was busy."),
            absent: entry("python_*", "The interpreter's."),
            misfits: [("one".to_owned(), entry("vllm:num_requests_running", "starved"))].into(),
        }
    }

    #[test]
    fn a_list_that_is_true_passes() {
        assert_eq!(list().wrong(&[laid(false)]), Vec::<String>::new());
    }

    #[test]
    fn what_fits_may_not_stay_listed() {
        let wrong = list().wrong(&[laid(true)]);
        assert_eq!(wrong, ["one: vllm:num_requests_running is listed and fits"]);
        let renewed = list().renewed(&[laid(true)]);
        assert!(renewed.misfits.is_empty());
        assert_eq!(renewed.wrong(&[laid(true)]), ["the reason \"starved\" is not used"]);
    }

    #[test]
    fn what_is_outside_and_not_listed_is_told_with_its_values() {
        let unlisted = Misfits { misfits: BTreeMap::new(), ..list() };
        let wrong = unlisted.wrong(&[laid(false)]);
        assert_eq!(
            wrong[0],
            "one: vllm:num_requests_running is outside its tolerance: mean 1 recorded, 2 simulated"
        );
        let renewed = unlisted.renewed(&[laid(false)]);
        let wrong = renewed.wrong(&[laid(false)]);
        assert_eq!(wrong[0], "one: vllm:num_requests_running has no reason; \"\" is none");
    }

    #[test]
    fn families_of_one_side_need_a_reason() {
        let mut silent = list();
        silent.absent.clear();
        let wrong = silent.wrong(&[laid(false)]);
        assert_eq!(wrong, ["one: the simulator does not export python_info"]);
        silent.absent.insert("*_created".to_owned(), "Times.".to_owned());
        let wrong = silent.wrong(&[laid(false)]);
        assert_eq!(wrong[1], "*_created is listed as absent and is not");
    }
}
