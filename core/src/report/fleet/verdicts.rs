//! The verdict of each replica by itself.

use serde::Serialize;

use crate::catalogue::causes::CauseId;
use crate::triage::finding::Severity;

/// Verdicts of some replicas of a scope.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplicaVerdicts {
    /// Replicas that there are.
    pub all: usize,
    /// Those that were asked for, in the order of their keys.
    pub verdicts: Vec<ReplicaVerdict>,
}

/// What a diagnosis of one replica alone says, over the same window and against its own history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplicaVerdict {
    /// Its key.
    pub replica: String,
    /// Which cause.
    pub id: CauseId,
    /// How bad it is.
    pub severity: Severity,
    /// The verdict, one sentence.
    pub sentence: String,
}
