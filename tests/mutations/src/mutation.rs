//! One kind of damage.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::expectation::Expectation;
use crate::table::Table;

/// One kind of damage. A new one is a file in `mutations/` and a row in its list.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// Stable id.
    pub id: &'static str,
    /// What it does, a phrase.
    pub title: &'static str,
    /// Forms of it that are drawn for each base in the quick sample; more where few bases can take
    /// it or a form says little.
    pub quick: usize,
    /// Draws one form of it; none where this form cannot be made of that base.
    pub draw: fn(&Base, &mut Random) -> Option<Mutated>,
}

/// A damaged input and what may be said of it.
#[derive(Debug, Clone)]
pub struct Mutated {
    /// What was done, a phrase.
    pub form: String,
    /// The series.
    pub table: Table,
    /// The diagnosed window, Unix milliseconds.
    pub window: (i64, i64),
    /// Model to ask for; none: the worst.
    pub model: Option<String>,
    /// What may be said.
    pub expectation: Expectation,
}

impl Mutated {
    /// Series that were changed, in the window of the base, with everything true of it still true.
    pub fn same(base: &Base, form: String, table: Table) -> Self {
        Self { form, table, window: base.window, model: None, expectation: base.same() }
    }

    /// The same with another expectation.
    pub fn expecting(self, expectation: Expectation) -> Self {
        Self { expectation, ..self }
    }
}
