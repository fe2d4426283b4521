//! Cases of `tests/cases`: what people reported of real installations.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::ingest::prometheus::parse_responses;
use inference_triage_harness::reported::cases;
use serde_json::json;

use crate::base::Base;
use crate::bases::last_tenth;
use crate::table::Table;

/// Cases that are whole pages with one right verdict in their default window, under names that a
/// collector wrote otherwise.
const CASES: [&str; 1] = ["43-otel-underscore-names"];

/// Every base from a reported case.
pub fn bases() -> Result<Vec<Base>, String> {
    let cases = cases()?;
    let wanted = cases.iter().filter(|case| CASES.contains(&case.name.as_str()));
    wanted
        .map(|case| {
            let name = &case.name;
            let batch =
                parse_responses(&[&case.response]).map_err(|error| format!("{name}: {error}"))?;
            let table = Table::of(&batch);
            let truth = case.expected.any_of.first().and_then(|id| CauseId::from_id(id));
            let truth = truth.ok_or_else(|| format!("{name} has no cause"))?.id();
            Ok(Base {
                name: format!("reported-{name}"),
                truth,
                window: last_tenth(&table.times),
                table,
                settings: json!({}),
                is_drawn_once: false,
                scenario: None,
            })
        })
        .collect()
}
