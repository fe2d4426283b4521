//! The published incident in the model: every figure of its table within the resolution of its
//! histogram.

use inference_triage_core::session::Session;
use inference_triage_simulator::configuration::Incident;
use inference_triage_simulator::configuration::incident::published;
use inference_triage_simulator::load::quantile;
use inference_triage_simulator::record::outcome::Outcome;
use inference_triage_simulator::run::published_table::{markdown, rows};
use inference_triage_simulator::simulate;

const PAGE: &str = include_str!("../../../docs/simulator.md");

#[test]
fn every_published_figure_is_reproduced() {
    let rows = rows(&simulate(&published(2), 15.0), &simulate(&published(16), 15.0));
    assert_eq!(rows.len(), 9);
    for row in rows {
        assert!(
            row.same,
            "{}: published {:?}, simulated {:?}",
            row.figure, row.published, row.simulated
        );
    }
}

#[test]
fn the_page_shows_the_table_as_it_is() {
    let table = markdown(&rows(&simulate(&published(2), 15.0), &simulate(&published(16), 15.0)));
    assert!(
        PAGE.contains(&table),
        "docs/simulator.md is out of date; its table has to read:\n{table}"
    );
}

/// "Worst requests waited sixteen" is the one figure that this model contradicts: nobody waits
/// longer than one service.
#[test]
fn nobody_waits_sixteen_seconds() {
    let run = simulate(&published(2), 15.0);
    let worst = quantile(run.requests.iter().filter_map(Outcome::ttft).collect(), 1.0)
        .expect("requests finished");
    assert!(worst < 8.0, "{worst}");
}

#[test]
fn the_core_names_the_cap() {
    let verdict = |slots| {
        let mut session = Session::new();
        session
            .load_batch(simulate(&published(slots), 15.0).sample_batch(&[]))
            .expect("the batch is sound");
        session.report().expect("there is a report").diagnosis.verdict.id.id()
    };
    assert_eq!(verdict(2), "slot-cap");
    assert_eq!(verdict(16), "healthy");
}

#[test]
fn incidents_have_names_and_eight_are_recorded() {
    let all = Incident::all();
    let mut ids: Vec<&str> = all.iter().map(|incident| incident.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    assert_eq!(Incident::gallery().len(), 8);
}
