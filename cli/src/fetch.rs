//! From a server to samples: scrape interval, step, time grid, queries.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::query::FetchRange;

use crate::budget::Budget;
use crate::exit::Failure;
use crate::intake::Intake;
use crate::probe::{self, Probe};
use crate::progress::{Counter, Progress};
use crate::prometheus::{Grid, Reach, Refusal, Server};
use crate::source::Keep;
use crate::time_arguments::utc_text;

/// An hour shows a change point and a baseline for a window of its last tenth.
const DEFAULT_RANGE_MS: i64 = 3_600_000;

/// A server answers twenty queries at once by default, and others want answers too.
const WORKERS: usize = 4;

/// The times a user asked for, Unix milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) range: Option<i64>,
}

impl Times {
    /// How long the range is, milliseconds.
    pub(crate) fn length(self, now: i64) -> i64 {
        let given = self.start.map(|start| self.end.unwrap_or(now) - start);
        given.or(self.range).unwrap_or(DEFAULT_RANGE_MS)
    }
}

/// Answers of a server, in the order of the queries.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    pub(crate) batch: SampleBatch,
    /// Their text, where it is kept.
    pub(crate) texts: Vec<Vec<u8>>,
    /// One sentence for each cause that left queries without an answer.
    pub(crate) warnings: Vec<String>,
}

/// The answer to one query.
#[derive(Debug)]
struct Answer {
    /// Or what the core has against it.
    samples: Result<SampleBatch, Error>,
    text: Option<Vec<u8>>,
}

/// How to ask: for which times, and what of the answers is held.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) server: &'a Server<'a>,
    pub(crate) budget: &'a Budget,
    pub(crate) keep: Keep,
    pub(crate) progress: &'a Progress,
}

impl Asking<'_> {
    fn answer(&self, promql: &str, grid: Grid) -> Result<Answer, Refusal> {
        match self.keep {
            Keep::Samples => {
                let samples = self.server.samples(promql, grid)?;
                Ok(Answer { samples, text: None })
            }
            Keep::Texts => {
                let text = self.server.query_range(promql, grid)?;
                let mut intake = Intake::new(self.budget, text.len());
                let samples = intake.read(&text).and_then(|()| intake.finish());
                Ok(Answer { samples, text: Some(text) })
            }
        }
    }
}

/// One query and what to call it in a message.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) role: String,
    pub(crate) promql: String,
}

/// Asks for scrape interval and metric prefix at the end; with a note where the server does not
/// tell the interval.
pub(crate) fn probe(
    server: &Server<'_>,
    promql: &str,
    times: Times,
    now: i64,
) -> Result<(Probe, Option<String>), Failure> {
    let (found, reason) = match server.query(promql, times.end.unwrap_or(now)) {
        Ok(response) => {
            let found = Probe::from_response(&response);
            if found.interval.is_some() {
                return Ok((found, None));
            }
            (found, "there are fewer than two samples in the last 10 minutes".to_owned())
        }
        Err(refusal) if refusal.is_for_all() => return Err(Failure::server(refusal.sentence)),
        Err(refusal) => (Probe::default(), refusal.sentence),
    };
    let seconds = probe::FALLBACK_MS / 1000;
    Ok((found, Some(format!("the scrape interval is taken to be {seconds} s, because {reason}"))))
}

/// The range that is diagnosed: up to now on whole steps, or exactly between the times given.
pub(crate) fn detail(times: Times, now: i64, interval: i64) -> Result<FetchRange, Failure> {
    let latest = times.end.unwrap_or(now);
    let range = times.length(now);
    if range <= 0 {
        return Err(Failure::usage(format!(
            "--start ({} UTC) must lie before the end ({} UTC)",
            utc_text(latest - range),
            utc_text(latest)
        )));
    }
    Ok(match (times.start, times.end) {
        (start, None) => {
            let whole = FetchRange::up_to(now, range, interval);
            FetchRange { start: start.unwrap_or(whole.start), ..whole }
        }
        (start, Some(end)) => {
            FetchRange::between(start.unwrap_or(end.saturating_sub(range)), end, interval)
        }
    })
}

/// Asks every query, some at a time. Fails when none is answered, when the run was ended, and where
/// an answer is not of a range.
pub(crate) fn ask(asking: Asking<'_>, queries: &[Query], grid: Grid) -> Result<Fetched, Failure> {
    let answers = ask_all(asking, queries, grid);
    let ends_run = |answer: &Result<_, Refusal>| {
        answer.as_ref().err().filter(|refusal| refusal.reach == Reach::Run).cloned()
    };
    if let Some(refusal) = answers.iter().find_map(ends_run) {
        let answered = answers.iter().filter(|answer| answer.is_ok()).count();
        return Err(Failure::server(format!(
            "{} ({answered} of {} queries were answered)",
            refusal.sentence,
            queries.len()
        )));
    }
    let mut fetched = Fetched::default();
    let mut batches = Vec::with_capacity(queries.len());
    let mut refused: Vec<(String, Vec<&str>)> = Vec::new();
    for (query, answer) in queries.iter().zip(answers) {
        match answer {
            Ok(Answer { samples, text }) => {
                batches
                    .push(samples.map_err(|error| Failure::of_input(asking.server.name(), error))?);
                fetched.texts.extend(text);
            }
            Err(refusal) => {
                match refused.iter_mut().find(|(sentence, _)| *sentence == refusal.sentence) {
                    Some((_, roles)) => roles.push(&query.role),
                    None => refused.push((refusal.sentence, vec![&query.role])),
                }
            }
        }
    }
    if batches.is_empty()
        && let Some((sentence, _)) = refused.first()
    {
        return Err(Failure::server(sentence.clone()));
    }
    fetched.warnings =
        refused.iter().map(|(sentence, roles)| left_out(queries.len(), roles, sentence)).collect();
    fetched.batch = SampleBatch::joined(batches);
    Ok(fetched)
}

fn left_out(total: usize, roles: &[&str], sentence: &str) -> String {
    const NAMED: usize = 5;
    let named = roles[..roles.len().min(NAMED)].join(", ");
    let names = match roles.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    };
    format!(
        "{} of {total} queries failed and their series are missing ({names}): {sentence}",
        roles.len()
    )
}

fn ask_all(asking: Asking<'_>, queries: &[Query], grid: Grid) -> Vec<Result<Answer, Refusal>> {
    let (next, counter) = (AtomicUsize::new(0), asking.progress.counter());
    let hopeless = Mutex::new(None);
    let mut answers: Vec<(usize, Result<Answer, Refusal>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS.min(queries.len()))
            .map(|_| scope.spawn(|| work(asking, queries, grid, &next, &hopeless, &counter)))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Answers queries until none is left. After a refusal that would meet every query, the rest share
/// it unasked.
fn work(
    asking: Asking<'_>,
    queries: &[Query],
    grid: Grid,
    next: &AtomicUsize,
    hopeless: &Mutex<Option<Refusal>>,
    counter: &Counter,
) -> Vec<(usize, Result<Answer, Refusal>)> {
    let refusal_of_all = || hopeless.lock().ok().and_then(|refusal| refusal.clone());
    let mut answers = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(query) = queries.get(index) else { return answers };
        let answer = match refusal_of_all() {
            Some(refusal) => Err(refusal),
            None => asking.answer(&query.promql, grid),
        };
        if let Err(refusal) = &answer
            && refusal.is_for_all()
            && let Ok(mut hopeless) = hopeless.lock()
        {
            *hopeless = Some(refusal.clone());
        }
        answers.push((index, answer));
        counter.advance();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;

    const NOW: i64 = 1_780_000_022_345;

    fn range(start: i64, end: i64, step_ms: i64) -> FetchRange {
        FetchRange { start, end, step_ms }
    }

    #[test]
    fn without_times_it_is_an_hour_up_to_now_on_whole_steps() {
        let hour = detail(Times::default(), NOW, 15_000).unwrap();
        assert_eq!(hour, range(1_779_996_420_000, 1_780_000_020_000, 15_000));
        let day = Times { range: Some(86_400_000), ..Times::default() };
        assert_eq!(detail(day, NOW, 60_000).unwrap().step_ms, 120_000);
    }

    #[test]
    fn given_times_are_kept_to_the_millisecond() {
        let times = Times { start: Some(1_001), end: Some(601_003), range: None };
        assert_eq!(detail(times, NOW, 15_000).unwrap(), range(1_001, 601_003, 15_000));
        let times = Times { end: Some(601_003), range: Some(60_000), start: None };
        assert_eq!(detail(times, NOW, 15_000).unwrap(), range(541_003, 601_003, 15_000));
        let times = Times { start: Some(NOW - 100_000), ..Times::default() };
        let found = detail(times, NOW, 15_000).unwrap();
        assert_eq!(found, range(NOW - 100_000, 1_780_000_020_000, 15_000));
    }

    #[test]
    fn a_start_after_the_end_is_a_usage_error() {
        let times = Times { start: Some(NOW + 1), ..Times::default() };
        assert_eq!(detail(times, NOW, 15_000).unwrap_err().status(), Status::Usage);
    }

    #[test]
    fn a_warning_names_a_few_of_the_roles() {
        let roles: Vec<String> = (0..7).map(|index| format!("role{index}")).collect();
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let text = left_out(40, &roles, "it broke");
        assert!(
            text.starts_with("7 of 40")
                && text.contains("role4 and 2 more")
                && text.ends_with("it broke"),
            "{text}"
        );
    }
}
