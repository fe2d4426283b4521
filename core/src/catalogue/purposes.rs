//! What data are for: each purpose has its own table and its own fetch.

use crate::catalogue::list::closed_list;

closed_list! {
    /// What data are for. Each purpose has a table with a time grid of its own, so that a row of
    /// three days need not have the step of the last hour, nor the last hour that of the row.
    Purpose {
        /// What is diagnosed, at the scrape interval or a small multiple of it.
        Detail = "detail",
        /// A longer or an earlier range at a coarser step: baselines and long rows.
        History = "history",
    }
}
