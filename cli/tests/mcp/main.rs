//! The server of the Model Context Protocol, spoken to over its standard streams.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use inference_triage_core::text::foreign::disturbs;
use serde_json::{Value, json};

struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_inference-triage"))
            .arg("mcp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut server = Self { child, input, output, id: 0 };
        let told = server.ask(
            "initialize",
            &json!({
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": { "name": "test", "version": "0" },
            }),
        );
        assert_eq!(told["serverInfo"]["name"], "inference-triage");
        assert!(told["capabilities"]["tools"].is_object(), "{told}");
        server.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        server
    }

    fn send(&mut self, message: &Value) {
        let input = self.input.as_mut().expect("standard input is open");
        writeln!(input, "{message}").expect("the server reads");
        input.flush().expect("the server reads");
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.answer(method, parameters, false)
    }

    /// The result of a request, or where it is refused its error.
    fn answer(&mut self, method: &str, parameters: &Value, is_refused: bool) -> Value {
        self.id += 1;
        let id = self.id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("the server answers");
            assert_ne!(read, 0, "the server ended before it answered {method}");
            let is_safe = |one: char| one == '\n' || !disturbs(one);
            assert!(line.chars().all(is_safe), "{}", line.escape_unicode());
            let mut answer: Value = serde_json::from_str(&line).expect("JSON");
            if answer["id"] == id && is_refused {
                return answer["error"].take();
            }
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{answer}");
                return answer["result"].take();
            }
        }
    }

    /// The text of a call, and whether it is an error.
    fn call(&mut self, name: &str, arguments: &Value) -> (String, bool) {
        let told = self.ask("tools/call", &json!({ "name": name, "arguments": arguments }));
        let text = told["content"][0]["text"].as_str().expect("a text").to_owned();
        (text, told["isError"].as_bool().unwrap_or_default())
    }

    fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().expect("the server ends").success());
    }
}

/// The first of the reported cases.
fn recording() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("cases")
        .map(|entry| entry.expect("a folder").path().join("response.json.gz"))
        .filter(|path| path.exists())
        .collect();
    all.sort();
    all[0].to_str().expect("UTF-8").to_owned()
}

#[test]
fn tools_are_listed_and_read_only() {
    let mut server = Server::start();
    let listed = server.ask("tools/list", &json!({}));
    let tools = listed["tools"].as_array().expect("tools");
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["diagnose", "compare", "plan", "explain_cause"]);
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    server.end();
}

/// The same words as the command line prints.
#[test]
fn a_recording_is_diagnosed_as_on_the_command_line() {
    let file = recording();
    let printed = Command::new(env!("CARGO_BIN_EXE_inference-triage"))
        .args(["diagnose", "--response", &file, "--format", "markdown"])
        .output()
        .expect("the program runs");
    let mut server = Server::start();
    let (text, is_error) = server.call("diagnose", &json!({ "responses": [file] }));
    assert!(!is_error, "{text}");
    assert_eq!(text, String::from_utf8_lossy(&printed.stdout));
    server.end();
}

/// A client that gives up takes the process with it: its connection to the server closes.
#[test]
fn a_cancelled_call_ends_its_process() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut server = Server::start();
    let parameters = json!({ "name": "diagnose", "arguments": { "url": url } });
    let call = json!({ "jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": parameters });
    server.send(&call);
    // It is asked and never answers.
    let (mut connection, _) = listener.accept().expect("the verb asks");
    let cancelled = json!({ "requestId": 77, "reason": "too slow" });
    let method = "notifications/cancelled";
    server.send(&json!({ "jsonrpc": "2.0", "method": method, "params": cancelled }));
    // Shorter than the time-out of a query, after which the verb would end by itself.
    let patience = std::time::Duration::from_mins(1);
    connection.set_read_timeout(Some(patience)).expect("a time");
    let mut request = Vec::new();
    let closed = std::io::Read::read_to_end(&mut connection, &mut request);
    let is_closed = match &closed {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    assert!(is_closed, "the verb still runs: {closed:?}");
    server.end();
}

/// The baseline is one of the arguments, and it is the one of the command line.
#[test]
fn a_baseline_is_judged_against() {
    let mut server = Server::start();
    let file = recording();
    for baseline in ["none", "auto"] {
        let printed = Command::new(env!("CARGO_BIN_EXE_inference-triage"))
            .args(["diagnose", "--response", &file, "--format", "markdown"])
            .args(["--baseline", baseline])
            .output()
            .expect("the program runs");
        let given = json!({ "responses": [file], "baseline": baseline });
        let (text, is_error) = server.call("diagnose", &given);
        assert!(!is_error && text == String::from_utf8_lossy(&printed.stdout), "{text}");
    }
    let refused = json!({ "responses": [file], "baseline": "yesterday" });
    let (sentence, is_error) = server.call("diagnose", &refused);
    assert!(is_error && sentence.contains("\"baseline\""), "{sentence}");
    server.end();
}

#[test]
fn plans_pages_and_refusals() {
    let mut server = Server::start();
    let (plan, is_error) = server.call("plan", &json!({ "match": "model_name=\"gemma\"" }));
    assert!(!is_error && plan.contains("model_name=\\\"gemma\\\""), "{plan}");
    let (page, is_error) = server.call("explain_cause", &json!({ "cause": "slot-cap" }));
    assert!(!is_error && page.contains("slot"), "{page}");
    for (tool, arguments, part) in [
        ("explain_cause", json!({ "cause": "bad luck" }), "must be one of"),
        ("diagnose", json!({ "save_capsule": "x" }), "takes no argument"),
        ("diagnose", json!({ "responses": ["/nonexistent"] }), "there is no such file"),
        ("compare", json!({ "before": "x", "after": "y", "url": "u" }), "interval"),
        ("compare", json!({ "url": "u" }), "compare needs \"before\""),
        ("diagnose", json!({}), "exactly one source"),
        ("diagnose", json!({ "url": "u", "capsule": "c" }), "exactly one source"),
        ("diagnose", json!({ "url": "http://[", "range": "1h" }), "http"),
        ("diagnose", json!({ "url": "u", "range": "x" }), "\"range\""),
        ("diagnose", json!({ "responses": ["/x"], "range": "1h" }), "\"range\""),
        ("plan", json!({ "grouping": "x" }), "\"grouping\""),
        ("plan", json!({ "match": "{a=\"b\"}" }), "braces"),
    ] {
        let (sentence, is_error) = server.call(tool, &arguments);
        assert!(is_error && sentence.contains(part), "{tool}: {sentence}");
        for word in ["--", "Usage", "error:", "\n"] {
            assert!(!sentence.contains(word), "{tool} speaks as the command line: {sentence}");
        }
    }
    server.end();
}

/// What a caller wrote reaches a person's screen by way of the refusal.
#[test]
fn foreign_text_in_a_refusal_is_harmless() {
    let mut server = Server::start();
    for text in ["\u{202e}live", "a\u{200b}\u{feff}b", "\u{1b}[31mred", "\u{2066}x\u{2069}\u{7}"] {
        let refused = server.answer("tools/call", &json!({ "name": text }), true);
        let message = refused["message"].as_str().expect("a message");
        assert!(message.starts_with("there is no tool"), "{message}");
        assert!(!message.chars().any(disturbs), "{}", message.escape_unicode());
        for arguments in [json!({ "cause": text }), json!({ text: 1 })] {
            for tool in ["explain_cause", "diagnose"] {
                let (said, _) = server.call(tool, &arguments);
                let is_harmless = |one: char| one == '\n' || !disturbs(one);
                assert!(said.chars().all(is_harmless), "{}", said.escape_unicode());
            }
        }
    }
    server.end();
}
