//! Every answer of a histogram as bits.

use inference_triage_core::histogram::{Histogram, QuantileBounds};

/// Every answer to these quantiles and thresholds, with its name, bit for bit.
pub fn answers(
    histogram: &Histogram,
    quantiles: &[f64],
    thresholds: &[f64],
) -> Vec<(String, Vec<u64>)> {
    let mut answers = vec![
        ("count".to_owned(), vec![histogram.count().to_bits()]),
        ("sum".to_owned(), optional(histogram.sum())),
        ("mean".to_owned(), optional(histogram.mean())),
        ("upper bounds".to_owned(), bits(histogram.upper_bounds())),
        ("counts".to_owned(), bits(histogram.counts())),
        (
            "consistent".to_owned(),
            histogram.sum_is_consistent().map(u64::from).into_iter().collect(),
        ),
        ("basis".to_owned(), vec![histogram.basis() as u64]),
    ];
    for &q in quantiles {
        let interval = histogram.sampling_interval(q, None).map(|interval| {
            let mut ends = vec![interval.lo.to_bits()];
            ends.extend(optional(interval.hi));
            ends
        });
        answers.push((format!("point {q:?}"), vec![histogram.point(q).to_bits()]));
        answers.push((format!("bounds {q:?}"), quantile(histogram.quantile_bounds(q).as_ref())));
        answers.push((
            format!("rank {q:?}"),
            quantile(histogram.rank_bounds((q * histogram.count()).ceil()).as_ref()),
        ));
        answers.push((format!("sampling {q:?}"), interval.unwrap_or_default()));
        answers.push((format!("unresolved {q:?}"), vec![u64::from(histogram.is_unresolved(q))]));
    }
    for &threshold in thresholds {
        let fraction = histogram.fraction(threshold);
        let ends = fraction.map(|bounds| {
            let (bound, share) = bounds.nearest_bound.unwrap_or((f64::NAN, f64::NAN));
            bits(&[bounds.lo, bounds.hi, f64::from(u8::from(bounds.exact)), bound, share])
        });
        answers.push((format!("fraction {threshold:?}"), ends.unwrap_or_default()));
    }
    answers
}

/// The first answer in which two histograms differ, as text.
pub fn first_difference(
    a: &Histogram,
    b: &Histogram,
    quantiles: &[f64],
    thresholds: &[f64],
) -> Option<String> {
    let (a, b) = (answers(a, quantiles, thresholds), answers(b, quantiles, thresholds));
    let different = a.iter().zip(&b).find(|(a, b)| a != b);
    different.map(|((name, a), (_, b))| format!("{name}: {:?} and {:?}", floats(a), floats(b)))
}

fn quantile(bounds: Option<&QuantileBounds>) -> Vec<u64> {
    bounds.map_or_else(Vec::new, |bounds| {
        let mut ends =
            vec![bounds.lo.to_bits(), u64::from(bounds.lo_excluded), u64::from(bounds.sum_used)];
        ends.extend(optional(bounds.hi));
        ends
    })
}

fn optional(value: Option<f64>) -> Vec<u64> {
    value.map(f64::to_bits).into_iter().collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn floats(bits: &[u64]) -> Vec<f64> {
    bits.iter().map(|&bits| f64::from_bits(bits)).collect()
}
