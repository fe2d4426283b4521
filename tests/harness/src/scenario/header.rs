//! The words after a load block's fence: which engine, which release, how it is scraped.

use crate::scenario::catalogue::METRICS;
use crate::scenario::release::Release;

/// One engine and how Prometheus sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Distance of the samples, milliseconds.
    pub step_ms: i64,
    /// Scrape interval, milliseconds; a multiple of the step. Between scrapes the last sample
    /// repeats.
    pub scrape_ms: i64,
    /// Label `pod`.
    pub replica: String,
    /// Label `engine`.
    pub rank: String,
    /// Label `model_name`; empty: no such label.
    pub model: String,
    /// Which release exports.
    pub release: Release,
    /// Before every metric name.
    pub prefix: String,
    /// Longest context, tokens.
    pub max_model_len: f64,
    /// Size of the key-value cache, tokens.
    pub kv_tokens: f64,
    /// Steps that the process has served like its first segment before the first sample.
    pub age: i64,
    /// Metrics that are not in the response.
    pub dropped: Vec<String>,
    /// Metrics whose values are doubled by a fault of the telemetry.
    pub doubled: Vec<String>,
    /// Series that were never counted up do not exist.
    pub lazy_zeros: bool,
    /// The load is meant to contradict Little's law.
    pub implausible: bool,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            step_ms: 15_000,
            scrape_ms: 15_000,
            replica: "pod-0".to_owned(),
            rank: "0".to_owned(),
            model: "llama".to_owned(),
            release: Release::minor(24),
            prefix: "vllm:".to_owned(),
            max_model_len: 32_768.0,
            kv_tokens: 400_000.0,
            age: 20,
            dropped: Vec::new(),
            doubled: Vec::new(),
            lazy_zeros: false,
            implausible: false,
        }
    }
}

impl Header {
    /// Reads `step=15s replica=pod-0 …`; what is not named keeps its default.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut header = Self::default();
        let mut scrape = None;
        for word in text.split_whitespace() {
            let (key, value) =
                word.split_once('=').ok_or_else(|| format!("{word:?} is not key=value"))?;
            match key {
                "step" => header.step_ms = duration_ms(value)?,
                "scrape" => scrape = Some(duration_ms(value)?),
                "replica" => value.clone_into(&mut header.replica),
                "rank" => value.clone_into(&mut header.rank),
                "model" => value.clone_into(&mut header.model),
                "dialect" => header.release = Release::parse(value)?,
                "prefix" => value.clone_into(&mut header.prefix),
                "max_model_len" => header.max_model_len = positive(value)?,
                "kv_tokens" => header.kv_tokens = positive(value)?,
                "age" => {
                    let age: u16 =
                        value.parse().map_err(|_| format!("{value:?} is not a number of steps"))?;
                    header.age = i64::from(age);
                }
                "drop" => header.dropped = metrics(value)?,
                "double" => header.doubled = metrics(value)?,
                "zeros" => header.lazy_zeros = choice(value, "lazy", "eager")?,
                "plausible" => header.implausible = choice(value, "no", "yes")?,
                _ => return Err(format!("there is no key {key:?} for a load")),
            }
        }
        header.scrape_ms = scrape.unwrap_or(header.step_ms);
        if header.scrape_ms % header.step_ms != 0 {
            return Err("the scrape interval must be a multiple of the step".to_owned());
        }
        Ok(header)
    }

    /// Grid steps in one scrape interval.
    pub fn steps_per_scrape(&self) -> usize {
        usize::try_from(self.scrape_ms / self.step_ms).unwrap_or(1)
    }
}

/// Reads `15s`, `500ms` or `1m`.
pub fn duration_ms(text: &str) -> Result<i64, String> {
    let place = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(place);
    let factor = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => return Err(format!("{text:?} is not a duration such as 15s")),
    };
    match digits.parse::<i64>() {
        Ok(amount) if amount > 0 => Ok(amount * factor),
        _ => Err(format!("{text:?} is not a duration such as 15s")),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value: &f64| *value > 0.0)
        .ok_or_else(|| format!("{text:?} is not a positive number"))
}

fn choice(text: &str, yes: &str, no: &str) -> Result<bool, String> {
    if text == yes {
        Ok(true)
    } else if text == no {
        Ok(false)
    } else {
        Err(format!("{text:?} is neither {yes} nor {no}"))
    }
}

/// Names of metrics without prefix; a name that no release exports is a slip of the pen.
fn metrics(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text.split(',').map(str::to_owned).collect();
    match names.iter().find(|name| !METRICS.iter().any(|metric| metric.base == *name)) {
        Some(unknown) => Err(format!("no release exports {unknown:?}")),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_keeps_its_default() {
        let header =
            Header::parse("step=30s model=gemma dialect=0.10.2 drop=num_preemptions").unwrap();
        assert_eq!((header.step_ms, header.scrape_ms), (30_000, 30_000));
        assert_eq!(header.release, Release::patch(10, 2));
        assert_eq!(header.dropped, ["num_preemptions"]);
        assert_eq!(header.replica, "pod-0");
    }

    #[test]
    fn slips_are_named() {
        for (text, error) in [
            ("stp=15s", "there is no key \"stp\" for a load"),
            ("step=15", "\"15\" is not a duration such as 15s"),
            ("drop=queue", "no release exports \"queue\""),
            ("step=10s scrape=15s", "the scrape interval must be a multiple of the step"),
        ] {
            assert_eq!(Header::parse(text).unwrap_err(), error);
        }
    }
}
