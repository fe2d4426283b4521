//! The JSON form of settings. What is absent keeps its default, what is unknown is refused.

use super::{BaselineMode, BaselineSettings, Interval, ScopeSettings, Settings, Slo, SloProfile};
use crate::catalogue::sections::Section;
use crate::json::{Fault, Reader, Shape};

static SETTINGS: Shape = Shape {
    name: "the settings",
    fields: &[
        "schema",
        "window",
        "baseline",
        "slo",
        "scope",
        "limits",
        "thresholds",
        "prefix",
        "quantiles",
        "sections",
    ],
    is_closed: true,
};
static WINDOW: Shape = Shape { name: "the window", fields: &["start", "end"], is_closed: true };
static BASELINE: Shape =
    Shape { name: "the baseline", fields: &["mode", "start", "end", "offset"], is_closed: true };
static SLO: Shape = Shape {
    name: "the slo",
    fields: &["profile", "quantile", "objective", "targets"],
    is_closed: true,
};
static SCOPE: Shape = Shape { name: "the scope", fields: &["model", "replica"], is_closed: true };

const MODES: [BaselineMode; 4] =
    [BaselineMode::Auto, BaselineMode::Range, BaselineMode::Offset, BaselineMode::None];
const MODE_NAMES: &[&str] = &["auto", "range", "offset", "none"];

const PROFILES: [SloProfile; 5] = [
    SloProfile::Chat,
    SloProfile::CodeCompletion,
    SloProfile::Batch,
    SloProfile::Rag,
    SloProfile::Agent,
];
const PROFILE_NAMES: &[&str] = &["chat", "code-completion", "batch", "rag", "agent"];

pub(super) fn settings(reader: &mut Reader<'_>) -> Result<Settings, Fault> {
    let mut settings = Settings::default();
    reader.object(&SETTINGS, &mut |reader, field| {
        match field {
            "schema" => settings.schema = reader.whole()?,
            "window" => settings.window = reader.optional(window)?,
            "baseline" => settings.baseline = baseline(reader)?,
            "slo" => settings.slo = slo(reader)?,
            "scope" => settings.scope = scope(reader)?,
            "limits" => reader.map(Reader::number, |name, limit| {
                settings.limits.insert(name, limit);
            })?,
            "thresholds" => reader.map(Reader::number, |name, value| {
                settings.thresholds.insert(name, value);
            })?,
            "prefix" => settings.prefix = reader.optional(Reader::text)?,
            "quantiles" => settings.quantiles = reader.list(Reader::number)?,
            _ => {
                settings.sections =
                    reader.list(|reader| Ok(Section::ALL[reader.choice(Section::IDS)?]))?;
            }
        }
        Ok(())
    })?;
    Ok(settings)
}

fn window(reader: &mut Reader<'_>) -> Result<Interval, Fault> {
    let (mut start, mut end) = (None, None);
    reader.object(&WINDOW, &mut |reader, field| {
        let side = if field == "start" { &mut start } else { &mut end };
        *side = Some(reader.whole()?);
        Ok(())
    })?;
    match (start, end) {
        (Some(start), Some(end)) => Ok(Interval { start, end }),
        _ => Err(reader.wrong("the window lacks its start or its end")),
    }
}

fn baseline(reader: &mut Reader<'_>) -> Result<BaselineSettings, Fault> {
    let mut baseline = BaselineSettings::default();
    reader.object(&BASELINE, &mut |reader, field| {
        match field {
            "mode" => baseline.mode = MODES[reader.choice(MODE_NAMES)?],
            "start" => baseline.start = reader.optional(Reader::whole)?,
            "end" => baseline.end = reader.optional(Reader::whole)?,
            _ => baseline.offset = reader.whole()?,
        }
        Ok(())
    })?;
    Ok(baseline)
}

fn slo(reader: &mut Reader<'_>) -> Result<Slo, Fault> {
    let mut slo = Slo::default();
    reader.object(&SLO, &mut |reader, field| {
        match field {
            "profile" => slo.profile = PROFILES[reader.choice(PROFILE_NAMES)?],
            "quantile" => slo.quantile = reader.number()?,
            "objective" => slo.objective = reader.number()?,
            _ => reader.map(Reader::number, |signal, target| {
                slo.targets.insert(signal, target);
            })?,
        }
        Ok(())
    })?;
    Ok(slo)
}

fn scope(reader: &mut Reader<'_>) -> Result<ScopeSettings, Fault> {
    let mut scope = ScopeSettings::default();
    reader.object(&SCOPE, &mut |reader, field| {
        let side = if field == "model" { &mut scope.model } else { &mut scope.replica };
        *side = reader.optional(Reader::text)?;
        Ok(())
    })?;
    Ok(scope)
}

#[cfg(test)]
mod tests;
