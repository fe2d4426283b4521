//! Windows of scraped counters with restarts: what a real Prometheus finds in them is what was
//! observed, and the quantile over a window and over the sum of replicas is ours, bit for bit.

use std::collections::BTreeMap;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, prometheus_quantile};
use inference_triage_harness::layouts::{Layout, TIME_TO_FIRST_TOKEN};
use inference_triage_harness::live_prometheus::LivePrometheus;
use inference_triage_harness::observations::Observations;
use inference_triage_harness::openmetrics::{Exposition, number};
use inference_triage_harness::random::Random;

const STEP: i64 = 15;
/// First scrape, a multiple of the step.
const START: i64 = 1_700_000_100;
const SCRAPES: usize = 41;
const CASES: usize = 30;
const REPLICAS: usize = 3;

/// The buckets of one replica: what was observed between scrapes, and the counters at each scrape.
struct Replica {
    /// Observations ≤ each bound between scrape i and i + 1.
    observed: Vec<Vec<f64>>,
    counters: Vec<Vec<f64>>,
}

impl Replica {
    /// Old counters that restart at most once, and then hold less than any of them did before:
    /// Prometheus detects a restart bucket by bucket, only where the value falls.
    fn any(random: &mut Random, layout: &Layout) -> Self {
        let restart = random.chance(0.6).then(|| random.between(1, SCRAPES - 1));
        let mut counter: Vec<f64> =
            (0..=layout.bounds.len()).map(|k| 100_000.0 + 10.0 * k as f64).collect();
        let (mut observed, mut counters) = (Vec::new(), vec![counter.clone()]);
        for scrape in 1..SCRAPES {
            if restart == Some(scrape) {
                counter.fill(0.0);
            }
            let count = random.below(30);
            let values = Observations::any(random, layout, count).values;
            let bounds = layout.bounds.iter().copied().chain([f64::INFINITY]);
            let new: Vec<f64> = bounds
                .map(|bound| values.iter().filter(|&&value| value <= bound).count() as f64)
                .collect();
            counter.iter_mut().zip(&new).for_each(|(total, more)| *total += more);
            observed.push(new);
            counters.push(counter.clone());
        }
        Self { observed, counters }
    }

    /// Cumulative buckets of everything observed between two scrapes.
    fn window(&self, layout: &Layout, from: usize, to: usize) -> Vec<(f64, f64)> {
        let bounds = layout.bounds.iter().copied().chain([f64::INFINITY]).enumerate();
        bounds
            .map(|(k, bound)| (bound, self.observed[from..to].iter().map(|step| step[k]).sum()))
            .collect()
    }
}

fn serve(layouts: &[Layout], replicas: &[Vec<Replica>]) -> LivePrometheus {
    let mut exposition = Exposition::new();
    for (case, (layout, replicas)) in layouts.iter().zip(replicas).enumerate() {
        for (pod, replica) in replicas.iter().enumerate() {
            for (k, bound) in layout.bounds.iter().chain([&f64::INFINITY]).enumerate() {
                for (scrape, counters) in replica.counters.iter().enumerate() {
                    let labels = [
                        ("case", case.to_string()),
                        ("pod", pod.to_string()),
                        ("le", number(*bound)),
                    ];
                    let labels: Vec<_> =
                        labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    exposition.add("h_bucket", &labels, counters[k], scrape_time(scrape));
                }
            }
        }
    }
    LivePrometheus::start(&exposition.finish()).unwrap_or_else(|error| panic!("{error}"))
}

fn scrape_time(scrape: usize) -> i64 {
    START + STEP * i64::try_from(scrape).expect("few scrapes")
}

/// Exact growth over the last `steps` steps: the difference to the scrape before, or the whole
/// value where that is negative.
fn growth(steps: usize) -> String {
    let range = scrape_time(steps) - START - 1;
    format!(
        "sum_over_time((((h_bucket - h_bucket offset {STEP}s) >= 0) or (h_bucket * 1))[{range}s:{STEP}s])"
    )
}

fn ask(
    live: &LivePrometheus,
    query: &str,
    to: usize,
    labels: &[&str],
) -> BTreeMap<Vec<String>, f64> {
    let samples = live.instant(query, scrape_time(to)).unwrap_or_else(|error| panic!("{error}"));
    let keyed = samples.iter().map(|sample| {
        let key = labels.iter().map(|&label| sample.labels[label].clone()).collect();
        (key, sample.value)
    });
    keyed.collect()
}

fn generate() -> (Vec<Layout>, Vec<Vec<Replica>>) {
    let mut random = Random::new(5);
    let layouts: Vec<Layout> = (0..CASES)
        .map(|case| match case {
            0 => Layout { name: "time to first token", bounds: TIME_TO_FIRST_TOKEN.to_vec() },
            _ => Layout::any(&mut random),
        })
        .collect();
    let replicas = layouts
        .iter()
        .map(|layout| (0..REPLICAS).map(|_| Replica::any(&mut random, layout)).collect());
    let replicas = replicas.collect();
    (layouts, replicas)
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[test]
fn windows_of_scraped_counters_agree_with_prometheus() {
    let (layouts, replicas) = generate();
    let live = serve(&layouts, &replicas);
    let (mut counts, mut quantiles) = (0, 0);
    for (from, to) in [(0, SCRAPES - 1), (0, 1), (7, 20), (39, 40), (12, 40), (1, 33)] {
        let growth = growth(to - from);
        let grown = ask(&live, &growth, to, &["case", "pod", "le"]);
        for (case, layout) in layouts.iter().enumerate() {
            for (pod, replica) in replicas[case].iter().enumerate() {
                for (bound, observed) in replica.window(layout, from, to) {
                    let theirs = grown[&vec![case.to_string(), pod.to_string(), number(bound)]];
                    assert!(
                        same(theirs, observed),
                        "case {case}, pod {pod}, {bound:?}, {from} to {to}: {theirs}"
                    );
                    counts += 1;
                }
            }
        }
        for q in [0.0, 0.25, 0.5, 1.0 / 3.0, 0.9, 0.95, 0.99, 1.0] {
            let single = format!("histogram_quantile({q:?}, {growth})");
            let single = ask(&live, &single, to, &["case", "pod"]);
            let whole = format!("histogram_quantile({q:?}, sum by (case, le) ({growth}))");
            let whole = ask(&live, &whole, to, &["case"]);
            for (case, layout) in layouts.iter().enumerate() {
                let mut parts = Vec::new();
                for (pod, replica) in replicas[case].iter().enumerate() {
                    let window = replica.window(layout, from, to);
                    let theirs = single[&vec![case.to_string(), pod.to_string()]];
                    let ours = prometheus_quantile(q, &window);
                    assert!(
                        same(ours, theirs),
                        "case {case}, pod {pod}, q = {q:?}: {ours:?}, not {theirs:?}\n{window:?}"
                    );
                    parts.push(build(&window));
                }
                let merged =
                    Histogram::merge(&parts.iter().collect::<Vec<_>>(), &mut Caveats::new());
                let ours = merged.expect("equal layouts merge").point(q);
                let theirs = whole[&vec![case.to_string()]];
                assert!(
                    same(ours, theirs),
                    "case {case}, all pods, q = {q:?}: {ours:?}, not {theirs:?}"
                );
                quantiles += 1 + parts.len();
            }
        }
    }
    println!("{counts} counts and {quantiles} quantiles equal to the last bit");
}

fn build(window: &[(f64, f64)]) -> Histogram {
    Histogram::from_cumulative(window, None, Basis::Exact, &mut Caveats::new())
        .expect("a well formed window")
}
