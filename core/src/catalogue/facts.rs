//! Questions about an engine in one window, each answered once.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A fact: one question that the causes read the answer of.
    FactId {
        /// Can the numbers be believed?
        Data = "data",
        /// Who is hurt, and how much?
        Impact = "impact",
        /// How many requests arrive, and how many does the engine complete?
        Arrivals = "arrivals",
        /// How many tokens does a request ask for?
        Work = "work",
        /// How long do requests wait before they are first scheduled?
        Queue = "queue",
        /// What does it cost to compute a prompt?
        Prefill = "prefill",
        /// How long does a token take, and does the work explain it?
        StepTime = "step-time",
        /// What holds the head of the queue?
        Admission = "admission",
        /// Is the key-value cache short?
        Memory = "memory",
        /// Do requests that began also end?
        Loss = "loss",
        /// Does anything come out while requests are there?
        Progress = "progress",
        /// Which replicas differ from the others?
        Spread = "spread",
        /// How many replicas does the load need?
        Capacity = "capacity",
        /// Do the pools of prefill and of decode keep up with each other?
        Pools = "pools",
        /// Which part of a request does the engine do?
        Worker = "worker",
        /// Is the engine there, and awake?
        Availability = "availability",
        /// What do the devices say of themselves?
        Devices = "devices",
        /// Are the drafts of speculative decoding accepted?
        Speculation = "speculation",
        /// Does the machine around the device keep up?
        Host = "host",
        /// Does the scheduler run as many replicas as are wanted?
        Scheduler = "scheduler",
        /// What happens to requests before they reach the engine?
        Gateway = "gateway",
        /// Did processes start anew, and are they warm?
        Restarts = "restarts",
    }
}
