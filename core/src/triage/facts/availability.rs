//! Is the engine there, and awake?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Availability, thresholds: &[] };

/// Replicas that cannot serve, or did not serve all the time. A state that is not measured names no
/// replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// Any replica says whether it sleeps.
    pub tells_sleep: bool,
    /// Replicas that slept at the window's end.
    pub asleep: Vec<String>,
    /// When the first of them fell asleep, Unix milliseconds; None when it slept since the start of
    /// the data.
    pub asleep_since: Option<i64>,
    /// Replicas whose process started within the window.
    pub restarted: Vec<String>,
}

impl Availability {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let (first, last) = (subject.now.first, subject.now.last);
        let window = |replica: &Replica, family| replica.gauge(family)?.window(first, last);
        let named = |is: &dyn Fn(&Replica) -> bool| -> Vec<String> {
            let replicas = subject.replicas.iter().filter(|replica| is(replica));
            replicas.map(|replica| replica.key.clone()).collect()
        };
        let sleeps = |replica: &Replica| {
            window(replica, Family::Asleep).is_some_and(|state| state.last > 0.0)
        };
        let started = |replica: &Replica| {
            window(replica, Family::ProcessStart).is_some_and(|start| start.max > start.min)
        };
        let since = subject.replicas.iter().filter(|replica| sleeps(replica));
        Self {
            tells_sleep: subject.scope.has(Family::Asleep),
            asleep: named(&sleeps),
            asleep_since: since.filter_map(|replica| fell_asleep(subject, replica)).min(),
            restarted: named(&started),
        }
    }
}

/// Time of the first sample of the sleep that lasts until the window's end.
fn fell_asleep(subject: &Subject<'_>, replica: &Replica) -> Option<i64> {
    let values = replica.gauge(Family::Asleep)?.values();
    let before = values.get(..=subject.now.last)?;
    let awake = before.iter().rposition(|value| *value <= 0.0)?;
    let start = before.iter().skip(awake).position(|value| *value > 0.0)?;
    subject.grid.times().get(awake + start).copied()
}
