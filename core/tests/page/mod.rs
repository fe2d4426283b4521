//! Pages of one engine as functions of time, and their diagnosis.

#![allow(dead_code, reason = "each test that includes this module uses a part of it")]

use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::report::Diagnosis;
use inference_triage_core::session::Session;
use inference_triage_core::settings::{Interval, Settings};

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const END: i64 = 1_780_000_200 * SECOND;
pub(crate) const START: i64 = END - 60 * MINUTE;

pub(crate) type Value = Box<dyn Fn(i64) -> f64>;
pub(crate) type Labels = Vec<(String, String)>;

/// Series as functions of time.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) series: Vec<(Labels, Value)>,
}

pub(crate) fn labels(name: &str, more: &[(&str, &str)]) -> Labels {
    let own = [("__name__", name), ("model_name", "m")];
    own.iter().chain(more).map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// Requests that finished up to a time, two a second.
pub(crate) fn requests(time: i64) -> f64 {
    (2 * (time - START + 60 * MINUTE) / SECOND) as f64
}

/// Those of the step that ends at a time.
fn requests_of_step(time: i64) -> f64 {
    requests(time) - requests(time - 15 * SECOND)
}

/// Requests of the sound engine and the seconds that each part of them takes.
pub(crate) const TIMES: [(&str, f64, f64); 6] = [
    ("time_to_first_token_seconds", 0.06, 1.0),
    ("request_queue_time_seconds", 0.002, 1.0),
    ("request_prefill_time_seconds", 0.05, 1.0),
    ("request_decode_time_seconds", 2.0, 1.0),
    ("inter_token_latency_seconds", 0.02, 100.0),
    ("e2e_request_latency_seconds", 2.06, 1.0),
];

const BOUNDS: [&str; 9] = ["0.001", "0.005", "0.025", "0.1", "0.5", "2.5", "10", "60", "+Inf"];

impl Page {
    pub(crate) fn add(&mut self, labels: Labels, value: impl Fn(i64) -> f64 + 'static) {
        self.series.push((labels, Box::new(value)));
    }

    /// What a sound engine counts.
    pub(crate) fn counts(self, more: &[(&str, &str)], role: Option<&str>) -> Self {
        let is_increment = role.is_some_and(|role| role.starts_with("increment"));
        let requests = if is_increment { requests_of_step } else { requests };
        self.counts_of(more, role, TIMES, requests)
    }

    /// What an engine counts whose requests take those times and have finished up to a time.
    pub(crate) fn counts_of(
        mut self,
        more: &[(&str, &str)],
        role: Option<&str>,
        times: [(&'static str, f64, f64); 6],
        requests: impl Fn(i64) -> f64 + Copy + 'static,
    ) -> Self {
        let with_role = |part: &str, mut labels: Labels| {
            if let Some(kind) = role {
                labels.retain(|(name, _)| name != "__name__");
                labels.push(("triage_role".into(), format!("{part}/{kind}/vllm/vllm:")));
            }
            labels
        };
        let ids = ["ttft", "queue_time", "prefill_time", "decode_time", "itl", "e2e"];
        for ((name, seconds, each), id) in times.into_iter().zip(ids) {
            for bound in BOUNDS {
                let below = bound.parse().map_or(true, |bound: f64| bound >= seconds);
                let mut own = labels(&format!("vllm:{name}_bucket"), more);
                own.push(("le".into(), bound.into()));
                let share = if below { each } else { 0.0 };
                self.add(with_role(id, own), move |time| share * requests(time));
            }
            let sum = labels(&format!("vllm:{name}_sum"), more);
            self.add(with_role(&format!("{id}_sum"), sum), move |time| {
                seconds * each * requests(time)
            });
        }
        let tokens = with_role("generation_tokens", labels("vllm:generation_tokens_total", more));
        self.add(tokens, move |time| 101.0 * requests(time));
        let preemptions = with_role("preemptions", labels("vllm:num_preemptions_total", more));
        self.add(preemptions, |_| 0.0);
        self
    }

    /// What it shows: its requests and its memory.
    pub(crate) fn states(mut self, more: &[(&str, &str)]) -> Self {
        let running = |time: i64| (4 + time / (15 * SECOND) % 2) as f64;
        self.add(labels("vllm:num_requests_running", more), running);
        self.add(labels("vllm:num_requests_waiting", more), |_| 0.0);
        self.add(labels("vllm:kv_cache_usage_perc", more), |_| 0.2);
        self
    }

    /// As it was at a time, from then to another.
    pub(crate) fn frozen(self, from: i64, to: i64) -> Self {
        let still = |value: Value| -> Value {
            Box::new(move |time| value(if (from..to).contains(&time) { from } else { time }))
        };
        Self {
            series: self.series.into_iter().map(|(labels, value)| (labels, still(value))).collect(),
        }
    }

    /// Each series with what the same one of another page counts beside.
    pub(crate) fn plus(self, other: Self) -> Self {
        let both = self.series.into_iter().zip(other.series);
        let sum = |((labels, one), (same, two)): ((Labels, Value), (Labels, Value))| {
            assert_eq!(labels, same);
            let value: Value = Box::new(move |time| one(time) + two(time));
            (labels, value)
        };
        Self { series: both.map(sum).collect() }
    }

    /// With other values for the series of some names; NaN is absent.
    pub(crate) fn with(
        self,
        is_meant: impl Fn(&str) -> bool,
        new: impl Fn(i64, &dyn Fn(i64) -> f64) -> f64 + Clone + 'static,
    ) -> Self {
        let change = |(labels, value): (Labels, Value)| -> (Labels, Value) {
            let name = labels.iter().find(|(name, _)| name == "__name__");
            if !name.is_some_and(|(_, name)| is_meant(name)) {
                return (labels, value);
            }
            let new = new.clone();
            (labels, Box::new(move |time| new(time, &*value)))
        };
        Self { series: self.series.into_iter().map(change).collect() }
    }

    /// Scraped every 15 s for an hour.
    pub(crate) fn diagnosis(self) -> Diagnosis {
        self.scraped_every(15)
    }

    /// Scraped every so many seconds for an hour.
    pub(crate) fn scraped_every(self, seconds: i64) -> Diagnosis {
        self.session(seconds).diagnosis(0).expect("one scope")
    }

    /// A window of it, Unix milliseconds.
    pub(crate) fn within(self, window: Interval) -> Diagnosis {
        let mut session = self.session(15);
        let settings = Settings { window: Some(window), ..Settings::default() };
        session.configure(settings).expect("sound settings");
        session.diagnosis(0).expect("one scope")
    }

    pub(crate) fn session(self, seconds: i64) -> Session {
        let steps = 0..=3600 / seconds;
        let times: Vec<i64> = steps.map(|index| START + index * seconds * SECOND).collect();
        let mut session = Session::new();
        session.load_batch(self.batch(&times)).expect("a sound batch");
        session
    }

    /// Its samples at some times.
    pub(crate) fn batch(self, times: &[i64]) -> SampleBatch {
        let mut batch = SampleBatch {
            times: times.iter().map(|&time| time as f64).collect(),
            ..SampleBatch::default()
        };
        for (labels, value) in self.series {
            batch.series.push(SeriesDescription {
                labels: labels.into_iter().collect(),
                offset: batch.values.len(),
                length: times.len(),
                ..SeriesDescription::default()
            });
            batch.values.extend(times.iter().map(|&time| value(time)));
        }
        batch
    }
}

pub(crate) const PLACE: [(&str, &str); 2] = [("instance", "a:8000"), ("job", "vllm")];

/// With how requests of a place ended: all of them well.
pub(crate) fn with_reasons(mut page: Page, place: &[(&str, &str)]) -> Page {
    for (reason, share) in [("stop", 1.0), ("abort", 0.0), ("error", 0.0)] {
        let own: Vec<(&str, &str)> =
            place.iter().copied().chain([("finished_reason", reason)]).collect();
        page.add(labels("vllm:request_success_total", &own), move |time| share * requests(time));
    }
    page
}

pub(crate) fn engine() -> Page {
    engine_at(&PLACE)
}

/// A sound engine with those labels.
pub(crate) fn engine_at(place: &[(&str, &str)]) -> Page {
    with_reasons(Page::default().counts(place, None).states(place), place)
}

pub(crate) fn with_processor_time(mut page: Page) -> Page {
    let labels = PLACE.iter().chain(&[("__name__", "process_cpu_seconds_total")]);
    let labels = labels.map(|(name, value)| ((*name).into(), (*value).into())).collect();
    page.add(labels, |time| 0.05 * ((time - START) / SECOND) as f64);
    page
}
