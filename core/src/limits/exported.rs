//! Limits that the engine exports: the size of its key-value cache and its longest context.

use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::histogram::arithmetic::within;
use crate::limits::{Limit, Provenance};
use crate::scope::{Replica, Scope};
use crate::settings::Settings;
use crate::source::exporter::CacheLimits;
use crate::text::number::number;
use crate::window::measurements::Measurements;

/// One quantity of the cache configuration.
struct Exported {
    id: LimitId,
    text: fn(f64) -> String,
    value: fn(&CacheLimits) -> Option<f64>,
}

const EXPORTED: [Exported; 3] = [
    Exported {
        id: LimitId::KvCapacityTokens,
        text: |value| format!("the key-value cache of one engine holds {} tokens", number(value)),
        value: |limits| limits.capacity_tokens,
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
    },
    Exported {
        id: LimitId::KvWorstCaseConcurrency,
        text: |value| {
            format!("{} sequences of full length fit into the cache at once", number(value))
        },
        value: |limits| limits.worst_case_concurrency,
    },
];

/// Exported limits, or those the user gave in their place. Replicas that agree share one entry.
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
        .filter_map(|replica| {
            Some((*replica, (scope.profile.cache_limits)(replica.info(Family::CacheConfig)?)))
        })
        .collect::<Vec<_>>();
    let mut list = Vec::new();
    for exported in &EXPORTED {
        if let Some(value) = settings.given_limit(exported.id) {
            list.push(limit(exported, value, Provenance::Given, None, now));
            continue;
        }
        let values: Vec<(&Replica, f64)> = configurations
            .iter()
            .filter_map(|(replica, limits)| Some((*replica, (exported.value)(limits)?)))
            .collect::<Vec<_>>();
        let one_value = values.windows(2).all(|pair| pair[0].1 == pair[1].1);
        let shown = if one_value { values.get(..1).unwrap_or_default() } else { &values[..] };
        for (replica, value) in shown {
            let owner = (!one_value).then(|| replica.key.clone());
            list.push(limit(exported, *value, Provenance::Exported, owner, now));
        }
    }
    list
}

fn limit(
    exported: &Exported,
    value: f64,
    provenance: Provenance,
    replica: Option<String>,
    now: &Measurements,
) -> Limit {
    let share = (exported.id == LimitId::KvCapacityTokens)
        .then(|| now.gauge(Family::KvUsage).map(|usage| within(usage.max, 0.0, 1.0)))
        .flatten();
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
