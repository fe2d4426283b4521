//! Limits that the engine exports: the size of its key-value cache and its longest context.

use crate::histogram::arithmetic::within;
use crate::list::Listed;
use crate::profile::CacheLimits;
use crate::profile::family::Family;
use crate::report::{Limit, Provenance};
use crate::scope::{Replica, Scope};
use crate::settings::Settings;
use crate::signal::measurements::Measurements;
use crate::wording::number;

/// One quantity of the cache configuration.
struct Exported {
    name: &'static str,
    unit: &'static str,
    text: fn(f64) -> String,
    value: fn(&CacheLimits) -> Option<f64>,
}

const EXPORTED: [Exported; 3] = [
    Exported {
        name: "kv_capacity_tokens",
        unit: "tokens",
        text: |value| format!("the key-value cache of one engine holds {} tokens", number(value)),
        value: |limits| limits.capacity_tokens,
    },
    Exported {
        name: "max_model_len",
        unit: "tokens",
        text: |value| {
            format!(
                "the longest context is {} tokens (cache size by concurrency at full length)",
                number(value)
            )
        },
        value: |limits| limits.max_model_len,
    },
    Exported {
        name: "kv_worst_case_concurrency",
        unit: "sequences",
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
        .list();
    let mut list = Vec::new();
    for exported in &EXPORTED {
        if let Some(&value) = settings.limits.get(exported.name) {
            list.push(limit(exported, value, Provenance::Given, None, now));
            continue;
        }
        let values: Vec<(&Replica, f64)> = configurations
            .iter()
            .filter_map(|(replica, limits)| Some((*replica, (exported.value)(limits)?)))
            .list();
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
    let share = (exported.name == "kv_capacity_tokens")
        .then(|| now.gauge(Family::KvUsage).map(|usage| within(usage.max, 0.0, 1.0)))
        .flatten();
    Limit {
        name: exported.name.to_owned(),
        value,
        unit: exported.unit.to_owned(),
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
