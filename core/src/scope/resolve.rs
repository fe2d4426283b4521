//! Stored series to scopes: which engine, model and replica a series belongs to, and what it
//! measures.

#[cfg(test)]
mod tests;

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Shape};
use crate::caveat::Caveats;
use crate::error::Error;
use crate::growth::alternation::{follow_one_another, returns};
use crate::scope::membership::mended;
use crate::scope::named_later::join_named_later;
use crate::scope::place::{
    Members, Place, Places, Target, attach_without_model, join_unranked, targets,
};
use crate::scope::processes::tell_apart;
use crate::scope::rates::are_rates;
use crate::scope::rounding::Rounding;
use crate::scope::{
    NoCounts, Quantity, Replica, Scope, beside, columns, device, fronts, grouping, scheduled,
};
use crate::small::list::CollectVec;
use crate::small::sorted::{SortedMap, sort};
use crate::small::text::joined;
use crate::source::exporter::{Exporter, ExporterKind};
use crate::source::identify::{Reading, read};
use crate::source::metric::Lacks;
use crate::source::registry::engines;
use crate::source::unsupported::engine_of;
use crate::store::column::Column;
use crate::store::grid::TimeGrid;
use crate::store::{Series, Store};
use crate::text::foreign::plain;
use crate::text::number::number;

/// A series with what it was found to be.
#[derive(Debug, Clone)]
pub(super) struct Resolved<'a> {
    pub(super) series: &'a Series,
    pub(super) reading: Reading,
    /// Its values, holes filled from a copy where there is one.
    pub(super) values: Column,
}

/// Grid indices of the first and the last sample of anything but what surrounds the engines: a
/// scheduler remembers longer than an engine lives, and the range is that of the engine. None where
/// there is nothing else.
pub fn span(store: &Store, prefix: Option<&str>) -> Option<(usize, usize)> {
    let mut span: Option<(usize, usize)> = None;
    for series in &store.series {
        let is_there = |value: &f64| !value.is_nan();
        let Some(first) = series.values.iter().position(is_there) else { continue };
        let last = series.values.iter().rposition(is_there).unwrap_or(first);
        if span.is_some_and(|(from, to)| from <= first && last <= to) {
            continue;
        }
        let readings = read(series, prefix, &mut Caveats::new());
        if !readings.iter().any(|one| one.exporter.is_around()) {
            let (from, to) = span.unwrap_or((first, last));
            span = Some((from.min(first), to.max(last)));
        }
    }
    span
}

/// Sorts every series of a known engine into scopes, and what other exporters tell beside them.
/// `prefix` is a metric name prefix that no exporter has.
///
/// No series of a known engine at all is an error whose sentence names what was found instead.
pub fn resolve(store: &Store, prefix: Option<&str>) -> Result<Vec<Scope>, Error> {
    let mut caveats = store.caveats.clone();
    let mut by_engine: SortedMap<&'static str, Vec<Resolved<'_>>> = SortedMap::new();
    let mut others: Vec<Resolved<'_>> = Vec::new();
    for series in &store.series {
        for reading in read(series, prefix, &mut caveats) {
            let exporter = reading.exporter;
            let resolved = Resolved { series, reading, values: series.values.clone() };
            if exporter.kind == ExporterKind::Engine {
                by_engine.get_or_insert_with(exporter.id, Vec::new).push(resolved);
            } else {
                others.push(resolved);
            }
        }
    }
    for resolved in by_engine.values() {
        refuse_too_many_models(resolved)?;
    }
    let mut scopes: Vec<Scope> = by_engine
        .values()
        .flat_map(|resolved| scopes_of(resolved, &others, &store.grid, &caveats))
        .collect_vec();
    if scopes.is_empty() {
        return Err(match unsupported(store) {
            Some(sentence) if !store.series.is_empty() => Error::unsupported_engine(sentence),
            _ => Error::no_engine(what_was_found(store, &others)),
        });
    }
    beside::attach(&mut scopes, &others, &store.grid);
    for replica in scopes.iter_mut().flat_map(|scope| &mut scope.replicas) {
        if replica.gauge(Family::ProcessStart).is_some_and(|start| returns(start.values())) {
            replica.leave_out_counts(NoCounts::Shared);
        }
    }
    device::place(&mut scopes, &others, &store.grid);
    grouping::add_nodes(&mut scopes, &others);
    scheduled::place(&mut scopes, &others, &store.grid);
    fronts::place(&mut scopes, &others, &store.grid);
    Ok(scopes)
}

/// Models that are told apart at once. Each takes tens of kilobytes, whatever it counts, and nobody
/// reads so many verdicts; with a tenth, the adapters of one service that bear names of models are
/// refused.
const MOST_MODELS: usize = 1_000;

fn refuse_too_many_models(resolved: &[Resolved<'_>]) -> Result<(), Error> {
    let Some(label) = resolved.first().and_then(|one| one.reading.exporter.labels.model.first())
    else {
        return Ok(());
    };
    let mut models: Vec<&str> = resolved
        .iter()
        .filter_map(|one| one.series.identity.labels.get(*label))
        .map(String::as_str)
        .collect_vec();
    sort(&mut models, Ord::cmp);
    models.dedup();
    if models.len() <= MOST_MODELS {
        return Ok(());
    }
    Err(Error::too_large(format!(
        "{} models are too many to tell apart at once, the limit is {}: select some of them by {label}",
        number(models.len() as f64),
        number(MOST_MODELS as f64)
    )))
}

fn what_was_found(store: &Store, others: &[Resolved<'_>]) -> String {
    if store.series.is_empty() {
        return "the response holds no series: the query matched nothing in this time range; check the range and the \
                selector"
            .to_owned();
    }
    let engines: Vec<&str> = engines().map(|engine| engine.title).collect_vec();
    let engines = joined(&engines, ", ");
    // Names without a prefix are any program's and tell nothing of what was scraped.
    let known: Vec<&'static str> = others
        .iter()
        .filter(|one| !one.reading.exporter.canonical_prefix.is_empty())
        .map(|one| one.reading.exporter.title)
        .collect_vec();
    if !known.is_empty() {
        return format!(
            "no serving engine ({engines}) among {} series; found {}; add the engine's own metrics to the query",
            store.series.len(),
            most_frequent(&known)
        );
    }
    let name = |series: &'_ Series| {
        let name = series.identity.labels.get("__name__");
        name.map_or("series without a name".to_owned(), |name| plain(name, 60))
    };
    let names: Vec<String> = store.series.iter().map(name).collect_vec();
    format!(
        "no {engines} metrics among {} series (found: {}); if yours were renamed, set the metric prefix",
        store.series.len(),
        most_frequent(&names)
    )
}

/// The engine of these series that is known and cannot be read yet, as a sentence.
fn unsupported(store: &Store) -> Option<String> {
    let mut names = store.series.iter().filter_map(|one| one.identity.labels.get("__name__"));
    let (engine, prefix) = names.find_map(|name| engine_of(name))?;
    let titles: Vec<&str> = engines().map(|engine| engine.title).collect_vec();
    let titles = joined(&titles, ", ");
    Some(format!("this is {engine} ({prefix}…), which is not supported yet; {titles} is"))
}

/// The four most frequent names, and how many more there are.
fn most_frequent<T: AsRef<str>>(names: &[T]) -> String {
    let mut counts: SortedMap<&str, usize> = SortedMap::new();
    for name in names {
        *counts.get_or_insert_with(name.as_ref(), || 0) += 1;
    }
    let mut sorted: Vec<_> = counts.into_entries();
    sort(&mut sorted, |left, right| right.1.cmp(&left.1));
    let shown: Vec<&str> = sorted.iter().take(4).map(|(name, _)| *name).collect_vec();
    let more = if sorted.len() > shown.len() {
        format!(" and {} more", sorted.len() - shown.len())
    } else {
        String::new()
    };
    format!("{}{more}", joined(&shown, ", "))
}

fn scopes_of(
    resolved: &[Resolved<'_>],
    others: &[Resolved<'_>],
    grid: &TimeGrid,
    caveats: &Caveats,
) -> Vec<Scope> {
    let exporter = resolved[0].reading.exporter;
    let model_of = |one: &'_ Resolved<'_>| {
        let labels = &one.series.identity.labels;
        exporter.labels.model.iter().find_map(|label| labels.get(*label)).cloned()
    };
    // Processes that name no model make one scope without a name.
    let named: Vec<String> = processes(resolved, &|one| model_of(one).is_some());
    let judged = |one: &Resolved<'_>| one.reading.metric.lacks == Lacks::Nothing;
    let unnamed: Vec<String> = processes(resolved, &|one| model_of(one).is_none() && judged(one));
    let is_unnamed = |one: &Resolved<'_>| {
        let process = Place::of(one).process;
        named.is_empty()
            || !process.is_empty() && !named.contains(&process) && unnamed.contains(&process)
    };
    let mut models: SortedMap<String, Places<'_>> = SortedMap::new();
    let mut without_model = Vec::new();
    for one in resolved {
        match model_of(one).or_else(|| is_unnamed(one).then(String::new)) {
            Some(model) => {
                let places = models.get_or_insert_with(model, Places::new);
                places.get_or_insert_with(Place::of(one), Members::default).series.push(one);
            }
            None => without_model.push(one),
        }
    }
    let mut found = Vec::with_capacity(models.len());
    for (_, places) in models.iter_mut() {
        let mut caveats = caveats.clone();
        let joined = join_unranked(std::mem::take(places));
        *places = join_named_later(exporter, tell_apart(exporter, joined, grid, &mut caveats));
        found.push(caveats);
    }
    attach_without_model(&mut models, without_model);
    models
        .into_entries()
        .into_iter()
        .zip(found)
        .map(|((model, places), caveats)| {
            scope_of(exporter, model, (places, others), grid, caveats)
        })
        .collect_vec()
}

/// The processes of some series, each once.
fn processes(resolved: &[Resolved<'_>], is_meant: &dyn Fn(&Resolved<'_>) -> bool) -> Vec<String> {
    let mut processes: SortedMap<String, ()> = SortedMap::new();
    for one in resolved.iter().filter(|one| is_meant(one)) {
        processes.insert(Place::of(one).process, ());
    }
    processes.into_entries().into_iter().map(|(process, ())| process).collect_vec()
}

fn scope_of(
    exporter: &'static Exporter,
    model: String,
    (places, others): (Places<'_>, &[Resolved<'_>]),
    grid: &TimeGrid,
    mut caveats: Caveats,
) -> Scope {
    let series = places.values().flat_map(Members::all);
    let prefixes = series.map(|one| one.reading.prefix.as_str());
    let prefix = preferred_prefix(exporter, prefixes);
    let replicas: Vec<Replica> = places
        .into_entries()
        .into_iter()
        .map(|(place, members)| {
            let apart = members.told_apart_by();
            let mut series: Vec<&Resolved<'_>> = members.all().collect_vec();
            let targets = targets(&series);
            let is_sum = place.process.is_empty() && place.apart.is_empty();
            let is_rates = are_rates(&series);
            let is_met = members.is_shared && !restarts_in_a_row(&targets, others);
            let is_contested = are_contested(&series);
            let is_whole = is_rates || is_contested || is_met && !is_sum;
            let mended = if is_whole { None } else { mended(&series, is_sum, grid) };
            let mended = mended.unwrap_or_default();
            if !mended.series.is_empty() {
                series = mended.series.iter().collect_vec();
            }
            // A sum that lost a process falls, and is back where it was with it.
            let is_shared = is_met && mended.steps.is_empty();
            // What looks like restarts of a shared target is none.
            let mut untold = Caveats::new();
            let no_counts = match (is_contested, is_rates, is_shared) {
                (true, ..) => Some(NoCounts::Contested),
                (_, true, _) => Some(NoCounts::Rates),
                (.., true) => Some(NoCounts::Shared),
                _ => None,
            };
            let told = if no_counts.is_some() { &mut untold } else { &mut caveats };
            let read = columns::columns(exporter, &series, &apart, grid, told);
            let mut replica = Replica::new(place.key(), place.is_aggregate(), read.quantities);
            replica.metrics = read.metrics;
            replica.groups = grouping::groups(&series);
            replica.targets = targets;
            replica.told_by = members.told_by_owned();
            replica.counted_twice.clone_from(&members.counted_twice);
            report_spoilt(&place, mended.spoilt, &mut caveats);
            replica.membership.clone_from(&mended.steps);
            if let Some(why) = no_counts {
                replica.leave_out_counts(why);
            }
            replica.rounding = Rounding::of(&series);
            replica
        })
        .collect_vec();
    let version_hint = version_hint(exporter, &replicas);
    Scope {
        profile: exporter,
        prefix,
        version_hint,
        model,
        replicas,
        devices: Vec::new(),
        scheduled: Vec::new(),
        fronts: Vec::new(),
        caveats,
    }
}

/// Metrics that must come twice with values that no one process counted. One may be exported or
/// recorded twice by mistake, which the identities tell.
const LEAST_CONTESTED: usize = 3;

/// Whether what is counted comes twice, of two processes. States may differ as they like.
fn are_contested(series: &[&Resolved<'_>]) -> bool {
    let is_counted = |one: &&&Resolved<'_>| {
        matches!(one.reading.metric.family.shape(), Shape::Counter | Shape::Histogram)
    };
    let mut names: Vec<&str> = Vec::new();
    for one in series.iter().filter(|one| one.series.is_contested).filter(is_counted) {
        let name = one.reading.metric.base;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.len() >= LEAST_CONTESTED
}

/// Says how many samples were left out because a scrape spoilt them.
fn report_spoilt(place: &Place, spoilt: u64, caveats: &mut Caveats) {
    caveats.add_count(CaveatId::SpoiltSample, spoilt, || {
        format!(
            "a counter of {} fell for a scrape and was where it was at the next, while others went \
             on: a spoilt sample, which was left out",
            plain(&place.key(), 80)
        )
    });
}

/// Whether the starts of the process at these targets follow one another: counters that fall and
/// come back are then those of a loop of restarts.
fn restarts_in_a_row(targets: &[Target], others: &[Resolved<'_>]) -> bool {
    let mut starts = others.iter().filter(|one| {
        let own = Target::of(&one.series.identity.labels, &one.reading.exporter.labels);
        one.reading.metric.family == Family::ProcessStart
            && targets.iter().any(|target| target.is_same_process(&own))
    });
    starts.any(|one| follow_one_another(&one.values))
}

/// The engine's own prefix when it is there, else the first in order.
fn preferred_prefix<'a>(exporter: &Exporter, prefixes: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<&str> = prefixes.collect_vec();
    sort(&mut found, Ord::cmp);
    if found.contains(&exporter.canonical_prefix) {
        return exporter.canonical_prefix.to_owned();
    }
    found.first().map_or_else(String::new, |prefix| (*prefix).to_owned())
}

fn version_hint(exporter: &Exporter, replicas: &[Replica]) -> Option<&'static str> {
    let shows = |family: Family, label: Option<&str>| {
        replicas.iter().any(|replica| match (replica.quantities.get(&family), label) {
            (Some(Quantity::Info(labels)), Some(label)) => labels.contains_key(label),
            (Some(_), None) => true,
            _ => false,
        })
    };
    exporter
        .version_hints
        .iter()
        .find(|hint| shows(hint.family, hint.label))
        .map(|hint| hint.release)
}
