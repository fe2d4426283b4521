//! Requests to observations, each at the moment the engine records it.
//!
//! First token: time to first token and prompt tokens. Every output: inter-token latency and output
//! tokens. End: the phases, lengths and the finish reason. A request whose client goes away records
//! nothing at its end.
//!
//! A segment tells which requests end in it. The last segment is thought to go on after the data,
//! and the first to have gone on before it, so that what is recorded earlier than the end is there
//! as well.

use std::collections::BTreeMap;

use crate::scenario::catalogue::Measure;
use crate::scenario::load::{Level, Load, Requests, Segment, Trait};

/// Everything an engine recorded.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Observations of histograms.
    pub observations: BTreeMap<Measure, Vec<Entry>>,
    /// Growth of counters, by the value of the label that splits them (empty: not split).
    pub growth: BTreeMap<(Measure, String), Vec<Entry>>,
    /// Gauges at each sample, by the value of the label that splits them; `None` = absent.
    pub gauges: BTreeMap<(Measure, String), Vec<Option<f64>>>,
    /// Number of the process at each sample.
    pub process: Vec<usize>,
    /// Whether Prometheus reached the engine at each sample.
    pub scraped: Vec<bool>,
}

/// Something recorded in one process between two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Number of the process.
    pub process: usize,
    /// The first sample that shows it; 0 and below: all samples do.
    pub sample: i64,
    /// Observed value, or growth.
    pub value: f64,
    /// How many times.
    pub times: u64,
}

/// The stretch of one process: samples `first`+1 … `last` belong to it (and sample 0 to the first).
#[derive(Debug, Clone, Copy)]
struct Life {
    process: usize,
    first: i64,
    last: i64,
    /// Served before its first sample.
    old: bool,
}

/// Counters that exist from the start, at 0.
const CREATED: [(Measure, &str); 12] = [
    (Measure::Items, ""),
    (Measure::Preemptions, ""),
    (Measure::PrefixQueries, ""),
    (Measure::PrefixHits, ""),
    (Measure::PromptTokens, ""),
    (Measure::PromptTokensBySource, "local_compute"),
    (Measure::PromptTokensBySource, "local_cache_hit"),
    (Measure::PromptTokensBySource, "external_kv_transfer"),
    (Measure::OutputTokens, ""),
    (Measure::Finished, "stop"),
    (Measure::Finished, "length"),
    (Measure::Finished, "abort"),
];

/// Records a load.
pub fn record(load: &Load) -> Recording {
    let samples = load.steps() + 1;
    let mut recording = Recording {
        process: vec![0; samples],
        scraped: vec![true; samples],
        ..Recording::default()
    };
    for (measure, label) in CREATED {
        recording.growth.entry((measure, label.to_owned())).or_default();
    }
    for (life, segments) in lives(load) {
        for sample in life.first + 1..=life.last {
            recording.process[sample as usize] = life.process;
        }
        let mut writer =
            Writer { recording: &mut recording, life, step: load.header.step_ms as f64 / 1000.0 };
        writer.serve(&segments, load.header.age);
    }
    let mut start = 0;
    for segment in &load.segments {
        recording.level(segment, start, samples);
        start += segment.steps;
    }
    recording
}

/// The processes with their segments and the sample each segment starts after.
fn lives(load: &Load) -> Vec<(Life, Vec<(i64, &Segment)>)> {
    let mut lives: Vec<(Life, Vec<(i64, &Segment)>)> = Vec::new();
    let mut start = 0;
    for segment in &load.segments {
        if lives.is_empty() || segment.restart {
            let old = lives.is_empty() && load.header.age > 0;
            let life = Life { process: lives.len(), first: start, last: start, old };
            lives.push((life, Vec::new()));
        }
        if let Some((life, segments)) = lives.last_mut() {
            segments.push((start, segment));
            life.last = start + segment.steps;
        }
        start += segment.steps;
    }
    lives
}

/// A segment in its life: it starts after sample `start` and is thought to reach `before` and
/// `after` steps beyond.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: i64,
    steps: i64,
    before: i64,
    after: i64,
}

impl Stretch {
    fn progress(self, step: i64) -> f64 {
        progress(step, self.steps)
    }
}

struct Writer<'a> {
    recording: &'a mut Recording,
    life: Life,
    /// Seconds.
    step: f64,
}

impl Writer<'_> {
    fn serve(&mut self, segments: &[(i64, &Segment)], age: i64) {
        for (place, &(start, segment)) in segments.iter().enumerate() {
            let before = if place == 0 && self.life.old { age } else { 0 };
            let is_last = place + 1 == segments.len();
            let mut stretch = Stretch { start, steps: segment.steps, before, after: 0 };
            for requests in &segment.requests {
                // What ends later than the data may have begun within them.
                stretch.after =
                    if is_last { (requests.longest() / self.step).ceil() as i64 } else { 0 };
                self.requests(requests, stretch);
            }
            for (level, measure, label) in [
                (Level::Preemptions, Measure::Preemptions, ""),
                (Level::Rejections, Measure::Rejections, "max_num_queued_reqs"),
                (Level::Drafted, Measure::DraftTokens, ""),
                (Level::Accepted, Measure::AcceptedTokens, ""),
                (Level::Items, Measure::Items, ""),
            ] {
                let Some(numbers) = segment.levels.get(&level) else {
                    continue;
                };
                for step in 0..segment.steps {
                    let value = numbers.at(step, stretch.progress(step), 0.0).unwrap_or(0.0);
                    self.grow(measure, label, start + step + 1, value.round());
                }
            }
        }
    }

    /// Requests of one kind. Within a step they end at even distances.
    fn requests(&mut self, kind: &Requests, stretch: Stretch) {
        let mut index = 0;
        for step in -stretch.before..stretch.steps + stretch.after {
            let share = stretch.progress(step);
            let count = kind.per_step.at(step, share, 0.0).unwrap_or(0.0).round().max(0.0) as usize;
            for place in 0..count {
                let inside = (place as f64 + 0.5) / count as f64;
                let end = (stretch.start as f64 + step as f64 + inside) * self.step;
                self.request(&Request::of(kind, index, share, end), kind);
                index += 1;
            }
        }
    }

    fn request(&mut self, request: &Request, kind: &Requests) {
        let birth = self.life.first as f64 * self.step;
        if !self.life.old && request.arrival < birth {
            return;
        }
        let first_token = self.sample_at(request.first_token);
        self.observe(Measure::FirstToken, first_token, request.to_first_token, 1);
        self.grow(Measure::PromptTokens, "", first_token, request.prompt);
        self.grow(Measure::OutputTokens, "", first_token, 1.0);
        let computed = (request.prompt - request.cached - request.remote).max(0.0);
        for (source, tokens) in [
            ("local_compute", computed),
            ("local_cache_hit", request.cached),
            ("external_kv_transfer", request.remote),
        ] {
            self.grow(Measure::PromptTokensBySource, source, first_token, tokens);
        }
        let admitted = self.sample_at(request.first_token - request.prefill);
        self.grow(Measure::PrefixQueries, "", admitted, request.prompt);
        self.grow(Measure::PrefixHits, "", admitted, request.cached);
        self.outputs(request, kind);
        if !kind.aborted {
            self.finish(request, computed, &kind.reason);
        }
    }

    /// The outputs after the first: stalled ones spread evenly among equal ones.
    fn outputs(&mut self, request: &Request, kind: &Requests) {
        let (stalled, stall) = kind.stalls.unwrap_or((0, 0.0));
        let gaps = ((request.output - 1.0) / request.per_output).ceil() as usize;
        if gaps == 0 {
            return;
        }
        let stalled = stalled.min(gaps);
        let ordinary =
            (request.decode - stalled as f64 * stall).max(0.0) / (gaps - stalled).max(1) as f64;
        let mut time = request.first_token;
        let mut run: Option<(i64, f64, u64)> = None;
        for gap in 0..gaps {
            let is_stall = (gap + 1) * stalled / gaps > gap * stalled / gaps;
            let value = if is_stall { stall } else { ordinary };
            time += value;
            let sample = self.sample_at(time);
            run = match run {
                Some((at, same, times)) if at == sample && same.to_bits() == value.to_bits() => {
                    Some((at, same, times + 1))
                }
                before => {
                    self.output_run(before, request.per_output);
                    Some((sample, value, 1))
                }
            };
        }
        self.output_run(run, request.per_output);
    }

    fn output_run(&mut self, run: Option<(i64, f64, u64)>, tokens: f64) {
        if let Some((sample, value, times)) = run {
            self.observe(Measure::InterToken, sample, value, times);
            self.grow(Measure::OutputTokens, "", sample, times as f64 * tokens);
            self.observe(Measure::Iteration, sample, tokens, times);
        }
    }

    fn finish(&mut self, request: &Request, computed: f64, reason: &str) {
        let at = self.sample_at(request.end);
        let per_token =
            if request.output > 1.0 { request.decode / (request.output - 1.0) } else { 0.0 };
        for (measure, value) in [
            (Measure::EndToEnd, request.to_end),
            (Measure::Queue, request.queue),
            (Measure::Prefill, request.prefill),
            (Measure::Decode, request.decode),
            (Measure::Inference, request.prefill + request.decode),
            (Measure::PerOutputToken, per_token),
            (Measure::PromptLength, request.prompt),
            (Measure::OutputLength, request.output),
            (Measure::ComputedLength, computed),
        ] {
            self.observe(measure, at, value, 1);
        }
        self.grow(Measure::Finished, reason, at, 1.0);
        self.grow(Measure::HttpRequests, "2xx", at, 1.0);
    }

    /// The first sample at or after a time.
    fn sample_at(&self, seconds: f64) -> i64 {
        // A time computed as exactly a sample's must not fall behind it by rounding.
        (seconds / self.step - 1e-9).ceil() as i64
    }

    fn entry(&self, sample: i64, value: f64, times: u64) -> Option<Entry> {
        let Life { process, first, last, old } = self.life;
        let born = old || sample > first;
        (born && sample <= last).then_some(Entry { process, sample, value, times })
    }

    fn observe(&mut self, measure: Measure, sample: i64, value: f64, times: u64) {
        let entry = self.entry(sample, value, times);
        self.recording.observations.entry(measure).or_default().extend(entry);
    }

    fn grow(&mut self, measure: Measure, label: &str, sample: i64, value: f64) {
        let entry = self.entry(sample, value, 1);
        self.recording.growth.entry((measure, label.to_owned())).or_default().extend(entry);
    }
}

/// One request with its times in seconds since the first sample.
#[derive(Debug, Clone, Copy)]
struct Request {
    arrival: f64,
    first_token: f64,
    end: f64,
    /// Added up from the phases, which a difference of the times above would blur.
    to_first_token: f64,
    to_end: f64,
    queue: f64,
    prefill: f64,
    decode: f64,
    prompt: f64,
    cached: f64,
    remote: f64,
    output: f64,
    per_output: f64,
}

impl Request {
    fn of(kind: &Requests, index: i64, share: f64, end: f64) -> Self {
        let number = |name: Trait, otherwise: f64| {
            // A phase of its own for each trait keeps spread traits from moving together.
            let phase = 0.37 * f64::from(name as u8);
            kind.shape
                .get(&name)
                .and_then(|numbers| numbers.at(index, share, phase))
                .unwrap_or(otherwise)
        };
        let output = number(Trait::Output, 1.0).round().max(1.0);
        let decode = if output > 1.0 { number(Trait::Decode, 0.0) } else { 0.0 };
        let (queue, prefill) = (number(Trait::Queue, 0.0), number(Trait::Prefill, 0.0));
        let delivery = number(Trait::Delivery, 0.0);
        let to_first_token = number(Trait::FrontEnd, 0.0) + queue + prefill;
        let to_end = to_first_token + decode + delivery;
        let (first_token, arrival) = (end - delivery - decode, end - to_end);
        let (prompt, cached) =
            (number(Trait::Prompt, 1.0).round(), number(Trait::Cached, 0.0).round());
        let remote = number(Trait::Remote, 0.0).round();
        Self {
            arrival,
            first_token,
            end,
            to_first_token,
            to_end,
            queue,
            prefill,
            decode,
            prompt,
            cached,
            remote,
            output,
            per_output: number(Trait::PerOutput, 1.0).round().max(1.0),
        }
    }
}

impl Recording {
    /// Gauges and reachability of one segment that starts after sample `start`.
    fn level(&mut self, segment: &Segment, start: i64, samples: usize) {
        for step in 0..segment.steps {
            let at = |level: Level| {
                let numbers = segment.levels.get(&level)?;
                let value = numbers.at(step, progress(step, segment.steps), 0.0)?;
                Some(if level == Level::CacheUsage { value } else { value.round() })
            };
            let waiting = at(Level::Waiting);
            let deferred = at(Level::Deferred).or(waiting.map(|_| 0.0));
            let rows = [
                (Measure::Running, "", at(Level::Running)),
                (Measure::Waiting, "", waiting),
                (Measure::WaitingByReason, "deferred", deferred),
                (
                    Measure::WaitingByReason,
                    "capacity",
                    waiting.zip(deferred).map(|(all, some)| (all - some).max(0.0)),
                ),
                (Measure::CacheUsage, "", at(Level::CacheUsage)),
                (Measure::Fetching, "in_progress", at(Level::Fetching)),
            ];
            // The very first sample shows what the first step does.
            let first = start + step + 1;
            let places = if first == 1 { 0..2 } else { first..first + 1 };
            for sample in places.map(|sample| sample as usize) {
                self.scraped[sample] = segment.scraped;
                for (measure, label, value) in rows {
                    // Unlike the others, one that most loads do not tell of.
                    if measure == Measure::Fetching && value.is_none() {
                        continue;
                    }
                    let column = self
                        .gauges
                        .entry((measure, label.to_owned()))
                        .or_insert_with(|| vec![None; samples]);
                    column[sample] = value;
                }
            }
        }
    }
}

/// Share of the steps that have passed at one of them: 0 at the first, 1 at the last.
fn progress(step: i64, steps: i64) -> f64 {
    if steps > 1 { step as f64 / (steps - 1) as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_counts(recording: &Recording, measure: Measure, samples: usize) -> Vec<u64> {
        let mut counts = vec![0; samples];
        for entry in recording.observations.get(&measure).into_iter().flatten() {
            if let Some(count) = counts.get_mut(entry.sample.max(0) as usize) {
                *count += entry.times;
            }
        }
        counts
    }

    #[test]
    fn phases_are_recorded_at_the_end_and_the_first_token_when_it_comes() {
        let text = "steps 2\n  requests 0\nsteps 2\n  requests 1 prefill=1 decode=20 output=21\nsteps 2\n  requests 0\n";
        let load = Load::parse("step=10s age=1", text).unwrap();
        let recording = record(&load);
        // Both requests end in the middle of their step, at 25 and 35 s; their first tokens come 20
        // s before.
        assert_eq!(sample_counts(&recording, Measure::EndToEnd, 7), [0, 0, 0, 1, 1, 0, 0]);
        assert_eq!(sample_counts(&recording, Measure::FirstToken, 7), [0, 1, 1, 0, 0, 0, 0]);
        assert_eq!(sample_counts(&recording, Measure::InterToken, 7), [0, 5, 15, 15, 5, 0, 0]);
        let whole = recording.observations[&Measure::EndToEnd][0].value;
        assert!((whole - 21.0).abs() < 1e-9, "{whole}");
    }

    #[test]
    fn a_client_that_goes_away_leaves_a_first_token_and_no_end() {
        let load =
            Load::parse("step=10s", "steps 2\n  aborts 1 prefill=1 decode=2 output=3\n").unwrap();
        let recording = record(&load);
        assert!(!recording.observations[&Measure::FirstToken].is_empty());
        assert!(!recording.observations.contains_key(&Measure::EndToEnd));
    }

    #[test]
    fn a_new_process_counts_from_nothing() {
        let text = "steps 2\n  requests 1\nsteps 2\n  restart\n  requests 1\n";
        let recording = record(&Load::parse("step=10s", text).unwrap());
        assert_eq!(recording.process, [0, 0, 0, 1, 1]);
        let second =
            recording.observations[&Measure::EndToEnd].iter().filter(|entry| entry.process == 1);
        assert_eq!(second.map(|entry| entry.sample).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn a_stall_takes_its_time_from_decode() {
        let text = "steps 1\n  requests 1 decode=12 output=12 stalls=1x2\n";
        let recording = record(&Load::parse("step=60s age=1", text).unwrap());
        let entries = &recording.observations[&Measure::InterToken];
        let total: f64 = entries
            .iter()
            .filter(|entry| entry.sample == 1)
            .map(|one| one.value * one.times as f64)
            .sum();
        assert!((total - 12.0).abs() < 1e-9, "{total}");
        assert!(entries.iter().any(|entry| (entry.value - 2.0).abs() < 1e-12 && entry.times == 1));
    }
}
