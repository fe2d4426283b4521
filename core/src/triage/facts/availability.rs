//! Is the engine there, and awake?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::gauge::Gauge;
use crate::scope::Replica;
use crate::settings::Interval;
use crate::triage::absence::{Absence, AbsenceKind};
use crate::triage::facts::FactDefinition;
use crate::triage::facts::scheduler::Scheduler;
use crate::triage::subject::Subject;
use crate::window::activity::Activity;
use crate::window::drained::was_drained;
use crate::window::silence::in_flight;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Availability, thresholds: &[&MISSED] };

/// Scrapes in a row that may be missed.
pub(super) static MISSED: Threshold = Threshold {
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

/// Failed scrapes from which they are no chance: two happen, and four come late.
const FAILED_SCRAPES: usize = 3;

/// Past scrapes that are looked at for failed ones, and the share that may fail: one in twenty is a
/// busy server, every fourth a target that comes and goes.
const FLAPPING_SCRAPES: usize = 20;
const FLAPPING_SHARE: f64 = 0.1;

/// Samples in a row at which two replicas were both there, after which one that is there alone says
/// that a scrape of the other is missing. Scrapes at times of their own meet by chance once.
const SHARED_TIMES: usize = 3;

/// Replicas that cannot serve, or did not serve all the time. A state that is not measured names no
/// replica.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    /// Any replica says whether it sleeps.
    pub tells_sleep: bool,
    /// Replicas that slept at the window's end.
    pub asleep: Vec<String>,
    /// Replicas that say they sleep while tokens come out of them: the state is wrong.
    pub says_asleep: Vec<String>,
    /// Requests inside those that sleep, at the window's end; None where any of them does not tell.
    pub held_asleep: Option<f64>,
    /// Any of those that sleep made tokens earlier in the data.
    pub worked_before_sleep: bool,
    /// When the first of them fell asleep, Unix milliseconds; None when it slept since the start of
    /// the data.
    pub asleep_since: Option<i64>,
    /// Stretches of the window without samples, and restarts, that leave open what became of
    /// requests; in the order of replicas.
    pub absences: Vec<Absence>,
    /// The first replica that the newest scrape missed alone, and for how long, seconds: health is
    /// of the time before.
    pub unseen: Option<(String, f64)>,
}

impl Availability {
    pub(super) fn of(subject: &Subject<'_>, scheduler: &Scheduler) -> Self {
        let mut found = Self {
            tells_sleep: subject.scope.has(Family::Asleep),
            asleep: Vec::new(),
            says_asleep: Vec::new(),
            held_asleep: Some(0.0),
            worked_before_sleep: false,
            asleep_since: None,
            absences: Vec::new(),
            unseen: None,
        };
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            found.add_sleep(subject, replica);
            let life = Life { subject, replica, activity };
            life.add_absences(&mut found.absences);
            found.unseen = found.unseen.or_else(|| life.unseen());
        }
        for absence in &mut found.absences {
            let end = scheduler.end_of(&absence.replica);
            absence.why = end.filter(|end| end.since > absence.from).map(|end| end.why);
        }
        found
    }

    fn add_sleep(&mut self, subject: &Subject<'_>, replica: &Replica) {
        let (first, last) = (subject.now.first, subject.now.last);
        let last_of = |family| Some(replica.gauge(family)?.window(first, last)?.last);
        if last_of(Family::Asleep).is_none_or(|state| state <= 0.0) {
            return;
        }
        let fell_asleep = fell_asleep(subject, replica);
        let made = |from, to| {
            let tokens = replica.counter(Family::GenerationTokens);
            tokens.and_then(|tokens| tokens.increase(from, to)).is_some_and(|made| made > 0.0)
        };
        if made(fell_asleep.unwrap_or(0).max(first), last) {
            self.says_asleep.push(replica.key.clone());
            return;
        }
        let since = fell_asleep.and_then(|at| subject.grid.times().get(at).copied());
        let is_first = self.asleep_since.is_none_or(|first| since < Some(first));
        self.asleep_since = since.filter(|_| is_first).or(self.asleep_since);
        self.worked_before_sleep |= made(0, last);
        let held = last_of(Family::Running).zip(last_of(Family::Waiting));
        self.held_asleep =
            self.held_asleep.zip(held).map(|(all, (running, waiting))| all + running + waiting);
        self.asleep.push(replica.key.clone());
    }
}

/// Milliseconds between two samples of a replica beyond which more scrapes were missed than may be.
/// Scrapes come up to half their distance late.
pub(crate) fn unseen_after(subject: &Subject<'_>, activity: &Activity) -> f64 {
    activity.spacing as f64 * (subject.line(&MISSED) + 1.5)
}

/// One replica in the window.
struct Life<'s> {
    subject: &'s Subject<'s>,
    replica: &'s Replica,
    activity: &'s Activity,
}

impl Life<'_> {
    /// Every absence, restarts first.
    fn add_absences(&self, absences: &mut Vec<Absence>) {
        let (first, last) = (self.subject.now.first, self.subject.now.last);
        let begin = absences.len();
        self.add_restarts(absences);
        let newest = self.activity.seen(first, last).map(|(_, newest)| newest);
        let times = self.subject.grid.times();
        for (from, to) in self.activity.unmoved(first, last).filter(|&ends| self.is_long(ends)) {
            let is_newest = newest == Some(to);
            // What was counted in a short stretch is in the samples behind it.
            if is_newest || self.activity.is_stale((from, to), times) {
                let to = Some(to).filter(|_| !is_newest);
                absences.push(self.absence(from, to, AbsenceKind::Repeated));
            }
        }
        if self.activity.spacing <= 0 {
            return;
        }
        let longest = self.activity.longest_gap(first, last, times);
        if let Some((from, to)) = longest.filter(|&ends| self.is_long(ends))
            && absences[begin..].iter().all(|one| one.from != times[from])
        {
            absences.push(self.absence(from, Some(to), self.kind_of(from, to)));
        } else if absences.len() == begin
            && let Some(kind) = self.flapping()
        {
            absences.push(self.absence(first, Some(last), kind));
        }
        absences.extend(self.end(newest));
    }

    fn absence(&self, from: usize, to: Option<usize>, kind: AbsenceKind) -> Absence {
        let (times, last) = (self.subject.grid.times(), self.subject.now.last);
        let end = to.map_or_else(|| self.window_end(), |to| times[to]);
        Absence {
            replica: self.replica.key.clone(),
            kind,
            why: None,
            from: times[from],
            until: to.map(|to| times[to]),
            seconds: (end - times[from]) as f64 / 1000.0,
            in_flight: in_flight(self.replica, from),
            is_gone: kind != AbsenceKind::Repeated && to.is_none() && self.is_long((from, last)),
        }
    }

    /// More than the scrapes that may be missed lie between two samples.
    fn is_long(&self, (from, to): (usize, usize)) -> bool {
        let times = self.subject.grid.times();
        (times[to] - times[from]) as f64 > unseen_after(self.subject, self.activity)
    }

    /// Scrapes that fit into a time, milliseconds.
    fn scrapes(&self, length: i64) -> f64 {
        length as f64 / self.activity.spacing as f64
    }

    /// End of the window that was asked for where no sample at all lies behind it, else its last
    /// sample; Unix milliseconds.
    fn window_end(&self) -> i64 {
        let (times, last) = (self.subject.grid.times(), self.subject.now.last);
        let range = Interval { start: times[0], end: times[times.len() - 1] };
        if last + 1 < times.len() {
            return times[last];
        }
        self.subject.settings.window_within(range).end.max(times[last])
    }

    /// What the scrape itself says of a stretch without samples.
    fn kind_of(&self, from: usize, to: usize) -> AbsenceKind {
        let times = self.subject.grid.times();
        match self.replica.gauge(Family::Up).and_then(|up| up.window(from + 1, to)) {
            Some(up) if up.min <= 0.0 => {
                AbsenceKind::Down { scrapes: self.scrapes(times[to] - times[from]) }
            }
            Some(_) => AbsenceKind::Silent { answers: true },
            None => AbsenceKind::Silent { answers: false },
        }
    }

    /// Restarts of the window that leave open what became of requests.
    fn add_restarts(&self, absences: &mut Vec<Absence>) {
        let (first, last) = (self.subject.now.first, self.subject.now.last);
        let times = self.subject.grid.times();
        // A window may begin while nothing answers, so with the first sample of a new process.
        let range = Interval { start: times[0], end: times[times.len() - 1] };
        let begins_before = self.subject.settings.window_within(range).start < times[first];
        let base = if begins_before { first.saturating_sub(1) } else { first };
        let mut born = 0;
        for (from, to) in self.activity.restarts(0, last) {
            if to > base && (self.is_long((from, to)) || !self.was_drained(born, from)) {
                absences.push(self.absence(from, Some(to), AbsenceKind::Restarted));
            }
            born = to;
        }
    }

    /// Whether the process that was born at a sample was drained when it ended at another.
    fn was_drained(&self, born: usize, from: usize) -> bool {
        was_drained(self.replica, self.activity, born, from)
    }

    /// Scrapes that failed again and again, each time for no longer than they may.
    fn flapping(&self) -> Option<AbsenceKind> {
        let (first, last) = (self.subject.now.first, self.subject.now.last);
        let times = self.subject.grid.times();
        let up = self.replica.gauge(Family::Up).map_or(&[][..], Gauge::values);
        let (mut fell, mut gaps, mut scrapes) = (0, 0, 0);
        let (mut was_up, mut before) = (false, None::<(usize, i64)>);
        // A short window of a long interval holds a few scrapes only.
        let begin = first.min(last.saturating_sub(FLAPPING_SCRAPES));
        for (at, &time) in times.iter().enumerate().take(last + 1).skip(begin) {
            if let Some(&up) = up.get(at).filter(|up| !up.is_nan()) {
                fell += usize::from(was_up && up <= 0.0);
                was_up = up > 0.0;
            }
            if self.activity.seen(at, at).is_some() {
                scrapes += 1;
                // Others were sampled in between.
                gaps += usize::from(before.is_some_and(|(index, before)| {
                    at > index + 1 && self.scrapes(time - before) > 1.5
                }));
                before = Some((at, time));
            }
        }
        let times = fell.max(gaps);
        (times >= FAILED_SCRAPES && (times as f64) >= FLAPPING_SHARE * scrapes as f64)
            .then_some(AbsenceKind::Flapping { times, scrapes })
    }

    /// First sample of the process that answered at a time.
    fn born(&self, at: usize) -> usize {
        self.activity.restarts(0, at).last().map_or(0, |(_, born)| born)
    }

    /// What is missing between the newest sample and the window's end.
    fn end(&self, newest: Option<usize>) -> Option<Absence> {
        let (first, last) = (self.subject.now.first, self.subject.now.last);
        let times = self.subject.grid.times();
        let Some(newest) = newest else {
            let kind = self.kind_of(first.saturating_sub(1), last);
            let seen = self.activity.seen(0, first).map(|(_, seen)| seen);
            let is_told = |seen: &usize| {
                kind != AbsenceKind::Silent { answers: false }
                    || !self.is_long((*seen, first)) && !self.was_drained(self.born(*seen), *seen)
            };
            let seen = seen.filter(is_told);
            let down = matches!(kind, AbsenceKind::Down { .. }).then_some(first);
            return seen.or(down).map(|seen| self.absence(seen, None, kind));
        };
        let kind = self.kind_of(newest, last);
        let up = self.replica.gauge(Family::Up).and_then(|up| up.window(newest + 1, last));
        if up.is_some_and(|up| up.last <= 0.0) {
            return Some(self.absence(newest, None, kind));
        }
        // Replicas that are not scraped at the same times end a scrape apart.
        let others_go_on = self.scrapes(times[last] - times[newest]) > 1.5;
        let missed = self.scrapes(self.window_end() - times[newest]);
        let is_missed = others_go_on || missed > self.subject.line(&MISSED) + 0.5;
        // One of several that was drained before the others went on was taken out of service.
        let left = others_go_on
            && self.subject.replicas.len() > 1
            && self.was_drained(self.born(newest), newest);
        let answers = kind == AbsenceKind::Silent { answers: true };
        (is_missed && (answers || !left)).then(|| self.absence(newest, None, kind))
    }
}

impl Life<'_> {
    /// Its key and the seconds since its newest sample, where the newest scrape of another replica,
    /// which is sampled at the same times, showed nothing of it. One that comes back missed one.
    fn unseen(&self) -> Option<(String, f64)> {
        let (first, last) = (self.subject.now.first, self.subject.now.last);
        let times = self.subject.grid.times();
        let (_, newest) = self.activity.seen(first, last).filter(|(_, newest)| *newest < last)?;
        let next = self.activity.seen(last + 1, times.len() - 1);
        if next.is_some_and(|(next, _)| !self.is_long((newest, next)))
            || self.was_drained(self.born(newest), newest)
        {
            return None;
        }
        let is_seen = |one: &Activity, at: usize| one.seen(at, at).is_some();
        let shares_times = |other: &&Activity| {
            let agrees = |at: &usize| is_seen(other, *at) == is_seen(self.activity, *at);
            let both = (0..=newest).rev().take_while(agrees).filter(|&at| is_seen(other, at));
            is_seen(other, last) && both.take(SHARED_TIMES).count() == SHARED_TIMES
        };
        self.subject.activities.iter().find(shares_times)?;
        Some((self.replica.key.clone(), (times[last] - times[newest]) as f64 / 1000.0))
    }
}

/// Grid index of the first sample of the sleep that lasts until the window's end; None where it
/// slept since the start of the data.
fn fell_asleep(subject: &Subject<'_>, replica: &Replica) -> Option<usize> {
    let values = replica.gauge(Family::Asleep)?.values();
    let before = values.get(..=subject.now.last)?;
    let awake = before.iter().rposition(|value| *value <= 0.0)?;
    let start = before.iter().skip(awake).position(|value| *value > 0.0)?;
    Some(awake + start)
}
