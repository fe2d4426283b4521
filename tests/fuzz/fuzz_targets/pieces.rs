//! Any bytes, cut anywhere: a response in pieces gives the same batch or the same refusal as the
//! whole.

#![no_main]

#[path = "../../harness/tests/scanner/batches.rs"]
mod batches;
#[path = "../../harness/tests/scanner/pieces.rs"]
mod pieces;

use libfuzzer_sys::fuzz_target;

// The first bytes are the length of the window and those of the pieces, in turn.
fuzz_target!(|bytes: &[u8]| {
    let Some(([window, lengths @ ..], response)) = bytes.split_first_chunk::<4>() else { return };
    let mut turns = lengths.iter().cycle();
    let next_length = || turns.next().map_or(1, |&length| usize::from(length) + 1);
    if let Err(difference) =
        pieces::assert_same_in_pieces(&[response], usize::from(*window) + 1, next_length)
    {
        panic!("{difference}");
    }
});
