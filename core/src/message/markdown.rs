//! The message as Markdown for an incident channel.
//!
//! Sentences hold names from the input, and what shows Markdown makes links, mentions, issue
//! references and emphasis from bare text, each in its own way; a backslash does not stop all of
//! them. So every word that is not plainly a word or a number stands in a code span, which none of
//! them reads further.

use crate::triage::finding::Severity;

use super::{Form, Message, Part, Piece};
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::markdown::code;

impl Message {
    pub(super) fn markdown(&self) -> String {
        let headline = &self.headline;
        let name = if headline.name.is_empty() { String::new() } else { code(&headline.name) };
        let mut text = format!(
            "{} **{name}{}{}**\n\n",
            emoji(headline.severity),
            headline.join,
            harmless(&headline.sentence)
        );
        for part in Part::ALL {
            self.push_part(part, &mut text);
        }
        text
    }

    fn push_part(&self, part: Part, text: &mut String) {
        let inline: Vec<String> = self
            .of_part(part)
            .filter(|piece| piece.form == Form::Inline)
            .map(|piece| harmless(&piece.text))
            .collect_vec();
        let steps: Vec<&Piece> =
            self.of_part(part).filter(|piece| piece.form != Form::Inline).collect_vec();
        if inline.is_empty() && steps.is_empty() {
            return;
        }
        *text += &format!("- **{}** {}", part.label(), joined(&inline, " · "));
        text.truncate(text.trim_end().len());
        let mut number = 0;
        for piece in steps {
            match piece.form {
                Form::Step => {
                    number += 1;
                    *text += &format!("\n  {number}. {}", harmless(&piece.text));
                }
                Form::Copy => *text += &format!(" {}", code(&piece.text)),
                Form::Note | Form::Inline => *text += &format!(" {}", harmless(&piece.text)),
            }
        }
        text.push('\n');
    }
}

fn emoji(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🔴",
        Severity::Warning => "🟠",
        Severity::Ok => "🟢",
        Severity::Info => "🔵",
        Severity::Unknown => "⚪",
    }
}

/// The text with everything that could be more than text in code spans.
fn harmless(text: &str) -> String {
    joined(&text.split_whitespace().map(harmless_word).collect_vec(), " ")
}

fn harmless_word(word: &str) -> String {
    let start = word.len() - word.trim_start_matches('(').len();
    let end = word.trim_end_matches(['.', ',', ';', ':', ')', '?', '…']).len().max(start);
    let (open, rest) = word.split_at(start);
    let (core, close) = rest.split_at(end - start);
    if core.is_empty() || is_plain(core) {
        word.to_owned()
    } else {
        format!("{open}{}{close}", code(core))
    }
}

/// A word of any script, also with a hyphen or an apostrophe inside; a number with its signs; or a
/// sign of our own.
fn is_plain(core: &str) -> bool {
    if matches!(core, "·" | "→" | "=" | "×" | "≤" | "≥" | "<" | ">" | "%" | "–") {
        return true;
    }
    if core.starts_with(|first: char| "0123456789≤≥<>–−±".contains(first)) {
        let is_of_number = |one: char| "0123456789.,:–−-±%≤≥<>×".contains(one);
        return core.chars().all(is_of_number) && core.matches('.').count() <= 2;
    }
    if core == "/s" {
        return true;
    }
    let is_word = core
        .split(['-', '\'', '/'])
        .all(|part| !part.is_empty() && part.chars().all(is_letter_or_digit));
    // `ABC-12` is an issue to several trackers, and long hexadecimal words are commits.
    let has_digit = core.contains(|one: char| one.is_ascii_digit());
    let is_reference = has_digit
        && (core.contains(['-', '/'])
            || (core.len() >= 7 && core.chars().all(|one| one.is_ascii_hexdigit())));
    is_word && !is_reference
}

/// A letter or digit of ASCII, or a character of another script: what shows Markdown gives a
/// meaning to signs of ASCII, and takes the wide forms of some as mentions. Tables of all letters
/// would weigh more than the message.
fn is_letter_or_digit(one: char) -> bool {
    matches!(one, '0'..='9' | 'A'..='Z' | 'a'..='z' | 'µ')
        || ('\u{c0}'..'\u{2000}').contains(&one)
        || ('\u{3040}'..'\u{fe00}').contains(&one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_stay_as_they_are() {
        for text in [
            "84 % of requests miss TTFT 0.5 s, 8 % of tokens miss ITL 50 ms",
            "Don't scale out first: this GPU already has room (ITL ≤ 9.8 ms).",
            "request time 9.3 s, was 6.9 s · began 2026-11-28 15:28 UTC",
            "arrivals are 1.7 × what 1,234 engines complete",
            "→ Queue wait drops to <0.1 %, 2 requests/s",
            "the key-value cache",
            "12 µs über 模型",
        ] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn flags_and_addresses_are_code() {
        assert_eq!(harmless("Raise --max-num-seqs from 2"), "Raise `--max-num-seqs` from 2");
        assert_eq!(harmless("(now vllm:x_y)."), "(now `vllm:x_y`).");
        assert_eq!(harmless("127.0.0.1:80/0, 1 of 2"), "`127.0.0.1:80/0`, 1 of 2");
    }

    #[test]
    fn nothing_foreign_becomes_more_than_text() {
        for (hostile, shown) in [
            ("@here", "`@here`"),
            ("<!channel>", "`<!channel>`"),
            ("<@U123>", "`<@U123>`"),
            ("https://evil.example", "`https://evil.example`"),
            ("www.evil.example", "`www.evil.example`"),
            ("evil.example", "`evil.example`"),
            ("me@evil.example", "`me@evil.example`"),
            ("[click](http://e)", "`[click](http://e`)"),
            ("![x](http://e/x.png)", "`![x](http://e/x.png`)"),
            ("<b>x</b>", "`<b>x</b>`"),
            ("**bold**", "`**bold**`"),
            ("_it_ ~~gone~~", "`_it_` `~~gone~~`"),
            (":tada:", "`:tada`:"),
            ("&amp;", "`&amp`;"),
            ("#12 ABC-12 org/repo#1", "`#12` `ABC-12` `org/repo#1`"),
            ("0123abc 198020d0", "`0123abc` `198020d0`"),
            ("a|b \\* $x$", "`a|b` `\\*` `$x$`"),
            ("# title", "`#` title"),
            ("!", "`!`"),
            ("＠here ＃1", "`＠here` `＃1`"),
        ] {
            assert_eq!(harmless(hostile), shown, "{hostile}");
        }
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`@here`"), "`` `@here` ``");
        assert_eq!(code("a``b```"), "```` a``b``` ````");
        assert_eq!(harmless("x`@here`y"), "``x`@here`y``");
    }
}
