//! Times and durations on the command line.
//!
//! A time is RFC 3339 with its zone or Unix seconds, as in Prometheus's own API; an interval is two
//! of them joined by `..`; a duration is written as in PromQL (`90s`, `1h30m`, `1d`).

use inference_triage_core::settings::Interval;
use jiff::Timestamp;

/// Units of a duration in the order in which they may appear, with their length in milliseconds.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

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
    let wrong = || format!("\"{text}\" is not a duration; write for example 90s, 30m, 1h30m or 1d");
    let mut rest = text;
    let mut total: i64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        let after = &rest[digits..];
        let unit = &after
            [..after.find(|character: char| character.is_ascii_digit()).unwrap_or(after.len())];
        // Each unit at most once, the largest first, as PromQL wants it.
        let (_, length) = units.find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        total = number
            .checked_mul(*length)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(wrong)?;
        rest = &after[unit.len()..];
    }
    if total > 0 { Ok(total) } else { Err(wrong()) }
}

/// A length of time for people: `45 s`, `10 min`, `1 h 30 min`, `2 d 3 h`; two units at most.
pub(crate) fn duration_text(milliseconds: i64) -> String {
    if milliseconds < 1000 {
        return format!("{milliseconds} ms");
    }
    let seconds = (milliseconds + 500) / 1000;
    let (large, small) = if seconds < 60 {
        return format!("{seconds} s");
    } else if seconds < 3600 {
        ((seconds / 60, "min"), (seconds % 60, "s"))
    } else if seconds < 86_400 {
        ((seconds / 3600, "h"), (seconds % 3600 / 60, "min"))
    } else {
        ((seconds / 86_400, "d"), (seconds % 86_400 / 3600, "h"))
    };
    if small.0 == 0 {
        format!("{} {}", large.0, large.1)
    } else {
        format!("{} {} {} {}", large.0, large.1, small.0, small.1)
    }
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

    #[test]
    fn times_are_rfc_3339_or_unix_seconds() {
        for (text, milliseconds) in [
            ("1780000015", 1_780_000_015_000),
            ("1780000015.5", 1_780_000_015_500),
            ("1780000015.0004", 1_780_000_015_000),
            ("2026-05-28T20:26:55Z", 1_780_000_015_000),
            ("2026-05-28T22:26:55+02:00", 1_780_000_015_000),
            ("2026-05-28T20:26:55.250Z", 1_780_000_015_250),
            ("1970-01-01T00:00:00Z", 0),
        ] {
            assert_eq!(parse_time(text), Ok(milliseconds), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_two_forms() {
        for text in [
            "",
            "now",
            "yesterday",
            "2026-05-28",
            "2026-05-28T20:26:55",
            "NaN",
            "inf",
            "1e300",
            "14:30",
        ] {
            let message = parse_time(text).unwrap_err();
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
    fn durations_are_those_of_promql() {
        for (text, milliseconds) in [
            ("15s", 15_000),
            ("30m", 1_800_000),
            ("1h30m", 5_400_000),
            ("1d", 86_400_000),
            ("1w2d", 9 * 86_400_000),
            ("500ms", 500),
            ("1m500ms", 60_500),
        ] {
            assert_eq!(parse_duration(text), Ok(milliseconds), "{text}");
        }
        for text in [
            "",
            "0s",
            "30",
            "m",
            "1m1h",
            "1h1h",
            "-5m",
            "1.5h",
            "5 m",
            "9999999999999999y",
            "30min",
            "1é",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lengths_of_time_read_well() {
        for (milliseconds, text) in [
            (250, "250 ms"),
            (15_000, "15 s"),
            (59_600, "1 min"),
            (600_000, "10 min"),
            (615_000, "10 min 15 s"),
            (5_400_000, "1 h 30 min"),
            (86_400_000, "1 d"),
            (97_200_000, "1 d 3 h"),
        ] {
            assert_eq!(duration_text(milliseconds), text);
        }
    }

    #[test]
    fn instants_are_printed_in_utc() {
        assert_eq!(utc_text(1_780_000_015_000), "2026-05-28 20:26:55");
        assert_eq!(utc_text(1_780_000_015_250), "2026-05-28 20:26:55.25");
        assert_eq!(utc_text(i64::MAX), "Unix time 9223372036854775807 ms");
    }
}
