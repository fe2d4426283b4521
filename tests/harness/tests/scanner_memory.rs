//! Reading a response allocates for series and for growing columns, never for a sample.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write;

use inference_triage_core::ingest::prometheus::parse_responses;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait; every call goes to the system's allocator unchanged"
)]
// SAFETY: all methods forward their arguments to `System`, which upholds the contract of
// `GlobalAlloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's layout is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above, that is from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

const SERIES: usize = 50;

/// A response whose samples are written by `sample`.
fn response(samples: usize, sample: impl Fn(usize) -> String) -> String {
    let mut text = r#"{"status":"success","data":{"resultType":"matrix","result":["#.to_owned();
    for series in 0..SERIES {
        let comma = if series == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}{{"metric":{{"pod":"p{series}"}},"values":["#);
        for index in 0..samples {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{}", sample(index + series));
        }
        text.push_str("]}");
    }
    text + "]}}"
}

fn allocations(text: &str) -> usize {
    let before = ALLOCATIONS.get();
    let batch = parse_responses(&[text.as_bytes()]).expect("the response is valid");
    let count = ALLOCATIONS.get() - before;
    assert_eq!(batch.series.len(), SERIES);
    count
}

#[test]
fn no_sample_allocates() {
    let time = |index: usize| 1_780_000_000 + 15 * index;
    let layouts: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("compact", &|index| format!(r#"[{},"{index}"]"#, time(index % 1000))),
        ("rates", &|index| {
            format!(r#"[{}.781,"{}"]"#, time(index), 0.1 + 1.0 / (index as f64 + 3.0))
        }),
        ("spaced and bare", &|index| format!("[ {} ,\n{index}.25 ]", time(index))),
        ("beyond every table", &|index| {
            format!(r#"[{},"{index}.00000000000000011102230246251565e-300"]"#, time(index))
        }),
        ("not finite", &|index| {
            format!(r#"[{},"{}"]"#, time(index), if index % 2 == 0 { "NaN" } else { "7" })
        }),
    ];
    for (name, sample) in layouts {
        let few = allocations(&response(300, sample));
        let many = allocations(&response(3_000, sample));
        // A column that grows ten times as long doubles four times.
        assert!(
            many <= few + 4 * 4,
            "{name}: {few} allocations for 300 samples a series, {many} for 3000"
        );
    }
}
