//! The mathematics of histograms: what they prove, what PromQL prints, and how far the two differ.
//!
//! It knows nothing of serving engines, so it serves for any histogram of a quantity that is not
//! negative:
//!
//! ```
//! use inference_triage_core::caveat::Caveats;
//! use inference_triage_core::histogram::{Basis, Histogram, Sum};
//!
//! // 132 requests waited 1 ms on average; the smallest bound is 0.3 s.
//! let buckets = [(0.3, 132.0), (0.5, 132.0), (f64::INFINITY, 132.0)];
//! let sum = Some(Sum { value: 0.132, magnitude: 0.132 });
//! let mut caveats = Caveats::new();
//! let wait = Histogram::from_cumulative(&buckets, sum, Basis::Exact, &mut caveats).unwrap();
//!
//! // PromQL prints 285 ms for the 95th percentile, because it knows the bucket only. The sum rules
//! // that out.
//! assert!((wait.point(0.95) - 0.285).abs() < 1e-12);
//! assert!(wait.quantile_bounds(0.95).unwrap().hi.unwrap() < 0.019);
//! // At least 95 % waited no longer than 20 ms.
//! assert!(wait.fraction(0.02).unwrap().lo > 0.95);
//! ```
//!
//! Replicas add up, whatever their bounds:
//!
//! ```
//! # use inference_triage_core::catalogue::caveats::CaveatId;
//! # use inference_triage_core::caveat::Caveats;
//! # use inference_triage_core::histogram::{Basis, Histogram};
//! # let mut caveats = Caveats::new();
//! let old = [(1.0, 40.0), (4.0, 100.0), (f64::INFINITY, 100.0)];
//! let new = [(2.0, 90.0), (4.0, 100.0), (f64::INFINITY, 100.0)];
//! let [old, new] = [old, new].map(|buckets| {
//!     Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut caveats).unwrap()
//! });
//! let both = Histogram::merge(&[&old, &new], &mut caveats).unwrap();
//! assert_eq!(both.count(), 200.0);
//! // Only 4 is a bound of both; the median is enclosed by the buckets of each.
//! assert_eq!(both.quantile_bounds(0.5).unwrap().hi, Some(2.0));
//! assert!(caveats.has(CaveatId::MixedBuckets));
//! ```
//!
//! Native histograms come in through [`NativeHistogram`], counters through [`crate::growth`]. The
//! proofs are in `docs/mathematics.md` of the repository.
//!
//! One subject per file. Bucket k holds `n_k` observations in the interval (`l_k`, `u_k`]; `N` is
//! their number, `C_k` the number at or below `u_k`, and `S` the sum of the observations. A
//! quantile q of a window means the observation of rank r = ⌈qN⌉ among its N observations in
//! ascending order, at least the first.
//!
//! ```text
//!          n_0        n_1             n_2                  n_3
//!     ├──────────┼──────────┼────────────────────┼──────────────────── …
//!    l_0     u_0 = l_1  u_1 = l_2            u_2 = l_3              u_3 = +Inf
//! ```
//!
//! # Three answers to one question
//!
//! 1. [`Histogram::point`]: the number `histogram_quantile` of Prometheus 3.14 prints, bit for bit.
//!    An interpolation.
//! 2. [`Histogram::quantile_bounds`]: an interval that holds the quantile of the observations that
//!    were counted.
//! 3. [`Histogram::sampling_interval`]: an interval for the service behind them, as if they were a
//!    random sample of it.
//!
//! Shares have the same three: [`prometheus_fraction`], [`Histogram::fraction`] and
//! [`Histogram::attainment`]. Two windows are compared by [`Histogram::compare`].
//!
//! # Bounds from buckets and sum together
//!
//! The observation Q of rank r lies in bucket k, the first with `C_k` ≥ r. The sum narrows that
//! down. `C_k` − r + 1 = m observations of bucket k have rank r or more; each is at least Q. Every
//! other observation is at least the lower end of its own bucket. Replacing all N observations by
//! these smaller values cannot increase the sum:
//!
//! ```text
//!     S ≥ m·Q + (Σ n_j·l_j − m·l_k)        hence   Q ≤ l_k + (S − Σ n_j·l_j) / m
//! ```
//!
//! From the other side, m′ = r − `C_{k−1}` observations of bucket k have rank r or less; each is at
//! most Q, and every other observation is at most the upper end of its own bucket. Unless the open
//! last bucket holds observations, whose upper end is no number:
//!
//! ```text
//!     S ≤ m′·Q + (Σ n_j·u_j − m′·u_k)      hence   Q ≥ u_k − (Σ n_j·u_j − S) / m′
//! ```
//!
//! Both are widened by 4ε·Σ|terms| for the arithmetic done here and by N units in the last place of
//! the absolute counter for the additions done by the server, then rounded outward. They are used
//! only if Σ n·l ≤ S ≤ Σ n·u holds within that allowance: a scrape torn between buckets and sum,
//! negative observations or mixed populations break it.
//!
//! A share of observations follows the same way: if b observations of bucket k exceed t, then S ≥ Σ
//! n·l + b·(t − `l_k`); if a of them do not, then S ≤ Σ n·u − a·(`u_k` − t).
//!
//! # Assumptions
//!
//! Observations are finite and not negative, so no bucket starts below 0. A filled bucket with a
//! negative bound refutes that: then every bucket starts at the bound before it, and the first one
//! has no lower end, which [`UNBOUNDED_BELOW`] stands for. Counts are whole numbers and belong,
//! with the sum, to one consistent snapshot; anything else is marked
//! [`Basis::Estimated`], where counts are masses, m = `C_k` − qN,
//! and every rank is widened by one part in 10⁹ of N.
//!
//! Every function is total: no input makes it panic. No result holds NaN or an infinity, except
//! `point`, which repeats what PromQL prints, and the last upper bound, which is +Inf by
//! definition.

pub(crate) mod arithmetic;
mod artefact;
mod attainment;
mod basis;
mod bounds;
mod classic;
mod comparison;
mod enclosure;
mod estimate;
mod fraction;
#[cfg(test)]
mod incident;
mod merge;
mod native;
mod point;
mod prometheus_fraction;
mod rank;
mod repair;
mod rows;
mod sampling;
mod slack;
mod tail;

pub(crate) use arithmetic::CompensatedSum;
pub use artefact::Artefact;
pub use attainment::{
    JointShare, TargetAttainment, compatible_shares, joint_interval, joint_share,
};
pub use basis::Basis;
pub use bounds::{QuantileBounds, UNBOUNDED_BELOW};
pub use classic::{Histogram, Sum};
pub use comparison::{Comparison, TailGrowth};
pub use estimate::{QuantileEstimate, estimate_quantile};
pub use fraction::FractionBounds;
pub use native::{NativeBucket, NativeHistogram, Spacing};
pub use point::{PrometheusBuckets, prometheus_quantile};
pub use prometheus_fraction::prometheus_fraction;
pub use rank::quantile_rank;
pub(crate) use rows::Rows;
pub use sampling::SamplingInterval;
pub use tail::TailEstimate;
