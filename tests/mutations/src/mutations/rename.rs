//! Other spellings: of the prefix, of a family that was renamed, of its ending, of bounds; from the
//! start, or from the middle of the range on.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::{Series, Table};

pub(super) const MUTATION: Mutation = Mutation {
    id: "rename",
    title: "names or bounds are spelt otherwise, from the start or from the middle on",
    quick: 2,
    draw,
};

/// Names now and in earlier releases.
const FORMER: [(&str, &str); 3] = [
    ("kv_cache_usage_perc", "gpu_cache_usage_perc"),
    ("inter_token_latency_seconds", "time_per_output_token_seconds"),
    ("prefix_cache_hits", "gpu_prefix_cache_hits"),
];

/// Spellings of the prefix.
const PREFIXES: [&str; 3] = ["underscores for the colon", "dots", "another prefix"];

type Spelling = fn(&mut Series);

const SPELLINGS: [(&str, Spelling); 7] = [
    ("underscores for the colon", |series| prefix(series, "vllm_")),
    ("dots", |series| prefix(series, "vllm.")),
    ("another prefix", |series| prefix(series, "serving_vllm:")),
    ("former names", former),
    ("no _total", |series| {
        if let Some(short) = series.name().strip_suffix("_total") {
            let short = short.to_owned();
            series.rename(short);
        }
    }),
    ("whole bounds without a point", |series| bound(series, |value| format!("{value}"))),
    ("bounds with an exponent", |series| bound(series, |value| format!("{value:e}"))),
];

fn prefix(series: &mut Series, new: &str) {
    if let Some(rest) = series.name().strip_prefix("vllm:") {
        let name = format!("{new}{rest}");
        series.rename(name);
    }
}

fn former(series: &mut Series) {
    for (now, before) in FORMER {
        let other = if series.name().contains(before) {
            continue;
        } else if series.name().contains(now) && !series.name().contains("external") {
            series.name().replace(now, before)
        } else {
            continue;
        };
        series.rename(other);
    }
}

fn bound(series: &mut Series, spell: impl Fn(f64) -> String) {
    let finite = series.label("le").parse().ok().filter(|bound: &f64| bound.is_finite());
    if let Some(value) = finite {
        series.labels.insert("le".to_owned(), spell(value));
    }
}

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let (name, spell) = *random.pick(&SPELLINGS);
    let from = if random.chance(0.5) { 0 } else { midway(base, random) };
    let mut table = Table { series: Vec::new(), ..base.table.clone() };
    for series in &base.table.series {
        let mut renamed = series.clone();
        spell(&mut renamed);
        if renamed.labels == series.labels {
            table.series.push(renamed);
            continue;
        }
        renamed.values[..from].fill(f64::NAN);
        table.series.push(renamed);
        let mut kept = series.clone();
        kept.values[from..].fill(f64::NAN);
        if from > 0 {
            table.series.push(kept);
        }
    }
    let when = if from == 0 { String::new() } else { format!(" from scrape {from} on") };
    if table.series == base.table.series {
        return None;
    }
    // Two prefixes are two exporters, and each is asked about for its own part.
    let own_part = from > 0 && PREFIXES.contains(&name);
    let same = base.same();
    let expectation = if own_part { same.with_less_seen() } else { same };
    Some(Mutated::same(base, format!("{name}{when}"), table).expecting(expectation))
}

/// Somewhere between the first quarter of the range and the end of the window.
fn midway(base: &Base, random: &mut Random) -> usize {
    let count = base.table.times.len();
    random.between(count / 4, count - 2)
}
