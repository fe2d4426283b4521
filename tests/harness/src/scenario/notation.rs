//! Single series in the notation of Prometheus's own rule tests: `name{label="value"} 0+5x3 _ 7x2
//! NaN`.
//!
//! `a+bxn` is n+1 samples from a in steps of b, `axn` is n+1 times a, `_` is no sample, `_xn` is n
//! of them.

use std::collections::BTreeMap;

use crate::scenario::ORIGIN_MS;
use crate::scenario::response::Series;

/// Reads one line; the samples are `step_ms` apart from the origin on.
pub fn parse(line: &str, step_ms: i64) -> Result<Series, String> {
    let end_of_name = line.find(['{', ' ']).ok_or("a series needs values after its name")?;
    let (name, rest) = line.split_at(end_of_name);
    let (mut labels, rest) = match rest.strip_prefix('{') {
        Some(inside) => labels(inside)?,
        None => (BTreeMap::new(), rest),
    };
    if !name.is_empty() {
        labels.insert("__name__".to_owned(), name.to_owned());
    }
    let mut samples = Vec::new();
    let mut index = 0;
    for word in rest.split_whitespace() {
        for value in values(word)? {
            samples.extend(value.map(|value| (ORIGIN_MS + index * step_ms, value)));
            index += 1;
        }
    }
    Ok(Series { labels, samples })
}

/// Labels up to the closing brace, and the text after it. In values `\"`, `\\` and `\n` are
/// escaped.
fn labels(text: &str) -> Result<(BTreeMap<String, String>, &str), String> {
    let mut labels = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.starts_with('}') {
        let (name, after) = rest.split_once("=\"").ok_or("a label is written name=\"value\"")?;
        let (value, after) = quoted(after)?;
        labels.insert(name.trim().to_owned(), value);
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Ok((labels, &rest[1..]))
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Ok((value, &text[index + 1..])),
            '\\' => match characters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, escaped)) => value.push(escaped),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("a label value is not closed".to_owned())
}

fn values(word: &str) -> Result<Vec<Option<f64>>, String> {
    let error = || format!("{word:?} is not a value such as 3, 0+5x10 or _");
    let (pattern, repeats) = match word.split_once('x') {
        Some((pattern, repeats)) => (pattern, Some(repeats.parse::<usize>().map_err(|_| error())?)),
        None => (word, None),
    };
    if pattern == "_" {
        return Ok(vec![None; repeats.unwrap_or(1)]);
    }
    // The sign of the first number and of an exponent belong to a number.
    let sign = pattern
        .char_indices()
        .skip(1)
        .find(|&(at, sign)| matches!(sign, '+' | '-') && !pattern[..at].ends_with(['e', 'E']));
    let (first, increment) = match sign {
        Some((at, _)) => {
            (pattern[..at].parse(), pattern[at..].parse::<f64>().map_err(|_| error())?)
        }
        None => (pattern.parse::<f64>(), 0.0),
    };
    let first = first.map_err(|_| error())?;
    Ok((0..=repeats.unwrap_or(0)).map(|index| Some(first + increment * index as f64)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values_of(line: &str) -> Vec<(i64, f64)> {
        let samples = parse(line, 1000).unwrap().samples;
        samples.into_iter().map(|(time, value)| ((time - ORIGIN_MS) / 1000, value)).collect()
    }

    #[test]
    fn samples_follow_the_notation() {
        assert_eq!(
            values_of("up 0+5x2 _ 3 4-1x1"),
            [(0, 0.0), (1, 5.0), (2, 10.0), (4, 3.0), (5, 4.0), (6, 3.0)]
        );
        assert_eq!(values_of("up 7x1 _x2 -1e-3"), [(0, 7.0), (1, 7.0), (4, -0.001)]);
    }

    #[test]
    fn labels_may_hold_quotes_and_braces() {
        let series = parse(r#"m{a="x\"}y", b="2"} 1"#, 1000).unwrap();
        assert_eq!(series.labels["a"], "x\"}y");
        assert_eq!((series.name(), series.labels["b"].as_str()), ("m", "2"));
        assert!(parse("m{a=\"x} 1", 1000).is_err());
        assert!(parse("m 1y2", 1000).is_err());
    }
}
