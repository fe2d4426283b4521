//! The table of replicas: nobody stands out of forty healthy ones in a day, and each kind of fault
//! names its replica among 2, 4, 16 and 40.

use inference_triage_core::catalogue::fleet::Deviation;
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::report::Fleet;
use inference_triage_core::session::Session;
use inference_triage_core::settings::{Interval, Settings};

const START: i64 = 1_780_002_000_000;
const STEP: i64 = 300_000;

/// Uniform numbers in (0, 1), the same in every run (Lehmer's generator).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }

    /// A count of a Poisson process with that mean, by the normal law for large means.
    fn count(&mut self, mean: f64) -> f64 {
        let normal = (0..12).map(|_| self.next()).sum::<f64>() - 6.0;
        (mean + mean.sqrt() * normal).round().max(0.0)
    }
}

/// What one replica is like.
#[derive(Debug, Clone, Copy)]
struct Engine {
    /// Requests in a step.
    load: f64,
    /// Factor of its time of a token.
    slow: f64,
    /// Share of prompt tokens in its cache.
    hits: f64,
    /// Blocks of its cache.
    blocks: f64,
    /// Requests of a thousand that fail.
    failed: f64,
    /// It is not scraped in the last hour.
    is_silent: bool,
}

const USUAL: Engine =
    Engine { load: 240.0, slow: 1.0, hits: 0.6, blocks: 40_000.0, failed: 0.0, is_silent: false };

/// Columns of one replica: names, labels beside the usual ones, values.
type Series = (String, Vec<(&'static str, String)>, Vec<f64>);

fn series(engine: Engine, steps: usize, chance: &mut Chance) -> Vec<Series> {
    let mut arrived = vec![0.0];
    let mut seconds = vec![0.0];
    for _ in 0..steps {
        let count = chance.count(engine.load);
        let rate = count * 100.0 / 300.0;
        let alpha = 0.01 * engine.slow;
        let time = alpha / (1.0 - 0.0003 * engine.slow * rate) * (0.97 + 0.06 * chance.next());
        arrived.push(arrived.last().unwrap_or(&0.0) + count);
        seconds.push(seconds.last().unwrap_or(&0.0) + count * 100.0 * time);
    }
    let scaled = |factor: f64| arrived.iter().map(|count| count * factor).collect::<Vec<f64>>();
    let name = |name: &str| format!("vllm:{name}");
    let constant = |value: f64| vec![value; steps + 1];
    let reason = |reason: &str| vec![("finished_reason", reason.to_owned())];
    let config =
        vec![("block_size", "16".to_owned()), ("num_gpu_blocks", engine.blocks.to_string())];
    vec![
        (name("time_to_first_token_seconds_count"), vec![], arrived.clone()),
        (name("time_to_first_token_seconds_sum"), vec![], scaled(0.1)),
        (name("inter_token_latency_seconds_count"), vec![], scaled(100.0)),
        (name("inter_token_latency_seconds_sum"), vec![], seconds),
        (name("prefix_cache_queries_total"), vec![], scaled(500.0)),
        (name("prefix_cache_hits_total"), vec![], scaled(500.0 * engine.hits)),
        (name("request_success_total"), reason("stop"), scaled(1.0 - engine.failed / 1000.0)),
        (name("request_success_total"), reason("error"), scaled(engine.failed / 1000.0)),
        (name("num_requests_running"), vec![], constant(8.0)),
        (name("num_requests_waiting"), vec![], constant(0.0)),
        (name("cache_config_info"), config, constant(1.0)),
    ]
}

fn session(engines: &[Engine], steps: usize) -> Session {
    let times = (0..=steps).map(|at| START as f64 + at as f64 * STEP as f64).collect();
    let mut batch = SampleBatch { times, ..SampleBatch::default() };
    let mut chance = Chance(17);
    for (at, engine) in engines.iter().enumerate() {
        for (name, more, mut values) in series(*engine, steps, &mut chance) {
            if engine.is_silent {
                values[steps - 11..].fill(f64::NAN);
            }
            let own = [("__name__", name), ("model_name", "gemma".to_owned())];
            let pod = ("pod", format!("pod-{at}"));
            let labels = own.into_iter().chain([pod]).chain(more);
            batch.series.push(SeriesDescription {
                labels: labels.map(|(name, value)| (name.to_owned(), value)).collect(),
                offset: batch.values.len(),
                length: values.len(),
                ..SeriesDescription::default()
            });
            batch.values.extend(values);
        }
    }
    let mut session = Session::new();
    session.load_batch(batch).expect("the batch is sound");
    session
}

fn fleet(session: &mut Session, from: i64, to: i64) -> Fleet {
    let window = Some(Interval { start: START + from * STEP, end: START + to * STEP });
    session.configure(Settings { window, ..Settings::default() }).expect("sound settings");
    session.report().expect("a report").diagnosis.fleet.expect("several replicas")
}

#[test]
fn nobody_stands_out_of_forty_healthy_replicas_in_a_day() {
    let mut session = session(&[USUAL; 40], 288);
    for last in (1..=288).step_by(3) {
        let fleet = fleet(&mut session, last - 1, last);
        let outside: Vec<_> = fleet.rows.iter().filter_map(|row| row.deviation.as_ref()).collect();
        assert!(outside.is_empty(), "step {last}: {outside:?}");
        assert!(fleet.sentence.starts_with("None of 40 replicas stands out"), "{}", fleet.sentence);
    }
}

#[test]
fn each_fault_names_its_replica_in_a_fleet_of_any_size() {
    let faults = [
        (Deviation::Speed, Engine { slow: 2.0, ..USUAL }),
        (Deviation::Load, Engine { load: 80.0, ..USUAL }),
        (Deviation::Load, Engine { load: 600.0, ..USUAL }),
        (Deviation::PrefixCache, Engine { hits: 0.1, ..USUAL }),
        (Deviation::Configuration, Engine { blocks: 20_000.0, ..USUAL }),
        (Deviation::Failures, Engine { failed: 80.0, ..USUAL }),
        (Deviation::Silent, Engine { is_silent: true, ..USUAL }),
    ];
    for (kind, faulty) in faults {
        for size in [3, 4, 16, 40] {
            let mut engines = vec![USUAL; size];
            engines[1] = faulty;
            let fleet = fleet(&mut session(&engines, 36), 30, 36);
            let outside: Vec<_> = fleet.rows.iter().filter(|row| row.deviation.is_some()).collect();
            let [only] = outside.as_slice() else {
                panic!("{kind} among {size}: {}", fleet.sentence)
            };
            assert_eq!(only.replica, "pod-1/0", "{kind} among {size}");
            assert_eq!(only.deviation.as_ref().map(|one| one.kind), Some(kind), "among {size}");
            assert_eq!(fleet.rows[0].replica, "pod-1/0", "it stands first");
        }
    }
}

/// Of two alone, both differ from the other: a slow one is told, who of two has too little is not.
#[test]
fn of_two_the_slow_one_is_told() {
    let fleet = fleet(&mut session(&[USUAL, Engine { slow: 2.0, ..USUAL }], 36), 30, 36);
    let outside: Vec<_> = fleet.rows.iter().filter(|row| row.deviation.is_some()).collect();
    let [only] = outside.as_slice() else { panic!("{}", fleet.sentence) };
    assert_eq!(only.replica, "pod-1/0");
}

#[test]
fn one_replica_and_a_sum_over_replicas_are_no_fleet() {
    let session = session(&[USUAL], 36);
    assert_eq!(session.report().expect("a report").diagnosis.fleet, None);
}
