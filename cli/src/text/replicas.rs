//! The replicas beside each other: who stands out, and the figures of those that do.

use inference_triage_core::catalogue::fleet::FleetFigure;
use inference_triage_core::report::{Figures, FleetRow, Report};
use inference_triage_core::text::number::{number, percent, seconds};

use super::page::Page;
use super::table::{Align, Table};

/// Rows that are printed; JSON has them all.
const MOST_ROWS: usize = 12;

pub(super) fn print(report: &Report, page: &mut Page) {
    let Some(fleet) = &report.diagnosis.fleet else { return };
    page.heading("Replicas", &format!("{} beside each other", fleet.rows.len()));
    page.paragraph("  ", &fleet.sentence);
    let mut table = Table::new(&[
        ("replica", Align::Left),
        ("load", Align::Right),
        ("running", Align::Right),
        ("waiting", Align::Right),
        ("KV", Align::Right),
        ("TTFT", Align::Right),
        ("ITL", Align::Right),
        ("at equal load", Align::Right),
        ("hits", Align::Right),
    ]);
    for row in fleet.rows.iter().take(MOST_ROWS) {
        table.row(&cells(row));
    }
    table.print(page);
    if let Some(more) = fleet.rows.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
        page.paragraph(
            "  ",
            &format!("{more} more that stand out less; --format json has them all"),
        );
    }
}

fn cells(row: &FleetRow) -> Vec<String> {
    let figures = &row.figures;
    let shown =
        |figure, text: fn(f64) -> String| figures.get(figure).map_or_else(String::new, text);
    let mark = if row.is_named || row.deviation.is_some() { "! " } else { "" };
    vec![
        format!("{mark}{}", row.replica),
        shown(FleetFigure::ArrivalShare, percent),
        running(figures),
        shown(FleetFigure::Waiting, number),
        shown(FleetFigure::KvUsage, percent),
        shown(FleetFigure::Ttft, seconds),
        shown(FleetFigure::Itl, seconds),
        at_equal_load(figures),
        shown(FleetFigure::PrefixHitRatio, percent),
    ]
}

fn running(figures: &Figures) -> String {
    let Some(mean) = figures.get(FleetFigure::Running) else { return String::new() };
    let slots = figures.get(FleetFigure::Slots);
    let of = slots.map_or_else(String::new, |slots| format!(" of {}", number(slots)));
    format!("{}{of}", number(mean))
}

/// `x 1.8`, or `x 0.9-2.1` where the loads leave it open.
fn at_equal_load(figures: &Figures) -> String {
    let both = figures.get(FleetFigure::SlownessLeast).zip(figures.get(FleetFigure::SlownessMost));
    let Some((least, most)) = both else { return String::new() };
    let (least, most) = (number(least), number(most));
    if least == most { format!("x {least}") } else { format!("x {least}-{most}") }
}

#[cfg(test)]
mod tests {
    use inference_triage_core::catalogue::fleet::Deviation;
    use inference_triage_core::report::{Fleet, FleetDeviation, Groups};

    use super::super::sample;
    use super::super::style::Style;
    use super::*;

    fn row(replica: &str, itl: f64, deviation: Option<FleetDeviation>) -> FleetRow {
        let figures = [
            (FleetFigure::ArrivalShare, 0.25),
            (FleetFigure::Running, 6.0),
            (FleetFigure::Slots, 8.0),
            (FleetFigure::Itl, itl),
            (FleetFigure::SlownessLeast, itl / 0.02),
            (FleetFigure::SlownessMost, itl / 0.02),
        ];
        FleetRow {
            replica: replica.to_owned(),
            is_named: deviation.is_some(),
            groups: Groups::default(),
            figures: figures.into_iter().collect(),
            deviation,
        }
    }

    fn printed(rows: Vec<FleetRow>) -> String {
        let mut report = sample::slot_cap();
        let sentence = "1 of 2 replicas stands out.".to_owned();
        report.diagnosis.fleet = Some(Fleet { sentence, groupings: Vec::new(), rows });
        let mut page = Page::new(Style::plain());
        print(&report, &mut page);
        page.finish()
    }

    #[test]
    fn each_replica_has_a_row_and_absent_figures_no_column() {
        let slow = FleetDeviation { kind: Deviation::Speed, text: "slow".to_owned() };
        let text = printed(vec![row("pod-1/0", 0.04, Some(slow)), row("pod-0/0", 0.02, None)]);
        assert!(text.contains("1 of 2 replicas stands out."), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        let of = |name: &str| lines.iter().find(|line| line.contains(name)).expect("a row");
        assert!(of("pod-1/0").trim_start().starts_with("! pod-1/0"), "{text}");
        assert!(of("pod-1/0").contains("x 2"), "{text}");
        assert!(of("pod-0/0").contains("6 of 8"), "{text}");
        assert!(!text.contains("waiting") && !text.contains("TTFT"), "{text}");
    }

    #[test]
    fn of_a_large_fleet_the_rest_is_counted_and_one_replica_has_no_table() {
        let many = (0..40).map(|at| row(&format!("pod-{at}/0"), 0.02, None)).collect();
        let text = printed(many);
        assert!(text.contains("28 more that stand out less"), "{text}");
        let mut page = Page::new(Style::plain());
        print(&sample::slot_cap(), &mut page);
        assert_eq!(page.finish(), Page::new(Style::plain()).finish());
    }
}
