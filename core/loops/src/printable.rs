//! Running over text that needs no second look.

/// Number of bytes before the first that is no printable ASCII character (0x20 to 0x7e); all of
/// them where every byte is one.
pub fn leading_printable(text: &[u8]) -> usize {
    let (eights, _) = text.as_chunks::<8>();
    let plain = eights.iter().position(|eight| !all_printable(*eight)).unwrap_or(eights.len()) * 8;
    let rest = text[plain..].iter().position(|byte| !(0x20..0x7f).contains(byte));
    rest.map_or(text.len(), |rest| plain + rest)
}

/// Whether eight bytes are printable, all at once: the highest bit of each byte tells what is wrong
/// with it. A carry out of one byte only happens where that byte is wrong itself.
fn all_printable(eight: [u8; 8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(eight);
    let below_blank = bytes.wrapping_sub(0x20 * EACH);
    let delete_or_above = bytes.wrapping_add(EACH);
    (bytes | below_blank | delete_or_above) & (0x80 * EACH) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_at_every_byte_that_is_not_printable_and_at_no_other() {
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                for around in [b' ', b'a', b'~'] {
                    let mut text = [around; 20];
                    text[place] = byte;
                    let expected = if (0x20..0x7f).contains(&byte) { 20 } else { place };
                    assert_eq!(leading_printable(&text), expected, "{byte:#x} at {place}");
                    assert_eq!(leading_printable(&text[..place]), place);
                }
            }
        }
    }
}
