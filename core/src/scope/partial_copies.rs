//! Copies of a part of a page, as a federation, an allow-list or a second collector makes them:
//! they carry labels that the rest of the page lacks, and no set of them is a process of its own.

use crate::ingest::batch::SeriesKind;
use crate::scope::overlap::coincide;
use crate::scope::resolve::Resolved;
use crate::scope::series_set::{Comparable, SeriesSet};
use crate::small::hash::Fnv;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::store::grid::TimeGrid;

/// Rises that two counters or states must have in common to be one. Parts of one metric, as the
/// reasons to finish, may move together a few times where little happens; eight times by as much
/// they do not.
const LEAST_CHANGES: usize = 8;

/// Rises, one in so many, that a copy may lack: a scrape that it missed, and its ends.
const LACKING: usize = 8;

/// Scrapes by which a copy may be late: a federation asks once a minute, a scrape is every 15 s.
const LATE: usize = 4;

/// Whether a label that stands on some series alone parts nothing: all that differ in it and in
/// nothing else show the same growth at the same time, or some scrapes later.
pub(super) fn is_repeating(series: &[&Resolved<'_>], label: &str) -> bool {
    let compared = [SeriesKind::Counter, SeriesKind::Gauge];
    let compared = series.iter().filter(|one| compared.contains(&one.reading.kind));
    let mut keyed: Vec<(u64, &Resolved<'_>)> =
        compared.map(|one| (key_without(one, label), *one)).collect_vec();
    sort(&mut keyed, |left, right| left.0.cmp(&right.0));
    let mut repeated = false;
    for same in keyed.chunk_by(|left, right| left.0 == right.0) {
        for pair in same.windows(2) {
            match repeats(&pair[0].1.values, &pair[1].1.values) {
                Some(true) => repeated = true,
                Some(false) => return false,
                None => (),
            }
        }
    }
    repeated
}

/// All labels of a series but one, hashed.
fn key_without(one: &Resolved<'_>, label: &str) -> u64 {
    let mut key = Fnv::new();
    for (name, value) in one.series.identity.labels.iter().filter(|(name, _)| *name != label) {
        for part in [name.as_bytes(), &[0], value.as_bytes(), &[0]] {
            key.add(part);
        }
    }
    key.0
}

/// Whether two counters or states are one; None where too little happens to tell.
pub(super) fn repeats(left: &[f64], right: &[f64]) -> Option<bool> {
    let (of_left, of_right) = (growth(left), growth(right));
    if of_left.len().min(of_right.len()) < LEAST_CHANGES {
        return None;
    }
    let follows = |early: &[(usize, f64)], late: &[(usize, f64)]| {
        (0..=LATE).any(|shift| {
            let is_known = |&&(at, value): &&(usize, f64)| {
                let place = early.partition_point(|(known, _)| known + shift < at);
                early.get(place).is_some_and(|&(known, first)| {
                    known + shift == at && value.total_cmp(&first).is_eq()
                })
            };
            late.iter().filter(is_known).count() * LACKING >= late.len() * (LACKING - 1)
        })
    };
    Some(follows(&of_left, &of_right) || follows(&of_right, &of_left))
}

/// Where a series rose, and to what.
fn growth(values: &[f64]) -> Vec<(usize, f64)> {
    let mut before = f64::NAN;
    let mut grown = Vec::new();
    for (at, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        if value > before {
            grown.push((at, value));
        }
        before = value;
    }
    grown
}

/// Calls `join` with each set that holds states alone, and the set whose states it repeats: at a
/// place where at most one set counts anything there is one process.
pub(super) fn each_of_states(
    sets: &[SeriesSet<'_>],
    grid: &TimeGrid,
    mut join: impl FnMut(usize, usize),
) {
    let mut start = 0;
    for part in sets.chunk_by(|left, right| left.place == right.place) {
        let places = start..start + part.len();
        start += part.len();
        let counting = places.clone().filter(|at| counts(&sets[*at])).collect_vec();
        if counting.len() != 1 || sets[counting[0]].place.is_aggregate() {
            continue;
        }
        let states = || places.clone().filter(|at| !counting.contains(at));
        for one in states() {
            let earlier = states().take_while(|other| *other < one);
            let mut others = counting.iter().copied().chain(earlier);
            if let Some(other) = others.find(|other| coincide(&sets[*other], &sets[one], grid)) {
                join(other, one);
            }
        }
    }
}

fn counts(set: &SeriesSet<'_>) -> bool {
    set.quantities.first().is_some_and(|first| first.rank < Comparable::No)
}

#[cfg(test)]
mod tests {
    use crate::catalogue::families::Family;
    use crate::scope::test_series::{TestSeries, scope};

    const LENGTH: usize = 40;

    /// Requests, tokens and running requests of one engine, and a copy of some of them.
    fn engine(copied: &[&str], label: (&str, &str), late: usize) -> (usize, f64, f64) {
        let requests: Vec<f64> = (0..LENGTH).map(|at| (3 * at + at % 4) as f64).collect();
        let seconds: Vec<f64> = requests.iter().map(|count| count * 0.37).collect();
        let running: Vec<f64> = (0..LENGTH).map(|at| (2 + at % 5) as f64).collect();
        let waiting: Vec<f64> = (0..LENGTH).map(|at| (at * at % 7) as f64).collect();
        let names = [
            ("vllm:e2e_request_latency_seconds_count", &requests),
            ("vllm:e2e_request_latency_seconds_sum", &seconds),
            ("vllm:request_success_total", &requests),
            ("vllm:num_requests_running", &running),
            ("vllm:num_requests_waiting", &waiting),
        ];
        let own = [("instance", "a:8000"), ("model_name", "m")];
        let with = [own[0], own[1], label];
        let behind = |values: &[f64]| {
            let mut late_ones = vec![f64::NAN; late];
            late_ones.extend(&values[..LENGTH - late]);
            late_ones
        };
        let copies: Vec<(&str, Vec<f64>)> = names
            .iter()
            .filter(|(name, _)| copied.iter().any(|part| name.contains(part)))
            .map(|(name, values)| (*name, behind(values)))
            .collect();
        let mut series: Vec<TestSeries<'_>> = Vec::new();
        series.extend(names.iter().map(|(name, values)| (*name, &own[..], values.as_slice())));
        series.extend(copies.iter().map(|(name, values)| (*name, &with[..], values.as_slice())));
        let scope = scope(&series);
        let last = LENGTH - 1;
        let (mut finished, mut running) = (0.0, 0.0);
        for replica in &scope.replicas {
            let counter = replica.counter(Family::RequestsFinished);
            finished += counter.and_then(|one| one.increase(0, last)).unwrap_or(0.0);
            for family in [Family::Running, Family::Waiting] {
                let gauge = replica.gauge(family).and_then(|one| one.window(0, last));
                running += gauge.map_or(0.0, |one| one.max);
            }
        }
        (scope.replicas.len(), finished, running)
    }

    #[test]
    fn a_copy_of_a_part_of_a_page_counts_nothing_twice() {
        let whole = engine(&[], ("cluster", "x"), 0);
        assert_eq!(whole, (1, 120.0, 6.0 + 4.0));
        let parts: [&[&str]; 6] = [
            &["_total"],
            &["_sum", "_count"],
            &["running"],
            &["waiting"],
            &["running", "waiting"],
            &["vllm:"],
        ];
        for part in parts {
            for label in ["cluster", "prometheus_replica", "WorkerId", "job", "federated_by"] {
                for late in 0..3 {
                    assert_eq!(engine(part, (label, "x"), late), whole, "{part:?} {label} {late}");
                }
            }
        }
    }
}
