//! A Prometheus server as the source: probe it, ask the plan's queries.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use inference_triage_core::catalogue::purposes::Purpose;
use inference_triage_core::ingest::batch::SeriesDescription;
use inference_triage_core::query::{FetchRange, Plan};
use inference_triage_core::role::{ROLE_LABEL, SeriesKind};
use inference_triage_core::settings::Settings;

use super::{Keep, Material, Responses, without_history};
use crate::arguments::{GroupingArgument, HostArgument};
use crate::budget::Budget;
use crate::exit::{self, Failure};
use crate::fetch::{self, Asking, Fetched, Query, Times};
use crate::input_arguments::InputArguments;
use crate::planned::Subject;
use crate::probe::{FALLBACK_MS, Probe};
use crate::progress::Progress;
use crate::prometheus::{Address, Grid, Server, parse_headers};
use crate::query_arguments::QueryArguments;
use crate::rules::{Recorded, recorded_interval};
use crate::time_arguments::utc_text;
use crate::volume::{Capacity, Fit, Volume};
use crate::watch;

/// The probe is the same for every step.
const ANY_STEP: i64 = 1;

const WINDOW: &str = "--window";

/// Asks the server that the address names.
pub(super) fn ask(
    url: &str,
    arguments: &InputArguments,
    budget: &Budget,
    keep: Keep,
) -> Result<Material, Failure> {
    let query = &arguments.query;
    let settings = arguments.settings.over(Settings::default())?;
    let mut subject = Subject {
        engine: &query.engine,
        prefix: settings.prefix.as_deref(),
        matchers: query.matchers.as_deref(),
        grouping: if query.recorded { GroupingArgument::Model } else { query.grouping },
        namespaces: None,
    };
    // A typing error in the plan's options is told before the server is asked.
    let unstepped = plan(&subject, ANY_STEP)?;
    let server = server(url, query, budget)?;
    // The only look at a clock in the whole program's way from data to verdict.
    let now =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let times = Times { start: query.start, end: query.end, range: query.range };
    let (probe, note) = fetch::probe(&server, &unstepped.probe, times, now)?;
    subject.prefix = subject.prefix.or(probe.prefixes.first().map(String::as_str));
    let mut namespaces = probe.namespaces.join("\n");
    namespaces.push('\n');
    subject.namespaces = Some(namespaces.as_str()).filter(|_| !probe.namespaces.is_empty());
    for note in note.into_iter().chain(left_out(&probe, subject.prefix)) {
        exit::say(&note);
    }
    let scraped = probe.interval.unwrap_or(FALLBACK_MS);
    let matchers = query.matchers.as_deref().unwrap_or_default();
    let recorded = query.recorded.then(|| Recorded::new(&query.engine, matchers, scraped));
    let recorded = recorded.transpose()?;
    let interval = match &recorded {
        Some(_) => recorded_interval(scraped, times.length(now)),
        None => scraped,
    };
    let detail = fetch::detail(times, now, interval)?;
    check_intervals(&settings, detail)?;
    let capacity = Capacity::of(budget, keep);
    let detail = if capacity.surely_holds(probe.engines, detail) {
        detail
    } else {
        let planned = planned(&subject, detail.step_ms, recorded.as_ref())?;
        let fit = Fit {
            capacity,
            budget: &budget.total_text(),
            times,
            now,
            interval,
            grouping: subject.grouping,
            is_recorded: query.recorded,
        };
        fitted(&server, &queries(planned, query.raw), detail, &fit)?
    };
    let fetches = subject
        .fetches(detail, &settings, query.history)
        .map_err(|error| Failure::usage(error.to_string()))?;
    // Without a gauge to watch, nothing would ever be seen.
    let has_watch = !query.raw && !query.recorded && !probe.prefixes.is_empty();
    let mut asked = Vec::with_capacity(fetches.len());
    for fetch in fetches {
        let grid = Grid { start: fetch.start, end: fetch.end, step: fetch.step_ms };
        let mut planned = fetch.plan;
        if let Some(watch) = planned.watch.as_ref().filter(|_| has_watch)
            && let Some(apart) = watch::ask(&server, watch, grid, capacity)
        {
            planned = subject.plan(HostArgument::Promql, grid.step, Some(apart))?;
        }
        if let Some(recorded) = &recorded {
            planned = recorded.read_back(planned, grid.step);
        }
        asked.push((fetch.purpose, grid, queries(planned, query.raw)));
    }
    let total = asked.iter().map(|(_, _, queries)| queries.len()).sum();
    let progress = Progress::start(arguments.progress, total, "queries answered");
    let asking = Asking { server: &server, budget, keep, progress: &progress };
    let answers = answered(asking, asked)?;
    if let Some(recorded) = &recorded
        && !answers.detail.batch.series.iter().any(has_growth)
    {
        return Err(unrecorded(recorded, detail.step_ms));
    }
    drop(progress);
    for note in &answers.notes {
        exit::say(note);
    }
    Ok(Material {
        settings,
        detail: answers.detail,
        history: answers.history,
        is_history_optional: true,
        sample_limit: budget.samples(),
        cure: "check --match, --prefix and the time range",
    })
}

/// What a server answered.
#[derive(Default)]
struct Answers {
    detail: Responses,
    history: Option<Responses>,
    /// What to tell the user about it.
    notes: Vec<String>,
}

/// Asks for each purpose. Without the history it can be done, with a note.
fn answered(
    asking: Asking<'_>,
    asked: Vec<(Purpose, Grid, Vec<Query>)>,
) -> Result<Answers, Failure> {
    let mut all = Answers::default();
    for (purpose, grid, queries) in asked {
        let answers = fetch::ask(asking, &queries, grid);
        let name = asking.server.name().to_owned();
        match (purpose, answers) {
            (Purpose::Detail, answers) => {
                let Fetched { batch, texts, warnings } = answers?;
                all.notes.extend(warnings);
                all.detail = Responses { batch, texts, name };
            }
            (Purpose::History, Ok(Fetched { batch, texts, warnings })) => {
                let warnings = warnings.iter();
                all.notes.extend(warnings.map(|warning| format!("of the history, {warning}")));
                all.history = Some(Responses { batch, texts, name });
            }
            (Purpose::History, Err(failure)) => {
                all.notes.push(without_history(&failure.to_string()));
            }
        }
    }
    Ok(all)
}

fn server<'a>(
    url: &str,
    query: &QueryArguments,
    budget: &'a Budget,
) -> Result<Server<'a>, Failure> {
    let headers = parse_headers(&query.headers)?;
    let timeout = Duration::from_millis(query.timeout.unsigned_abs());
    Ok(Server::new(Address::parse(url)?, headers, timeout, budget))
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

fn unrecorded(recorded: &Recorded, step_ms: i64) -> Failure {
    Failure::bad_data(format!(
        "nothing recorded lies in this range, such as {}; load the rules that `inference-triage \
         rules --recordings plan` writes with the same --match and with the --scrape-interval of \
         the engines, wait a few minutes, or leave out --recorded",
        recorded.example(step_ms)
    ))
}

/// Whether the role of a series says that it is recorded growth.
fn has_growth(series: &SeriesDescription) -> bool {
    let is_growth = |kind: &str| kind == SeriesKind::Increment.id();
    series.labels.get(ROLE_LABEL).is_some_and(|role| role.split('/').any(is_growth))
}

/// What a plan asks for in the range that is diagnosed, as far as it is known before the watch.
fn planned(
    subject: &Subject<'_>,
    step_ms: i64,
    recorded: Option<&Recorded>,
) -> Result<Plan, Failure> {
    let none_apart = Some(String::new()).filter(|_| recorded.is_none());
    let plan = subject.plan(HostArgument::Promql, step_ms, none_apart)?;
    Ok(match recorded {
        Some(recorded) => recorded.read_back(plan, step_ms),
        None => plan,
    })
}

/// The range at a step at which the answers fit, which the user is told. As it is where the server
/// does not tell how much there is.
fn fitted(
    server: &Server<'_>,
    queries: &[Query],
    range: FetchRange,
    fit: &Fit<'_>,
) -> Result<FetchRange, Failure> {
    let Some(volume) = Volume::ask(server, queries, range) else { return Ok(range) };
    let (range, notice) = volume.fitted(range, fit)?;
    if let Some(notice) = notice {
        exit::say(&notice);
    }
    Ok(range)
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
