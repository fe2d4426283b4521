//! Engines that are gone, stuck, asleep or in a restart loop.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::families::Family;
use inference_triage_core::role::RolePart;

use super::Group;
use crate::rules::alert::{Alert, FirstAction, Severity};
use crate::rules::promql::{all_of, any_of, duration, number};
use crate::rules::series::{REMEMBERED, Series, TARGET};

/// Silences of the diagnosis (`progress.silence`) that a page waits for. One can be a giant prompt
/// alone in its engine; four in a row, three minutes at 45 s, are none that occurs.
const SILENCES: f64 = 4.0;

/// Samples that a window must hold before "nothing changed" means anything.
const LEAST_SAMPLES: u32 = 3;

/// How long a target may be away before it counts as down, seconds: a restart in place takes one or
/// two minutes.
const DOWN: u32 = 300;

/// The same for all replicas of a model, seconds. Nobody is served meanwhile; two minutes are
/// longer than a restarted Prometheus needs for its first scrapes.
const ALL_DOWN: u32 = 120;

/// How long a sleeping engine may let requests wait, seconds: waking takes less than a minute.
const ASLEEP: u32 = 300;

pub(super) fn alerts(group: &Group<'_>) -> Vec<Alert> {
    let mut alerts = vec![hang(group), asleep(group), model_down(group)];
    alerts.extend(replicas_missing(group));
    alerts
}

/// First tokens that the traffic of the last [`LIVELY_WINDOW`] would have brought within the
/// silence. None of ten is chance once in twenty thousand; with fewer a quiet minute is a hang,
/// with many more only large services are watched.
const EXPECTED: f64 = 10.0;

/// Seconds that tell how lively an engine was: longer than a hang takes to be seen, and short
/// enough that its traffic is still today's.
const LIVELY_WINDOW: u32 = 1_800;

/// Requests inside, nothing out, and either something still moves or so much was served just before
/// that silence is no chance. States that stand still at an engine with little traffic may be left
/// over from requests that were aborted; those of a lively one are frozen, because an engine writes
/// them with the outputs of a step.
fn hang(group: &Group<'_>) -> Alert {
    let silence = SILENCES * group.threshold("progress.silence");
    let window = (silence as u32).max(4 * group.scrape).next_multiple_of(60);
    let series = group.series;
    let least = |family| format!("{} > 0", series.over("min_over_time", family, window));
    let moves = |family| format!("{} > 0", series.over("changes", family, window));
    let still =
        |family, part| format!("{} == 0", series.part_over("changes", family, part, window));
    let samples = series.over("count_over_time", Family::Running, window);
    let first_tokens =
        series.part_over("increase", Family::Ttft, Some(RolePart::Count), LIVELY_WINDOW);
    let expected = EXPECTED * f64::from(LIVELY_WINDOW) / f64::from(window);
    let lively = format!("{first_tokens} >= {}", number(expected));
    let expression = all_of(&[
        any_of(&[least(Family::Running), least(Family::Waiting)]),
        format!("{samples} >= {LEAST_SAMPLES}"),
        still(Family::GenerationTokens, None),
        still(Family::Ttft, Some(RolePart::Count)),
        still(Family::E2e, Some(RolePart::Count)),
        any_of(&[moves(Family::Running), moves(Family::Waiting), lively]),
    ]);
    let window_text = duration(window);
    Alert {
        name: "InferenceEngineHang",
        expression: expression + &unless_asleep(group) + &unless_a_copy(window),
        hold: 0,
        severity: Severity::Critical,
        window,
        labels: Vec::new(),
        summary: format!("{} hangs: no output for {window_text}", group.replica()),
        description: format!(
            "For {window_text} no token, no first token and no finish, while requests run or wait, \
             and either still arrive or arrived often just before. Latency histograms show the time \
             before only. Where every client left at once, the states are left over and this ends \
             within half an hour."
        ),
        action: FirstAction::OfCause(CauseId::EngineHang),
    }
}

fn unless_asleep(group: &Group<'_>) -> String {
    let labels = group.series.replica_labels();
    format!("\nunless on ({labels}) (max by ({labels}) ({}) > 0)", group.now(Family::Asleep))
}

/// A page on which not even processor time moves is an old copy, and the engine may be well.
fn unless_a_copy(window: u32) -> String {
    let processor = Series::beside(Family::ProcessCpu);
    let each: Vec<String> =
        processor.iter().map(|one| format!("changes({one}[{}])", duration(window))).collect();
    format!("\nunless on ({TARGET}) ({} == 0)", any_of(&each))
}

fn asleep(group: &Group<'_>) -> Alert {
    let labels = group.series.replica_labels();
    Alert {
        name: "InferenceEngineAsleep",
        expression: format!(
            "({} > 0 or {} > 0)\nand on ({labels}) (max by ({labels}) ({}) > 0)",
            group.now(Family::Waiting),
            group.now(Family::Running),
            group.now(Family::Asleep)
        ),
        hold: ASLEEP,
        severity: Severity::Warning,
        window: ASLEEP,
        labels: Vec::new(),
        summary: format!("{} sleeps with {{{{ $value }}}} requests inside", group.replica()),
        description: "The engine was put to sleep and serves no requests until it is woken."
            .to_owned(),
        action: FirstAction::OfCause(CauseId::EngineAsleep),
    }
}

fn model_down(group: &Group<'_>) -> Alert {
    let by = group.by;
    Alert {
        name: "InferenceModelDown",
        expression: format!(
            "count by ({by}) ({})\nunless on ({by}) count by ({by}) ({})",
            group.series.remembered(),
            group.now(Family::Running)
        ),
        hold: ALL_DOWN,
        severity: Severity::Critical,
        window: 3_600,
        labels: Vec::new(),
        summary: format!("{} has no replica left", group.model()),
        description: format!(
            "Of the {{{{ $value }}}} replicas seen within the last {REMEMBERED} none answers. It \
             stays until one does, {REMEMBERED} at most: where the model was taken away on purpose, \
             silence it for as long."
        ),
        action: FirstAction::Words(
            "Look at its pods or processes: events, exit codes, the last lines of their logs. Where they \
             serve, mend the scrape configuration.",
        ),
    }
}

/// Fewer replicas than the objectives ask for, none at all included.
fn replicas_missing(group: &Group<'_>) -> Option<Alert> {
    let wanted = group.objectives.replicas?;
    let name = group.name?;
    let (label, labels) = (group.series.model_label(), group.series.replica_labels());
    // A model that no series names is none of them, and keeps its name.
    let none = format!(
        "label_replace(vector(0), \"{label}\", \"{}\", \"\", \"\")",
        name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('$', "$$")
    );
    let running = group.now(Family::Running);
    Some(Alert {
        name: "InferenceReplicasMissing",
        expression: format!(
            "(count by ({label}) (count by ({labels}) ({running})) or {none}) < {wanted}"
        ),
        hold: DOWN,
        severity: Severity::Warning,
        window: 3_600,
        labels: Vec::new(),
        summary: format!("{}: {{{{ $value }}}} of {wanted} replicas", group.model()),
        description: format!(
            "The objectives ask for {wanted} replicas; a rank of a process counts as one. The rest \
             is down, not scheduled, or not scraped."
        ),
        action: FirstAction::Words(
            "Look at what is pending or crashed: pod events, quota, the last lines of the log. Where all \
             serve, mend the scrape configuration.",
        ),
    })
}

/// What targets tell, whatever they serve.
pub(super) fn of_targets(series: &Series) -> Vec<Alert> {
    vec![replica_down(series)]
}

fn replica_down(series: &Series) -> Alert {
    let up = any_of(&Series::beside(Family::Up));
    Alert {
        name: "InferenceReplicaDown",
        expression: format!("{up} == 0\nand on ({TARGET}) {}", series.remembered()),
        hold: DOWN,
        severity: Severity::Warning,
        window: 3_600,
        labels: Vec::new(),
        summary: "{{ or $labels.pod $labels.instance }} does not answer".to_owned(),
        description: format!(
            "It served within the last {REMEMBERED} and its scrapes fail now; the alert stays for as \
             long. A replica that is removed from the scrape configuration is not down; a model \
             without any is InferenceModelDown."
        ),
        action: FirstAction::Words(
            "Look at the pod or process: is it there, and what does its log say last? Where it serves, \
             mend its scrape.",
        ),
    }
}

/// Starts of one replica that are a loop. Two follow each other on any morning with two deploys;
/// that they lost requests, which tells a loop of two, is no count.
const STARTS: u32 = 3;

/// Starts of one replica, in place: a process that a deploy replaces under another name has one.
pub(super) fn restart_loop(group: &Group<'_>) -> Alert {
    let window = 2 * group.threshold("restarts.apart-of-three") as u32;
    let starts = Series::beside(Family::ProcessStart);
    let changed: Vec<String> =
        starts.iter().map(|start| format!("changes({start}[{}])", duration(window))).collect();
    // Servers of several processes export no start; their counters begin again.
    let resets = group.series.over("resets", Family::GenerationTokens, window);
    let unknown = format!("({resets} >= {STARTS} unless on ({TARGET}) {})", any_of(&starts));
    let seen = group.series.remembered();
    Alert {
        name: "InferenceRestartLoop",
        expression: format!(
            "{} >= {STARTS} and on ({TARGET}) {seen}\nor {unknown}",
            any_of(&changed)
        ),
        hold: 0,
        severity: Severity::Warning,
        window,
        labels: Vec::new(),
        summary: "{{ or $labels.pod $labels.instance }} restarts again and again".to_owned(),
        description: format!(
            "{{{{ $value }}}} starts within {}. Each loses the requests inside.",
            duration(window)
        ),
        action: FirstAction::OfCause(CauseId::RestartLoop),
    }
}
