//! Searching in texts and joining them, for short ones: what the standard library does with
//! searchers that weigh kilobytes of WebAssembly.

/// The texts with something between them.
pub(crate) fn joined<T: AsRef<str>>(texts: &[T], between: &str) -> String {
    let mut all = String::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            all.push_str(between);
        }
        all.push_str(text.as_ref());
    }
    all
}

/// Byte at which a part that is not empty first occurs.
pub(crate) fn position(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len().max(1)).position(|window| window == part.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_joined_and_found_as_the_standard_library_does() {
        for texts in [&[][..], &["a"], &["a", "", "b"]] {
            assert_eq!(joined(texts, ", "), texts.join(", "));
        }
        for text in ["", "rate", "irate(x)", "\u{e9}rate(", "rat", "rate(rate("] {
            assert_eq!(position(text, "rate("), text.find("rate("), "{text}");
        }
    }
}
