//! Ids of the catalogues inside a sentence.

use crate::small::list::CollectVec;
use crate::small::text::joined;

/// The id as words: `load above capacity`, `KV thrash`.
pub(crate) fn phrase(id: &str) -> String {
    let words = id.split('-').map(|word| if word == "kv" { "KV" } else { word });
    joined(&words.collect_vec(), " ")
}
