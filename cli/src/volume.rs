//! How many samples a range will be, learnt from one cheap query before the range is asked for, and
//! the step at which they fit.
//!
//! The core chooses a step by the length of the range alone; a day of a few replicas and of a
//! hundred have the same. What a server would be asked for in vain, minutes of its time, is seen
//! here.

use inference_triage_core::ingest::prometheus::SERIES_LIMIT;
use inference_triage_core::query::FetchRange;
use inference_triage_core::time::length;
use serde::Deserialize;

use crate::arguments::GroupingArgument;
use crate::budget::Budget;
use crate::exit::Failure;
use crate::fetch::{self, Query, Times};
use crate::prometheus::Server;
use crate::source::Keep;

/// Series of a replica, for a fleet that is not counted because it fits even so. A replica of vLLM
/// answers a plan with about 250 series; with fewer here a fleet with many buckets or finish
/// reasons would be refused after it was asked for, with many more an hour of every fleet would
/// cost a query.
const MOST_OF_A_REPLICA: usize = 1_000;

/// Bytes of a sample in a text that is kept: `[1780000000,"123456"],` with a longer value now and
/// then. Measured are 21 to 30; with half as many, the text would not fit after all.
const TEXT_OF_A_SAMPLE: u64 = 30;

/// Least steps of a range: those of an hour at 15 s, at which the confidence of verdicts was
/// counted. The window is a tenth of the range and has 24 of them; a third as many would leave a
/// change point to a handful of steps, three times as many would refuse fleets that can be judged.
const LEAST_STEPS: usize = 240;

/// What fits into a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    /// Samples that one range may have: half of the budget, because the other half is for a history
    /// and for replicas that come while the range is asked for.
    pub(crate) samples: usize,
}

/// What the queries of a plan will answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Volume {
    pub(crate) series: usize,
}

impl Capacity {
    pub(crate) fn of(budget: &Budget, keep: Keep) -> Self {
        let sample = match keep {
            Keep::Samples => size_of::<f64>() as u64,
            Keep::Texts => TEXT_OF_A_SAMPLE,
        };
        Self { samples: usize::try_from(budget.total() / 2 / sample).unwrap_or(usize::MAX) }
    }

    /// Whether so many replicas fit whatever each of them exports.
    pub(crate) fn surely_holds(self, replicas: usize, range: FetchRange) -> bool {
        let series = replicas.saturating_mul(MOST_OF_A_REPLICA);
        series <= SERIES_LIMIT && series.saturating_mul(steps(range)) <= self.samples
    }
}

impl Volume {
    /// Asks the server how many series the queries have at the end of a range, and how many more
    /// replicas there were within it. None where it does not tell.
    pub(crate) fn ask(server: &Server<'_>, queries: &[Query], range: FetchRange) -> Option<Self> {
        let answer = server.query(&question(queries, range), range.end).ok()?;
        Self::from_response(&answer)
    }

    fn from_response(response: &[u8]) -> Option<Self> {
        let response: Response = serde_json::from_slice(response).ok()?;
        let series: f64 = response.data.result.first()?.value.1.parse().ok()?;
        // Negative and NaN become 0, infinity the largest number.
        (series > 0.0).then_some(Self { series: series.ceil() as usize })
    }

    /// The range at a step at which this fits, and what to say where that is not its own; else why
    /// there is none.
    pub(crate) fn fitted(
        self,
        range: FetchRange,
        fit: &Fit<'_>,
    ) -> Result<(FetchRange, Option<String>), Failure> {
        let Self { series } = self;
        if series > SERIES_LIMIT {
            return Err(Failure::usage(format!(
                "about {series} series lie in this range, and one diagnosis takes \
                 {SERIES_LIMIT}; {}",
                fit.cure()
            )));
        }
        if series.saturating_mul(steps(range)) <= fit.capacity.samples {
            return Ok((range, None));
        }
        let most = fit.capacity.samples / series.max(1);
        let least = LEAST_STEPS.min(steps(range));
        if most < least {
            return Err(Failure::usage(format!(
                "about {series} series lie in this range, and the memory budget of {} has room \
                 for {most} samples of each, where a diagnosis needs {least}; {}, or raise \
                 the budget with --memory-budget",
                fit.budget,
                fit.cure()
            )));
        }
        let wider = fetch::detail(fit.times, fit.now, fit.multiple(range, most))?;
        Ok((wider, Some(fit.notice(series, range, wider))))
    }
}

/// What to fit a range into, and by which rule its ends were chosen.
pub(crate) struct Fit<'a> {
    pub(crate) capacity: Capacity,
    /// Of the run, for people.
    pub(crate) budget: &'a str,
    pub(crate) times: Times,
    pub(crate) now: i64,
    /// What every step is a multiple of, milliseconds.
    pub(crate) interval: i64,
    pub(crate) grouping: GroupingArgument,
    pub(crate) is_recorded: bool,
}

impl Fit<'_> {
    /// The least multiple of the interval of which a range has at most so many steps.
    fn multiple(&self, range: FetchRange, most: usize) -> i64 {
        let steps = i64::try_from(most).unwrap_or(i64::MAX).saturating_sub(2).max(1);
        let interval = self.interval.max(1);
        let step = (range.end - range.start).max(1).div_euclid(steps) + 1;
        ((step - 1) / interval + 1).saturating_mul(interval)
    }

    fn notice(&self, series: usize, range: FetchRange, wider: FetchRange) -> String {
        format!(
            "the step is {} instead of {}, because about {series} series lie in this range, and \
             half of the memory budget of {} is for their samples; a shorter range, a narrower \
             --match or a larger --memory-budget makes it finer",
            length(wider.step_ms),
            length(range.step_ms),
            self.budget
        )
    }

    /// How to ask for less.
    fn cure(&self) -> &'static str {
        match (self.is_recorded, self.grouping) {
            (true, _) => "ask for fewer replicas with --match",
            (false, GroupingArgument::Model) => {
                "ask for fewer replicas with --match, or read what rules recorded with --recorded"
            }
            (false, GroupingArgument::Replica) => {
                "ask for sums over replicas with --grouping model, for fewer replicas with \
                 --match, or read what rules recorded with --recorded"
            }
        }
    }
}

/// Times a range is evaluated at.
fn steps(range: FetchRange) -> usize {
    let steps = range.end.saturating_sub(range.start).max(0) / range.step_ms.max(1);
    usize::try_from(steps).map_or(usize::MAX, |steps| steps.saturating_add(1))
}

/// The number of series of all queries at one time, times how many replicas there were within the
/// range for each that there is now. A sum that is empty counts as zero.
fn question(queries: &[Query], range: FetchRange) -> String {
    let counts: Vec<String> =
        queries.iter().map(|query| format!("(count({}) or vector(0))", query.promql)).collect();
    let sum = counts.join(" + ");
    let Some(running) = queries.iter().find(|query| is_running(query)) else { return sum };
    let running = &running.promql;
    let length = range.end.saturating_sub(range.start).max(1);
    format!(
        "({sum}) * (count(count_over_time({running}[{length}ms])) / count({running}) >= 1 or \
         vector(1))"
    )
}

fn is_running(query: &Query) -> bool {
    // A query of two names is none that a range can be put behind.
    query.role.split('/').next() == Some("running") && !query.promql.contains(" or ")
}

#[derive(Deserialize)]
struct Response {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    value: (f64, String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;

    const DAY: i64 = 86_400_000;
    const NOW: i64 = 1_780_000_000_000;
    const TIMES: Times = Times { start: None, end: None, range: Some(DAY) };

    fn fit(grouping: GroupingArgument, is_recorded: bool) -> Fit<'static> {
        Fit {
            capacity: Capacity::of(&Budget::new(256 << 20), Keep::Samples),
            budget: "256 MiB",
            times: TIMES,
            now: NOW,
            interval: 15_000,
            grouping,
            is_recorded,
        }
    }

    fn fitted(series: usize) -> Result<(FetchRange, Option<String>), Failure> {
        let range = fetch::detail(TIMES, NOW, 15_000).unwrap();
        Volume { series }.fitted(range, &fit(GroupingArgument::Replica, false))
    }

    #[test]
    fn what_fits_is_asked_for_as_it_is() {
        let (range, notice) = fitted(251 * 40).unwrap();
        assert_eq!((range.step_ms, notice), (90_000, None));
    }

    /// 16.8 million samples are half of 256 MiB: 836 of each of 20,080 series, 1 min 45 s apart.
    #[test]
    fn a_larger_fleet_has_a_wider_step_and_is_told() {
        let (range, notice) = fitted(251 * 80).unwrap();
        assert_eq!(range.step_ms, 105_000);
        let notice = notice.unwrap();
        for part in ["1 min 45 s instead of 1 min 30 s", "20080 series", "--memory-budget"] {
            assert!(notice.contains(part), "{notice}");
        }
        for series in (20_080..=SERIES_LIMIT).step_by(97) {
            let (range, _) = fitted(series).unwrap();
            assert!(series * steps(range) <= 16 << 20, "{series}");
            assert!(steps(range) >= LEAST_STEPS && range.step_ms % 15_000 == 0, "{series}");
        }
    }

    #[test]
    fn typed_times_are_kept_at_a_wider_step() {
        let times = Times { start: Some(NOW - DAY - 7), end: Some(NOW - 7), range: None };
        let range = fetch::detail(times, NOW, 15_000).unwrap();
        let fit = Fit { times, ..fit(GroupingArgument::Replica, false) };
        let (wider, _) = Volume { series: 40_000 }.fitted(range, &fit).unwrap();
        assert_eq!((wider.start, wider.end), (NOW - DAY - 7, NOW - 7));
        assert!(40_000 * steps(wider) <= 16 << 20);
    }

    #[test]
    fn what_fits_at_no_step_is_refused_with_the_cure() {
        let range = fetch::detail(TIMES, NOW, 15_000).unwrap();
        for (grouping, is_recorded, cure, other) in [
            (GroupingArgument::Replica, false, "--grouping model", "leave out"),
            (GroupingArgument::Model, false, "--recorded", "--grouping"),
            (GroupingArgument::Model, true, "--match", "--recorded"),
        ] {
            let all = fit(grouping, is_recorded);
            let small =
                Fit { capacity: Capacity { samples: 240_000 }, ..fit(grouping, is_recorded) };
            for (series, fit, cause) in
                [(50_001, &all, "takes 50000"), (10_000, &small, "24 samples of each")]
            {
                let failure = Volume { series }.fitted(range, fit).unwrap_err();
                let text = failure.to_string();
                assert_eq!(failure.status(), Status::Usage);
                assert!(text.contains(cause) && text.contains(cure), "{text}");
                assert!(!text.contains(other), "{text}");
            }
        }
    }

    #[test]
    fn small_fleets_are_not_counted() {
        let capacity = fit(GroupingArgument::Replica, false).capacity;
        let range = |range| {
            let times = Times { range: Some(range), ..TIMES };
            fetch::detail(times, NOW, 15_000).unwrap()
        };
        assert!(
            capacity.surely_holds(16, range(DAY)) && capacity.surely_holds(50, range(DAY / 24))
        );
        assert!(!capacity.surely_holds(18, range(DAY)) && !capacity.surely_holds(51, range(1)));
        assert!(!capacity.surely_holds(usize::MAX, range(DAY)));
        let texts = Capacity::of(&Budget::new(256 << 20), Keep::Texts);
        assert!(texts.samples * 3 < capacity.samples);
    }

    #[test]
    fn the_question_counts_every_query_and_who_was_there() {
        let query =
            |role: &str, promql: &str| Query { role: role.to_owned(), promql: promql.to_owned() };
        let range = FetchRange { start: 0, end: 60_000, step_ms: 15_000 };
        let queries = [query("ttft", "a or b"), query("running/gauge/0", "r{x=\"y\"}")];
        assert_eq!(
            question(&queries, range),
            "((count(a or b) or vector(0)) + (count(r{x=\"y\"}) or vector(0))) * \
             (count(count_over_time(r{x=\"y\"}[60000ms])) / count(r{x=\"y\"}) >= 1 or vector(1))"
        );
        assert_eq!(question(&queries[..1], range), "(count(a or b) or vector(0))");
    }

    #[test]
    fn an_answer_that_is_no_number_tells_nothing() {
        let answer = |value: &str| {
            let text = format!(
                "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":\
                 [{{\"metric\":{{}},\"value\":[1,\"{value}\"]}}]}}}}"
            );
            Volume::from_response(text.as_bytes())
        };
        assert_eq!(answer("10040.5"), Some(Volume { series: 10_041 }));
        assert_eq!(answer("+Inf"), Some(Volume { series: usize::MAX }));
        for value in ["NaN", "0", "-1", "x"] {
            assert_eq!(answer(value), None, "{value}");
        }
        assert_eq!(Volume::from_response(b"{\"data\":{\"result\":[]}}"), None);
        assert_eq!(Volume::from_response(b""), None);
    }
}
