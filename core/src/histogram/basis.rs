//! Whether a number is proven.

use crate::catalogue::list::closed_list;

closed_list! {
    /// Whether a number is guaranteed by the data or estimated from them.
    Basis {
        /// Guaranteed by integer counts and exact sums.
        Exact = "exact",
        /// From extrapolated counts, sampled gauges or another population.
        Estimated = "estimated",
    }
}
