//! How scraping went, target by target, and when to give up.

use inference_triage_core::ingest::exposition::Sample;

use super::target::Target;
use crate::exit::{self, Failure};
use crate::prometheus::{Reach, Refusal};
use crate::time_outs::{MOST, TimeOuts};

/// What became of the scrapes of one target.
#[derive(Debug, Clone, Default)]
struct Record {
    name: String,
    answered: i64,
    failed: i64,
    /// Why the newest failed; None where it was answered.
    newest: Option<String>,
    last_failure: String,
}

/// What became of all scrapes.
pub(super) struct Outcomes {
    records: Vec<Record>,
    rounds: i64,
    done: i64,
    time_outs: TimeOuts,
}

impl Outcomes {
    pub(super) fn of(targets: &[Target], rounds: i64) -> Self {
        let record = |target: &Target| Record {
            name: target.address.name().to_owned(),
            ..Record::default()
        };
        let records = targets.iter().map(record).collect();
        Self { records, rounds, done: 0, time_outs: TimeOuts::default() }
    }

    /// Notes a round. An error ends the run: no target answers at the first attempt, the memory
    /// does not suffice, or too many came too late.
    pub(super) fn note(&mut self, answers: &[Result<Vec<Sample>, Refusal>]) -> Result<(), Failure> {
        let is_first = self.done == 0;
        self.done += 1;
        let refusals = || answers.iter().filter_map(|answer| answer.as_ref().err());
        if let Some(refusal) = refusals().find(|refusal| refusal.reach == Reach::Run) {
            return Err(Failure::server(&*refusal.sentence));
        }
        let is_all = refusals().count() == answers.len();
        if let Some(refusal) = refusals().next().filter(|_| is_all && is_first) {
            return Err(Failure::server(&*refusal.sentence));
        }
        for (record, answer) in self.records.iter_mut().zip(answers) {
            match answer {
                Ok(_) => {
                    record.answered += 1;
                    record.newest = None;
                }
                Err(refusal) => {
                    if is_first {
                        exit::say(&format!("{}; its other scrapes go on", refusal.sentence));
                    }
                    record.failed += 1;
                    record.newest = Some(refusal.sentence.clone());
                    record.last_failure.clone_from(&refusal.sentence);
                }
            }
        }
        if is_all && refusals().all(|refusal| refusal.is_time_out) {
            self.time_outs.add();
        } else {
            self.time_outs.forget();
        }
        match refusals().next().filter(|_| self.time_outs.are_too_many()) {
            None => Ok(()),
            Some(refusal) => Err(Failure::server(format!(
                "{MOST} scrapes in a row had no answer in time, after {} of {}: {}; an engine that \
                 does not even serve its metrics hangs or is starved of CPU: look at its process",
                self.done - i64::from(MOST),
                self.rounds,
                refusal.sentence
            ))),
        }
    }

    /// A note for each target that was not always there. It is an error when none answers at the
    /// end: what was seen before says nothing about now.
    pub(super) fn finish(self) -> Result<Vec<String>, Failure> {
        let gone = self.records.iter().filter(|record| record.newest.is_some()).count();
        if gone == self.records.len()
            && let Some(record) = self.records.first()
        {
            return Err(Failure::server(format!(
                "{} answered {} of {} scrapes and then no more: {}; an engine that goes away has \
                 crashed or restarts: look at its log",
                record.name, record.answered, self.rounds, record.last_failure
            )));
        }
        let failed = self.records.into_iter().filter(|record| record.failed > 0);
        let note = |record: Record| {
            format!(
                "{} of {} scrapes of {} failed, and there its series have gaps: {}",
                record.failed, self.rounds, record.name, record.last_failure
            )
        };
        Ok(failed.map(note).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::target;
    use super::*;

    fn outcomes(count: usize) -> Outcomes {
        let urls: Vec<String> = (0..count).map(|index| format!("http://e{index}:8000")).collect();
        Outcomes::of(&target::parse(&urls).unwrap(), 13)
    }

    const ANSWERED: Result<Vec<Sample>, Refusal> = Ok(Vec::new());

    fn refused() -> Result<Vec<Sample>, Refusal> {
        Err(Refusal::of_this("nothing listens".to_owned()))
    }

    fn late() -> Result<Vec<Sample>, Refusal> {
        Err(Refusal { is_time_out: true, ..Refusal::of_this("too slow".to_owned()) })
    }

    #[test]
    fn the_first_round_must_have_an_answer() {
        assert!(outcomes(2).note(&[refused(), late()]).is_err());
        assert!(outcomes(2).note(&[refused(), ANSWERED]).is_ok());
    }

    #[test]
    fn three_time_outs_in_a_row_end_the_run() {
        let mut one = outcomes(1);
        one.note(&[ANSWERED]).unwrap();
        one.note(&[late()]).unwrap();
        one.note(&[late()]).unwrap();
        let failure = one.note(&[late()]).unwrap_err().to_string();
        assert!(
            failure.starts_with("3 scrapes in a row") && failure.contains("1 of 13"),
            "{failure}"
        );
        let mut two = outcomes(1);
        for _ in 0..5 {
            two.note(&[ANSWERED]).unwrap();
            two.note(&[late()]).unwrap();
            two.note(&[late()]).unwrap();
        }
    }

    #[test]
    fn one_that_goes_away_is_named_and_none_left_is_an_error() {
        let mut some = outcomes(2);
        some.note(&[ANSWERED, ANSWERED]).unwrap();
        some.note(&[ANSWERED, refused()]).unwrap();
        let notes = some.finish().unwrap();
        assert_eq!(notes.len(), 1);
        assert!(
            notes[0].starts_with("1 of 13 scrapes of http://e1:8000/metrics failed"),
            "{notes:?}"
        );
        let mut none = outcomes(1);
        none.note(&[ANSWERED]).unwrap();
        none.note(&[refused()]).unwrap();
        let failure = none.finish().unwrap_err().to_string();
        assert!(failure.contains("answered 1 of 13 scrapes and then no more"), "{failure}");
    }
}
