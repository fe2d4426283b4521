use super::*;

#[test]
fn hostile_texts_are_refused_and_not_a_panic() {
    let deep = "(".repeat(100_000);
    let minus = "-".repeat(100_000) + "a";
    let power = "1^".repeat(50_000) + "1";
    let either = "up or ".repeat(10_000) + "up";
    let less = "up<".repeat(15_000) + "up";
    let long = "a".repeat(LONGEST + 1);
    for text in [
        &deep,
        &minus,
        &power,
        &either,
        &less,
        &long,
        "a[1e400]",
        "a[99999999999999999999999999s]",
        "",
        "\0",
        "a{",
        "a[5m",
        "a offset 1e300",
        "a @ 1e300",
        "a[1e308s]",
        "{}",
        "$x",
        "a[-5m]",
        "rate(a[0])",
        "a{b=~\"(\"}",
        "é",
        "\"\\xff\"",
        "\"\\",
        "`",
        "{{schema:1}}",
        "a @ -1",
        "a@start(",
    ] {
        let _ = parse(text);
    }
    assert!(parse("a[1e400]").is_err());
    let pods: Vec<_> = (0..200).map(|pod| format!("vllm-llama-3-(x)-{pod}")).collect();
    let listed = format!("avg(a{{pod=~\"{}\"}})", pods.join("|"));
    assert!(parse(&listed).is_ok(), "what stands in quotes is no operation");
}

#[test]
fn printing_keeps_the_meaning() {
    for text in [
        "sum by (le, pod) (rate(a_bucket{x=~\"a\\\\.b\",y!=\"\"}[5m] offset 1h))",
        "a / on (x) group_left (y) b",
        "(a > bool 0) and on () (b or c)",
        "avg_over_time((a / b)[1h:5m])",
        "a / ignoring (le) b",
        "sum without (le) (a)",
        "-a + 2.5",
    ] {
        let once = parse(text).unwrap();
        assert_eq!(parse(&print(&once)).unwrap(), once, "{text}");
    }
}
