//! A time at which nothing came out of a replica, and how that is said.

use crate::growth::gauge::GaugeSummary;
use crate::text::number::{counted, seconds};

/// A stretch without output at one replica.
#[derive(Debug, Clone, PartialEq)]
pub struct Stall {
    /// Replica.
    pub replica: String,
    /// Last sample before which something came out, Unix milliseconds.
    pub since: i64,
    /// Last sample of the stretch, Unix milliseconds.
    pub until: i64,
    /// It lasts to the newest sample of the window.
    pub lasts: bool,
    /// Most requests that ran.
    pub running: Option<f64>,
    /// Most requests that waited.
    pub waiting: Option<f64>,
    /// What shows that the requests are there.
    pub shown: Shown,
}

/// What shows that requests at an engine without output are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Running or waiting changed while nothing came out, or what came then had waited for it.
    Alive,
    /// All were deferred: they waited for something other than capacity.
    Deferred,
    /// They came and went while nothing came out, which lasts: they left without output, or it is
    /// not counted.
    Uncounted,
    /// Nothing but states that stand still: they may be left over from requests that were aborted.
    Still,
}

impl Shown {
    /// By the states of running, waiting and deferred requests, whether requests come and go
    /// meanwhile, and whether what came out behind it had waited.
    pub(super) fn of(
        (running, waiting, deferred): States,
        come_and_go: bool,
        had_waited: impl FnOnce() -> bool,
    ) -> Self {
        let is_moved = |state: Option<GaugeSummary>| state.is_some_and(|one| one.max > one.min);
        let most = |state: Option<GaugeSummary>| state.map_or(0.0, |one| one.max);
        let is_idle = running.is_some_and(|running| running.max <= 0.0);
        if most(deferred) > 0.0 && most(deferred) >= most(waiting) && is_idle {
            Self::Deferred
        } else if come_and_go {
            Self::Uncounted
        } else if is_moved(running) || is_moved(waiting) || had_waited() {
            Self::Alive
        } else {
            Self::Still
        }
    }
}

/// Requests that run, wait and are deferred in a stretch, each where it is measured.
type States = (Option<GaugeSummary>, Option<GaugeSummary>, Option<GaugeSummary>);

impl Stall {
    /// Its length, seconds: at least that long nothing came out.
    pub fn seconds(&self) -> f64 {
        (self.until - self.since) as f64 / 1000.0
    }

    /// What the newest samples show, one sentence without its period.
    pub fn lately(&self) -> String {
        if self.requests() <= 0.0 {
            return format!(
                "no sign of output from {} for the last {}, and whether requests wait is not \
                 measured",
                self.replica,
                seconds(self.seconds())
            );
        }
        format!(
            "no sign of output from {} for the last {} with {} in flight",
            self.replica,
            seconds(self.seconds()),
            counted(self.requests(), "request", "requests")
        )
    }

    /// Most requests that ran and most that waited, together; 0 where neither is measured.
    pub fn requests(&self) -> f64 {
        self.running.unwrap_or(0.0) + self.waiting.unwrap_or(0.0)
    }
}
