//! What a file is, whatever option it was given with.

use inference_triage_core::ingest::exposition;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The keys that tell our files and Prometheus' from each other.
#[derive(Deserialize)]
struct Keys {
    #[serde(default)]
    schema: serde_json::Value,
    verdict: Option<IgnoredAny>,
    findings: Option<IgnoredAny>,
    settings: Option<IgnoredAny>,
    responses: Option<IgnoredAny>,
    data: Option<IgnoredAny>,
}

/// A kind of file that people keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// The answer of Prometheus to one query.
    Response,
    /// Responses with the settings of a diagnosis.
    Capsule,
    /// Responses with a note on what happened, as the project's own recordings are.
    Recording,
    /// What a diagnosis printed; with its schema, where it says that.
    Report(Option<u64>),
    /// What an engine serves at /metrics.
    Exposition,
    /// None of them, or a damaged one.
    Unknown,
}

impl FileKind {
    /// The kind of these bytes, unpacked.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        // By far the most, and the largest: not worth reading twice.
        if bytes.trim_ascii_start().starts_with(b"{\"status\":\"success\"") {
            return Self::Response;
        }
        match serde_json::from_slice::<Keys>(bytes) {
            Ok(keys) => keys.kind(),
            Err(_) if exposition::parse(bytes).is_ok_and(|samples| !samples.is_empty()) => {
                Self::Exposition
            }
            Err(_) => Self::Unknown,
        }
    }

    /// What to do with such a file in place of a response; None where that cannot be said.
    pub(crate) fn instead_of_response(&self) -> Option<String> {
        match self {
            Self::Report(_) => Some(self.report()),
            Self::Exposition => Some(format!("{EXPOSITION}; give two or more with --exposition")),
            _ => None,
        }
    }

    /// What to do with such a file in place of a capsule; None where that cannot be said.
    pub(crate) fn instead_of_capsule(&self) -> Option<String> {
        match self {
            Self::Response => {
                Some("this is a Prometheus response; open it with --response".to_owned())
            }
            Self::Recording => Some("this is a recording; open it with --response".to_owned()),
            other => other.instead_of_response(),
        }
    }

    fn report(&self) -> String {
        let schema = match self {
            Self::Report(Some(schema)) => format!(" of schema {schema}"),
            _ => String::new(),
        };
        format!(
            "this is a report{schema}, which holds no series; give the responses or the capsule \
             that it was made from"
        )
    }
}

const EXPOSITION: &str = "this is an exposition, as engines serve it at /metrics";

impl Keys {
    fn kind(&self) -> FileKind {
        if self.responses.is_some() {
            if self.settings.is_some() || !self.schema.is_null() {
                FileKind::Capsule
            } else {
                FileKind::Recording
            }
        } else if self.data.is_some() {
            FileKind::Response
        } else if self.verdict.is_some() || self.findings.is_some() {
            FileKind::Report(self.schema.as_u64())
        } else {
            FileKind::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &[u8] = br#"{"schema":1,"verdict":{"id":"healthy"},"findings":[]}"#;

    #[test]
    fn each_kind_is_told_by_its_keys() {
        for (bytes, kind) in [
            (REPORT, FileKind::Report(Some(1))),
            (br#"{"schema":1,"settings":{},"responses":[]}"#, FileKind::Capsule),
            (br#"{"schema":"9","responses":{}}"#, FileKind::Capsule),
            (br#"{"id":"x","verdict":"slot-cap","responses":[{}]}"#, FileKind::Recording),
            (br#"{"data":{"result":[]},"status":"success"}"#, FileKind::Response),
            (br#"{"status":"success","data":{"resultType":"mat"#, FileKind::Response),
            (br#"{"status":"error","error":"x","data":null}"#, FileKind::Unknown),
            (b"# TYPE a gauge\na{b=\"c\"} 1\n", FileKind::Exposition),
            (b"# only a comment\n", FileKind::Unknown),
            (b"{}", FileKind::Unknown),
            (b"[]", FileKind::Unknown),
            (b"<html>", FileKind::Unknown),
            (b"", FileKind::Unknown),
        ] {
            assert_eq!(FileKind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn each_kind_is_named_where_it_does_not_belong() {
        let report = FileKind::of(REPORT);
        let sentence = report.instead_of_response().unwrap();
        assert!(sentence.starts_with("this is a report of schema 1, "), "{sentence}");
        assert_eq!(report.instead_of_capsule(), Some(sentence));
        let option =
            |sentence: Option<String>| sentence.unwrap().rsplit(' ').next().unwrap().to_owned();
        assert_eq!(option(FileKind::Response.instead_of_capsule()), "--response");
        assert_eq!(option(FileKind::Recording.instead_of_capsule()), "--response");
        assert_eq!(option(FileKind::Exposition.instead_of_response()), "--exposition");
        assert_eq!(option(FileKind::Exposition.instead_of_capsule()), "--exposition");
        for kind in [FileKind::Response, FileKind::Capsule, FileKind::Recording] {
            assert_eq!(kind.instead_of_response(), None);
        }
        assert_eq!(FileKind::Capsule.instead_of_capsule(), None);
        assert_eq!(FileKind::Unknown.instead_of_capsule(), None);
    }
}
