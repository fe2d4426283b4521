//! Limits that the engine exports, in the labels of its configuration or as gauges: the size of its
//! key-value cache, its longest context, its caps.

use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::histogram::arithmetic::within;
use crate::limits::{Limit, Provenance};
use crate::scope::{Replica, Scope};
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::source::exporter::CacheLimits;
use crate::text::number::number;
use crate::window::measurements::Measurements;

/// One limit and the two ways to export it.
struct Exported {
    id: LimitId,
    text: fn(f64) -> String,
    value: fn(&CacheLimits) -> Option<f64>,
    /// The gauge that says the same where no label does.
    gauge: Option<Family>,
}

const EXPORTED: [Exported; 4] = [
    Exported {
        id: LimitId::MaxNumSeqs,
        text: |value| format!("the engine runs at most {} sequences at once", number(value)),
        value: |_| None,
        gauge: Some(Family::SequenceCap),
    },
    Exported {
        id: LimitId::KvCapacityTokens,
        text: |value| format!("the key-value cache of one engine holds {} tokens", number(value)),
        value: |limits| limits.capacity_tokens,
        gauge: Some(Family::KvCapacity),
    },
    Exported {
        id: LimitId::MaxModelLen,
        text: |value| {
            format!(
                "the longest context is {} tokens (cache size by concurrency at full length)",
                number(value)
            )
        },
        value: |limits| limits.max_model_len,
        gauge: Some(Family::ContextLength),
    },
    Exported {
        id: LimitId::KvWorstCaseConcurrency,
        text: |value| {
            format!("{} sequences of full length fit into the cache at once", number(value))
        },
        value: |limits| limits.worst_case_concurrency,
        gauge: None,
    },
];

/// Exported limits, or those the user gave in their place. Replicas that agree share one entry. A
/// cap of running sequences given by hand is none of these: it stands for an inferred one too.
#[expect(
    clippy::float_cmp,
    reason = "exported values are copied, never computed, so equal means equal"
)]
pub fn limits(
    scope: &Scope,
    replicas: &[&Replica],
    now: &Measurements,
    settings: &Settings,
) -> Vec<Limit> {
    let configurations: Vec<(&Replica, CacheLimits)> = replicas
        .iter()
        .map(|replica| {
            let labels = replica.info(Family::CacheConfig);
            (*replica, labels.map(scope.profile.cache_limits).unwrap_or_default())
        })
        .collect_vec();
    let mut list = Vec::new();
    for exported in &EXPORTED {
        if exported.id == LimitId::MaxNumSeqs && settings.given_limit(exported.id).is_some() {
            continue;
        }
        if let Some(value) = settings.given_limit(exported.id) {
            list.push(limit(exported, value, Provenance::Given, None, replicas, now));
            continue;
        }
        let values: Vec<(&Replica, f64)> = configurations
            .iter()
            .filter_map(|(replica, limits)| {
                let gauge = || shown_limit(replica, exported.gauge?, now);
                Some((*replica, (exported.value)(limits).or_else(gauge)?))
            })
            .collect_vec();
        let one_value = values.windows(2).all(|pair| pair[0].1 == pair[1].1);
        let shown = if one_value { values.get(..1).unwrap_or_default() } else { &values[..] };
        for (replica, value) in shown {
            let owner = (!one_value).then(|| replica.key.clone());
            list.push(limit(exported, *value, Provenance::Exported, owner, replicas, now));
        }
    }
    list
}

/// The newest value of a gauge that exports a limit; 0 and less stand for "not set".
fn shown_limit(replica: &Replica, family: Family, now: &Measurements) -> Option<f64> {
    let newest = replica.gauge(family)?.window(now.first, now.last)?.last;
    (newest > 0.0).then_some(newest)
}

/// The largest running batch of any replica: the cap holds for each.
fn fullest_batch(replicas: &[&Replica], now: &Measurements) -> Option<f64> {
    let largest =
        |replica: &&Replica| Some(replica.gauge(Family::Running)?.window(now.first, now.last)?.max);
    replicas.iter().filter_map(largest).reduce(f64::max)
}

fn limit(
    exported: &Exported,
    value: f64,
    provenance: Provenance,
    replica: Option<String>,
    replicas: &[&Replica],
    now: &Measurements,
) -> Limit {
    let share = match exported.id {
        LimitId::KvCapacityTokens => {
            now.gauge(Family::KvUsage).map(|usage| within(usage.max, 0.0, 1.0))
        }
        LimitId::MaxNumSeqs => {
            fullest_batch(replicas, now).map(|running| within(running / value, 0.0, 1.0))
        }
        LimitId::MaxModelLen | LimitId::KvWorstCaseConcurrency => None,
    };
    Limit {
        id: exported.id,
        value,
        provenance,
        text: match provenance {
            Provenance::Given => format!("given by hand: {}", (exported.text)(value)),
            _ => (exported.text)(value),
        },
        replica,
        since: None,
        usage: share.map(|share| share * value),
        usage_share: share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::limits::LimitId;
    use crate::growth::gauge::Gauge;
    use crate::limits::{Limits, plateau};
    use crate::scope::Quantity;
    use crate::scope::test_series::{scope, store};
    use crate::source::metric::Metric;
    use crate::window::replica_set::ReplicaSet;

    const LABELS: [(&str, &str); 2] = [("model_name", "m"), ("instance", "a:8000")];

    /// The limits of an engine that exports these gauges, with a batch that stands at 4 while
    /// requests wait.
    fn limits(gauges: &[(Family, f64)], settings: &Settings) -> Vec<Limit> {
        let running = ("vllm:num_requests_running", &LABELS[..], &[4.0, 4.0, 4.0][..]);
        let waiting = ("vllm:num_requests_waiting", &LABELS[..], &[2.0, 2.0, 2.0][..]);
        let mut scope = scope(&[running, waiting]);
        let grid = store(&[running]).grid;
        for (family, value) in gauges {
            let gauge = Quantity::Gauge(Gauge::new(vec![*value; 3].into()));
            scope.replicas[0].quantities.insert(*family, gauge);
        }
        let replicas: Vec<&Replica> = scope.replicas.iter().collect();
        let together = ReplicaSet::of(&replicas, &grid);
        let now = Measurements::of(&replicas, &together, &grid, 0, 2);
        Limits::find(&scope, &replicas, &grid, &now, settings).list
    }

    fn caps(list: &[Limit]) -> Vec<(f64, Provenance)> {
        let caps = list.iter().filter(|limit| limit.id == LimitId::MaxNumSeqs);
        caps.map(|limit| (limit.value, limit.provenance)).collect()
    }

    #[test]
    fn an_exported_cap_stands_for_an_inferred_one_and_one_given_by_hand_for_both() {
        let settings = Settings::default();
        assert_eq!(caps(&limits(&[], &settings)), [(4.0, Provenance::Inferred)]);
        let exported = limits(&[(Family::SequenceCap, 16.0)], &settings);
        assert_eq!(caps(&exported), [(16.0, Provenance::Exported)]);
        assert_eq!(exported[0].usage, Some(4.0));
        assert_eq!(exported[0].usage_share, Some(0.25));
        let mut given = Settings::default();
        given.limits.insert(LimitId::MaxNumSeqs.id().to_owned(), 8.0);
        let list = limits(&[(Family::SequenceCap, 16.0)], &given);
        assert_eq!(caps(&list), [(8.0, Provenance::Given)]);
    }

    /// SGLang's states stand still between two refreshes; such a batch shows no cap.
    #[test]
    fn a_batch_that_may_be_stale_shows_no_cap() {
        static RUNNING: Metric = Metric::gauge("running", Family::Running).stale_for_ms(60_000);
        let running = ("vllm:num_requests_running", &LABELS[..], &[4.0, 4.0, 4.0][..]);
        let waiting = ("vllm:num_requests_waiting", &LABELS[..], &[2.0, 2.0, 2.0][..]);
        let mut scope = scope(&[running, waiting]);
        let grid = store(&[running]).grid;
        let profile = scope.profile;
        let find = |replica: &Replica| {
            plateau::find(replica, profile, &grid, (0, 2), &Settings::default())
        };
        assert!(find(&scope.replicas[0]).is_some());
        scope.replicas[0].metrics.insert(Family::Running, &RUNNING);
        assert!(find(&scope.replicas[0]).is_none());
    }

    #[test]
    fn a_gauge_of_zero_is_no_limit_and_the_others_feed_theirs() {
        let settings = Settings::default();
        let zero = limits(&[(Family::SequenceCap, 0.0)], &settings);
        assert_eq!(caps(&zero), [(4.0, Provenance::Inferred)]);
        let list =
            limits(&[(Family::KvCapacity, 87_376.0), (Family::ContextLength, 4096.0)], &settings);
        let value = |id| list.iter().find(|limit| limit.id == id).map(|limit| limit.value);
        assert_eq!(value(LimitId::KvCapacityTokens), Some(87_376.0));
        assert_eq!(value(LimitId::MaxModelLen), Some(4096.0));
    }
}
