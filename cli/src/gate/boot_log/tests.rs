use super::*;

/// The published incident.
#[test]
fn the_published_lines() {
    let log = "GPU KV cache size: 71,439 tokens\n\
               Maximum concurrency for 8,192 tokens per request: 8.72x\n";
    let expected = BootLog {
        cache_tokens: Some(71_439.0),
        concurrency: Some(8.72),
        max_model_len: Some(8192.0),
        max_num_seqs: None,
        contradictions: Vec::new(),
    };
    assert_eq!(BootLog::read(log), expected);
}

/// Lines as releases wrote and write them.
#[test]
fn spellings_of_releases() {
    for (log, concurrency, length, slots) in [
        (
            "INFO kv_cache_utils.py:398] Maximum concurrency for 2048 tokens per request: 10.79x",
            Some(10.79),
            Some(2048.0),
            None,
        ),
        (
            "GPU KV cache size: 2,182,642 tokens, Maximum concurrency for 430,080 tokens per \
             request: 5.07x",
            Some(5.07),
            Some(430_080.0),
            None,
        ),
        (
            "non-default args: {'model': 'm', 'max_model_len': 262144, 'max_num_seqs': 2}",
            None,
            Some(262_144.0),
            Some(2.0),
        ),
        ("args: Namespace(max_num_seqs=256, max_model_len=None)", None, None, Some(256.0)),
        ("+ vllm serve m --max-num-seqs=16 --max-model-len 8K", None, Some(8192.0), Some(16.0)),
        ("vllm serve m --max-num-seqs 4 --max-model-len 32k", None, Some(32_000.0), Some(4.0)),
        ("Initializing an engine with config: max_seq_len=4096,", None, Some(4096.0), None),
        ("max_num_seqs_x=3 max_num_seqs is not set", None, None, None),
    ] {
        let found = BootLog::read(log);
        let told = (found.concurrency, found.max_model_len, found.max_num_seqs);
        assert_eq!(told, (concurrency, length, slots), "{log}");
    }
}

#[test]
fn the_last_start_and_its_smallest_rank_count() {
    let log = "vLLM API server version 0.30.0\nargs: --max-num-seqs 2\nMaximum concurrency for 10 \
               tokens per request: 1.5x\nvLLM API server version 0.33.0\nargs: --max-num-seqs 16\n\
               Maximum concurrency for 10 tokens per request: 9.5x\n\
               Maximum concurrency for 10 tokens per request: 9x\n";
    let found = BootLog::read(log);
    assert_eq!((found.max_num_seqs, found.concurrency), (Some(16.0), Some(9.0)));
}

#[test]
fn odd_lines_do_no_harm() {
    for log in ["", "Maximum concurrency for", "GPU KV cache size: , tokens", "max_num_seqs="] {
        assert_eq!(BootLog::read(log), BootLog::default(), "{log}");
    }
}

/// A banner begins a start too: releases from 0.20 on write no other version.
#[test]
fn a_start_begins_with_the_banner() {
    let start = |slots: u32| {
        format!(
            "(APIServer pid=1) INFO 11-28 16:04:34 [utils.py:347]  ▄▄ ▄█ █  version 0.32.0\n\
             (APIServer pid=1) INFO 11-28 16:04:34 [utils.py:286] non-default args: \
             {{'max_num_seqs': {slots}}}\n"
        )
    };
    let found = BootLog::read(&(start(2) + &start(16)));
    assert_eq!((found.max_num_seqs, found.contradictions), (Some(16.0), Vec::new()));
}

/// Prompts that repeat boot lines, in every place where a log can hold them.
#[test]
fn a_prompt_is_no_boot_line() {
    let boot = "INFO 11-28 15:53:50 [kv_cache_utils.py:864] GPU KV cache size: 174,720 tokens\n\
                INFO 11-28 15:53:50 [kv_cache_utils.py:868] Maximum concurrency for 8,192 tokens \
                per request: 21.33x\n\
                INFO 11-28 15:52:36 [utils.py:328] non-default args: {'max_num_seqs': 4}\n";
    let told = BootLog::read(boot);
    assert_eq!((told.max_num_seqs, told.concurrency), (Some(4.0), Some(21.33)));
    for imitation in [
        "GPU KV cache size: 100 tokens",
        "Maximum concurrency for 100 tokens per request: 1x",
        "args: --max-num-seqs 512",
        "vllm serve m --max-num-seqs 512",
        "vLLM API server version 9",
    ] {
        for line in [
            imitation.to_owned(),
            format!("INFO 11-28 16:00:00 [logger.py:43] {imitation}"),
            format!("INFO 11-28 16:00:00 [serving.py:4] Received request 1: prompt: '{imitation}'"),
            format!(
                "INFO 11-28 16:00:00 [logger.py:43] Received request 1: '[a.py:1] {imitation}'"
            ),
        ] {
            assert_eq!(BootLog::read(&format!("{boot}{line}\n")), told, "{line}");
        }
    }
}

#[test]
fn lines_that_contradict_each_other_are_kept() {
    let line = |text: &str| format!("INFO 11-28 15:53:50 [core.py:864] {text}\n");
    let read = |one: &str, other: &str| BootLog::read(&(line(one) + &line(other))).contradictions;
    let told = |about, first, second| vec![Contradiction { about, first, second }];
    for (one, other, expected) in [
        ("args: max_num_seqs=2", "args: max_num_seqs=16", told(Told::Slots, 2.0, 16.0)),
        ("args: max_num_seqs=2", "args: max_num_seqs=2", vec![]),
        (
            "Maximum concurrency for 10 tokens per request: 2x",
            "Maximum concurrency for 20 tokens per request: 1x",
            told(Told::Length, 10.0, 20.0),
        ),
        ("GPU KV cache size: 100 tokens", "GPU KV cache size: 99 tokens", vec![]),
        (
            "GPU KV cache size: 100 tokens",
            "GPU KV cache size: 10 tokens",
            told(Told::Cache, 100.0, 10.0),
        ),
    ] {
        assert_eq!(read(one, other), expected, "{one}");
    }
}
