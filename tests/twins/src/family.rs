//! Metric families: what a name belongs to, and how it is compared.

use std::collections::BTreeMap;

use crate::page::{Line, Page};

/// How the series of a family are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Buckets, sum and count.
    Histogram,
    /// A sum and a count without buckets.
    Summary,
    /// Grows until the process ends.
    Counter,
    /// A state.
    Gauge,
    /// Its labels are its value.
    Information,
    /// When a series was born.
    Created,
}

/// One family of a page: its series by what tells them apart.
pub type Families<'a> = BTreeMap<String, (Kind, Vec<&'a Line>)>;

/// A histogram whose name ends like a counter's.
const ODD_NAMES: [&str; 1] = ["vllm:iteration_tokens_total"];

/// The families of a page.
pub fn families(page: &Page) -> Families<'_> {
    let histograms: Vec<&str> =
        page.series.iter().filter_map(|line| line.name.strip_suffix("_bucket")).collect();
    let mut families = Families::new();
    for line in &page.series {
        let (name, kind) = family_of(&line.name, &histograms);
        families.entry(name).or_insert_with(|| (kind, Vec::new())).1.push(line);
    }
    families
}

fn family_of(name: &str, histograms: &[&str]) -> (String, Kind) {
    for suffix in ["_bucket", "_sum", "_count"] {
        let Some(family) = name.strip_suffix(suffix) else { continue };
        if histograms.contains(&family) || ODD_NAMES.contains(&family) {
            return (family.to_owned(), Kind::Histogram);
        }
        if suffix != "_bucket" {
            return (family.to_owned(), Kind::Summary);
        }
    }
    let kind = if name.ends_with("_created") {
        Kind::Created
    } else if name.ends_with("_info") {
        Kind::Information
    } else if name.ends_with("_total") {
        Kind::Counter
    } else {
        Kind::Gauge
    };
    (name.to_owned(), kind)
}

/// What tells the series of a family apart: all labels but the bucket's bound; of HTTP series the
/// status alone, and only those of completions.
pub fn part_of(line: &Line) -> Option<String> {
    if line.name.starts_with("http_") {
        let handler = line.labels.get("handler")?;
        return handler.contains("completions").then(|| line.labels.get("status").cloned())?;
    }
    let others = line.labels.iter().filter(|(name, _)| *name != "le");
    Some(others.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "))
}
