//! Native histograms: what PromQL prints for them, and the classic shape in which they are bounded.

use super::classic::{Histogram, Sum};
use crate::catalogue::caveats::CaveatId;
use crate::caveat::Caveats;
use crate::error::Error;
use crate::histogram::Basis;
use crate::small::sorted::sort;

/// How the buckets of a native histogram are spaced, which decides how PromQL interpolates in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// Each bound is a power of 2^(2^−n) for a schema n from −4 to 8: interpolated on a logarithmic
    /// scale.
    Exponential,
    /// Custom bounds, schema −53: interpolated linearly, as classic buckets are.
    Custom,
}

/// A bucket of a native histogram as Prometheus's HTTP interface gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NativeBucket {
    /// Lower bound, in the unit of the observations; −Inf for a first custom bucket.
    pub lower: f64,
    /// Upper bound; +Inf for a last custom bucket.
    pub upper: f64,
    /// Number of observations, not cumulative.
    pub count: f64,
    /// The bucket holds observations equal to its lower bound.
    pub lower_included: bool,
    /// The bucket holds observations equal to its upper bound.
    pub upper_included: bool,
}

/// One native histogram: filled buckets in ascending order, the number of observations and their
/// sum.
#[derive(Debug, Clone, PartialEq)]
pub struct NativeHistogram {
    buckets: Vec<NativeBucket>,
    spacing: Spacing,
    count: f64,
    sum: Option<f64>,
}

impl NativeHistogram {
    /// From `[rule, lower, upper, count]` as in Prometheus's HTTP interface, in any order, with the
    /// number and the sum of the observations. The rules are 0 = (lower, upper], 1 = [lower,
    /// upper), 2 = open and 3 = closed on both sides.
    ///
    /// - No count: that of the buckets together.
    /// - A sum of NaN: some observations were NaN and are in no bucket.
    /// - Another rule, a bound that is NaN or below the one before it, a count that is negative or
    ///   not finite, buckets that overlap: an error that names the bucket.
    /// - Empty buckets: left out, as Prometheus does not send them.
    ///
    /// The schema is not sent. Buckets are exponential if every one that does not touch 0 spans one
    /// step of the same schema; custom buckets whose bounds happen to be powers of two cannot be
    /// told apart from that. Where the spacing is known, say so with [`Self::with_spacing`].
    pub fn new(
        buckets: &[(f64, f64, f64, f64)],
        count: Option<f64>,
        sum: Option<f64>,
    ) -> Result<Self, Error> {
        let mut native =
            buckets.iter().map(|bucket| read_bucket(*bucket)).collect::<Result<Vec<_>, _>>()?;
        native.retain(|bucket| bucket.count > 0.0);
        sort(&mut native, |a, b| a.lower.total_cmp(&b.lower).then(a.upper.total_cmp(&b.upper)));
        if let Some(pair) = native.windows(2).find(|pair| pair[1].lower < pair[0].upper) {
            return Err(Error::bad_data(format!(
                "the buckets up to {} and from {} overlap; give each observation to one bucket",
                pair[0].upper, pair[1].lower
            )));
        }
        let spacing = infer_spacing(&native);
        let count = count.unwrap_or_else(|| native.iter().map(|bucket| bucket.count).sum());
        if !count.is_finite() || count < 0.0 {
            return Err(Error::bad_data(format!(
                "the count {count} is not a number of observations; it is at least 0"
            )));
        }
        Ok(Self { buckets: native, spacing, count, sum })
    }

    /// The same buckets with a spacing that is known.
    pub fn with_spacing(self, spacing: Spacing) -> Self {
        Self { spacing, ..self }
    }

    /// How the buckets are spaced.
    pub fn spacing(&self) -> Spacing {
        self.spacing
    }

    /// The filled buckets in ascending order.
    pub fn buckets(&self) -> &[NativeBucket] {
        &self.buckets
    }

    /// Number of observations, those that are NaN among them.
    pub fn count(&self) -> f64 {
        self.count
    }

    /// Observations that are NaN and in no bucket; 0 unless the sum is NaN.
    pub fn nan_observations(&self) -> f64 {
        let in_buckets: f64 = self.buckets.iter().map(|bucket| bucket.count).sum();
        if self.sum_is_nan() { (self.count - in_buckets).max(0.0) } else { 0.0 }
    }

    /// What `histogram_quantile` of Prometheus 3.14 prints, in the unit of the bounds. Source:
    /// `HistogramQuantile` of Prometheus.
    ///
    /// It assumes that the observations of an exponential bucket are spread evenly over its
    /// logarithm, and those of a custom bucket or of the zero bucket over the bucket itself.
    ///
    /// - q is below 0: −Inf. q is above 1: +Inf. q is NaN, or no observations: NaN.
    /// - In the zero bucket: interpolated from 0 with only positive buckets beside it, up to 0 with
    ///   only negative ones.
    /// - In a first custom bucket: from 0, or its upper bound if that is not positive.
    /// - In a last custom bucket: its lower bound.
    /// - NaN observations: counted above all others. A quantile among them is NaN.
    pub fn prometheus_quantile(&self, q: f64) -> f64 {
        if q < 0.0 {
            return f64::NEG_INFINITY;
        }
        if q > 1.0 {
            return f64::INFINITY;
        }
        if self.count == 0.0 || q.is_nan() {
            return f64::NAN;
        }
        let upwards = self.sum_is_nan() || q < 0.5;
        let rank = if upwards { q * self.count } else { (1.0 - q) * self.count };
        let Some((mut bucket, count)) = self.walk(upwards, rank) else {
            return if self.sum_is_nan() || rank <= 0.0 { f64::NAN } else { 0.0 };
        };
        self.end_at_zero(&mut bucket);
        if self.spacing == Spacing::Custom {
            if bucket.lower == f64::NEG_INFINITY {
                if bucket.upper <= 0.0 {
                    return bucket.upper;
                }
                bucket.lower = 0.0;
            } else if bucket.upper == f64::INFINITY {
                return bucket.lower;
            }
        }
        let count = count.min(self.count);
        if count < rank {
            return if self.sum_is_nan() { f64::NAN } else { bucket.upper };
        }
        let inside = if upwards { rank - (count - bucket.count) } else { count - rank };
        self.interpolate(&bucket, inside / bucket.count)
    }

    /// The bucket in which a rank lies, from below or from above, and the observations up to its
    /// far end.
    fn walk(&self, upwards: bool, rank: f64) -> Option<(NativeBucket, f64)> {
        let mut count = 0.0;
        let mut last = None;
        for index in 0..self.buckets.len() {
            let bucket = self.buckets[if upwards { index } else { self.buckets.len() - 1 - index }];
            count += bucket.count;
            last = Some((bucket, count));
            if count >= rank {
                break;
            }
        }
        last
    }

    /// A zero bucket ends at 0 on the side where the histogram has no buckets.
    fn end_at_zero(&self, bucket: &mut NativeBucket) {
        if self.spacing == Spacing::Custom || !(bucket.lower < 0.0 && bucket.upper > 0.0) {
            return;
        }
        let negative = self.buckets.iter().any(|bucket| bucket.upper <= 0.0);
        let positive = self.buckets.iter().any(|bucket| bucket.lower >= 0.0);
        if positive && !negative {
            bucket.lower = 0.0;
        } else if negative && !positive {
            bucket.upper = 0.0;
        }
    }

    /// The order of operations is that of Prometheus.
    fn interpolate(&self, bucket: &NativeBucket, fraction: f64) -> f64 {
        let NativeBucket { lower, upper, .. } = *bucket;
        if self.spacing == Spacing::Custom || (lower <= 0.0 && upper >= 0.0) {
            return lower + (upper - lower) * fraction;
        }
        let (log_lower, log_upper) = (libm::log2(lower.abs()), libm::log2(upper.abs()));
        if lower > 0.0 {
            libm::exp2(log_lower + (log_upper - log_lower) * fraction)
        } else {
            -libm::exp2(log_upper + (log_lower - log_upper) * (1.0 - fraction))
        }
    }

    /// What `histogram_fraction(lower, upper, …)` of Prometheus 3.14 prints: the share of
    /// observations between two limits. Source: `HistogramFraction` of Prometheus. It assumes what
    /// [`Self::prometheus_quantile`] assumes.
    ///
    /// - No observations, or a limit that is NaN: NaN. The lower limit not below the upper one: 0.
    /// - A limit in a custom bucket that touches 0: that bucket starts at 0, whatever its lower
    ///   bound.
    /// - A limit in a first custom bucket below 0: all of that bucket counts.
    /// - A limit in a last custom bucket: none of it counts.
    /// - NaN observations: in no share, so that (−Inf, +Inf) may be less than 1.
    pub fn prometheus_fraction(&self, lower: f64, upper: f64) -> f64 {
        if self.count == 0.0 || lower.is_nan() || upper.is_nan() {
            return f64::NAN;
        }
        if lower >= upper {
            return 0.0;
        }
        let total = if self.sum_is_nan() {
            self.buckets.iter().map(|bucket| bucket.count).sum()
        } else {
            self.count
        };
        (self.rank_of(upper, total) - self.rank_of(lower, total)) / self.count
    }

    /// Observations at or below a limit, interpolated.
    fn rank_of(&self, limit: f64, total: f64) -> f64 {
        let mut rank = 0.0_f64;
        for bucket in &self.buckets {
            let mut bucket = *bucket;
            let zero_bucket = bucket.lower <= 0.0 && bucket.upper >= 0.0;
            self.end_at_zero(&mut bucket);
            if zero_bucket && self.spacing == Spacing::Custom {
                bucket.lower = 0.0;
            }
            if bucket.lower >= limit {
                return rank.min(total);
            }
            if bucket.upper > limit {
                return (rank + bucket.count * self.share_below(&bucket, limit, zero_bucket))
                    .min(total);
            }
            rank += bucket.count;
        }
        total
    }

    /// The share of a bucket below a limit inside it.
    fn share_below(&self, bucket: &NativeBucket, limit: f64, zero_bucket: bool) -> f64 {
        let NativeBucket { lower, upper, .. } = *bucket;
        if lower == f64::NEG_INFINITY {
            return 1.0;
        }
        if self.spacing == Spacing::Custom || zero_bucket {
            return (limit - lower) / (upper - lower);
        }
        let [lower, upper, limit_log] = [lower, upper, limit].map(|value| libm::log2(value.abs()));
        if limit > 0.0 {
            (limit_log - lower) / (upper - lower)
        } else {
            1.0 - (limit_log - upper) / (lower - upper)
        }
    }

    /// The same observations as cumulative buckets, from which [`Histogram`] bounds quantiles and
    /// shares without any interpolation. `magnitude` as in [`Sum`]; `None`: that of the sum itself.
    ///
    /// Every bound becomes the greatest float that its bucket holds, so that closed and open ends
    /// lose nothing.
    ///
    /// - Whole counts: the basis is exact. Others: estimated.
    /// - NaN observations: left out with the sum; caveat `nan-observations`.
    /// - No buckets: `None`.
    pub fn to_histogram(&self, magnitude: Option<f64>, caveats: &mut Caveats) -> Option<Histogram> {
        let mut cumulative: Vec<(f64, f64)> = Vec::with_capacity(2 * self.buckets.len() + 1);
        let mut running = 0.0;
        for bucket in &self.buckets {
            let below = if bucket.lower_included { bucket.lower.next_down() } else { bucket.lower };
            if cumulative.last().is_none_or(|(bound, _)| *bound < below) && below.is_finite() {
                cumulative.push((below, running));
            }
            running += bucket.count;
            let held = if bucket.upper_included { bucket.upper } else { bucket.upper.next_down() };
            if bucket.upper.is_finite() {
                cumulative.push((held, running));
            }
        }
        let nan = self.nan_observations();
        if nan > 0.0 {
            caveats.add(CaveatId::NanObservations, || {
                "some observations were not a number; they are left out and the sum is unusable"
                    .to_owned()
            });
        }
        cumulative.push((
            f64::INFINITY,
            if self.sum_is_nan() { running } else { running.max(self.count) },
        ));
        let whole = cumulative.iter().all(|(_, count)| count.fract() == 0.0);
        let basis = if whole { Basis::Exact } else { Basis::Estimated };
        let sum = self.sum.filter(|sum| !sum.is_nan());
        let sum = sum.map(|value| Sum { value, magnitude: magnitude.unwrap_or(value) });
        Histogram::from_cumulative(&cumulative, sum, basis, caveats)
    }

    fn sum_is_nan(&self) -> bool {
        self.sum.is_some_and(f64::is_nan)
    }
}

fn read_bucket((rule, lower, upper, count): (f64, f64, f64, f64)) -> Result<NativeBucket, Error> {
    let (lower_included, upper_included) = match rule {
        0.0 => (false, true),
        1.0 => (true, false),
        2.0 => (false, false),
        3.0 => (true, true),
        _ => {
            return Err(Error::bad_data(format!(
                "the boundary rule {rule} of the bucket from {lower} to {upper} is unknown; it is 0, 1, 2 or 3"
            )));
        }
    };
    if lower.partial_cmp(&upper).is_none_or(std::cmp::Ordering::is_gt) {
        return Err(Error::bad_data(format!(
            "the bucket from {lower} to {upper} does not ascend; write [rule, lower, upper, count]"
        )));
    }
    if !(count.is_finite() && count >= 0.0) {
        return Err(Error::bad_data(format!(
            "the count {count} of the bucket from {lower} to {upper} is not a number of observations; it is at least 0"
        )));
    }
    Ok(NativeBucket { lower, upper, count, lower_included, upper_included })
}

/// Exponential if every bucket that does not touch 0 spans exactly one step of one schema.
fn infer_spacing(buckets: &[NativeBucket]) -> Spacing {
    /// Bounds are computed by the exporter; this many parts of one step are rounding.
    const ROUNDING: f64 = 1e-6;
    let mut schema = None;
    for bucket in buckets {
        if bucket.lower.is_infinite() || bucket.upper.is_infinite() {
            return Spacing::Custom;
        }
        if bucket.lower <= 0.0 && bucket.upper >= 0.0 {
            if (bucket.lower + bucket.upper).abs() > 0.0 {
                return Spacing::Custom;
            }
            continue;
        }
        let (near, far) = (
            bucket.lower.abs().min(bucket.upper.abs()),
            bucket.lower.abs().max(bucket.upper.abs()),
        );
        let step = libm::log2(far) - libm::log2(near);
        let of_bucket = libm::round(-libm::log2(step));
        let grid = libm::log2(far) * libm::exp2(of_bucket);
        let on_grid = (grid - libm::round(grid)).abs() < ROUNDING * grid.abs().max(1.0);
        let whole_step =
            (step * libm::exp2(of_bucket) - 1.0).abs() < ROUNDING * grid.abs().max(1.0);
        let same = schema.is_none_or(|schema: f64| (schema - of_bucket).abs() < 0.5);
        if !((-4.0..=8.0).contains(&of_bucket) && on_grid && whole_step && same) {
            return Spacing::Custom;
        }
        schema = Some(of_bucket);
    }
    Spacing::Exponential
}

#[cfg(test)]
mod tests;
