//! How often each objective was met, what that says of the service behind the window, and how often
//! all were met at once.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::{
    Basis, FractionBounds, Histogram, TargetAttainment, joint_share,
};
use inference_triage_core::report::{Attainment, Report, SignalReport};
use inference_triage_core::text::number::{chosen_seconds, number, percent, percent_interval};

use super::page::Page;

/// Objectives of whole requests; the gaps between tokens are another population.
const OF_REQUESTS: [SignalId; 3] = [SignalId::Ttft, SignalId::Tpot, SignalId::E2e];

/// Largest share of the requests that may be counted by one objective and not by another: those
/// inside at the beginning of the window have only their end in it, those inside at its end only
/// their first token. Beyond it the bounds of both at once say nothing.
const OTHER_REQUESTS: f64 = 0.2;

pub(super) fn print(report: &Report, page: &mut Page) {
    let signals = &report.diagnosis.signals.0;
    let judged: Vec<(SignalId, &SignalReport, Attainment)> =
        signals.iter().filter_map(|(id, signal)| Some((*id, signal, signal.attainment?))).collect();
    if judged.is_empty() {
        return;
    }
    page.heading("Objectives", "");
    let finished = report.diagnosis.window.finished_requests;
    for (id, signal, attainment) in &judged {
        page.paragraph("  - ", &line(*id, signal, *attainment, finished));
    }
    let most = |id: SignalId| {
        let mut all = signals.iter();
        all.find(|(known, _)| *known == id).and_then(|(_, signal)| signal.max)
    };
    let inside =
        most(SignalId::Running).map(|running| running + most(SignalId::Waiting).unwrap_or(0.0));
    if let Some(text) = inside.and_then(|inside| together(&judged, inside)) {
        page.paragraph("  - ", &text);
    }
}

fn line(
    id: SignalId,
    signal: &SignalReport,
    attainment: Attainment,
    finished: Option<f64>,
) -> String {
    let name = name(id);
    let target = chosen_seconds(attainment.target);
    let met = share(attainment.lo, attainment.hi);
    // Outputs of one request are slow together, so requests are what is independent.
    let independent = if OF_REQUESTS.contains(&id) { signal.count } else { finished };
    let (Some(count), Some(independent)) = (signal.count, independent) else {
        return format!("{name} ≤ {target}: {met} met");
    };
    let of = if OF_REQUESTS.contains(&id) { "requests" } else { "outputs" };
    let observed = format!("{name} ≤ {target}: {met} of {} {of} met", number(count));
    let ends = [attainment.lo, attainment.hi].map(|met| sampled(met, count, independent));
    let [Some(low), Some(high)] = ends else { return observed };
    format!(
        "{observed}; the service itself {} (95 % interval)",
        share(low.sample_lo, high.sample_hi)
    )
}

/// A share of so many, and what is compatible with it.
fn sampled(met: f64, count: f64, independent: f64) -> Option<TargetAttainment> {
    let (target, count) = (1.0, count.round());
    let buckets = [(target, (met * count).round()), (f64::INFINITY, count)];
    let histogram = Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new())?;
    histogram.attainment(target, Some(independent))
}

/// All objectives of one request, by the bounds of Fréchet, of which up to `inside` requests are
/// counted by one of them alone at either end of the window; None where there are fewer than two.
fn together(judged: &[(SignalId, &SignalReport, Attainment)], inside: f64) -> Option<String> {
    let of_requests: Vec<_> = judged.iter().filter(|(id, ..)| OF_REQUESTS.contains(id)).collect();
    let counts: Vec<f64> =
        of_requests.iter().map(|(_, signal, _)| signal.count).collect::<Option<_>>()?;
    let least = counts.iter().copied().fold(f64::INFINITY, f64::min);
    let others = inside / least;
    if counts.len() < 2 || others.is_nan() || others > OTHER_REQUESTS {
        return None;
    }
    let bounds = |attainment: Attainment| FractionBounds {
        lo: (attainment.lo - others).max(0.0),
        hi: (attainment.hi + others).min(1.0),
        exact: attainment.exact,
        basis: Basis::Exact,
        nearest_bound: None,
    };
    let mut all = of_requests.iter().map(|(_, _, attainment)| bounds(*attainment));
    let first = all.next()?;
    let joint = all.fold(first, |one, next| {
        let joint = joint_share(&one, &next);
        FractionBounds { lo: joint.lo, hi: joint.hi, ..one }
    });
    let names: Vec<String> = of_requests.iter().map(|(id, ..)| name(*id)).collect();
    Some(format!(
        "{} at once: {} of requests, whichever missed which",
        listed(&names),
        share(joint.lo, joint.hi)
    ))
}

/// `A, B and C`.
fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// `TTFT`, as operators call it.
fn name(id: SignalId) -> String {
    id.id().to_uppercase()
}

fn share(lo: f64, hi: f64) -> String {
    if hi - lo < 1e-9 { percent(lo) } else { percent_interval(lo, hi) }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// Source: 48 of 96 is compatible with 39.6 to 60.4 % by Clopper and Pearson (tables), and
    /// 50 % and 70 % leave 20 to 50 % for both by Fréchet.
    #[test]
    fn shares_have_an_interval_and_a_joint_bound() {
        let attainment = |target, met| Attainment { target, lo: met, hi: met, exact: true };
        let found = sampled(0.5, 96.0, 96.0).expect("an interval");
        assert!((found.sample_lo - 0.396).abs() < 0.002, "{found:?}");
        assert!((found.sample_hi - 0.604).abs() < 0.002, "{found:?}");
        let report = sample::slot_cap();
        let signal = |id| {
            let mut all = report.diagnosis.signals.0.iter();
            all.find(|(known, _)| *known == id).map(|(_, signal)| signal).expect("the signal")
        };
        let judged = [
            (SignalId::Ttft, signal(SignalId::Ttft), attainment(2.5, 0.5)),
            (SignalId::E2e, signal(SignalId::E2e), attainment(10.0, 0.7)),
            (SignalId::Itl, signal(SignalId::Itl), attainment(0.05, 0.1)),
        ];
        let text = together(&judged, 0.0).expect("two objectives of requests");
        assert!(text.starts_with("TTFT and E2E at once: 20"), "{text}");
        assert!(text.contains("50 %"), "{text}");
        // Of 96 each, 4 may be others: 50 and 70 % are 46 to 54 and 66 to 74 %.
        let text = together(&judged, 4.0).expect("two objectives of requests");
        assert!(text.contains("12–54 %") || text.contains("11–55 %"), "{text}");
        assert_eq!(together(&judged, 40.0), None, "too many others");
        assert_eq!(together(&judged[..1], 0.0), None);
    }
}
