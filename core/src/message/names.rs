//! Names of causes and actions inside a sentence.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::text::phrase::phrase;
use crate::triage::finding::Severity;

/// The id as words: `load above capacity`, `KV thrash`.
pub(super) fn cause(id: CauseId) -> String {
    phrase(id.id())
}

/// What one would do, as an imperative: what has no better name is called by the words of its id.
pub(super) fn action(id: ActionId) -> String {
    match id {
        ActionId::RaiseMaxNumSeqs => "raise the cap on sequences".to_owned(),
        ActionId::LowerMaxNumSeqs => "lower the cap on sequences".to_owned(),
        ActionId::RaiseKvMemory => "give the KV cache more memory".to_owned(),
        ActionId::LowerKvMemory => "give the KV cache less memory".to_owned(),
        ActionId::RestartEngine => "restart the engine".to_owned(),
        ActionId::ActOnLatency => "act on these latencies".to_owned(),
        _ => phrase(id.id()),
    }
}

/// The state in one or two words.
pub fn state_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::Warning => "WARNING",
        Severity::Ok => "OK",
        Severity::Info => "INFO",
        Severity::Unknown => "CANNOT TELL",
    }
}

/// The sentence with a small first letter, unless its first word is a name or an abbreviation. Only
/// letters of ASCII are words here: tables of all others would weigh more than the message, and
/// sentences of the core begin with none.
pub(super) fn continued(sentence: &str) -> String {
    let end = sentence.find(' ').unwrap_or(sentence.len());
    let is_inside = |one: &u8| one.is_ascii_lowercase() || b":,.-'".contains(one);
    let is_word = match sentence.as_bytes()[..end].split_first() {
        Some((first, rest)) if first.is_ascii_uppercase() => {
            (*first == b'A' || !rest.is_empty()) && rest.iter().all(is_inside)
        }
        _ => false,
    };
    let mut text = sentence.to_owned();
    if let Some(first) = text.get_mut(..1).filter(|_| is_word) {
        first.make_ascii_lowercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_words_lose_their_capital() {
        for (sentence, inside) in [
            ("Admission is capped", "admission is capped"),
            ("Overloaded: arrivals", "overloaded: arrivals"),
            ("Don't scale out", "don't scale out"),
            ("Inter-token latency", "inter-token latency"),
            ("KV cache is full", "KV cache is full"),
            ("TTFT is high", "TTFT is high"),
            ("127.0.0.1:80 is down", "127.0.0.1:80 is down"),
            ("Qwen/Qwen3 is slow", "Qwen/Qwen3 is slow"),
            ("A request", "a request"),
            ("X is down", "X is down"),
            ("", ""),
        ] {
            assert_eq!(continued(sentence), inside);
        }
    }

    #[test]
    fn ids_read_as_words() {
        assert_eq!(cause(CauseId::KvThrash), "KV thrash");
        assert_eq!(cause(CauseId::LoadAboveCapacity), "load above capacity");
        assert_eq!(action(ActionId::ScaleOutFirst), "scale out first");
    }
}
