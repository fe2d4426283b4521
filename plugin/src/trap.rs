//! A trap on purpose, inside an ordinary call, so that the recovery is tested along the path a real
//! one takes.

/// Traps when `id` asks for it: with a message as a failed assertion would, or without one as an
/// abort would.
pub(crate) fn on_request(id: &str) {
    assert!(id != "forced-trap.panic", "forced trap");
    if id == "forced-trap.abort" {
        std::process::abort();
    }
}
