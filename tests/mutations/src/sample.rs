//! Which cases run. A case is `mutation/base/number`; its name alone decides its chance.

use inference_triage_accuracy::parallel;
use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::diagnosis::{Judged, Outcome, judge};
use crate::mutation::{Mutated, Mutation};
use crate::mutations::MUTATIONS;

/// Every so manieth case is asked twice, with its series in the opposite order.
const TWICE: usize = 4;

/// Samples of a table above which asking twice would cost more than it says.
const LARGE: usize = 1_000_000;

/// One case.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What is done.
    pub mutation: &'static Mutation,
    /// To what.
    pub base: &'a Base,
    /// Which form of it.
    pub number: usize,
}

/// A case that ran.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// Id of its mutation.
    pub mutation: &'static str,
    /// What was true of its base.
    pub truth: &'static str,
    /// What was done.
    pub form: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What was said.
    pub said: String,
}

impl Case<'_> {
    /// Its name.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.mutation.id, self.base.name, self.number)
    }

    /// The damaged input; none where the mutation does not apply.
    pub fn mutated(&self) -> Option<Mutated> {
        (self.mutation.draw)(self.base, &mut Random::new(seed(&self.name())))
    }

    /// The answer, judged.
    pub fn judged(&self, mutated: &Mutated) -> Judged {
        let samples = mutated.table.times.len() * mutated.table.series.len();
        judge(self.base, mutated, samples < LARGE && self.number.is_multiple_of(TWICE))
    }

    fn run(&self) -> Option<Ran> {
        let mutated = self.mutated()?;
        let Judged { outcome, said, .. } = self.judged(&mutated);
        Some(Ran {
            name: self.name(),
            mutation: self.mutation.id,
            truth: self.base.truth,
            form: mutated.form,
            outcome,
            said,
        })
    }
}

/// The cases of every mutation and base with so many forms each; without a number those of the
/// quick sample.
pub fn cases<'a>(bases: &'a [Base], each: Option<usize>, only: Option<&str>) -> Vec<Case<'a>> {
    let wanted = MUTATIONS.iter().filter(|mutation| only.is_none_or(|only| only == mutation.id));
    wanted
        .flat_map(|mutation| bases.iter().map(move |base| (mutation, base)))
        .flat_map(|(mutation, base)| {
            let quick = if base.is_drawn_once { 1 } else { mutation.quick };
            (0..each.unwrap_or(quick)).map(move |number| Case { mutation, base, number })
        })
        .collect()
}

/// The case of that name.
pub fn find<'a>(bases: &'a [Base], name: &str) -> Option<Case<'a>> {
    let mut parts = name.split('/');
    let (mutation, base, number) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Case {
        mutation: MUTATIONS.iter().find(|known| known.id == mutation)?,
        base: bases.iter().find(|known| known.name == base)?,
        number: number.parse().ok()?,
    })
}

/// Runs cases; those whose mutation does not apply are left out.
pub fn run(cases: &[Case<'_>], threads: usize, done: impl FnMut(usize) + Send) -> Vec<Ran> {
    parallel::map(cases, threads, Case::run, done).into_iter().flatten().collect()
}

/// FNV-1a of the name, 64 bits: the same on every machine.
fn seed(name: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: published test vectors of FNV-1a, 64 bits.
    #[test]
    fn names_are_hashed_as_published() {
        assert_eq!(seed(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(seed("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(seed("foobar"), 0x8594_4171_f739_67e8);
    }
}
