//! Prompts that are computed by one engine and go on at another.

use std::ops::Range;

use crate::engine::request::Request;
use crate::fleet::Fleet;
use crate::record::outcome::Ending;
use crate::traffic::{Asked, Part};

impl Fleet<'_> {
    /// Replicas that do a part of requests.
    pub(super) fn pool_of(&self, part: Part) -> Range<usize> {
        let prompts = self.scenario.prefill_replicas;
        match part {
            Part::Output => prompts..self.replicas.len(),
            Part::Whole | Part::Prompt { .. } if prompts > 0 => 0..prompts,
            Part::Whole | Part::Prompt { .. } => 0..self.replicas.len(),
        }
    }

    /// What the first engine of a request is asked for: all of it, or where prompts are computed
    /// apart its prompt and one token.
    pub(super) fn first_part(&self, asked: &Asked) -> Asked {
        if self.scenario.prefill_replicas == 0 {
            return *asked;
        }
        let Asked { output, ends_by_length, fails, .. } = *asked;
        let part = Part::Prompt { output, ends_by_length, fails };
        Asked { part, output: 1, ends_by_length: true, fails: false, ..*asked }
    }

    /// Sends a request whose prompt was computed to an engine that decodes it; false if that is not
    /// what became of it.
    pub(super) fn hand_on(&mut self, request: &Request, ending: Ending, now: f64) -> bool {
        let Part::Prompt { output, ends_by_length, fails } = request.asked.part else {
            return false;
        };
        if !matches!(ending, Ending::Stop | Ending::Length) {
            return false;
        }
        self.note(request, Ending::Unfinished, None);
        let asked = Asked { part: Part::Output, output, ends_by_length, fails, ..request.asked };
        let chosen = self.choose(&asked, now);
        let taken =
            chosen.and_then(|replica| Some((replica, self.replicas[replica].engine.as_mut()?)));
        let Some((replica, engine)) = taken.filter(|(_, engine)| !engine.refuses()) else {
            self.refuse(request.id, &asked, now);
            return true;
        };
        let (key, queued) = engine.receive(&asked, request.id, now);
        self.outcomes[request.id as usize].replica = replica;
        self.wait(replica, key, queued);
        let left = asked.patience.map(|patience| (request.arrival + patience - now).max(0.0));
        self.leave_after(left, replica, key, now);
        true
    }
}
