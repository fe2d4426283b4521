//! How fast one process is beside its law: a lottery at its start, a slow drift, stalls, and steps
//! that take longer than others.

use inference_triage_harness::random::Random;

use crate::configuration::Noise;
use crate::given::GivenPace;

/// Periods of the drift, seconds: longer than a window, shorter than an afternoon.
const PERIODS: (f64, f64) = (900.0, 5400.0);

/// Length of a stall, seconds.
const STALLS: (f64, f64) = (0.1, 2.0);

/// The shortest of the steps in the tail, as a factor; and the longest.
const TAIL: (f64, f64) = (1.25, 8.0);

/// The pace of one process.
#[derive(Debug)]
pub(crate) struct Pace {
    noise: Noise,
    chance: Random,
    start: f64,
    amplitude: f64,
    period: f64,
    phase: f64,
    next_stall: f64,
    given: Option<Followed>,
}

/// A recorded pace on the way through its times.
#[derive(Debug)]
struct Followed {
    pace: GivenPace,
    warm_up: f64,
    next: usize,
}

impl Pace {
    /// The pace of the process with that seed.
    pub(crate) fn new(noise: Noise, seed: u64) -> Self {
        let mut chance = Random::new(seed ^ 0x7061_6365);
        let start = chance.lognormal(1.0, noise.start_spread);
        let amplitude = noise.drift * chance.uniform(0.3, 1.0);
        let period = chance.log_uniform(PERIODS.0, PERIODS.1);
        let phase = chance.unit();
        let next_stall = f64::INFINITY;
        let given = None;
        let mut pace = Self { noise, chance, start, amplitude, period, phase, next_stall, given };
        pace.next_stall = pace.stall_after(0.0);
        pace
    }

    /// Follows a recorded pace from now on, besides its noise.
    pub(crate) fn follow(&mut self, pace: &GivenPace, warm_up: f64) {
        self.given = Some(Followed { pace: pace.clone(), warm_up, next: 0 });
    }

    /// Factor on a step that begins at `now`.
    pub(crate) fn factor(&mut self, now: f64) -> f64 {
        let given = self.given.as_mut().map_or(1.0, |followed| followed.at(now).0);
        let angle = std::f64::consts::TAU * (now / self.period + self.phase);
        let drift = libm::exp(self.amplitude * libm::sin(angle));
        let is_slow = self.noise.tail_share > 0.0 && self.chance.chance(self.noise.tail_share);
        let tail =
            if is_slow { (TAIL.0 / libm::sqrt(1.0 - self.chance.unit())).min(TAIL.1) } else { 1.0 };
        self.start * drift * tail * given
    }

    /// Seconds that stalls add to a step from `began` to `ends`. Those of an idle engine pass
    /// unseen.
    pub(crate) fn stalled(&mut self, began: f64, ends: f64) -> f64 {
        let mut seconds = self.stalled_as_given(began, ends - began);
        while self.next_stall < ends {
            if self.next_stall >= began {
                seconds += self.chance.log_uniform(STALLS.0, STALLS.1);
            }
            self.next_stall = self.stall_after(self.next_stall);
        }
        seconds
    }

    /// Stalls of a machine whose other work takes its turns: the longer a step, the more of them.
    fn stalled_as_given(&mut self, began: f64, work: f64) -> f64 {
        let Some(followed) = &mut self.given else { return 0.0 };
        let (_, per_second) = followed.at(began);
        let lengths = &followed.pace.stall_seconds;
        if per_second <= 0.0 || lengths.is_empty() {
            return 0.0;
        }
        let mut seconds = 0.0;
        let mut worked = -libm::log(1.0 - self.chance.unit()) / per_second;
        while worked < work {
            seconds += *self.chance.pick(lengths);
            worked -= libm::log(1.0 - self.chance.unit()) / per_second;
        }
        seconds
    }

    fn stall_after(&mut self, time: f64) -> f64 {
        if self.noise.stalls_per_hour <= 0.0 {
            return f64::INFINITY;
        }
        let mean = 3600.0 / self.noise.stalls_per_hour;
        time - mean * libm::log(1.0 - self.chance.unit())
    }
}

impl Followed {
    /// Factor on steps and stalls in a second of work at a time.
    fn at(&mut self, now: f64) -> (f64, f64) {
        let (pace, since) = (&self.pace, now - self.warm_up);
        while pace.intervals.get(self.next).is_some_and(|(until, ..)| *until <= since) {
            self.next += 1;
        }
        let usual = (1.0, pace.stalls_per_second);
        pace.intervals.get(self.next).map_or(usual, |(_, factor, stalls)| (*factor, *stalls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_noise_every_step_is_as_its_law_says() {
        let mut pace = Pace::new(Noise::NONE, 7);
        for step in 0..1000 {
            let now = f64::from(step);
            assert_eq!(pace.factor(now).to_bits(), 1.0_f64.to_bits());
            assert!(pace.stalled(now, now + 1.0) < 1e-12);
        }
    }

    /// ± 3–10 % of drift, four stalls an hour, four slow steps in a thousand.
    #[test]
    fn typical_noise_is_as_large_as_it_says() {
        let (mut stalls, mut slow, mut steps) = (0, 0, 0);
        for seed in 0..40 {
            let mut pace = Pace::new(Noise::TYPICAL, seed);
            assert!((0.03..=0.1).contains(&pace.amplitude), "{}", pace.amplitude);
            for step in 0..36_000 {
                let now = f64::from(step) * 0.1;
                let seconds = pace.stalled(now, now + 0.1);
                stalls += u32::from(seconds > 0.0);
                assert!(seconds < 10.0);
                let factor = pace.factor(now) / pace.start;
                slow += u32::from(factor > 1.25 * libm::exp(-pace.amplitude));
                assert!(factor > 0.9 && factor < 9.0, "{factor}");
                steps += 1;
            }
        }
        assert!((100..220).contains(&stalls), "{stalls} stalls in 40 hours");
        let share = f64::from(slow) / f64::from(steps);
        assert!((share - 0.004).abs() < 0.001, "{share}");
    }
}
