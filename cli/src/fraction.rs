//! `fraction`: the share of observations at or below a threshold, as the interval that must hold
//! it.

use inference_triage_core::histogram::Basis;
use serde::Serialize;

use crate::Outcome;
use crate::arguments::FractionArguments;
use crate::buckets::Observed;
use crate::exit::{self, Failure, Status};
use crate::input;

/// Everything that is said about one share. Shares are from 0 to 1.
#[derive(Debug, Serialize)]
struct FractionReport {
    /// The threshold, in the unit of the bounds.
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
    /// 95 % interval for the service behind the observations.
    sample_lo: f64,
    sample_hi: f64,
}

pub(crate) fn run(arguments: &FractionArguments) -> Outcome {
    let observed = Observed::read(&arguments.buckets)?;
    let Some(attainment) = observed.histogram.attainment(arguments.le, None) else {
        exit::say(&format!(
            "{} counts no observation, so no share of them lies anywhere; measure a window with requests in it",
            input::name_of(&arguments.buckets)
        ));
        return Ok(Status::CannotTell);
    };
    let report = FractionReport {
        le: arguments.le,
        point: Some(observed.promql_fraction(arguments.le)).filter(|point| point.is_finite()),
        lo: attainment.share.lo,
        hi: attainment.share.hi,
        exact: attainment.share.exact,
        basis: attainment.share.basis,
        nearest_bound: attainment.share.nearest_bound.map(|(bound, _)| bound),
        nearest_share: attainment.share.nearest_bound.map(|(_, share)| share),
        sample_lo: attainment.sample_lo,
        sample_hi: attainment.sample_hi,
    };
    let mut json = serde_json::to_vec(&report)
        .map_err(|error| Failure::internal(format!("the fraction cannot be printed: {error}")))?;
    json.push(b'\n');
    exit::answer(&json)?;
    Ok(Status::Healthy)
}
