//! Which pack a rule belongs to, where one server evaluates several.
//!
//! Packs are told apart by the series that they watch: what they record carries their `--match` in
//! a label, so that `diagnose --recorded` finds it by the same matchers, and no pack adds up what
//! another one recorded. `--name` is for people: groups, resources, files and alerts carry it.

use promql_parser::label::Matcher;
use promql_parser::parser::{self, Expr};

use crate::exit::Failure;
use crate::rules::promql::matcher;

/// Label of recorded series: the matchers of their pack.
pub(crate) const MATCH_LABEL: &str = "triage_match";

/// Label of alerts: the name of their pack, else its matchers.
const PACK_LABEL: &str = "pack";

/// Begins the names of groups and resources.
const PRODUCT: &str = "inference-triage";

/// Longest name: with what stands around it, a resource of Kubernetes may have 63 characters.
const LONGEST_NAME: usize = 30;

/// One pack of rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Identity {
    name: Option<String>,
    /// Canonical, so that spaces and order make no other pack.
    matchers: String,
}

impl Identity {
    /// Of a name that was parsed by [`parse_name`] and of matchers without braces.
    pub(crate) fn new(name: Option<&str>, matchers: &str) -> Result<Self, Failure> {
        let all = parsed(matchers).ok_or_else(|| refused(matchers))?;
        Ok(Self { name: name.map(str::to_owned), matchers: canonical(&all) })
    }

    /// `inference-triage-eu-causes`.
    pub(crate) fn named(&self, what: &str) -> String {
        match &self.name {
            Some(name) => format!("{PRODUCT}-{name}-{what}"),
            None => format!("{PRODUCT}-{what}"),
        }
    }

    /// `eu-alert-rules.yaml`.
    pub(crate) fn file(&self, name: &str) -> String {
        self.name.as_ref().map_or_else(|| name.to_owned(), |own| format!("{own}-{name}"))
    }

    /// What people call it; None for the pack of a whole server.
    pub(crate) fn title(&self) -> Option<&str> {
        let matchers = Some(self.matchers.as_str()).filter(|all| !all.is_empty());
        self.name.as_deref().or(matchers)
    }

    /// The label of its alerts: two packs on one model are two alerts.
    pub(crate) fn of_alerts(&self) -> Option<(&'static str, String)> {
        self.title().map(|title| (PACK_LABEL, title.to_owned()))
    }

    /// The label of what it records.
    pub(crate) fn of_recordings(&self) -> Vec<(&'static str, String)> {
        let labels = Some((MATCH_LABEL, self.matchers.clone()));
        labels.filter(|(_, value)| !value.is_empty()).into_iter().collect()
    }

    /// The matcher of what it records, and of nothing that others do.
    pub(crate) fn matcher(&self) -> String {
        matcher(MATCH_LABEL, "=", &self.matchers)
    }
}

/// Selectors, without braces, of what packs record about some series: a pack made for exactly these
/// matchers, or one made for all but those on the name of the model, which recordings keep.
pub(crate) fn selectors(matchers: &str, model_label: &str) -> Result<Vec<String>, Failure> {
    let all = parsed(matchers).ok_or_else(|| refused(matchers))?;
    let (on_model, others): (Vec<_>, Vec<_>) =
        all.iter().cloned().partition(|one| one.name == model_label);
    let kept: Vec<String> = on_model.iter().map(written).collect();
    let of = |pack: &[Matcher]| {
        let pack = matcher(MATCH_LABEL, "=", &canonical(pack));
        [kept.as_slice(), &[pack]].concat().join(",")
    };
    let mut found = vec![of(&others)];
    if !on_model.is_empty() {
        found.push(of(&all));
    }
    Ok(found)
}

/// A name for `--name`.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let is_inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = !text.is_empty()
        && text.len() <= LONGEST_NAME
        && text.chars().all(is_inside)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if is_name {
        return Ok(text.to_owned());
    }
    Err(format!(
        "a name has at most {LONGEST_NAME} lower-case letters, digits and hyphens between them, \
         such as eu-west"
    ))
}

/// None for what is no list of matchers, and for alternatives, which no label can say.
fn parsed(matchers: &str) -> Option<Vec<Matcher>> {
    let given = matchers.trim().trim_matches(',').trim();
    if given.is_empty() {
        return Some(Vec::new());
    }
    match parser::parse(&format!("any_name{{{given}}}")) {
        Ok(Expr::VectorSelector(selector)) if selector.matchers.or_matchers.is_empty() => {
            let all = selector.matchers.matchers;
            (!all.iter().any(|one| one.name == "__name__")).then_some(all)
        }
        _ => None,
    }
}

fn refused(given: &str) -> Failure {
    Failure::usage(format!(
        "--match {given:?} is no list of matchers such as cluster=\"eu\",pod=~\"llm-.*\""
    ))
}

fn canonical(matchers: &[Matcher]) -> String {
    let mut all: Vec<String> = matchers.iter().map(written).collect();
    all.sort_unstable();
    all.dedup();
    all.join(",")
}

fn written(one: &Matcher) -> String {
    matcher(&one.name, &one.op.to_string(), &one.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(name: Option<&str>, matchers: &str) -> Identity {
        Identity::new(name, matchers).expect("matchers")
    }

    #[test]
    fn spaces_and_order_make_no_other_pack() {
        let one = identity(None, "cluster=\"eu\", pod=~\"a.*\"");
        assert_eq!(one, identity(None, "pod=~\"a.*\",cluster=\"eu\","));
        assert_eq!(one.title(), Some("cluster=\"eu\",pod=~\"a.*\""));
        assert_eq!(one.matcher(), "triage_match=\"cluster=\\\"eu\\\",pod=~\\\"a.*\\\"\"");
    }

    #[test]
    fn a_pack_of_everything_has_no_labels() {
        let all = identity(None, " ");
        assert_eq!((all.of_alerts(), all.of_recordings()), (None, vec![]));
        assert_eq!(
            (all.matcher(), all.named("causes")),
            ("triage_match=\"\"".to_owned(), "inference-triage-causes".to_owned())
        );
    }

    #[test]
    fn a_name_is_for_people_and_matchers_for_series() {
        let eu = identity(Some("eu"), "cluster=\"eu\"");
        assert_eq!(eu.of_alerts(), Some(("pack", "eu".to_owned())));
        assert_eq!(eu.of_recordings(), [(MATCH_LABEL, "cluster=\"eu\"".to_owned())]);
        assert_eq!(eu.file("alert-rules.yaml"), "eu-alert-rules.yaml");
    }

    #[test]
    fn matchers_on_the_model_hold_for_recordings_themselves() {
        let found = |matchers| selectors(matchers, "model_name").expect("matchers");
        assert_eq!(found(""), ["triage_match=\"\""]);
        assert_eq!(
            found("model_name=\"m\""),
            [
                "model_name=\"m\",triage_match=\"\"",
                "model_name=\"m\",triage_match=\"model_name=\\\"m\\\"\"",
            ]
        );
        assert_eq!(found("a=\"b\""), ["triage_match=\"a=\\\"b\\\"\""]);
    }

    #[test]
    fn what_no_label_can_say_is_refused() {
        for matchers in ["{a=\"b\"}", "a", "a=\"b\" or c=\"d\"", "__name__=\"x\""] {
            assert!(Identity::new(None, matchers).is_err(), "{matchers}");
        }
        for name in ["", "EU", "-eu", "eu-", "eu west", "a/b", &"a".repeat(31)] {
            assert!(parse_name(name).is_err(), "{name}");
        }
    }
}
