//! Is the engine there, and awake?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::{ALL, Replica};
use crate::settings::Interval;
use crate::text::number::{counted, seconds};
use crate::triage::facts::FactDefinition;
use crate::triage::facts::progress::in_flight;
use crate::triage::subject::Subject;
use crate::window::activity::Activity;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Availability, thresholds: &[&MISSED] };

/// Scrapes in a row that may be missed.
static MISSED: Threshold = Threshold {
    id: "availability.missed-scrapes",
    value: 2.0,
    range: (0.0, 100.0),
    reason: Reason::of(
        "Scrapes in a row that a replica may miss before what it did in the meantime counts as \
             unknown. One or two time-outs of a busy target happen every day; at three the engine \
             may have been away. Lower, every slow scrape takes health away; higher, an outage of a \
             minute is called healthy.",
    ),
};

/// Replicas that cannot serve, or did not serve all the time. A state that is not measured names no
/// replica.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    /// Any replica says whether it sleeps.
    pub tells_sleep: bool,
    /// Replicas that slept at the window's end.
    pub asleep: Vec<String>,
    /// When the first of them fell asleep, Unix milliseconds; None when it slept since the start of
    /// the data.
    pub asleep_since: Option<i64>,
    /// Stretches of the window without samples, and restarts, that leave open what became of
    /// requests; in the order of replicas.
    pub absences: Vec<Absence>,
}

/// A time at which a replica was away, or may have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Absence {
    /// Replica.
    pub replica: String,
    /// Last sample before, Unix milliseconds.
    pub from: i64,
    /// First sample after, Unix milliseconds; None where none follows in the window.
    pub until: Option<i64>,
    /// From the last sample before to the first after, else to the window's end, seconds.
    pub seconds: f64,
    /// Requests at the last sample before; None where no state is measured.
    pub in_flight: Option<f64>,
    /// A new process answers after it.
    pub restarted: bool,
    /// The target was reported down in the meantime.
    pub is_down: bool,
    /// There are samples, and all of them repeat the first: nothing is known of the time.
    pub is_repeated: bool,
}

impl Absence {
    /// What happened, one sentence without its period.
    pub fn sentence(&self) -> String {
        let held = match self.in_flight {
            Some(requests) if requests > 0.0 => {
                format!(" with {} inside", counted(requests, "request", "requests"))
            }
            _ => String::new(),
        };
        let (mut replica, length) = (self.replica.as_str(), seconds(self.seconds));
        if replica == ALL {
            if self.restarted {
                return "the sums over all engines fell: at least one engine restarted or left"
                    .to_owned();
            }
            replica = "the sum over all engines";
        }
        if self.is_repeated {
            format!(
                "the metrics of {replica} are unchanged for {length}, the CPU time of its process too"
            )
        } else if self.restarted {
            format!("{replica} restarted{held}; it was away for up to {length}")
        } else if self.is_down {
            format!("{replica} was down for up to {length}{held}")
        } else if self.until.is_none() {
            format!("{replica} vanished{held}: its last sample is {length} old")
        } else {
            format!("{replica} sent no sample for {length}")
        }
    }
}

impl Availability {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let (first, last) = (subject.now.first, subject.now.last);
        let mut found = Self {
            tells_sleep: subject.scope.has(Family::Asleep),
            asleep: Vec::new(),
            asleep_since: None,
            absences: Vec::new(),
        };
        let others = subject.replicas.len() > 1;
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            let state = replica.gauge(Family::Asleep).and_then(|state| state.window(first, last));
            if state.is_some_and(|state| state.last > 0.0) {
                let since = fell_asleep(subject, replica);
                let is_first = found.asleep_since.is_none_or(|first| since < Some(first));
                found.asleep_since = since.filter(|_| is_first).or(found.asleep_since);
                found.asleep.push(replica.key.clone());
            }
            found.absences.append(&mut absences(subject, replica, activity, others));
        }
        found
    }
}

/// Milliseconds between two samples of a replica beyond which more scrapes were missed than may be.
/// Scrapes come up to half their distance late.
pub(crate) fn unseen_after(subject: &Subject<'_>, activity: &Activity) -> f64 {
    activity.spacing as f64 * (subject.line(&MISSED) + 1.5)
}

/// Every absence of one replica in the window, restarts first.
fn absences(
    subject: &Subject<'_>,
    replica: &Replica,
    activity: &Activity,
    others: bool,
) -> Vec<Absence> {
    let (first, last) = (subject.now.first, subject.now.last);
    let times = subject.grid.times();
    let line = unseen_after(subject, activity);
    let is_long = |from: usize, to: usize| (times[to] - times[from]) as f64 > line;
    let absence = |from: usize, to: Option<usize>, restarted| Absence {
        replica: replica.key.clone(),
        from: times[from],
        until: to.map(|to| times[to]),
        seconds: (times[to.unwrap_or(last)] - times[from]) as f64 / 1000.0,
        in_flight: in_flight(replica, from),
        restarted,
        is_down: replica
            .gauge(Family::Up)
            .and_then(|up| up.window(from, to.unwrap_or(last)))
            .is_some_and(|up| up.min <= 0.0),
        is_repeated: false,
    };
    let mut absences: Vec<Absence> = Vec::new();
    // The window may begin while nothing answers, and so with the first sample of a new process.
    let range = Interval { start: times[0], end: times[times.len() - 1] };
    let begins_before = subject.settings.window_within(range).start < times[first];
    let base = if begins_before { first.saturating_sub(1) } else { first };
    for (from, to) in activity.restarts(base, last) {
        // A process that was drained, and whose successor was there at once, lost nothing. Empty at
        // one scrape is chance at low traffic.
        let before =
            from.checked_sub(1).and_then(|before| activity.seen(first.min(before), before));
        let was_drained = in_flight(replica, from) == Some(0.0)
            && before.is_some_and(|(_, before)| in_flight(replica, before) == Some(0.0));
        if is_long(from, to) || !was_drained {
            absences.push(absence(from, Some(to), true));
        }
    }
    let newest = activity.seen(first, last).map(|(_, newest)| newest);
    for (from, to) in activity.stale(first, last).filter(|&(from, to)| is_long(from, to)) {
        let to = Some(to).filter(|to| newest != Some(*to));
        absences.push(Absence { is_repeated: true, ..absence(from, to, false) });
    }
    if activity.spacing <= 0 {
        return absences;
    }
    let is_down = replica.gauge(Family::Up).and_then(|up| up.window(first, last));
    let is_down = is_down.is_some_and(|up| up.last <= 0.0);
    let Some(newest) = newest else {
        if is_down {
            let seen = activity.seen(0, first).map_or(first, |(_, seen)| seen);
            absences.push(absence(seen, None, false));
        }
        return absences;
    };
    if let Some((from, to)) = activity.longest_gap(first, last, times)
        && is_long(from, to)
        && absences.iter().all(|one| one.from != times[from])
    {
        absences.push(absence(from, Some(to), false));
    }
    // One of several that left with nothing to do was taken out of service.
    let left = others && in_flight(replica, newest) == Some(0.0);
    if is_long(newest, last) && (is_down || !left) {
        absences.push(absence(newest, None, false));
    }
    absences
}

/// Time of the first sample of the sleep that lasts until the window's end.
fn fell_asleep(subject: &Subject<'_>, replica: &Replica) -> Option<i64> {
    let values = replica.gauge(Family::Asleep)?.values();
    let before = values.get(..=subject.now.last)?;
    let awake = before.iter().rposition(|value| *value <= 0.0)?;
    let start = before.iter().skip(awake).position(|value| *value > 0.0)?;
    subject.grid.times().get(awake + start).copied()
}
