//! The verdict of every replica by itself: what a reader would get who chose that replica.

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::diagnosis::diagnose_replica;
use crate::error::Error;
use crate::report::{ReplicaVerdict, ReplicaVerdicts};
use crate::session::{Session, no_scope};
use crate::small::list::CollectVec;

impl Session {
    /// The verdicts of some replicas of a scope, by their numbers in the order of their keys, from
    /// 0; those that do not exist are left out. `replica_verdicts(scope, 0..0)` only counts.
    ///
    /// Each costs the diagnosis of one replica, so that a page asks for a few at a time.
    pub fn replica_verdicts(
        &self,
        scope: usize,
        wanted: Range<usize>,
    ) -> Result<ReplicaVerdicts, Error> {
        let detail = self.detail()?;
        let all = detail.whole(scope).ok_or_else(|| no_scope(scope, detail.scopes.len()))?;
        let window = self.window(detail)?;
        // As the diagnosis of all of them does, where nobody chose a window.
        let window = self.look(detail, scope, window).map_or(window, |found| found.window);
        let history = self.history.as_ref().zip(detail.scopes.get(scope));
        let history = history.and_then(|(table, ready)| table.whole_counterpart(ready));
        let single = all.replicas.iter().filter(|replica| !replica.aggregate).collect_vec();
        let some = single.iter().take(wanted.end).skip(wanted.start);
        let verdicts = some.map(|replica| {
            let notices = &detail.store.notices;
            let settings = &self.settings;
            let found =
                diagnose_replica(&all, history.as_ref(), replica, notices, settings, window);
            ReplicaVerdict {
                replica: replica.key.clone(),
                id: found.verdict.id,
                severity: found.verdict.severity,
                sentence: found.verdict.sentence,
            }
        });
        Ok(ReplicaVerdicts { all: single.len(), verdicts: verdicts.collect_vec() })
    }
}
