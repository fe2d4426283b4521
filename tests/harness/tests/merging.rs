//! Adding histograms: the bounds of the whole hold the true quantile of all observations together.

use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::Histogram;
use inference_triage_harness::answers::first_difference;
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::layouts::Layout;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::{Interval, check_fraction, check_quantile, describe};
use inference_triage_harness::window::{Window, any_count};

const QUANTILES: [f64; 9] = [0.0, 0.01, 1.0 / 3.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0];

fn windows(random: &mut Random, layouts: Vec<Layout>) -> Vec<Window> {
    layouts
        .into_iter()
        .map(|layout| {
            let count = if random.chance(0.1) { 0 } else { any_count(random) };
            Window::with_layout(random, layout, count)
        })
        .collect()
}

fn same_layouts(random: &mut Random) -> Vec<Layout> {
    let layout = Layout::any(random);
    vec![layout; random.between(1, 4)]
}

/// Layouts that share some bounds, as before and after an upgrade, and differ in others.
fn mixed_layouts(random: &mut Random) -> Vec<Layout> {
    let common = Layout::any(random);
    let span = common.bounds[common.bounds.len() - 1].abs() + 1.0;
    let parts = random.between(2, 4);
    (0..parts)
        .map(|part| {
            let mut bounds = common.bounds.clone();
            for _ in 0..random.between(usize::from(part == 0), 6) {
                bounds.push(span * random.log_uniform(1e-4, 10.0));
            }
            bounds.sort_by(f64::total_cmp);
            bounds.dedup();
            Layout { name: "mixed", bounds }
        })
        .collect()
}

/// All observations together; layout and buckets are those of the first part and not looked at.
fn union(windows: &[Window]) -> Window {
    let mut sorted: Vec<f64> =
        windows.iter().flat_map(|window| window.sorted.iter().copied()).collect();
    sorted.sort_by(f64::total_cmp);
    let story = windows.iter().map(|window| window.story.as_str()).collect::<Vec<_>>().join(" + ");
    Window { sorted, story, ..windows[0].clone() }
}

fn merge(histograms: &[Histogram], caveats: &mut Caveats) -> Option<Histogram> {
    Histogram::merge(&histograms.iter().collect::<Vec<_>>(), caveats)
}

fn check_union(random: &mut Random, windows: &[Window], merged: &Histogram) -> Result<(), String> {
    let union = union(windows);
    if merged.count().to_bits() != (union.count() as f64).to_bits()
        || merged.basis() != Basis::Exact
    {
        return Err(format!(
            "{} observations, {:?}\n{}",
            merged.count(),
            merged.basis(),
            describe(&union)
        ));
    }
    if union.count() == 0 {
        return Ok(());
    }
    if merged.sum_is_consistent() == Some(false) {
        return Err(format!("the sum was said to contradict the buckets\n{}", describe(&union)));
    }
    for q in QUANTILES.into_iter().chain([random.unit(), random.unit()]) {
        check_quantile(&union, q, merged.quantile_bounds(q).as_ref().map(Interval::from))?;
    }
    for _ in 0..5 {
        let threshold = *random.pick(&union.sorted) * random.uniform(0.8, 1.2);
        check_fraction(&union, threshold, merged.fraction(threshold).as_ref())?;
    }
    Ok(())
}

#[test]
fn equal_layouts_add_up_to_the_union() {
    for_each_seed(0..30_000, |random| {
        let layouts = same_layouts(random);
        let windows = windows(random, layouts);
        let histograms: Vec<_> = windows.iter().map(Window::histogram).collect();
        let mut caveats = Caveats::new();
        let merged = merge(&histograms, &mut caveats).ok_or("refused")?;
        if !caveats.is_empty() {
            return Err(format!("{caveats:?}"));
        }
        for (k, bound) in windows[0].layout.bounds.iter().chain([&f64::INFINITY]).enumerate() {
            let count: f64 = histograms.iter().map(|histogram| histogram.counts()[k]).sum();
            if merged.upper_bounds()[k].to_bits() != bound.to_bits()
                || merged.counts()[k].to_bits() != count.to_bits()
            {
                return Err(format!(
                    "bucket {k}: {:?}\n{}",
                    merged.counts(),
                    describe(&windows[0])
                ));
            }
        }
        check_union(random, &windows, &merged)
    });
}

#[test]
fn unequal_layouts_add_up_to_the_union() {
    for_each_seed(0..30_000, |random| {
        let layouts = mixed_layouts(random);
        let differ = layouts.iter().any(|layout| *layout != layouts[0]);
        let windows = windows(random, layouts);
        let histograms: Vec<_> = windows.iter().map(Window::histogram).collect();
        let mut caveats = Caveats::new();
        let merged = merge(&histograms, &mut caveats).ok_or("refused")?;
        if caveats.has(CaveatId::MixedBuckets) != differ {
            return Err(format!("layouts differ: {differ}, {caveats:?}"));
        }
        check_union(random, &windows, &merged)
    });
}

#[test]
fn unequal_layouts_without_sums_add_up_to_the_union() {
    for_each_seed(0..10_000, |random| {
        let layouts = mixed_layouts(random);
        let windows = windows(random, layouts);
        let histograms: Vec<_> = windows.iter().map(Window::histogram_without_sum).collect();
        let merged = merge(&histograms, &mut Caveats::new()).ok_or("refused")?;
        if merged.sum().is_some() {
            return Err(format!("a sum of {:?} out of none", merged.sum()));
        }
        check_union(random, &windows, &merged)
    });
}

/// A part whose sum is not known leaves the sum of the whole unknown.
#[test]
fn one_missing_sum_leaves_the_whole_without() {
    for_each_seed(0..10_000, |random| {
        let layouts = same_layouts(random);
        let mut windows = windows(random, layouts);
        let full = Window::with_layout(random, windows[0].layout.clone(), 3);
        windows.push(full);
        let mut histograms: Vec<_> = windows.iter().map(Window::histogram).collect();
        histograms.pop();
        histograms.push(windows[windows.len() - 1].histogram_without_sum());
        let merged = merge(&histograms, &mut Caveats::new()).ok_or("refused")?;
        if merged.sum().is_some() {
            return Err(format!("a sum of {:?}\n{}", merged.sum(), describe(&union(&windows))));
        }
        check_union(random, &windows, &merged)
    });
}

#[test]
fn two_histograms_add_in_either_order_to_the_last_bit() {
    for_each_seed(0..100_000, |random| {
        let layouts = if random.chance(0.5) { same_layouts(random) } else { mixed_layouts(random) };
        let first = Window::with_layout(random, layouts[0].clone(), 20);
        let second = Window::with_layout(random, layouts[layouts.len() - 1].clone(), 7);
        let (first, second) = (first.histogram(), second.histogram());
        let mut caveats = [Caveats::new(), Caveats::new()];
        let one = Histogram::merge(&[&first, &second], &mut caveats[0]).ok_or("refused")?;
        let other = Histogram::merge(&[&second, &first], &mut caveats[1]).ok_or("refused")?;
        let thresholds = [0.1, layouts[0].bounds[0], 3.0];
        match first_difference(&one, &other, &QUANTILES, &thresholds) {
            None if caveats[0] == caveats[1] => Ok(()),
            difference => Err(format!("{difference:?}\n{caveats:?}\n{first:?}\n{second:?}")),
        }
    });
}

#[test]
fn grouping_changes_no_count_and_the_sum_only_by_rounding() {
    for_each_seed(0..10_000, |random| {
        let layouts = vec![Layout::any(random); 3];
        let windows = windows(random, layouts);
        let [a, b, c] = [0, 1, 2].map(|k| windows[k].histogram());
        let mut caveats = Caveats::new();
        let left = Histogram::merge(&[&a, &b], &mut caveats).ok_or("refused")?;
        let left = Histogram::merge(&[&left, &c], &mut caveats).ok_or("refused")?;
        let right = Histogram::merge(&[&b, &c], &mut caveats).ok_or("refused")?;
        let right = Histogram::merge(&[&a, &right], &mut caveats).ok_or("refused")?;
        let (sum, other) = (left.sum().unwrap_or(f64::NAN), right.sum().unwrap_or(f64::NAN));
        let close = (sum - other).abs() <= 4.0 * f64::EPSILON * sum.abs();
        let bits = |histogram: &Histogram| {
            histogram.counts().iter().map(|count| count.to_bits()).collect::<Vec<_>>()
        };
        if !close || bits(&left) != bits(&right) {
            return Err(format!("{sum:?} and {other:?}\n{left:?}\n{right:?}"));
        }
        Ok(())
    });
}

#[test]
fn an_estimated_part_makes_the_whole_estimated() {
    let buckets = [(1.0, 2.5), (f64::INFINITY, 3.5)];
    let build =
        |basis| Histogram::from_cumulative(&buckets, None, basis, &mut Caveats::new()).unwrap();
    let (exact, estimated) = (build(Basis::Exact), build(Basis::Estimated));
    let merged = Histogram::merge(&[&exact, &estimated], &mut Caveats::new()).unwrap();
    assert_eq!(merged.basis(), Basis::Estimated);
    assert_eq!(merged.quantile_bounds(0.5).unwrap().basis, Basis::Estimated);
}

#[test]
fn only_nothing_adds_up_to_nothing() {
    let build = |bound: f64| {
        let buckets = [(bound, 1.0), (f64::INFINITY, 2.0)];
        Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new()).unwrap()
    };
    assert!(Histogram::merge(&[], &mut Caveats::new()).is_none());
    let foreign = Histogram::merge(&[&build(1.0), &build(2.0)], &mut Caveats::new())
        .expect("no bound in common");
    assert_eq!((foreign.count().to_bits(), foreign.upper_bounds().len()), (4.0_f64.to_bits(), 1));
    assert!(Histogram::merge(&[&build(1.0), &build(1.0)], &mut Caveats::new()).is_some());
}
