//! Was the answer right? One judgement a case and tool.

use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Claim};
use crate::classes::{Class, class};

/// What is true of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// This fault was injected.
    Fault(&'static Class),
    /// Nothing is wrong, whatever it looks like.
    Healthy,
}

impl Truth {
    /// The class id, or `healthy`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Fault(class) => class.id,
            Self::Healthy => "healthy",
        }
    }

    /// The truth of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        if id == "healthy" { Some(Self::Healthy) } else { class(id).map(Self::Fault) }
    }
}

/// How an answer compares with the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The first statement names the cause, or says healthy where all is well.
    Right,
    /// The second statement names the cause.
    Second,
    /// It says that it cannot tell.
    Abstained,
    /// It raises an alarm on a fault without naming any cause.
    Alarm,
    /// It says healthy although requests miss their objective.
    Missed,
    /// It names another cause.
    Wrong,
    /// It names a cause, or raises an alarm, where all is well.
    FalseAlarm,
}

impl Outcome {
    /// Every outcome, from best to worst.
    pub const ALL: [Self; 7] = [
        Self::Right,
        Self::Second,
        Self::Abstained,
        Self::Alarm,
        Self::Missed,
        Self::Wrong,
        Self::FalseAlarm,
    ];

    /// Judges an answer.
    pub fn of(answer: &Answer, truth: Truth) -> Self {
        let first = answer.first();
        match (truth, first) {
            (_, Claim::CannotTell) => Self::Abstained,
            (Truth::Healthy, Claim::Healthy) => Self::Right,
            (Truth::Healthy, Claim::Cause(_)) => Self::FalseAlarm,
            (Truth::Fault(_), Claim::Healthy) => Self::Missed,
            (Truth::Fault(class), _) if first.names(class) => Self::Right,
            (Truth::Fault(class), _)
                if answer.claims.get(1).is_some_and(|claim| claim.names(class)) =>
            {
                Self::Second
            }
            (Truth::Fault(_), Claim::Cause(ids)) if ids.is_empty() => Self::Alarm,
            (Truth::Fault(_), Claim::Cause(_)) => Self::Wrong,
        }
    }
}

/// What following an advice did to the share of requests that miss an objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It fell by at least a tenth of itself and by a hundredth of all requests.
    Helped,
    /// Neither.
    Nothing,
    /// It rose by as much.
    Harmed,
    /// The advice names no knob, or none that the simulation has.
    NoKnob,
    /// There was no advice.
    NoAdvice,
}

/// Least change, as a share of what missed before, that counts.
const LEAST_SHARE: f64 = 0.1;

/// Least change, as a share of all requests, that counts: below it lies the chance of a single
/// window.
const LEAST_CHANGE: f64 = 0.01;

impl Effect {
    /// Compares the share that misses, before and after the knob was turned.
    pub fn of(before: f64, after: f64) -> Self {
        let least = (LEAST_SHARE * before).max(LEAST_CHANGE);
        if after <= before - least {
            Self::Helped
        } else if after >= before + least {
            Self::Harmed
        } else {
            Self::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(claims: &[Claim]) -> Answer {
        Answer { claims: claims.to_vec(), ..Answer::of(Claim::CannotTell, "") }
    }

    #[test]
    fn outcomes_of_a_fault() {
        let truth = Truth::from_id("slot-cap").unwrap();
        let cap = Claim::cause(&["load-above-capacity", "slot-cap"]);
        let load = Claim::cause(&["load-above-capacity"]);
        assert_eq!(Outcome::of(&answer(std::slice::from_ref(&cap)), truth), Outcome::Right);
        assert_eq!(Outcome::of(&answer(&[load.clone(), cap.clone()]), truth), Outcome::Second);
        assert_eq!(Outcome::of(&answer(&[load.clone(), load.clone(), cap]), truth), Outcome::Wrong);
        assert_eq!(Outcome::of(&answer(&[Claim::alarm(), load.clone()]), truth), Outcome::Alarm);
        assert_eq!(Outcome::of(&answer(&[Claim::Healthy]), truth), Outcome::Missed);
        assert_eq!(Outcome::of(&answer(&[Claim::CannotTell]), truth), Outcome::Abstained);
        assert_eq!(Outcome::of(&answer(&[load]), truth), Outcome::Wrong);
    }

    #[test]
    fn outcomes_of_health() {
        let said = |claim| Outcome::of(&answer(&[claim]), Truth::Healthy);
        assert_eq!(said(Claim::Healthy), Outcome::Right);
        assert_eq!(said(Claim::CannotTell), Outcome::Abstained);
        assert_eq!(said(Claim::alarm()), Outcome::FalseAlarm);
        assert_eq!(said(Claim::cause(&["slot-cap"])), Outcome::FalseAlarm);
    }

    #[test]
    fn an_advice_must_move_a_tenth_of_what_missed() {
        assert_eq!(Effect::of(0.5, 0.45), Effect::Helped);
        assert_eq!(Effect::of(0.5, 0.46), Effect::Nothing);
        assert_eq!(Effect::of(0.5, 0.56), Effect::Harmed);
        assert_eq!(Effect::of(0.06, 0.052), Effect::Nothing, "below a hundredth of all requests");
        assert_eq!(Effect::of(1.0, 0.0), Effect::Helped);
    }
}
