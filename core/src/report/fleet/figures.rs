//! What was measured of each replica.

use crate::catalogue::families::Family;
use crate::catalogue::fleet::FleetFigure;
use crate::catalogue::limits::LimitId;
use crate::diagnosis::Prepared;
use crate::limits::{Limit, Provenance};
use crate::report::fleet::Figures;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::triage::facts::spread::{arrived, mean_of};

/// Figures of the replicas at these places, in their order.
pub(super) fn of(
    all: &Prepared<'_>,
    places: &[usize],
    window: (usize, usize),
    limits: &[Limit],
) -> Vec<Figures> {
    let one = |&at: &usize| {
        let mut figures = of_one(all.replicas[at], window);
        let replica = all.replicas[at];
        let labels = replica.info(Family::CacheConfig);
        let said = labels.map(all.scope.profile.cache_limits).unwrap_or_default();
        let shown = limit(replica, LimitId::KvCapacityTokens, limits).map(|limit| limit.value);
        figures.set(FleetFigure::KvCapacity, said.capacity_tokens.or(shown));
        let starts = all.replica_set.activities[at].restarts(window.0, window.1);
        figures.set(FleetFigure::Starts, Some(starts.count() as f64));
        figures
    };
    let mut rows = places.iter().map(one).collect_vec();
    for (row, &at) in places.iter().enumerate() {
        let own = slots(all.replicas[at], &rows[row], limits);
        rows[row].set(FleetFigure::Slots, own);
    }
    let total: f64 = rows.iter().filter_map(|row| row.get(FleetFigure::Arrivals)).sum();
    for row in rows.iter_mut().filter(|_| total > 0.0) {
        let own = row.get(FleetFigure::Arrivals);
        row.set(FleetFigure::ArrivalShare, own.map(|own| own / total));
    }
    rows
}

fn of_one(replica: &Replica, (first, last): (usize, usize)) -> Figures {
    let mut figures = Figures::default();
    let gauge = |family| replica.gauge(family).and_then(|gauge| gauge.window(first, last));
    let increase = |family| replica.counter(family).and_then(|one| one.increase(first, last));
    figures.set(FleetFigure::Arrivals, arrived(replica, (first, last)));
    let pairs = [
        (Family::Running, FleetFigure::Running, FleetFigure::RunningMost),
        (Family::Waiting, FleetFigure::Waiting, FleetFigure::WaitingMost),
        (Family::KvUsage, FleetFigure::KvUsage, FleetFigure::KvUsageMost),
    ];
    for (family, mean, most) in pairs {
        let summary = gauge(family);
        figures.set(mean, summary.map(|summary| summary.mean));
        figures.set(most, summary.map(|summary| summary.max));
    }
    figures.set(FleetFigure::Ttft, mean_of(replica, Family::Ttft, (first, last)));
    figures.set(FleetFigure::Itl, mean_of(replica, Family::Itl, (first, last)));
    let queries = increase(Family::PrefixCacheQueries).filter(|queries| *queries > 0.0);
    let hits = increase(Family::PrefixCacheHits).zip(queries);
    figures.set(FleetFigure::PrefixHitRatio, hits.map(|(hits, queries)| hits / queries));
    figures.set(FleetFigure::Failed, increase(Family::RequestsErrored));
    figures
}

/// Slots that the replica has. A cap that was inferred is that of those which stand at it.
#[expect(clippy::float_cmp, reason = "a cap is a whole number")]
fn slots(replica: &Replica, figures: &Figures, limits: &[Limit]) -> Option<f64> {
    let cap = limit(replica, LimitId::MaxNumSeqs, limits)?;
    let stands_at_it = figures.get(FleetFigure::RunningMost).is_some_and(|most| most == cap.value);
    (cap.provenance != Provenance::Inferred || stands_at_it).then_some(cap.value)
}

fn limit<'a>(replica: &Replica, id: LimitId, limits: &'a [Limit]) -> Option<&'a Limit> {
    let of_id = || limits.iter().filter(move |limit| limit.id == id);
    let own = of_id().find(|limit| limit.replica.as_ref() == Some(&replica.key));
    own.or_else(|| of_id().find(|limit| limit.replica.is_none()))
}
