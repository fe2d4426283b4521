//! Where the mean request spent its time.

use inference_triage_core::catalogue::phases::Phase;
use inference_triage_core::histogram::Basis;
use inference_triage_core::report::{PhasePart, Phases, Report};
use inference_triage_core::text::number::{number, percent, seconds, signed_seconds};

use super::page::Page;
use super::table::{Align, Table};

/// Columns of the whole mean end-to-end latency.
const BAR: usize = 32;

pub(super) fn print(report: &Report, page: &mut Page) {
    let Some(phases) = &report.diagnosis.phases else { return };
    let requests = if phases.finished > 1.5 {
        format!("the {} requests", number(phases.finished))
    } else {
        "the request".to_owned()
    };
    page.heading(
        &format!("Where {} goes", seconds(phases.mean_e2e)),
        &format!("mean of {requests} that finished in the window, {}", basis_text(phases)),
    );
    let mut table = Table::new(&[
        ("phase", Align::Left),
        ("mean", Align::Right),
        ("share", Align::Right),
        ("", Align::Left),
        ("baseline", Align::Right),
        ("change", Align::Right),
    ]);
    let mut elapsed = 0.0;
    for part in &phases.parts {
        table.row(&row(part, elapsed));
        if part.part_of.is_none() {
            elapsed += part.share;
        }
    }
    table.row(&total(phases));
    table.print(page);
    for part in &phases.parts {
        if let Some((workload, service)) = part.delta_workload.zip(part.delta_service) {
            let text = format!(
                "{}: {} {} tokens, {} {} per token",
                name(part.phase),
                signed_seconds(workload),
                if workload < 0.0 { "fewer" } else { "more" },
                signed_seconds(service),
                if service < 0.0 { "faster" } else { "slower" },
            );
            page.paragraph("  ", &text);
        }
    }
}

fn basis_text(phases: &Phases) -> &'static str {
    if phases.parts.iter().all(|part| part.basis == Basis::Exact) {
        "exact"
    } else {
        "exact except where marked ~"
    }
}

fn row(part: &PhasePart, elapsed: f64) -> Vec<String> {
    let name = match part.part_of {
        Some(whole) => format!("  of {}: {}", name(whole), name(part.phase)),
        None => name(part.phase).to_owned(),
    };
    let estimated = if part.basis == Basis::Estimated { "~" } else { "" };
    let bar = if part.part_of.is_none() { bar(elapsed, part.share) } else { String::new() };
    vec![
        name,
        format!("{estimated}{}", seconds(part.seconds)),
        percent(part.share),
        bar,
        part.baseline_seconds.map_or_else(String::new, seconds),
        part.delta.map_or_else(String::new, signed_seconds),
    ]
}

fn total(phases: &Phases) -> Vec<String> {
    let change = phases.baseline_mean_e2e.map(|baseline| phases.mean_e2e - baseline);
    vec![
        "end to end".to_owned(),
        seconds(phases.mean_e2e),
        String::new(),
        String::new(),
        phases.baseline_mean_e2e.map_or_else(String::new, seconds),
        change.map_or_else(String::new, signed_seconds),
    ]
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::FrontEnd => "front end",
        Phase::Queue => "queue",
        Phase::RemoteKv => "remote KV cache",
        Phase::Prefill => "prefill",
        Phase::Decode => "decode",
        Phase::Preemption => "preemption",
    }
}

/// A phase's part of the time axis; at least one mark where it took any time.
fn bar(elapsed: f64, share: f64) -> String {
    let column = |share: f64| (share.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    let start = column(elapsed).min(BAR - 1);
    let end = if share > 0.0 { column(elapsed + share).clamp(start + 1, BAR) } else { start };
    format!("|{}{}{}|", " ".repeat(start), "#".repeat(end - start), " ".repeat(BAR - end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_follow_each_other_on_one_axis() {
        assert_eq!(bar(0.0, 0.5), format!("|{}{}|", "#".repeat(16), " ".repeat(16)));
        assert_eq!(bar(0.5, 0.5), format!("|{}{}|", " ".repeat(16), "#".repeat(16)));
        assert_eq!(bar(0.25, 0.001), format!("|{}#{}|", " ".repeat(8), " ".repeat(23)));
        assert_eq!(bar(0.25, 0.0), format!("|{}|", " ".repeat(32)));
        assert_eq!(bar(1.0, 0.0001), format!("|{}#|", " ".repeat(31)));
    }

    #[test]
    fn no_share_breaks_the_frame() {
        for elapsed in [-1.0, 0.0, 0.3, 1.0, 7.0, f64::NAN] {
            for share in [-0.2, 0.0, 1e-9, 0.7, 3.0, f64::NAN] {
                assert_eq!(bar(elapsed, share).len(), BAR + 2, "{elapsed} {share}");
            }
        }
    }
}
