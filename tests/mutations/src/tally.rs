//! What became of the cases, counted.

use std::collections::BTreeMap;

use crate::base::HEALTHY;
use crate::diagnosis::Outcome;
use crate::sample::Ran;

/// Cases by outcome, in the order of [`Outcome::ALL`].
pub type Counts = [usize; Outcome::ALL.len()];

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Id of the mutation.
    pub mutation: &'static str,
    /// What was true of the bases.
    pub truth: &'static str,
    /// Cases by outcome.
    pub counts: Counts,
}

/// Cases that went wrong in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Id of the mutation.
    pub mutation: &'static str,
    /// Whether the bases are healthy, or what was wrong with all of them.
    pub of: &'static str,
    /// In which way.
    pub outcome: Outcome,
    /// How many.
    pub count: usize,
    /// The first of them: name, what was done, what was said.
    pub example: (String, String, String),
}

/// Number of wrong ones among counts.
pub fn wrong(counts: &Counts) -> usize {
    let all = Outcome::ALL.iter().zip(counts);
    all.filter(|(outcome, _)| outcome.is_wrong()).map(|(_, count)| count).sum()
}

/// Rows of mutation and truth, those with the most wrong answers first.
pub fn rows(ran: &[Ran]) -> Vec<Row> {
    let mut counts: BTreeMap<(&str, &str), Counts> = BTreeMap::new();
    for one in ran {
        let row = counts.entry((one.mutation, one.truth)).or_default();
        row[place(one.outcome)] += 1;
    }
    let mut rows: Vec<Row> = counts
        .into_iter()
        .map(|((mutation, truth), counts)| Row {
            mutation: ran.iter().find(|one| one.mutation == mutation).map_or("", |o| o.mutation),
            truth: ran.iter().find(|one| one.truth == truth).map_or("", |one| one.truth),
            counts,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(wrong(&row.counts)));
    rows
}

/// Counts of each mutation, in the order in which they ran.
pub fn by_mutation(ran: &[Ran]) -> Vec<(&'static str, Counts)> {
    let mut all: Vec<(&'static str, Counts)> = Vec::new();
    for one in ran {
        if all.last().is_none_or(|(mutation, _)| *mutation != one.mutation) {
            all.push((one.mutation, Counts::default()));
        }
        if let Some((_, counts)) = all.last_mut() {
            counts[place(one.outcome)] += 1;
        }
    }
    all
}

/// Ways in which cases went wrong, the most frequent first.
pub fn failures(ran: &[Ran]) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    for one in ran.iter().filter(|one| one.outcome.is_wrong()) {
        let of = if one.truth == HEALTHY { HEALTHY } else { "a fault" };
        let same = |known: &&mut Failure| {
            (known.mutation, known.of, known.outcome) == (one.mutation, of, one.outcome)
        };
        match failures.iter_mut().find(same) {
            Some(known) => known.count += 1,
            None => failures.push(Failure {
                mutation: one.mutation,
                of,
                outcome: one.outcome,
                count: 1,
                example: (one.name.clone(), one.form.clone(), one.said.clone()),
            }),
        }
    }
    failures.sort_by_key(|failure| std::cmp::Reverse(failure.count));
    failures
}

fn place(outcome: Outcome) -> usize {
    Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(mutation: &'static str, truth: &'static str, outcome: Outcome) -> Ran {
        let text = String::new;
        Ran { name: text(), mutation, truth, form: text(), outcome, said: text() }
    }

    #[test]
    fn what_fails_most_comes_first() {
        let ran = [
            ran("drop", "healthy", Outcome::Right),
            ran("drop", "slot-cap", Outcome::FalseHealthy),
            ran("thin", "slot-cap", Outcome::Broken),
            ran("thin", "slow-decode", Outcome::Broken),
            ran("thin", "slot-cap", Outcome::Broken),
        ];
        let rows = rows(&ran);
        assert_eq!(
            (rows[0].mutation, rows[0].truth, wrong(&rows[0].counts)),
            ("thin", "slot-cap", 2)
        );
        assert_eq!(wrong(&rows[3].counts), 0);
        let failures = failures(&ran);
        assert_eq!((failures[0].mutation, failures[0].count), ("thin", 3));
        let by_mutation = by_mutation(&ran);
        assert_eq!((by_mutation[0].0, wrong(&by_mutation[0].1)), ("drop", 1));
        assert_eq!((by_mutation[1].0, wrong(&by_mutation[1].1)), ("thin", 3));
    }
}
