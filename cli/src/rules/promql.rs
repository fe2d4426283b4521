//! Pieces of PromQL text.

/// Alternatives of which the first that is there counts; in brackets where there are several.
pub(crate) fn any_of(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        all => format!("({})", all.join(" or ")),
    }
}

/// A duration in whole seconds as PromQL writes it, `90s`, `10m`, `3d`.
pub(crate) fn duration(seconds: u32) -> String {
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
        if seconds >= length && seconds.is_multiple_of(length) {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{seconds}s")
}

/// A number as PromQL reads it, without the digits that a sum of floats leaves behind.
pub(crate) fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.9e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// A matcher of one value of a label.
pub(crate) fn matcher(label: &str, operator: &str, value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{label}{operator}\"{escaped}\"")
}

/// Conditions that must all hold, one a line; the first gives the value and the labels.
pub(crate) fn all_of(conditions: &[String]) -> String {
    conditions.join("\nand ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_numbers_are_written_as_people_write_them() {
        let all = [15, 90, 600, 3_600, 259_200].map(duration);
        assert_eq!(all, ["15s", "90s", "10m", "1h", "3d"]);
        assert_eq!(number(14.4 * (1.0 - 0.95)), "0.72");
        assert_eq!(number(0.05), "0.05");
    }

    #[test]
    fn a_value_cannot_leave_its_matcher() {
        assert_eq!(matcher("model_name", "=", "a\"b\\"), "model_name=\"a\\\"b\\\\\"");
    }
}
