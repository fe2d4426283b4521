//! `npm run mutations`: what is said of damaged inputs.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser as _;
use inference_triage_mutations::arguments::Arguments;
use inference_triage_mutations::base::Base;
use inference_triage_mutations::sample::{self, Ran};
use inference_triage_mutations::{bases, ceilings, page};
use serde_json::json;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&sentence);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut bases = bases::all()?;
    if let Some(text) = &arguments.base {
        bases.retain(|base| base.name.contains(text.as_str()));
    }
    if let Some(name) = &arguments.case {
        return one_case(&bases, name, arguments.write.as_deref());
    }
    let each = (!arguments.quick).then_some(arguments.each);
    let ran = all_cases(&bases, each, arguments);
    if arguments.ceilings {
        ceilings::write(&ran)?;
    }
    if arguments.quick || arguments.is_part() {
        return print(&page::summary(&ran));
    }
    let text = page::page(&ran, bases.len(), arguments.each);
    std::fs::write(&arguments.page, text)
        .map_err(|error| format!("{} cannot be written: {error}", arguments.page.display()))
}

fn all_cases(bases: &[Base], each: Option<usize>, arguments: &Arguments) -> Vec<Ran> {
    let cases = sample::cases(bases, each, arguments.only.as_deref());
    let begin = Instant::now();
    let tenth = (cases.len() / 10).max(1);
    let ran = sample::run(&cases, usize::from(arguments.threads), |done| {
        if done % tenth == 0 {
            let spent = begin.elapsed().as_secs_f64();
            say(&format!("{done} of {} cases, {spent:.0} s", cases.len()));
        }
    });
    for one in ran.iter().filter(|one| one.outcome.is_wrong() && arguments.is_part()) {
        say(&format!("{:?} {}: {} – {}", one.outcome, one.name, one.form, one.said));
    }
    ran
}

fn one_case(bases: &[Base], name: &str, to: Option<&Path>) -> Result<(), String> {
    let case = sample::find(bases, name).ok_or_else(|| {
        format!("there is no case {name}; a name is mutation/base/number, e.g. drop/written-slot-cap-1/0")
    })?;
    let mutated = case.mutated().ok_or("this mutation does not apply to this base")?;
    if let Some(to) = to {
        std::fs::write(to, mutated.table.response().to_string())
            .map_err(|error| format!("{} cannot be written: {error}", to.display()))?;
    }
    let judged = case.judged(&mutated);
    say(&format!("{name} ({}): {}", case.base.truth, mutated.form));
    say(&format!("may be said: {:?}", mutated.expectation));
    say(&format!("{}: {}", judged.outcome.title(), judged.said));
    let text = serde_json::to_string_pretty(&json!({ "case": name, "report": judged.report }));
    print(&(text.map_err(|error| error.to_string())? + "\n"))
}

fn print(text: &str) -> Result<(), String> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(|error| error.to_string())
}

fn say(text: &str) {
    // Nothing is lost when nobody listens.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
