//! The figures of the published incident beside those of a run.

use crate::run::{Run, increase};

/// One figure, before and after the fix.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What.
    pub figure: &'static str,
    /// As published.
    pub published: [String; 2],
    /// As PromQL would show it of the run.
    pub simulated: [String; 2],
    /// Whether both values agree: the same bucket for quantiles, 2 % for rates, within the observed
    /// range for gauges.
    pub same: bool,
}

/// `histogram_quantile` of the growth over the run, pooled over engines: interpolated within the
/// bucket. Returns the value and the bucket's bounds.
pub fn promql_quantile(run: &Run, name: &str, share: f64) -> Option<(f64, f64, f64)> {
    let wanted = format!("{}{name}_bucket", run.scenario.dialect.prefix());
    let series =
        run.engines().flat_map(|target| &target.series).filter(|series| series.name == wanted);
    let buckets: Vec<(f64, f64)> = series
        .filter_map(|series| {
            let le = series.labels.iter().find(|(label, _)| label == "le")?.1.parse().ok()?;
            Some((le, increase(&series.values)))
        })
        .collect();
    let rank = buckets.last()?.1 * share;
    let place = buckets.iter().position(|(_, count)| *count >= rank && *count > 0.0)?;
    let (lower, below) = place.checked_sub(1).map_or((0.0, 0.0), |before| buckets[before]);
    let (upper, count) = buckets[place];
    Some((lower + (upper - lower) * (rank - below) / (count - below), lower, upper))
}

/// The published table of the incident against runs of its two configurations.
pub fn rows(before: &Run, after: &Run) -> Vec<Row> {
    let runs = [before, after];
    let quantiles = [
        ("time to first token, p95 (s)", "time_to_first_token_seconds", [7.25, 0.203_87]),
        ("queue time, p95 (s)", "request_queue_time_seconds", [9.51, 0.285]),
        ("end to end, p95 (s)", "e2e_request_latency_seconds", [14.50, 9.75]),
        (
            "inter-token latency, p95 (s), published as \"TPOT\"",
            "inter_token_latency_seconds",
            [0.009_589, 0.015_710],
        ),
    ];
    let mut rows: Vec<Row> = quantiles
        .into_iter()
        .map(|(figure, name, known)| quantile_row(figure, name, known, runs))
        .collect();
    rows.push(throughput([227.8, 308.4], runs));
    rows.push(gauge_row("cache usage (%)", "kv_cache_usage_perc", 100.0, [2.0, 3.18], runs));
    rows.push(preemptions(runs));
    rows.push(gauge_row("GPU utilisation (%)", "DCGM_FI_DEV_GPU_UTIL", 1.0, [96.0, 96.0], runs));
    rows.push(gauge_row("waiting requests", "num_requests_waiting", 1.0, [1.0, 0.0], runs));
    rows
}

fn quantile_row(figure: &'static str, name: &str, known: [f64; 2], runs: [&Run; 2]) -> Row {
    let found = runs.map(|run| promql_quantile(run, name, 0.95));
    let same = found.iter().zip(known).all(|(found, known)| {
        found.is_some_and(|(_, lower, upper)| lower < known && known <= upper)
    });
    let simulated =
        found.map(|found| found.map_or_else(|| "–".to_owned(), |(value, ..)| short(value)));
    Row { figure, published: known.map(short), simulated, same }
}

fn throughput(known: [f64; 2], runs: [&Run; 2]) -> Row {
    let found =
        runs.map(|run| run.growth("generation_tokens_total") / run.scenario.duration_seconds);
    let same = found.iter().zip(known).all(|(found, known)| (found / known - 1.0).abs() < 0.02);
    Row {
        figure: "output tokens a second",
        published: known.map(short),
        simulated: found.map(short),
        same,
    }
}

fn preemptions(runs: [&Run; 2]) -> Row {
    let found = runs.map(|run| run.growth("num_preemptions_total"));
    let same = found.iter().all(|found| *found < 0.5);
    Row {
        figure: "preemptions",
        published: [short(0.0), short(0.0)],
        simulated: found.map(short),
        same,
    }
}

/// A gauge agrees where the published value lies within what the run showed, widened by the last
/// digit published.
fn gauge_row(
    figure: &'static str,
    name: &str,
    factor: f64,
    known: [f64; 2],
    runs: [&Run; 2],
) -> Row {
    let ranges = runs.map(|run| range(run, name).map(|(low, high)| (low * factor, high * factor)));
    let same = ranges.iter().zip(known).all(|(range, known)| {
        range.is_some_and(|(low, high)| low - 1e-9 <= known && known <= high + 1e-9)
    });
    let simulated = ranges.map(|range| match range {
        Some((low, high)) if high - low < 1e-9 => short(low),
        Some((low, high)) => format!("{} … {}", short(low), short(high)),
        None => "–".to_owned(),
    });
    Row { figure, published: known.map(short), simulated, same }
}

fn range(run: &Run, name: &str) -> Option<(f64, f64)> {
    let values = run
        .targets
        .iter()
        .flat_map(|target| &target.series)
        .filter(|series| series.name.ends_with(name))
        .flat_map(|series| series.values.iter().copied().filter(|value| !value.is_nan()));
    values.fold(None, |range: Option<(f64, f64)>, value| {
        Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    })
}

/// Four significant digits.
fn short(value: f64) -> String {
    if value.abs() < 1e-12 {
        return "0".to_owned();
    }
    let digits = 3 - libm::floor(libm::log10(value.abs())) as i32;
    let text = format!("{value:.*}", digits.clamp(0, 8) as usize);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The table as the documentation shows it.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = "| figure | before, published | before, model | after, published | after, model | agrees |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    for Row { figure, published: [before, after], simulated: [before_model, after_model], same } in
        rows
    {
        let same = if *same { "yes" } else { "no" };
        text.push_str(&format!(
            "| {figure} | {before} | {before_model} | {after} | {after_model} | {same} |\n"
        ));
    }
    text
}
