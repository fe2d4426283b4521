use super::*;

fn refused(text: &str) -> String {
    parse(text).expect_err(text).to_string()
}

fn target(model: &ModelObjectives, signal: SignalId) -> f64 {
    model.settings.slo.target(signal).expect("a target").0
}

#[test]
fn without_a_file_the_default_settings_hold() {
    let objectives = read(None).expect("the default");
    assert!((target(&objectives.default, SignalId::Ttft) - 2.5).abs() < 1e-12);
    assert!((objectives.default.may_miss() - 0.05).abs() < 1e-12);
    assert_eq!(objectives.default.primary, SignalId::Ttft);
    assert_eq!(objectives.default.signals(), [SignalId::Ttft, SignalId::Itl]);
    assert!(objectives.models.is_empty());
}

#[test]
fn a_model_takes_from_its_profile_and_from_the_default() {
    let text = "\
default: {quantile: 0.99}
profiles:
  support: {profile: rag, targets: {ttft: 1.5, itl: 0.06}, primary: itl}
models:
  gemma: {profile: support, targets: {ttft: 2}, replicas: 3}
  llama: {profile: agent}
";
    let objectives = parse(text).expect("a file");
    let gemma = &objectives.models["gemma"];
    assert_eq!(gemma.settings.slo.profile, SloProfile::Rag);
    assert!((target(gemma, SignalId::Ttft) - 2.0).abs() < 1e-12, "the model's own");
    assert!((target(gemma, SignalId::Itl) - 0.06).abs() < 1e-12, "the profile's");
    assert!((gemma.may_miss() - 0.01).abs() < 1e-12, "the default's");
    assert_eq!((gemma.primary, gemma.replicas), (SignalId::Itl, Some(3)));
    let llama = &objectives.models["llama"];
    assert_eq!(llama.primary, SignalId::E2e, "a program waits for the whole answer");
    assert!(llama.signals().contains(&SignalId::E2e));
    assert!(!gemma.signals().contains(&SignalId::E2e));
}

#[test]
fn json_is_read_too() {
    let objectives = parse(r#"{"default": {"targets": {"e2e": 20}}}"#).expect("JSON is YAML");
    assert!(objectives.default.signals().contains(&SignalId::E2e));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, parts) in [
        ("defaults: {}", &["defaults", "inside-bucket"][..]),
        ("models: {gemma: {target: {ttft: 1}}}", &["target", "targets"]),
        ("models: {gemma: {targets: {tfft: 1}}}", &["models.gemma", "tfft"]),
        ("models: {gemma: {targets: {ttft: -1}}}", &["models.gemma", "-1"]),
        ("models: {gemma: {profile: talk}}", &["models.gemma", "talk", "code-completion"]),
        (
            "{profiles: {support: {}}, models: {gemma: {profile: suport}}}",
            &["models.gemma", "suport", "profiles of this file: support"],
        ),
        ("default: {quantile: 95}", &["default", "95"]),
        ("default: {quantile: 0.4}", &["default.quantile", "0.5"]),
        ("default: {primary: running}", &["default.primary", "running"]),
        ("default: {replicas: 2}", &["default.replicas", "models"]),
        ("models: {gemma: {replicas: 0}}", &["models.gemma.replicas", "at least 1"]),
        ("models: {gemma: {replicas: two}}", &["line 1, column 28"]),
        ("profiles: {chat: {}}", &["profiles.chat", "another"]),
        ("profiles: {support: {profile: talk}}", &["profiles.support", "talk"]),
        ("thresholds: {memory.fill: 1}", &["memory.fill"]),
        ("bounds: {ttft: [1, 0.5]}", &["bounds.ttft", "ascending"]),
        ("bounds: {running: [1]}", &["bounds.running", "ttft"]),
        ("inside-bucket: between", &["between", "above"]),
        ("- a list", &["docs/alerts.md"]),
        ("default: {", &["docs/alerts.md"]),
    ] {
        let sentence = refused(text);
        assert!(!sentence.contains('\n'), "not one sentence: {sentence}");
        for part in parts {
            assert!(sentence.contains(part), "\"{part}\" is not in: {sentence}");
        }
    }
}
