//! Small inputs of named fields.

use super::cursor::Cursor;
use super::fault::{Fault, Problem};

/// An object: how it is called in a sentence, and its fields; others are passed over.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [&'static str],
}

/// Reads a text of named fields, value by value.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) cursor: Cursor<'a>,
    /// The field that is being read, empty for the name of one, and what it is a field of.
    place: Option<(&'static str, &'static Shape)>,
}

impl<'a> Reader<'a> {
    /// Reads a whole text; what is wrong with it is the end of a sentence.
    pub(crate) fn read<T>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, String> {
        let mut reader = Self { cursor: Cursor::new(bytes), place: None };
        let value = read(&mut reader).and_then(|value| reader.cursor.end().map(|()| value));
        value.map_err(|fault| fault.sentence(bytes, 0, &reader.place()))
    }

    fn place(&self) -> String {
        match self.place {
            Some(("", shape)) => format!("a field of {}", shape.name),
            Some((field, shape)) => format!("\"{field}\" of {}", shape.name),
            None => "the whole".to_owned(),
        }
    }

    /// Reads an object. `field` is called with the name of each of its fields, the reader before
    /// the value; no field may occur twice.
    pub(crate) fn object(
        &mut self,
        shape: &'static Shape,
        field: &mut dyn FnMut(&mut Self, &'static str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.open(b'{', "an object")?;
        let outer = self.place;
        let mut seen: u32 = 0;
        let mut first = true;
        while self.cursor.next_item(&mut first, b'}')? {
            self.place = Some(("", shape));
            let start = self.cursor.at + 1;
            let key = self.cursor.key()?;
            let Some(index) = shape.fields.iter().position(|name| *name == key) else {
                self.cursor.skip()?;
                continue;
            };
            self.place = Some((shape.fields[index], shape));
            if seen >> index & 1 == 1 {
                return Err(Fault { at: start, problem: Problem::Twice });
            }
            seen |= 1 << index;
            field(self, shape.fields[index])?;
        }
        self.place = outer;
        Ok(())
    }

    /// Reads a list; `item` reads each of its values.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        self.open(b'[', "a list")?;
        let mut list = Vec::new();
        let mut first = true;
        while self.cursor.next_item(&mut first, b']')? {
            list.push(item(self)?);
        }
        Ok(list)
    }

    /// Reads a value or null.
    pub(crate) fn optional<T>(
        &mut self,
        value: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        if self.cursor.null()? { Ok(None) } else { value(self).map(Some) }
    }

    /// Reads a text.
    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        if self.cursor.token()? != b'"' {
            return Err(self.other_than("a text"));
        }
        Ok(self.cursor.text("")?.into_owned())
    }

    /// Reads a number.
    pub(crate) fn number(&mut self) -> Result<f64, Fault> {
        match self.cursor.token()? {
            b'-' | b'0'..=b'9' => self.cursor.number(),
            _ => Err(self.other_than("a number")),
        }
    }

    /// Reads a number without fraction that fits the type.
    pub(crate) fn whole<T: TryFrom<i64>>(&mut self) -> Result<T, Fault> {
        let is_number = matches!(self.cursor.token()?, b'-' | b'0'..=b'9');
        let start = self.cursor.at;
        let whole = if is_number { self.cursor.whole_number()? } else { None };
        let whole = whole.and_then(|whole| T::try_from(whole).ok());
        whole.ok_or(Fault { at: start, problem: Problem::Kind("a whole number within its range") })
    }

    /// Reads one of some names; its index.
    pub(crate) fn choice(&mut self, names: &'static [&'static str]) -> Result<usize, Fault> {
        if self.cursor.token()? != b'"' {
            return Err(self.other_than("a text"));
        }
        let start = self.cursor.at + 1;
        let name = self.cursor.text("")?;
        let length = self.cursor.at - 1 - start;
        let index = names.iter().position(|known| *known == name);
        index.ok_or(Fault { at: start, problem: Problem::NotAmong(length, names) })
    }

    /// Reads a map from any names; of two equal ones the last counts.
    pub(crate) fn map<T>(
        &mut self,
        value: impl Fn(&mut Self) -> Result<T, Fault>,
        mut add: impl FnMut(String, T),
    ) -> Result<(), Fault> {
        self.open(b'{', "an object")?;
        let mut first = true;
        while let Some(name) = self.cursor.next_key(&mut first)? {
            add(name.into_owned(), value(self)?);
        }
        Ok(())
    }

    /// Reads the byte that opens a list or an object, which is `what` is expected.
    pub(crate) fn open(&mut self, byte: u8, what: &'static str) -> Result<(), Fault> {
        if self.cursor.token()? != byte {
            return Err(self.other_than(what));
        }
        self.cursor.at += 1;
        Ok(())
    }

    /// What was read last is wrong for this reason.
    pub(crate) fn wrong(&self, why: &'static str) -> Fault {
        Fault { at: self.cursor.at, problem: Problem::Wrong(why) }
    }

    fn other_than(&self, what: &'static str) -> Fault {
        self.cursor.fault(Problem::Kind(what))
    }
}
