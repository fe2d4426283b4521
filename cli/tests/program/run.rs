//! Runs the built program the way a shell does.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What the program left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Checks the exit status, and that standard error is one line that contains every part.
    #[track_caller]
    pub(crate) fn fails(&self, status: i32, parts: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stdout, "", "an answer in spite of the failure: {self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "not one sentence: {}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "\"{part}\" is not in: {}", self.stderr);
        }
    }
}

/// Runs the program with arguments.
#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> Run {
    run_with_input(arguments, b"")
}

/// Runs the program with arguments and standard input.
#[track_caller]
pub(crate) fn run_with_input(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // The program may end before it has read everything.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Run {
        status: output.status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}

/// The program with arguments, in an environment without proxies and colours.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inference-triage"));
    command.args(arguments);
    for name in [
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    ] {
        command.env_remove(name);
    }
    command
}

/// A file of this test run that is removed afterwards.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Writes a file; `name` must be unique within the test program.
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        let scratch = Self::absent(name);
        std::fs::write(&scratch.0, content).expect("the scratch folder can be written to");
        scratch
    }

    /// A name for a file that does not exist yet.
    pub(crate) fn absent(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(format!("{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("the scratch folder has a UTF-8 name")
    }

    pub(crate) fn read(&self) -> Vec<u8> {
        std::fs::read(&self.0).expect("the file exists")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A response of one series with so many samples, as text.
pub(crate) fn many_samples(count: usize) -> String {
    let values: Vec<String> =
        (0..count).map(|index| format!("[{},\"{index}\"]", 1_780_000_000 + index)).collect();
    format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{{\"metric\":{{\"a\":\
         \"b\"}},\"values\":[{}]}}]}}}}",
        values.join(",")
    )
}

/// Gzip of the content.
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(content).expect("memory can be written to");
    packed.finish().expect("memory can be written to")
}
