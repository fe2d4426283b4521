//! What a tool says of a window, in terms that can be compared between tools.

use serde::{Deserialize, Serialize};

use crate::classes::Class;

/// One statement of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// Nothing is wrong.
    Healthy,
    /// Nothing is wrong, and one of these is worth knowing.
    Note(Vec<String>),
    /// It cannot be told.
    CannotTell,
    /// One of these classes is the cause; several where the tool's words leave several open, none
    /// where it raises an alarm without naming a cause.
    Cause(Vec<String>),
}

impl Claim {
    /// A cause by the ids of the classes it may be.
    pub fn cause(ids: &[&str]) -> Self {
        Self::Cause(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    /// An alarm that names no cause.
    pub fn alarm() -> Self {
        Self::Cause(Vec::new())
    }

    /// Whether the claim holds the class, or another name for the same act.
    pub fn names(&self, class: &Class) -> bool {
        matches!(self, Self::Cause(ids) | Self::Note(ids)
            if ids.iter().any(|id| class.is_named_by(id)))
    }

    /// Whether the claim holds a name that is half right.
    pub fn half_names(&self, class: &Class) -> bool {
        matches!(self, Self::Cause(ids) | Self::Note(ids)
            if ids.iter().any(|id| class.is_half_named_by(id)))
    }

    /// How many classes it leaves open; 0 for everything but a named cause.
    pub fn width(&self) -> usize {
        match self {
            Self::Cause(ids) | Self::Note(ids) => ids.len(),
            Self::Healthy | Self::CannotTell => 0,
        }
    }
}

/// A tool's whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Statements, the first one first; never empty.
    pub claims: Vec<Claim>,
    /// Id of the first action it recommends.
    pub action: Option<String>,
    /// The value that the advice names for its knob.
    pub action_value: Option<f64>,
    /// What it says, in a few words or in its own sentence.
    pub said: String,
    /// The numbers it rests on, where it tells them.
    pub evidence: Vec<String>,
    /// Stated probability of being right, in [0, 1].
    pub confidence: Option<f64>,
    /// How far the deciding number lies from its threshold, as a share of the threshold; see
    /// [`crate::product`].
    pub margin: Option<f64>,
    /// Id of the factor that owns most of the added time, where it tells one.
    pub factor: Option<String>,
    /// When it says that the fault began, Unix milliseconds.
    pub since: Option<i64>,
}

impl Answer {
    /// An answer of one claim.
    pub fn of(claim: Claim, said: impl Into<String>) -> Self {
        Self {
            claims: vec![claim],
            action: None,
            action_value: None,
            said: said.into(),
            evidence: Vec::new(),
            confidence: None,
            margin: None,
            factor: None,
            since: None,
        }
    }

    /// Recommends an action.
    pub fn with_action(mut self, id: &str) -> Self {
        self.action = Some(id.to_owned());
        self
    }

    /// The first statement.
    pub fn first(&self) -> &Claim {
        self.claims.first().unwrap_or(&Claim::CannotTell)
    }
}

/// Statements of a rule book: each rule that holds, in the order of the book, with its action.
#[derive(Debug, Default)]
pub struct Findings(Vec<(&'static str, Claim, Option<&'static str>)>);

impl Findings {
    /// Adds a rule's statement when it holds.
    pub fn add(
        &mut self,
        holds: bool,
        said: &'static str,
        claim: Claim,
        action: Option<&'static str>,
    ) {
        if holds {
            self.0.push((said, claim, action));
        }
    }

    /// The answer: all statements in order, the action of the first; `otherwise` when no rule held.
    pub fn answer(self, otherwise: Claim) -> Answer {
        let Some((_, _, action)) = self.0.first() else {
            let said = if otherwise == Claim::Healthy { "no rule fires" } else { "no row matches" };
            return Answer::of(otherwise, said);
        };
        Answer {
            action: action.map(str::to_owned),
            action_value: None,
            said: self.0.iter().map(|(said, _, _)| *said).collect::<Vec<_>>().join("; "),
            claims: self.0.into_iter().map(|(_, claim, _)| claim).collect(),
            evidence: Vec::new(),
            confidence: None,
            margin: None,
            factor: None,
            since: None,
        }
    }
}
