//! What a vLLM engine says of itself when it starts.
//!
//! The messages, of releases 0.6 to 0.33, with and without separators of thousands, on two lines or
//! on one:
//!
//! ```text
//! GPU KV cache size: 71,439 tokens
//! Maximum concurrency for 8,192 tokens per request: 8.72x
//! non-default args: {'max_model_len': 8192, 'max_num_seqs': 2}
//! args: Namespace(max_model_len=8192, max_num_seqs=2)
//! ```

use super::log_lines::{Line, lines};

/// What was found; a process that runs several engines (ranks) writes its lines for each, and the
/// smallest cache counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct BootLog {
    /// Tokens that the key-value cache holds.
    pub(super) cache_tokens: Option<f64>,
    /// Requests of full length that fit at once.
    pub(super) concurrency: Option<f64>,
    /// Longest context in tokens.
    pub(super) max_model_len: Option<f64>,
    /// The flag `--max-num-seqs`, where the log repeats it.
    pub(super) max_num_seqs: Option<f64>,
    /// Where two lines of this start say different things.
    pub(super) contradictions: Vec<Contradiction>,
}

/// Two lines of one start that cannot both be right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contradiction {
    /// What they are about.
    pub(super) about: Told,
    /// What an earlier line says.
    pub(super) first: f64,
    /// What a later one says.
    pub(super) second: f64,
}

/// What lines can contradict each other about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The flag `--max-num-seqs`.
    Slots,
    /// The length for which the concurrency is told.
    Length,
    /// The size of the cache; ranks may differ, and then the smallest counts.
    Cache,
}

/// Share by which the caches of ranks differ anyway: their memory is measured one after another.
const RANKS: f64 = 0.02;

/// Messages that repeat the engine's arguments or its configuration.
const ARGUMENTS: [&str; 3] = ["non-default args:", "args:", "Initializing a"];

impl BootLog {
    /// Reads the last start in a log.
    pub(super) fn read(text: &str) -> Self {
        let mut found = Self::default();
        for line in lines(text) {
            if line.begins_a_start() {
                found = Self::default();
            }
            found.read_line(&line);
        }
        found
    }

    fn read_line(&mut self, line: &Line) {
        let text = line.text.as_str();
        let size = text.split_once(" KV cache size:");
        let size = size.filter(|(device, _)| device.chars().all(|c| c.is_ascii_alphanumeric()));
        if let Some((_, rest)) = size {
            if let Some(tokens) = leading_number(rest) {
                self.note(Told::Cache, self.cache_tokens, tokens);
                smallest(&mut self.cache_tokens, tokens);
            }
            if let Some((_, rest)) = rest.split_once("Maximum concurrency for") {
                self.read_concurrency(rest);
            }
        }
        if let Some(rest) = text.strip_prefix("Maximum concurrency for") {
            self.read_concurrency(rest);
        }
        if line.is_command || ARGUMENTS.iter().any(|begin| text.starts_with(begin)) {
            self.read_flags(text);
        }
    }

    fn read_concurrency(&mut self, rest: &str) {
        let Some((length, rest)) = rest.split_once("tokens per request:") else { return };
        if let (Some(length), Some(requests)) = (leading_number(length), leading_number(rest)) {
            let told = self.concurrency.and(self.max_model_len);
            self.note(Told::Length, told, length);
            smallest(&mut self.concurrency, requests);
            self.max_model_len = Some(length);
        }
    }

    fn read_flags(&mut self, text: &str) {
        if let Some(slots) = flag(text, "max_num_seqs") {
            self.note(Told::Slots, self.max_num_seqs, slots);
            self.max_num_seqs = Some(slots);
        }
        if self.max_model_len.is_none() {
            self.max_model_len = flag(text, "max_model_len").or_else(|| flag(text, "max_seq_len"));
        }
    }

    fn note(&mut self, about: Told, told: Option<f64>, second: f64) {
        let apart = if about == Told::Cache { RANKS } else { 0.0 };
        if let Some(first) = told.filter(|first| (first - second).abs() > apart * first.max(second))
            && !self.contradictions.iter().any(|known| known.about == about)
        {
            self.contradictions.push(Contradiction { about, first, second });
        }
    }
}

fn smallest(known: &mut Option<f64>, value: f64) {
    *known = Some(known.map_or(value, |known| known.min(value)));
}

fn after<'a>(line: &'a str, words: &str) -> Option<&'a str> {
    line.split_once(words).map(|(_, rest)| rest)
}

/// A positive number at the beginning, with separators of thousands: `71,439`.
fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let is_digit = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    let end = text.find(|c: char| !is_digit(c)).unwrap_or(text.len());
    let digits = text[..end].trim_end_matches(['.', ',']).replace(',', "");
    digits.parse().ok().filter(|value: &f64| *value > 0.0 && value.is_finite())
}

/// The value of a flag in any of its spellings: `--max-num-seqs 2`, `--max-num-seqs=2`,
/// `'max_num_seqs': 2`, `max_num_seqs=2`.
fn flag(line: &str, name: &str) -> Option<f64> {
    let dashed = name.replace('_', "-");
    [name, &dashed].into_iter().find_map(|spelling| {
        let rest = after(line, spelling)?;
        let value = rest.trim_start_matches(['\'', '"', ':', '=', ' ', ',']);
        // Of `max_num_seqs_x=2` nothing was taken away.
        (value.len() < rest.len()).then(|| integer(value)).flatten()
    })
}

/// `8192`, or as the command line takes it: `8k` is 8,000, `8K` is 8,192.
fn integer(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let value: f64 = text[..end].parse().ok()?;
    let factor = match text[end..].chars().next() {
        Some('k') => 1000.0,
        Some('K') => 1024.0,
        _ => 1.0,
    };
    Some(value * factor).filter(|value| *value > 0.0)
}

#[cfg(test)]
mod tests;
