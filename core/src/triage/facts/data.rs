//! Can the numbers be believed?

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::facts::FactId;
use crate::growth::membership::{Membership, Step};
use crate::quality::identities::Broken;
use crate::small::list::CollectVec;
use crate::text::foreign::plain;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition = FactDefinition { id: FactId::Data, thresholds: &[] };

/// Whether the engine's own numbers agree with each other.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing contradicts anything.
    Sound,
    /// Identities do not hold, and a repair of the window may be why: health is not proven.
    Repaired {
        /// The first of them.
        first: Broken,
        /// The repair.
        repair: CaveatId,
    },
    /// Nothing contradicts anything, and not all replicas are seen, which may be ill: the server
    /// left series out, or another process answers. Why, one sentence without its period.
    Partial(String),
    /// A known defect of the engine spoilt times that a verdict needs, and nothing else is wrong:
    /// the rest can be judged. At least one.
    Defective(Vec<Broken>),
    /// Identities do not hold, and nothing explains it. At least one.
    Contradictory(Vec<Broken>),
}

impl Data {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        // No repair explains rates, a target that several processes answer, or a sum over targets
        // of which two are one engine. An old copy contradicts nothing on the pages of other
        // replicas.
        for (id, least) in [
            (CaveatId::RatesAsCounters, 1),
            (CaveatId::SharedTarget, 1),
            (CaveatId::ContestedSeries, 1),
            (CaveatId::CountedTwice, 1),
            (CaveatId::StalePage, subject.replicas.len().max(1)),
        ] {
            let broken = subject.broken.iter().filter(|one| one.id == id);
            let broken: Vec<Broken> = broken.cloned().collect_vec();
            if broken.len() >= least {
                return Self::Contradictory(broken);
            }
        }
        let is_of_others = |one: &&Broken| one.id != CaveatId::StalePage;
        let Some(first) = subject.broken.iter().find(is_of_others) else {
            return partial(subject).map_or(Self::Sound, Self::Partial);
        };
        if subject.broken.iter().all(|one| one.id == CaveatId::EngineDefect) {
            return Self::Defective(subject.broken.to_vec());
        }
        let mut repairs = subject.caveats.iter().map(|caveat| caveat.id);
        let is_repair = |id: &CaveatId| id.can_break_identities() && !subject.is_broken_throughout;
        match repairs.find(is_repair) {
            Some(repair) => Self::Repaired { first: first.clone(), repair },
            None => Self::Contradictory(subject.broken.to_vec()),
        }
    }

    /// Why health is not proven although no contradiction is either, one sentence without its
    /// period; None where nothing speaks against it.
    pub fn doubt(&self) -> Option<String> {
        match self {
            Self::Partial(why) => Some(why.clone()),
            Self::Repaired { first, repair } => Some(format!(
                "{}, but a repair in this window may explain it ({repair})",
                first.text
            )),
            _ => None,
        }
    }
}

/// Why not all replicas are seen to the end; None where nothing says so.
fn partial(subject: &Subject<'_>) -> Option<String> {
    if subject.caveats.has(CaveatId::PartialAnswer) {
        return Some(
            "the server says that its answer is partial: replicas may be missing".to_owned(),
        );
    }
    let (first, last) = (subject.now.first, subject.now.last);
    subject.replicas.iter().find_map(|replica| {
        let is_new = |step: &&Step| {
            step.change == Membership::Replaced && (first + 1..=last).contains(&step.at)
        };
        replica.membership.iter().find(is_new).map(|_| {
            format!(
                "another process answers at {} since the window began, and what became of the \
                 first is not known",
                plain(&replica.key, 80)
            )
        })
    })
}
