//! Reads the notation.

use super::{Labels, Point, Series};

/// One command of a script.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Command {
    Clear,
    Load(Vec<Series>),
    Evaluate { at: i64, query: String, expected: Vec<(Labels, f64)> },
}

/// Every command with its line number, from 1.
pub(super) fn commands(script: &str) -> Result<Vec<(usize, Command)>, String> {
    let mut lines = script.lines().map(str::trim).enumerate().peekable();
    let mut commands = Vec::new();
    while let Some((index, line)) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut block = Vec::new();
        let opens_block = line.starts_with("load ") || line.starts_with("eval ");
        while opens_block
            && lines.peek().is_some_and(|(_, next)| !next.is_empty() && !next.starts_with('#'))
        {
            block.extend(lines.next());
        }
        let named = |text: String| {
            if text.starts_with("line ") { text } else { format!("line {}: {text}", index + 1) }
        };
        commands.push((index + 1, command(line, &block).map_err(named)?));
    }
    Ok(commands)
}

fn command(line: &str, block: &[(usize, &str)]) -> Result<Command, String> {
    let on_line = |index: usize| move |text: String| format!("line {}: {text}", index + 1);
    if line == "clear" {
        return Ok(Command::Clear);
    }
    if let Some(step) = line.strip_prefix("load ") {
        let step = duration(step)?;
        let series = block.iter().map(|(index, line)| series(line, step).map_err(on_line(*index)));
        return Ok(Command::Load(series.collect::<Result<_, _>>()?));
    }
    let rest =
        line.strip_prefix("eval instant at ").ok_or_else(|| format!("no such command: {line}"))?;
    let (at, query) = rest.split_once(' ').ok_or("a time and a query are due")?;
    let expected = block.iter().map(|(index, line)| {
        let read = || {
            let (selector, value) = line.rsplit_once(' ').ok_or("labels and a value are due")?;
            Ok((name_and_labels(selector)?.1, number(value)?))
        };
        read().map_err(on_line(*index))
    });
    Ok(Command::Evaluate {
        at: duration(at)?,
        query: query.to_owned(),
        expected: expected.collect::<Result<_, _>>()?,
    })
}

/// `1m30s` in milliseconds; `0` needs no unit.
pub(super) fn duration(text: &str) -> Result<i64, String> {
    if text == "0" {
        return Ok(0);
    }
    let mut total = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        let amount: i64 = rest[..digits].parse().map_err(|_| format!("no duration: {text}"))?;
        let unit = &rest[digits..];
        let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
        let found = units.iter().find(|(name, _)| unit.starts_with(name));
        let (name, length) = found.ok_or_else(|| format!("no duration: {text}"))?;
        total += amount * length;
        rest = &unit[name.len()..];
    }
    Ok(total)
}

/// A float as Go reads it.
pub(super) fn number(text: &str) -> Result<f64, String> {
    text.trim().parse().map_err(|_| format!("no number: {text}"))
}

/// `name{label="value",…}`; either half may be missing.
pub(super) fn name_and_labels(text: &str) -> Result<(String, Labels), String> {
    let Some((name, rest)) = text.split_once('{') else {
        return Ok((text.to_owned(), Labels::new()));
    };
    let inside = rest.strip_suffix('}').ok_or_else(|| format!("no closing brace: {text}"))?;
    let pairs = inside.split(',').filter(|pair| !pair.trim().is_empty()).map(|pair| {
        let (label, value) = pair.split_once('=').ok_or_else(|| format!("no label: {pair}"))?;
        Ok((label.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
    });
    Ok((name.to_owned(), pairs.collect::<Result<_, String>>()?))
}

fn series(line: &str, step: i64) -> Result<Series, String> {
    // Labels hold no blanks here.
    let (selector, points) = line.split_once(' ').ok_or_else(|| format!("no points: {line}"))?;
    let (name, labels) = name_and_labels(selector)?;
    let mut slots: Vec<Option<Point>> = Vec::new();
    let mut rest = points.trim();
    while !rest.is_empty() {
        let end = if rest.starts_with("{{") {
            rest.find("}}")
                .map(|end| end + 2)
                .ok_or_else(|| format!("no closing braces: {rest}"))?
        } else {
            rest.find(' ').unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(end);
        slots.extend(expand(token)?);
        rest = after.trim_start();
    }
    let samples = (0..).map(|index| step * index).zip(slots);
    let samples = samples.filter_map(|(time, point)| Some((time, point?))).collect();
    Ok(Series { name, labels, samples })
}

/// The points of one token; a gap is none.
fn expand(token: &str) -> Result<Vec<Option<Point>>, String> {
    if let Some(body) = token.strip_prefix("{{").and_then(|body| body.strip_suffix("}}")) {
        return Ok(vec![Some(native(body)?)]);
    }
    let (first, times) = match token.split_once('x') {
        Some((first, times)) => {
            (first, times.parse::<usize>().map_err(|_| format!("no number of points: {token}"))?)
        }
        None => (token, 0),
    };
    if first == "_" {
        return Ok(vec![None; times.max(1)]);
    }
    if first == "stale" {
        return Ok(vec![None]);
    }
    let sign = first.char_indices().skip(1).find(|(_, character)| matches!(character, '+' | '-'));
    let sign = sign.filter(|(at, _)| !first[..*at].ends_with('e'));
    let (start, step) = match sign {
        Some((at, _)) => (number(&first[..at])?, number(&first[at..])?),
        None => (number(first)?, 0.0),
    };
    Ok((0..=times).map(|index| Some(Point::Float(start + step * index as f64))).collect())
}

/// A native histogram: `schema:0 count:4 buckets:[1 3]`.
fn native(body: &str) -> Result<Point, String> {
    let mut scalars = std::collections::BTreeMap::new();
    let mut lists: std::collections::BTreeMap<&str, Vec<f64>> = std::collections::BTreeMap::new();
    let mut rest = body.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':').ok_or_else(|| format!("no property: {rest}"))?;
        if let Some(list) = after.strip_prefix('[') {
            let (inside, after) =
                list.split_once(']').ok_or_else(|| format!("no closing bracket: {rest}"))?;
            lists.insert(key, inside.split_whitespace().map(number).collect::<Result<_, _>>()?);
            rest = after.trim_start();
        } else {
            let (value, after) = after.split_once(' ').unwrap_or((after, ""));
            scalars.insert(key, number(value)?);
            rest = after.trim_start();
        }
    }
    let scalar = |key: &str| scalars.get(key).copied().unwrap_or(0.0);
    let list = |key: &str| lists.get(key).cloned().unwrap_or_default();
    let custom = scalar("schema") < -50.0;
    let buckets = if custom {
        custom_buckets(&list("custom_values"), &list("buckets"), scalar("offset"))
    } else {
        exponential_buckets(&scalar, &list)
    };
    Ok(Point::Native { buckets, count: scalar("count"), sum: scalar("sum"), custom })
}

fn custom_buckets(bounds: &[f64], counts: &[f64], offset: f64) -> Vec<(f64, f64, f64, f64)> {
    let bound = |index: usize| bounds.get(index).copied().unwrap_or(f64::INFINITY);
    let bucket = |(index, count): (usize, &f64)| {
        let index = index + offset as usize;
        (0.0, index.checked_sub(1).map_or(f64::NEG_INFINITY, bound), bound(index), *count)
    };
    counts.iter().enumerate().map(bucket).collect()
}

/// Bucket i of schema n is (2^((i − 1)·2^−n), 2^(i·2^−n)].
fn exponential_buckets(
    scalar: &dyn Fn(&str) -> f64,
    list: &dyn Fn(&str) -> Vec<f64>,
) -> Vec<(f64, f64, f64, f64)> {
    let bound = |index: f64| libm::exp2(index * libm::exp2(-scalar("schema")));
    let mut buckets = Vec::new();
    for (index, count) in list("buckets").into_iter().enumerate() {
        let index = index as f64 + scalar("offset");
        buckets.push((0.0, bound(index - 1.0), bound(index), count));
    }
    for (index, count) in list("n_buckets").into_iter().enumerate() {
        let index = index as f64 + scalar("n_offset");
        buckets.push((1.0, -bound(index), -bound(index - 1.0), count));
    }
    let width = scalar("z_bucket_w");
    buckets.push((3.0, -width, width, scalar("z_bucket")));
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_expand_as_prometheus_expands_them() {
        let values = |text: &str| -> Vec<f64> {
            let points = expand(text).expect(text).into_iter();
            points
                .map(|point| if let Some(Point::Float(value)) = point { value } else { f64::NAN })
                .collect()
        };
        assert_eq!(values("0+5x3"), [0.0, 5.0, 10.0, 15.0]);
        assert_eq!(values("-2x1"), [-2.0, -2.0]);
        assert_eq!(values("10-2.5x2"), [10.0, 7.5, 5.0]);
        assert_eq!(values("1e-3"), [1e-3]);
        assert_eq!((values("_").len(), values("_x3").len(), values("stale").len()), (1, 3, 1));
    }

    #[test]
    fn native_buckets_have_the_bounds_of_their_schema() {
        let Ok(Point::Native { buckets, .. }) = native("schema:1 count:3 buckets:[1 2] offset:2")
        else {
            panic!()
        };
        assert!(
            (buckets[1].1 - 2.0).abs() < 1e-15 && (buckets[1].2 - libm::exp2(1.5)).abs() < 1e-15,
            "{buckets:?}"
        );
        let Ok(Point::Native { buckets, .. }) =
            native("schema:-53 custom_values:[1 2] buckets:[1 2 3]")
        else {
            panic!()
        };
        assert_eq!(buckets[2], (0.0, 2.0, f64::INFINITY, 3.0));
        assert_eq!(buckets[0].1.to_bits(), f64::NEG_INFINITY.to_bits());
    }

    #[test]
    fn durations_add_up() {
        assert_eq!((duration("1m30s"), duration("0"), duration("5ms")), (Ok(90_000), Ok(0), Ok(5)));
    }
}
