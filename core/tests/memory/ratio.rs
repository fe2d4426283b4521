//! Memory against the columns, which are the stored samples alone: eight bytes for each series and
//! grid time. Labels, what is made of the columns and everything on the way to them come on top,
//! and together stay below three times as much. The text of a response belongs to the caller and is
//! not counted; where it comes in pieces, what is held of it is.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::ingest::prometheus::ResponseReader;
use inference_triage_core::session::Session;

use crate::allocations::Count;
use crate::fleet::{REPLICAS, START, STEP, STEPS, counters, increments, rolling};

fn loaded(response: &[u8]) -> Session {
    let mut session = Session::new();
    session.load_prometheus(&[response]).expect("the response is sound");
    session
}

/// Bytes of the columns of a session.
fn columns(response: &[u8], steps: usize) -> f64 {
    let series = response.windows(10).filter(|part| part == b"{\"metric\":").count();
    assert!(series > 6_000, "{series} series are no fleet");
    (series * steps * 8) as f64
}

fn assert_at_most(bytes: usize, times: f64, columns: f64, what: &str) {
    let found = bytes as f64 / columns;
    assert!(found <= times, "{what} takes {found:.2} times the columns, more than {times}");
    assert!(
        found >= 1.0,
        "{what} takes {found:.2} times the columns, so something was not counted"
    );
}

#[test]
fn raw_counters_are_kept_once() {
    let mut count = Count::alone();
    let response = counters(0..STEPS);
    let columns = columns(&response, STEPS);
    count.restart();
    let session = loaded(&response);
    assert_at_most(count.most(), 2.0, columns, "loading");
    assert_at_most(count.in_use(), 1.6, columns, "a loaded session");
    let report = session.report().expect("a report");
    assert_eq!(report.scopes[0].replicas.len(), REPLICAS, "the whole fleet was read");
    assert!(
        report.diagnosis.signals.get(SignalId::Ttft).is_some_and(|signal| signal.count > Some(0.0))
    );
    assert_at_most(count.most(), 1.7, columns, "a report");
}

/// A page's way: the text, which would be almost three times the columns, goes through a window.
#[test]
fn text_in_pieces_takes_no_room() {
    let mut count = Count::alone();
    let response = counters(0..STEPS);
    let columns = columns(&response, STEPS);
    assert!(response.len() as f64 > 2.5 * columns, "the text is what would count");
    count.restart();
    let mut reader = ResponseReader::new(response.len());
    let mut copy =
        |from: usize, place: &mut [u8]| place.copy_from_slice(&response[from..from + place.len()]);
    reader.take(response.len(), &mut copy).expect("the response is sound");
    reader.end().expect("the response is whole");
    let mut session = Session::new();
    session.load_batch(reader.finish().expect("it is no error")).expect("the batch is sound");
    assert_at_most(count.most(), 2.0, columns, "loading");
    assert_at_most(count.in_use(), 1.6, columns, "a loaded session");
    assert_eq!(
        session.report_bytes(),
        loaded(&response).report_bytes(),
        "the report of the whole text"
    );
}

#[test]
fn columns_with_gaps_are_kept_once_too() {
    let mut count = Count::alone();
    let response = rolling();
    let columns = columns(&response, STEPS);
    count.restart();
    let session = loaded(&response);
    assert_at_most(count.most(), 3.0, columns, "loading");
    assert_at_most(count.in_use(), 1.6, columns, "a loaded session");
    assert_eq!(session.report().expect("a report").scopes[0].replicas.len(), REPLICAS);
}

#[test]
fn increments_are_kept_beside_their_growth() {
    let mut count = Count::alone();
    let response = increments(0..STEPS);
    let columns = columns(&response, STEPS);
    count.restart();
    let session = loaded(&response);
    assert_at_most(count.most(), 2.7, columns, "loading");
    assert_at_most(count.in_use(), 2.6, columns, "a loaded session");
    let report = session.report().expect("a report");
    assert_eq!(report.scopes[0].replicas.len(), REPLICAS);
    assert!(
        report.diagnosis.signals.get(SignalId::Ttft).is_some_and(|signal| signal.count > Some(0.0))
    );
}

#[test]
fn a_tail_is_appended_within_three_times_the_columns() {
    let mut count = Count::alone();
    for (name, all, tail) in [
        ("counters", counters(0..STEPS), counters(STEPS - 2..STEPS + 2)),
        ("increments", increments(0..STEPS), increments(STEPS - 2..STEPS + 2)),
    ] {
        let columns = columns(&all, STEPS);
        count.restart();
        let mut session = loaded(&all);
        count.most();
        for round in 0..3 {
            session.append_prometheus(&[&tail]).expect("the tail is sound");
            assert_at_most(count.most(), 3.0, columns, &format!("append {round} of {name}"));
        }
        let range = session.report().expect("a report").diagnosis.range;
        assert_eq!(range.end as usize, (START + (STEPS + 1) * STEP) * 1_000, "the tail was added");
        assert_eq!(
            (range.end - range.start) as usize,
            (STEPS - 1) * STEP * 1_000,
            "what became too old was dropped"
        );
        let kept = if name == "counters" { 1.6 } else { 2.6 };
        assert_at_most(
            count.in_use(),
            kept,
            columns,
            &format!("a session of {name} after appends"),
        );
    }
}
