//! One case from its point in the grid to its record: simulate, ask every tool, follow every
//! advice.

use std::collections::BTreeMap;

use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::report::Report;
use inference_triage_simulator::configuration::{Knob, Scenario};
use inference_triage_simulator::{Run, simulate};
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::changed::Change;
use crate::grid::{Point, Subject};
use crate::observed::Observed;
use crate::product::{self, Objectives, Product, refused};
use crate::record::{CaseRecord, Configuration, Judgement, Split, Standing};
use crate::rivals::presence::{Seen, features};
use crate::rivals::{Moment, RIVALS};
use crate::scoring::{Effect, Missed, Outcome, Truth, is_inspection};
use crate::service::{
    Timeline, late_tokens, missed, objectives, promised_again, scenario, unasked,
};

/// Share of the window's requests, or of its tokens, that must miss an objective for a fault to
/// count, and may not for a service to be healthy: what an objective of 95 % leaves.
const HARM: f64 = 0.05;

/// Moments after the onset at which every tool is asked, seconds.
const ASKED_AFTER: [f64; 10] = [15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 450.0, 600.0];

/// Scrape interval of simulations whose metrics nobody reads, seconds.
const UNSEEN_SECONDS: f64 = 600.0;

/// Scrape interval where only what exists is looked at, seconds: a process loads for as long.
const STANDING_SECONDS: f64 = 25.0;

/// Which advice is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// That of the diagnosis alone: an advice costs a simulation.
    Product,
    /// That of every tool, on the test set; that of the diagnosis on both.
    Everyone,
}

/// A case that was run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ran {
    /// What came out.
    pub record: CaseRecord,
    /// Simulations that followed an advice.
    pub advice_simulations: usize,
}

/// The data of a case and what is true of it.
struct Case<'a> {
    point: &'a Point,
    scenario: Scenario,
    run: Run,
    timeline: Timeline,
    objectives: Objectives,
    missed: f64,
    missed_without: f64,
    /// Whether tokens or requests missed their objective, and whether they would have without the
    /// fault.
    harmed: bool,
    unsound: bool,
}

impl<'a> Case<'a> {
    /// The case, and the same service without its fault.
    fn simulated(point: &'a Point) -> Result<Self, String> {
        let mut case = Self::simulated_once(point)?;
        if matches!(point.subject, Subject::Fault(_)) {
            let sound = Scenario { faults: Vec::new(), ..case.scenario.clone() };
            case.promise(Some(&simulate(&sound, point.scrape_seconds)));
        }
        Ok(case)
    }

    /// Counts what the service without a fault misses, promises it again where that is too much,
    /// and counts what the case misses of that. None: the case has no fault.
    fn promise(&mut self, sound: Option<&Run>) {
        let (missed, late) = self.felt(sound.unwrap_or(&self.run));
        if missed.max(late) > HARM {
            let sound = sound.unwrap_or(&self.run);
            self.objectives = promised_again(sound, self.objectives, self.timeline);
        }
        let (missed, late) = self.felt(sound.unwrap_or(&self.run));
        (self.missed_without, self.unsound) = (missed, missed.max(late) > HARM);
        let (missed, late) = self.felt(&self.run);
        (self.missed, self.harmed) = (missed, missed.max(late) > HARM);
    }

    /// Shares of requests and of tokens that miss their objective in the window.
    fn felt(&self, run: &Run) -> (f64, f64) {
        let Self { objectives, timeline, .. } = *self;
        (missed(&run.requests, objectives, timeline), late_tokens(run, objectives, timeline))
    }

    /// The case alone: nothing is known of the service without its fault.
    fn simulated_once(point: &'a Point) -> Result<Self, String> {
        let scenario = scenario(point)?;
        // What vLLM would refuse to start is no case.
        scenario.check(point.scrape_seconds).map_err(|error| format!("{}: {error}", point.id))?;
        let run = simulate(&scenario, point.scrape_seconds);
        let (timeline, objectives) = (Timeline::of(point), objectives(&scenario));
        let mut case = Self {
            point,
            scenario,
            run,
            timeline,
            objectives,
            missed: 0.0,
            missed_without: 0.0,
            harmed: false,
            unsound: false,
        };
        let (missed, late) = case.felt(&case.run);
        (case.missed, case.harmed) = (missed, missed.max(late) > HARM);
        if matches!(point.subject, Subject::Healthy(_)) {
            case.promise(None);
        }
        Ok(case)
    }

    /// What Prometheus holds at a time.
    fn batch(&self, until: f64) -> SampleBatch {
        let mut batch = self.run.between(0.0, until).sample_batch(&[]);
        self.point.dropout.apply(&mut batch);
        batch
    }

    fn unix_ms(&self, seconds: f64) -> i64 {
        self.scenario.start_unix_seconds * 1000 + libm::round(1000.0 * seconds) as i64
    }

    /// The window of the case, ending at a time.
    fn window(&self, until: f64) -> (i64, i64) {
        (self.unix_ms((until - self.point.window_seconds).max(0.0)), self.unix_ms(until))
    }

    /// Every tool's answer at a time, the diagnosis first.
    fn answers(&self, until: f64) -> Vec<(&'static str, Answer)> {
        let batch = self.batch(until);
        let ours = match Product::load(&batch, self.objectives) {
            Ok(mut product) => product.judge(self.window(until)),
            Err(error) => refused(&error),
        };
        let observed = Observed::new(&batch);
        let moment = Moment {
            at: self.unix_ms(until) as f64,
            replicas: self.scenario.replicas,
            objectives: self.objectives,
        };
        let theirs = RIVALS.iter().map(|rival| (rival.id, (rival.judge)(&observed, moment)));
        std::iter::once((product::ID, ours)).chain(theirs).collect()
    }

    fn truth(&self) -> Truth {
        match self.point.subject {
            Subject::Fault(class) => Truth::Fault(class),
            Subject::Healthy(_) => Truth::Healthy,
        }
    }

    fn standing(&self) -> Standing {
        match self.truth() {
            _ if self.unsound => Standing::Unsound,
            Truth::Fault(class) if self.harmed || class.silent => Standing::Fault,
            Truth::Fault(_) => Standing::HarmlessFault,
            Truth::Healthy => Standing::Healthy,
        }
    }

    /// What an answer says of the change.
    fn change(&self, answer: &Answer) -> Change {
        let true_onset = self.unix_ms(self.timeline.onset) as f64;
        let off = answer.since.map(|since| (since as f64 - true_onset) / 1000.0);
        Change {
            factor: answer.factor.clone(),
            onset_off_steps: off
                .filter(|_| self.point.onset)
                .map(|seconds| seconds / self.point.scrape_seconds),
        }
    }

    /// Seconds from the onset to each tool's first right answer.
    fn detections(&self) -> BTreeMap<&'static str, f64> {
        let mut first = BTreeMap::new();
        let Timeline { onset, to, .. } = self.timeline;
        for after in ASKED_AFTER.into_iter().filter(|after| onset + after <= to) {
            for (tool, answer) in self.answers(onset + after) {
                if Outcome::of(&answer, self.truth()) == Outcome::Right {
                    first.entry(tool).or_insert(after);
                }
            }
        }
        first
    }
}

/// Runs a case.
pub fn run(point: &Point, follow: Follow) -> Result<Ran, String> {
    let case = Case::simulated(point)?;
    let standing = case.standing();
    let answers = case.answers(case.timeline.to);
    // A class that needs a fleet may have enlarged it.
    let configuration =
        Configuration { replicas: case.scenario.replicas, ..point.configuration.clone() };
    let split = point.split;
    // What is only ever summed up over the test set need not be measured elsewhere.
    let measured = split == Split::Test && standing == Standing::Fault;
    let detected = if point.onset && measured { case.detections() } else { BTreeMap::new() };
    let mut advice = Advice { case: &case, known: BTreeMap::new() };
    let mut tools = BTreeMap::new();
    for (tool, answer) in answers {
        let followed = standing == Standing::Fault
            && case.missed > HARM
            && (follow == Follow::Everyone || tool == product::ID);
        let outcome = Outcome::of(&answer, case.truth());
        let (effect, missed_after) =
            if followed { advice.effect(&answer, outcome) } else { (None, None) };
        tools.insert(
            tool.to_owned(),
            Judgement {
                effect,
                missed_after,
                detected_after: detected.get(tool).copied(),
                change: case.change(&answer),
                ..judgement(answer, case.truth())
            },
        );
    }
    let tried = follow == Follow::Everyone && measured && case.missed > HARM;
    let mended = if tried { advice.mended() } else { None };
    let advice_simulations = advice.known.values().flatten().count();
    let record = CaseRecord {
        id: point.id.clone(),
        truth: case.truth().id().to_owned(),
        variant: match point.subject {
            Subject::Healthy(variant) => Some(variant.to_owned()),
            Subject::Fault(_) => None,
        },
        split,
        configuration,
        standing,
        severity: point.severity,
        environment: point.environment.clone(),
        onset: point.onset,
        window_seconds: point.window_seconds,
        scrape_seconds: point.scrape_seconds,
        dropout: point.dropout,
        missed: case.missed,
        missed_without: case.missed_without,
        mended,
        tools,
    };
    Ok(Ran { record, advice_simulations })
}

/// What a reader of presence alone sees of a case, and whether its fault would count if its service
/// is sound otherwise; nothing is asked of any tool.
pub fn presence(point: &Point) -> Result<Seen, String> {
    let case = Case::simulated_once(point)?;
    let silent = matches!(point.subject, Subject::Fault(class) if class.silent);
    let (from, to) = case.window(case.timeline.to);
    let batch = case.batch(case.timeline.to);
    Ok(Seen {
        truth: case.truth().id().to_owned(),
        counts: case.harmed || silent,
        features: features(&Observed::new(&batch), from as f64, to as f64),
    })
}

/// The same without a simulation of minutes, so that nothing that moves is as in the case: what the
/// scaffolding gives away. Every fault counts.
pub fn standing(point: &Point) -> Result<Seen, String> {
    let scenario = unasked(point)?;
    let timeline = Timeline::of(point);
    let batch = simulate(&scenario, STANDING_SECONDS).between(0.0, timeline.to).sample_batch(&[]);
    let at = |seconds: f64| (scenario.start_unix_seconds as f64 + seconds) * 1000.0;
    Ok(Seen {
        truth: point.subject.id().to_owned(),
        counts: true,
        features: features(&Observed::new(&batch), at(timeline.from), at(timeline.to)),
    })
}

/// The whole report of a case, for a person who looks into it.
pub fn report(point: &Point) -> Result<Report, String> {
    let case = Case::simulated(point)?;
    let mut product = Product::load(&case.batch(case.timeline.to), case.objectives)
        .map_err(|error| error.to_string())?;
    product.report(case.window(case.timeline.to)).map_err(|error| error.to_string())
}

/// How a case counts, what is true of it, and its report; none where the data were refused.
pub fn diagnosed(point: &Point) -> Result<(Standing, Truth, Option<Report>), String> {
    let case = Case::simulated(point)?;
    let window = case.window(case.timeline.to);
    let batch = case.batch(case.timeline.to);
    let loaded = Product::load(&batch, case.objectives);
    let report = loaded.and_then(|mut product| product.report(window)).ok();
    Ok((case.standing(), case.truth(), report))
}

/// Share of the window's requests that would miss an objective, for every knob of the simulation.
pub fn knobs(point: &Point) -> Result<BTreeMap<&'static str, f64>, String> {
    let Case { scenario, timeline, objectives, .. } = Case::simulated(point)?;
    let turned =
        Knob::ALL.iter().filter_map(|knob| Some((knob.id(), scenario.with_action(knob.id())?)));
    Ok(turned
        .map(|(id, turned)| {
            (id, missed(&simulate(&turned, UNSEEN_SECONDS).requests, objectives, timeline))
        })
        .collect())
}

/// An answer beside the truth; what following it does and what it says of the change comes apart.
fn judgement(answer: Answer, truth: Truth) -> Judgement {
    Judgement {
        outcome: Outcome::of(&answer, truth),
        first: answer.first().clone(),
        said: answer.said,
        evidence: answer.evidence,
        action: answer.action,
        effect: None,
        missed_after: None,
        detected_after: None,
        margin: answer.margin,
        confidence: answer.confidence,
        change: Change::default(),
    }
}

/// Simulations of a case with a knob turned, each run once however many tools advise it.
struct Advice<'a> {
    case: &'a Case<'a>,
    /// Share that misses an objective, by advice; None where the simulation has no such knob.
    known: BTreeMap<String, Option<f64>>,
}

impl Advice<'_> {
    fn effect(&mut self, answer: &Answer, outcome: Outcome) -> (Option<Effect>, Option<f64>) {
        let Some(action) = &answer.action else {
            return (Some(Effect::NoAdvice), None);
        };
        if is_inspection(action) {
            return (Some(Effect::of_inspection(outcome)), None);
        }
        match self.after(action, answer.action_value) {
            None => (Some(Effect::NoKnob), None),
            Some(after) => (Some(self.effect_of(after)), Some(after)),
        }
    }

    /// Whether one of the knobs for the fault mends it; None where there are none.
    fn mended(&mut self) -> Option<bool> {
        let Truth::Fault(class) = self.case.truth() else { return None };
        let after: Vec<f64> =
            class.remedies().iter().filter_map(|knob| self.after(knob, None)).collect();
        let helps = |after: &f64| self.effect_of(*after) == Effect::Helped;
        (!after.is_empty()).then(|| after.iter().any(helps))
    }

    fn effect_of(&self, after: f64) -> Effect {
        let (with, without) = (self.case.missed, self.case.missed_without);
        Effect::of(Missed { with, without, after })
    }

    /// Share that misses an objective with a knob turned; None where there is no such knob.
    fn after(&mut self, action: &str, value: Option<f64>) -> Option<f64> {
        let case = self.case;
        *self.known.entry(format!("{action} {value:?}")).or_insert_with(|| {
            let turned = case.scenario.with_action_value(action, value)?;
            let run = simulate(&turned, UNSEEN_SECONDS);
            Some(missed(&run.requests, case.objectives, case.timeline))
        })
    }
}
