use crate::catalogue::signals::SignalId;
use crate::session::Session;

const OPEN: f64 = f64::INFINITY;

/// Seconds, cumulative counts at 0.1, 0.5 and +Inf, sum.
type Scrape = (u32, [u32; 3], f64);

/// A response of one replica's time to first token.
fn session(scrapes: &[Scrape]) -> Session {
    let series = |name: &str, bound: Option<&str>, value: &dyn Fn(&Scrape) -> f64| {
        let bound = bound.map_or(String::new(), |bound| format!(r#","le":"{bound}""#));
        let values: Vec<String> =
            scrapes.iter().map(|scrape| format!(r#"[{},"{}"]"#, scrape.0, value(scrape))).collect();
        format!(
            r#"{{"metric":{{"__name__":"vllm:time_to_first_token_seconds_{name}","instance":"a"{bound}}},"values":[{}]}}"#,
            values.join(",")
        )
    };
    let result = [
        series("bucket", Some("0.1"), &|scrape| scrape.1[0].into()),
        series("bucket", Some("0.5"), &|scrape| scrape.1[1].into()),
        series("bucket", Some("+Inf"), &|scrape| scrape.1[2].into()),
        series("count", None, &|scrape| scrape.1[2].into()),
        series("sum", None, &|scrape| scrape.2),
    ];
    let response = format!(
        r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#,
        result.join(",")
    );
    let mut session = Session::new();
    session.load_prometheus(&[response.as_bytes()]).unwrap();
    session
}

#[test]
fn each_column_holds_what_was_observed_between_its_ends() {
    let session = session(&[(0, [0, 0, 0], 0.0), (15, [3, 5, 6], 9.0), (30, [3, 9, 10], 12.0)]);
    let map = session.heat_map(0, SignalId::Ttft, 10, 0.5).unwrap();
    assert_eq!(map.times, [0.0, 15_000.0, 30_000.0]);
    assert_eq!(map.bounds, [0.0, 0.1, 0.5, OPEN]);
    assert_eq!(map.counts, [3.0, 2.0, 1.0, 0.0, 4.0, 0.0]);
    // The median of the second column is the second of four in (0.1, 0.5].
    assert!(map.lo[1] >= 0.1 && map.hi[1] <= 0.5);
}

#[test]
fn fewer_columns_than_steps_add_whole_steps_up() {
    let session = session(&[
        (0, [0, 0, 0], 0.0),
        (15, [3, 5, 6], 9.0),
        (30, [3, 9, 10], 12.0),
        (45, [3, 10, 11], 12.4),
    ]);
    let map = session.heat_map(0, SignalId::Ttft, 2, 0.5).unwrap();
    assert_eq!(map.times, [0.0, 30_000.0, 45_000.0]);
    assert_eq!(map.counts, [3.0, 6.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(session.heat_map(0, SignalId::Ttft, 0, 0.5).unwrap().counts, [3.0, 7.0, 1.0]);
}

#[test]
fn empty_rows_at_the_ends_are_left_out_and_an_empty_column_has_no_interval() {
    let session = session(&[(0, [0, 0, 0], 0.0), (15, [0, 5, 5], 2.0), (30, [0, 5, 5], 2.0)]);
    let map = session.heat_map(0, SignalId::Ttft, 10, 0.95).unwrap();
    assert_eq!(map.bounds, [0.1, 0.5]);
    assert_eq!(map.counts, [5.0, 0.0]);
    assert!(map.lo[1].is_nan() && map.hi[1].is_nan());
}

#[test]
fn ends_without_a_place_on_a_logarithmic_axis_are_drawn_at_the_histogram_s_own_spacing() {
    let session = session(&[(0, [0, 0, 0], 0.0), (15, [3, 5, 6], 9.0)]);
    let map = session.heat_map(0, SignalId::Ttft, 10, 0.5).unwrap();
    // 0.5 is five times 0.1: the bucket from 0 begins a factor of 5 below, the open one ends a
    // factor of 5 above.
    assert_eq!(map.edges, [0.02, 0.1, 0.5, 2.5]);
    let places = [0.0, 0.02, 0.1, 0.5, 2.5, OPEN]
        .map(|value| (map.position(value) * 3.0 * 1e9).round() / 1e9);
    assert_eq!(places.to_vec(), [0.0, 0.0, 1.0, 2.0, 3.0, 3.0]);
}

#[test]
fn nothing_observed_is_no_map() {
    let idle = session(&[(0, [3, 5, 6], 9.0), (15, [3, 5, 6], 9.0)]);
    assert_eq!(idle.heat_map(0, SignalId::Ttft, 10, 0.5), None);
    let busy = session(&[(0, [0, 0, 0], 0.0), (15, [3, 5, 6], 9.0)]);
    assert_eq!(busy.heat_map(0, SignalId::E2e, 10, 0.5), None);
    assert_eq!(busy.heat_map(0, SignalId::KvUsage, 10, 0.5), None);
    assert_eq!(busy.heat_map(1, SignalId::Ttft, 10, f64::NAN), None);
    assert!(busy.heat_map(0, SignalId::Ttft, usize::MAX, f64::NAN).unwrap().lo[0].is_nan());
}
