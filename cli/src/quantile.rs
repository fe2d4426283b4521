//! `quantile`: one quantile of a histogram, as the interval that must hold it.

use inference_triage_core::histogram::estimate_quantile;
use inference_triage_core::report::QuantileReport;

use crate::Outcome;
use crate::arguments::QuantileArguments;
use crate::buckets::Observed;
use crate::exit::{self, Status};
use crate::input;

pub(crate) fn run(arguments: &QuantileArguments) -> Outcome {
    let observed = Observed::read(&arguments.buckets)?;
    let Some(mut estimate) = estimate_quantile(&observed.histogram, arguments.q, None) else {
        exit::say(&format!(
            "{} counts no observation, so it has no quantile; measure a window with requests in it",
            input::name_of(&arguments.buckets)
        ));
        return Ok(Status::CannotTell);
    };
    // Native buckets are interpolated in their own way.
    estimate.point = Some(observed.promql_quantile(arguments.q)).filter(|point| point.is_finite());
    exit::answer_json(&QuantileReport::from(estimate), "quantile")?;
    Ok(Status::Healthy)
}
