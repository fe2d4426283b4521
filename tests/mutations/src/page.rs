//! `docs/mutations.md`: the counts of the long sample, what fails first.

use crate::diagnosis::Outcome;
use crate::mutations::MUTATIONS;
use crate::sample::Ran;
use crate::tally::{Counts, Failure, by_mutation, failures, rows, wrong};

/// Longest text that a cell of the table shows, characters.
const CELL: usize = 150;

/// The page of a run of the long sample.
pub fn page(ran: &[Ran], bases: usize, each: usize) -> String {
    let all = ran.len();
    let bad = ran.iter().filter(|one| one.outcome.is_wrong()).count();
    let mut text = format!(
        "# Damaged inputs\n\n\
         Written by `npm run mutations`. {bases} inputs with known truth (simulated, written by \
         hand, recorded)\nare damaged in {} ways, {each} forms of each way and input where it \
         applies: {all} cases, {bad} answered\nwrongly. In every case one of three answers is \
         right: the truth, a neighbour whose action helps as well,\nor that it cannot be told. \
         Wrong are: healthy on a fault, more or fewer finished requests than there were,\nanother \
         cause, a cause where all is well; broken is a panic, a refusal of more than one sentence, \
         or another\nanswer to the same series in another order.\n\n",
        MUTATIONS.len(),
    );
    text += "## What fails\n\n";
    text += &failures_table(&failures(ran));
    text += "\n## By mutation\n\n";
    text += &head("| mutation | what is done |");
    for (mutation, counts) in by_mutation(ran) {
        let title = MUTATIONS.iter().find(|known| known.id == mutation).map_or("", |m| m.title);
        text += &row(&format!("| `{mutation}` | {title} |"), &counts);
    }
    text += "\n## By mutation and truth\n\n";
    text += &head("| mutation | truth |");
    for one in rows(ran) {
        text += &row(&format!("| `{}` | {} |", one.mutation, one.truth), &one.counts);
    }
    text
}

/// The counts of each mutation for a terminal.
pub fn summary(ran: &[Ran]) -> String {
    let mut text = head("| mutation | truth |");
    for (mutation, counts) in by_mutation(ran) {
        text += &row(&format!("| {mutation} | all |"), &counts);
    }
    text + "\n" + &failures_table(&failures(ran))
}

fn head(first: &str) -> String {
    let columns = Outcome::ALL.iter().map(|outcome| format!(" {} |", outcome.title()));
    let columns: String = columns.collect();
    let rule = "---|".repeat(first.matches('|').count() - 1) + &"--:|".repeat(Outcome::ALL.len());
    format!("{first}{columns} wrong in all |\n|{rule}--:|\n")
}

fn row(first: &str, counts: &Counts) -> String {
    let cell = |count: &usize| if *count == 0 { " |".to_owned() } else { format!(" {count} |") };
    let cells: String = counts.iter().map(cell).collect();
    format!("{first}{cells} {} of {} |\n", wrong(counts), counts.iter().sum::<usize>())
}

fn failures_table(failures: &[Failure]) -> String {
    if failures.is_empty() {
        return "Nothing.\n".to_owned();
    }
    let mut text = "| cases | mutation | of | outcome | one of them | what was done | said |\n\
                    |--:|---|---|---|---|---|---|\n"
        .to_owned();
    for Failure { mutation, of, outcome, count, example: (name, form, said) } in failures {
        text += &format!(
            "| {count} | `{mutation}` | {of} | {} | `npm run mutations -- --case {name}` | {} | {} \
             |\n",
            outcome.title(),
            cell(form),
            cell(said),
        );
    }
    text
}

fn cell(text: &str) -> String {
    let short: String = text.chars().take(CELL).collect();
    short.replace('|', "\\|").replace('\n', " ")
}
