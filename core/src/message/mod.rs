//! The incident message: what an engineer reads first and pastes into an incident channel.
//!
//! Every piece of it is said by the report. Where there is not room for all of them,
//! [`Message::fit`] drops those that a reader misses least; the verdict, who is hurt, the first
//! action and its check always stay.

mod action;
mod fit;
mod headline;
mod impact;
mod lines;
mod markdown;
mod names;
mod reasons;
mod wrap;

use crate::report::Report;
use crate::text::plain::plain;
use headline::Headline;
pub use lines::{Lead, Line, Screen};
pub use names::state_word;
pub use wrap::{fill, pieces, shorten, words_outside_strings};

/// Lines of the whole message, so that it is read at a glance and a channel shows it unfolded.
pub const MOST_LINES: usize = 15;

/// Columns of a screen that a text takes.
pub type Width = fn(&str) -> usize;

/// One column a character, for places that set no columns.
fn characters(text: &str) -> usize {
    text.chars().count()
}

/// What a piece is about, in the order of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Who is hurt, how much, since when.
    Impact,
    /// What to do.
    Do,
    /// What it could still be.
    Maybe,
    /// How to tell.
    Check,
    /// What not to do.
    Avoid,
    /// The evidence.
    Why,
    /// Rivals that are excluded.
    Not,
    /// What else there is.
    Also,
    /// How far to trust it.
    Sure,
}

impl Part {
    const ALL: [Self; 9] = [
        Self::Impact,
        Self::Do,
        Self::Maybe,
        Self::Check,
        Self::Avoid,
        Self::Why,
        Self::Not,
        Self::Also,
        Self::Sure,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Impact => "Impact",
            Self::Do => "Do",
            Self::Maybe => "Maybe",
            Self::Check => "Check",
            Self::Avoid => "Don't",
            Self::Why => "Why",
            Self::Not => "Not",
            Self::Also => "Also",
            Self::Sure => "Sure?",
        }
    }
}

/// How much a reader misses a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// Further pieces of a list that has begun.
    More,
    /// The first rival that is excluded, and steps between the first action and its check.
    Useful,
    /// Where the first action leads, and how near the verdict is to another.
    Guiding,
    /// What the verdict rests on, since when, and what not to do.
    Reason,
    /// Never dropped.
    Always,
}

/// How a piece is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Behind the others of its part.
    Inline,
    /// On its own line with a number.
    Step,
    /// On its own line below a step.
    Note,
    /// On its own line below a step, to be copied.
    Copy,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    part: Part,
    form: Form,
    worth: Worth,
    text: String,
    /// What is left of it where there is little room, and how much the rest is missed.
    short: Option<(Worth, String)>,
}

impl Piece {
    fn new(part: Part, form: Form, worth: Worth, text: &str) -> Self {
        Self { part, form, worth, text: plain(text).trim().to_owned(), short: None }
    }

    fn inline(part: Part, worth: Worth, text: &str) -> Self {
        Self::new(part, Form::Inline, worth, text)
    }
}

/// The message, whole or fitted.
#[derive(Debug, Clone)]
pub struct Message {
    headline: Headline,
    pieces: Vec<Piece>,
    /// Parts of which something was dropped or shortened.
    cut: Vec<Part>,
    width: Width,
}

impl Message {
    /// Everything that the message could say of a report, on a screen where texts are so wide.
    pub fn of(report: &Report, width: Width) -> Self {
        let mut pieces = impact::pieces(report);
        pieces.extend(action::pieces(report));
        pieces.extend(reasons::pieces(report, width));
        pieces.retain(|piece| !piece.text.is_empty());
        Self { headline: Headline::of(report, width), pieces, cut: Vec::new(), width }
    }

    /// Whether the message says all that the report says of a part.
    pub fn is_whole(&self, part: Part) -> bool {
        !self.cut.contains(&part)
    }

    fn of_part(&self, part: Part) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().filter(move |piece| piece.part == part)
    }
}

/// The message as Markdown for an incident channel, without the line that names the program's own
/// flags.
pub fn markdown(report: &Report) -> String {
    Message::of(report, characters).fit(MOST_LINES - 1, Screen::UNKNOWN).markdown()
}
