//! One handle: load data, choose settings, read the report.

use serde::Serialize;

use crate::catalogue::columns::ColumnId;
use crate::catalogue::signals::SignalId;
use crate::diagnosis::{Diagnosis as Found, Prepared, diagnose, window_indices};
use crate::error::Error;
use crate::ingest::batch::SampleBatch;
use crate::ingest::prometheus::parse_responses;
use crate::report::{Diagnosis, Report, SCHEMA, ScopeSummary, Summary};
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
use crate::triage::facts::check_thresholds;
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
}

/// A scope, ready for any window.
#[derive(Debug)]
struct Ready {
    scope: Scope,
    /// Of all replicas.
    replica_set: ReplicaSet,
    /// The one replica that the settings ask for, by its index.
    alone: Option<(usize, ReplicaSet)>,
}

impl Loaded {
    fn new(store: Store, span: i64, settings: &Settings) -> Result<Self, Error> {
        let scopes = resolve(&store, settings.prefix.as_deref())?;
        let grid_length = store.grid.len();
        let mut loaded = Self { store, span, scopes: Vec::with_capacity(scopes.len()) };
        for scope in scopes {
            let replica_set =
                ReplicaSet::of(&scope.replicas.iter().collect::<Vec<_>>(), grid_length);
            loaded.scopes.push(Ready { scope, replica_set, alone: None });
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
    /// The replicas that the settings ask for, and what they make replica_set.
    fn prepared(&self) -> Prepared<'_> {
        match &self.alone {
            Some((index, replica_set)) => Prepared {
                scope: &self.scope,
                replicas: vec![&self.scope.replicas[*index]],
                replica_set,
            },
            None => Prepared {
                scope: &self.scope,
                replicas: self.scope.replicas.iter().collect(),
                replica_set: &self.replica_set,
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
        check_thresholds(&settings)?;
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

    /// Every scope in short, the worst first, and which one the settings ask for.
    pub fn summary(&self) -> Result<Summary, Error> {
        let loaded = self.loaded()?;
        let window = self.window(loaded)?;
        let found = (0..loaded.scopes.len()).map(|id| (id, self.diagnose(loaded, id, window)));
        self.summary_of(loaded, &found.collect::<Vec<_>>())
    }

    /// The diagnosis of one scope, by its id in the summary.
    pub fn diagnosis(&self, scope: usize) -> Result<Diagnosis, Error> {
        let loaded = self.loaded()?;
        if scope >= loaded.scopes.len() {
            return Err(no_scope(scope, loaded.scopes.len()));
        }
        let found = self.diagnose(loaded, scope, self.window(loaded)?);
        Ok(Diagnosis::of(scope, &loaded.store.grid, found))
    }

    /// Every scope in short, and the diagnosis of the one that the settings ask for, else of the
    /// worst.
    pub fn report(&self) -> Result<Report, Error> {
        self.report_of(None)
    }

    /// Every scope in short, and the diagnosis of one of them by its id; None: as [`Self::report`].
    pub fn report_of(&self, wanted: Option<usize>) -> Result<Report, Error> {
        let loaded = self.loaded()?;
        let window = self.window(loaded)?;
        let mut found: Vec<(usize, Found)> =
            (0..loaded.scopes.len()).map(|id| (id, self.diagnose(loaded, id, window))).collect();
        let Summary { scopes, scope, .. } = self.summary_of(loaded, &found)?;
        let scope = wanted.unwrap_or(scope);
        if scope >= found.len() {
            return Err(no_scope(scope, found.len()));
        }
        let (_, found) = found.swap_remove(scope);
        let diagnosis = Diagnosis::of(scope, &loaded.store.grid, found);
        Ok(Report { scopes, diagnosis })
    }

    fn loaded(&self) -> Result<&Loaded, Error> {
        self.loaded.as_ref().ok_or_else(Error::nothing_loaded)
    }

    fn window(&self, loaded: &Loaded) -> Result<(usize, usize), Error> {
        window_indices(&loaded.store.grid, &self.settings).ok_or_else(|| {
            Error::no_engine("the response holds series but no samples; check the time range")
        })
    }

    fn diagnose(&self, loaded: &Loaded, scope: usize, window: (usize, usize)) -> Found {
        let store = &loaded.store;
        let prepared = loaded.scopes[scope].prepared();
        diagnose(&prepared, &store.grid, &store.notices, &self.settings, window)
    }

    fn summary_of(&self, loaded: &Loaded, found: &[(usize, Found)]) -> Result<Summary, Error> {
        let mut order: Vec<&(usize, Found)> = found.iter().collect();
        sort_few(&mut order, |(left_id, left), (right_id, right)| {
            let busy = |found: &Found| found.finished.unwrap_or(0.0);
            let model = |id: usize| &loaded.scopes[id].scope.model;
            right
                .verdict
                .severity
                .cmp(&left.verdict.severity)
                .then(busy(right).total_cmp(&busy(left)))
                .then_with(|| model(*left_id).cmp(model(*right_id)))
        });
        let short =
            |(id, found): &(usize, Found)| ScopeSummary::of(*id, &loaded.scopes[*id].scope, found);
        let scopes: Vec<ScopeSummary> = order.into_iter().map(short).collect();
        let scope = self.chosen_scope(&scopes)?;
        Ok(Summary { schema: SCHEMA, scopes, scope })
    }

    fn chosen_scope(&self, scopes: &[ScopeSummary]) -> Result<usize, Error> {
        let wanted = &self.settings.scope;
        let matches = |scope: &ScopeSummary| {
            wanted.model.as_ref().is_none_or(|model| *model == scope.model)
                && wanted.replica.as_ref().is_none_or(|replica| scope.replicas.contains(replica))
        };
        scopes.iter().find(|scope| matches(scope)).map(|scope| scope.id).ok_or_else(|| {
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

    /// The summary as JSON text: stable key order, shortest round-trip floats.
    pub fn summary_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(json(&self.summary()?))
    }

    /// The diagnosis of a scope as JSON text.
    pub fn diagnosis_bytes(&self, scope: usize) -> Result<Vec<u8>, Error> {
        Ok(json(&self.diagnosis(scope)?))
    }

    /// The report as JSON text.
    pub fn report_bytes(&self) -> Result<Vec<u8>, Error> {
        self.report_bytes_of(None)
    }

    /// The report of one scope as JSON text, as [`Self::report_of`].
    pub fn report_bytes_of(&self, wanted: Option<usize>) -> Result<Vec<u8>, Error> {
        Ok(json(&self.report_of(wanted)?))
    }

    /// A long column of a scope, aligned with its `times`; `NaN` = absent. None when there is no
    /// such scope or column.
    pub fn column(&self, scope: usize, id: ColumnId) -> Option<Vec<f64>> {
        let (prepared, grid) = self.prepared(scope)?;
        columns::column(&prepared.replicas, grid, id)
    }

    /// How the observations of a signal's histogram spread over latency and time, in one scope. None
    /// when there is no such scope or histogram, or when nothing was observed.
    pub fn heat_map(
        &self,
        scope: usize,
        signal: SignalId,
        columns: usize,
        q: f64,
    ) -> Option<HeatMap> {
        let (prepared, grid) = self.prepared(scope)?;
        heat_map(&prepared.replicas, grid, signal, columns, q)
    }

    fn prepared(&self, scope: usize) -> Option<(Prepared<'_>, &TimeGrid)> {
        let loaded = self.loaded.as_ref()?;
        Some((loaded.scopes.get(scope)?.prepared(), &loaded.store.grid))
    }
}

fn no_scope(scope: usize, scopes: usize) -> Error {
    Error::bad_settings(format!("there is no scope {scope}; the data hold {scopes}, from 0"))
}

/// Writing into memory cannot fail, and the report holds no map whose keys are not text.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
