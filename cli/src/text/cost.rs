//! What the window cost by the price that was given, whose it is, and what the fault wastes of it.

mod shares;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::factors::FactorId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::{Report, Verdict};
use inference_triage_core::text::number::{counted, percent, significant};
use inference_triage_core::triage::finding::State;

use super::page::Page;
use crate::price_arguments::Price;

const MS_PER_HOUR: f64 = 3_600_000.0;
const HOURS_PER_DAY: f64 = 24.0;

/// Share of its time from which a saving lies within what the step time is known to.
const WORTH_TELLING: f64 = 0.98;

/// Tokens of the usual unit of prices.
const MILLION: f64 = 1e6;

pub(super) fn print(report: &Report, price: Price, page: &mut Page) {
    let window = report.diagnosis.window;
    let hours = (window.end - window.start) as f64 / MS_PER_HOUR;
    let replicas = report.scope().map_or(0, |scope| scope.replicas.len()) as f64;
    let gpus = replicas * price.gpus_per_replica;
    page.heading("Cost", "by the price given");
    if gpus <= 0.0 || hours <= 0.0 {
        page.paragraph("  - ", "not known: the window holds no replica or has no length");
        return;
    }
    // One that was there for a part of the window is counted whole: who reserves it pays for it.
    page.paragraph(
        "  - ",
        &format!(
            "{} GPU hours in {}, at most: {} of {}, which cost {}",
            significant(gpus * hours),
            minutes(hours * 60.0),
            counted(replicas, "replica", "replicas"),
            counted(price.gpus_per_replica, "GPU", "GPUs"),
            significant(gpus * hours * price.per_gpu_hour)
        ),
    );
    page.paragraph("  - ", &tokens(report, gpus, price.per_gpu_hour));
    page.paragraph("  - ", &fault(report, gpus, price.per_gpu_hour));
    shares::print(report, price, hours, page);
}

fn minutes(minutes: f64) -> String {
    if minutes < 120.0 {
        format!("{} min", significant(minutes))
    } else {
        format!("{} h", significant(minutes / 60.0))
    }
}

/// Tokens are counted and not sampled, so that only the GPU hours leave something open.
fn tokens(report: &Report, gpus: f64, price: f64) -> String {
    let mean = |id| {
        let signals = &report.diagnosis.signals;
        signals.get(id)?.mean.filter(|rate: &f64| *rate > 0.0)
    };
    let Some(output) = mean(SignalId::GenerationTokensPerS) else {
        return "no output token was counted, so none has a price".to_owned();
    };
    let per_hour = |rate: f64| rate * 3_600.0 / gpus;
    let cost = |rate: f64| significant(price / per_hour(rate) * MILLION);
    let mut text = format!(
        "{} million output tokens a GPU hour, at least; a million costs {} at most",
        significant(per_hour(output) / MILLION),
        cost(output)
    );
    if let Some(prompt) = mean(SignalId::PromptTokensPerS) {
        text += &format!(", {} a million prompt and output tokens together", cost(output + prompt));
    }
    text
}

/// What the verdict says that a day wastes, where it carries a number for it.
fn fault(report: &Report, gpus: f64, price: f64) -> String {
    let verdict = &report.diagnosis.verdict;
    if verdict.state != State::Firing || verdict.id == CauseId::Healthy {
        return "no fault is found that would waste any of it".to_owned();
    }
    if let Some(ratio) = slower(report, verdict) {
        let share = 1.0 - 1.0 / ratio;
        let hours = gpus * HOURS_PER_DAY * share;
        return format!(
            "{} wastes {} GPU hours a day at most, which cost {}: at equal batch a token takes {} \
             times as long as in the baseline, so {} of a day spent decoding",
            verdict.id.id(),
            significant(hours),
            significant(hours * price),
            significant(ratio),
            percent(share)
        );
    }
    if let Some(less) = cheaper(report, verdict) {
        let hours = gpus * HOURS_PER_DAY * (1.0 - less);
        return format!(
            "against twice the batch {} wastes {} GPU hours a day while it holds, which cost {}: by the \
             step time that was measured, a token takes {} of the time of its GPU there",
            verdict.id.id(),
            significant(hours),
            significant(hours * price),
            percent(less)
        );
    }
    format!(
        "what {} wastes is not known: {}",
        verdict.id.id(),
        match verdict.id {
            CauseId::SlotCap =>
                "that a token takes less of its GPU in a larger batch is not measured",
            CauseId::ConfigDrift =>
                "what the capped replicas would do without the cap is not measured",
            CauseId::KvThrash => "the tokens that are computed again are not counted",
            _ => "it makes no token slower at equal batch against the baseline",
        }
    )
}

/// What share of the time of its GPU a token would take at twice the batch, where a cap is the
/// verdict and the step time was seen at two batches. Without that the evidence holds the worst
/// case, twice the time, which tells nothing.
fn cheaper(report: &Report, verdict: &Verdict) -> Option<f64> {
    if verdict.id != CauseId::SlotCap {
        return None;
    }
    let token = report.diagnosis.signals.get(SignalId::Itl)?.mean?;
    let finding = report.diagnosis.findings.iter().find(|one| one.id == verdict.id)?;
    let grown = finding.evidence.iter().find(|line| line.signal == SignalId::Itl)?.value;
    Some(grown / (2.0 * token)).filter(|less| (0.5..WORTH_TELLING).contains(less))
}

/// How many times as long a token takes at equal batch, where the verdict rests on it.
fn slower(report: &Report, verdict: &Verdict) -> Option<f64> {
    let rests_on_it = matches!(verdict.id, CauseId::SlowDecode | CauseId::HostBound);
    let mut ledger = report.diagnosis.ledger.iter();
    let entry = ledger.find(|entry| entry.factor == FactorId::StepTime)?;
    Some(entry.ratio).filter(|ratio| rests_on_it && *ratio > 1.0)
}

#[cfg(test)]
mod tests {
    use inference_triage_core::report::LedgerEntry;

    use super::super::{Style, sample};
    use super::*;

    fn printed(report: &Report) -> String {
        let mut page = Page::new(Style::plain());
        print(report, Price { per_gpu_hour: 3.0, gpus_per_replica: 2.0 }, &mut page);
        page.finish().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// By hand: one replica of two GPUs for half an hour is one GPU hour; 1,000 tokens a second are
    /// 1.8 million per GPU hour; at 3 a GPU hour a million costs 1.67.
    #[test]
    fn a_million_tokens_cost_what_the_hours_cost() {
        let mut report = sample::slot_cap();
        report.scopes[0].replicas.truncate(1);
        report.diagnosis.window.start = 0;
        report.diagnosis.window.end = 1_800_000;
        let rate = report
            .diagnosis
            .signals
            .0
            .iter_mut()
            .find(|(id, _)| *id == SignalId::Ttft)
            .map(|(id, signal)| {
                *id = SignalId::GenerationTokensPerS;
                signal
            })
            .expect("a signal");
        rate.mean = Some(1_000.0);
        let text = printed(&report);
        assert!(text.contains("1 GPU hours in 30 min, at most: 1 replica of 2 GPUs"), "{text}");
        assert!(text.contains("which cost 3"), "{text}");
        assert!(text.contains("1.8 million output tokens a GPU hour"), "{text}");
        assert!(text.contains("a million costs 1.7 at most"), "{text}");
    }

    fn set_room(report: &mut Report, grown: f64) {
        let room = &mut report.diagnosis.findings[0].evidence[0];
        room.signal = SignalId::Itl;
        room.value = grown;
    }

    /// By hand: 16 ms a token, and 20 ms at twice the batch, are 10 ms of a GPU for each: 62.5 %,
    /// so that 37.5 % of 48 GPU hours are wasted. The worst case in the evidence tells nothing.
    #[test]
    fn a_cap_wastes_what_a_larger_batch_shares() {
        let mut report = sample::slot_cap();
        report.scopes[0].replicas.truncate(1);
        let signals = &mut report.diagnosis.signals.0;
        signals.iter_mut().find(|(id, _)| *id == SignalId::Itl).expect("a signal").1.mean =
            Some(0.016);
        set_room(&mut report, 0.020);
        let text = printed(&report);
        assert!(text.contains("slot-cap wastes 18 GPU hours a day while it holds"), "{text}");
        assert!(text.contains("which cost 54"), "{text}");
        assert!(text.contains("a token takes 63 % of the time of its GPU there"), "{text}");
        set_room(&mut report, 0.032);
        let text = printed(&report);
        assert!(text.contains("what slot-cap wastes is not known: that a token takes"), "{text}");
    }

    /// By hand: twice as slow wastes half of the 48 GPU hours of a day.
    #[test]
    fn a_slower_step_wastes_its_share() {
        let mut report = sample::slot_cap();
        report.scopes[0].replicas.truncate(1);
        report.diagnosis.verdict.id = CauseId::SlowDecode;
        report.diagnosis.ledger = vec![LedgerEntry {
            factor: FactorId::StepTime,
            title: FactorId::StepTime.title(),
            unit: FactorId::StepTime.unit(),
            before: 0.01,
            now: 0.02,
            ratio: 2.0,
            share: None,
        }];
        let text = printed(&report);
        assert!(
            text.contains("slow-decode wastes 24 GPU hours a day at most, which cost 72"),
            "{text}"
        );
        report.diagnosis.verdict.id = CauseId::Healthy;
        assert!(printed(&report).contains("no fault is found"));
    }
}
