//! The requests of a recording as the twin is asked: open traffic at the recorded times, callers
//! who waited for an answer after that of the twin.

use inference_triage_simulator::given::{Begin, GivenRequest, StatusClass};

use crate::recording::{Client, Recording, Stream};

/// A caller who asked again so long before its answer's end was measured is the same caller all the
/// same, seconds: clients round to the millisecond.
const TOLERANCE: f64 = 0.005;

/// Timers of the load generator end so much late, seconds.
const LATE: f64 = 0.3;

/// Contents of prompts are told apart by number.
const CONVERSATIONS: u64 = 1 << 40;

/// A caller of the recording, who waits for answers.
#[derive(Debug, Clone)]
struct Caller {
    /// Clients' places, in order.
    asked: Vec<usize>,
    /// When the last answer was complete, Unix seconds.
    free: f64,
    /// Tokens of the conversation so far.
    said: u32,
    /// Its content's number.
    content: u64,
}

/// All requests of a recording. `zero`: Unix seconds of the twin's time 0; `overhead`: by how much
/// the clients' end-to-end latency exceeds the engine's on average between two times, seconds.
pub fn requests(
    recording: &Recording,
    zero: f64,
    overhead: &dyn Fn(f64, f64) -> f64,
) -> Vec<GivenRequest> {
    let mut given: Vec<GivenRequest> = recording
        .clients
        .iter()
        .enumerate()
        .map(|(place, client)| plain(recording, place, client, zero))
        .collect();
    let mut begin = recording.truth.start - 60.0;
    for phase in &recording.truth.traffic {
        let end = recording.truth.start + phase.until;
        for stream in &phase.streams {
            if stream.kind != "poisson" {
                let callers = callers(recording, stream, begin, end);
                chain(recording, &callers, (zero, end, overhead(begin, end)), &mut given);
            }
        }
        begin = end;
    }
    given
}

fn plain(recording: &Recording, place: usize, client: &Client, zero: f64) -> GivenRequest {
    let stream = stream_of(recording, client);
    let prefix = stream.filter(|stream| stream.prefix > 0).map(|stream| {
        // Which group it was of is not in the recording.
        let groups = stream.groups.unwrap_or(1).max(1);
        (3 * CONVERSATIONS + (place as u64 * 7919) % groups, stream.prefix)
    });
    GivenRequest {
        begin: Begin::At(client.start - zero),
        replica: client.replica,
        prompt: client.prompt,
        output: output(client, stream),
        leaves_after: (client.status == 499).then_some(client.e2e),
        refused: refused(recording, client),
        content: place as u64,
        shared: prefix,
    }
}

/// The stream that a request is of, by its prompt's length.
fn stream_of<'a>(recording: &'a Recording, client: &Client) -> Option<&'a Stream> {
    let (phase, _) = recording.truth.phase(client.start)?;
    let prompt = f64::from(client.prompt);
    let fits = |stream: &&Stream| prompt >= stream.prompt[0] && prompt <= stream.prompt[1];
    phase.streams.iter().find(fits).or(phase.streams.first())
}

/// Output tokens that were asked for. A client that did not see the end does not tell: then the
/// middle of what its stream asks, or what came if that is more.
fn output(client: &Client, stream: Option<&Stream>) -> u32 {
    if client.output > 0 {
        return client.output;
    }
    let middle = stream.map_or(1.0, |stream| f64::midpoint(stream.output[0], stream.output[1]));
    (middle as u32).max(client.received() + 1)
}

/// Releases before this one count a prompt that is too long as the server's mistake.
const TOO_LONG_IS_CLIENTS: [u32; 2] = [0, 32];

fn refused(recording: &Recording, client: &Client) -> Option<StatusClass> {
    let version = recording.truth.version.split('.').filter_map(|part| part.parse().ok());
    let version: Vec<u32> = version.collect();
    let is_new = version.as_slice() >= TOO_LONG_IS_CLIENTS.as_slice();
    match client.status {
        400 if !is_new => Some(StatusClass::Server),
        400..=498 => Some(StatusClass::Client),
        500..=599 => Some(StatusClass::Server),
        _ => None,
    }
}

/// Who asked what: each request is the next of the caller who was free last, as a caller asks at
/// once.
fn callers(recording: &Recording, stream: &Stream, begin: f64, end: f64) -> Vec<Caller> {
    let mut callers: Vec<Caller> = Vec::new();
    let within = |client: &Client| client.start >= begin && client.start < end;
    let own = recording.clients.iter().enumerate().filter(|(_, client)| within(client));
    for (place, client) in own {
        let known = if stream.kind == "sessions" {
            conversation(&callers, stream, client)
        } else {
            free(&callers, client)
        };
        let content = CONVERSATIONS + place as u64;
        let known = known.unwrap_or_else(|| {
            if callers.len() < stream.n {
                callers.push(Caller { asked: Vec::new(), free: 0.0, said: 0, content });
                return callers.len() - 1;
            }
            // Rounding hides who it was.
            let last =
                callers.iter().enumerate().min_by(|one, other| one.1.free.total_cmp(&other.1.free));
            last.map_or(0, |(caller, _)| caller)
        });
        let Some(caller) = callers.get_mut(known) else { continue };
        if caller.said > client.prompt {
            caller.content = content;
        }
        caller.asked.push(place);
        caller.free = client.start + client.e2e;
        caller.said = client.prompt + client.output;
    }
    callers
}

fn free(callers: &[Caller], client: &Client) -> Option<usize> {
    let free = callers.iter().enumerate().filter(|(_, one)| one.free <= client.start + TOLERANCE);
    free.max_by(|one, other| one.1.free.total_cmp(&other.1.free)).map(|(place, _)| place)
}

/// The conversation that a prompt goes on with: it holds all that was said before and a question.
fn conversation(callers: &[Caller], stream: &Stream, client: &Client) -> Option<usize> {
    let is_free = |caller: &Caller| {
        let pause = client.start - caller.free;
        let [least, most] = stream.think.unwrap_or([0.0, 0.0]);
        pause > least - TOLERANCE && pause < most + LATE
    };
    let goes_on = |caller: &Caller| {
        let question = f64::from(client.prompt) - f64::from(caller.said);
        question >= stream.prompt[0] - 2.0 && question <= stream.prompt[1] + 2.0
    };
    let free = || callers.iter().enumerate().filter(|(_, caller)| is_free(caller));
    let next = free().find(|(_, caller)| goes_on(caller));
    let least =
        |one: &(usize, &Caller), other: &(usize, &Caller)| one.1.free.total_cmp(&other.1.free);
    let place = next.map(|(place, _)| place);
    // A first question: whoever has been silent longest.
    place.or_else(|| {
        (callers.len() >= stream.n).then(|| free().min_by(least))?.map(|(place, _)| place)
    })
}

/// Makes each request of a caller wait for the one before. Where a twin is faster than what it is
/// laid beside, its callers go on with what they asked first.
fn chain(
    recording: &Recording,
    callers: &[Caller],
    (zero, end, overhead): (f64, f64, f64),
    given: &mut Vec<GivenRequest>,
) {
    let until = end - zero;
    for caller in callers {
        let mut before: Option<usize> = None;
        let mut content = caller.asked.first().map_or(0, |first| given[*first].content);
        let mut said = 0;
        let mut pauses = Vec::new();
        for &place in &caller.asked {
            let client = &recording.clients[place];
            if let Some(before) = before {
                let last = &recording.clients[before];
                let pause = (client.start - last.start - last.e2e + overhead).max(0.0);
                pauses.push(pause);
                given[place].begin = Begin::After { request: before, pause, until };
            }
            if client.prompt < said {
                content = given[place].content;
            }
            if given[place].shared.is_some() {
                given[place].content = content;
            }
            said = client.prompt + client.output;
            before = Some(place);
        }
        pauses.sort_by(f64::total_cmp);
        let pause = pauses.get(pauses.len() / 2).copied().unwrap_or(0.0);
        for &place in caller.asked.iter().skip(1) {
            let Some(request) = before else { break };
            let number = given.len() as u64;
            let next = GivenRequest {
                content: 2 * CONVERSATIONS + number,
                begin: Begin::After { request, pause, until },
                leaves_after: None,
                ..given[place]
            };
            before = Some(given.len());
            given.push(next);
        }
    }
}
