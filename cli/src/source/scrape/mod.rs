//! Engines themselves as the source: scraped for a while, as Prometheus would have done.

mod client;
mod outcome;
mod refusal;
pub(super) mod target;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use inference_triage_core::ingest::exposition::{Sample, Scrapes};
use inference_triage_core::ingest::prometheus::SAMPLE_LIMIT;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use inference_triage_core::time::{length, write_duration};

use super::{Keep, Material, Responses};
use crate::budget::Budget;
use crate::exit::{self, Failure};
use crate::input_arguments::InputArguments;
use crate::progress::Progress;
use crate::prometheus::{Refusal, parse_headers};
use crate::window::widen;
use client::Client;
use outcome::Outcomes;
use target::{Target, UP};

/// How long to scrape; a dozen scrapes tell a rate from its noise, and a minute is what someone
/// on call waits.
const FOR_MS: i64 = 60_000;

/// How often. Engines renew their gauges about once a second, and a scrape of a busy one takes
/// some of its time.
const EVERY_MS: i64 = 5_000;

/// Targets scraped at the same time.
const WORKERS: usize = 16;

const CURE: &str = "scrape the engine itself, not a proxy or another exporter; if its metrics were \
                    renamed, give their prefix with --prefix";

/// When to scrape.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    every: i64,
    rounds: i64,
}

/// Scrapes the addresses of `--scrape`.
pub(super) fn run(
    arguments: &InputArguments,
    budget: &Budget,
    keep: Keep,
) -> Result<Material, Failure> {
    let mut settings = arguments.settings.over(Settings::default())?;
    let query = &arguments.query;
    let schedule = Schedule::of(query.length, query.every)?;
    let targets = target::parse(&arguments.source.scrape)?;
    // A scrape that outlasts its interval would delay the next one.
    let timeout = Duration::from_millis(query.timeout.min(schedule.every).unsigned_abs());
    let client = Client::new(parse_headers(&query.headers)?, timeout, budget);
    let progress = Progress::start(arguments.progress, schedule.total(), "scrapes taken");
    let counter = progress.counter();
    let (start, time) = (Instant::now(), SystemTime::now());
    let first = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let mut scrapes = Scrapes::new(UP);
    let mut outcomes = Outcomes::of(&targets, schedule.rounds);
    for round in 0..schedule.rounds {
        let after = round * schedule.every;
        let due = start + Duration::from_millis(after.unsigned_abs());
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let answers = scrape_all(&client, &targets);
        outcomes.note(&answers)?;
        if round == 0 {
            check_first(&targets, &answers, &settings, schedule)?;
        }
        for (target, answer) in targets.iter().zip(answers) {
            match answer {
                Ok(samples) => scrapes.add(samples, &target.labels, false, first + after)?,
                Err(_) => scrapes.add_failure(&target.labels, first + after)?,
            }
        }
        counter.advance();
    }
    drop(counter);
    drop(progress);
    for note in outcomes.finish()? {
        exit::say(&note);
    }
    widen(&mut settings, &scrapes.times().collect::<Vec<_>>());
    let names: Vec<&str> = targets.iter().map(|target| target.address.name()).collect();
    Ok(Material {
        settings,
        detail: Responses::of(&names.join(", "), vec![scrapes.into_response()], keep, budget)?,
        history: None,
        is_history_optional: false,
        sample_limit: budget.samples(),
        cure: CURE,
    })
}

impl Schedule {
    fn of(length: Option<i64>, every: Option<i64>) -> Result<Self, Failure> {
        let every = every.unwrap_or(EVERY_MS);
        let length = length.unwrap_or(FOR_MS.max(every));
        if length < every {
            return Err(Failure::usage(format!(
                "--for {} is shorter than --every {}, so there would be a single scrape, and one \
                 sample has no growth; scrape longer or more often",
                write_duration(length),
                write_duration(every)
            )));
        }
        Ok(Self { every, rounds: length / every + 1 })
    }

    fn total(self) -> usize {
        usize::try_from(self.rounds).unwrap_or(usize::MAX)
    }
}

/// Scrapes every target once.
fn scrape_all(client: &Client<'_>, targets: &[Target]) -> Vec<Result<Vec<Sample>, Refusal>> {
    let share = targets.len().div_ceil(WORKERS).max(1);
    let scrape = |part: &[Target]| -> Vec<_> {
        part.iter().map(|target| client.scrape(&target.address)).collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            targets.chunks(share).map(|part| scope.spawn(move || scrape(part))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    })
}

/// After the first round it is known whether the rest is worth waiting for.
fn check_first(
    targets: &[Target],
    answers: &[Result<Vec<Sample>, Refusal>],
    settings: &Settings,
    schedule: Schedule,
) -> Result<(), Failure> {
    let samples: usize = answers.iter().flatten().map(Vec::len).sum();
    if samples.saturating_mul(schedule.total()) > SAMPLE_LIMIT {
        return Err(Failure::usage(format!(
            "{} scrapes of {samples} samples are more than {SAMPLE_LIMIT}, the most that can be \
             diagnosed; scrape for less than {} or less often than every {}",
            schedule.rounds,
            length(schedule.every * (schedule.rounds - 1)),
            length(schedule.every)
        )));
    }
    let mut strangers = Vec::new();
    for (target, answer) in targets.iter().zip(answers) {
        let Ok(samples) = answer else { continue };
        let mut alone = Scrapes::new(UP);
        alone.add(samples.clone(), &target.labels, false, 0)?;
        let mut session = Session::new();
        session.configure(settings.clone())?;
        if let Err(error) = session.load_prometheus(&[&alone.into_response()])
            && error.is_no_engine()
        {
            strangers.push(format!("{}: {error}", target.address.name()));
        }
    }
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    if strangers.len() == answered
        && let Some(stranger) = strangers.first()
    {
        return Err(Failure::bad_data(format!("{stranger}; {CURE}")));
    }
    for stranger in strangers {
        exit::say(&stranger);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_every_five_seconds_is_thirteen_scrapes() {
        let rounds = |length, every| Schedule::of(length, every).map(|schedule| schedule.rounds);
        assert_eq!(rounds(None, None), Ok(13));
        assert_eq!(rounds(Some(10_000), None), Ok(3));
        assert_eq!(rounds(None, Some(120_000)), Ok(2));
        assert_eq!(rounds(Some(5_000), Some(5_000)), Ok(2));
        let failure = rounds(Some(4_000), None).unwrap_err();
        assert!(failure.to_string().contains("--for 4s is shorter than --every 5s"), "{failure}");
    }
}
