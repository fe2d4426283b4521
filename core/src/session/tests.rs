//! A history beside the detail: what it changes, and everything that it must not.

use crate::catalogue::columns::ColumnId;
use crate::error::Error;
use crate::ingest::batch::{SampleBatch, SeriesDescription};
use crate::report::Diagnosis;
use crate::session::Session;
use crate::settings::{BaselineMode, BaselineSettings, Interval, ScopeSettings, Settings};
use crate::window::baseline::BaselineSource;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A multiple of every step used here.
const END: i64 = 1_780_000_200 * SECOND;

/// Buckets of the end-to-end latency, seconds.
const BOUNDS: [&str; 4] = ["1", "2", "5", "+Inf"];

/// What an engine has counted up to a time is a function of the time, so that ranges of any step
/// are samples of one and the same past.
#[derive(Clone, Copy)]
struct Engine {
    model: &'static str,
    instance: &'static str,
    /// Requests a second.
    rate: i64,
}

const GEMMA: Engine = Engine { model: "gemma", instance: "a:8000", rate: 2 };
const QWEN: Engine = Engine { model: "qwen", instance: "a:8000", rate: 5 };

/// Requests up to a time. The last six minutes are slower by half.
fn requests(engine: Engine, time: i64) -> f64 {
    let slow = (time - (END - 6 * MINUTE)).max(0) / SECOND;
    let seconds = time / SECOND - 1_770_000_000;
    ((seconds - slow) * engine.rate + slow * engine.rate / 2) as f64
}

type Labels = Vec<(&'static str, &'static str)>;
/// The value at a time.
type Value = Box<dyn Fn(i64) -> f64>;

impl Engine {
    fn series(self) -> Vec<(Labels, Value)> {
        let name = |name| {
            vec![("__name__", name), ("model_name", self.model), ("instance", self.instance)]
        };
        let mut all: Vec<(Labels, Value)> = Vec::new();
        for (index, bound) in BOUNDS.into_iter().enumerate() {
            let mut labels = name("vllm:e2e_request_latency_seconds_bucket");
            labels.push(("le", bound));
            let below = (index + 1) as f64 / BOUNDS.len() as f64;
            all.push((labels, Box::new(move |time| (requests(self, time) * below).floor())));
        }
        let sum = move |time| requests(self, time) * 3.0;
        all.push((name("vllm:e2e_request_latency_seconds_sum"), Box::new(sum)));
        let count = move |time| requests(self, time);
        all.push((name("vllm:e2e_request_latency_seconds_count"), Box::new(count)));
        let running = move |time| (self.rate + time / MINUTE % 3) as f64;
        all.push((name("vllm:num_requests_running"), Box::new(running)));
        let tokens = move |time| requests(self, time) * 100.0;
        all.push((name("vllm:generation_tokens_total"), Box::new(tokens)));
        all
    }
}

/// Every sample of these engines on a grid, both ends included.
fn batch(engines: &[Engine], (start, end, step): (i64, i64, i64)) -> SampleBatch {
    let times: Vec<i64> = (0..=(end - start) / step).map(|index| start + index * step).collect();
    let mut batch = SampleBatch {
        times: times.iter().map(|&time| time as f64).collect(),
        ..SampleBatch::default()
    };
    for (labels, value) in engines.iter().flat_map(|engine| engine.series()) {
        batch.series.push(SeriesDescription {
            labels: labels.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
            offset: batch.values.len(),
            length: times.len(),
            ..SeriesDescription::default()
        });
        batch.values.extend(times.iter().map(|&time| value(time)));
    }
    batch
}

const DETAIL: (i64, i64, i64) = (END - HOUR, END, 15 * SECOND);
const YESTERDAY: (i64, i64, i64) = (END - DAY - HOUR, END - DAY + HOUR, MINUTE);

fn offset(offset: i64) -> Settings {
    let baseline = BaselineSettings { mode: BaselineMode::Offset, offset, ..Default::default() };
    Settings { baseline, ..Settings::default() }
}

fn window(start: i64, end: i64) -> Settings {
    let window = Some(Interval { start, end });
    Settings { window, ..Settings::default() }
}

fn given(start: i64, end: i64) -> Settings {
    let (start, end) = (Some(start), Some(end));
    let baseline = BaselineSettings { mode: BaselineMode::Range, start, end, ..Default::default() };
    Settings { baseline, ..Settings::default() }
}

fn session(settings: Settings) -> Session {
    let mut session = Session::new();
    session.configure(settings).expect("the settings are sound");
    session.load_batch(batch(&[GEMMA], DETAIL)).expect("the detail is sound");
    session
}

fn diagnosis(session: &Session) -> Diagnosis {
    session.diagnosis(0).expect("a scope is loaded")
}

fn ends(diagnosis: &Diagnosis) -> Option<(i64, i64)> {
    diagnosis.baseline.start.zip(diagnosis.baseline.end)
}

#[test]
fn the_history_never_enters_the_grid_of_the_detail() {
    let mut session = session(offset(DAY));
    let before = diagnosis(&session);
    let times = session.column(0, ColumnId::Times).expect("there are times");
    assert_eq!(before.history, None);
    assert_eq!(session.history_column(0, ColumnId::Times), None);
    session.load_history_batch(batch(&[GEMMA], YESTERDAY)).expect("the history is sound");
    let after = diagnosis(&session);
    assert_eq!(session.column(0, ColumnId::Times), Some(times));
    assert_eq!((after.range, after.window.step), (before.range, before.window.step));
    let means = |found: &Diagnosis| {
        let signals = found.signals.0.iter();
        signals.map(|(id, signal)| (*id, signal.mean)).collect::<Vec<_>>()
    };
    assert_eq!(means(&after), means(&before));
    assert_eq!(after.window.finished_requests, before.window.finished_requests);
    let history = after.history.expect("a history is loaded");
    assert_eq!(
        (history.range.start, history.range.end, history.range.step),
        (YESTERDAY.0, YESTERDAY.1, YESTERDAY.2)
    );
    let rows = session.history_column(0, ColumnId::Times).expect("there are times");
    assert_eq!(rows.len(), 121);
    for id in [ColumnId::Running, ColumnId::GenerationTokens] {
        assert!(history.columns.iter().any(|column| column.id == id));
        let column = session.history_column(0, id).expect("a listed column exists");
        assert_eq!(column.len(), rows.len());
    }
    session.clear_history();
    assert_eq!(diagnosis(&session), before);
}

#[test]
fn a_baseline_on_the_history_is_what_one_range_at_one_step_gives() {
    // Both grids are parts of the grid of the whole, so their samples are the same ones.
    let whole = (END - DAY - HOUR, END, 15 * SECOND);
    let yesterday = (END - DAY - HOUR, END - DAY, 15 * SECOND);
    for settings in [
        Settings { window: Some(Interval { start: END - 10 * MINUTE, end: END }), ..offset(DAY) },
        Settings {
            window: Some(Interval { start: END - 7 * MINUTE + 3 * SECOND, end: END - MINUTE }),
            ..given(END - DAY - 31 * MINUTE - 7, END - DAY - 4 * MINUTE + 11)
        },
    ] {
        let mut apart = session(settings.clone());
        apart.load_history_batch(batch(&[GEMMA], yesterday)).expect("the history is sound");
        let mut together = Session::new();
        together.configure(settings).expect("the settings are sound");
        together.load_batch(batch(&[GEMMA], whole)).expect("the range is sound");
        let (apart, together) = (diagnosis(&apart), diagnosis(&together));
        assert!(apart.baseline.finished_requests.is_some_and(|count| count > 500.0));
        assert_eq!(apart.baseline, together.baseline);
        assert_eq!(apart.signals, together.signals);
        assert_eq!(apart.ledger, together.ledger);
        assert_eq!(apart.verdict, together.verdict);
    }
}

#[test]
fn what_the_detail_holds_is_measured_there() {
    for settings in [
        offset(30 * MINUTE),
        given(END - 50 * MINUTE, END - 20 * MINUTE),
        Settings { baseline: BaselineSettings::default(), ..Settings::default() },
        Settings {
            baseline: BaselineSettings { mode: BaselineMode::Range, ..Default::default() },
            ..Settings::default()
        },
        // By less than a step of the detail outside it.
        given(END - HOUR - 10 * SECOND, END - 20 * MINUTE),
    ] {
        let mut session = session(settings);
        let before = diagnosis(&session);
        let long = (END - 2 * DAY, END, 5 * MINUTE);
        session.load_history_batch(batch(&[GEMMA], long)).expect("the history is sound");
        let after = diagnosis(&session);
        assert_eq!(Diagnosis { history: None, ..after }, before);
    }
}

#[test]
fn where_nothing_changed_the_same_time_a_day_or_a_week_earlier_is_the_baseline() {
    let of = |days: i64| {
        let mut session = Session::new();
        let range = (END - days * DAY - HOUR, END, 5 * MINUTE);
        session.load_batch(batch(&[GEMMA], range)).expect("the range is sound");
        session.configure(window(END - 30 * MINUTE, END)).expect("the settings are sound");
        diagnosis(&session)
    };
    assert_eq!(of(0).baseline.source, BaselineSource::None);
    for (days, earlier) in [(1, 1), (6, 1), (7, 7), (9, 7)] {
        let found = of(days);
        assert_eq!(found.baseline.source, BaselineSource::Earlier, "{days} days");
        let start = found.baseline.start.expect("the range reaches back so far");
        assert_eq!(found.window.start - start, earlier * DAY, "{days} days");
    }
}

#[test]
fn a_baseline_that_the_detail_holds_in_part_is_measured_on_the_history_as_a_whole() {
    let mut session = session(given(END - 90 * MINUTE, END - 30 * MINUTE));
    let (start, end) = ends(&diagnosis(&session)).expect("half of it is there");
    assert_eq!((start, end), (END - HOUR, END - 30 * MINUTE));
    let long = (END - 2 * HOUR, END, MINUTE);
    session.load_history_batch(batch(&[GEMMA], long)).expect("the history is sound");
    let baseline = diagnosis(&session).baseline;
    assert_eq!(baseline.start.zip(baseline.end), Some((END - 90 * MINUTE, END - 30 * MINUTE)));
    assert_eq!(baseline.finished_requests, Some(60.0 * 60.0 * 2.0));
    assert_eq!(baseline.source, BaselineSource::Given);
    // A history that holds less of it than the detail changes nothing.
    let short = (END - 100 * MINUTE, END - 70 * MINUTE, MINUTE);
    session.load_history_batch(batch(&[GEMMA], short)).expect("the history is sound");
    assert_eq!(ends(&diagnosis(&session)), Some((start, end)));
}

#[test]
fn a_baseline_shorter_than_a_step_of_the_history_reaches_to_its_neighbours() {
    let window = Interval { start: END - 6 * MINUTE, end: END };
    let mut session = session(Settings { window: Some(window), ..offset(DAY) });
    let coarse = (END - 2 * DAY + 4 * MINUTE, END - 12 * HOUR + 4 * MINUTE, 10 * MINUTE);
    session.load_history_batch(batch(&[GEMMA], coarse)).expect("the history is sound");
    let baseline = diagnosis(&session).baseline;
    assert_eq!(
        baseline.start.zip(baseline.end),
        Some((END - DAY - 6 * MINUTE, END - DAY + 4 * MINUTE))
    );
    assert_eq!(baseline.finished_requests, Some(10.0 * 60.0 * 2.0));
}

#[test]
fn beyond_both_tables_there_is_no_baseline() {
    let mut session = session(offset(7 * DAY));
    session.load_history_batch(batch(&[GEMMA], YESTERDAY)).expect("the history is sound");
    let found = diagnosis(&session);
    assert_eq!(ends(&found), None);
    assert_eq!(
        (found.baseline.source, found.baseline.finished_requests),
        (BaselineSource::None, None)
    );
    assert!(found.history.is_some());
}

#[test]
fn the_history_of_another_model_is_nobody_s() {
    let mut session = session(offset(DAY));
    let before = diagnosis(&session);
    session.load_history_batch(batch(&[QWEN], YESTERDAY)).expect("the history is sound");
    assert_eq!(diagnosis(&session), before);
    assert_eq!(session.history_column(0, ColumnId::Running), None);
    session.load_history_batch(batch(&[QWEN, GEMMA], YESTERDAY)).expect("the history is sound");
    let found = diagnosis(&session);
    assert_eq!(found.baseline.finished_requests, Some(6.0 * 60.0 * 2.0));
}

#[test]
fn replicas_are_matched_by_key_and_a_whole_scope_by_what_served_it() {
    let other = Engine { instance: "b:8000", rate: 7, ..GEMMA };
    let only = |replica: &str| Settings {
        scope: ScopeSettings { replica: Some(replica.to_owned()), ..Default::default() },
        ..offset(DAY)
    };
    let mut session = Session::new();
    session.configure(only("a:8000/0")).expect("the settings are sound");
    session.load_batch(batch(&[GEMMA, other], DETAIL)).expect("the detail is sound");
    session.load_history_batch(batch(&[GEMMA], YESTERDAY)).expect("the history is sound");
    let minutes = |session: &Session| {
        diagnosis(session).baseline.finished_requests.map(|count| count / (6.0 * 60.0))
    };
    assert_eq!(minutes(&session), Some(2.0));
    session.configure(only("b:8000/0")).expect("the settings are sound");
    assert_eq!(minutes(&session), None);
    assert_eq!(diagnosis(&session).history, None);
    session.configure(offset(DAY)).expect("the settings are sound");
    assert_eq!(minutes(&session), Some(2.0));
}

#[test]
fn on_an_error_the_former_history_stays() {
    let mut session = session(offset(DAY));
    session.load_history_batch(batch(&[GEMMA], YESTERDAY)).expect("the history is sound");
    let before = session.report_bytes();
    assert!(session.load_history_prometheus(&[b"{"]).is_err_and(|error| error.is_bad_data()));
    let nothing = br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    assert!(session.load_history_prometheus(&[nothing]).is_err_and(|error| error.is_no_engine()));
    let mut outside = batch(&[GEMMA], YESTERDAY);
    outside.values.clear();
    assert!(session.load_history_batch(outside).is_err_and(|error| error.is_bad_data()));
    assert_eq!(session.report_bytes(), before);
}

#[test]
fn new_detail_keeps_the_history_and_a_history_is_no_detail() {
    let mut session = Session::new();
    session.load_history_batch(batch(&[GEMMA], YESTERDAY)).expect("the history is sound");
    assert_eq!(session.report().map_err(|error| error.code()), Err(Error::nothing_loaded().code()));
    session.configure(offset(DAY)).expect("the settings are sound");
    session.load_batch(batch(&[GEMMA], DETAIL)).expect("the detail is sound");
    let first = diagnosis(&session);
    assert!(first.history.is_some());
    let tail = (END, END + 5 * MINUTE, 15 * SECOND);
    session.append_batch(batch(&[GEMMA], tail)).expect("the tail is sound");
    let later = diagnosis(&session);
    assert_eq!(later.history, first.history);
    assert_eq!(later.window.end, first.window.end + 5 * MINUTE);
    assert_eq!(later.baseline.end, Some(END - DAY + 5 * MINUTE));
    assert_eq!(later.range.end - later.range.start, HOUR);
}

#[test]
fn a_prefix_is_for_both_tables() {
    let renamed = |mut batch: SampleBatch| {
        for series in &mut batch.series {
            for (name, value) in series.labels.iter_mut() {
                if name == "__name__" {
                    *value = value.replace("vllm:", "acme_");
                }
            }
        }
        batch
    };
    let mut session = Session::new();
    let prefixed = Settings { prefix: Some("acme_".to_owned()), ..offset(DAY) };
    session.configure(prefixed.clone()).expect("the settings are sound");
    session.load_batch(renamed(batch(&[GEMMA], DETAIL))).expect("the detail is sound");
    session.load_history_batch(renamed(batch(&[GEMMA], YESTERDAY))).expect("it is sound");
    assert!(diagnosis(&session).baseline.finished_requests.is_some());
    // With vLLM's own names in the detail alone, the history names nobody and comes back later.
    session.load_batch(batch(&[GEMMA], DETAIL)).expect("the detail is sound");
    session.configure(offset(DAY)).expect("the history is no reason to refuse settings");
    assert_eq!(diagnosis(&session).history, None);
    session.configure(prefixed).expect("the settings are sound");
    session.load_batch(renamed(batch(&[GEMMA], DETAIL))).expect("the detail is sound");
    assert!(diagnosis(&session).history.is_some());
}

/// A scheduler that still wants replicas after the last engine is gone: the range ends with it, not
/// with the last good minutes. What it remembers of the time before changes nothing, and one scrape
/// more than the engines' is none.
#[test]
fn the_time_in_which_all_engines_are_gone_belongs_to_the_range() {
    use crate::scope::test_series::store;
    use crate::session::table::Table;

    let engine = [("model_name", "gemma"), ("pod", "vllm-5d8f9c7b6-x7k2p"), ("namespace", "llm")];
    let deployment = [("deployment", "vllm"), ("namespace", "llm")];
    for (samples, end) in [(40, 39), (10, 4)] {
        let wanted = vec![4.0; samples];
        let mut running = vec![f64::NAN; samples];
        running[2..5].fill(1.0);
        let store = store(&[
            ("vllm:num_requests_running", &engine, &running),
            ("kube_deployment_spec_replicas", &deployment, &wanted),
        ]);
        let times = store.grid.times().to_vec();
        let table = Table::load(store, &Settings::default()).expect("an engine");
        let kept = table.store.grid.times();
        assert_eq!((kept[0], kept.last()), (times[2], times.get(end)), "{samples} samples");
    }
}

#[test]
fn a_session_takes_as_many_samples_as_its_limit_says() {
    // 4 series of their own times: 16 cells, 4 for each of 4 samples.
    let scattered = |series: usize| SampleBatch {
        times: (0..series).map(|index| index as f64 * 15_000.0).collect(),
        values: vec![1.0; series],
        series: (0..series)
            .map(|index| SeriesDescription {
                labels: [
                    ("__name__", "vllm:num_requests_running"),
                    ("instance", &index.to_string()),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
                grid: index,
                offset: index,
                length: 1,
                ..SeriesDescription::default()
            })
            .collect(),
        ..SampleBatch::default()
    };
    let refused = |limit: usize, series: usize| {
        let mut session = Session::new().with_sample_limit(limit);
        session.load_batch(scattered(series)).is_err_and(|error| error.is_too_large())
    };
    assert!(!refused(4, 4) && refused(3, 4));
    assert!(!refused(100, 20) && refused(99, 20));
}
