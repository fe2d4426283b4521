//! What is left out where there is not room for everything.

use super::lines::{Screen, pieces_to_lines_room};
use super::wrap::shorten;
use super::{Form, Message, Piece, Width, Worth};

/// A text to copy that takes more lines than this says where to get it, if nothing else helps.
const MOST_COPY_LINES: usize = 4;

/// How much of a piece is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Whole,
    Short,
    Nothing,
}

impl Message {
    /// The same message in at most so many lines of the screen, if what must stay allows it.
    #[must_use]
    pub fn fit(self, most: usize, screen: Screen) -> Self {
        let mut kept = vec![Kept::Whole; self.pieces.len()];
        let mut given_up = Vec::new();
        while self.with(&kept).height(screen) > most {
            let Some((index, less)) = self.next_to_give_up(&kept) else { break };
            given_up.push((index, kept[index]));
            kept[index] = less;
        }
        // What was given up may have saved no line.
        while let Some((index, more)) = given_up.pop() {
            let less = std::mem::replace(&mut kept[index], more);
            if self.with(&kept).height(screen) > most {
                kept[index] = less;
            }
        }
        self.with(&kept).squeezed(most, screen)
    }

    /// The last of the least worth.
    fn next_to_give_up(&self, kept: &[Kept]) -> Option<(usize, Kept)> {
        let pieces = self.pieces.iter().zip(kept).enumerate();
        let steps = pieces.filter_map(|(index, (piece, kept))| {
            let (worth, less) = match (kept, &piece.short) {
                (Kept::Whole, Some((worth, _))) => (*worth, Kept::Short),
                (Kept::Whole, None) | (Kept::Short, _) => (piece.worth, Kept::Nothing),
                (Kept::Nothing, _) => return None,
            };
            (worth < Worth::Always).then_some((worth, index, less))
        });
        let least = steps.min_by_key(|(worth, index, _)| (*worth, std::cmp::Reverse(*index)));
        least.map(|(_, index, less)| (index, less))
    }

    fn with(&self, kept: &[Kept]) -> Self {
        let mut message = Self {
            headline: self.headline.clone(),
            pieces: Vec::new(),
            cut: self.cut.clone(),
            width: self.width,
        };
        for (piece, kept) in self.pieces.iter().zip(kept) {
            if *kept != Kept::Whole {
                message.cut.push(piece.part);
            }
            match (kept, &piece.short) {
                (Kept::Whole, _) => message.pieces.push(piece.clone()),
                (Kept::Short, Some((_, short))) => {
                    message.pieces.push(Piece { text: short.clone(), ..piece.clone() });
                }
                _ => {}
            }
        }
        message
    }

    /// Sentences cut between words, and texts to copy that are far too long left to `--full`: names
    /// from the input can be of any length.
    fn squeezed(mut self, most: usize, screen: Screen) -> Self {
        for lines in [4, 3, 2] {
            if self.height(screen) <= most {
                return self;
            }
            self.shorten_sentences(lines, screen);
        }
        while self.height(screen) > most && self.leave_out_longest_copy(screen) {}
        if self.height(screen) > most {
            self.shorten_sentences(1, screen);
        }
        self
    }

    fn shorten_sentences(&mut self, lines: usize, screen: Screen) {
        let width = self.width;
        let columns = lines * pieces_to_lines_room(screen) - 8 * (lines - 1);
        self.headline.sentence = cut_between_words(&self.headline.sentence, columns, width);
        for piece in self.pieces.iter_mut().filter(|piece| piece.form != Form::Copy) {
            let short = cut_between_words(&piece.text, columns, width);
            if short != piece.text {
                self.cut.push(piece.part);
                piece.text = short;
            }
        }
    }

    fn leave_out_longest_copy(&mut self, screen: Screen) -> bool {
        let (room, width) = (pieces_to_lines_room(screen), self.width);
        let copies = self.pieces.iter_mut().filter(|piece| piece.form == Form::Copy);
        let Some(longest) = copies.max_by_key(|piece| width(&piece.text)) else { return false };
        if width(&longest.text) <= MOST_COPY_LINES * room {
            return false;
        }
        self.cut.push(longest.part);
        longest.form = Form::Note;
        longest.text =
            format!("({} characters to copy: --full prints them)", longest.text.chars().count());
        true
    }
}

/// At most so many columns; a first word that is wider is cut.
fn cut_between_words(text: &str, columns: usize, width: Width) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        if width(&short) + width(word) + 3 > columns {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    if short.is_empty() { shorten(text, columns, width) } else { short + " …" }
}

#[cfg(test)]
mod tests {
    use super::super::characters;
    use super::*;

    #[test]
    fn sentences_are_cut_between_words() {
        let cut = |text, columns| cut_between_words(text, columns, characters);
        assert_eq!(cut("one two three", 13), "one two three");
        assert_eq!(cut("one two three", 12), "one two …");
        assert_eq!(cut("abcdefghijkl m", 6), "abcde…");
    }
}
