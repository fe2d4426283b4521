//! Every kind of damage: one file and one row each.

#![expect(clippy::unnecessary_wraps, reason = "all have the type of Mutation::draw")]

mod beside;
mod copy;
mod corrupt;
mod drop;
mod faulty_replica;
mod freeze;
mod gap;
mod hang;
mod merge;
mod met_once;
mod part_copy;
mod rename;
mod replaced;
mod restart;
mod scale;
mod scale_repaired;
mod spoilt;
mod strip;
mod sums;
mod thin;
mod vanish;
mod worse;

use crate::mutation::Mutation;

/// All kinds.
pub const MUTATIONS: [Mutation; 22] = [
    drop::MUTATION,
    rename::MUTATION,
    strip::MUTATION,
    scale::MUTATION,
    scale_repaired::MUTATION,
    corrupt::MUTATION,
    freeze::MUTATION,
    copy::MUTATION,
    part_copy::MUTATION,
    merge::MUTATION,
    met_once::MUTATION,
    replaced::MUTATION,
    sums::MUTATION,
    spoilt::MUTATION,
    thin::MUTATION,
    gap::MUTATION,
    restart::MUTATION,
    hang::MUTATION,
    vanish::MUTATION,
    faulty_replica::MUTATION,
    beside::MUTATION,
    worse::MUTATION,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ() {
        let mut ids: Vec<&str> = MUTATIONS.iter().map(|mutation| mutation.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), MUTATIONS.len());
    }
}
