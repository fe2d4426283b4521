//! The lines of an engine's log that the engine itself wrote.
//!
//! ```text
//! (EngineCore pid=7899) INFO 11-28 16:07:12 [kv_cache_utils.py:2327] GPU KV cache size: …
//! INFO kv_cache_utils.py:398] Maximum concurrency for …
//! {"message": "GPU KV cache size: …", "level": "INFO"}
//! ```
//!
//! A log also holds what others wrote: prompts, tracebacks, other programs. A prompt that repeats a
//! boot message stands within a message that begins otherwise, on a line without the logger's
//! shape, or on a line of the module that logs requests, which continues a text of several lines.
//! An excerpt that somebody copied may have no shape at all; then every line counts.

use serde_json::Value;

/// A message, or a command that starts an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What the engine says, without what the logger puts before it.
    pub(super) text: String,
    /// Whether it is a command line.
    pub(super) is_command: bool,
}

/// Levels of Python's logging.
const LEVELS: [&str; 5] = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

/// Ends the name of the module that logs what callers sent.
const REQUESTS: &str = "logger";

/// What starts an engine; printed by a shell before the engine says anything.
const COMMANDS: [&str; 2] = ["vllm serve", "-m vllm.entrypoints"];

impl Line {
    /// Whether a process starts with it: its version, in words or in the banner of later releases.
    pub(super) fn begins_a_start(&self) -> bool {
        let is_banner = self.text.contains('█') && self.text.contains(" version ");
        self.text.starts_with("vLLM API server version") || is_banner
    }
}

/// The engine's own lines, in their order.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let plain: Vec<String> = text.lines().map(without_colour).collect();
    let first = plain.iter().position(|line| message(line).is_some());
    let mut found = Vec::new();
    for (at, line) in plain.iter().enumerate() {
        let told = line.trim_start_matches(['+', ' ', '$']);
        // Only a shell speaks before the engine does.
        let is_command = first.is_none_or(|first| at < first) && is_command(told);
        let text = match message(line) {
            Some(Message::Own(text)) => text,
            None if is_command || first.is_none() => told.to_owned(),
            Some(Message::Foreign) | None => continue,
        };
        found.push(Line { text, is_command });
    }
    found
}

fn is_command(line: &str) -> bool {
    COMMANDS.iter().any(|command| line.contains(command))
        && (line.starts_with("vllm") || line.starts_with("python") || line.starts_with("exec"))
}

/// Escape sequences of a terminal, `ESC [ … letter`, are left out.
fn without_colour(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        plain.push_str(&part[end..]);
    }
    plain
}

/// What the logger wrote.
enum Message {
    /// A message of the engine.
    Own(String),
    /// What a caller sent, or its continuation.
    Foreign,
}

/// None for a line without the logger's shape.
fn message(line: &str) -> Option<Message> {
    let line = line.trim();
    if line.starts_with('{') {
        let object: Value = serde_json::from_str(line).ok()?;
        let text = object.get("message").or_else(|| object.get("msg"))?.as_str()?;
        return Some(Message::Own(text.to_owned()));
    }
    let (before, text) = line.split_once("] ")?;
    let (before, number) = before.rsplit_once(':')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let module = before.rsplit([' ', '[', '/']).next().unwrap_or_default();
    let mut words = before.split([' ', '\t']);
    let module = module.strip_suffix(".py")?;
    let is_logged = words.any(|word| LEVELS.contains(&word));
    if !is_number || !is_logged {
        return None;
    }
    Some(if module.ends_with(REQUESTS) {
        Message::Foreign
    } else {
        Message::Own(text.trim_start().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(log: &str) -> Vec<String> {
        lines(log).into_iter().map(|line| line.text).collect()
    }

    /// Lines as real releases wrote them.
    #[test]
    fn the_loggers_of_releases_are_read() {
        for line in [
            "\u{1b}[1;36m(APIServer pid=31898)\u{1b}[0;0m INFO 11-28 15:52:36 [a.py:1896] told",
            "(EngineCore pid=19620) INFO 11-28 15:19:27 [v1/core/kv_cache_utils.py:1708] told",
            "INFO kv_cache_utils.py:398] told",
            "2026-11-28T15:19:27.1Z INFO 11-28 15:19:27 [kv_cache_utils.py:1708] told",
            "{\"level\": \"INFO\", \"message\": \"told\"}",
        ] {
            assert_eq!(texts(line), ["told"], "{line}");
        }
    }

    #[test]
    fn what_callers_and_others_wrote_is_left_out() {
        let log = "+ vllm serve m\n\
                   INFO 11-28 15:52:36 [core.py:1] told\n\
                   INFO 11-28 15:52:36 [logger.py:43] a prompt\n\
                   INFO 11-28 15:52:36 [request_logger.py:43] more of it\n\
                   a line of a prompt\n\
                   vllm serve m --max-num-seqs 2\n\
                   ERROR somebody: else] here\n";
        assert_eq!(texts(log), ["vllm serve m", "told"]);
    }
}
