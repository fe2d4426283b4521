//! Files given in the place of another kind: named as what they are, with the flag they belong to.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The keys that tell our files and Prometheus' from each other.
#[derive(Deserialize)]
struct Keys {
    schema: Option<u64>,
    verdict: Option<IgnoredAny>,
    settings: Option<IgnoredAny>,
    responses: Option<IgnoredAny>,
    data: Option<IgnoredAny>,
}

/// What a file is when it is not the response it was given as; None where that cannot be told.
pub(crate) fn instead_of_response(bytes: &[u8]) -> Option<String> {
    let keys: Keys = serde_json::from_slice(bytes).ok()?;
    if keys.settings.is_some() && keys.responses.is_some() {
        return Some("this is an incident capsule; open it with --capsule".to_owned());
    }
    keys.report()
}

/// What a file is when it is not the capsule it was given as; None where that cannot be told.
pub(crate) fn instead_of_capsule(bytes: &[u8]) -> Option<String> {
    let keys: Keys = serde_json::from_slice(bytes).ok()?;
    if keys.data.is_some() {
        return Some("this is a Prometheus response; open it with --response".to_owned());
    }
    keys.report()
}

impl Keys {
    fn report(&self) -> Option<String> {
        self.verdict.as_ref()?;
        let schema = self.schema.map_or_else(String::new, |schema| format!(" of schema {schema}"));
        Some(format!(
            "this is a report{schema}, which holds no series; give the responses or the capsule \
             that it was made from"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &[u8] = br#"{"schema":1,"verdict":{"id":"healthy"},"findings":[]}"#;
    const CAPSULE: &[u8] = br#"{"schema":1,"settings":{},"responses":[]}"#;
    const RESPONSE: &[u8] = br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;

    #[test]
    fn each_kind_of_file_is_named_where_it_does_not_belong() {
        let report = instead_of_response(REPORT).unwrap();
        assert!(report.starts_with("this is a report of schema 1, "), "{report}");
        assert_eq!(instead_of_capsule(REPORT), Some(report));
        assert!(instead_of_response(CAPSULE).unwrap().ends_with("--capsule"));
        assert!(instead_of_capsule(RESPONSE).unwrap().ends_with("--response"));
    }

    #[test]
    fn nothing_is_said_of_what_is_in_its_place_or_unknown() {
        assert_eq!(instead_of_response(RESPONSE), None);
        assert_eq!(instead_of_capsule(CAPSULE), None);
        for other in [&b"{}"[..], b"[]", b"<html>", b""] {
            assert_eq!(instead_of_response(other), None);
            assert_eq!(instead_of_capsule(other), None);
        }
    }
}
