//! `fraction`: the share of observations at or below a threshold, as the interval that must hold
//! it.

use inference_triage_core::histogram::Basis;
use serde::{Serialize, Serializer};

use crate::Outcome;
use crate::arguments::FractionArguments;
use crate::buckets::Observed;
use crate::exit::{self, Status};
use crate::input;

/// Everything that is said about one share. Shares are from 0 to 1.
#[derive(Debug, Serialize)]
struct FractionReport {
    /// The threshold, in the unit of the bounds; an infinite one as Prometheus writes it.
    #[serde(serialize_with = "bound")]
    le: f64,
    /// What PromQL's `histogram_fraction` prints; absent where that is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<f64>,
    /// Least and greatest share of the observations that were counted.
    lo: f64,
    hi: f64,
    /// The buckets alone fix the share.
    exact: bool,
    basis: Basis,
    /// The finite bound nearest to the threshold, and the exact share up to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest_bound: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest_share: Option<f64>,
    /// 95 % interval for the service behind the observations; absent where their number is not
    /// known, which rates do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_lo: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_hi: Option<f64>,
}

/// JSON has no infinity.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn bound<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    match *value {
        f64::INFINITY => serializer.serialize_str("+Inf"),
        f64::NEG_INFINITY => serializer.serialize_str("-Inf"),
        finite => serializer.serialize_f64(finite),
    }
}

pub(crate) fn run(arguments: &FractionArguments) -> Outcome {
    let observed = Observed::read(&arguments.buckets)?;
    let Some(share) = observed.histogram.fraction(arguments.le) else {
        exit::say(&format!(
            "{} counts no observation, so no share of them lies anywhere; measure a window with requests in it",
            input::name_of(&arguments.buckets)
        ));
        return Ok(Status::CannotTell);
    };
    // Whole counts are counts of observations; others can be per second.
    let is_counted = share.basis == Basis::Exact;
    let attainment = observed.histogram.attainment(arguments.le, None).filter(|_| is_counted);
    let report = FractionReport {
        le: arguments.le,
        point: Some(observed.promql_fraction(arguments.le)).filter(|point| point.is_finite()),
        lo: share.lo,
        hi: share.hi,
        exact: share.exact,
        basis: share.basis,
        nearest_bound: share.nearest_bound.map(|(bound, _)| bound),
        nearest_share: share.nearest_bound.map(|(_, share)| share),
        sample_lo: attainment.map(|attainment| attainment.sample_lo),
        sample_hi: attainment.map(|attainment| attainment.sample_hi),
    };
    exit::answer_json(&report, "fraction")?;
    Ok(Status::Healthy)
}
