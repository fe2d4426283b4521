//! The reflex of the on-call: requests wait, so add replicas.

use crate::answer::{Answer, Claim};
use crate::observed::Observed;
use crate::rivals::{Moment, Rival, name};

pub(super) const SCALE_OUT: Rival = Rival {
    id: "waiting-means-scale-out",
    title: "“A request waits, so scale out”",
    description: "A reference, not a tool: any waiting request means more load than capacity, and another replica. Its share of \
                  right actions is what throwing devices at a queue is worth.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    match observed.sum(name::WAITING, moment.at) {
        None => Answer::of(Claim::CannotTell, "not measured"),
        Some(waiting) if waiting > 0.0 => {
            Answer::of(Claim::cause(&["load-above-capacity"]), "requests wait")
                .with_action("add-replicas")
        }
        Some(_) => Answer::of(Claim::Healthy, "no request waits"),
    }
}
