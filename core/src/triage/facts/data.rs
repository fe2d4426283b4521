//! Can the numbers be believed?

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::facts::FactId;
use crate::quality::identities::Broken;
use crate::small::list::CollectVec;
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
    /// Nothing contradicts anything, and the server says that it left series out: replicas that are
    /// not seen may be ill.
    Partial,
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
            let is_partial = subject.caveats.has(CaveatId::PartialAnswer);
            return if is_partial { Self::Partial } else { Self::Sound };
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
            Self::Partial => Some(
                "the server says that its answer is partial: replicas may be missing".to_owned(),
            ),
            Self::Repaired { first, repair } => Some(format!(
                "{}, but a repair in this window may explain it ({repair})",
                first.text
            )),
            _ => None,
        }
    }
}
