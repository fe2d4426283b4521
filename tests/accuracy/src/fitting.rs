//! `--fit`: counts how often each verdict is right, and checks that this is still so.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use inference_triage_accuracy::fit::{self, Fit};
use inference_triage_accuracy::grid::{Point, SEED};
use inference_triage_accuracy::samples;

use crate::{for_points, read_json, say};

/// Said where no table was fitted.
const NOTHING_FITTED: &str = "no case was counted yet; run `npm run accuracy -- --fit` first";

/// Counts how often each verdict is right; writes the cases and the table of the core. The page
/// tells what the diagnosis states once it is built with the table, so it is not written here.
pub(super) fn write(docs: &Path, threads: usize) -> Result<ExitCode, String> {
    let grid = samples::fit();
    let cases = for_points(grid.mode, &grid.points(SEED), threads, fit::see)?;
    let fit = Fit { fingerprint: grid.fingerprint(SEED), cases };
    crate::write(&docs.join(fit::FILE), &fit.lines()?)?;
    crate::write(&docs.join(fit::TABLE), &fit::source(&fit.rows()))?;
    say(
        "The table is written. `npm run accuracy` measures it on the test set and writes the page.",
    );
    Ok(ExitCode::SUCCESS)
}

/// Whether the table is that of the counted cases, and these are those of the present rules, by
/// answering a part of them again.
pub(super) fn check(docs: &Path, threads: usize) -> Result<ExitCode, String> {
    let grid = samples::fit();
    let fit: Fit = read_json(&docs.join(fit::FILE))?.ok_or(NOTHING_FITTED)?;
    let outdated = |why: &str| {
        say(&format!("{why}: `npm run accuracy -- --fit` writes the table anew."));
        Ok(ExitCode::FAILURE)
    };
    if fit.fingerprint != grid.fingerprint(SEED) {
        return outdated("The table was fitted to another sample");
    }
    if fs::read_to_string(docs.join(fit::TABLE)).ok() != Some(fit::source(&fit.rows())) {
        return outdated("The table is not what the counted cases give");
    }
    let points: Vec<Point> = fit::part(&grid.points(SEED)).cloned().collect();
    let now = for_points("part of the fit", &points, threads, fit::see)?;
    let changed = fit::changed(&fit, &now);
    for (before, now) in &changed {
        say(&format!("{}: {}, {} when the table was fitted", now.id, now.said(), before.said()));
    }
    say(&format!("{} of {} cases are answered otherwise than then", changed.len(), now.len()));
    if fit::is_outdated(changed.len(), now.len()) {
        return outdated("The table was fitted to other rules");
    }
    Ok(ExitCode::SUCCESS)
}
