//! Names of causes and actions inside a sentence.

use inference_triage_core::catalogue::actions::ActionId;
use inference_triage_core::catalogue::causes::CauseId;

/// The id as words: `load above capacity`, `KV thrash`.
pub(super) fn cause(id: CauseId) -> String {
    words(id.id())
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
        _ => words(id.id()),
    }
}

fn words(id: &str) -> String {
    let words = id.split('-').map(|word| if word == "kv" { "KV" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The sentence with a small first letter, unless its first word is a name or an abbreviation.
pub(super) fn continued(sentence: &str) -> String {
    let first = sentence.split_whitespace().next().unwrap_or_default();
    let mut characters = first.chars();
    let is_word = characters.next().is_some_and(char::is_uppercase)
        && (first == "A" || characters.clone().next().is_some())
        && characters.all(|one| one.is_lowercase() || matches!(one, ':' | ',' | '.' | '-' | '\''));
    if !is_word {
        return sentence.to_owned();
    }
    let mut characters = sentence.chars();
    characters
        .next()
        .map(|one| one.to_lowercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
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
