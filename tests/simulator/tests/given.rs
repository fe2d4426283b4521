//! What a recording gives: requests at their times, callers who wait for answers, outages, pace.

use inference_triage_simulator::configuration::{Arrivals, Clients, Hardware, Release, Scenario};
use inference_triage_simulator::given::{
    Begin, Given, GivenOutage, GivenPace, GivenRequest, StatusClass,
};
use inference_triage_simulator::record::outcome::Ending;
use inference_triage_simulator::{Run, simulate, simulate_given};

/// Nobody asks anything but what is given; a step takes 10 ms and nothing else takes time.
fn silent() -> Scenario {
    let mut scenario = Scenario::new(Hardware::opt_13b_a100()).undisturbed();
    scenario.duration_seconds = 120.0;
    scenario.traffic.arrivals = Arrivals::Poisson { rate: 0.0 };
    scenario.traffic.clients = Clients::default();
    let hardware = &mut scenario.engine.hardware;
    hardware.jitter = 0.0;
    hardware.law.base = 0.01;
    for coefficient in [
        &mut hardware.law.prefill,
        &mut hardware.law.square,
        &mut hardware.law.sequence,
        &mut hardware.law.context,
        &mut hardware.law.mixed,
    ] {
        *coefficient = 0.0;
    }
    hardware.law.large_batch = None;
    scenario.engine.async_scheduling = false;
    let front = &mut scenario.engine.front_end;
    front.per_request_seconds = 0.0;
    front.per_prompt_token_seconds = 0.0;
    front.per_output_seconds = 0.0;
    scenario
}

fn request(begin: Begin) -> GivenRequest {
    GivenRequest {
        begin,
        replica: 0,
        prompt: 100,
        output: 101,
        leaves_after: None,
        refused: None,
        content: 1,
        shared: None,
    }
}

fn given(requests: Vec<GivenRequest>) -> Given {
    Given { requests, ..Given::default() }
}

fn run(scenario: &Scenario, given: &Given) -> Run {
    scenario.check(5.0).expect("it can be simulated");
    simulate_given(scenario, given, 5.0)
}

fn near(left: f64, right: f64) {
    assert!((left - right).abs() < 1e-6, "{left} is not {right}");
}

#[test]
fn nothing_given_changes_nothing() {
    let scenario = Scenario { duration_seconds: 60.0, ..Scenario::new(Hardware::gemma_l40s()) };
    assert_eq!(simulate_given(&scenario, &Given::default(), 5.0), simulate(&scenario, 5.0));
}

#[test]
fn a_request_comes_at_its_time() {
    let run = run(&silent(), &given(vec![request(Begin::At(7.0))]));
    assert_eq!(run.requests.len(), 1);
    near(run.requests[0].arrival, 7.0);
    // A step of prefill and a hundred of decode.
    near(run.requests[0].ended.expect("it ends"), 7.0 + 1.01);
    assert_eq!(run.requests[0].ending, Ending::Length);
}

#[test]
fn a_caller_who_waits_asks_after_the_answer_and_not_after_its_phase() {
    let after = |request, until| Begin::After { request, pause: 2.0, until };
    let requests = vec![request(Begin::At(1.0)), request(after(0, 60.0)), request(after(1, 6.0))];
    let run = run(&silent(), &given(requests));
    assert_eq!(run.requests.len(), 2);
    near(run.requests[1].arrival, 1.0 + 1.01 + 2.0);
}

#[test]
fn each_replica_gets_what_is_addressed_to_it_and_has_its_own_flags() {
    let mut scenario = silent();
    scenario.replicas = 2;
    let mut narrow = scenario.engine.clone();
    narrow.max_num_seqs = 1;
    let at_once = |replica| GivenRequest { replica, ..request(Begin::At(1.0)) };
    let mut given = given(vec![at_once(0), at_once(0), at_once(1), at_once(1)]);
    given.engines = vec![scenario.engine.clone(), narrow];
    let run = run(&scenario, &given);
    let ends: Vec<f64> = run.requests.iter().filter_map(|request| request.ended).collect();
    near(ends[0], 2.01);
    // It came when the step of the first had begun.
    near(ends[1], 2.02);
    near(ends[2], 2.01);
    near(ends[3], 3.02);
}

#[test]
fn an_outage_loses_what_is_inside_and_refuses_what_comes() {
    let requests = [9.5, 15.0, 21.0].map(|time| request(Begin::At(time)));
    let mut given = given(requests.to_vec());
    given.outages = vec![GivenOutage { replica: 0, down: 10.0, up: 20.0 }];
    let run = run(&silent(), &given);
    let endings: Vec<Ending> = run.requests.iter().map(|request| request.ending).collect();
    assert_eq!(endings, [Ending::Lost, Ending::Rejected, Ending::Length]);
    let up = &run.engines().next().expect("there is one").up;
    // Scrapes at 10 s and 15 s; at 20 s the new process answers.
    let down = up.iter().filter(|up| up.abs() < 0.5).count();
    assert_eq!(down, 2, "{up:?}");
}

#[test]
fn what_the_server_refuses_never_reaches_the_engine() {
    let refused = |class| GivenRequest { refused: Some(class), ..request(Begin::At(3.0)) };
    let requests = vec![
        refused(StatusClass::Client),
        refused(StatusClass::Client),
        refused(StatusClass::Server),
        request(Begin::After { request: 2, pause: 1.0, until: 60.0 }),
    ];
    let run = run(&silent(), &given(requests));
    near(run.requests[3].arrival, 4.0);
    let engine = run.engines().next().expect("there is one");
    let counted = |status: &str| {
        let own = engine.series.iter().find(|series| {
            series.name == "http_requests_total"
                && series.labels.contains(&("status".to_owned(), status.to_owned()))
        });
        own.and_then(|series| series.values.last().copied())
    };
    assert_eq!([counted("2xx"), counted("4xx"), counted("5xx")], [Some(1.0), Some(2.0), Some(1.0)]);
    near(run.growth("request_success_total"), 1.0);
}

/// The stream began with status 200; vLLM 0.20.1 counted 84 of 84 such streams as 2xx.
#[test]
fn who_hangs_up_counts_as_answered() {
    let leaves = GivenRequest { leaves_after: Some(0.5), ..request(Begin::At(3.0)) };
    let run = run(&silent(), &given(vec![leaves]));
    assert_eq!(run.requests[0].ending, Ending::Aborted);
    let engine = run.engines().next().expect("there is one");
    let answered = engine.series.iter().find(|series| series.name == "http_requests_total");
    near(answered.and_then(|series| series.values.last().copied()).unwrap_or(0.0), 1.0);
    near(run.growth("request_success_total"), 0.0);
}

#[test]
fn the_pace_holds_until_its_time_and_stalls_add_up() {
    let slow = GivenPace { intervals: vec![(50.0, 2.0, 0.0)], ..GivenPace::default() };
    let requests = vec![request(Begin::At(10.0)), request(Begin::At(60.0))];
    let mut given = given(requests);
    given.paces = vec![slow];
    let run_slow = run(&silent(), &given);
    near(run_slow.requests[0].ended.unwrap_or(0.0), 10.0 + 2.02);
    near(run_slow.requests[1].ended.unwrap_or(0.0), 60.0 + 1.01);
    // Two seconds of work with a stall of 0.1 s each tenth of a second: about as long again.
    given.paces = vec![GivenPace {
        intervals: Vec::new(),
        stalls_per_second: 10.0,
        stall_seconds: vec![0.1],
    }];
    let run = run(&silent(), &given);
    let took = run.requests.iter().map(|one| one.ended.unwrap_or(0.0) - one.arrival);
    let took: f64 = took.sum();
    assert!((3.0..5.2).contains(&took), "{took}");
}

/// A scrape so many seconds before its time has not seen what comes later.
#[test]
fn replicas_are_scraped_at_their_own_phases() {
    let mut given = given(vec![request(Begin::At(8.0))]);
    let finished = |given: &Given| {
        let run = run(&silent(), given);
        let engine = run.engines().next().cloned().expect("there is one");
        let own = engine
            .series
            .iter()
            .find(|series| series.name == "vllm:e2e_request_latency_seconds_count");
        own.map(|series| series.values.clone()).unwrap_or_default()
    };
    near(finished(&given)[2], 1.0);
    given.scraped_early = vec![2.0];
    near(finished(&given)[2], 0.0);
    near(finished(&given)[3], 1.0);
}

/// Equal contents are found again, a conversation's answer with its question.
#[test]
fn a_conversation_finds_its_history() {
    let first = GivenRequest { prompt: 320, ..request(Begin::At(1.0)) };
    let second = GivenRequest { prompt: 480, ..request(Begin::At(20.0)) };
    let other = GivenRequest { content: 2, ..request(Begin::At(40.0)) };
    let run = run(&silent(), &given(vec![first, second, other]));
    // 320 tokens and 101 of the answer, the last of which was never computed: 26 blocks of 16.
    assert_eq!(run.requests[1].cached, 416);
    assert_eq!(run.requests[2].cached, 0);
}

/// Waits pass together, work does not.
#[test]
fn arrivals_wait_side_by_side() {
    let mut scenario = silent();
    scenario.engine.front_end.per_request_wait_seconds = 0.5;
    let at_once = given(vec![request(Begin::At(1.0)), request(Begin::At(1.0))]);
    let queued = |scenario: &Scenario| -> Vec<f64> {
        run(scenario, &at_once).requests.iter().map(|request| request.queued).collect()
    };
    let together = queued(&scenario);
    near(together[0], 1.5);
    // After the step that the first one began.
    near(together[1], 1.51);
    scenario.engine.front_end.per_request_wait_seconds = 0.0;
    scenario.engine.front_end.per_request_seconds = 0.5;
    let queued = queued(&scenario);
    near(queued[0], 1.5);
    near(queued[1], 2.0);
}

/// Before 0.23 an iteration books cached prompt tokens too, and up to 0.20 every attempt to admit
/// a request counts as a lookup.
#[test]
fn older_releases_count_as_they_did() {
    let counted = |release: Release, name: &str| {
        let mut scenario = silent();
        scenario.release = release;
        // Room for one of the two that come together.
        scenario.engine.max_model_len = 256;
        scenario.engine.kv_blocks = 17;
        let long = |content, time| {
            let begin = Begin::At(time);
            GivenRequest { prompt: 200, output: 50, content, ..request(begin) }
        };
        let requests = vec![long(1, 1.0), long(2, 1.0), long(2, 30.0)];
        run(&scenario, &given(requests)).growth(name)
    };
    let (old, new) = (Release::new(20, 1), Release::new(26, 0));
    let tokens = |release| counted(release, "iteration_tokens_total_sum");
    near(tokens(old) - tokens(new), counted(new, "prefix_cache_hits_total"));
    assert!(tokens(old) > tokens(new));
    near(counted(new, "prefix_cache_queries_total"), 600.0);
    assert!(counted(old, "prefix_cache_queries_total") > 6000.0);
}
