//! The window of a diagnosis of few scrapes.

use inference_triage_core::settings::{Interval, Settings};

/// Widens the window to the last two scrapes where it would hold only the last: one sample has no
/// growth. The times ascend, Unix milliseconds. A window that was asked for stays.
pub(crate) fn widen(settings: &mut Settings, times: &[i64]) {
    let (Some(&first), [.., before, last]) = (times.first(), times) else { return };
    let (before, last) = (*before, *last);
    let own = settings.window_within(Interval { start: first, end: last });
    if settings.window.is_none() && before < own.start {
        settings.window = Some(Interval { start: before, end: last });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widened(times: &[i64]) -> Option<Interval> {
        let mut settings = Settings::default();
        widen(&mut settings, times);
        settings.window
    }

    #[test]
    fn only_a_window_with_one_scrape_is_widened() {
        assert_eq!(widened(&[0]), None);
        assert_eq!(widened(&[0, 15_000, 30_000]), None);
        assert_eq!(widened(&[0, 600_000]), Some(Interval { start: 0, end: 600_000 }));
        assert_eq!(
            widened(&[0, 600_000, 1_200_000]),
            Some(Interval { start: 600_000, end: 1_200_000 })
        );
        assert_eq!(widened(&[0, 36_000_000, 36_300_000]), None);
        let asked = Interval { start: 1, end: 2 };
        let mut settings = Settings { window: Some(asked), ..Settings::default() };
        widen(&mut settings, &[0, 600_000]);
        assert_eq!(settings.window, Some(asked));
    }
}
