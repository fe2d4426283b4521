//! `diagnose`: gather responses and settings, let the core judge, print its report.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use inference_triage_core::catalogue::purposes::Purpose;
use inference_triage_core::error::Error;
use inference_triage_core::query::{FetchRange, Plan};
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;

use crate::Outcome;
use crate::arguments::{DiagnoseArguments, Format, HostArgument, QueryArguments};
use crate::capsule::Capsule;
use crate::exit::{self, Failure};
use crate::fetch::{self, Fetched, Query, Times};
use crate::planned::Subject;
use crate::probe::{FALLBACK_MS, Probe};
use crate::progress::Progress;
use crate::prometheus::{Address, Grid, Server, parse_header};
use crate::text;
use crate::time_arguments::utc_text;
use crate::{capsule, input, misplaced, watch};

/// The probe is the same for every step.
const ANY_STEP: i64 = 1;

const WINDOW: &str = "--window";

/// What a diagnosis is made of.
struct Material {
    settings: Settings,
    detail: Responses,
    history: Option<Responses>,
    /// A history that cannot be used is left out with a note: nobody named its responses.
    is_history_optional: bool,
    /// What to try when the responses hold no known engine.
    cure: &'static str,
}

/// Range responses, and what each is called in a message.
#[derive(Default)]
struct Responses {
    bytes: Vec<Vec<u8>>,
    names: Vec<String>,
}

impl Responses {
    /// Responses that came from one place.
    fn of(name: &str, bytes: Vec<Vec<u8>>) -> Self {
        Self { names: vec![name.to_owned(); bytes.len()], bytes }
    }

    fn from_files(paths: &[PathBuf]) -> Result<Self, Failure> {
        Ok(Self {
            bytes: paths.iter().map(|path| input::read(path)).collect::<Result<_, _>>()?,
            names: paths.iter().map(|path| input::name_of(path)).collect(),
        })
    }

    fn are_there(&self) -> bool {
        !self.bytes.is_empty()
    }

    fn slices(&self) -> Vec<&[u8]> {
        self.bytes.iter().map(Vec::as_slice).collect()
    }
}

pub(crate) fn run(arguments: &DiagnoseArguments) -> Outcome {
    let mut material = gather(arguments)?;
    let mut session = Session::new();
    session.configure(material.settings.clone())?;
    session
        .load_prometheus(&material.detail.slices())
        .map_err(|error| explain(error, &material.detail, material.cure))?;
    load_history(&mut session, &mut material)?;
    if let Some(path) = &arguments.save_capsule {
        let capsule = Capsule {
            settings: material.settings.clone(),
            responses: std::mem::take(&mut material.detail.bytes),
            history: material.history.take().map(|history| history.bytes).unwrap_or_default(),
        };
        capsule::save(path, &capsule)?;
    }
    let report = session.report()?;
    let output = match arguments.format {
        Format::Json => {
            let mut bytes = session.report_bytes()?;
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

fn load_history(session: &mut Session, material: &mut Material) -> Result<(), Failure> {
    let Some(history) = &material.history else { return Ok(()) };
    let Err(error) = session.load_history_prometheus(&history.slices()) else { return Ok(()) };
    if !material.is_history_optional {
        return Err(explain(error, history, material.cure));
    }
    exit::say(&without_history(&error.to_string()));
    material.history = None;
    Ok(())
}

fn without_history(reason: &str) -> String {
    format!("the diagnosis does without the history, and without a baseline in it: {reason}")
}

fn gather(arguments: &DiagnoseArguments) -> Result<Material, Failure> {
    let source = &arguments.source;
    if let Some(url) = &source.url {
        return ask_server(url, arguments);
    }
    if let Some(path) = &source.capsule {
        let capsule = capsule::open(&input::read(path)?, path)?;
        let name = input::name_of(path);
        return Ok(Material {
            settings: arguments.settings.over(capsule.settings)?,
            detail: Responses::of(&name, capsule.responses),
            history: Some(Responses::of(&name, capsule.history)).filter(Responses::are_there),
            is_history_optional: false,
            cure: "make the capsule again from a server that scrapes the engine",
        });
    }
    Ok(Material {
        settings: arguments.settings.over(Settings::default())?,
        detail: Responses::from_files(&source.response)?,
        history: Some(Responses::from_files(&arguments.history_response)?)
            .filter(Responses::are_there),
        is_history_optional: false,
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
    let detail = fetch::detail(times, now, interval)?;
    check_intervals(&settings, detail)?;
    let fetches = subject
        .fetches(detail, &settings, query.history)
        .map_err(|error| Failure::usage(error.to_string()))?;
    // Without a gauge to watch, nothing would ever be seen.
    let has_watch = !query.raw && !probe.prefixes.is_empty();
    let mut asked = Vec::with_capacity(fetches.len());
    for fetch in fetches {
        let grid = Grid { start: fetch.start, end: fetch.end, step: fetch.step_ms };
        let mut planned = fetch.plan;
        if let Some(watch) = planned.watch.as_ref().filter(|_| has_watch)
            && let Some(apart) = watch::ask(&server, watch, grid)
        {
            planned = subject.plan(HostArgument::Promql, grid.step, Some(apart))?;
        }
        asked.push((fetch.purpose, grid, queries(planned, query.raw)));
    }
    let total = asked.iter().map(|(_, _, queries)| queries.len()).sum();
    let progress = Progress::start(arguments.progress, total);
    let mut material = Material {
        settings,
        detail: Responses::default(),
        history: None,
        is_history_optional: true,
        cure: "check --match, --prefix and the time range",
    };
    let mut notes = Vec::new();
    for (purpose, grid, queries) in asked {
        let answers = fetch::ask(&server, &queries, grid, &progress);
        match purpose {
            Purpose::Detail => {
                let Fetched { responses, warnings } = answers?;
                notes.extend(warnings);
                material.detail = Responses::of(server.name(), responses);
            }
            Purpose::History => match answers {
                Ok(Fetched { responses, warnings }) => {
                    notes.extend(
                        warnings.iter().map(|warning| format!("of the history, {warning}")),
                    );
                    material.history = Some(Responses::of(server.name(), responses));
                }
                Err(failure) => notes.push(without_history(&failure.to_string())),
            },
        }
    }
    drop(progress);
    for note in &notes {
        exit::say(note);
    }
    Ok(material)
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

/// An interval that is not asked for cannot be judged; better to say so before a minute of queries.
/// A baseline before the range is no such interval: the history is asked for it.
fn check_intervals(settings: &Settings, detail: FetchRange) -> Result<(), Failure> {
    let window = settings.window.map(|window| (WINDOW, window.start, window.end));
    let baseline = settings
        .baseline
        .start
        .zip(settings.baseline.end)
        .map(|(start, end)| ("--baseline", start, end));
    for (flag, start, end) in window.into_iter().chain(baseline) {
        if flag == WINDOW && start < detail.start {
            return Err(Failure::usage(format!(
                "{flag} starts at {} UTC, before the first time asked for ({} UTC); ask for more with --start or a longer \
                 --range",
                utc_text(start),
                utc_text(detail.start)
            )));
        }
        if end > detail.end + detail.step_ms {
            return Err(Failure::usage(format!(
                "{flag} ends at {} UTC, after the last time asked for ({} UTC); ask for more with a later --end",
                utc_text(end),
                utc_text(detail.end)
            )));
        }
    }
    Ok(())
}

/// The core's sentence, with the file it is about and with a cure that fits the way the data came.
fn explain(error: Error, responses: &Responses, cure: &str) -> Failure {
    let no_engine = error.is_no_engine();
    let guilty = responses.bytes.iter().zip(&responses.names).find(|(response, _)| {
        error.is_bad_data()
            && Session::new().load_prometheus(&[response]).is_err_and(|error| error.is_bad_data())
    });
    let failure = Failure::from(error);
    if let Some((response, name)) = guilty {
        let known = misplaced::instead_of_response(response);
        return failure.map_sentence(|sentence| format!("{name}: {}", known.unwrap_or(sentence)));
    }
    if no_engine { failure.map_sentence(|sentence| format!("{sentence}; {cure}")) } else { failure }
}
