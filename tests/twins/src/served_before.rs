//! Prompts that the engine found in its cache because it had served the same ones before the
//! recording began: its cache is not in the recording, its hits are.

use inference_triage_simulator::given::{Begin, GivenRequest};

use crate::matching::Replica;
use crate::recording::Recording;

/// When the twin is asked the first of them, seconds after the first time of the grid.
const FIRST: f64 = -55.0;

/// When the last, the same.
const LAST: f64 = -5.0;

/// The same requests with one output token, to be served before the recording begins: those whose
/// prompts come as random words, in the order in which the recorded hits pay for their full blocks.
pub fn requests(
    recording: &Recording,
    replicas: &[Replica<'_>],
    block_size: usize,
    given: &[GivenRequest],
) -> Vec<GivenRequest> {
    let mut found: Vec<GivenRequest> = Vec::new();
    // Where prompts share beginnings by design, hits are those.
    if given.iter().any(|request| request.shared.is_some()) {
        return found;
    }
    for (number, replica) in replicas.iter().enumerate() {
        let hits = replica.page.total("vllm:prefix_cache_hits_total");
        let mut paid = 0.0;
        for place in 1..recording.times.len() {
            let (before, after) = (hits.get(place - 1), hits.get(place));
            if let (Some(before), Some(after)) = (before, after) {
                paid += (after - before).max(0.0);
            }
            let from = recording.times[place - 1] - replica.early;
            let to = recording.times[place] - replica.early;
            let answered = recording.clients.iter().zip(given).filter(|(client, _)| {
                let first = client.start + client.ttft.unwrap_or(f64::INFINITY);
                client.replica == number && first > from && first <= to
            });
            for (_, request) in answered {
                let full = (request.prompt as usize).saturating_sub(1) / block_size * block_size;
                let full = full as f64;
                if full > 0.0 && full <= paid {
                    paid -= full;
                    found.push(GivenRequest { output: 1, leaves_after: None, ..*request });
                }
            }
        }
    }
    let apart = (LAST - FIRST) / found.len().max(1) as f64;
    for (place, request) in found.iter_mut().enumerate() {
        request.begin = Begin::At(FIRST + place as f64 * apart);
    }
    found
}
