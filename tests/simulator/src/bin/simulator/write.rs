//! The commands that write something and end.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use inference_triage_simulator::configuration::{
    FaultClass, Hardware, HealthyVariant, Incident, Knob,
};
use inference_triage_simulator::load::quantile;
use inference_triage_simulator::record::outcome::Outcome;
use inference_triage_simulator::traffic::trace;
use inference_triage_simulator::{Run, simulate};

use crate::arguments::Arguments;

pub(crate) fn incidents() {
    for incident in Incident::all() {
        println!("{}\t{}", incident.id, incident.title);
    }
}

pub(crate) fn classes() {
    for class in FaultClass::ALL {
        println!("fault\t{}", class.id());
    }
    for variant in HealthyVariant::ALL {
        println!("healthy\t{}", variant.id());
    }
    for hardware in Hardware::all() {
        println!("hardware\t{}", hardware.id);
    }
    for knob in Knob::ALL {
        println!("action\t{}", knob.id());
    }
}

pub(crate) fn scenario(arguments: &mut Arguments) -> Result<(), String> {
    let scenario = arguments.scenario()?;
    let text = serde_json::to_string_pretty(&scenario).map_err(|error| error.to_string())?;
    println!("{text}");
    Ok(())
}

pub(crate) fn run(arguments: &mut Arguments) -> Result<(), String> {
    let scenario = arguments.scenario()?;
    let interval = arguments.number("--interval")?.unwrap_or(15.0);
    let until = arguments.number("--until")?.unwrap_or(scenario.duration_seconds);
    let format = arguments.option("--format")?.unwrap_or_else(|| "summary".to_owned());
    let out = arguments.option("--out")?;
    scenario.check(interval)?;
    let run = simulate(&scenario, interval).between(0.0, until);
    match out {
        Some(file) => write_file(Path::new(&file), |writer| write_run(&run, &format, writer)),
        None => write_run(&run, &format, &mut BufWriter::new(io::stdout().lock())),
    }
}

pub(crate) fn record(arguments: &mut Arguments) -> Result<(), String> {
    let folder = arguments.positional().ok_or("say where: simulator record FOLDER")?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {folder}: {error}"))?;
    for incident in Incident::gallery() {
        let file = Path::new(&folder).join(format!("{}.openmetrics", incident.id));
        let run = simulate(&incident.scenario, 15.0);
        write_file(&file, |writer| write_run(&run, "open-metrics", writer))?;
        println!("{}", file.display());
    }
    Ok(())
}

pub(crate) fn trace(arguments: &mut Arguments) -> Result<(), String> {
    let (Some(csv), Some(out)) = (arguments.positional(), arguments.positional()) else {
        return Err("say from where to where: simulator trace CSV FILE".to_owned());
    };
    let text =
        std::fs::read_to_string(&csv).map_err(|error| format!("cannot read {csv}: {error}"))?;
    let records = trace::from_csv(&text).map_err(|error| format!("{csv}: {error}"))?;
    std::fs::write(&out, trace::encode(&records))
        .map_err(|error| format!("cannot write {out}: {error}"))?;
    println!("{} requests", records.len());
    Ok(())
}

fn write_file(
    file: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), String>,
) -> Result<(), String> {
    let created =
        File::create(file).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    write(&mut BufWriter::new(created))
}

fn write_run(run: &Run, format: &str, writer: &mut impl Write) -> Result<(), String> {
    let written = match format {
        "open-metrics" => run.open_metrics(writer),
        "response" => writer.write_all(&run.range_response()),
        "requests" => serde_json::to_writer(&mut *writer, &run.requests).map_err(io::Error::from),
        "summary" => summary(run, writer),
        other => {
            return Err(format!(
                "no format \"{other}\"; open-metrics, response, requests and summary exist"
            ));
        }
    };
    written.and_then(|()| writer.flush()).map_err(|error| format!("cannot write: {error}"))
}

/// What really happened, before and after the onset.
fn summary(run: &Run, writer: &mut impl Write) -> io::Result<()> {
    let end = run.scenario.duration_seconds;
    let onset =
        run.scenario.faults.first().map_or(end, |fault| fault.onset_seconds.clamp(0.0, end));
    writeln!(writer, "{}: {} requests", run.scenario.name, run.requests.len())?;
    for (label, from, to) in [("before", 0.0, onset), ("after", onset, end)] {
        if to <= from {
            continue;
        }
        let requests: Vec<&Outcome> = run
            .requests
            .iter()
            .filter(|outcome| outcome.arrival >= from && outcome.arrival < to)
            .collect();
        let p95 = |value: fn(&Outcome) -> Option<f64>| {
            let values: Vec<f64> = requests.iter().filter_map(|outcome| value(outcome)).collect();
            quantile(values, 0.95).map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
        };
        let met = run
            .attainment(from, to)
            .share()
            .map_or_else(|| "-".to_owned(), |share| format!("{share:.3}"));
        writeln!(
            writer,
            "{label}: {} requests, objectives met by {met}, true p95 in s: ttft {}, queue {}, per token {}, end to end {}",
            requests.len(),
            p95(Outcome::ttft),
            p95(Outcome::queue),
            p95(Outcome::tpot),
            p95(Outcome::e2e),
        )?;
    }
    Ok(())
}
