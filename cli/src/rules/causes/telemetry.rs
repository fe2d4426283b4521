//! What watches the engines went blind.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::families::Family;

use crate::rules::alert::{Alert, FirstAction, Severity};
use crate::rules::promql::{any_of, duration};
use crate::rules::series::{Series, TARGET};

/// How long, seconds: a start that answers before its engine is loaded takes a few minutes.
const HOLD: u32 = 600;

/// Over what a page counts as a copy, seconds, and the samples that it must hold.
const COPY_WINDOW: u32 = 300;
const LEAST_SAMPLES: u32 = 3;

/// A target that answers without the engine's metrics, or with the same page again and again: every
/// answer costs processor time, so a page on which even that stands still is a copy.
pub(super) fn alerts(series: &Series, scrape: u32) -> Vec<Alert> {
    let window = duration(COPY_WINDOW.max(4 * scrape));
    let up = any_of(&Series::beside(Family::Up));
    let seen = series.remembered();
    let running = series.now(Family::Running);
    let lost = format!("{up} == 1 and on ({TARGET}) {seen} unless on ({TARGET}) {running}");
    let processor = any_of(&Series::beside(Family::ProcessCpu));
    let copies = format!(
        "changes({processor}[{window}]) == 0 and \
         count_over_time({processor}[{window}]) >= {LEAST_SAMPLES} and on ({TARGET}) {running}"
    );
    vec![Alert {
        name: "InferenceTelemetryStale",
        expression: format!("({lost})\nor ({copies})"),
        hold: HOLD,
        severity: Severity::Warning,
        window: 3_600,
        labels: Vec::new(),
        summary: "{{ or $labels.pod $labels.instance }} is scraped but tells nothing".to_owned(),
        description: "Scrapes succeed, and the engine's metrics are gone or do not move with the \
                      process: a metrics flag, a relabelling rule or a proxy that answers from a \
                      cache. Every other alert on it is blind."
            .to_owned(),
        action: FirstAction::OfCause(CauseId::TelemetryFault),
    }]
}
