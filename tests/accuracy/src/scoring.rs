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
    /// The first statement names a neighbour whose act overlaps.
    Half,
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
    pub const ALL: [Self; 8] = [
        Self::Right,
        Self::Half,
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
            (Truth::Healthy, Claim::Healthy | Claim::Note(_)) => Self::Right,
            (Truth::Healthy, Claim::Cause(_)) => Self::FalseAlarm,
            (Truth::Fault(_), Claim::Healthy) => Self::Missed,
            (Truth::Fault(class), _) if first.names(class) => Self::Right,
            (Truth::Fault(class), _) if first.half_names(class) => Self::Half,
            (Truth::Fault(class), _)
                if answer.claims.get(1).is_some_and(|claim| claim.names(class)) =>
            {
                Self::Second
            }
            (Truth::Fault(_), Claim::Note(_)) => Self::Missed,
            (Truth::Fault(_), Claim::Cause(ids)) if ids.is_empty() => Self::Alarm,
            (Truth::Fault(_), Claim::Cause(_)) => Self::Wrong,
        }
    }
}

/// What following an advice did to the share of requests that miss an objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// At least half of what the fault added is gone, or the objective is met again.
    Helped,
    /// The advice is to look at a part, and that part is broken.
    LooksRight,
    /// It neither helped nor harmed.
    Nothing,
    /// The advice is to look at a part, and that part is sound.
    LooksWrong,
    /// More requests miss their objective, by a tenth of those that did and a hundredth of all.
    Harmed,
    /// The advice names no knob, or none that the simulation has.
    NoKnob,
    /// There was no advice.
    NoAdvice,
}

/// Shares of the requests of a window that miss an objective, in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Missed {
    /// With the fault.
    pub with: f64,
    /// Without it.
    pub without: f64,
    /// With the fault and the advice followed.
    pub after: f64,
}

/// Share of what a fault added that an advice must take away to have helped: less is a comfort, not
/// a cure.
const LEAST_CURED: f64 = 0.5;

/// Share of the requests that may miss an objective of 95 %.
const ALLOWED: f64 = 0.05;

/// Least rise, as a share of what missed before, that counts as harm.
const LEAST_SHARE: f64 = 0.1;

/// Least change, as a share of all requests, that counts: below it lies the chance of a single
/// window.
const LEAST_CHANGE: f64 = 0.01;

impl Effect {
    /// Compares the shares.
    pub fn of(missed: Missed) -> Self {
        let Missed { with, without, after } = missed;
        let least = (LEAST_CURED * (with - without)).max(LEAST_CHANGE);
        let met = after <= ALLOWED && with > ALLOWED;
        if met || with - after >= least {
            Self::Helped
        } else if after >= with + (LEAST_SHARE * with).max(LEAST_CHANGE) {
            Self::Harmed
        } else {
            Self::Nothing
        }
    }

    /// The effect of looking at something: it mends nothing by itself, and is worth what the
    /// diagnosis is worth.
    pub fn of_inspection(outcome: Outcome) -> Self {
        if outcome == Outcome::Right { Self::LooksRight } else { Self::LooksWrong }
    }
}

/// Whether an advice is to look at a part or to mend what is broken there, rather than to turn a
/// knob. A simulation that follows it would have to know what is found.
pub fn is_inspection(action: &str) -> bool {
    ["inspect-", "repair-", "fix-"].iter().any(|begin| action.starts_with(begin))
        || matches!(action, "stop-restarts" | "unblock-streams")
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
    fn an_advice_must_take_half_of_what_the_fault_added() {
        let effect = |with, without, after| Effect::of(Missed { with, without, after });
        assert_eq!(effect(0.5, 0.0, 0.25), Effect::Helped);
        assert_eq!(effect(0.5, 0.0, 0.26), Effect::Nothing);
        assert_eq!(effect(0.44, 0.04, 0.24), Effect::Helped);
        assert_eq!(effect(0.07, 0.0, 0.05), Effect::Helped, "the objective is met");
        assert_eq!(effect(0.5, 0.0, 0.56), Effect::Harmed);
        assert_eq!(effect(0.06, 0.05, 0.055), Effect::Nothing, "below a hundredth of all requests");
    }

    #[test]
    fn looking_is_worth_what_the_diagnosis_is_worth() {
        assert!(is_inspection("inspect-device") && !is_inspection("add-replicas"));
        assert_eq!(Effect::of_inspection(Outcome::Right), Effect::LooksRight);
        assert_eq!(Effect::of_inspection(Outcome::Wrong), Effect::LooksWrong);
    }

    #[test]
    fn a_neighbour_is_half_right() {
        let truth = Truth::from_id("kv-thrash").unwrap();
        let said = Outcome::of(&answer(&[Claim::cause(&["kv-admission"])]), truth);
        assert_eq!(said, Outcome::Half);
    }
}
