//! What an alert tells the one it calls: what was found, what to do first, and where to look.

use inference_triage_core::source::exporter::Exporter;

use crate::rules::alert::Alert;
use crate::rules::arguments::{RulesArguments, RulesFormat};

/// Least range that a link opens, seconds: less shows no time before the alert.
const LEAST_RANGE: u32 = 3_600;

/// The annotations of an alert by name, in order.
pub(crate) fn of(
    alert: &Alert,
    engine: &Exporter,
    model_label: &str,
    arguments: &RulesArguments,
) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("summary", alert.summary.clone()),
        ("description", alert.description.clone()),
        ("action", alert.action_text(engine)),
    ];
    // A link that leads nowhere is worse than none; the label `cause` names the page.
    if let Some(base) = arguments.runbook_url.as_deref() {
        let page = alert.cause().map_or("README", |cause| cause.id());
        all.push(("runbook_url", format!("{}/{page}.md", base.trim_end_matches('/'))));
    }
    if let Some(url) = &arguments.panel_url {
        all.push(("panel_url", link(url, alert, model_label, arguments.format)));
    }
    if arguments.format == RulesFormat::Grafana {
        // Grafana names the value by the query that it comes from.
        for (_, text) in &mut all {
            *text = text.replace("$value", "$values.A.Value");
        }
    }
    all
}

/// The link to the panel, at the alert's window and model.
fn link(url: &str, alert: &Alert, model_label: &str, format: RulesFormat) -> String {
    let seconds = alert.window.max(LEAST_RANGE);
    let (from, to) = match format {
        // Grafana's templates cannot ask for the time, and its links understand `now`.
        RulesFormat::Grafana => (format!("now-{seconds}s"), "now".to_owned()),
        _ => (at(i64::from(seconds)), at(0)),
    };
    let url = if url.contains("{from}") {
        url.to_owned()
    } else {
        let mark = if url.contains('?') { '&' } else { '?' };
        format!("{url}{mark}from={{from}}&to={{to}}")
    };
    let model = format!("{{{{ $labels.{model_label} | urlquery }}}}");
    url.replace("{from}", &from).replace("{to}", &to).replace("{model}", &model)
}

/// Unix milliseconds of that many seconds ago, as a template that asks the server.
fn at(seconds: i64) -> String {
    let query = match seconds {
        0 => "time() * 1000".to_owned(),
        _ => format!("(time() - {seconds}) * 1000"),
    };
    format!(
        "{{{{ with query \"{query}\" }}}}{{{{ . | first | value | printf \"%.0f\" }}}}{{{{ end }}}}"
    )
}
