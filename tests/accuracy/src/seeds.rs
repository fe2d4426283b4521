//! Samples that other seeds draw, beside the published one: what chance alone does to the headline.

use serde::{Deserialize, Serialize};

use crate::gate::compare;
use crate::report::table::{table, with_interval};
use crate::results::{Counts, Results};
use crate::statistics::Share;

/// The file of the headlines, in the folder of the pages.
pub const FILE: &str = "accuracy/seeds.json";

/// The headline of one seed's quick sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// What decided the sample.
    pub seed: u64,
    /// How many cases there were.
    pub counts: Counts,
    /// Each headline figure by its name, both sets.
    pub figures: Vec<(String, Share)>,
}

impl Headline {
    /// The headline of a run.
    pub fn of(results: &Results) -> Self {
        let figures = compare(results, results).into_iter();
        Self {
            seed: results.seed,
            counts: results.counts,
            figures: figures.map(|figure| (figure.name.to_owned(), figure.measured)).collect(),
        }
    }

    /// A figure by its name.
    fn figure(&self, name: &str) -> Share {
        let found = self.figures.iter().find(|(known, _)| known == name);
        found.map(|(_, share)| *share).unwrap_or_default()
    }
}

/// The headlines with one more, which takes the place of an earlier one of its seed.
pub fn with(mut headlines: Vec<Headline>, headline: Headline) -> Vec<Headline> {
    headlines.retain(|known| known.seed != headline.seed);
    headlines.push(headline);
    headlines.sort_by_key(|known| known.seed);
    headlines
}

/// Figures that differ between two of the headlines by more than chance, a phrase each.
pub fn apart(headlines: &[Headline]) -> Vec<String> {
    let pairs = headlines
        .iter()
        .enumerate()
        .flat_map(|(index, one)| headlines.iter().skip(index + 1).map(move |other| (one, other)));
    pairs
        .flat_map(|(one, other)| {
            let differs = |name: &str| one.figure(name).differs_from(other.figure(name));
            let names = one.figures.iter().map(|(name, _)| name).filter(move |name| differs(name));
            names.map(move |name| format!("{name} of seeds {} and {}", one.seed, other.seed))
        })
        .collect()
}

/// The headlines side by side, the published one first; nothing where it is alone.
pub fn section(headlines: &[Headline]) -> String {
    if headlines.len() < 2 {
        return String::new();
    }
    let mut text = String::from(
        "\nThe published sample beside others that nobody tuned on, quick runs over both sets. Others are measured by hand (`npm run \
         accuracy -- --seed N --beside`), so that they may show rules a little older than the rest of the page:\n\n",
    );
    let heads: Vec<String> = std::iter::once("figure".to_owned())
        .chain(headlines.iter().map(|headline| format!("seed {}", headline.seed)))
        .collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let row = |name: &str, of: &dyn Fn(&Headline) -> String| -> Vec<String> {
        std::iter::once(name.to_owned()).chain(headlines.iter().map(of)).collect()
    };
    let mut rows = vec![row("faults and healthy services that count", &|headline| {
        let counts = headline.counts;
        format!("{} and {} of {}", counts.faults, counts.healthy, counts.cases)
    })];
    let names = headlines.iter().take(1).flat_map(|headline| &headline.figures);
    rows.extend(names.map(|(name, _)| row(name, &|headline| with_interval(headline.figure(name)))));
    text.push_str(&table(&heads, &rows));
    let apart = apart(headlines);
    text.push_str(&if apart.is_empty() {
        "\nNo figure differs between two seeds by more than chance: Newcombe's 95 % interval of each difference holds 0.\n"
            .to_owned()
    } else {
        format!("\nBeyond chance (Newcombe's 95 % interval of the difference) lie: {}.\n", apart.join("; "))
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headline(seed: u64, hits: usize) -> Headline {
        let figures = vec![("named".to_owned(), Share { hits, of: 100 })];
        Headline { seed, counts: Counts::default(), figures }
    }

    #[test]
    fn only_what_chance_does_not_explain_is_apart() {
        let headlines = [headline(1, 50), headline(2, 60), headline(3, 70)];
        assert_eq!(apart(&headlines), ["named of seeds 1 and 3"]);
        assert!(section(&headlines[..2]).contains("No figure differs"));
        assert!(section(&headlines).contains("lie: named of seeds 1 and 3."));
    }

    #[test]
    fn a_seed_measured_again_takes_the_place_of_its_first_run() {
        let known = with(with(Vec::new(), headline(2, 1)), headline(1, 2));
        let again = with(known, headline(2, 9));
        assert_eq!(again, [headline(1, 2), headline(2, 9)]);
    }
}
