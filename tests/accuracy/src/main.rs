//! `inference-triage-accuracy`: measures how often the diagnosis is right and writes the page about
//! it.

mod fitting;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser as _;
use inference_triage_accuracy::arguments::Arguments;
use inference_triage_accuracy::experiment::{self, Follow, Ran};
use inference_triage_accuracy::fit::{self, Fit};
use inference_triage_accuracy::gate::{Figure, compare};
use inference_triage_accuracy::grid::{Grid, Point, SEED};
use inference_triage_accuracy::record::CaseRecord;
use inference_triage_accuracy::report::page::{self, Beside};
use inference_triage_accuracy::report::recorded::Recorded;
use inference_triage_accuracy::report::{pictures, recorded, reliability};
use inference_triage_accuracy::results::Results;
use inference_triage_accuracy::rivals::presence::Presence;
use inference_triage_accuracy::seeds::{self, Headline};
use inference_triage_accuracy::{parallel, samples};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// `EX_USAGE` of sysexits.h, so that `--check` alone answers 1.
const USAGE_MISTAKE: u8 = 64;

/// The page, in the folder of the pages.
const PAGE: &str = "accuracy.md";

/// What the sample gives away, in the folder of the pages.
const PRESENCE: &str = "accuracy/presence.json";

/// Said where the folder holds no result.
const NOTHING_MEASURED: &str = "nothing was measured yet; run `npm run accuracy` first";

/// Lines of progress in a run.
const PROGRESS_LINES: usize = 40;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(mistake) => {
            // Its own exit status for a mistake, 2, is not one of ours.
            let code = if mistake.use_stderr() { USAGE_MISTAKE } else { 0 };
            // Nothing is left to do where even this cannot be written.
            let _ = mistake.print();
            return ExitCode::from(code);
        }
    };
    act(&arguments).unwrap_or_else(|problem| {
        say(&problem);
        ExitCode::from(USAGE_MISTAKE)
    })
}

fn act(arguments: &Arguments) -> Result<ExitCode, String> {
    let grid = match (arguments.full, arguments.fit) {
        (true, _) => samples::full(),
        (false, true) => samples::fit(),
        (false, false) => samples::quick(),
    };
    let seed = arguments.seed.unwrap_or(SEED);
    if let Some(case) = &arguments.case {
        return one_case(&grid, seed, case);
    }
    let docs = &arguments.docs;
    let folder = docs.join("accuracy");
    let threads = usize::from(arguments.threads);
    if arguments.presence {
        return measure_presence(arguments, seed);
    }
    if arguments.fit {
        return if arguments.check {
            fitting::check(docs, threads)
        } else {
            fitting::write(docs, threads)
        };
    }
    if arguments.page {
        return write_page(docs).map(|()| ExitCode::SUCCESS);
    }
    let committed = if arguments.check { Some(Committed::read(&folder, grid.mode)?) } else { None };
    let ran: Vec<Ran> = match &arguments.from {
        Some(file) => load(file)?,
        None => measure(&grid, seed, threads)?,
    };
    if let Some(file) = &arguments.keep {
        write(file, &serde_json::to_string(&ran).map_err(|error| error.to_string())?)?;
    }
    let advice_simulations = ran.iter().map(|ran| ran.advice_simulations).sum();
    let cases: Vec<CaseRecord> = ran.into_iter().map(|ran| ran.record).collect();
    let results = Results::of(grid.mode, seed, &cases, advice_simulations);
    if arguments.seed.is_some() {
        if arguments.beside {
            let file = docs.join(seeds::FILE);
            let known = read_json(&file)?.unwrap_or_default();
            write(&file, &json(&seeds::with(known, Headline::of(&results)))?)?;
            write_page(docs)?;
        }
        return print(&page::summary(&results));
    }
    match committed {
        Some(committed) => check(docs, &committed, &results),
        None => write_all(docs, &folder, &results, &cases).map(|()| ExitCode::SUCCESS),
    }
}

/// Runs the sample.
fn measure(grid: &Grid, seed: u64, threads: usize) -> Result<Vec<Ran>, String> {
    // Following every rival's advice multiplies the simulations; the quick sample only gates the
    // diagnosis.
    let follow = if grid.mode == "full" { Follow::Everyone } else { Follow::Product };
    for_all(grid, seed, threads, |point| experiment::run(point, follow))
}

/// Does the same with every point of a sample, and tells how far it is.
fn for_all<T: Send>(
    grid: &Grid,
    seed: u64,
    threads: usize,
    run: impl Fn(&Point) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    for_points(grid.mode, &grid.points(seed), threads, run)
}

/// Does the same with every one of these points, and tells how far it is.
fn for_points<T: Send>(
    mode: &str,
    points: &[Point],
    threads: usize,
    run: impl Fn(&Point) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let begun = Instant::now();
    say(&format!("{mode} sample: {} cases on {threads} threads", points.len()));
    let every = points.len().div_ceil(PROGRESS_LINES).max(1);
    let ran = parallel::map(points, threads, run, |done| {
        if done % every == 0 || done == points.len() {
            let spent = begun.elapsed().as_secs_f64();
            let left = spent / done as f64 * (points.len() - done) as f64;
            say(&format!("{done} of {} cases, {spent:.0} s, about {left:.0} s left", points.len()));
        }
    });
    ran.into_iter().collect()
}

/// Measures what the sample gives away; writes it where the published sample was asked for.
fn measure_presence(arguments: &Arguments, seed: u64) -> Result<ExitCode, String> {
    let (docs, grid) = (&arguments.docs, samples::presence());
    let seen = match &arguments.from {
        Some(file) => load(file)?,
        None => for_all(&grid, seed, usize::from(arguments.threads), experiment::presence)?,
    };
    if let Some(file) = &arguments.keep {
        write(file, &serde_json::to_string(&seen).map_err(|error| error.to_string())?)?;
    }
    let presence = Presence::cross_validated(seed, grid.fingerprint(seed), &seen);
    print(&page::presence(Some(&presence)))?;
    if arguments.seed.is_none() {
        write(&docs.join(PRESENCE), &json(&presence)?)?;
        write_page(docs)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Records of an earlier run.
fn load<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| {
        format!(
            "{} holds no records of this version ({error}); run again with --keep",
            file.display()
        )
    })
}

fn check(docs: &Path, committed: &Committed, measured: &Results) -> Result<ExitCode, String> {
    let figures = compare(&committed.results, measured);
    for figure in &figures {
        say(&figure.line());
    }
    if figures.iter().any(Figure::fails) {
        say(
            "A headline figure fell by more than its noise. Mend the rule, or run `npm run accuracy` and commit the new result with the reason.",
        );
        return Ok(ExitCode::FAILURE);
    }
    if fs::read_to_string(docs.join(PAGE)).ok() != Some(committed_page(docs)?) {
        say("docs/accuracy.md is out of date: `npm run accuracy -- --page` writes it.");
        return Ok(ExitCode::FAILURE);
    }
    if committed.text != json(measured)? {
        say(
            "The result differs from the committed one within its noise; `npm run accuracy` writes the new one.",
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn one_case(grid: &Grid, seed: u64, name: &str) -> Result<ExitCode, String> {
    let points = grid.points(seed);
    let point = points.iter().find(|point| point.id == name);
    let point = point.ok_or_else(|| format!("the {} sample has no case {name}", grid.mode))?;
    let record = experiment::run(point, Follow::Everyone)?.record;
    let report = experiment::report(point)?;
    say(&record.situation());
    let knobs = experiment::knobs(point)?;
    let text = serde_json::to_string_pretty(
        &serde_json::json!({ "case": record, "knobs": knobs, "report": report }),
    );
    let text = text.map_err(|error| error.to_string())?;
    print(&text)
}

fn print(text: &str) -> Result<ExitCode, String> {
    let written = writeln!(std::io::stdout().lock(), "{text}");
    written.map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// A result as its file holds it.
struct Committed {
    results: Results,
    text: String,
}

impl Committed {
    fn read(folder: &Path, mode: &str) -> Result<Self, String> {
        let path = folder.join(format!("{mode}.json"));
        let text = fs::read_to_string(&path).map_err(|error| {
            format!("{} cannot be read ({error}); run `npm run accuracy` first", path.display())
        })?;
        let results = serde_json::from_str(&text).map_err(|error| {
            format!(
                "{} is not a result of this version ({error}); run `npm run accuracy` again",
                path.display()
            )
        })?;
        Ok(Self { results, text })
    }
}

fn json(value: &impl Serialize) -> Result<String, String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    Ok(format!("{text}\n"))
}

/// Writes data, pictures and page. Pictures and page show the whole sample where one is there.
fn write_all(
    docs: &Path,
    folder: &Path,
    results: &Results,
    cases: &[CaseRecord],
) -> Result<(), String> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    write(&folder.join(format!("{}.json", results.mode)), &json(results)?)?;
    let lines: Result<Vec<String>, _> =
        cases.iter().map(|case| serde_json::to_string(&case.brief())).collect();
    let lines = lines.map_err(|error| error.to_string())?.join(",\n");
    write(&folder.join(format!("{}-cases.json", results.mode)), &format!("[\n{lines}\n]\n"))?;
    write_page(docs)
}

/// Writes pictures and page from what is in the folder.
fn write_page(docs: &Path) -> Result<(), String> {
    let folder = docs.join("accuracy");
    let (full, quick) = results_in(&folder);
    let shown = full.as_ref().or(quick.as_ref()).ok_or(NOTHING_MEASURED)?;
    write(&folder.join("tools.svg"), &pictures::tools(shown))?;
    write(&folder.join("confusion.svg"), &pictures::confusion(&shown.confusion))?;
    let windows: Vec<Recorded> = read_json(&docs.join(recorded::FILE))?.unwrap_or_default();
    let recorded = recorded::reliability(&windows);
    let fit: Fit = read_json(&docs.join(fit::FILE))?.unwrap_or_default();
    let plot = reliability::of(&fit.reliability(), &recorded);
    write(&folder.join("reliability.svg"), &plot)?;
    write(&docs.join(PAGE), &committed_page(docs)?)
}

/// The page as the data in the folder make it.
fn committed_page(docs: &Path) -> Result<String, String> {
    let (full, quick) = results_in(&docs.join("accuracy"));
    let shown = full.as_ref().or(quick.as_ref()).ok_or(NOTHING_MEASURED)?;
    let recorded = read_json(&docs.join(recorded::FILE))?.unwrap_or_default();
    let presence = read_json(&docs.join(PRESENCE))?;
    let seeds = read_json(&docs.join(seeds::FILE))?.unwrap_or_default();
    let fit = read_json(&docs.join(fit::FILE))?.unwrap_or_default();
    let beside = Beside { presence, recorded, seeds, fit };
    Ok(page::page(shown, quick.as_ref(), &beside))
}

/// The whole sample and the quick one, where they are there.
fn results_in(folder: &Path) -> (Option<Results>, Option<Results>) {
    let of_mode = |mode| Committed::read(folder, mode).ok().map(|committed| committed.results);
    (of_mode("full"), of_mode("quick"))
}

/// What a file of the folder holds; none where there is no file.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, String> {
    let Ok(text) = fs::read_to_string(path) else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| format!("{} is not of this version: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn say(text: &str) {
    // Nothing is lost when nobody listens.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
