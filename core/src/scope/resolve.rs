//! Stored series to scopes: which engine, model and replica a series belongs to, and what it
//! measures.

#[cfg(test)]
mod tests;

use crate::catalogue::families::{Family, Shape};
use crate::caveat::Caveats;
use crate::error::Error;
use crate::scope::columns;
use crate::scope::{Quantity, Replica, Scope};
use crate::small::sorted::{SortedMap, sort_few};
use crate::small::text::joined;
use crate::source::exporter::Profile;
use crate::source::identify::{Reading, read};
use crate::store::grid::TimeGrid;
use crate::store::{Series, Store};
use crate::text::foreign::plain;

/// Labels that name the process behind a series, the most specific first. Ray serves all replicas
/// of a node from one address and gives each an id of its own, a new one when it restarts.
const HOST_LABELS: [&str; 5] = ["ReplicaId", "pod", "kubernetes_pod_name", "pod_name", "instance"];

/// Labels that name the served model.
const MODEL_LABELS: [&str; 2] = ["model_name", "model"];

/// A series with what it was found to be.
pub(super) struct Resolved<'a> {
    pub(super) series: &'a Series,
    pub(super) reading: Reading,
}

/// The place of a series: host and engine rank; either may be empty when a query summed it away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    host: String,
    rank: String,
}

/// The series of one model by place.
type Places<'a> = SortedMap<Place, Vec<&'a Resolved<'a>>>;

impl Place {
    fn of(series: &Series) -> Self {
        let labels = &series.identity.labels;
        let host =
            HOST_LABELS.iter().find_map(|label| labels.get(*label)).cloned().unwrap_or_default();
        let rank = labels.get("engine").cloned().unwrap_or_default();
        Self { host, rank }
    }

    fn key(&self) -> String {
        match (self.host.as_str(), self.rank.as_str()) {
            ("", "") => "all".to_owned(),
            ("", rank) => format!("engine-{rank}"),
            (host, "") => format!("{host}/0"),
            (host, rank) => format!("{host}/{rank}"),
        }
    }
}

/// Sorts every series of a known engine into scopes. `prefix` is a metric name prefix that no
/// profile knows.
///
/// No series of a known engine at all is an error whose sentence names what was found instead.
pub fn resolve(store: &Store, prefix: Option<&str>) -> Result<Vec<Scope>, Error> {
    let mut caveats = store.caveats.clone();
    let mut by_engine: SortedMap<&'static str, Vec<Resolved<'_>>> = SortedMap::new();
    for series in &store.series {
        for reading in read(series, prefix, &mut caveats) {
            by_engine
                .get_or_insert_with(reading.profile.id, Vec::new)
                .push(Resolved { series, reading });
        }
    }
    let scopes: Vec<Scope> = by_engine
        .values()
        .flat_map(|resolved| scopes_of(resolved, &store.grid, &caveats))
        .collect::<Vec<_>>();
    if scopes.is_empty() {
        return Err(Error::no_engine(what_was_found(store)));
    }
    Ok(scopes)
}

fn what_was_found(store: &Store) -> String {
    if store.series.is_empty() {
        return "the response holds no series: the query matched nothing in this time range; check the range and the \
                selector"
            .to_owned();
    }
    let mut names: SortedMap<&str, usize> = SortedMap::new();
    for series in &store.series {
        let name =
            series.identity.labels.get("__name__").map_or("series without a name", String::as_str);
        *names.get_or_insert_with(name, || 0) += 1;
    }
    let mut sorted: Vec<_> = names.into_entries();
    sort_few(&mut sorted, |left, right| right.1.cmp(&left.1));
    let shown: Vec<String> =
        sorted.iter().take(4).map(|(name, _)| plain(name, 60)).collect::<Vec<_>>();
    let more = if sorted.len() > shown.len() {
        format!(" and {} more", sorted.len() - shown.len())
    } else {
        String::new()
    };
    format!(
        "no series of a known engine (vLLM) among {} series; found {}{more}; if the metrics were renamed, give their prefix",
        store.series.len(),
        joined(&shown, ", ")
    )
}

fn scopes_of(resolved: &[Resolved<'_>], grid: &TimeGrid, caveats: &Caveats) -> Vec<Scope> {
    let profile = resolved[0].reading.profile;
    let mut models: SortedMap<String, Places<'_>> = SortedMap::new();
    let mut without_model = Vec::new();
    for one in resolved {
        let labels = &one.series.identity.labels;
        match MODEL_LABELS.iter().find_map(|label| labels.get(*label)) {
            Some(model) => {
                let places = models.get_or_insert_with(model.clone(), Places::new);
                places.get_or_insert_with(Place::of(one.series), Vec::new).push(one);
            }
            None => without_model.push(one),
        }
    }
    for (_, places) in models.iter_mut() {
        *places = join_unranked(std::mem::take(places));
    }
    attach_without_model(&mut models, without_model);
    models
        .into_entries()
        .into_iter()
        .map(|(model, places)| scope_of(profile, model, places, grid, caveats))
        .collect::<Vec<_>>()
}

/// What a process counts for all of its ranks carries no rank and is no replica of its own: it goes
/// to the first rank of its host, so that sums over replicas stay right.
fn join_unranked(places: Places<'_>) -> Places<'_> {
    let mut joined = Places::new();
    let mut entries = places.into_entries().into_iter().peekable();
    while let Some((place, mut members)) = entries.next() {
        let ranked = entries.next_if(|(next, _)| {
            place.rank.is_empty() && !place.host.is_empty() && next.host == place.host
        });
        let place = match ranked {
            Some((ranked, more)) => {
                members.extend(more);
                ranked
            }
            None => place,
        };
        joined.insert(place, members);
    }
    joined
}

/// Series without a model belong to every model of the same host and rank; a series without rank to
/// every rank of its host. When no series at all names a model, they make one scope without a name.
fn attach_without_model<'a>(
    models: &mut SortedMap<String, Places<'a>>,
    without_model: Vec<&'a Resolved<'a>>,
) {
    if models.is_empty() {
        let places = models.get_or_insert_with(String::new(), Places::new);
        for one in without_model {
            places.get_or_insert_with(Place::of(one.series), Vec::new).push(one);
        }
        return;
    }
    for one in without_model {
        let place = Place::of(one.series);
        for (candidate, members) in models.iter_mut().flat_map(|(_, places)| places.iter_mut()) {
            let same_host = place.host.is_empty() || candidate.host == place.host;
            let same_rank =
                place.rank.is_empty() || candidate.rank == place.rank || candidate.rank.is_empty();
            if same_host && same_rank {
                members.push(one);
            }
        }
    }
}

fn scope_of(
    profile: &'static Profile,
    model: String,
    places: Places<'_>,
    grid: &TimeGrid,
    caveats: &Caveats,
) -> Scope {
    let mut caveats = caveats.clone();
    let prefix =
        preferred_prefix(profile, places.values().flatten().map(|one| one.reading.prefix.as_str()));
    let replicas: Vec<Replica> = places
        .into_entries()
        .into_iter()
        .map(|(place, members)| {
            let aggregate = place.host.is_empty() && place.rank.is_empty();
            Replica::new(
                place.key(),
                aggregate,
                columns::quantities(profile, &members, grid, &mut caveats),
            )
        })
        .collect::<Vec<_>>();
    let version_hint = version_hint(profile, &replicas);
    Scope { profile, prefix, version_hint, model, replicas, caveats }
}

/// The engine's own prefix when it is there, else the first in order.
fn preferred_prefix<'a>(profile: &Profile, prefixes: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<&str> = prefixes.collect::<Vec<_>>();
    sort_few(&mut found, Ord::cmp);
    if found.contains(&profile.canonical_prefix) {
        return profile.canonical_prefix.to_owned();
    }
    found.first().map_or_else(String::new, |prefix| (*prefix).to_owned())
}

fn version_hint(profile: &Profile, replicas: &[Replica]) -> Option<&'static str> {
    let shows = |family: Family, label: Option<&str>| {
        replicas.iter().any(|replica| match (replica.quantities.get(&family), label) {
            (Some(Quantity::Info(labels)), Some(label)) => labels.contains_key(label),
            (Some(_), None) => true,
            _ => false,
        })
    };
    profile
        .version_hints
        .iter()
        .find(|hint| shows(hint.family, hint.label))
        .map(|hint| hint.release)
}

/// Whether a family's series may lack the engine rank or the model because the engine exports it
/// that way.
pub(super) fn is_info(family: Family) -> bool {
    family.shape() == Shape::Info
}
