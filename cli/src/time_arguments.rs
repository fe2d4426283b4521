//! Times and durations on the command line.
//!
//! A time is RFC 3339 with its zone or Unix seconds, as in Prometheus's own API; an interval is two
//! of them joined by `..`; a duration is written as in PromQL (`90s`, `1h30m`, `1d`).

use inference_triage_core::settings::Interval;
use inference_triage_core::time;
use jiff::Timestamp;

/// Unix milliseconds of a time argument.
pub(crate) fn parse_time(text: &str) -> Result<i64, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        let milliseconds = (seconds * 1000.0).round();
        // Years −9999 to 9999: what RFC 3339 and the printed report can express.
        return (milliseconds.abs() < 2.5e14)
            .then_some(milliseconds as i64)
            .ok_or_else(|| format!("\"{text}\" is not a time that can be Unix seconds"));
    }
    text.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| {
        format!("\"{text}\" is not a time; write RFC 3339 with its zone (2026-11-21T14:30:00Z) or Unix seconds")
    })
}

/// An interval `T..T`.
pub(crate) fn parse_interval(text: &str) -> Result<Interval, String> {
    let (start, end) = text.split_once("..").ok_or_else(|| {
        format!("\"{text}\" is not an interval; write two times joined by two dots, T..T")
    })?;
    let interval = Interval { start: parse_time(start)?, end: parse_time(end)? };
    if interval.end <= interval.start {
        return Err(format!("the interval \"{text}\" must end after it starts"));
    }
    Ok(interval)
}

/// Milliseconds of a duration, more than 0.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    time::parse_duration(text).ok_or_else(|| {
        format!("\"{text}\" is not a duration; write for example 90s, 30m, 1h30m or 1d")
    })
}

/// Date and time of day in UTC, `2026-11-21 14:32:00`; milliseconds only where there are any.
pub(crate) fn utc_text(milliseconds: i64) -> String {
    let Ok(time) = Timestamp::from_millisecond(milliseconds) else {
        return format!("Unix time {milliseconds} ms");
    };
    // RFC 3339 in UTC: `2026-11-21T14:32:00Z`, with a fraction only where there is one.
    time.to_string().replace('T', " ").trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vectors {
        instants: Vec<(String, i64)>,
        not_instants: Vec<String>,
    }

    #[test]
    fn instants_are_read_as_in_the_hosts() {
        let vectors: Vectors =
            serde_json::from_str(include_str!("../../tests/vectors/times.json")).unwrap();
        for (text, milliseconds) in vectors.instants {
            assert_eq!(parse_time(&text), Ok(milliseconds), "{text}");
        }
        for text in vectors.not_instants {
            let message = parse_time(&text).unwrap_err();
            assert!(message.contains("Unix seconds"), "{text}: {message}");
        }
    }

    #[test]
    fn intervals_join_two_times_of_any_form() {
        let interval = Interval { start: 1_780_000_015_000, end: 1_780_000_615_000 };
        assert_eq!(parse_interval("1780000015..1780000615"), Ok(interval));
        assert_eq!(parse_interval("2026-05-28T20:26:55Z..1780000615.0"), Ok(interval));
        for text in ["1780000015", "1780000615..1780000015", "1..1", "..5", "5..", "1...2..3"] {
            assert!(parse_interval(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_duration_that_is_refused_is_quoted_with_examples() {
        assert_eq!(parse_duration("1h30m"), Ok(5_400_000));
        let message = parse_duration("5 minutes").unwrap_err();
        assert!(message.contains("\"5 minutes\"") && message.contains("1h30m"), "{message}");
    }

    #[test]
    fn the_core_knows_the_same_calendar() {
        // Every 7 h 13 min of 1,600 years: each day, each kind of leap year.
        for minute in (-420_000_000_i64..421_000_000).step_by(433) {
            let text = utc_text(minute * 60_000);
            assert_eq!(time::utc_minute(minute * 60_000 + 59_999), text[..text.len() - 3]);
        }
        for extreme in [i64::MIN, i64::MAX] {
            assert!(time::utc_minute(extreme).contains(':'));
        }
    }

    #[test]
    fn instants_are_printed_in_utc() {
        assert_eq!(utc_text(1_780_000_015_000), "2026-05-28 20:26:55");
        assert_eq!(utc_text(1_780_000_015_250), "2026-05-28 20:26:55.25");
        assert_eq!(utc_text(i64::MAX), "Unix time 9223372036854775807 ms");
    }
}
