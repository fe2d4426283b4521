//! What a vLLM engine says of itself when it starts.
//!
//! The lines, of releases 0.6 to 0.33, with and without separators of thousands, on two lines or on
//! one:
//!
//! ```text
//! GPU KV cache size: 71,439 tokens
//! Maximum concurrency for 8,192 tokens per request: 8.72x
//! non-default args: {'max_model_len': 8192, 'max_num_seqs': 2}
//! args: Namespace(max_model_len=8192, max_num_seqs=2)
//! ```

/// What was found; a process that runs several engines (ranks) writes its lines for each, and the
/// smallest cache counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct BootLog {
    /// Tokens that the key-value cache holds.
    pub(super) cache_tokens: Option<f64>,
    /// Requests of full length that fit at once.
    pub(super) concurrency: Option<f64>,
    /// Longest context in tokens.
    pub(super) max_model_len: Option<f64>,
    /// The flag `--max-num-seqs`, where the log repeats it.
    pub(super) max_num_seqs: Option<f64>,
}

/// Begins every start; a log of a restarted container holds several.
const START: &str = "API server version";

impl BootLog {
    /// Reads the last start in a log.
    pub(super) fn read(text: &str) -> Self {
        let text = text.rfind(START).map_or(text, |start| &text[start..]);
        let mut found = Self::default();
        for line in text.lines() {
            found.read_line(line);
        }
        found
    }

    fn read_line(&mut self, line: &str) {
        if let Some(tokens) = after(line, "GPU KV cache size:").and_then(leading_number) {
            smallest(&mut self.cache_tokens, tokens);
        }
        if let Some(rest) = after(line, "Maximum concurrency for")
            && let Some((length, rest)) = rest.split_once("tokens per request:")
            && let (Some(length), Some(requests)) = (leading_number(length), leading_number(rest))
        {
            smallest(&mut self.concurrency, requests);
            self.max_model_len = Some(length);
        }
        if let Some(slots) = flag(line, "max_num_seqs") {
            self.max_num_seqs = Some(slots);
        }
        if self.max_model_len.is_none() {
            self.max_model_len = flag(line, "max_model_len").or_else(|| flag(line, "max_seq_len"));
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
mod tests {
    use super::*;

    /// The published incident.
    #[test]
    fn the_published_lines() {
        let log = "GPU KV cache size: 71,439 tokens\n\
                   Maximum concurrency for 8,192 tokens per request: 8.72x\n";
        let expected = BootLog {
            cache_tokens: Some(71_439.0),
            concurrency: Some(8.72),
            max_model_len: Some(8192.0),
            max_num_seqs: None,
        };
        assert_eq!(BootLog::read(log), expected);
    }

    /// Lines as releases wrote and write them.
    #[test]
    fn spellings_of_releases() {
        for (log, concurrency, length, slots) in [
            (
                "INFO kv_cache_utils.py:398] Maximum concurrency for 2048 tokens per request: 10.79x",
                Some(10.79),
                Some(2048.0),
                None,
            ),
            (
                "GPU KV cache size: 2,182,642 tokens, Maximum concurrency for 430,080 tokens per \
                 request: 5.07x",
                Some(5.07),
                Some(430_080.0),
                None,
            ),
            (
                "non-default args: {'model': 'm', 'max_model_len': 262144, 'max_num_seqs': 2}",
                None,
                Some(262_144.0),
                Some(2.0),
            ),
            ("args: Namespace(max_num_seqs=256, max_model_len=None)", None, None, Some(256.0)),
            ("+ vllm serve m --max-num-seqs=16 --max-model-len 8K", None, Some(8192.0), Some(16.0)),
            ("vllm serve m --max-num-seqs 4 --max-model-len 32k", None, Some(32_000.0), Some(4.0)),
            ("Initializing an engine with config: max_seq_len=4096,", None, Some(4096.0), None),
            ("max_num_seqs_x=3 max_num_seqs is not set", None, None, None),
        ] {
            let found = BootLog::read(log);
            let told = (found.concurrency, found.max_model_len, found.max_num_seqs);
            assert_eq!(told, (concurrency, length, slots), "{log}");
        }
    }

    #[test]
    fn the_last_start_and_its_smallest_rank_count() {
        let log = "vLLM API server version 0.30.0\n--max-num-seqs 2\nMaximum concurrency for 10 \
                   tokens per request: 1.5x\nvLLM API server version 0.33.0\n--max-num-seqs 16\n\
                   Maximum concurrency for 10 tokens per request: 9.5x\n\
                   Maximum concurrency for 10 tokens per request: 9x\n";
        let found = BootLog::read(log);
        assert_eq!((found.max_num_seqs, found.concurrency), (Some(16.0), Some(9.0)));
    }

    #[test]
    fn odd_lines_do_no_harm() {
        for log in ["", "Maximum concurrency for", "GPU KV cache size: , tokens", "max_num_seqs="] {
            assert_eq!(BootLog::read(log), BootLog::default(), "{log}");
        }
    }
}
