//! How often each objective was met, what that says of the service behind the window, how often
//! all were met at once, and what spent the rest.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::{Attained, Joint, Kept, Objective, Report};
use inference_triage_core::text::number::{chosen_seconds, number, percent, percent_interval};

use super::page::Page;

pub(super) fn print(report: &Report, page: &mut Page) {
    let objectives = &report.diagnosis.objectives;
    if objectives.budget.is_none() {
        return;
    }
    let remark = format!("{} of requests must meet each", percent(objectives.quantile));
    page.heading("Objectives", &remark);
    for row in &objectives.rows {
        page.paragraph("  - ", &line(row));
    }
    if let Some(joint) = &objectives.joint {
        page.paragraph("  - ", &at_once(joint));
    }
    if let Some(budget) = &objectives.budget {
        page.paragraph("  - ", &budget.sentence);
    }
}

fn line(row: &Objective) -> String {
    let default = if row.given || row.target.is_none() { "" } else { " (default)" };
    let name = match row.target {
        Some(target) => format!("{} ≤ {}{default}", row.signal.short(), chosen_seconds(target)),
        None => "No failure, none lost".to_owned(),
    };
    let kept = match row.kept {
        Kept::Met => "met",
        Kept::Missed => "missed",
        Kept::Unknown => "cannot tell",
    };
    let attained = row.attained.map_or_else(|| row.reason.clone(), |attained| share(row, attained));
    format!("{name}: {kept}, {attained}")
}

fn share(row: &Objective, attained: Attained) -> String {
    let of = if row.signal == SignalId::Itl { "outputs" } else { "requests" };
    let met = percent_interval(attained.lo, attained.hi);
    let mut text = format!("{met} of {} {of} within it", number(attained.count));
    if let Some((lo, hi)) = attained.sample {
        let service = percent_interval(lo, hi);
        text += &format!("; the service itself {service} (95 % interval)");
    }
    if let Some((bound, share)) = attained.nearest_bound {
        let bound = chosen_seconds(bound);
        text += &format!("; the nearest bucket bound, {bound}, holds {}", percent(share));
    }
    text
}

fn at_once(joint: &Joint) -> String {
    let names: Vec<String> = joint.signals.iter().map(|id| id.short()).collect();
    let share = percent_interval(joint.lo, joint.hi);
    format!("{} at once: {share} of requests (histograms give only bounds)", listed(&names))
}

/// `A, B and C`.
fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_objective_has_its_line() {
        let report = sample::slot_cap();
        let [ttft, failed] = report.diagnosis.objectives.rows.as_slice() else {
            panic!("two objectives in the sample")
        };
        assert_eq!(
            line(ttft),
            "TTFT ≤ 2.5 s: missed, 50 % of 96 requests within it; the service itself 39–61 % \
             (95 % interval); the nearest bucket bound, 2 s, holds 45 %"
        );
        assert_eq!(
            line(failed),
            "No failure, none lost: cannot tell, no counter of failures in the data"
        );
        let joint = Joint { signals: vec![SignalId::Ttft, SignalId::Tpot], lo: 0.2, hi: 0.5 };
        assert_eq!(
            at_once(&joint),
            "TTFT and TPOT at once: 20–50 % of requests (histograms give only bounds)"
        );
    }
}
