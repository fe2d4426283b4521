//! `diagnose`: gather responses and settings, let the core judge, print its report.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use inference_triage_core::error::Error;
use inference_triage_core::query::Plan;
use inference_triage_core::session::Session;
use inference_triage_core::settings::{BaselineMode, Settings};
use inference_triage_core::time::length;

use crate::Outcome;
use crate::arguments::{DiagnoseArguments, Format, HostArgument, QueryArguments};
use crate::exit::{self, Failure};
use crate::fetch::{self, Query, Times};
use crate::planned::Subject;
use crate::probe::{FALLBACK_MS, Probe};
use crate::progress::Progress;
use crate::prometheus::{Address, Grid, Server, parse_header};
use crate::text;
use crate::time_arguments::utc_text;
use crate::{capsule, input, watch};

/// The probe is the same for every step.
const ANY_STEP: i64 = 1;

/// What a diagnosis is made of.
struct Material {
    settings: Settings,
    responses: Vec<Vec<u8>>,
    /// What each response is called in a message.
    names: Vec<String>,
    /// What to try when the responses hold no known engine.
    cure: &'static str,
}

pub(crate) fn run(arguments: &DiagnoseArguments) -> Outcome {
    let material = gather(arguments)?;
    let mut session = Session::new();
    session.configure(material.settings.clone())?;
    let responses: Vec<&[u8]> = material.responses.iter().map(Vec::as_slice).collect();
    session.load_prometheus(&responses).map_err(|error| explain(error, &material))?;
    if let Some(path) = &arguments.save_capsule {
        capsule::save(path, &material.settings, &material.responses)?;
    }
    let report = session.report().map_err(|error| explain(error, &material))?;
    let output = match arguments.format {
        Format::Json => {
            let mut bytes = session.report_bytes().map_err(|error| explain(error, &material))?;
            bytes.push(b'\n');
            bytes
        }
        Format::Text => {
            text::render(&report, material.settings.slo.quantile, text::Style::of_standard_output())
                .into_bytes()
        }
    };
    exit::answer(&output)?;
    Ok(report.diagnosis.verdict.severity.into())
}

fn gather(arguments: &DiagnoseArguments) -> Result<Material, Failure> {
    let source = &arguments.source;
    if let Some(url) = &source.url {
        return ask_server(url, arguments);
    }
    if let Some(path) = &source.capsule {
        let (settings, responses) = capsule::open(&input::read(path)?, path)?;
        return Ok(Material {
            settings: arguments.settings.over(settings)?,
            names: vec![input::name_of(path); responses.len()],
            responses,
            cure: "make the capsule again from a server that scrapes the engine",
        });
    }
    Ok(Material {
        settings: arguments.settings.over(Settings::default())?,
        responses: source
            .response
            .iter()
            .map(|path| input::read(path))
            .collect::<Result<_, _>>()?,
        names: source.response.iter().map(|path| input::name_of(path)).collect(),
        cure: "save the queries that the plan subcommand prints",
    })
}

fn ask_server(url: &str, arguments: &DiagnoseArguments) -> Result<Material, Failure> {
    let query = &arguments.query;
    let settings = arguments.settings.over(Settings::default())?;
    let mut subject = Subject {
        engine: &query.engine,
        prefix: settings.prefix.as_deref(),
        matchers: query.matchers.as_deref(),
        grouping: query.grouping,
    };
    // A typing error in the plan's options is told before the server is asked.
    let unstepped = plan(&subject, ANY_STEP)?;
    let server = server(url, query)?;
    // The only look at a clock in the whole program's way from data to verdict.
    let now =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let times = Times { start: query.start, end: query.end, range: query.range };
    let (probe, note) = fetch::probe(&server, &unstepped.probe, times, now)?;
    subject.prefix = subject.prefix.or(probe.prefixes.first().map(String::as_str));
    for note in note.into_iter().chain(left_out(&probe, subject.prefix)) {
        exit::say(&note);
    }
    let interval = probe.interval.unwrap_or(FALLBACK_MS);
    let grid = fetch::grid(times, now, interval)?;
    check_intervals(&settings, grid)?;
    let mut planned = plan(&subject, grid.step)?;
    // Without a gauge to watch, nothing would ever be seen.
    if let Some(watch) = planned.watch.as_ref().filter(|_| !query.raw && !probe.prefixes.is_empty())
        && let Some(apart) = watch::ask(&server, watch, grid)
    {
        planned = subject.plan(HostArgument::Promql, grid.step, Some(apart))?;
    }
    let queries = queries(planned, query.raw);
    let progress = Progress::start(arguments.progress, queries.len());
    let fetched = fetch::ask(&server, &queries, grid, &progress)?;
    drop(progress);
    for warning in &fetched.warnings {
        exit::say(warning);
    }
    Ok(Material {
        settings,
        names: vec![server.name().to_owned(); fetched.responses.len()],
        responses: fetched.responses,
        cure: "check --match, --prefix and the time range",
    })
}

fn server(url: &str, query: &QueryArguments) -> Result<Server, Failure> {
    let headers: Vec<_> =
        query.headers.iter().map(|header| parse_header(header)).collect::<Result<_, _>>()?;
    let timeout = Duration::from_millis(query.timeout.unsigned_abs());
    Ok(Server::new(Address::parse(url)?, headers.into_iter().flatten().collect(), timeout))
}

fn plan(subject: &Subject<'_>, step: i64) -> Result<Plan, Failure> {
    subject
        .plan(HostArgument::Promql, step, None)
        .map_err(|error| Failure::usage(error.to_string()))
}

fn queries(plan: Plan, raw: bool) -> Vec<Query> {
    if raw {
        return vec![Query { role: "raw selector".to_owned(), promql: plan.raw_selector }];
    }
    plan.queries.into_iter().map(|query| Query { role: query.role, promql: query.promql }).collect()
}

/// A plan is for one prefix; what the probe found under another must not be missing in silence.
fn left_out(probe: &Probe, prefix: Option<&str>) -> Option<String> {
    let others: Vec<&str> =
        probe.prefixes.iter().map(String::as_str).filter(|other| Some(*other) != prefix).collect();
    let chosen = prefix.filter(|_| !others.is_empty())?;
    Some(format!(
        "only metrics that begin with {chosen} are asked for; there are also some that begin with {}, which --prefix selects",
        others.join(", ")
    ))
}

/// An interval that was not asked for cannot be judged; better to say so before a minute of
/// queries.
fn check_intervals(settings: &Settings, grid: Grid) -> Result<(), Failure> {
    let offset = settings.baseline.offset;
    if settings.baseline.mode == BaselineMode::Offset && grid.end - grid.start <= offset {
        return Err(Failure::usage(format!(
            "--baseline looks back {} from the window, and only {} are asked for; ask for more with --start or a longer \
             --range",
            length(offset),
            length(grid.end - grid.start)
        )));
    }
    let window = settings.window.map(|window| ("--window", window.start, window.end));
    let baseline = settings
        .baseline
        .start
        .zip(settings.baseline.end)
        .map(|(start, end)| ("--baseline", start, end));
    for (flag, start, end) in window.into_iter().chain(baseline) {
        if start < grid.start {
            return Err(Failure::usage(format!(
                "{flag} starts at {} UTC, before the first time asked for ({} UTC); ask for more with --start or a longer \
                 --range",
                utc_text(start),
                utc_text(grid.start)
            )));
        }
        if end > grid.end + grid.step {
            return Err(Failure::usage(format!(
                "{flag} ends at {} UTC, after the last time asked for ({} UTC); ask for more with a later --end",
                utc_text(end),
                utc_text(grid.end)
            )));
        }
    }
    Ok(())
}

/// The core's sentence, with the file it is about and with a cure that fits the way the data came.
fn explain(error: Error, material: &Material) -> Failure {
    let no_engine = error.is_no_engine();
    let guilty = material.responses.iter().zip(&material.names).find(|(response, _)| {
        error.is_bad_data()
            && Session::new().load_prometheus(&[response]).is_err_and(|error| error.is_bad_data())
    });
    let failure = Failure::from(error);
    if let Some((_, name)) = guilty {
        return failure.map_sentence(|sentence| format!("{name}: {sentence}"));
    }
    if no_engine {
        failure.map_sentence(|sentence| format!("{sentence}; {}", material.cure))
    } else {
        failure
    }
}
