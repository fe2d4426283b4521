//! One series: which metric of which engine it is, under which prefix, and how to read its values.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Shape};
use crate::caveat::Caveats;
use crate::growth::histogram::Part;
use crate::ingest::batch::SeriesKind;
use crate::role::{ROLE_LABEL, Role, RolePart};
use crate::small::text::position;
use crate::source::exporter::{Metric, Profile};
use crate::source::registry::{PROFILES, profile};
use crate::store::Series;
use crate::text::decimal;

/// What a series was found to be.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) profile: &'static Profile,
    /// Prefix of its name; the engine's own when the name is lost.
    pub(crate) prefix: String,
    pub(crate) family: Family,
    /// Component of a histogram; None for other shapes.
    pub(crate) part: Option<Part>,
    pub(crate) kind: SeriesKind,
    /// Window of increments and rates, milliseconds; 0 when not told.
    pub(crate) window_ms: i64,
    /// Place among the metrics of the same family: the lowest present one counts.
    pub(crate) preference: usize,
}
/// Everything a series can be read as: nothing for a stranger's series, two families where a label
/// splits one metric.
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
        return read_role(series, role, caveats).into_iter().collect::<Vec<_>>();
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
        .find(|readings| !readings.is_empty())
        .unwrap_or_default()
}

fn read_role(series: &Series, role: &str, caveats: &mut Caveats) -> Option<Reading> {
    let role: Role = role.parse().ok()?;
    let family = role.family;
    let engine = profile(&role.exporter).unwrap_or(PROFILES[0]);
    // A planned histogram query ships buckets and sum together; only buckets carry a bound.
    let has_bound = series.identity.labels.contains_key("le");
    let part = match role.part {
        Some(RolePart::Bucket) => Some(part_of(series, "bucket", caveats)?),
        Some(RolePart::Count) => Some(Part::Count),
        None if family.shape() != Shape::Histogram => None,
        None if has_bound => Some(part_of(series, "bucket", caveats)?),
        Some(RolePart::Sum) | None => Some(Part::Sum),
    };
    Some(Reading {
        profile: engine,
        prefix: role.prefix.as_deref().unwrap_or(engine.canonical_prefix).to_owned(),
        family,
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
    for engine in PROFILES {
        let Some(prefix) = prefix_of(engine, name, given_prefix) else {
            continue;
        };
        let labels = &series.identity.labels;
        if engine.router_label.is_some_and(|label| labels.contains_key(label))
            && !labels.contains_key("engine")
        {
            caveats.add(CaveatId::RouterDuplicate, || {
                "a router exports copies of the engine's metrics; they were left out so that nothing counts twice"
                    .to_owned()
            });
            return Vec::new();
        }
        let readings = match_metrics(
            engine,
            engine.metrics,
            prefix,
            name.get(prefix.len()..).unwrap_or_default(),
            series,
            caveats,
        );
        if !readings.is_empty() {
            return readings;
        }
    }
    Vec::new()
}

/// The part of the name before the metric, if it is a prefix of this engine.
fn prefix_of<'a>(engine: &Profile, name: &'a str, given: Option<&str>) -> Option<&'a str> {
    if let Some(given) = given.filter(|given| !given.is_empty() && name.starts_with(given)) {
        return name.get(..given.len());
    }
    engine
        .prefix_marks
        .iter()
        .filter_map(|mark| name.get(..position(name, mark)? + mark.len()))
        .min_by_key(|prefix| prefix.len())
}

fn match_metrics(
    engine: &'static Profile,
    metrics: &'static [Metric],
    prefix: &str,
    rest: &str,
    series: &Series,
    caveats: &mut Caveats,
) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (preference, metric) in metrics.iter().enumerate() {
        let Some(suffix) = rest.strip_prefix(metric.base) else {
            continue;
        };
        let part = match (metric.family.shape(), suffix) {
            (Shape::Counter, "_total") | (Shape::Gauge | Shape::Info, "") => None,
            (Shape::Histogram, "_bucket" | "_sum" | "_count") => {
                match part_of(series, suffix.get(1..).unwrap_or_default(), caveats) {
                    Some(part) => Some(part),
                    None => continue,
                }
            }
            _ => continue,
        };
        if let Some((label, value)) = metric.label
            && series.identity.labels.get(label).map(String::as_str) != Some(value)
        {
            continue;
        }
        readings.push(Reading {
            profile: engine,
            prefix: prefix.to_owned(),
            family: metric.family,
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

fn part_of(series: &Series, suffix: &str, caveats: &mut Caveats) -> Option<Part> {
    match suffix {
        "sum" => Some(Part::Sum),
        "count" => Some(Part::Count),
        "bucket" => {
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
            bound.map(Part::Bucket)
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
