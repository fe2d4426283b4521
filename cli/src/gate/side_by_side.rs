//! Two deployments at one time, as two windows of one: the deployment that stays is moved into the
//! past by the length of the window, so that `compare` sees it before the other.

use inference_triage_core::settings::Interval;
use serde_json::Value;

use crate::budget::Budget;
use crate::exit::Failure;
use crate::source::{Keep, Responses};

/// A label that no server has.
const SIDE: &str = "compared_deployment";

/// Both deployments' responses within the window, and the window in which the one that stays is.
pub(super) fn joined(
    stays: &Responses,
    comes: &Responses,
    window: Interval,
) -> Result<(Responses, Interval), Failure> {
    let (stays, comes) = (read(stays)?, read(comes)?);
    let step = step_of(&comes).or_else(|| step_of(&stays)).ok_or_else(|| {
        Failure::bad_data(
            "no series has two samples; ask for a range that holds the window, with --start and \
             --end",
        )
    })?;
    let length = window.end - window.start;
    // One step between them, so that no sample is in both; whole steps, so that both share a grid.
    let shift = (length.div_euclid(step) + 2) * step;
    let mut texts = Vec::new();
    let sides = [(stays, "stays", shift), (comes, "comes", 0)];
    let each = |(side, name, by): (Vec<Value>, &'static str, i64)| {
        side.into_iter().map(move |one| (one, name, by))
    };
    for (mut one, name, by) in sides.into_iter().flat_map(each) {
        cut(&mut one, window, by);
        mark(&mut one, name);
        texts.push(one.to_string().into_bytes());
    }
    let before = Interval { start: window.start - shift, end: window.end - shift };
    // Its texts are no larger than those that the budget let in.
    let budget = Budget::new(u64::MAX);
    Ok((Responses::of("a deployment", texts, Keep::Texts, &budget)?, before))
}

fn read(responses: &Responses) -> Result<Vec<Value>, Failure> {
    let read = |text: &Vec<u8>| {
        serde_json::from_slice(text).map_err(|error| {
            Failure::bad_data(format!(
                "{} is not a response of Prometheus: {error}",
                if responses.name.is_empty() { "one of the files" } else { &responses.name }
            ))
        })
    };
    responses.texts.iter().map(read).collect()
}

/// Lists of `[seconds, value]` of every series.
fn points(response: &mut Value) -> impl Iterator<Item = &mut Vec<Value>> {
    let series = response.pointer_mut("/data/result").and_then(Value::as_array_mut);
    series.into_iter().flatten().filter_map(Value::as_object_mut).flat_map(|one| {
        one.iter_mut()
            .filter(|(key, _)| matches!(key.as_str(), "values" | "histograms"))
            .filter_map(|(_, points)| points.as_array_mut())
    })
}

fn milliseconds(point: &Value) -> Option<i64> {
    let seconds = point.get(0)?.as_f64()?;
    // Any time that a server can hold is far below this bound.
    (seconds.abs() < 1e12).then(|| (seconds * 1000.0).round() as i64)
}

/// Names the deployment on every series: two of them under the same labels follow one another and
/// are no counter that falls.
fn mark(response: &mut Value, name: &str) {
    let series = response.pointer_mut("/data/result").and_then(Value::as_array_mut);
    let labels = series.into_iter().flatten().filter_map(|one| one.get_mut("metric"));
    for labels in labels.filter_map(Value::as_object_mut) {
        labels.insert(SIDE.to_owned(), Value::from(name));
    }
}

/// The smallest distance of two samples of a series.
fn step_of(responses: &[Value]) -> Option<i64> {
    let mut smallest = None;
    for mut response in responses.iter().cloned() {
        for list in points(&mut response) {
            let times: Vec<i64> = list.iter().filter_map(milliseconds).collect();
            let steps = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0);
            smallest = smallest.into_iter().chain(steps).min();
        }
    }
    smallest
}

/// Leaves the samples of the window, moved into the past.
fn cut(response: &mut Value, window: Interval, by: i64) {
    for list in points(response) {
        list.retain(|point| {
            milliseconds(point).is_some_and(|time| (window.start..=window.end).contains(&time))
        });
        for point in list {
            if let Some(time) = milliseconds(point)
                && let Some(place) = point.get_mut(0)
            {
                *place = Value::from((time - by) as f64 / 1000.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn responses(text: &str) -> Responses {
        Responses {
            texts: vec![text.as_bytes().to_vec()],
            name: "x".to_owned(),
            ..Responses::default()
        }
    }

    const SERIES: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{},"values":[[100,"1"],[115,"2"],[130,"3"],[145,"4"],[900,"5"]]}]}}"#;

    /// 30 s are two steps; with two more the other deployment is 60 s earlier.
    #[test]
    fn the_one_that_stays_lies_before_the_other() {
        let window = Interval { start: 110_000, end: 140_000 };
        let (joined, before) = joined(&responses(SERIES), &responses(SERIES), window).unwrap();
        assert_eq!((before.start, before.end), (50_000, 80_000));
        let times = |index: usize| {
            let mut response: Value = serde_json::from_slice(&joined.texts[index]).unwrap();
            let lists: Vec<i64> = points(&mut response)
                .flat_map(|list| list.iter().filter_map(milliseconds))
                .collect();
            lists
        };
        assert_eq!(times(0), [55_000, 70_000]);
        assert_eq!(times(1), [115_000, 130_000]);
    }

    #[test]
    fn what_is_no_response_is_refused() {
        let window = Interval { start: 0, end: 1 };
        assert!(joined(&responses("x"), &responses(SERIES), window).is_err());
        assert!(joined(&responses("{}"), &responses("[1]"), window).is_err());
    }
}
