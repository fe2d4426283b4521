//! `quantile`: one quantile of a histogram, as the interval that must hold it.

use inference_triage_core::histogram::quantile_report;

use crate::Outcome;
use crate::arguments::QuantileArguments;
use crate::buckets::Observed;
use crate::exit::{self, Failure, Status};
use crate::input;

pub(crate) fn run(arguments: &QuantileArguments) -> Outcome {
    let observed = Observed::read(&arguments.buckets)?;
    let Some(mut report) = quantile_report(&observed.histogram, arguments.q, None) else {
        exit::say(&format!(
            "{} counts no observation, so it has no quantile; measure a window with requests in it",
            input::name_of(&arguments.buckets)
        ));
        return Ok(Status::CannotTell);
    };
    // Native buckets are interpolated in their own way.
    report.point = Some(observed.promql_quantile(arguments.q)).filter(|point| point.is_finite());
    report.outside_bounds = report
        .point
        .is_some_and(|point| point < report.lo || report.hi.is_some_and(|hi| point > hi));
    let mut json = serde_json::to_vec(&report)
        .map_err(|error| Failure::internal(format!("the quantile cannot be printed: {error}")))?;
    json.push(b'\n');
    exit::answer(&json)?;
    Ok(Status::Healthy)
}
