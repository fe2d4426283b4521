//! The data of one purpose: a store on its own grid, and the scopes found in it.

use crate::diagnosis::Prepared;
use crate::error::Error;
use crate::scope::resolve::{self, resolve};
use crate::scope::{Replica, Scope};
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::store::Store;
use crate::window::replica_set::ReplicaSet;

/// Milliseconds for which a server repeats the last sample of a series that vanished. For less,
/// what surrounds the engines was only scraped later; longer, an outage would be cut off.
const REPEATED_MS: i64 = 300_000;

#[derive(Debug)]
pub(super) struct Table {
    pub(super) store: Store,
    /// Length of the range that was loaded first, milliseconds: appending keeps it.
    pub(super) span: i64,
    pub(super) scopes: Vec<Ready>,
}

/// A scope, ready for any window.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) scope: Scope,
    /// Of all replicas.
    replica_set: ReplicaSet,
    /// The one replica that the settings ask for, by its index.
    alone: Option<(usize, ReplicaSet)>,
}

impl Table {
    /// Of newly loaded data.
    pub(super) fn load(store: Store, settings: &Settings) -> Result<Self, Error> {
        let times = store.grid.times();
        let span = times.last().zip(times.first()).map_or(0, |(end, start)| end - start);
        Self::new(store, span, settings)
    }

    /// Of data that were loaded before, or grew.
    pub(super) fn new(mut store: Store, span: i64, settings: &Settings) -> Result<Self, Error> {
        if let Some((first, last)) = resolve::span(&store, settings.prefix.as_deref())
            && last + 1 - first < store.grid.len()
        {
            let times = store.grid.times();
            let end = times.len() - 1;
            // What goes on after all engines are gone is why the range must not end with them.
            let is_gone = times[end] - times[last] > REPEATED_MS;
            store.keep(first, if is_gone { end } else { last });
        }
        let scopes = resolve(&store, settings.prefix.as_deref())?;
        let mut table = Self { store, span, scopes: Vec::with_capacity(scopes.len()) };
        for scope in scopes {
            let replicas: Vec<&Replica> = scope.replicas.iter().collect_vec();
            let replica_set = ReplicaSet::of(&replicas, &table.store.grid);
            table.scopes.push(Ready { scope, replica_set, alone: None });
        }
        table.choose(settings.scope.replica.as_deref());
        Ok(table)
    }

    /// The same data read anew with other settings; without any scope where these find none.
    pub(super) fn read_anew(&self, settings: &Settings) -> Self {
        Self::new(self.store.clone(), self.span, settings).unwrap_or_else(|_| Self {
            store: self.store.clone(),
            span: self.span,
            scopes: Vec::new(),
        })
    }

    /// Makes the replica of that key ready in every scope that has it.
    pub(super) fn choose(&mut self, key: Option<&str>) {
        let grid = &self.store.grid;
        for one in &mut self.scopes {
            let replicas = &one.scope.replicas;
            let index = key.and_then(|key| replicas.iter().position(|replica| replica.key == key));
            one.alone = index.map(|index| (index, ReplicaSet::of(&[&replicas[index]], grid)));
        }
    }

    /// A scope with the replicas that the settings ask for: the one of that key, or all where the
    /// scope has none of that key.
    pub(super) fn prepared(&self, scope: usize) -> Option<Prepared<'_>> {
        let ready = self.scopes.get(scope)?;
        Some(match &ready.alone {
            Some(alone) => self.alone(ready, alone),
            None => self.together(ready),
        })
    }

    /// A scope with all of its replicas, whichever the settings ask for.
    pub(super) fn whole(&self, scope: usize) -> Option<Prepared<'_>> {
        Some(self.together(self.scopes.get(scope)?))
    }

    /// The scope of another table's scope with the same replicas: the one that the other looks at
    /// alone, by its key, or all. None where this table has no such scope or no such replica.
    ///
    /// All of them are those of this table, not those of the other: a fleet that was rolled out
    /// anew has other replicas than a day ago, and its load was served all the same.
    pub(super) fn counterpart(&self, other: &Ready) -> Option<Prepared<'_>> {
        let ready = self.same(other)?;
        match &other.alone {
            // Both tables chose by the key that the settings ask for.
            Some(_) => Some(self.alone(ready, ready.alone.as_ref()?)),
            None => Some(self.together(ready)),
        }
    }

    /// All replicas of that scope in this table; None where it has no such scope.
    pub(super) fn whole_counterpart(&self, other: &Ready) -> Option<Prepared<'_>> {
        Some(self.together(self.same(other)?))
    }

    fn same(&self, other: &Ready) -> Option<&Ready> {
        let is_same = |scope: &Scope| {
            scope.profile.id == other.scope.profile.id
                && scope.prefix == other.scope.prefix
                && scope.model == other.scope.model
        };
        self.scopes.iter().find(|ready| is_same(&ready.scope))
    }

    fn alone<'a>(
        &'a self,
        ready: &'a Ready,
        (index, replica_set): &'a (usize, ReplicaSet),
    ) -> Prepared<'a> {
        let replicas = vec![&ready.scope.replicas[*index]];
        Prepared { scope: &ready.scope, replicas, replica_set, grid: &self.store.grid }
    }

    fn together<'a>(&'a self, ready: &'a Ready) -> Prepared<'a> {
        let Ready { scope, replica_set, .. } = ready;
        let replicas = scope.replicas.iter().collect_vec();
        Prepared { scope, replicas, replica_set, grid: &self.store.grid }
    }
}
