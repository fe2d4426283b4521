//! The query plan: which PromQL gives the core what it needs, written once for every host.
//!
//! Four ways lead to the same report; the core computes what grew.
//!
//! - The *raw selector*: one query for every series as it is.
//! - *By replica*: the same series, a query a quantity.
//! - *By model*, asked blindly: increments per step, which the server sums over replicas,
//!
//!   ```text
//!   sum by (…) ((m − m offset step >= 0) or (m and m offset step))        with step = the query's
//! step   ```
//!
//!   The first arm is the difference, the second takes the new value after a reset; a series
//!   without an earlier sample yields nothing, because counting it from zero would turn a new
//!   scrape target into a spike. `increase` is empty at a step of one scrape and fractional
//!   otherwise. This costs a server ten times the plain sum.
//! - *By model*, with a watch: the sum of counters, `sum by (…) (m)`, grows like one counter as
//!   long as none of its processes starts, ends or restarts. So the host first asks the
//!   [watch](Plan::watch), which names the instances to which that happened within the range. They
//!   are asked for [one by one](PlanOptions::apart), series as they are, and all others as totals.
//!   With every refresh the watch is asked again over the new steps, and where it names somebody
//!   else the range is loaded anew. A host that can send only what a dashboard holds cannot do
//!   that.
//!
//! What the watch cannot see is a restart after which two counters are higher within one step than
//! they ever were before it. A total that falls all the same tells nothing of that step's growth,
//! so none is counted.
//!
//! Buckets and sum of a histogram come in one query, so that no scrape can fall between them; the
//! count is the +Inf bucket. One selector for both names costs a server less than two queries.

mod fetch;
mod plan;

pub use fetch::{Fetch, FetchRange, fetches};
pub use plan::{Dialect, Grouping, Plan, PlanOptions, PlannedQuery, plan, prefix_of_name};
