//! Ways in which requests end badly, what counts them, and how surely a share of them is too large.

use crate::catalogue::families::Family;

/// Share of the answers from which errors of clients are one of the server too: it refuses for its
/// load under a status that is only known as 4xx, lost the model that they ask for, or lost their
/// keys. Single clients that send wrong
/// requests stay below half; lower, one of them takes health away.
const CLIENT_ERRORS: f64 = 0.5;

/// How requests ended that did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The engine says that they failed.
    Errored,
    /// They were aborted: their clients left.
    Aborted,
    /// They were refused before they began.
    Refused,
    /// The server, or what stands before it, answered 429: too many requests.
    TooMany,
    /// The server answered 5xx.
    ServerError,
    /// The server answered 4xx.
    ClientError,
    /// The engine gives a reason that no profile knows.
    Otherwise,
}

impl Ending {
    /// Every one, in the order in which they are looked for.
    pub(super) const ALL: [Self; 7] = [
        Self::Errored,
        Self::Aborted,
        Self::Refused,
        Self::TooMany,
        Self::ServerError,
        Self::ClientError,
        Self::Otherwise,
    ];

    /// Predicate of a sentence about requests.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Errored => "failed in the engine",
            Self::Aborted => "were aborted",
            Self::Refused => "were refused",
            Self::TooMany => "were refused with status 429, too many requests",
            Self::ServerError => "were answered with a server error",
            Self::ClientError => "were answered with a client error",
            Self::Otherwise => "ended for a reason that is not known: well or badly",
        }
    }

    /// What counts them.
    pub(super) fn family(self) -> Family {
        match self {
            Self::Errored => Family::RequestsErrored,
            Self::Aborted => Family::RequestsAborted,
            Self::Refused => Family::Rejections,
            Self::TooMany => Family::HttpRefusals,
            Self::ServerError => Family::HttpServerErrors,
            Self::ClientError => Family::HttpClientErrors,
            Self::Otherwise => Family::RequestsEndedOtherwise,
        }
    }

    /// Requests that ended, those that ended so included, of the counts of finishes, answers and
    /// of these themselves.
    pub(super) fn among(self, finished: f64, answered: f64, failed: f64) -> f64 {
        match self {
            Self::Errored | Self::Aborted | Self::Otherwise => finished.max(failed),
            Self::Refused => finished + failed,
            Self::TooMany | Self::ServerError | Self::ClientError => answered.max(failed),
        }
    }

    /// Share of the requests from which they are too many.
    pub(super) fn line(self, may_miss: f64) -> f64 {
        if self == Self::ClientError { CLIENT_ERRORS } else { may_miss }
    }
}

/// Wilson's interval of a share, for so many standard errors; all shares where nothing is counted.
pub(super) fn wilson(failed: f64, ended: f64, errors: f64) -> (f64, f64) {
    if ended <= 0.0 {
        return (0.0, 1.0);
    }
    let (share, squared) = (failed / ended, errors * errors);
    let spread = share * (1.0 - share) / ended + squared / (4.0 * ended * ended);
    let half = errors * libm::sqrt(spread.max(0.0));
    let (centre, scale) = (share + squared / (2.0 * ended), 1.0 + squared / ended);
    ((centre - half) / scale, (centre + half) / scale)
}

#[cfg(test)]
mod tests {
    use super::wilson;

    /// Source: the closed forms at both ends, n / (n + z²) and z² / (n + z²), and the published
    /// interval of 7 among 34 at z = 1.96.
    #[test]
    fn an_interval_of_a_share_is_that_of_wilson() {
        let near = |one: f64, other: f64| (one - other).abs() < 1e-3;
        assert!(near(wilson(10.0, 10.0, 2.0).0, 10.0 / 14.0));
        assert!(near(wilson(0.0, 10.0, 2.0).1, 4.0 / 14.0));
        let (least, most) = wilson(7.0, 34.0, 1.96);
        assert!(near(least, 0.103) && near(most, 0.368), "{least} {most}");
        assert_eq!(wilson(0.0, 0.0, 2.0), (0.0, 1.0));
    }
}
