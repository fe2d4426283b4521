//! One handle: load data, choose settings, read the report.

use std::cell::Cell;

use crate::catalogue::columns::ColumnId;
use crate::catalogue::signals::SignalId;
use crate::diagnosis::{Prepared, diagnose, window_indices};
use crate::error::Error;
use crate::ingest::batch::SampleBatch;
use crate::ingest::prometheus::parse_responses;
use crate::report::{Report, ScopeSummary};
use crate::scope::Scope;
use crate::scope::resolve::resolve;
use crate::settings::Settings;
use crate::signal::columns;
use crate::signal::heat_map::{HeatMap, heat_map};
use crate::small::sorted::sort_few;
use crate::small::text::joined;
use crate::store::Store;
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;
use crate::window::replica_set::ReplicaSet;

/// Loaded data with settings. Everything it returns is a pure function of the two.
#[derive(Debug, Default)]
pub struct Session {
    settings: Settings,
    loaded: Option<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    store: Store,
    /// Length of the range that was loaded first, milliseconds: appending keeps it.
    span: i64,
    scopes: Vec<Ready>,
    /// Index of the scope that the last report showed.
    shown: Cell<usize>,
}

/// A scope, ready for any window.
#[derive(Debug)]
struct Ready {
    scope: Scope,
    /// Of all replicas.
    together: ReplicaSet,
    /// The one replica that the settings ask for, by its index.
    alone: Option<(usize, ReplicaSet)>,
}

impl Loaded {
    fn new(store: Store, span: i64, settings: &Settings) -> Result<Self, Error> {
        let scopes = resolve(&store, settings.prefix.as_deref())?;
        let grid_length = store.grid.len();
        let mut loaded =
            Self { store, span, scopes: Vec::with_capacity(scopes.len()), shown: Cell::new(0) };
        for scope in scopes {
            let together = ReplicaSet::of(&scope.replicas.iter().collect::<Vec<_>>(), grid_length);
            loaded.scopes.push(Ready { scope, together, alone: None });
        }
        loaded.choose(settings.scope.replica.as_deref());
        Ok(loaded)
    }

    /// Makes the replica of that key ready in every scope that has it.
    fn choose(&mut self, key: Option<&str>) {
        let grid_length = self.store.grid.len();
        for one in &mut self.scopes {
            let replicas = &one.scope.replicas;
            let index = key.and_then(|key| replicas.iter().position(|replica| replica.key == key));
            one.alone =
                index.map(|index| (index, ReplicaSet::of(&[&replicas[index]], grid_length)));
        }
    }
}

impl Ready {
    /// The replicas that the settings ask for, and what they make together.
    fn prepared(&self) -> Prepared<'_> {
        match &self.alone {
            Some((index, together)) => Prepared {
                scope: &self.scope,
                replicas: vec![&self.scope.replicas[*index]],
                together,
            },
            None => Prepared {
                scope: &self.scope,
                replicas: self.scope.replicas.iter().collect(),
                together: &self.together,
            },
        }
    }
}

impl Session {
    /// A session without data, with default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the data by Prometheus range responses (JSON bytes, one or more). On an error the
    /// former data stay.
    pub fn load_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.load_batch(parse_responses(responses)?)
    }

    /// Replaces the data by a neutral batch. On an error the former data stay.
    pub fn load_batch(&mut self, batch: SampleBatch) -> Result<(), Error> {
        let store = Store::from_batch(batch)?;
        let times = store.grid.times();
        let span = times.last().zip(times.first()).map_or(0, |(end, start)| end - start);
        self.loaded = Some(Loaded::new(store, span, &self.settings)?);
        Ok(())
    }

    /// Adds the newest part of the same queries. Samples of a known time are replaced; what is
    /// older than the length of the range loaded first is dropped. On an error the former data
    /// stay.
    pub fn append_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.append_batch(parse_responses(responses)?)
    }

    /// Adds the newest part of the same queries, like [`Self::append_prometheus`].
    pub fn append_batch(&mut self, batch: SampleBatch) -> Result<(), Error> {
        if self.loaded.is_none() {
            return self.load_batch(batch);
        }
        let newer = Store::from_batch(batch)?;
        let Some(&newest) = newer.grid.times().last() else {
            return Ok(());
        };
        let Some(mut loaded) = self.loaded.take() else {
            return Ok(());
        };
        // What was made of the old columns goes before the new ones come. Nothing is refused from
        // here on: the series that could be read before are still there.
        loaded.scopes.clear();
        loaded.store.append(newer, newest - loaded.span);
        self.loaded = Some(Loaded::new(loaded.store, loaded.span, &self.settings)?);
        Ok(())
    }

    /// Replaces the settings; takes effect with the next report. On an error the former settings
    /// and data stay.
    pub fn configure(&mut self, settings: Settings) -> Result<(), Error> {
        settings.check()?;
        if settings.prefix != self.settings.prefix
            && let Some(loaded) = &self.loaded
        {
            self.loaded = Some(Loaded::new(loaded.store.clone(), loaded.span, &settings)?);
        } else if settings.scope.replica != self.settings.scope.replica
            && let Some(loaded) = &mut self.loaded
        {
            loaded.choose(settings.scope.replica.as_deref());
        }
        self.settings = settings;
        Ok(())
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The diagnosis of the scope in the settings, else of the worst one.
    pub fn report(&self) -> Result<Report, Error> {
        let loaded = self.loaded.as_ref().ok_or_else(Error::nothing_loaded)?;
        let grid = &loaded.store.grid;
        let window = window_indices(grid, &self.settings).ok_or_else(|| {
            Error::no_engine("the response holds series but no samples; check the time range")
        })?;
        let mut reports = Vec::with_capacity(loaded.scopes.len());
        for (index, one) in loaded.scopes.iter().enumerate() {
            reports.push((
                index,
                diagnose(&one.prepared(), grid, &loaded.store.notices, &self.settings, window),
            ));
        }
        sort_few(&mut reports, |(_, left), (_, right)| {
            let busy = |report: &Report| report.window.finished_requests.unwrap_or(0.0);
            right
                .verdict
                .severity
                .cmp(&left.verdict.severity)
                .then(busy(right).total_cmp(&busy(left)))
                .then_with(|| left.scopes[0].model.cmp(&right.scopes[0].model))
        });
        let scopes: Vec<ScopeSummary> =
            reports.iter().map(|(_, report)| report.scopes[0].clone()).collect::<Vec<_>>();
        let chosen = self.chosen_scope(&scopes)?;
        let (index, mut report) = reports.swap_remove(chosen);
        loaded.shown.set(index);
        report.scopes = scopes;
        report.scope = chosen;
        Ok(report)
    }

    fn chosen_scope(&self, scopes: &[ScopeSummary]) -> Result<usize, Error> {
        let wanted = &self.settings.scope;
        let matches = |scope: &ScopeSummary| {
            wanted.model.as_ref().is_none_or(|model| *model == scope.model)
                && wanted.replica.as_ref().is_none_or(|replica| scope.replicas.contains(replica))
        };
        scopes.iter().position(matches).ok_or_else(|| {
            let shown = scopes.iter().take(10).map(|scope| {
                format!(
                    "\"{}\" on {}",
                    plain(&scope.model, 60),
                    plain(&joined(&scope.replicas, ", "), 120)
                )
            });
            let known: Vec<String> = shown.collect::<Vec<_>>();
            Error::bad_settings(format!(
                "no data match the chosen scope (model {}, replica {}); there is {}",
                plain(wanted.model.as_deref().unwrap_or("any"), 60),
                plain(wanted.replica.as_deref().unwrap_or("any"), 60),
                joined(&known, "; ")
            ))
        })
    }

    /// The scope that the last report showed.
    fn shown(&self) -> Option<(Prepared<'_>, &TimeGrid)> {
        let loaded = self.loaded.as_ref()?;
        Some((loaded.scopes.get(loaded.shown.get())?.prepared(), &loaded.store.grid))
    }

    /// The diagnosis as JSON text: stable key order, shortest round-trip floats.
    pub fn report_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(serde_json::to_vec(&self.report()?).unwrap_or_default())
    }

    /// A long column of the scope that the last report showed, aligned with `times`; `NaN` =
    /// absent. None when there is no such column.
    pub fn column(&self, id: &str) -> Option<Vec<f64>> {
        let (shown, grid) = self.shown()?;
        columns::column(&shown.replicas, grid, ColumnId::from_id(id)?)
    }

    /// How the observations of a signal's histogram spread over latency and time, in the scope that
    /// the last report showed. None when there is no such histogram or nothing was observed.
    pub fn heat_map(&self, signal: &str, columns: usize, q: f64) -> Option<HeatMap> {
        let (shown, grid) = self.shown()?;
        heat_map(&shown.replicas, grid, SignalId::from_id(signal)?, columns, q)
    }
}
