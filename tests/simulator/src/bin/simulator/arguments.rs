//! Command-line arguments, and the scenario they select.

use std::io::Read as _;
use std::str::FromStr;

use inference_triage_simulator::configuration::{
    FaultClass, Hardware, HealthyVariant, Incident, Release, Scenario, Scraping,
};

/// Arguments that are taken one by one; what is left over is an error.
#[derive(Debug)]
pub(crate) struct Arguments {
    rest: Vec<String>,
}

impl Arguments {
    pub(crate) fn new(rest: Vec<String>) -> Self {
        Self { rest }
    }

    /// The first argument that is no option.
    pub(crate) fn positional(&mut self) -> Option<String> {
        let place = self.rest.iter().position(|argument| !argument.starts_with("--"))?;
        // A value that follows an option belongs to it.
        if place > 0 && self.rest[place - 1].starts_with("--") {
            return None;
        }
        Some(self.rest.remove(place))
    }

    /// The value of `--name`.
    pub(crate) fn option(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(place) = self.rest.iter().position(|argument| argument == name) else {
            return Ok(None);
        };
        if place + 1 >= self.rest.len() {
            return Err(format!("{name} needs a value"));
        }
        let value = self.rest.remove(place + 1);
        self.rest.remove(place);
        Ok(Some(value))
    }

    /// The value of `--name` as a number.
    pub(crate) fn number<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(text) = self.option(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("{name} needs a number, not \"{text}\""))
    }

    /// Whether `--name` is there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let place = self.rest.iter().position(|argument| argument == name);
        place.map(|place| self.rest.remove(place)).is_some()
    }

    /// Nothing may be left.
    pub(crate) fn finish(&self) -> Result<(), String> {
        match self.rest.first() {
            None => Ok(()),
            Some(argument) => Err(format!(
                "\"{argument}\" is not understood here; `simulator help` lists the options"
            )),
        }
    }

    /// The scenario that the options select.
    pub(crate) fn scenario(&mut self) -> Result<Scenario, String> {
        let mut scenario = self.selected()?;
        if let Some(seed) = self.number("--seed")? {
            scenario.seed = seed;
        }
        if let Some(release) = self.option("--release")? {
            scenario.release = Release::try_from(release)?;
        }
        if let Some(start) = self.number("--start")? {
            scenario.start_unix_seconds = start;
        }
        while let Some(action) = self.option("--action")? {
            let (id, value) = action
                .split_once('=')
                .map_or((action.as_str(), None), |(id, value)| (id, Some(value)));
            let value = value
                .map(|text| text.parse().map_err(|_| format!("\"{text}\" is no number")))
                .transpose()?;
            scenario = scenario
                .with_action_value(id, value)
                .ok_or_else(|| format!("no knob is turned by the action \"{id}\""))?;
        }
        Ok(scenario)
    }

    fn selected(&mut self) -> Result<Scenario, String> {
        let duration: Option<f64> = self.number("--duration")?;
        let lasting = |mut scenario: Scenario| {
            scenario.duration_seconds = duration.unwrap_or(scenario.duration_seconds);
            scenario
        };
        if let Some(id) = self.option("--incident")? {
            let incident = Incident::find(&id);
            let incident = incident
                .ok_or_else(|| format!("no incident \"{id}\"; `simulator incidents` lists them"))?;
            return Ok(lasting(incident.scenario));
        }
        if let Some(file) = self.option("--scenario")? {
            return read_scenario(&file).map(lasting);
        }
        let id = self.option("--hardware")?;
        let id = id.ok_or("say what to simulate: --incident, --scenario or --hardware")?;
        let hardware = Hardware::find(&id);
        let hardware = hardware
            .ok_or_else(|| format!("no hardware \"{id}\"; `simulator classes` lists it"))?;
        let mut scenario = lasting(Scenario::new(hardware));
        if !self.flag("--uneven-scrapes") {
            scenario.scraping = Scraping::IDEAL;
        }
        if let Some(replicas) = self.number::<usize>("--replicas")? {
            scenario.traffic.arrivals = scenario.traffic.arrivals.scaled(replicas.max(1) as f64);
            scenario.replicas = replicas.max(1);
        }
        if let Some(id) = self.option("--fault")? {
            let class = FaultClass::from_id(&id);
            let class = class.ok_or_else(|| {
                format!("no fault class \"{id}\"; `simulator classes` lists them")
            })?;
            let severity = self.number("--severity")?.unwrap_or(0.6);
            let onset = self.number("--onset")?.unwrap_or(scenario.duration_seconds / 2.0);
            scenario = scenario.with_fault(class, severity, onset);
        }
        if let Some(id) = self.option("--healthy")? {
            let variant = HealthyVariant::from_id(&id);
            let variant = variant
                .ok_or_else(|| format!("no variant \"{id}\"; `simulator classes` lists them"))?;
            scenario = scenario.with_variant(variant);
        }
        Ok(scenario)
    }
}

fn read_scenario(file: &str) -> Result<Scenario, String> {
    let mut text = String::new();
    let read = if file == "-" {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|read| text = read)
    };
    read.map_err(|error| format!("cannot read {file}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{file} is no scenario: {error}"))
}
