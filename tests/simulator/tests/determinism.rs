//! The same scenario gives the same bytes; another seed gives others.

use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};
use inference_triage_simulator::simulate;

fn text(scenario: &Scenario) -> Vec<u8> {
    let mut text = Vec::new();
    simulate(scenario, 15.0).open_metrics(&mut text).expect("writing into memory");
    text
}

fn scenario(seed: u64) -> Scenario {
    let base = Scenario {
        seed,
        duration_seconds: 120.0,
        warm_up_seconds: 30.0,
        ..Scenario::new(Hardware::opt_13b_a100())
    };
    base.with_fault(FaultClass::KvThrash, 0.5, 30.0)
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(text(&scenario(3)), text(&scenario(3)));
}

/// FNV-1a of the whole text, as it was when this test was written: another machine or compiler must
/// give the same. A change of the model changes it too, and then it has to be written anew.
#[test]
fn the_bytes_are_those_of_every_machine() {
    let hash = text(&scenario(3)).iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(hash, 0x7a6a_b00a_cc5e_3bde, "{hash:#x}");
}

#[test]
fn another_seed_gives_another_run() {
    assert_ne!(text(&scenario(3)), text(&scenario(4)));
}

#[test]
fn a_scenario_survives_json() {
    for class in FaultClass::ALL {
        let base = Scenario { duration_seconds: 10.0, ..Scenario::new(Hardware::gemma_l40s()) };
        let scenario =
            base.with_fault(*class, 0.5, 3.0).with_action("add-replicas").expect("the id is known");
        let json = serde_json::to_string(&scenario).expect("a scenario can be written");
        let again: Scenario = serde_json::from_str(&json).expect("and read");
        assert_eq!(again, scenario, "{}", class.id());
    }
}

#[test]
fn a_release_out_of_range_is_refused_in_words() {
    let mut json = serde_json::to_value(Scenario::new(Hardware::gemma_l40s()))
        .expect("a scenario can be written");
    json["release"] = "0.34.0".into();
    let error = serde_json::from_value::<Scenario>(json).expect_err("0.34.0 is not described");
    assert!(error.to_string().contains("0.8.4 to 0.33.0"), "{error}");
}

/// The recording of a shorter scrape interval, thinned, is the recording of the longer one, where a
/// page takes no time of the loop that writes it.
#[test]
fn thinning_is_scraping_less_often() {
    let mut scenario = scenario(5).undisturbed();
    scenario.engine.front_end.per_scrape_seconds = 0.0;
    let thinned = simulate(&scenario, 5.0).thinned(3);
    let direct = simulate(&scenario, 15.0);
    assert_eq!(thinned.times, direct.times);
    for (left, right) in thinned.engines().zip(direct.engines()) {
        for (left, right) in left.series.iter().zip(&right.series) {
            let bits =
                |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&left.values), bits(&right.values), "{}", left.name);
        }
    }
}
