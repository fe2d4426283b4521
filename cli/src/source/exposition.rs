//! Saved scrapes as the source: files as an engine serves them at /metrics.
//!
//! An exposition does not say when it was scraped, so that has to come from elsewhere: from
//! `TIME=FILE`, from `--every` and the order of the files, or from the times at which the files
//! were written. Samples that say their own time keep it. What could be read in two ways is
//! refused.

mod order;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use inference_triage_core::ingest::exposition::{Sample, Scrapes, parse};
use inference_triage_core::settings::Settings;

use super::{Keep, Material, Responses, about};
use crate::budget::Budget;
use crate::exit::Failure;
use crate::input::{self, name_of};
use crate::input_arguments::InputArguments;
use crate::source::scrape::target::{UP, labels};
use crate::time_arguments::{parse_time, utc_text};
use crate::window::widen;

/// Files written closer together than this were copied or unpacked, not scraped.
const LEAST_DISTANCE_MS: i64 = 1_000;

/// Job and instance of samples from files that do not name their own.
const NAME: &str = "exposition";

/// One file, read.
struct Scrape {
    path: PathBuf,
    samples: Vec<Sample>,
    /// The time in front of the file's name.
    given: Option<i64>,
    /// When the file was written; of standard input, when it was read.
    written: Option<i64>,
}

/// Reads the files of `--exposition`.
pub(super) fn read(
    arguments: &InputArguments,
    budget: &Budget,
    keep: Keep,
) -> Result<Material, Failure> {
    let scrapes: Vec<Scrape> = arguments
        .source
        .exposition
        .iter()
        .map(|argument| Scrape::read(argument, budget))
        .collect::<Result<_, _>>()?;
    if let [_, second, ..] =
        scrapes.iter().filter(|one| input::is_standard_input(&one.path)).collect::<Vec<_>>()[..]
    {
        return Err(Failure::usage(format!(
            "{} can be read once only; save each scrape to a file of its own",
            name_of(&second.path)
        )));
    }
    let target = labels(NAME, NAME);
    let mut all = Scrapes::new(UP);
    let is_timed = |scrape: &Scrape| scrape.samples.iter().all(|sample| sample.time.is_some());
    let names = scrapes.iter().map(|scrape| name_of(&scrape.path)).collect::<Vec<_>>().join(", ");
    if scrapes.iter().all(is_timed) {
        for scrape in scrapes {
            all.add_timed(scrape.samples, &target)?;
        }
    } else {
        let times = times(&scrapes, arguments.query.every)?;
        order::check(&scrapes, &times)?;
        for (scrape, time) in scrapes.into_iter().zip(times) {
            all.add(scrape.samples, &target, true, time)?;
        }
    }
    let times: Vec<i64> = all.times().collect();
    if times.len() < 2 {
        return Err(Failure::bad_data(alone(&names)));
    }
    let mut settings = arguments.settings.over(Settings::default())?;
    widen(&mut settings, &times);
    Ok(Material {
        settings,
        detail: Responses::of(&names, vec![all.into_response()], keep, budget)?,
        history: None,
        is_history_optional: false,
        sample_limit: budget.samples(),
        cure: "save /metrics of the engine itself, not of a proxy or another exporter",
    })
}

/// What to say of a single scrape.
fn alone(name: &str) -> String {
    format!(
        "{name} is a single scrape, and one sample has no growth: no rate, no latency and no \
         verdict can be made of it; take a second one 15 s or more later \
         (curl -s http://ENGINE:8000/metrics > t1.prom) and give both, or let --scrape URL take \
         them"
    )
}

impl Scrape {
    fn read(argument: &Path, budget: &Budget) -> Result<Self, Failure> {
        let (given, path) = split_time(argument);
        let bytes = input::read(&path, budget)?;
        let samples = parse(&bytes).map_err(|error| about(&path, &error.to_string()))?;
        budget.release(bytes.len());
        if samples.is_empty() {
            return Err(about(&path, "there are descriptions but no sample; save it again"));
        }
        let written = if input::is_standard_input(&path) {
            Some(SystemTime::now())
        } else {
            std::fs::metadata(&path).and_then(|file| file.modified()).ok()
        };
        Ok(Self { path, samples, given, written: written.and_then(milliseconds) })
    }
}

/// `TIME=FILE` apart; all of it is the file where no time stands before the first `=`.
fn split_time(argument: &Path) -> (Option<i64>, PathBuf) {
    argument
        .to_str()
        .and_then(|text| text.split_once('='))
        .and_then(|(time, path)| Some((Some(parse_time(time).ok()?), PathBuf::from(path))))
        .unwrap_or_else(|| (None, argument.to_owned()))
}

fn milliseconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The time of each scrape, Unix milliseconds.
fn times(scrapes: &[Scrape], every: Option<i64>) -> Result<Vec<i64>, Failure> {
    let given: Vec<i64> = scrapes.iter().filter_map(|scrape| scrape.given).collect();
    if given.is_empty() {
        return every.map_or_else(|| times_written(scrapes), |every| spaced(scrapes, every));
    }
    if every.is_some() {
        return Err(Failure::usage(
            "--every and TIME=FILE both say when the scrapes were taken; leave one of them out",
        ));
    }
    if let Some(without) = scrapes.iter().find(|scrape| scrape.given.is_none()) {
        return Err(Failure::usage(format!(
            "{} has no time while others have; write TIME=FILE for each",
            name_of(&without.path)
        )));
    }
    for (index, time) in given.iter().enumerate() {
        if let Some(same) = given[..index].iter().position(|other| other == time) {
            return Err(Failure::usage(format!(
                "{} and {} have the same time, {} UTC; two scrapes are taken one after the other",
                name_of(&scrapes[same].path),
                name_of(&scrapes[index].path),
                utc_text(*time)
            )));
        }
    }
    Ok(given)
}

/// In the order given, the last one when its file was written.
fn spaced(scrapes: &[Scrape], every: i64) -> Result<Vec<i64>, Failure> {
    let last = scrapes.iter().rev().find_map(|scrape| scrape.written).unwrap_or_default();
    let count = i64::try_from(scrapes.len()).unwrap_or(i64::MAX);
    (1..=count)
        .map(|index| every.checked_mul(count - index).and_then(|before| last.checked_sub(before)))
        .collect::<Option<_>>()
        .ok_or_else(|| Failure::usage("--every is longer than time can be; check its unit"))
}

/// When the files were written, which must be as far apart as scrapes are and in the order given.
fn times_written(scrapes: &[Scrape]) -> Result<Vec<i64>, Failure> {
    const CURE: &str = "say when they were taken with --every 15s, in their order, or with \
                        TIME=FILE";
    let mut times: Vec<i64> = Vec::new();
    for (index, scrape) in scrapes.iter().enumerate() {
        let name = name_of(&scrape.path);
        let Some(time) = scrape.written else {
            return Err(Failure::usage(format!(
                "when {name} was written is not known here; {CURE}"
            )));
        };
        if let Some(&before) = times.last() {
            let other = name_of(&scrapes[index - 1].path);
            let distance = time - before;
            if distance.abs() < LEAST_DISTANCE_MS {
                return Err(Failure::usage(format!(
                    "{other} and {name} were written at the same time ({} UTC), as copies are; \
                     {CURE}",
                    utc_text(time - time.rem_euclid(1_000))
                )));
            }
            if distance < 0 {
                return Err(Failure::usage(format!(
                    "{other} was written after {name}, which stands behind it; give them in \
                     their order, or {CURE}"
                )));
            }
        }
        times.push(time);
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;

    fn scrape(name: &str, given: Option<i64>, written: Option<i64>) -> Scrape {
        Scrape { path: PathBuf::from(name), samples: Vec::new(), given, written }
    }

    #[track_caller]
    fn refused(scrapes: &[Scrape], every: Option<i64>, parts: &[&str]) {
        let failure = times(scrapes, every).unwrap_err();
        assert_eq!(failure.status(), Status::Usage);
        for part in parts {
            assert!(failure.to_string().contains(part), "\"{part}\" is not in: {failure}");
        }
    }

    #[test]
    fn a_time_stands_before_the_first_equals_sign() {
        for (argument, time, path) in [
            ("1780000015=a.prom", Some(1_780_000_015_000), "a.prom"),
            ("2026-05-28T20:26:55Z=a=b.prom", Some(1_780_000_015_000), "a=b.prom"),
            ("job=a.prom", None, "job=a.prom"),
            ("a.prom", None, "a.prom"),
            ("1780000015=-", Some(1_780_000_015_000), "-"),
        ] {
            assert_eq!(split_time(Path::new(argument)), (time, PathBuf::from(path)));
        }
    }

    #[test]
    fn given_times_count_before_those_of_the_files() {
        let both = [scrape("a", Some(9_000), Some(1)), scrape("b", Some(5_000), Some(2))];
        assert_eq!(times(&both, None), Ok(vec![9_000, 5_000]));
        refused(&both, Some(15_000), &["--every", "TIME=FILE"]);
        refused(&[scrape("a", Some(1), None), scrape("b", None, None)], None, &["b has no time"]);
        refused(
            &[scrape("a", Some(0), None), scrape("b", Some(0), None)],
            None,
            &["a and b have the same time, 1970-01-01 00:00:00 UTC"],
        );
    }

    #[test]
    fn spaced_scrapes_end_where_the_last_file_was_written() {
        let files =
            [scrape("b", None, None), scrape("a", None, Some(7)), scrape("c", None, Some(60_000))];
        assert_eq!(times(&files, Some(15_000)), Ok(vec![30_000, 45_000, 60_000]));
        refused(&files, Some(i64::MAX), &["--every"]);
    }

    #[test]
    fn files_must_be_written_one_after_the_other() {
        let written = |times: [i64; 2]| {
            [scrape("a", None, Some(times[0])), scrape("b", None, Some(times[1]))]
        };
        assert_eq!(times(&written([5_000, 20_000]), None), Ok(vec![5_000, 20_000]));
        refused(&written([20_000, 20_010]), None, &["a and b were", "same time", "--every"]);
        refused(&written([20_000, 5_000]), None, &["a was written after b", "TIME=FILE"]);
        refused(&[scrape("a", None, None)], None, &["not known", "--every"]);
    }
}
