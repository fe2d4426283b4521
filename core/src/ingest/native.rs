//! Native histograms to the classic shape: one cumulative series a bucket bound, plus `_count` and
//! `_sum`.
//!
//! Buckets with custom bounds convert exactly. Exponential buckets convert exactly as long as the
//! resolution stays: the number of observations up to a bound is the sum of the buckets that end at
//! or below it. Where a resolution was halved in between, a bound of the finer one may lie inside a
//! coarser bucket; its count is absent there, never guessed.

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::error::Error;
use crate::ingest::batch::{Labels, SampleBatch, SeriesDescription, SeriesKind};
use crate::role::ROLE_LABEL;
use crate::small::sorted::sort_few;
use crate::text::decimal::shortest;

/// Most distinct bounds of one family of native series.
///
/// Prometheus exporters keep a histogram to 160 buckets by default, and a coarser resolution shares
/// the bounds of a finer one. Beyond this the input is no histogram of latencies, and a column a
/// bound would be wasted.
pub const BOUND_LIMIT: usize = 1_000;

/// One series of native histograms.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NativeSeries {
    /// Labels, `__name__` (without `_bucket`) among them where the host keeps it.
    #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: string }"))]
    pub labels: Labels,
    /// What the series is, e.g. `queue_time`; overrides name and label `triage_role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub role: Option<String>,
    /// The query text it came from; the last resort for finding its role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub query: Option<String>,
    /// How to read the counts; absent: from the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub kind: Option<SeriesKind>,
    /// Window of an increment, rate or increase in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub window_ms: Option<i64>,
    /// Unix milliseconds of the histograms.
    pub times: Vec<f64>,
    /// One histogram a time; what has no time beside it is left out.
    pub histograms: Vec<NativeHistogram>,
}

/// One native histogram: cumulative since the start for a counter, growth for increments and rates.
///
/// Read from numbers or from text of numbers, because JSON has no infinity.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NativeHistogram {
    /// Number of observations; absent: the sum of the buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub count: Option<f64>,
    /// Sum of the observations; absent where the source does not give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub sum: Option<f64>,
    /// Non-empty buckets as `[boundary rule, lower bound, upper bound, count]`, the rule as in
    /// Prometheus's HTTP API. Bounds are taken as they are, an infinite upper bound as `+Inf`.
    pub buckets: Vec<(f64, f64, f64, f64)>,
}

/// Native series of a batch as classic ones. Series of one name, role and query get the same
/// bounds, so that replicas with different non-empty buckets add up without loss.
///
/// More than `limit` samples in the classic shape are refused before they are made.
pub fn to_classic(native: &[NativeSeries], limit: usize) -> Result<SampleBatch, Error> {
    let mut batch = SampleBatch::default();
    let mut families: Vec<(Family<'_>, Vec<&NativeSeries>)> = Vec::new();
    for series in
        native.iter().filter(|series| !series.times.is_empty() && !series.histograms.is_empty())
    {
        let family = Family::of(series);
        match families.iter_mut().find(|(known, _)| *known == family) {
            Some((_, members)) => members.push(series),
            None => families.push((family, vec![series])),
        }
    }
    for (_, members) in families {
        let bounds = bounds_of(&members);
        for series in members {
            let samples = series.times.len().saturating_mul(bounds.len() + 3);
            if batch.values.len().saturating_add(samples) > limit {
                return Err(Error::too_large(format!(
                    "the native histograms hold more than {limit} buckets over time; shorten the range, widen the \
                     step, or sum over replicas"
                )));
            }
            expand(series, &bounds, &mut batch);
        }
    }
    Ok(batch)
}

#[derive(PartialEq)]
struct Family<'a> {
    name: Option<&'a String>,
    role: Option<&'a String>,
    query: Option<&'a String>,
}

impl<'a> Family<'a> {
    fn of(series: &'a NativeSeries) -> Self {
        Self {
            name: series.labels.get("__name__"),
            role: series.role.as_ref().or_else(|| series.labels.get(ROLE_LABEL)),
            query: series.query.as_ref(),
        }
    }
}

/// Every finite upper bound that occurs, ascending; at most [`BOUND_LIMIT`], the highest left out.
fn bounds_of(members: &[&NativeSeries]) -> Vec<f64> {
    let mut bounds: Vec<f64> = Vec::new();
    for bucket in members
        .iter()
        .flat_map(|series| &series.histograms)
        .flat_map(|histogram| &histogram.buckets)
    {
        let upper = bucket.2;
        if upper.is_finite()
            && let Err(place) = bounds.binary_search_by(|known| known.total_cmp(&upper))
        {
            bounds.insert(place, upper);
        }
    }
    bounds.truncate(BOUND_LIMIT);
    bounds
}

fn expand(series: &NativeSeries, bounds: &[f64], batch: &mut SampleBatch) {
    let length = series.times.len().min(series.histograms.len());
    let grid = batch.times.len();
    batch.times.extend_from_slice(&series.times[..length]);
    let histograms: Vec<Cumulative> =
        series.histograms[..length].iter().map(Cumulative::of).collect_vec();
    let mut push =
        |suffix: &str, bound: Option<String>, value: &dyn Fn(usize, &Cumulative) -> f64| {
            let offset = batch.values.len();
            batch.values.extend(
                histograms.iter().enumerate().map(|(index, histogram)| value(index, histogram)),
            );
            // A bound that lies inside one of this series' buckets at every time is none of its
            // bounds.
            if batch.values[offset..].iter().all(|value| value.is_nan()) {
                batch.values.truncate(offset);
                return;
            }
            batch.series.push(SeriesDescription {
                grid,
                offset,
                length,
                ..describe(series, suffix, bound)
            });
        };
    for &bound in bounds {
        push("_bucket", Some(shortest(bound)), &|_, histogram| histogram.up_to(bound));
    }
    push("_bucket", Some("+Inf".to_owned()), &|_, histogram| histogram.count);
    push("_count", None, &|_, histogram| histogram.count);
    push("_sum", None, &|index, _| series.histograms[index].sum.unwrap_or(f64::NAN));
}

/// The description of one classic series, its name, role and query made to say which part it is.
fn describe(series: &NativeSeries, suffix: &str, bound: Option<String>) -> SeriesDescription {
    let mut labels = series.labels.clone();
    if let Some(name) = labels.get_mut("__name__") {
        name.push_str(suffix);
    }
    if let Some(role) = labels.get_mut(ROLE_LABEL) {
        *role = role_of_part(role, suffix);
    }
    if let Some(bound) = bound {
        labels.insert("le".to_owned(), bound);
    }
    SeriesDescription {
        labels,
        role: series.role.as_deref().map(|role| role_of_part(role, suffix)),
        query: series.query.as_deref().map(|query| query_of_part(query, suffix)),
        kind: series.kind,
        window_ms: series.window_ms,
        ..SeriesDescription::default()
    }
}

/// `queue_time/increment/60000` → `queue_time_bucket/increment/60000`.
fn role_of_part(role: &str, suffix: &str) -> String {
    let (name, rest) = role.split_once('/').map_or((role, None), |(name, rest)| (name, Some(rest)));
    let name = name.strip_suffix("_bucket").unwrap_or(name);
    match rest {
        Some(rest) => format!("{name}{suffix}/{rest}"),
        None => format!("{name}{suffix}"),
    }
}

/// Every word of the query with the suffix: only one that names a metric then names its part.
fn query_of_part(query: &str, suffix: &str) -> String {
    let is_word =
        |character: char| character.is_ascii_alphanumeric() || character == '_' || character == ':';
    let mut text = String::with_capacity(query.len() + 64);
    let mut in_word = false;
    for character in query.chars() {
        if in_word && !is_word(character) {
            text.push_str(suffix);
        }
        in_word = is_word(character);
        text.push(character);
    }
    if in_word {
        text.push_str(suffix);
    }
    text
}

/// Buckets in the order of their upper bounds, with running counts.
struct Cumulative {
    /// (lower bound, upper bound, observations up to the upper bound).
    buckets: Vec<(f64, f64, f64)>,
    count: f64,
}

impl Cumulative {
    fn of(histogram: &NativeHistogram) -> Self {
        let mut buckets: Vec<(f64, f64, f64)> = histogram
            .buckets
            .iter()
            .map(|&(_, lower, upper, count)| (lower, upper, count))
            .collect_vec();
        sort_few(&mut buckets, |left, right| {
            left.1.total_cmp(&right.1).then(left.0.total_cmp(&right.0))
        });
        let mut running = 0.0;
        for bucket in &mut buckets {
            running += bucket.2;
            bucket.2 = running;
        }
        Self { buckets, count: histogram.count.unwrap_or(running) }
    }

    /// Observations at or below the bound; NaN where it lies inside a bucket.
    fn up_to(&self, bound: f64) -> f64 {
        let ended = self.buckets.partition_point(|bucket| bucket.1 <= bound);
        if self.buckets.get(ended).is_some_and(|next| next.0 < bound) {
            return f64::NAN;
        }
        ended.checked_sub(1).map_or(0.0, |last| self.buckets[last].2)
    }
}

#[cfg(test)]
mod tests;
