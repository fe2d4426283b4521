//! One handle: load data, choose settings, read the report.

use std::cell::Cell;

use crate::diagnosis::{CHANGE_FAMILIES, Prepared, diagnose, window_indices};
use crate::error::Error;
use crate::ingest::batch::SampleBatch;
use crate::ingest::prometheus::parse_responses;
use crate::list::Listed;
use crate::profile::resolve::resolve;
use crate::report::{Report, ScopeSummary};
use crate::scope::{Replica, Scope};
use crate::settings::Settings;
use crate::signal::change::CumulativeMean;
use crate::signal::columns;
use crate::signal::heat_map::{HeatMap, heat_map};
use crate::sorted::sort_few;
use crate::store::Store;
use crate::text::joined;
use crate::wording::plain;

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
    scopes: Vec<(Scope, Vec<Option<CumulativeMean>>)>,
    /// Index of the scope that the last report showed.
    shown: Cell<usize>,
}

impl Loaded {
    fn new(store: Store, span: i64, prefix: Option<&str>) -> Result<Self, Error> {
        let scopes = resolve(&store, prefix)?
            .into_iter()
            .map(|scope| {
                let changes = changes(&scope.replicas.iter().list(), store.grid.len());
                (scope, changes)
            })
            .list();
        Ok(Self { store, span, scopes, shown: Cell::new(0) })
    }
}

fn changes(replicas: &[&Replica], grid_length: usize) -> Vec<Option<CumulativeMean>> {
    CHANGE_FAMILIES.iter().map(|&family| CumulativeMean::of(replicas, family, grid_length)).list()
}

impl Session {
    /// A session without data, with default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the data by Prometheus range responses (JSON bytes, one or more). On an error the former data stay.
    pub fn load_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.load_batch(&parse_responses(responses)?)
    }

    /// Replaces the data by a neutral batch. On an error the former data stay.
    pub fn load_batch(&mut self, batch: &SampleBatch) -> Result<(), Error> {
        let store = Store::from_batch(batch)?;
        let times = store.grid.times();
        let span = times.last().zip(times.first()).map_or(0, |(end, start)| end - start);
        self.loaded = Some(Loaded::new(store, span, self.settings.prefix.as_deref())?);
        Ok(())
    }

    /// Adds the newest part of the same queries. Samples of a known time are replaced; what is older than the length of
    /// the range loaded first is dropped. On an error the former data stay.
    pub fn append_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.append_batch(&parse_responses(responses)?)
    }

    /// Adds the newest part of the same queries, like [`Self::append_prometheus`].
    pub fn append_batch(&mut self, batch: &SampleBatch) -> Result<(), Error> {
        let Some(loaded) = &self.loaded else {
            return self.load_batch(batch);
        };
        let newer = Store::from_batch(batch)?;
        let Some(&newest) = newer.grid.times().last() else {
            return Ok(());
        };
        let span = loaded.span;
        let mut store = loaded.store.clone();
        store.append(newer, newest - span);
        self.loaded = Some(Loaded::new(store, span, self.settings.prefix.as_deref())?);
        Ok(())
    }

    /// Replaces the settings; takes effect with the next report. On an error the former settings and data stay.
    pub fn configure(&mut self, settings: Settings) -> Result<(), Error> {
        settings.check()?;
        if settings.prefix != self.settings.prefix
            && let Some(loaded) = &self.loaded
        {
            self.loaded = Some(Loaded::new(loaded.store.clone(), loaded.span, settings.prefix.as_deref())?);
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
        let window = window_indices(grid, &self.settings)
            .ok_or_else(|| Error::no_engine("the response holds series but no samples; check the time range"))?;
        let mut reports = Vec::with_capacity(loaded.scopes.len());
        for (index, (scope, _)) in loaded.scopes.iter().enumerate() {
            let (replicas, own_changes) = self.replicas(loaded, index);
            let changes = own_changes.as_deref().unwrap_or(&loaded.scopes[index].1);
            let prepared = Prepared { scope, replicas, changes };
            reports.push((index, diagnose(&prepared, grid, &loaded.store.notices, &self.settings, window)));
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
        let scopes: Vec<ScopeSummary> = reports.iter().map(|(_, report)| report.scopes[0].clone()).list();
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
                format!("\"{}\" on {}", plain(&scope.model, 60), plain(&joined(&scope.replicas, ", "), 120))
            });
            let known: Vec<String> = shown.list();
            Error::bad_settings(format!(
                "no data match the chosen scope (model {}, replica {}); there is {}",
                plain(wanted.model.as_deref().unwrap_or("any"), 60),
                plain(wanted.replica.as_deref().unwrap_or("any"), 60),
                joined(&known, "; ")
            ))
        })
    }

    /// The replicas of a scope that the settings ask for, and the running means of a part of them.
    fn replicas<'a>(
        &self,
        loaded: &'a Loaded,
        index: usize,
    ) -> (Vec<&'a Replica>, Option<Vec<Option<CumulativeMean>>>) {
        let all = &loaded.scopes[index].0.replicas;
        let wanted = self.settings.scope.replica.as_ref();
        match wanted.and_then(|key| all.iter().find(|replica| replica.key == *key)) {
            Some(one) => (vec![one], Some(changes(&[one], loaded.store.grid.len()))),
            None => (all.iter().list(), None),
        }
    }

    /// The diagnosis as JSON text: stable key order, shortest round-trip floats.
    pub fn report_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(&self.report()?).map_err(|_| Error::bad_data("the report cannot be written as JSON"))
    }

    /// A long column of the scope that the last report showed, aligned with `times`; `NaN` = absent. None when there is
    /// no such column.
    pub fn column(&self, id: &str) -> Option<Vec<f64>> {
        let loaded = self.loaded.as_ref()?;
        let (replicas, _) = self.replicas(loaded, loaded.shown.get());
        columns::column(&replicas, &loaded.store.grid, id)
    }

    /// How the observations of a signal's histogram spread over latency and time, in the scope that the last report
    /// showed. None when there is no such histogram or nothing was observed.
    pub fn heat_map(&self, signal: &str, columns: usize, q: f64) -> Option<HeatMap> {
        let loaded = self.loaded.as_ref()?;
        let (replicas, _) = self.replicas(loaded, loaded.shown.get());
        heat_map(&replicas, &loaded.store.grid, signal, columns, q)
    }
}
