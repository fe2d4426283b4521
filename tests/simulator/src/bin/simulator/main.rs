//! Command line of the simulator.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

mod arguments;
mod serve;
mod write;

use std::process::ExitCode;

use arguments::Arguments;

const USAGE: &str = "\
simulator: a model of vLLM engines that exports what Prometheus would see

  simulator incidents                    names of incidents, one a line with its title
  simulator classes                      ids of fault classes, healthy variants, hardware, actions
  simulator scenario SELECTION           the scenario as JSON
  simulator run SELECTION                simulate; see --format below
  simulator serve SELECTION              simulate, then show /metrics, one loopback port a target
  simulator record FOLDER                eight incidents as OpenMetrics for recording
  simulator trace CSV FILE               the compact form of a public trace

SELECTION: one of
  --incident ID                          a named incident
  --scenario FILE                        a scenario as JSON; - reads standard input
  --hardware ID [--fault CLASS [--severity S] [--onset SECONDS]] [--healthy VARIANT]
    [--uneven-scrapes]                   targets at phases of their own, late and failed scrapes
and, each optional,
  --seed N  --duration SECONDS  --replicas N  --release 0.33.0  --start UNIX_SECONDS
  --action ID[=VALUE]

run:    --interval SECONDS (15)  --until SECONDS  --out FILE (standard output)
        --format open-metrics | response | requests | summary
serve:  --interval SECONDS (1)  --elapsed SECONDS (0)  --speed N (1)  --stamped  --port N (0: any)
        --exit-with-stdin
        --stamped gives samples the time of their scrape: needed for a speed above 1, works for
        the last 55 minutes
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("simulator: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = Arguments::new(std::env::args().skip(1).collect());
    let verb = arguments.positional().unwrap_or_default();
    match verb.as_str() {
        "incidents" => write::incidents(),
        "classes" => write::classes(),
        "scenario" => write::scenario(&mut arguments)?,
        "run" => write::run(&mut arguments)?,
        "serve" => serve::serve(&mut arguments)?,
        "record" => write::record(&mut arguments)?,
        "trace" => write::trace(&mut arguments)?,
        "help" | "--help" | "" => print!("{USAGE}"),
        other => {
            return Err(format!("there is no command \"{other}\"; `simulator help` lists them"));
        }
    }
    arguments.finish()
}
