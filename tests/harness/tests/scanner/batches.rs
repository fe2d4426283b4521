//! Whether two batches are one and the same.

use inference_triage_core::ingest::batch::SampleBatch;

/// To the last bit of every number.
pub(crate) fn is_same(left: &SampleBatch, right: &SampleBatch) -> bool {
    let columns = left.times.len() == right.times.len()
        && left.values.len() == right.values.len()
        && left.times.iter().zip(&right.times).all(same_number)
        && left.values.iter().zip(&right.values).all(same_number);
    // The text of a float is its shortest, so equal texts are equal bits, NaN among them.
    columns
        && left.series == right.series
        && left.notices == right.notices
        && left.not_finite == right.not_finite
        && format!("{:?}", left.native) == format!("{:?}", right.native)
}

fn same_number((left, right): (&f64, &f64)) -> bool {
    left.to_bits() == right.to_bits()
}
