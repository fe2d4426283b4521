//! Two windows of the loaded data, compared.

use crate::catalogue::baseline_modes::BaselineMode;
use crate::comparison::Comparison;
use crate::diagnosis::{Prepared, diagnose};
use crate::error::Error;
use crate::report::Diagnosis;
use crate::session::{Session, json, no_scope};
use crate::settings::{BaselineSettings, Interval, Settings};
use crate::time::utc_minute;

impl Session {
    /// [`Self::compare`] as JSON text.
    pub fn compare_bytes(
        &self,
        wanted: Option<usize>,
        before: Interval,
        after: Interval,
    ) -> Result<Vec<u8>, Error> {
        Ok(json(&self.compare(wanted, before, after)?))
    }

    /// [`Self::compare`] as Markdown, with the name of the model.
    pub fn compare_markdown(
        &self,
        wanted: Option<usize>,
        before: Interval,
        after: Interval,
    ) -> Result<String, Error> {
        let comparison = self.compare(wanted, before, after)?;
        let scopes = self.summary()?.scopes;
        let scope = scopes.iter().find(|one| one.id == comparison.scope);
        Ok(comparison.markdown(scope.map_or("", |scope| &scope.model)))
    }

    /// The window `after` judged against the window `before`, for one scope or for the one that the
    /// settings ask for. Window and baseline of the settings are left aside for the later window;
    /// the earlier one is diagnosed with the settings' own baseline.
    ///
    /// Refused where either window does not lie in the loaded range, or where the later one begins
    /// before the earlier one ends.
    pub fn compare(
        &self,
        wanted: Option<usize>,
        before: Interval,
        after: Interval,
    ) -> Result<Comparison, Error> {
        let detail = self.detail()?;
        let scope = match wanted {
            Some(scope) if scope >= detail.scopes.len() => {
                return Err(no_scope(scope, detail.scopes.len()));
            }
            Some(scope) => scope,
            None => self.summary()?.scope,
        };
        if after.start < before.end {
            return Err(Error::bad_settings(
                "the window after begins before the window before it has ended; give two windows \
                 that do not overlap, the earlier one first",
            ));
        }
        let times = detail.store.grid.times();
        let within = |name: &str, Interval { start, end }| {
            let range = times.first().copied().zip(times.last().copied());
            let is_inside = range.is_some_and(|(first, last)| {
                let step = detail.store.grid.step();
                start >= first - step && end <= last + step
            });
            let indices = detail.store.grid.indices_of_interval(start, end);
            indices.filter(|_| is_inside).ok_or_else(|| {
                let (first, last) = range.unwrap_or_default();
                Error::bad_settings(format!(
                    "the window {name}, {} to {} UTC, does not lie in the data, which are from {} \
                     to {} UTC; load a range that holds both windows",
                    utc_minute(start),
                    utc_minute(end),
                    utc_minute(first),
                    utc_minute(last)
                ))
            })
        };
        let (first, second) = (within("before", before)?, within("after", after)?);
        let prepared = detail.prepared(scope).ok_or_else(|| no_scope(scope, 0))?;
        let baseline = BaselineSettings {
            mode: BaselineMode::Range,
            start: Some(times[first.0]),
            end: Some(times[first.1]),
            ..BaselineSettings::default()
        };
        let of_after = Settings { baseline, ..self.settings.clone() };
        let found = |window, settings: &Settings, history: Option<Prepared<'_>>| {
            let notices = &detail.store.notices;
            let found = diagnose(&prepared, history.as_ref(), notices, settings, window);
            Diagnosis::of(scope, &detail.store.grid, None, found, None)
        };
        let earlier = found(first, &self.settings, self.prepared_history(scope));
        let later = found(second, &of_after, None);
        Ok(Comparison::of(&earlier, &later, self.settings.slo.quantile))
    }
}
