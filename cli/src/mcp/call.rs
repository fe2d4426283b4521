//! One call: a verb of this program in a process of its own, which ends with the call.

use std::io::Read;
use std::process::{Child, Command, Stdio};

use rmcp::model::CallToolResult;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use super::tools::Verb;
use super::{right, wrong};

/// A process that does not outlive the call, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then both say so.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs this program; an answer is one whatever it says, everything else is an error of the call.
pub(super) async fn executed(
    verb: &Verb,
    line: Vec<String>,
    context: RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return Ok(wrong(format!("this program does not find itself: {error}"))),
    };
    // The protocol's own stream must not be read by the verb: `-` stands for standard input.
    let child = Command::new(program)
        .args(line)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = match child {
        Ok(child) => Running(child),
        Err(error) => return Ok(wrong(format!("this program cannot be started: {error}"))),
    };
    let (output, errors) = (running.0.stdout.take(), running.0.stderr.take());
    // Both at once: a full pipe that nobody reads would hold the process up.
    let answer = tokio::task::spawn_blocking(move || text_of(output));
    let sentence = tokio::task::spawn_blocking(move || text_of(errors));
    let both = async { (answer.await.unwrap_or_default(), sentence.await.unwrap_or_default()) };
    match context.ct.run_until_cancelled(both).await {
        None => Err(ErrorData::internal_error("the call was cancelled", None)),
        Some((answer, sentence)) if answer.is_empty() => Ok(wrong(verb.in_its_words(&sentence))),
        Some((answer, _)) => Ok(right(answer)),
    }
}

fn text_of(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What was read before a pipe broke is the answer as far as there is one.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}
