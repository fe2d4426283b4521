//! A load: what an engine did, step by step.
//!
//! ```text
//! steps 20
//!   requests 2 queue=0.01,6.1 prefill=0.012 decode=6.8 output=700
//!   running 2  waiting 1
//! ```
//!
//! A segment holds what happened in each of its steps. `requests` and `aborts` may stand several
//! times. A word alone is a mark: `restart` (a new process from here on), `unscraped` (no samples).

use std::collections::BTreeMap;

use crate::scenario::header::Header;
use crate::scenario::sequence::Sequence;

/// One engine over time.
#[derive(Debug, Clone)]
pub struct Load {
    /// Which engine.
    pub header: Header,
    /// What it did.
    pub segments: Vec<Segment>,
}

/// Some steps of the same kind.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Number of steps.
    pub steps: i64,
    /// Requests that end in these steps.
    pub requests: Vec<Requests>,
    /// Gauges at the end of each step and counts within each step, by name.
    pub levels: BTreeMap<Level, Sequence>,
    /// A new process starts at the beginning of the segment.
    pub restart: bool,
    /// Prometheus reaches the engine.
    pub scraped: bool,
}

/// A number given for each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Running requests at the scrape.
    Running,
    /// Waiting requests at the scrape.
    Waiting,
    /// Waiting requests that wait for something else than capacity, at the scrape.
    Deferred,
    /// Share of the cache in use at the scrape.
    CacheUsage,
    /// Requests preempted in the step.
    Preemptions,
    /// Requests refused in the step.
    Rejections,
    /// Draft tokens proposed in the step.
    Drafted,
    /// Of those, accepted.
    Accepted,
    /// Images, sounds and videos of the requests that begin in the step.
    Items,
    /// Waiting requests whose cache entries are on the way, at the scrape.
    Fetching,
}

impl Level {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "running" => Self::Running,
            "waiting" => Self::Waiting,
            "deferred" => Self::Deferred,
            "kv_usage" => Self::CacheUsage,
            "preemptions" => Self::Preemptions,
            "rejections" => Self::Rejections,
            "drafted" => Self::Drafted,
            "accepted" => Self::Accepted,
            "items" => Self::Items,
            "fetching" => Self::Fetching,
            _ => return None,
        })
    }
}

/// Requests of one kind that end in each step.
#[derive(Debug, Clone)]
pub struct Requests {
    /// How many in each step.
    pub per_step: Sequence,
    /// The client went away at the end: no finish is recorded.
    pub aborted: bool,
    /// Why they ended.
    pub reason: String,
    /// Outputs of one request that took a time of their own: number and seconds.
    pub stalls: Option<(usize, f64)>,
    /// Times and lengths by name; absent: 0, and one output token.
    pub shape: BTreeMap<Trait, Sequence>,
}

/// What is told of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// Arrival to the engine's queue, seconds.
    FrontEnd,
    /// Queue to first scheduling, seconds.
    Queue,
    /// First scheduling to first token, seconds.
    Prefill,
    /// First to last token, seconds.
    Decode,
    /// Last token to the end at the front end, seconds.
    Delivery,
    /// Prompt tokens.
    Prompt,
    /// Of those, found in the prefix cache.
    Cached,
    /// Of those, transferred from another engine.
    Remote,
    /// Output tokens.
    Output,
    /// Tokens that come in one output after the first: more than one with speculative decoding.
    PerOutput,
}

impl Trait {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "front_end" => Self::FrontEnd,
            "queue" => Self::Queue,
            "prefill" => Self::Prefill,
            "decode" => Self::Decode,
            "delivery" => Self::Delivery,
            "prompt" => Self::Prompt,
            "cached" => Self::Cached,
            "remote" => Self::Remote,
            "output" => Self::Output,
            "per_output" => Self::PerOutput,
            _ => return None,
        })
    }
}

impl Requests {
    /// Seconds that no request of this kind exceeds.
    pub fn longest(&self) -> f64 {
        let phases =
            [Trait::FrontEnd, Trait::Queue, Trait::Prefill, Trait::Decode, Trait::Delivery];
        phases.iter().filter_map(|phase| self.shape.get(phase)).map(Sequence::largest).sum()
    }
}

impl Load {
    /// Reads the words after the fence and the lines of the block. The error names the line within
    /// the block, from 1.
    pub fn parse(header: &str, text: &str) -> Result<Self, String> {
        let mut load = Self { header: Header::parse(header)?, segments: Vec::new() };
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            if !words.is_empty() {
                load.add_line(&words)
                    .map_err(|error| format!("load line {}: {error}", index + 1))?;
            }
        }
        if load.segments.is_empty() {
            return Err("a load without steps".to_owned());
        }
        Ok(load)
    }

    /// Number of steps; there is one sample more.
    pub fn steps(&self) -> usize {
        self.segments.iter().map(|segment| segment.steps as usize).sum()
    }

    fn add_line(&mut self, words: &[&str]) -> Result<(), String> {
        if let ["steps", count] = words {
            let steps: u16 =
                count.parse().map_err(|_| format!("{count:?} is not a number of steps"))?;
            let (requests, levels) = (Vec::new(), BTreeMap::new());
            self.segments.push(Segment {
                steps: i64::from(steps),
                requests,
                levels,
                restart: false,
                scraped: true,
            });
            return Ok(());
        }
        let segment = self.segments.last_mut().ok_or("a load starts with steps")?;
        match words {
            ["requests", per_step, shape @ ..] => {
                segment.requests.push(requests(per_step, shape, false)?);
            }
            ["aborts", per_step, shape @ ..] => {
                segment.requests.push(requests(per_step, shape, true)?);
            }
            ["restart"] => segment.restart = true,
            ["unscraped"] => segment.scraped = false,
            pairs => {
                for pair in pairs.chunks(2) {
                    let level = Level::parse(pair[0])
                        .ok_or_else(|| format!("there is no {:?}", pair[0]))?;
                    let numbers =
                        pair.get(1).ok_or_else(|| format!("{} has no number", pair[0]))?;
                    segment.levels.insert(level, Sequence::parse(numbers)?);
                }
            }
        }
        Ok(())
    }
}

fn requests(per_step: &str, shape: &[&str], aborted: bool) -> Result<Requests, String> {
    let per_step = Sequence::parse(per_step)?;
    let mut kind = Requests {
        per_step,
        aborted,
        reason: "stop".to_owned(),
        stalls: None,
        shape: BTreeMap::new(),
    };
    for word in shape {
        let (key, value) =
            word.split_once('=').ok_or_else(|| format!("{word:?} is not key=value"))?;
        match key {
            "reason" => value.clone_into(&mut kind.reason),
            "stalls" => kind.stalls = Some(stalls(value)?),
            _ => {
                let name = Trait::parse(key).ok_or_else(|| format!("requests have no {key:?}"))?;
                kind.shape.insert(name, Sequence::parse(value)?);
            }
        }
    }
    Ok(kind)
}

/// `20x0.4`: twenty outputs of 0.4 s each.
fn stalls(text: &str) -> Result<(usize, f64), String> {
    text.split_once('x')
        .and_then(|(count, seconds)| Some((count.parse().ok()?, seconds.parse().ok()?)))
        .ok_or_else(|| format!("{text:?} is not stalls such as 20x0.4"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_hold_requests_and_levels() {
        let text = "steps 3\n  requests 2 queue=0.01,6.1 stalls=2x0.5\n  running 2  waiting 1 # full\nsteps 2\n  restart\n";
        let load = Load::parse("step=15s", text).unwrap();
        assert_eq!((load.steps(), load.segments.len()), (5, 2));
        let first = &load.segments[0];
        assert_eq!(first.requests[0].stalls, Some((2, 0.5)));
        assert_eq!(
            first.requests[0].shape[&Trait::Queue],
            Sequence::Turns(vec![Some(0.01), Some(6.1)])
        );
        assert_eq!(first.levels[&Level::Waiting], Sequence::constant(1.0));
        assert!(load.segments[1].restart && load.segments[1].scraped);
    }

    #[test]
    fn slips_are_named_with_their_line() {
        for (text, error) in [
            ("running 2\n", "load line 1: a load starts with steps"),
            ("steps 3\n  runing 2\n", "load line 2: there is no \"runing\""),
            ("steps 3\n  requests 2 que=1\n", "load line 2: requests have no \"que\""),
            ("steps 3\n  running\n", "load line 2: running has no number"),
            ("", "a load without steps"),
        ] {
            assert_eq!(Load::parse("", text).unwrap_err(), error);
        }
    }
}
