//! A time at which a replica was away, or may have been, and how that is said.

use crate::scope::ALL;
use crate::text::number::{counted, number, seconds};

/// A time at which a replica was away, or may have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Absence {
    /// Replica.
    pub replica: String,
    /// What is known of it.
    pub kind: AbsenceKind,
    /// Last sample before, Unix milliseconds.
    pub from: i64,
    /// First sample after, Unix milliseconds; None where none follows in the window.
    pub until: Option<i64>,
    /// From the last sample before to the first after, else to the window's end, seconds.
    pub seconds: f64,
    /// Why the process ended, in the scheduler's word, where that was first said in this time.
    pub why: Option<&'static str>,
    /// Requests at the last sample before; None where no state is measured.
    pub in_flight: Option<f64>,
    /// Others were sampled for longer after it than scrapes may be missed, so all numbers of this
    /// replica are of the time before.
    pub is_gone: bool,
}

/// What is known of an absence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AbsenceKind {
    /// A new process answers after it.
    Restarted,
    /// Scrapes failed again and again.
    Flapping {
        /// Stretches without a sample.
        times: usize,
        /// Scrapes that succeeded.
        scrapes: usize,
    },
    /// The target was reported down.
    Down {
        /// Scrapes that fit into it.
        scrapes: f64,
    },
    /// There are samples, and all of them repeat the first: nothing is known of the time.
    Repeated,
    /// No sample, and no word of why.
    Silent {
        /// The target still answers its scrapes.
        answers: bool,
    },
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
        let why = self.why.map_or_else(String::new, |why| format!(" ({why})"));
        let (mut replica, length) = (self.replica.as_str(), seconds(self.seconds));
        if replica == ALL {
            if self.kind == AbsenceKind::Restarted {
                return "the sums over all engines fell: at least one engine restarted or left"
                    .to_owned();
            }
            replica = "the sum over all engines";
        }
        match self.kind {
            AbsenceKind::Repeated => format!(
                "the metrics of {replica} are unchanged for {length}, the CPU time of its process too"
            ),
            AbsenceKind::Flapping { times, scrapes } => {
                format!("{replica} came and went: scrapes failed {times} times among {scrapes}")
            }
            AbsenceKind::Restarted => {
                format!("{replica} restarted{why}{held}; it was away for up to {length}")
            }
            AbsenceKind::Down { scrapes } if self.is_brief() => {
                let last = if scrapes < 1.5 {
                    "scrape".to_owned()
                } else {
                    format!("{} scrapes", number(libm::round(scrapes)))
                };
                format!("{replica} was down at the last {last}{held}")
            }
            AbsenceKind::Down { .. } => format!("{replica} was down for up to {length}{held}"),
            AbsenceKind::Silent { answers: true } if self.until.is_none() => format!(
                "the metrics of {replica} ended{held} {length} before the window, though it is up"
            ),
            AbsenceKind::Silent { .. } if self.until.is_none() => {
                format!("{replica} vanished{held}: its last sample is {length} old")
            }
            AbsenceKind::Silent { .. } => format!("{replica} sent no sample for {length}"),
        }
    }

    /// Whether the newest scrapes failed and no more than may: a busy server times out.
    pub fn is_brief(&self) -> bool {
        matches!(self.kind, AbsenceKind::Down { .. }) && self.until.is_none() && !self.is_gone
    }
}
