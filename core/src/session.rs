//! One handle: load data, choose settings, read the report.

mod compare;
mod recent;
mod replica_verdicts;
mod table;
#[cfg(test)]
mod tests;
mod timeline;

use std::ops::Range;

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::catalogue::causes::CauseId;
use crate::catalogue::columns::ColumnId;
use crate::catalogue::signals::SignalId;
use crate::diagnosis::{Diagnosis as Found, Prepared, diagnose, window_indices};
use crate::error::Error;
use crate::ingest::batch::SampleBatch;
use crate::ingest::prometheus::{SAMPLE_LIMIT, parse_responses};
use crate::message::markdown;
use crate::report::{Diagnosis, Fleet, History, Report, SCHEMA, ScopeSummary, Summary};
use crate::session::recent::recent;
use crate::session::table::Table;
use crate::settings::Settings;
use crate::signal::columns;
use crate::signal::heat_map::{HeatMap, heat_map};
use crate::small::sorted::sort;
use crate::small::text::joined;
use crate::store::Store;
use crate::text::foreign::{escaped, plain};
use crate::time::length;
use crate::triage::facts::check_thresholds;

/// Loaded data with settings. Everything it returns is a pure function of the two.
///
/// The data are up to two tables, each on its own time grid: the detail, which is diagnosed, and a
/// history, a longer or an earlier range at a coarser step. The history gives baselines that the
/// detail does not reach and long rows; its samples never enter the detail.
#[derive(Debug)]
pub struct Session {
    settings: Settings,
    sample_limit: usize,
    detail: Option<Table>,
    history: Option<Table>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            sample_limit: SAMPLE_LIMIT,
            detail: None,
            history: None,
        }
    }
}

impl Session {
    /// A session without data, with default settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for batches of up to so many samples in place of [`SAMPLE_LIMIT`], for a caller
    /// that knows how much memory there is.
    #[must_use]
    pub fn with_sample_limit(self, limit: usize) -> Self {
        Self { sample_limit: limit, ..self }
    }

    /// Replaces the detail by Prometheus range responses (JSON bytes, one or more). On an error the
    /// former data stay. The history stays either way.
    pub fn load_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.load_batch(parse_responses(responses)?)
    }

    /// Replaces the detail by a neutral batch, like [`Self::load_prometheus`].
    pub fn load_batch(&mut self, batch: SampleBatch) -> Result<(), Error> {
        self.detail =
            Some(Table::load(Store::from_batch(batch, self.sample_limit)?, &self.settings)?);
        Ok(())
    }

    /// Replaces the history by Prometheus range responses: a longer or an earlier range of the same
    /// engines, at any step. On an error the former history stays. The detail is not touched.
    pub fn load_history_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.load_history_batch(parse_responses(responses)?)
    }

    /// Replaces the history by a neutral batch, like [`Self::load_history_prometheus`].
    pub fn load_history_batch(&mut self, batch: SampleBatch) -> Result<(), Error> {
        self.history =
            Some(Table::load(Store::from_batch(batch, self.sample_limit)?, &self.settings)?);
        Ok(())
    }

    /// Gives the history up, so that every report is what the detail alone says.
    pub fn clear_history(&mut self) {
        self.history = None;
    }

    /// Adds the newest part of the same queries to the detail. Samples of a known time are
    /// replaced; what is older than the length of the range loaded first is dropped. On an error
    /// the former data stay.
    pub fn append_prometheus(&mut self, responses: &[&[u8]]) -> Result<(), Error> {
        self.append_batch(parse_responses(responses)?)
    }

    /// Adds the newest part of the same queries, like [`Self::append_prometheus`].
    pub fn append_batch(&mut self, batch: SampleBatch) -> Result<(), Error> {
        if self.detail.is_none() {
            return self.load_batch(batch);
        }
        let newer = Store::from_batch(batch, self.sample_limit)?;
        let Some(&newest) = newer.grid.times().last() else {
            return Ok(());
        };
        let Some(mut detail) = self.detail.take() else {
            return Ok(());
        };
        // What was made of the old columns goes before the new ones come. Nothing is refused from
        // here on: the series that could be read before are still there.
        detail.scopes.clear();
        detail.store.append(newer, newest - detail.span);
        self.detail = Some(Table::new(detail.store, detail.span, &self.settings)?);
        Ok(())
    }

    /// Replaces the settings; takes effect with the next report. On an error the former settings
    /// and data stay.
    pub fn configure(&mut self, settings: Settings) -> Result<(), Error> {
        settings.check()?;
        check_thresholds(&settings)?;
        if settings.prefix != self.settings.prefix {
            if let Some(detail) = &self.detail {
                self.detail = Some(Table::new(detail.store.clone(), detail.span, &settings)?);
            }
            self.history = self.history.take().map(|history| history.read_anew(&settings));
        } else if settings.scope.replica != self.settings.scope.replica {
            for table in [&mut self.detail, &mut self.history].into_iter().flatten() {
                table.choose(settings.scope.replica.as_deref());
            }
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
        let detail = self.detail()?;
        let window = self.window(detail)?;
        self.summary_of(detail, &self.diagnose_all(detail, window))
    }

    /// The diagnosis of one scope, by its id in the summary.
    pub fn diagnosis(&self, scope: usize) -> Result<Diagnosis, Error> {
        let detail = self.detail()?;
        let found = self.look(detail, scope, self.window(detail)?);
        let found = found.ok_or_else(|| no_scope(scope, detail.scopes.len()))?;
        Ok(self.assemble(detail, scope, found))
    }

    /// Every scope in short, and the diagnosis of the one that the settings ask for, else of the
    /// worst.
    pub fn report(&self) -> Result<Report, Error> {
        self.report_of(None)
    }

    /// Every scope in short, and the diagnosis of one of them by its id; None: as [`Self::report`].
    pub fn report_of(&self, wanted: Option<usize>) -> Result<Report, Error> {
        let detail = self.detail()?;
        let window = self.window(detail)?;
        let mut found = self.diagnose_all(detail, window);
        let Summary { scopes, scope, .. } = self.summary_of(detail, &found)?;
        let scope = wanted.unwrap_or(scope);
        if scope >= found.len() {
            return Err(no_scope(scope, found.len()));
        }
        let (_, found) = found.swap_remove(scope);
        Ok(Report { scopes, diagnosis: self.assemble(detail, scope, found) })
    }

    fn assemble(&self, detail: &Table, scope: usize, found: Found) -> Diagnosis {
        let all = detail.whole(scope);
        let fleet = all.and_then(|all| Fleet::of(&all, &self.settings, &found));
        let history = self.history_of(scope);
        Diagnosis::of(scope, &detail.store.grid, history, found, fleet)
    }

    fn detail(&self) -> Result<&Table, Error> {
        self.detail.as_ref().ok_or_else(Error::nothing_loaded)
    }

    fn window(&self, detail: &Table) -> Result<(usize, usize), Error> {
        window_indices(&detail.store.grid, &self.settings).ok_or_else(|| {
            Error::no_engine("the response holds series but no samples; check the time range")
        })
    }

    fn diagnose_all(&self, detail: &Table, window: (usize, usize)) -> Vec<(usize, Found)> {
        let ids = 0..detail.scopes.len();
        ids.filter_map(|id| Some((id, self.look(detail, id, window)?))).collect_vec()
    }

    /// The diagnosis of a window; where nobody chose it, it is long and nothing is wrong in it,
    /// that of its last minutes if something is wrong in those.
    fn look(&self, detail: &Table, scope: usize, window: (usize, usize)) -> Option<Found> {
        let found = self.diagnose(detail, scope, window)?;
        let grid = &detail.store.grid;
        if self.settings.window.is_some() || !found.is_well() {
            return Some(found);
        }
        let Some(recent) = recent(grid, window) else { return Some(found) };
        let settings = Settings { window: Some(recent), ..self.settings.clone() };
        let Some(window) = window_indices(grid, &settings) else { return Some(found) };
        let (prepared, history) = (detail.prepared(scope)?, self.prepared_history(scope));
        let notices = &detail.store.notices;
        let mut latest = diagnose(&prepared, history.as_ref(), notices, &settings, window);
        if !latest.is_fault() {
            return Some(found);
        }
        if found.verdict.id == CauseId::Healthy {
            let all = length(grid.times()[found.window.1] - grid.times()[found.window.0]);
            let text = format!(" All of the last {all} together keep every objective.");
            latest.verdict.detail.push_str(&text);
        }
        Some(latest)
    }

    fn diagnose(&self, detail: &Table, scope: usize, window: (usize, usize)) -> Option<Found> {
        let prepared = detail.prepared(scope)?;
        let history = self.prepared_history(scope);
        let notices = &detail.store.notices;
        Some(diagnose(&prepared, history.as_ref(), notices, &self.settings, window))
    }

    fn summary_of(&self, detail: &Table, found: &[(usize, Found)]) -> Result<Summary, Error> {
        let mut order: Vec<&(usize, Found)> = found.iter().collect_vec();
        sort(&mut order, |(left_id, left), (right_id, right)| {
            let busy = |found: &Found| found.finished.unwrap_or(0.0);
            let model = |id: usize| &detail.scopes[id].scope.model;
            right
                .verdict
                .severity
                .cmp(&left.verdict.severity)
                .then(busy(right).total_cmp(&busy(left)))
                .then_with(|| model(*left_id).cmp(model(*right_id)))
        });
        let short =
            |(id, found): &(usize, Found)| ScopeSummary::of(*id, &detail.scopes[*id].scope, found);
        let scopes: Vec<ScopeSummary> = order.into_iter().map(short).collect_vec();
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
            let known: Vec<String> = shown.collect_vec();
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

    /// The incident message of a scope as Markdown, as [`crate::message::markdown`] of the report.
    pub fn markdown(&self, wanted: Option<usize>) -> Result<String, Error> {
        Ok(markdown(&self.report_of(wanted)?))
    }

    /// The verdicts of some steps of a scope as JSON text, as [`Self::timeline`].
    pub fn timeline_bytes(&self, scope: usize, wanted: Range<usize>) -> Result<Vec<u8>, Error> {
        Ok(json(&self.timeline(scope, wanted)?))
    }

    /// The verdicts of some replicas of a scope as JSON text, as [`Self::replica_verdicts`].
    pub fn replica_verdicts_bytes(
        &self,
        scope: usize,
        wanted: Range<usize>,
    ) -> Result<Vec<u8>, Error> {
        Ok(json(&self.replica_verdicts(scope, wanted)?))
    }

    /// A long column of a scope, aligned with its `times`; `NaN` = absent. None when there is no
    /// such scope or column.
    pub fn column(&self, scope: usize, id: ColumnId) -> Option<Vec<f64>> {
        let prepared = self.prepared(scope)?;
        columns::column(&prepared.replicas, prepared.grid, id)
    }

    /// A long column of the history of a scope, by the scope's id in the summary, aligned with the
    /// history's own `times`; `NaN` = absent. None when there is no such scope, column or history.
    pub fn history_column(&self, scope: usize, id: ColumnId) -> Option<Vec<f64>> {
        let history = self.prepared_history(scope)?;
        columns::column(&history.replicas, history.grid, id)
    }

    /// How the observations of a signal's histogram spread over latency and time, in one scope.
    /// None when there is no such scope or histogram, or when nothing was observed.
    pub fn heat_map(
        &self,
        scope: usize,
        signal: SignalId,
        columns: usize,
        q: f64,
    ) -> Option<HeatMap> {
        let prepared = self.prepared(scope)?;
        heat_map(&prepared.replicas, prepared.grid, signal, columns, q)
    }

    fn prepared(&self, scope: usize) -> Option<Prepared<'_>> {
        self.detail.as_ref()?.prepared(scope)
    }

    /// What the history holds of a scope of the detail.
    fn prepared_history(&self, scope: usize) -> Option<Prepared<'_>> {
        let ready = self.detail.as_ref()?.scopes.get(scope)?;
        self.history.as_ref()?.counterpart(ready)
    }

    fn history_of(&self, scope: usize) -> Option<History> {
        let history = self.prepared_history(scope)?;
        Some(History::of(history.grid, columns::available(&history.replicas)))
    }
}

fn no_scope(scope: usize, scopes: usize) -> Error {
    Error::bad_settings(format!("there is no scope {scope}; the data hold {scopes}, from 0"))
}

/// Writing into memory cannot fail, and the report holds no map whose keys are not text. Names in
/// it can hold anything, and the text may be printed.
fn json(value: &impl Serialize) -> Vec<u8> {
    escaped(serde_json::to_string(value).unwrap_or_default()).into_bytes()
}
