//! Whether callers leave, or are lost, more often than before.
//!
//! The verdict excuses a service that was slow before it lost anybody. A deployment is asked for
//! what it changed: with the same work, more requests that begin and do not end are its own.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::comparison::Outcome;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::text::number::{number, percent};

use super::deploy::Windows;
use super::judgement::Check;
use super::work::Work;

/// Share of the requests by which those that are lost may become more. Readers come and go; lower,
/// their moods fail a deployment, higher, every tenth request is lost unseen.
const MORE: f64 = 0.05;

/// Standard errors of the difference of two shares that are no chance: one in two thousand.
const CHANCE: f64 = 3.3;

/// None where first tokens or finishes were not measured in both windows.
pub(super) fn check(windows: &Windows, work: &Work) -> Option<Check> {
    let (lost_before, begun_before) = lost_of(&windows.earlier)?;
    let (lost, begun) = lost_of(&windows.later)?;
    let (was, is) = (lost_before / begun_before, lost / begun);
    let all = (lost_before + lost) / (begun_before + begun);
    let error = (all * (1.0 - all) * (1.0 / begun_before + 1.0 / begun)).max(0.0).sqrt();
    let is_more = is - was > MORE.max(CHANCE * error);
    let message = format!(
        "{} of {} were lost before, {} of {} after",
        percent(was),
        number(begun_before.round()),
        percent(is),
        number(begun.round())
    );
    let check = |outcome| Check::new("lost requests", outcome, message);
    Some(match (is_more, work.is_measured && !work.has_grown()) {
        (false, _) => check(Outcome::Pass),
        (true, true) => check(Outcome::Fail),
        // More or longer requests wait longer, and callers leave for that.
        (true, false) => check(Outcome::Inconclusive).needed(),
    })
}

/// Requests that were lost, and all that got a first token.
fn lost_of(window: &Diagnosis) -> Option<(f64, f64)> {
    let lost = window.signals.get(SignalId::LostRequests)?.mean?;
    let begun = window.signals.get(SignalId::Ttft)?.count.filter(|begun| *begun > 0.0)?;
    Some((lost.clamp(0.0, begun), begun))
}
