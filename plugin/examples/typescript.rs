//! Prints the TypeScript declarations of everything that crosses the boundary as JSON or as
//! columns.
//!
//! `node deploy/steps/generate-types.mjs` writes them to `frontend/engine/src/types.generated.ts`.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};

use inference_triage_core::catalogue::actions::ActionId;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::factors::FactorId;
use inference_triage_core::catalogue::fleet::{Deviation, FleetFigure};
use inference_triage_core::catalogue::groupings::Grouping;
use inference_triage_core::catalogue::phases::Phase;
use inference_triage_core::catalogue::sections::Section;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::comparison::Comparison;
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::limits::Provenance;
use inference_triage_core::quality::Grade;
use inference_triage_core::report::confidence::Support;
use inference_triage_core::report::{
    Diagnosis, ReplicaVerdicts, Report, SignalReport, Summary, Timeline,
};
use inference_triage_core::settings::Settings;
use ts_rs::{Config, TS, TypeVisitor};

const HEADER: &str =
    "// Generated from the Rust types of core/ by `npm run gen`. Change those, not this file.";

fn main() {
    if std::env::args().nth(1).as_deref() == Some("tables") {
        println!("{}", tables());
        return;
    }
    let mut declarations = Declarations::default();
    declarations.visit::<Report>();
    declarations.visit::<Summary>();
    declarations.visit::<Diagnosis>();
    declarations.visit::<Timeline>();
    declarations.visit::<ReplicaVerdicts>();
    declarations.visit::<Comparison>();
    // So are those of its figures and groups.
    declarations.visit::<FleetFigure>();
    declarations.visit::<Grouping>();
    // The report's map of signals is written by hand and does not name its values' type.
    declarations.visit::<SignalReport>();
    declarations.visit::<Settings>();
    declarations.visit::<SampleBatch>();
    let text: Vec<String> = declarations.by_name.into_values().collect();
    println!("{HEADER}\n\n{}", text.join("\n\n"));
}

/// What the view says of the members of the closed lists.
fn tables() -> String {
    let signals = SignalId::ALL.iter().map(|id| {
        let (title, short, unit) = (id.title(), id.short(), id.unit());
        let words =
            [("title", title), ("short", &short), ("unit", unit), ("meaning", id.meaning())];
        (id.id(), object(&words))
    });
    let phases = Phase::ALL
        .iter()
        .map(|id| (id.id(), object(&[("title", id.title()), ("meaning", id.meaning())])));
    let causes = CauseId::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let actions = ActionId::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let grades = Grade::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let supports = Support::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let provenances = Provenance::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let factors = FactorId::ALL.iter().map(|id| (id.id(), text(id.title())));
    let deviations = Deviation::ALL.iter().map(|id| (id.id(), text(id.title())));
    let figures = FleetFigure::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let groupings = Grouping::ALL.iter().map(|id| (id.id(), text(id.meaning())));
    let sections: Vec<String> = Section::IDS.iter().map(|id| format!("  {},", text(id))).collect();
    let types =
        "ActionId, CauseId, Deviation, FactorId, FleetFigure, Grade, Grouping, Phase, Provenance, \
         Section, SignalId, Support"
            .to_owned();
    [
        HEADER.to_owned(),
        format!("import type {{ {types} }} from '../report-types.js';"),
        table(
            "SIGNALS",
            "SignalId",
            "{ title: string; short: string; unit: string; meaning: string }",
            signals,
        ),
        table("PHASES", "Phase", "{ title: string; meaning: string }", phases),
        table("CAUSE_MEANING", "CauseId", "string", causes),
        table("ACTION_MEANING", "ActionId", "string", actions),
        table("GRADE_MEANING", "Grade", "string", grades),
        table("PROVENANCE_MEANING", "Provenance", "string", provenances),
        table("SUPPORT_MEANING", "Support", "string", supports),
        table("FACTOR_TITLE", "FactorId", "string", factors),
        table("DEVIATION_TITLE", "Deviation", "string", deviations),
        table("FIGURE_MEANING", "FleetFigure", "string", figures),
        table("GROUPING_MEANING", "Grouping", "string", groupings),
        format!("export const SECTIONS: readonly Section[] = [\n{}\n];", sections.join("\n")),
    ]
    .join("\n\n")
}

fn table<'a>(
    name: &str,
    key: &str,
    value: &str,
    rows: impl Iterator<Item = (&'a str, String)>,
) -> String {
    let rows: Vec<String> = rows.map(|(id, row)| format!("  {}: {row},", text(id))).collect();
    format!("export const {name}: Record<{key}, {value}> = {{\n{}\n}};", rows.join("\n"))
}

fn object(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// A string literal.
fn text(value: &str) -> String {
    format!("{value:?}")
}

/// Declarations, each once, by name: the order in which types name their parts changes from build
/// to build.
#[derive(Default)]
struct Declarations {
    config: Config,
    seen: BTreeSet<TypeId>,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Types without a path of their own (numbers, lists, maps) have no declaration, only parts.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = tidy(&format!("{docs}export {}", T::decl(&self.config)));
            self.by_name.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// One field a line, one line for each comment that fits one, and no syntax of Rust's documentation
/// links.
fn tidy(declaration: &str) -> String {
    let plain = declaration.replace("[`", "`").replace("`]", "`").replace(", };", ",\n};");
    let mut lines: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    let mut comment: Vec<&str> = Vec::new();
    for line in plain.lines().map(str::trim) {
        let indent = "  ".repeat(depth);
        match line {
            "/**" => {}
            "*/" => lines.extend(doc_comment(&indent, &std::mem::take(&mut comment))),
            text if text.starts_with('*') => comment.push(text.trim_start_matches('*').trim()),
            "};" => {
                depth = 0;
                lines.push("};".to_owned());
            }
            text => {
                depth += usize::from(text.ends_with('{'));
                lines.push(match text.strip_suffix(',') {
                    Some(field) => format!("{indent}{field};"),
                    None => format!("{indent}{text}"),
                });
            }
        }
    }
    lines.join("\n")
}

fn doc_comment(indent: &str, text: &[&str]) -> Vec<String> {
    match text {
        [line] => vec![format!("{indent}/** {line} */")],
        lines => {
            let body = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned());
            std::iter::once(format!("{indent}/**"))
                .chain(body)
                .chain([format!("{indent} */")])
                .collect()
        }
    }
}
