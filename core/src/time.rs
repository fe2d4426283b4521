//! Durations as Prometheus writes them, and lengths of time as people read them.
//!
//! The TypeScript of the hosts reads and writes the same ones (`frontend/panel/src/time.ts`), and
//! the view prints the same lengths; both sides prove it on `tests/vectors/times.json`.

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Units of a duration with their length in milliseconds, in the order in which PromQL wants them.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * DAY),
    ("w", 7 * DAY),
    ("d", DAY),
    ("h", HOUR),
    ("m", MINUTE),
    ("s", SECOND),
    ("ms", 1),
];

/// Below it, a length is shown to the second. From ten minutes on, two digits of minutes say
/// enough; a lower limit would hide a scrape interval in short windows.
const SHOWN_TO_THE_SECOND: i64 = 10 * MINUTE;

/// Milliseconds of a duration such as `90s`, `1h30m` or `1d`, with blanks around it at most.
///
/// - Each unit at most once, the largest first, as in PromQL.
/// - A number without a unit, a fraction, a sign: `None`.
/// - 0, or more milliseconds than an `i64` holds: `None`.
///
/// ```
/// use inference_triage_core::time::parse_duration;
///
/// assert_eq!(parse_duration("1h30m"), Some(5_400_000));
/// assert_eq!(parse_duration("30m1h"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total: i64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let after = rest.trim_start_matches(|character: char| character.is_ascii_digit());
        let number: i64 = rest.get(..rest.len() - after.len())?.parse().ok()?;
        let next = after.trim_start_matches(|character: char| !character.is_ascii_digit());
        let unit = after.get(..after.len() - next.len())?;
        let (_, length) = units.find(|(name, _)| *name == unit)?;
        total = number.checked_mul(*length).and_then(|part| total.checked_add(part))?;
        rest = next;
    }
    (total > 0).then_some(total)
}

/// A duration in milliseconds as Prometheus writes it: `1h30m`, `1d`, `15s`; years and weeks only
/// where nothing is left over. Anything below 1 ms is `0s`.
pub fn write_duration(milliseconds: i64) -> String {
    let mut text = String::new();
    let mut rest = milliseconds;
    for (unit, length) in UNITS {
        let is_exact_only = matches!(unit, "y" | "w");
        if rest >= length && (!is_exact_only || rest % length == 0) {
            text += &format!("{}{unit}", rest / length);
            rest %= length;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Date and minute of a time in Unix milliseconds, in UTC: `2026-11-28 15:30`. Years before 1 and
/// after 9999 are written with the digits and the sign that they have.
///
/// The civil calendar is counted in eras of 400 years that begin on 1 March, so that a leap day is
/// the last of its year.
pub fn utc_minute(milliseconds: i64) -> String {
    const ERA_DAYS: i64 = 146_097;
    const FIRST_DAY: i64 = 719_468;
    let minutes = milliseconds.div_euclid(60_000);
    let days = minutes.div_euclid(1_440) + FIRST_DAY;
    let (era, day) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let is_new_year = month >= 10;
    let month = if is_new_year { month - 9 } else { month + 3 };
    let year = 400 * era + year + i64::from(is_new_year);
    let minute = minutes.rem_euclid(1_440);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
}

/// A length of time for people: `250 ms`, `45 s`, `1 min 15 s`, `28 min`, `2 h 5 min`, `3 d 4 h`;
/// two units at most, and seconds below ten minutes only. The sign is dropped.
pub fn length(milliseconds: i64) -> String {
    let size = milliseconds.saturating_abs();
    if size < SECOND {
        return format!("{size} ms");
    }
    let seconds = size / SECOND + i64::from(size % SECOND >= SECOND / 2);
    if seconds < MINUTE / SECOND {
        return format!("{seconds} s");
    }
    if seconds < SHOWN_TO_THE_SECOND / SECOND {
        return two_parts(seconds / 60, "min", seconds % 60, "s");
    }
    let minutes = (seconds + 30) / 60;
    if minutes < 60 {
        return format!("{minutes} min");
    }
    let hours = minutes / 60;
    if hours < 24 {
        return two_parts(hours, "h", minutes % 60, "min");
    }
    two_parts(hours / 24, "d", hours % 24, "h")
}

fn two_parts(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vectors {
        durations: Vec<(String, i64)>,
        not_durations: Vec<String>,
        written: Vec<(i64, String)>,
        lengths: Vec<(i64, String)>,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../../tests/vectors/times.json")).unwrap()
    }

    #[test]
    fn durations_are_read_as_in_the_hosts() {
        for (text, milliseconds) in vectors().durations {
            assert_eq!(parse_duration(&text), Some(milliseconds), "{text}");
        }
        for text in vectors().not_durations {
            assert_eq!(parse_duration(&text), None, "{text}");
        }
        assert_eq!(parse_duration("9999999999999999y"), None, "more than an i64 holds");
    }

    #[test]
    fn durations_are_written_as_in_the_hosts_and_read_back() {
        for (milliseconds, text) in vectors().written {
            assert_eq!(write_duration(milliseconds), text);
            assert_eq!(parse_duration(&text), Some(milliseconds).filter(|ms| *ms > 0));
        }
    }

    #[test]
    fn lengths_are_printed_as_in_the_view() {
        for (milliseconds, text) in vectors().lengths {
            assert_eq!(length(milliseconds), text, "{milliseconds}");
        }
        assert_eq!(length(i64::MIN), length(i64::MAX));
    }
}
