//! `mcp`: the program as tools of the Model Context Protocol, over standard input and output.
//!
//! Read-only: a call runs a verb of this program in a process of its own, so that what it prints is
//! what a person would read, and a call that fails takes nothing with it.

mod call;
mod causes;
mod tools;
mod words;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::text::foreign::plain;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    JsonObject, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};

use crate::Outcome;
use crate::exit::{Failure, Status};
use tools::{EXPLAIN, VERBS};

const INSTRUCTIONS: &str = "Deterministic triage of LLM serving latency. Call diagnose first; its \
    verdict and its first action come from rules, not from a model: repeat them as they are. \
    explain_cause says more about a verdict, compare judges a change.";

/// Serves until standard input ends.
pub(crate) fn run() -> Outcome {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::internal(format!("the server for the Model Context Protocol ended: {error}"))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(&error))?;
    runtime.block_on(async {
        let service = Server.serve(rmcp::transport::stdio()).await;
        let service = service.map_err(|error| failed(&error))?;
        service.waiting().await.map_err(|error| failed(&error))?;
        Ok(Status::Healthy)
    })
}

#[derive(Debug, Clone)]
struct Server;

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("inference-triage", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::list(CauseId::IDS)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let given = request.arguments.unwrap_or_default();
        if request.name == EXPLAIN {
            return Ok(explained(&given).into());
        }
        let Some(verb) = VERBS.iter().find(|verb| verb.name == request.name) else {
            let message = format!("there is no tool \"{}\"", plain(&request.name, 80));
            return Err(ErrorData::invalid_params(message, None));
        };
        let line = match verb.command_line(&given) {
            Ok(line) => line,
            Err(sentence) => return Ok(wrong(sentence).into()),
        };
        call::executed(verb, line, context).await.map(Into::into)
    }
}

/// Longest refusal, characters: several sentences. A caller's text can be of any length.
const LONGEST: usize = 2000;

fn explained(given: &JsonObject) -> CallToolResult {
    let cause = given.get("cause").and_then(|cause| cause.as_str());
    match cause.and_then(CauseId::from_id) {
        Some(cause) => right(causes::page(cause)),
        None => wrong(format!("\"cause\" must be one of {}", CauseId::IDS.join(", "))),
    }
}

fn right(text: impl Into<String>) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}

/// A refusal, which may repeat what the caller wrote.
fn wrong(sentence: impl AsRef<str>) -> CallToolResult {
    let sentence = plain(sentence.as_ref(), LONGEST);
    CallToolResult::error(vec![ContentBlock::text(sentence)])
}
