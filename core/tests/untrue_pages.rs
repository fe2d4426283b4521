//! Pages that are not what they seem: old copies of a page, an engine that sums count twice. None
//! of them is called healthy, and what a reader is told is what happened.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::report::Diagnosis;
use inference_triage_core::session::Session;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const END: i64 = 1_780_000_200 * SECOND;
const START: i64 = END - 60 * MINUTE;

type Value = Box<dyn Fn(i64) -> f64>;
type Labels = Vec<(String, String)>;

/// Series as functions of time.
#[derive(Default)]
struct Page {
    series: Vec<(Labels, Value)>,
}

fn labels(name: &str, more: &[(&str, &str)]) -> Labels {
    let own = [("__name__", name), ("model_name", "m")];
    own.iter().chain(more).map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// Requests that finished up to a time, two a second.
fn requests(time: i64) -> f64 {
    (2 * (time - START + 60 * MINUTE) / SECOND) as f64
}

/// Those of the step that ends at a time.
fn requests_of_step(time: i64) -> f64 {
    requests(time) - requests(time - 15 * SECOND)
}

/// Requests of the sound engine and the seconds that each part of them takes.
const TIMES: [(&str, f64, f64); 6] = [
    ("time_to_first_token_seconds", 0.06, 1.0),
    ("request_queue_time_seconds", 0.002, 1.0),
    ("request_prefill_time_seconds", 0.05, 1.0),
    ("request_decode_time_seconds", 2.0, 1.0),
    ("inter_token_latency_seconds", 0.02, 100.0),
    ("e2e_request_latency_seconds", 2.06, 1.0),
];

const BOUNDS: [&str; 9] = ["0.001", "0.005", "0.025", "0.1", "0.5", "2.5", "10", "60", "+Inf"];

impl Page {
    fn add(&mut self, labels: Labels, value: impl Fn(i64) -> f64 + 'static) {
        self.series.push((labels, Box::new(value)));
    }

    /// What a sound engine counts.
    fn counts(mut self, more: &[(&str, &str)], role: Option<&str>) -> Self {
        let is_increment = role.is_some_and(|role| role.starts_with("increment"));
        let requests = if is_increment { requests_of_step } else { requests };
        let with_role = |part: &str, mut labels: Labels| {
            if let Some(kind) = role {
                labels.retain(|(name, _)| name != "__name__");
                labels.push(("triage_role".into(), format!("{part}/{kind}/vllm/vllm:")));
            }
            labels
        };
        let ids = ["ttft", "queue_time", "prefill_time", "decode_time", "itl", "e2e"];
        for ((name, seconds, each), id) in TIMES.into_iter().zip(ids) {
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
    fn states(mut self, more: &[(&str, &str)]) -> Self {
        let running = |time: i64| (4 + time / (15 * SECOND) % 2) as f64;
        self.add(labels("vllm:num_requests_running", more), running);
        self.add(labels("vllm:num_requests_waiting", more), |_| 0.0);
        self.add(labels("vllm:kv_cache_usage_perc", more), |_| 0.2);
        self
    }

    /// As it was at a time, from then to another.
    fn frozen(self, from: i64, to: i64) -> Self {
        let still = |value: Value| -> Value {
            Box::new(move |time| value(if (from..to).contains(&time) { from } else { time }))
        };
        Self {
            series: self.series.into_iter().map(|(labels, value)| (labels, still(value))).collect(),
        }
    }

    /// Scraped every 15 s for an hour.
    fn diagnosis(self) -> Diagnosis {
        let times: Vec<i64> = (0..=240).map(|index| START + index * 15 * SECOND).collect();
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
        let mut session = Session::new();
        session.load_batch(batch).expect("a sound batch");
        session.diagnosis(0).expect("one scope")
    }
}

const PLACE: [(&str, &str); 2] = [("instance", "a:8000"), ("job", "vllm")];

fn engine() -> Page {
    Page::default().counts(&PLACE, None).states(&PLACE)
}

fn with_processor_time(mut page: Page) -> Page {
    let labels = PLACE.iter().chain(&[("__name__", "process_cpu_seconds_total")]);
    let labels = labels.map(|(name, value)| ((*name).into(), (*value).into())).collect();
    page.add(labels, |time| 0.05 * ((time - START) / SECOND) as f64);
    page
}

#[test]
fn the_engine_behind_these_pages_is_healthy() {
    for page in [engine(), with_processor_time(engine())] {
        let found = page.diagnosis();
        assert_eq!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
    }
}

#[test]
fn a_page_without_even_processor_time_is_an_old_copy() {
    for minutes in [7, 12, 40] {
        let page = with_processor_time(engine()).frozen(END - minutes * MINUTE, END + 1);
        let found = page.diagnosis();
        assert_eq!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
        assert!(found.verdict.sentence.contains("unchanged for"), "{}", found.verdict.sentence);
        assert!(found.verdict.action.is_some_and(|action| action.sentence.contains("own address")));
    }
}

/// Requests run and nothing comes out, but the process answers: it may hang.
#[test]
fn a_process_that_answers_is_no_old_copy() {
    let page = with_processor_time(engine().frozen(END - 12 * MINUTE, END + 1));
    let found = page.diagnosis();
    assert!(!found.verdict.sentence.contains("unchanged for"), "{}", found.verdict.sentence);
    assert_ne!(found.verdict.id, CauseId::Healthy);
}

/// What was counted while the copy was shown is in the samples behind it.
#[test]
fn an_old_copy_that_has_gone_is_a_caveat() {
    let (from, to) = (END - 14 * MINUTE, END - 3 * MINUTE);
    let page = with_processor_time(engine()).frozen(from, to);

    let found = page.diagnosis();
    assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
    assert_ne!(found.verdict.id, CauseId::EngineHang, "{}", found.verdict.sentence);
    let has = |id: CaveatId| found.quality.caveats.iter().any(|caveat| caveat.id == id);
    assert!(has(CaveatId::StalePage), "{:?}", found.quality.caveats);
}

/// A server repeats the last sample of a target that is gone for five minutes.
#[test]
fn a_target_that_is_gone_is_no_old_copy() {
    for scrapes in 0..2 {
        let page = with_processor_time(engine());
        let page = page.frozen(END - 5 * MINUTE - scrapes * 15 * SECOND, END + 1);
        let found = page.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
    }
}

/// The others are judged; healthy would be said of the one that nobody sees too.
#[test]
fn an_old_copy_of_one_replica_silences_no_other() {
    let other = [("instance", "b:8000"), ("job", "vllm")];
    let mut page = with_processor_time(engine()).frozen(END - 20 * MINUTE, END + 1);
    let busier = |(labels, value): (Labels, Value)| -> (Labels, Value) {
        (labels, Box::new(move |time| 3.0 * value(time)))
    };
    let others = Page::default().counts(&other, None).states(&other).series;
    page.series.extend(others.into_iter().map(busier));
    let found = page.diagnosis();
    assert_eq!(found.verdict.id, CauseId::CannotTell, "{}", found.verdict.sentence);
    assert!(found.verdict.sentence.contains("a:8000"), "{}", found.verdict.sentence);
}

#[test]
fn sums_over_targets_of_which_two_are_one_engine_are_refused() {
    let second = [("instance", "a:8000"), ("job", "other")];
    for kind in ["total/0", "increment/15000"] {
        let once = Page::default().counts(&[], Some(kind)).states(&PLACE);
        let found = once.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
        let twice = Page::default().counts(&[], Some(kind)).states(&PLACE).states(&second);
        let found = twice.diagnosis();
        assert_eq!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
        assert!(found.verdict.sentence.contains("count it twice"), "{}", found.verdict.sentence);
        // Another engine under the same address, with a load of its own.
        let states = Page::default().states(&second).series.into_iter().map(|(labels, value)| {
            let busier: Value = Box::new(move |time| 3.0 * value(time));
            (labels, busier)
        });
        let mut apart = Page::default().counts(&[], Some(kind)).states(&PLACE);
        apart.series.extend(states);
        let found = apart.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
    }
}

/// The engine's loop stands still: it refreshes no state, so that what arrives is seen by nobody
/// until its first token comes minutes late.
#[test]
fn a_hang_behind_states_of_before_is_found_by_late_first_tokens() {
    let (from, to) = (END - 8 * MINUTE, END - 4 * MINUTE);
    let page = |late: f64| {
        let series = engine().frozen(from, to).series.into_iter().map(move |(labels, value)| {
            let is = |name: &str, text: &str| labels.iter().any(|(n, v)| n == name && v == text);
            let is_state = is("__name__", "vllm:num_requests_running");
            let added = if is("__name__", "vllm:time_to_first_token_seconds_sum") {
                200.0 * late
            } else if is("__name__", "vllm:time_to_first_token_seconds_bucket") && is("le", "+Inf")
            {
                late
            } else {
                0.0
            };
            let value: Value = Box::new(move |time| match time {
                _ if is_state && (from..to).contains(&time) => 0.0,
                _ if time >= to => value(time) + added,
                _ => value(time),
            });
            (labels, value)
        });
        Page { series: series.collect() }.diagnosis()
    };
    let hung = page(3.0);
    assert_eq!(hung.verdict.id, CauseId::EngineHang, "{}", hung.verdict.sentence);
    // Without them it was a pause of traffic.
    let paused = page(0.0);
    assert_ne!(paused.verdict.id, CauseId::EngineHang, "{}", paused.verdict.sentence);
}

/// An idle minute, then a prompt that computes for long: the engine was there for it.
#[test]
fn a_pause_before_a_long_prompt_is_no_hang() {
    let (from, to) = (END - 8 * MINUTE, END - 4 * MINUTE);
    let series = engine().frozen(from, to).series.into_iter().map(|(labels, value)| {
        let is = |name: &str, text: &str| labels.iter().any(|(n, v)| n == name && v == text);
        let is_running = is("__name__", "vllm:num_requests_running");
        let is_ttft = is("__name__", "vllm:time_to_first_token_seconds_bucket");
        let late = if is_ttft && (is("le", "60") || is("le", "+Inf")) { 1.0 } else { 0.0 };
        let is_sum = is("__name__", "vllm:time_to_first_token_seconds_sum");
        let added = if is_sum { 25.0 } else { late };
        let value: Value = Box::new(move |time| match time {
            // Seen at the last scrape of the pause.
            _ if is_running && (from..to - 15 * SECOND).contains(&time) => 0.0,
            _ if is_running && (from..to).contains(&time) => 1.0,
            _ if time >= to => value(time) + added,
            _ => value(time),
        });
        (labels, value)
    });
    let found = Page { series: series.collect() }.diagnosis();
    assert_ne!(found.verdict.id, CauseId::EngineHang, "{}", found.verdict.sentence);
}
