//! Which replica gets a request.

use crate::configuration::Routing;
use crate::fleet::Fleet;
use crate::traffic::Asked;

impl Fleet<'_> {
    /// A replica that answers; none if there is none.
    pub(crate) fn choose(&mut self, asked: &Asked, now: f64) -> Option<usize> {
        let is_ready = |replica: &usize| {
            self.replicas[*replica].engine.as_ref().is_some_and(|engine| engine.ready <= now)
        };
        let all = || self.pool_of(asked.part).filter(is_ready);
        let mut ready: Vec<usize> = all().filter(|replica| !self.drains(*replica, now)).collect();
        if ready.is_empty() {
            ready = all().collect();
        }
        let last = *ready.last()?;
        if self.effective.routed_by_weight {
            return Some(self.by_weight(&ready, asked.chance).unwrap_or(last));
        }
        let chosen = match self.scenario.routing {
            Routing::RoundRobin => {
                self.turn += 1;
                ready[self.turn % ready.len()]
            }
            Routing::Random => ready[(asked.chance * ready.len() as f64) as usize % ready.len()],
            Routing::LeastLoaded => self.least_loaded(&ready, asked.chance),
            Routing::PrefixAffinity => {
                let seed = asked.shared_seed.unwrap_or(asked.own_seed);
                ready[(seed % ready.len() as u64) as usize]
            }
        };
        Some(chosen)
    }

    /// Whether a replica will be stopped soon and is sent nothing more.
    fn drains(&self, replica: usize, now: f64) -> bool {
        let since = now - self.scenario.warm_up_seconds;
        self.scenario.restarts.iter().any(|restart| {
            restart.replica == replica
                && (restart.at_seconds - restart.drain_seconds..restart.at_seconds).contains(&since)
        })
    }

    fn by_weight(&self, ready: &[usize], chance: f64) -> Option<usize> {
        let weight = |replica: usize| self.effective.replicas[replica].routing_weight;
        let total: f64 = ready.iter().map(|replica| weight(*replica)).sum();
        let mut rest = chance * total;
        ready.iter().copied().find(|replica| {
            rest -= weight(*replica);
            rest < 0.0
        })
    }

    /// The fewest requests; of equals one by chance, so that an idle fleet does not fill its first
    /// replica.
    fn least_loaded(&self, ready: &[usize], chance: f64) -> usize {
        let load = |replica: usize| {
            self.replicas[replica].engine.as_ref().map_or(usize::MAX, crate::engine::Engine::load)
        };
        let lowest = ready.iter().map(|replica| load(*replica)).min().unwrap_or(0);
        let equals: Vec<usize> =
            ready.iter().copied().filter(|replica| load(*replica) == lowest).collect();
        equals[(chance * equals.len() as f64) as usize % equals.len()]
    }
}
