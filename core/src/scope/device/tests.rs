//! Which replica a device serves, and that reading devices changes no engine.

use crate::catalogue::families::Family;
use crate::scope::resolve::resolve;
use crate::scope::test_series::{TestSeries, scope, store};
use crate::scope::{PlacedBy, Scope};

const RUNNING: &str = "vllm:num_requests_running";
const TOKENS: &str = "vllm:generation_tokens_total";
const CLOCK: &str = "DCGM_FI_DEV_SM_CLOCK";

/// Name, labels, value.
type Sample = (String, Vec<(String, String)>, f64);

/// A scrape of a device's exporter.
fn recorded() -> Vec<Sample> {
    let text = include_str!("../../../../tests/incidents/seed000/seed000.dcgm.prom");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (name, rest) = line.split_once('{').unwrap();
            let (labels, value) = rest.split_once("} ").unwrap();
            let labels = labels.split(',').map(|label| {
                let (name, value) = label.split_once('=').unwrap();
                (name.to_owned(), value.trim_matches('"').to_owned())
            });
            (name.to_owned(), labels.collect(), value.parse().unwrap())
        })
        .collect()
}

/// The recorded device, with more labels, beside these series.
fn with_device(engines: &[TestSeries<'_>], more: &[(&str, &str)]) -> Scope {
    let recorded = recorded();
    let labels: Vec<Vec<(&str, &str)>> = recorded
        .iter()
        .map(|(_, labels, _)| {
            let own = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            own.chain(more.iter().copied()).collect()
        })
        .collect();
    let values: Vec<[f64; 2]> = recorded.iter().map(|(_, _, value)| [*value; 2]).collect();
    let devices = recorded
        .iter()
        .zip(&labels)
        .zip(&values)
        .map(|(((name, _, _), labels), values)| (name.as_str(), &labels[..], &values[..]));
    let all: Vec<TestSeries<'_>> = engines.iter().copied().chain(devices).collect();
    scope(&all)
}

const TWO_PODS: &[TestSeries<'_>] = &[
    (
        RUNNING,
        &[
            ("model_name", "m"),
            ("pod", "llm-0"),
            ("namespace", "ml"),
            ("instance", "10.1.0.4:8000"),
        ],
        &[1.0, 2.0],
    ),
    (
        RUNNING,
        &[
            ("model_name", "m"),
            ("pod", "llm-1"),
            ("namespace", "ml"),
            ("instance", "10.1.0.5:8000"),
        ],
        &[1.0, 2.0],
    ),
];

#[test]
fn a_device_has_its_quantities_in_our_units() {
    let scope = with_device(TWO_PODS, &[("exported_pod", "llm-1"), ("exported_namespace", "ml")]);
    let [device] = &scope.devices[..] else { panic!("one device, not {}", scope.devices.len()) };
    assert_eq!(device.id, "GPU-0");
    assert_eq!(device.index.as_deref(), Some("0"));
    assert_eq!(device.title.as_deref(), Some("NVIDIA L40S"));
    assert_eq!(device.node.as_deref(), Some("node-a"));
    assert_eq!(device.replicas, ["llm-1/0"]);
    assert_eq!(device.placed_by, Some(PlacedBy::Pod));
    let last = |family| Some(device.gauge(family)?.window(0, 1)?.last);
    assert_eq!(last(Family::SmClock), Some(2490.0));
    assert_eq!(last(Family::DeviceMemoryUsed), Some(40_100.0 * 1024.0 * 1024.0));
    assert_eq!(last(Family::DeviceMemoryFree), Some(5_400.0 * 1024.0 * 1024.0));
    assert_eq!(last(Family::DevicePower), Some(271.4));
    assert_eq!(last(Family::DeviceTemperature), Some(64.0));
    assert_eq!(last(Family::XidError), Some(0.0), "no error is 0");
    assert_eq!(last(Family::DramActive), None, "what is not exported is absent");
}

#[test]
fn the_pod_that_holds_a_device_counts_before_the_pod_of_its_exporter() {
    let exporters_own = [("pod", "dcgm-exporter-x7"), ("namespace", "gpu")];
    let mapped = [("exported_pod", "llm-0"), ("exported_namespace", "ml")];
    let scope = with_device(TWO_PODS, &[&mapped[..], &exporters_own].concat());
    assert_eq!(scope.devices[0].replicas, ["llm-0/0"]);
    let scope = with_device(TWO_PODS, &[("pod", "llm-0"), ("namespace", "ml")]);
    assert_eq!(scope.devices[0].replicas, ["llm-0/0"], "scraped with honor_labels");
    let scope = with_device(TWO_PODS, &[("pod", "llm-0"), ("namespace", "other")]);
    assert_eq!(scope.devices[0].placed_by, None, "a pod of that name in another namespace");
}

#[test]
fn without_a_pod_the_node_tells() {
    let by_label: &[TestSeries<'_>] = &[
        (RUNNING, &[("model_name", "m"), ("instance", "x:8000"), ("node", "node-a")], &[1.0, 2.0]),
        (RUNNING, &[("model_name", "m"), ("instance", "y:8000"), ("node", "node-b")], &[1.0, 2.0]),
    ];
    let scope = with_device(by_label, &[]);
    assert_eq!(scope.devices[0].replicas, ["x:8000/0"]);
    assert_eq!(scope.devices[0].placed_by, Some(PlacedBy::Node));

    let by_address: &[TestSeries<'_>] = &[
        (RUNNING, &[("model_name", "m"), ("instance", "node-a:8000")], &[1.0, 2.0]),
        (RUNNING, &[("model_name", "m"), ("instance", "node-b:8000")], &[1.0, 2.0]),
    ];
    assert_eq!(with_device(by_address, &[]).devices[0].replicas, ["node-a:8000/0"]);

    let bare: &[TestSeries<'_>] =
        &[(RUNNING, &[("model_name", "m"), ("instance", "10.0.0.7:8000")], &[1.0, 2.0])];
    let scope = with_device(bare, &[("instance", "10.0.0.7:9400")]);
    assert_eq!(scope.devices[0].replicas, ["10.0.0.7:8000/0"], "two ports of one machine");
}

#[test]
fn the_scheduler_knows_the_node_of_a_pod() {
    let info: TestSeries<'_> = (
        "kube_pod_info",
        &[
            ("exported_pod", "llm-1"),
            ("exported_namespace", "ml"),
            ("pod", "kube-state-metrics-0"),
            ("namespace", "kube-system"),
            ("node", "node-a"),
        ],
        &[1.0, 1.0],
    );
    let scope = with_device(&[TWO_PODS[0], TWO_PODS[1], info], &[]);
    assert_eq!(scope.devices[0].replicas, ["llm-1/0"]);
    assert_eq!(scope.devices[0].placed_by, Some(PlacedBy::Node));
}

#[test]
fn a_device_that_nothing_places_is_kept_and_a_strangers_is_not() {
    let one: &[TestSeries<'_>] =
        &[(RUNNING, &[("model_name", "m"), ("instance", "pod-0")], &[1.0, 2.0])];
    let scope = with_device(one, &[]);
    assert_eq!(scope.devices.len(), 1);
    assert_eq!(scope.devices[0].placed_by, None);
    assert!(scope.devices[0].replicas.is_empty());

    let labels = |uuid, pod| {
        [
            ("UUID", uuid),
            ("Hostname", "node-a"),
            ("exported_pod", pod),
            ("exported_namespace", "ml"),
        ]
    };
    let scope = self::scope(&[
        TWO_PODS[0],
        (CLOCK, &labels("GPU-0", "llm-0"), &[1980.0, 1980.0]),
        (CLOCK, &labels("GPU-1", "llm-0"), &[1980.0, 1200.0]),
        (CLOCK, &labels("GPU-2", "training"), &[1980.0, 1980.0]),
    ]);
    let ids: Vec<&str> = scope.devices.iter().map(|device| device.id.as_str()).collect();
    assert_eq!(ids, ["GPU-0", "GPU-1"], "both of the pod, by their ids");
    let clock = scope.devices[1].gauge(Family::SmClock).unwrap();
    assert_eq!(clock.values(), [1980.0, 1200.0]);
}

#[test]
fn values_that_stand_for_none_are_absent() {
    let labels = [("UUID", "GPU-0"), ("Hostname", "node-a")];
    let scope = scope(&[
        (RUNNING, &[("model_name", "m"), ("instance", "node-a:8000")], &[1.0, 2.0]),
        ("DCGM_FI_DEV_GPU_TEMP", &labels, &[2_147_483_632.0, 64.0]),
        ("DCGM_FI_DEV_XID_ERRORS", &labels, &[9.223_372_036_854_776e18; 2]),
    ]);
    let device = &scope.devices[0];
    let summary = |family| device.gauge(family).unwrap().window(0, 1);
    assert_eq!(summary(Family::DeviceTemperature).map(|one| one.max), Some(64.0));
    assert_eq!(summary(Family::XidError), None);
}

#[test]
fn reading_devices_changes_no_engine() {
    let labels = [("model_name", "m"), ("pod", "llm-0"), ("instance", "node-a:8000")];
    let engine: &[TestSeries<'_>] =
        &[(RUNNING, &labels, &[1.0, 2.0]), (TOKENS, &labels, &[5.0, 2.0])];
    let alone = scope(engine);
    let beside = with_device(engine, &[("exported_pod", "llm-0")]);
    assert!(!beside.devices.is_empty());
    assert_eq!(beside.keys(), alone.keys());
    let [own, same] = [&alone, &beside].map(|scope| {
        let replica = &scope.replicas[0];
        let families: Vec<Family> = replica.quantities.iter().map(|(family, _)| *family).collect();
        let running = replica.gauge(Family::Running).unwrap().values().to_vec();
        let grown = replica.counter(Family::GenerationTokens).unwrap().increase(0, 1);
        (families, running, grown, replica.targets.clone())
    });
    assert_eq!(own, same);
    assert_eq!(format!("{:?}", beside.caveats), format!("{:?}", alone.caveats));
    assert_eq!(beside.version_hint, alone.version_hint);
}

#[test]
fn devices_alone_are_no_engine_and_are_named() {
    let labels = [("UUID", "GPU-0"), ("Hostname", "node-a")];
    let up = [("instance", "node-a:9400")];
    let error = resolve(&store(&[(CLOCK, &labels, &[1.0, 1.0]), ("up", &up, &[1.0, 1.0])]), None)
        .unwrap_err();
    assert!(error.is_no_engine());
    let message = error.to_string();
    assert!(message.contains("no serving engine (vLLM) among 2 series"), "{message}");
    assert!(message.contains("found NVIDIA DCGM exporter;"), "{message}");
}
