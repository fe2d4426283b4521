//! One series: which metric of which exporter it is, under which prefix, and how to read its
//! values. Whose series it is (replica, node, device) is no question of this file.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Shape};
use crate::caveat::Caveats;
use crate::growth::histogram::Part;
use crate::ingest::batch::SeriesKind;
use crate::role::{ROLE_LABEL, Role, RolePart};
use crate::small::list::CollectVec;
use crate::small::text::position;
use crate::source::exporter::{Exporter, ExporterKind};
use crate::source::metric::{Form, Metric};
use crate::source::registry::{EXPORTERS, exporter};
use crate::store::Series;
use crate::text::decimal;

/// What a series was found to be.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) exporter: &'static Exporter,
    /// The row of the exporter's table.
    pub(crate) metric: &'static Metric,
    /// Prefix of its name; the exporter's own when the name is lost.
    pub(crate) prefix: String,
    /// Component of a histogram; None for other shapes.
    pub(crate) part: Option<Part>,
    pub(crate) kind: SeriesKind,
    /// Window of increments and rates, milliseconds; 0 when not told.
    pub(crate) window_ms: i64,
    /// Place among the names of the same family: the lowest present one counts.
    pub(crate) preference: usize,
}

/// Everything a series can be read as: nothing for a stranger's series, several families where a
/// label splits one metric.
///
/// Tried in order: the role from the host, the role label, the metric name, the metric name inside
/// the query text.
pub(crate) fn read(
    series: &Series,
    given_prefix: Option<&str>,
    caveats: &mut Caveats,
) -> Vec<Reading> {
    let identity = &series.identity;
    let role = identity.role.as_ref().or_else(|| identity.labels.get(ROLE_LABEL));
    if let Some(role) = role {
        return read_role(series, role, caveats).into_iter().collect_vec();
    }
    if let Some(name) = identity.labels.get("__name__") {
        return read_name(series, name, given_prefix, caveats);
    }
    let Some(query) =
        identity.query.as_deref().filter(|query| position(query, "histogram_quantile").is_none())
    else {
        return Vec::new();
    };
    query
        .split(|character: char| {
            !(character.is_ascii_alphanumeric() || character == '_' || character == ':')
        })
        .map(|word| read_name(series, word, given_prefix, caveats))
        // A word without an exporter's prefix, such as "up", may be a label's value.
        .find(|readings| readings.iter().any(|reading| !reading.prefix.is_empty()))
        .unwrap_or_default()
}

fn read_role(series: &Series, role: &str, caveats: &mut Caveats) -> Option<Reading> {
    let role: Role = role.parse().ok()?;
    let family = role.family;
    let has_family = |one: &&'static Exporter| one.metrics_of(family).next().is_some();
    let exporter = exporter(&role.exporter)
        .filter(has_family)
        .or_else(|| EXPORTERS.iter().copied().find(has_family))?;
    let metric = exporter.metrics_of(family).next()?;
    // A planned histogram query ships buckets and sum together; only buckets carry a bound.
    let has_bound = series.identity.labels.contains_key("le");
    let part = match role.part {
        Some(RolePart::Bucket) => Some(part_of(series, metric, "_bucket", caveats)?),
        Some(RolePart::Count) => Some(Part::Count),
        None if family.shape() != Shape::Histogram => None,
        None if has_bound => Some(part_of(series, metric, "_bucket", caveats)?),
        Some(RolePart::Sum) | None => Some(Part::Sum),
    };
    Some(Reading {
        exporter,
        metric,
        prefix: role.prefix.as_deref().unwrap_or(exporter.canonical_prefix).to_owned(),
        part,
        kind: series.identity.kind.or(role.kind).unwrap_or_else(|| default_kind(family)),
        window_ms: series.identity.window_ms.or(role.window_ms()).unwrap_or(0),
        preference: 0,
    })
}

fn read_name(
    series: &Series,
    name: &str,
    given_prefix: Option<&str>,
    caveats: &mut Caveats,
) -> Vec<Reading> {
    for &exporter in EXPORTERS {
        let Some(prefix) = prefix_of(exporter, name, given_prefix) else {
            continue;
        };
        let labels = &series.identity.labels;
        if exporter.router_label.is_some_and(|label| labels.contains_key(label))
            && !exporter.labels.rank.is_some_and(|rank| labels.contains_key(rank))
        {
            caveats.add(CaveatId::RouterDuplicate, || {
                "a router exports copies of the engine's metrics; they were left out so that nothing counts twice"
                    .to_owned()
            });
            return Vec::new();
        }
        let rest = name.get(prefix.len()..).unwrap_or_default();
        let readings = match_metrics(exporter, prefix, rest, series, caveats);
        if !readings.is_empty() {
            return readings;
        }
    }
    Vec::new()
}

/// Reads a series by its name as one exporter's.
#[cfg(test)]
pub(crate) fn read_as(
    exporter: &'static Exporter,
    series: &Series,
    caveats: &mut Caveats,
) -> Vec<Reading> {
    let name = series.identity.labels.get("__name__").map_or("", String::as_str);
    let prefix = prefix_of(exporter, name, None).unwrap_or_default();
    match_metrics(exporter, prefix, name.get(prefix.len()..).unwrap_or_default(), series, caveats)
}

/// The part of the name before the metric, if it is a prefix of this exporter. A prefix given by
/// hand is an engine's.
fn prefix_of<'a>(exporter: &Exporter, name: &'a str, given: Option<&str>) -> Option<&'a str> {
    if exporter.kind == ExporterKind::Engine
        && let Some(given) = given.filter(|given| !given.is_empty() && name.starts_with(given))
    {
        return name.get(..given.len());
    }
    if exporter.prefix_marks.is_empty() {
        return name.get(..0);
    }
    exporter
        .prefix_marks
        .iter()
        .filter_map(|mark| name.get(..position(name, mark)? + mark.len()))
        .min_by_key(|prefix| prefix.len())
}

fn match_metrics(
    exporter: &'static Exporter,
    prefix: &str,
    rest: &str,
    series: &Series,
    caveats: &mut Caveats,
) -> Vec<Reading> {
    let mut readings = Vec::new();
    // A collector of OpenTelemetry writes dots where Prometheus has underscores.
    let underscored = rest.contains('.').then(|| rest.replace('.', "_"));
    let rest = underscored.as_deref().unwrap_or(rest);
    for (row, metric) in exporter.metrics.iter().enumerate() {
        let Some(ending) = rest.strip_prefix(metric.base) else {
            continue;
        };
        let suffixes = metric.suffixes();
        let Some(place) = suffixes.iter().position(|suffix| *suffix == ending) else {
            continue;
        };
        if !metric.accepts(&series.identity.labels) {
            continue;
        }
        let part = match metric.form {
            Form::Histogram => match part_of(series, metric, ending, caveats) {
                Some(part) => Some(part),
                None => continue,
            },
            Form::MeanSum => Some(Part::Sum),
            Form::MeanCount => Some(Part::Count),
            Form::Counter | Form::Gauge | Form::Info => None,
        };
        // The endings of a histogram are its parts, those of a counter two names for one thing; a
        // mean is made of two rows.
        let preference = match metric.form {
            Form::Counter => row * 2 + place,
            Form::MeanSum | Form::MeanCount => place,
            Form::Histogram | Form::Gauge | Form::Info => row * 2,
        };
        readings.push(Reading {
            exporter,
            metric,
            prefix: prefix.to_owned(),
            part,
            kind: series
                .identity
                .kind
                .or_else(|| kind_from_query(series))
                .unwrap_or_else(|| default_kind(metric.family)),
            window_ms: series.identity.window_ms.unwrap_or(0),
            preference,
        });
    }
    readings
}

fn part_of(series: &Series, metric: &Metric, suffix: &str, caveats: &mut Caveats) -> Option<Part> {
    match suffix {
        "_sum" => Some(Part::Sum),
        "_count" => Some(Part::Count),
        "_bucket" => {
            let bound = series
                .identity
                .labels
                .get("le")
                .and_then(|text| decimal::parse(text.trim().as_bytes()));
            let bound = bound.filter(|bound| !bound.is_nan());
            if bound.is_none() {
                caveats.add(CaveatId::BadBucketBound, || {
                    "a bucket has no readable upper bound (label le); it was left out".to_owned()
                });
            }
            bound.map(|bound| Part::Bucket(metric.unit.to_own(bound)))
        }
        _ => None,
    }
}

fn default_kind(family: Family) -> SeriesKind {
    match family.shape() {
        Shape::Histogram | Shape::Counter => SeriesKind::Counter,
        Shape::Gauge | Shape::Info => SeriesKind::Gauge,
    }
}

/// Hosts hand over the query text; a user's own `rate` or `increase` is recognised by its words.
fn kind_from_query(series: &Series) -> Option<SeriesKind> {
    let query = series.identity.query.as_deref()?;
    if position(query, "rate(").is_some() {
        Some(SeriesKind::Rate)
    } else if position(query, "increase(").is_some() {
        Some(SeriesKind::Increase)
    } else if position(query, " offset ").is_some() {
        Some(SeriesKind::Increment)
    } else {
        None
    }
}
