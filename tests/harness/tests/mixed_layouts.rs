//! Histograms of different layouts added up: the answers hold the truth of all observations
//! together, and without a sum they are the envelopes of the cumulative counts, inverted.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::Histogram;
use inference_triage_harness::answers::first_difference;
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::layouts::Layout;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::{Interval, check_fraction, check_quantile, describe, rank};
use inference_triage_harness::window::{Window, any_count};

const QUANTILES: [f64; 8] = [0.0, 1.0 / 3.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0];

/// Layouts with everything, something or nothing in common.
fn layouts(random: &mut Random) -> Vec<Layout> {
    let parts = random.between(2, 4);
    if random.chance(0.4) {
        return (0..parts).map(|_| Layout::any(random)).collect();
    }
    let common = Layout::any(random);
    let span = common.bounds[common.bounds.len() - 1].abs() + 1.0;
    (0..parts)
        .map(|_| {
            let mut bounds: Vec<f64> =
                common.bounds.iter().copied().filter(|_| random.chance(0.7)).collect();
            bounds.extend((0..random.between(1, 5)).map(|_| span * random.log_uniform(1e-4, 10.0)));
            bounds.sort_by(f64::total_cmp);
            bounds.dedup();
            Layout { name: "mixed", bounds }
        })
        .collect()
}

fn windows(random: &mut Random) -> Vec<Window> {
    let layouts = layouts(random);
    let few = random.chance(0.7);
    layouts
        .into_iter()
        .map(|layout| {
            let count = if few { random.between(1, 8) } else { any_count(random) };
            Window::with_layout(random, layout, count)
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

fn merge(windows: &[Window], build: impl Fn(&Window) -> Histogram) -> Histogram {
    let parts: Vec<Histogram> = windows.iter().map(build).collect();
    let merged = Histogram::merge(&parts.iter().collect::<Vec<_>>(), &mut Caveats::new());
    merged.expect("well formed windows add up")
}

fn thresholds(random: &mut Random, union: &Window, windows: &[Window]) -> Vec<f64> {
    let value = *random.pick(&union.sorted);
    let bound = *random.pick(&random.clone().pick(windows).layout.bounds);
    vec![
        value,
        value.next_down(),
        bound,
        bound.next_down(),
        bound * random.log_uniform(0.3, 3.0),
        0.0,
    ]
}

#[test]
fn answers_hold_the_truth_of_all_observations() {
    let mut narrowed = 0_usize;
    for_each_seed(0..100_000, |random| {
        let windows = windows(random);
        let union = union(&windows);
        let with_sum = random.chance(0.8);
        let merged = merge(
            &windows,
            if with_sum { Window::histogram } else { Window::histogram_without_sum },
        );
        if merged.sum_is_consistent() == Some(false) || merged.basis() != Basis::Exact {
            return Err(format!("{merged:?}\n{}", describe(&union)));
        }
        for q in QUANTILES.into_iter().chain([random.unit(), random.unit()]) {
            let bounds = merged.quantile_bounds(q).ok_or("no bounds")?;
            check_quantile(&union, q, Some(Interval::from(&bounds)))?;
            narrowed += usize::from(bounds.sum_used);
        }
        let thresholds = thresholds(random, &union, &windows);
        thresholds.into_iter().try_for_each(|threshold| {
            check_fraction(&union, threshold, merged.fraction(threshold).as_ref())
        })
    });
    assert!(
        narrowed > 100_000 || std::env::var_os("TRIAGE_SEED").is_some(),
        "the sum was used {narrowed} times only"
    );
}

/// Σ C(greatest own bound ≤ t) and Σ C(least own bound ≥ t); a part without such a bound counts
/// none or all.
fn envelopes(windows: &[Window], threshold: f64) -> (f64, f64) {
    let sum = |count: &dyn Fn(&Window) -> f64| windows.iter().map(count).sum();
    let at_most = |window: &Window| {
        window
            .cumulative
            .iter()
            .rev()
            .find(|(bound, _)| *bound <= threshold)
            .map_or(0.0, |(_, count)| *count)
    };
    let at_least = |window: &Window| {
        let above = window.cumulative.iter().find(|(bound, _)| *bound >= threshold);
        above.map_or(0.0, |(_, count)| *count)
    };
    (sum(&at_most), sum(&at_least))
}

#[test]
fn without_a_sum_the_answers_are_the_inverted_envelopes() {
    for_each_seed(0..30_000, |random| {
        let windows = windows(random);
        if windows.iter().any(|window| window.layout.bounds[0] <= 0.0) {
            return Ok(());
        }
        let union = union(&windows);
        let merged = merge(&windows, Window::histogram_without_sum);
        let mut bounds: Vec<f64> =
            windows.iter().flat_map(|window| window.layout.bounds.clone()).collect();
        bounds.sort_by(f64::total_cmp);
        for q in QUANTILES {
            let rank = rank(q, union.count()) as f64;
            // The quantile is at most the first bound that so many must lie below, and above every
            // bound that fewer can.
            let highest =
                bounds.iter().copied().find(|bound| envelopes(&windows, *bound).0 >= rank);
            let lowest = bounds.iter().copied().rfind(|bound| envelopes(&windows, *bound).1 < rank);
            let got = merged.quantile_bounds(q).ok_or("no bounds")?;
            let same = got.hi.map(f64::to_bits) == highest.map(f64::to_bits)
                && got.lo.to_bits() == lowest.unwrap_or(0.0).to_bits()
                && got.lo_excluded == lowest.is_some();
            if !same {
                return Err(format!(
                    "q = {q:?}: {got:?} where ({lowest:?}, {highest:?}] was due\n{}",
                    describe(&union)
                ));
            }
        }
        for threshold in thresholds(random, &union, &windows) {
            let (least, most) = envelopes(&windows, threshold);
            // Nothing is negative.
            let (least, most) = if threshold < 0.0 { (0.0, 0.0) } else { (least, most) };
            let total = union.count() as f64;
            let got = merged.fraction(threshold).ok_or("no fraction")?;
            if got.lo.to_bits() != (least / total).to_bits()
                || got.hi.to_bits() != (most / total).to_bits()
            {
                return Err(format!(
                    "≤ {threshold:?}: {got:?}, not {least} to {most}\n{}",
                    describe(&union)
                ));
            }
        }
        Ok(())
    });
}

#[test]
fn the_sum_never_widens_an_answer() {
    for_each_seed(0..20_000, |random| {
        let windows = windows(random);
        let union = union(&windows);
        let with = merge(&windows, Window::histogram);
        let without = merge(&windows, Window::histogram_without_sum);
        for q in QUANTILES {
            let (narrow, wide) = (with.quantile_bounds(q), without.quantile_bounds(q));
            let (narrow, wide) = (narrow.ok_or("no bounds")?, wide.ok_or("no bounds")?);
            let higher = narrow.hi.unwrap_or(f64::INFINITY) > wide.hi.unwrap_or(f64::INFINITY);
            if narrow.lo < wide.lo || higher {
                return Err(format!(
                    "q = {q:?}: {narrow:?} outside {wide:?}\n{}",
                    describe(&union)
                ));
            }
        }
        Ok(())
    });
}

#[test]
fn order_changes_no_bit_and_grouping_nothing_but_the_sum() {
    for_each_seed(0..10_000, |random| {
        let windows = windows(random);
        let mut parts: Vec<Histogram> = windows.iter().map(Window::histogram).collect();
        let merge =
            |parts: &[&Histogram]| Histogram::merge(parts, &mut Caveats::new()).ok_or("refused");
        let whole = merge(&parts.iter().collect::<Vec<_>>())?;
        random.shuffle(&mut parts);
        let shuffled = merge(&parts.iter().collect::<Vec<_>>())?;
        let thresholds = thresholds(random, &union(&windows), &windows);
        if let Some(difference) = first_difference(&whole, &shuffled, &QUANTILES, &thresholds) {
            return Err(format!("shuffled: {difference}"));
        }
        let parts: Vec<Histogram> = windows.iter().map(Window::histogram_without_sum).collect();
        let left =
            parts[1..].iter().try_fold(parts[0].clone(), |all, part| merge(&[&all, part]))?;
        let right = parts[..parts.len() - 1]
            .iter()
            .try_rfold(parts[parts.len() - 1].clone(), |all, part| merge(&[part, &all]))?;
        first_difference(&left, &right, &QUANTILES, &thresholds)
            .map_or(Ok(()), |text| Err(format!("grouped: {text}")))
    });
}
