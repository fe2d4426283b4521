//! How much input one run may hold in memory.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};

use inference_triage_core::ingest::prometheus::SAMPLE_LIMIT;

/// 33 million samples: a day of 40 replicas at 30 s, or 120 MiB of text that is kept for a capsule,
/// as a day of four replicas at 15 s is. Half as much would refuse both; much more would let one
/// answer of a wrong query fill a small machine.
pub(crate) const DEFAULT: &str = "256MiB";

/// For files that hold a histogram or a few headers.
const SMALL: u64 = 16 << 20;

/// Bytes taken from the budget at a time.
const PIECE: usize = 1 << 16;

/// Bytes of a sample in a column.
const SAMPLE: u64 = size_of::<f64>() as u64;

/// All bytes of input that a run holds, after decompression: text that is kept, and columns of what
/// is read in pieces. Threads share it.
#[derive(Debug)]
pub(crate) struct Budget {
    total: u64,
    left: AtomicU64,
    has_option: bool,
}

impl Budget {
    /// A budget that `--memory-budget` raises.
    pub(crate) fn new(total: u64) -> Self {
        Self { total, left: AtomicU64::new(total), has_option: true }
    }

    /// What a small file may have; no option raises it.
    pub(crate) fn small() -> Self {
        Self { has_option: false, ..Self::new(SMALL) }
    }

    /// Reads to the end. Where the budget does not suffice, all that was read is given back to it
    /// and the error is one that [`Self::is_exceeded`] knows.
    pub(crate) fn read(&self, mut source: impl Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            let read = source.by_ref().take(PIECE as u64).read_to_end(&mut bytes);
            let added = (bytes.len() - before) as u64;
            if read.is_err() || !self.subtract(added) {
                self.release(before);
                return Err(read.err().unwrap_or(Exceeded.into()));
            }
            if added == 0 {
                return Ok(bytes);
            }
        }
    }

    /// Takes so many bytes; the error is one that [`Self::is_exceeded`] knows.
    pub(crate) fn take(&self, bytes: usize) -> io::Result<()> {
        if self.subtract(bytes as u64) { Ok(()) } else { Err(Exceeded.into()) }
    }

    /// Samples that fit as columns. Never fewer than a page takes: they may be part of a text that
    /// fits.
    pub(crate) fn samples(&self) -> usize {
        usize::try_from(self.total / SAMPLE).unwrap_or(usize::MAX).max(SAMPLE_LIMIT)
    }

    /// All of it, bytes.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// All of it, for people.
    pub(crate) fn total_text(&self) -> String {
        Size(self.total).to_string()
    }

    /// Gives back what is no longer held.
    pub(crate) fn release(&self, bytes: usize) {
        self.left.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether an error says that the budget does not suffice.
    pub(crate) fn is_exceeded(error: &io::Error) -> bool {
        error.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>()).is_some()
    }

    /// One sentence about an input that does not fit. `size` is its own, where that is known.
    pub(crate) fn sentence(&self, name: &str, size: Option<u64>) -> String {
        let size = size.map_or_else(String::new, |size| format!(" ({})", Size(size)));
        let budget = Size(self.total);
        if !self.has_option {
            return format!(
                "{name}{size} is larger than {budget}, which is far more than such a file holds; \
                 check which file it is"
            );
        }
        let held = self.total - self.left.load(Ordering::Relaxed).min(self.total);
        let held = if held > 0 {
            format!(", of which other input holds {}", Size(held))
        } else {
            String::new()
        };
        format!(
            "{name}{size} does not fit into the memory budget of {budget} for all input after \
             decompression{held}; read fewer series or a shorter range, or raise the budget with \
             --memory-budget {}",
            Size(self.total.saturating_mul(2)).to_string().replace(' ', "")
        )
    }

    fn subtract(&self, bytes: u64) -> bool {
        let subtract = |left: u64| left.checked_sub(bytes);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, subtract).is_ok()
    }
}

#[derive(Debug)]
struct Exceeded;

impl fmt::Display for Exceeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the memory budget is exceeded")
    }
}

impl std::error::Error for Exceeded {}

impl From<Exceeded> for io::Error {
    fn from(exceeded: Exceeded) -> Self {
        Self::new(ErrorKind::FileTooLarge, exceeded)
    }
}

/// A number of bytes, for people.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        let (unit, name) =
            UNITS.into_iter().find(|(unit, _)| self.0 >= *unit).unwrap_or((1, "bytes"));
        // Rounded up: nothing is smaller than its limit by rounding.
        if self.0.is_multiple_of(unit) {
            write!(formatter, "{} {name}", self.0 / unit)
        } else {
            let tenths = (self.0 as f64 * 10.0 / unit as f64).ceil() / 10.0;
            write!(formatter, "{tenths} {name}")
        }
    }
}

/// Bytes of `512MiB`, `1GiB` or `64KiB`.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u32); 3] = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let size = UNITS.into_iter().find_map(|(name, shift)| {
        let number: u64 = text.strip_suffix(name)?.trim_end().parse().ok()?;
        number.checked_mul(1 << shift)
    });
    size.filter(|&size| size > 0)
        .ok_or_else(|| format!("\"{text}\" is not a size; write for example 512MiB or 1GiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_read_and_stays_taken() {
        let budget = Budget::new(10);
        assert_eq!(budget.read(&b"123456"[..]).unwrap(), b"123456");
        assert_eq!(budget.read(&b"1234"[..]).unwrap(), b"1234");
        assert!(Budget::is_exceeded(&budget.read(&b"1"[..]).unwrap_err()));
        budget.release(1);
        assert_eq!(budget.read(&b"1"[..]).unwrap(), b"1");
    }

    #[test]
    fn what_does_not_fit_is_given_back() {
        let budget = Budget::new(3 * PIECE as u64);
        let large = vec![0; 4 * PIECE];
        assert!(Budget::is_exceeded(&budget.read(&large[..]).unwrap_err()));
        assert_eq!(budget.read(&large[..3 * PIECE]).unwrap().len(), 3 * PIECE);
    }

    #[test]
    fn the_refusal_names_sizes_and_the_option() {
        let budget = Budget::new(parse_size(DEFAULT).unwrap());
        budget.read(&vec![0; 1 << 20][..]).unwrap();
        let sentence = budget.sentence("big.json", Some((300 << 20) + 1));
        for part in ["big.json (300.1 MiB)", "of 256 MiB", "holds 1 MiB", "--memory-budget 512MiB"]
        {
            assert!(sentence.contains(part), "{sentence}");
        }
        let sentence = Budget::small().sentence("h.json", None);
        assert!(sentence.contains("16 MiB") && !sentence.contains("--"), "{sentence}");
    }

    #[test]
    fn a_size_has_a_binary_unit() {
        assert_eq!(parse_size("512MiB"), Ok(512 << 20));
        assert_eq!(parse_size("1GiB"), Ok(1 << 30));
        assert_eq!(parse_size("1 KiB"), Ok(1024));
        for text in ["", "512", "1GB", "-1MiB", "0MiB", "1.5GiB", "99999999999GiB"] {
            assert!(parse_size(text).unwrap_err().contains("512MiB"), "{text}");
        }
    }
}
