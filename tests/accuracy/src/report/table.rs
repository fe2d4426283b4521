//! Plain tables in Markdown.

use crate::statistics::Share;

/// A share as `71 % (64–77)`, the interval being Wilson's at 95 %; a dash without cases.
pub(crate) fn with_interval(share: Share) -> String {
    let (low, high) = share.interval();
    match share.value() {
        Some(value) => format!("{:.0} % ({:.0}–{:.0})", 100.0 * value, 100.0 * low, 100.0 * high),
        None => "–".to_owned(),
    }
}

/// A share as `71 %`; a dash without cases.
pub(crate) fn percent(share: Share) -> String {
    share.value().map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", 100.0 * value))
}

/// A share as `12 of 14`; a dash without cases.
pub(crate) fn of(share: Share) -> String {
    if share.of == 0 { "–".to_owned() } else { format!("{} of {}", share.hits, share.of) }
}

/// A whole table. Cells hold no line break; bars are escaped.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(heads.iter().map(|head| (*head).to_owned()).collect());
    text.push_str(&format!("|{}\n", "---|".repeat(heads.len())));
    for row in rows {
        text.push_str(&line(
            row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect(),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_words() {
        assert_eq!(with_interval(Share { hits: 8, of: 10 }), "80 % (49–94)");
        assert_eq!(with_interval(Share::default()), "–");
        assert_eq!(of(Share { hits: 3, of: 4 }), "3 of 4");
    }

    #[test]
    fn bars_do_not_break_a_table() {
        assert_eq!(table(&["a"], &[vec!["x|y".to_owned()]]), "| a |\n|---|\n| x\\|y |\n");
    }
}
