//! Which replicas take longer than their own requests explain?

use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::text::number::significant;
use crate::triage::facts::devices::Devices;
use crate::triage::facts::spread::{OtherWork, Peer, wilson};

/// Factor against its own baseline from which a replica lost its pace. Below, the wobble of minutes
/// clears a sick neighbour; above, a fault of all of them is that of the busiest.
const SLOWED: f64 = 1.2;

/// Growth against its own baseline, by that of the usual replica, from which a replica alone lost
/// its pace. Chance and a batch of its own move two replicas apart by a tenth; higher, a device
/// that lost a quarter of its speed passes.
const LOST: f64 = 1.25;

/// Standard errors by which the growth of one replica lies above that line. Of forty replicas one
/// lies two above the others by chance; with more, a sick one among few requests is found later.
const CHANCE: f64 = 3.0;

/// Replicas, and what most of them are like.
#[derive(Debug)]
pub(super) struct Fleet<'a> {
    peers: &'a [Peer],
    usual: Usual,
}

/// What most replicas are like: of each mean the middle of all, the lower one of two. The least of
/// forty is least by chance. A process that began in the window is no measure.
#[derive(Debug)]
struct Usual {
    token_time: f64,
    prefill: f64,
    prompt: f64,
    output: f64,
    computed: f64,
    slowdowns: [f64; 2],
    /// Share of the drafts that is accepted; None without speculation.
    accepted: Option<f64>,
}

impl<'a> Fleet<'a> {
    /// Looks at each mean of all of them once: it is asked for by every pair of them.
    pub(super) fn of(peers: &'a [Peer]) -> Self {
        let usual = |value: &dyn Fn(&Peer) -> Option<f64>| {
            let grown = peers.iter().filter(|peer| !peer.is_young && !peer.is_gone);
            let values = sorted(grown.filter_map(value).collect_vec());
            values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
        };
        let accepted = sorted(peers.iter().filter_map(|peer| peer.accepted).collect_vec());
        Self {
            peers,
            usual: Usual {
                token_time: usual(&|peer| peer.token_time),
                prefill: usual(&|peer| peer.prefill),
                prompt: usual(&|peer| peer.prompt),
                output: usual(&|peer| peer.output),
                computed: usual(&|peer| peer.computed),
                slowdowns: [usual(&|peer| peer.slowdowns[0]), usual(&|peer| peer.slowdowns[1])],
                accepted: accepted.get(accepted.len() / 2).copied(),
            },
        }
    }
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    sort(&mut values, f64::total_cmp);
    values
}

/// What a replica does with a request.
struct Pace {
    /// What it is called beside a figure.
    name: &'static str,
    /// Mean time of it, seconds.
    time: fn(&Peer) -> Option<f64>,
    /// The same of most replicas.
    usual: fn(&Usual) -> f64,
    /// Longer requests slow it by at most as much as they are longer; prefill by its square.
    is_followed: bool,
}

const PACES: [Pace; 2] = [
    Pace {
        name: "ITL",
        time: |peer| peer.token_time,
        usual: |usual| usual.token_time,
        is_followed: true,
    },
    Pace {
        name: "prefill",
        time: |peer| peer.prefill,
        usual: |usual| usual.prefill,
        is_followed: false,
    },
];

/// A mean of the requests of a replica, and how a sentence says that it is larger.
pub(super) struct Work {
    mean: fn(&Peer) -> Option<f64>,
    usual: fn(&Usual) -> f64,
    has: &'static str,
    times_as: &'static str,
    /// Share of a prompt below which it does not matter.
    floor: f64,
}

/// What makes requests longer. Each fills the batch or the steps, and each token waits for it.
const WORKS: [Work; 3] = [
    Work {
        mean: |peer| peer.prompt,
        usual: |usual| usual.prompt,
        has: "prompts are",
        times_as: "long",
        floor: 0.0,
    },
    Work {
        mean: |peer| peer.output,
        usual: |usual| usual.output,
        has: "outputs are",
        times_as: "long",
        floor: 0.0,
    },
    Work {
        mean: |peer| peer.computed,
        usual: |usual| usual.computed,
        has: "prompts leave",
        times_as: "much to compute",
        floor: COMPUTED,
    },
];

/// The most that the requests of a replica are longer than usual, where that is above the line.
pub(super) fn longer(peer: &Peer, fleet: &Fleet<'_>, line: f64) -> Option<(f64, &'static Work)> {
    let least = |work: &Work| (work.floor * peer.prompt.unwrap_or(0.0)).max(1.0);
    let factor =
        |work: &Work| Some((work.mean)(peer)? / (work.usual)(&fleet.usual).max(least(work)));
    let factors = WORKS.iter().filter_map(|work| Some((factor(work)?, work)));
    let above = factors.filter(|(factor, _)| *factor > line);
    above.max_by(|left, right| left.0.total_cmp(&right.0))
}

/// Share of a prompt from which what is computed of it matters.
const COMPUTED: f64 = 0.1;

impl Pace {
    /// Whether a replica takes longer than the usual one, by more than the line.
    fn is_slow(&self, peer: &Peer, fleet: &Fleet<'_>, line: f64) -> bool {
        (self.time)(peer).is_some_and(|own| own > line * (self.usual)(&fleet.usual))
    }

    /// Whether it alone lost its pace, with requests like those of the others: it became slower
    /// than itself by more than these did, and is slower than these.
    fn is_lost(&self, peer: &Peer, fleet: &Fleet<'_>, index: usize) -> bool {
        let others = fleet.usual.slowdowns[index].max(1.0);
        let line = LOST.max(1.0 + CHANCE * peer.slowdown_errors[index]);
        peer.slowdowns[index].is_some_and(|own| own > line * others)
            && longer(peer, fleet, SLOWED).is_none()
            && self.is_sick(peer, fleet, SLOWED)
    }

    /// Whether it is slow beyond what its requests explain.
    fn is_sick(&self, peer: &Peer, fleet: &Fleet<'_>, line: f64) -> bool {
        let allowed = if self.is_followed {
            longer(peer, fleet, line).map_or(line, |(factor, _)| factor)
        } else {
            // Attention over a prompt grows with its square.
            let factor = longer(peer, fleet, 1.0).map_or(1.0, |(factor, _)| factor);
            factor * line.max(factor)
        };
        !peer.is_young
            && !peer.is_gone
            && self.is_slow(peer, fleet, allowed)
            && !rejects(peer, fleet)
    }
}

/// Share of the acceptance of the others below which the drafts of a replica explain its pace.
/// Higher, the scatter of prompts counts; lower, drafts that bring half as many tokens pass.
const REJECTS: f64 = 0.6;

/// Whether drafts of a replica are accepted much less than those of the others.
fn rejects(peer: &Peer, fleet: &Fleet<'_>) -> bool {
    peer.accepted.zip(fleet.usual.accepted).is_some_and(|(own, usual)| own < REJECTS * usual)
}

/// What of its requests slows a replica, where it is slow and not sick.
pub(super) fn other_work(peer: &Peer, fleet: &Fleet<'_>, line: f64) -> Option<OtherWork> {
    PACES.iter().find_map(|pace| {
        let is_other = pace.is_slow(peer, fleet, line) && !pace.is_sick(peer, fleet, line);
        let how = match longer(peer, fleet, 1.0) {
            _ if !is_other => return None,
            _ if rejects(peer, fleet) => "its drafts are accepted less".to_owned(),
            Some((factor, work)) => {
                format!("its {} {} times as {}", work.has, significant(factor), work.times_as)
            }
            None => return None,
        };
        let kept = fleet.usual.slowdowns[0] <= SLOWED;
        Some(OtherWork {
            replica: peer.replica.clone(),
            slows_tokens: pace.is_followed && kept,
            how,
        })
    })
}

/// Replicas that take longer for a token or a prompt than their requests explain.
pub(super) fn sick(
    fleet: &Fleet<'_>,
    line: f64,
    crowd: f64,
    crowded: Option<&(String, f64)>,
) -> Vec<String> {
    let key = |peer: &Peer| peer.replica.clone();
    for (index, pace) in PACES.iter().enumerate() {
        let is_sick =
            |peer: &&Peer| pace.is_sick(peer, fleet, line) || pace.is_lost(peer, fleet, index);
        let slow = fleet.peers.iter().filter(is_sick);
        let slow: Vec<String> = slow.map(key).collect_vec();
        let is_crowded = crowded.is_some_and(|(replica, _)| slow.contains(replica));
        let is_few = !slow.is_empty() && 2 * slow.len() <= fleet.peers.len();
        // What they do for longer may be what they have to do.
        if is_few && get_more(fleet.peers, &slow, crowd) {
            return Vec::new();
        }
        if is_few && !is_crowded && !slowed_together(fleet, &slow, index, line) {
            return slow;
        }
    }
    Vec::new()
}

/// Whether surely more arrives at some replicas than at the others, by so many times.
fn get_more(peers: &[Peer], these: &[String], times: f64) -> bool {
    let arrived = |is_one: bool| {
        let some = peers.iter().filter(|peer| these.contains(&peer.replica) == is_one);
        some.filter_map(|peer| peer.arrived).collect_vec()
    };
    let (own, others): (Vec<f64>, Vec<f64>) = (arrived(true), arrived(false));
    let all = own.iter().chain(&others).sum::<f64>();
    if own.is_empty() || others.is_empty() || all <= 0.0 {
        return false;
    }
    // What chance does is that of the requests that came, whatever they are scaled to.
    let counted: f64 = peers.iter().map(|peer| peer.counted).sum();
    let share = own.iter().sum::<f64>() / all;
    let (surely, _) = wilson(share * counted, counted, CHANCE);
    surely * others.len() as f64 > times * (1.0 - surely) * own.len() as f64
}

/// What shows that some replicas are slow: its name, its mean at them and at the usual one,
/// seconds. None where nothing is measured of them.
pub(super) fn slow_by(fleet: &Fleet<'_>, these: &[String]) -> Option<(&'static str, f64, f64)> {
    let figures = PACES.iter().filter_map(|pace| {
        let own = fleet.peers.iter().filter(|peer| these.contains(&peer.replica));
        let own: Vec<f64> = own.filter_map(pace.time).collect_vec();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        let usual = (pace.usual)(&fleet.usual);
        (mean > usual && usual > 0.0).then_some((pace.name, mean, usual))
    });
    figures.max_by(|left, right| (left.1 / left.2).total_cmp(&(right.1 / right.2)))
}

/// Replicas whose devices tell a fault that those of the others do not, and whose tokens or
/// prompts take longer than theirs by more than the wobble of a minute.
pub(super) fn with_faults(fleet: &Fleet<'_>, devices: &Devices) -> Vec<String> {
    let keys: Vec<&str> = fleet.peers.iter().map(|peer| peer.replica.as_str()).collect_vec();
    felt_by(fleet, &devices.faulty(&keys))
}

/// Those of the replicas with a faulty device that are slower than the usual one, and neither new
/// nor given other requests.
fn felt_by(fleet: &Fleet<'_>, faulty: &[String]) -> Vec<String> {
    let is_slow = |peer: &Peer| {
        let line = |index: usize| FELT.max(1.0 + CHANCE * peer.mean_errors[index]);
        PACES.iter().enumerate().any(|(index, pace)| pace.is_slow(peer, fleet, line(index)))
    };
    let is_other = |peer: &Peer| {
        peer.is_young
            || peer.is_gone
            || longer(peer, fleet, SLOWED).is_some()
            || rejects(peer, fleet)
    };
    let is_one = |peer: &&Peer| faulty.contains(&peer.replica) && is_slow(peer) && !is_other(peer);
    fleet.peers.iter().filter(is_one).map(|peer| peer.replica.clone()).collect_vec()
}

/// Factor of a token's or prompt's time to that of the usual replica from which a fault of its
/// device is felt. Lower, the wobble of a minute; higher, a throttle that costs a fifth is
/// nobody's.
const FELT: f64 = 1.1;

/// Whether each of some replicas runs more at once than any other, by more than the wobble of a
/// minute.
pub(super) fn run_more(fleet: &Fleet<'_>, these: &[String]) -> bool {
    let of = |inside: bool| {
        let own = fleet.peers.iter().filter(move |peer| these.contains(&peer.replica) == inside);
        own.filter_map(|peer| peer.most_running)
    };
    let (least, most) = (of(true).reduce(f64::min), of(false).reduce(f64::max));
    least.zip(most).is_some_and(|(least, most)| least > SLOWED * most)
}

/// Whether the others lost their pace too, and the slow ones by no more than their larger batches
/// allow: what slowed all of them is no fault of some, and it fills the batch of the busiest most.
fn slowed_together(fleet: &Fleet<'_>, slow: &[String], index: usize, line: f64) -> bool {
    let of = |are_slow: bool, value: &dyn Fn(&Peer) -> Option<f64>| {
        let own = fleet.peers.iter().filter(move |peer| slow.contains(&peer.replica) == are_slow);
        own.filter_map(value).reduce(f64::min)
    };
    let both = |value: &dyn Fn(&Peer) -> Option<f64>| of(false, value).zip(of(true, value));
    let batches = both(&|peer| peer.most_running);
    let allowed = batches.map_or(1.0, |(others, own)| (own / others.max(1.0)).max(1.0)) * line;
    let slowed = both(&|peer| peer.slowdowns[index]);
    slowed.is_some_and(|(others, own)| others > SLOWED && own < allowed * others)
}

/// Replicas whose tokens take longer than those of most, by more than their requests explain.
pub(super) fn slow(fleet: &Fleet<'_>, line: f64) -> Vec<String> {
    let is_slow = |peer: &&Peer| PACES[0].is_sick(peer, fleet, line);
    fleet.peers.iter().filter(is_slow).map(|peer| peer.replica.clone()).collect_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::facts::worker::Worker;

    const LINE: f64 = 1.5;

    fn peer(replica: &str) -> Peer {
        Peer {
            replica: replica.to_owned(),
            arrived: Some(100.0),
            counted: 100.0,
            token_time: Some(0.02),
            prefill: Some(0.2),
            slowdowns: [None, None],
            slowdown_errors: [0.0, 0.0],
            mean_errors: [0.0, 0.0],
            prompt: Some(500.0),
            computed: Some(300.0),
            output: Some(200.0),
            accepted: None,
            most_running: Some(8.0),
            waited: false,
            waiting: 0.0,
            is_full: Some(false),
            is_young: false,
            is_gone: false,
            part: Worker::Whole,
        }
    }

    fn fleet(one: impl FnOnce(&mut Peer), size: usize) -> Vec<Peer> {
        let mut peers = (0..size).map(|at| peer(&format!("pod-{at}"))).collect_vec();
        one(&mut peers[size - 1]);
        peers
    }

    fn found(peers: &[Peer]) -> (usize, Option<String>) {
        let fleet = Fleet::of(peers);
        let other = peers.iter().find_map(|peer| other_work(peer, &fleet, LINE));
        (sick(&fleet, LINE, LINE, None).len(), other.map(|other| other.phrase()))
    }

    #[test]
    fn a_slow_replica_with_the_requests_of_the_others_is_sick() {
        for size in [2, 3, 4, 40] {
            let slow_tokens = fleet(|one| one.token_time = Some(0.04), size);
            let slow_prompts = fleet(|one| one.prefill = Some(0.4), size);
            for peers in [slow_tokens, slow_prompts] {
                assert_eq!(found(&peers), (1, None), "of {size}");
            }
            assert_eq!(found(&fleet(|_| {}, size)), (0, None));
        }
    }

    #[test]
    fn other_requests_are_no_sickness() {
        type Change = fn(&mut Peer);
        let slower: Change = |one| (one.token_time, one.prefill) = (Some(0.04), Some(0.5));
        let cases: [(Change, &str); 3] = [
            (|one| one.prompt = Some(2000.0), "its prompts are 4 times as long"),
            (|one| one.output = Some(800.0), "its outputs are 4 times as long"),
            (|one| one.computed = Some(1200.0), "its prompts leave 4 times as much to compute"),
        ];
        for (change, how) in cases {
            let peers = fleet(
                |one| {
                    slower(one);
                    change(one);
                },
                4,
            );
            let told = format!("pod-3 is slower than the others, and {how}");
            assert_eq!(found(&peers), (0, Some(told)));
            assert_eq!(slow(&Fleet::of(&peers), LINE), Vec::<String>::new());
        }
    }

    /// What matters of a prompt is no measure of outputs.
    #[test]
    fn longer_outputs_are_seen_beside_the_longest_prompts() {
        let mut peers = fleet(|one| one.output = Some(800.0), 4);
        for peer in &mut peers {
            peer.prompt = Some(50_000.0);
        }
        let all = Fleet::of(&peers);
        let (factor, _) = longer(&peers[3], &all, LINE).expect("longer outputs");
        assert!((factor - 4.0).abs() < 1e-12, "{factor}");
        assert!(longer(&peers[0], &all, LINE).is_none());
    }

    /// Nobody can take out of the routing what has gone.
    #[test]
    fn a_replica_that_ended_is_neither_sick_nor_a_measure() {
        let peers = fleet(|one| (one.token_time, one.is_gone) = (Some(0.04), true), 4);
        assert_eq!(found(&peers).0, 0);
        let mut peers = fleet(|one| one.token_time = Some(0.04), 4);
        for gone in &mut peers[..2] {
            (gone.token_time, gone.is_gone) = (Some(0.04), true);
        }
        assert_eq!(found(&peers).0, 1, "the only other one is as it was");
    }

    /// The pace of a few against their own baseline tells, where requests are alike.
    #[test]
    fn a_pace_that_one_alone_lost_is_a_sickness() {
        let lost = |change: fn(&mut Peer)| {
            let mut peers = fleet(
                |one| {
                    (one.token_time, one.prefill) = (Some(0.027), Some(0.27));
                    one.slowdowns = [Some(1.35), Some(1.35)];
                },
                4,
            );
            for other in &mut peers[..3] {
                other.slowdowns = [Some(1.0), Some(1.0)];
            }
            change(&mut peers[3]);
            found(&peers).0
        };
        assert_eq!(lost(|_| {}), 1);
        assert_eq!(lost(|one| one.prompt = Some(650.0)), 0, "longer prompts");
        assert_eq!(lost(|one| one.slowdowns = [None, None]), 0, "it was always so");
        assert_eq!(
            lost(|one| one.slowdown_errors = [0.3, 0.3]),
            0,
            "few requests: it may be chance"
        );
    }

    /// Attention over a prompt grows with its square: a fifth longer is four tenths slower.
    #[test]
    fn prompts_a_little_longer_slow_prefill_by_their_square() {
        let lost = |prefill: f64| {
            let mut peers = fleet(|one| one.prompt = Some(590.0), 4);
            for (at, peer) in peers.iter_mut().enumerate() {
                let factor = if at == 3 { prefill } else { 1.0 };
                peer.prefill = Some(0.2 * factor);
                peer.slowdowns = [Some(1.0), Some(factor)];
            }
            found(&peers).0
        };
        assert_eq!(lost(1.39), 0, "1.18 squared");
        assert_eq!(lost(1.45), 1);
    }

    /// A fault that its device tells makes a replica sick only where it is slow for no reason of
    /// its own.
    #[test]
    fn a_fault_of_a_device_is_felt_beyond_what_else_slows_its_replica() {
        let felt = |change: fn(&mut Peer)| {
            let mut peers = fleet(|one| one.token_time = Some(0.024), 4);
            for peer in &mut peers {
                peer.accepted = Some(0.7);
            }
            change(&mut peers[3]);
            felt_by(&Fleet::of(&peers), &["pod-3".to_owned()]).len()
        };
        assert_eq!(felt(|_| {}), 1);
        assert_eq!(felt(|one| one.token_time = Some(0.021)), 0, "the wobble of a minute");
        assert_eq!(felt(|one| one.is_young = true), 0, "it warms up");
        assert_eq!(felt(|one| one.mean_errors = [0.1, 0.1]), 0, "few requests");
        assert_eq!(felt(|one| one.output = Some(260.0)), 0, "longer outputs");
        assert_eq!(felt(|one| one.accepted = Some(0.1)), 0, "rejected drafts");
    }

    #[test]
    fn drafts_that_are_rejected_are_no_sickness() {
        let mut peers = fleet(|one| one.token_time = Some(0.04), 4);
        for peer in &mut peers {
            peer.accepted = Some(0.7);
        }
        assert_eq!(found(&peers), (1, None));
        peers[3].accepted = Some(0.1);
        let told = "pod-3 is slower than the others, and its drafts are accepted less";
        assert_eq!(found(&peers), (0, Some(told.to_owned())));
    }

    #[test]
    fn tokens_slower_by_more_than_requests_are_longer_are_a_sickness() {
        let one = |one: &mut Peer| (one.prompt, one.token_time) = (Some(1000.0), Some(0.1));
        assert_eq!(found(&fleet(one, 4)).0, 1);
    }

    /// The least of forty scattered times is least by chance: ordinary ones are not slow beside it.
    #[test]
    fn chance_makes_nobody_slow() {
        let mut peers = fleet(|one| one.prefill = Some(0.12), 40);
        peers[0].prefill = Some(0.22);
        assert_eq!(found(&peers), (0, None));
    }
}
