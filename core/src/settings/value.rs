//! Reading and checking of each type that a setting can have.

use super::Interval;
use super::refusal::{refused, unknown};
use super::table::Setting;
use super::takes::{Range, Takes};
use crate::catalogue::list::ClosedList;
use crate::error::Error;
use crate::json::{Fault, Reader};
use crate::small::sorted::SortedMap;
use crate::text::decimal::shortest;

/// A type that a setting can have.
pub(super) trait Value: Sized {
    /// Reads the JSON form.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault>;

    /// Refuses what the setting does not take.
    fn check(&self, setting: &Setting) -> Result<(), Error>;
}

impl Value for f64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.number()
    }

    fn check(&self, setting: &Setting) -> Result<(), Error> {
        check_number(setting.path, &setting.takes, *self)
    }
}

/// Milliseconds: a time, which may be any, or a duration.
impl Value for i64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.whole()
    }

    fn check(&self, setting: &Setting) -> Result<(), Error> {
        match setting.takes {
            Takes::Duration if *self <= 0 => {
                Err(refused(setting.path, &setting.takes.text(), &self.to_string()))
            }
            _ => Ok(()),
        }
    }
}

impl Value for String {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.text()
    }

    fn check(&self, _: &Setting) -> Result<(), Error> {
        Ok(())
    }
}

impl Value for Interval {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let (mut start, mut end, mut is_clean) = (None, None, true);
        reader.map(Reader::whole, |name, time: i64| {
            let former = match name.as_str() {
                "start" => start.replace(time),
                "end" => end.replace(time),
                // Something else, and a side that is there twice, are as wrong as each other.
                _ => Some(time),
            };
            is_clean &= former.is_none();
        })?;
        match (start, end) {
            (Some(start), Some(end)) if is_clean => Ok(Self { start, end }),
            _ => Err(reader.wrong("an interval has a start and an end")),
        }
    }

    fn check(&self, setting: &Setting) -> Result<(), Error> {
        if self.end > self.start {
            return Ok(());
        }
        let got = format!("{} to {}", self.start, self.end);
        Err(refused(setting.path, &setting.takes.text(), &got))
    }
}

impl<T: Value> Value for Option<T> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.optional(|reader| T::read(reader))
    }

    fn check(&self, setting: &Setting) -> Result<(), Error> {
        self.as_ref().map_or(Ok(()), |value| value.check(setting))
    }
}

impl<T: ClosedList> Value for T {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        Ok(T::MEMBERS[reader.choice(T::NAMES)?])
    }

    fn check(&self, _: &Setting) -> Result<(), Error> {
        Ok(())
    }
}

impl<T: ClosedList> Value for Vec<T> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.list(|reader| Ok(T::MEMBERS[reader.choice(T::NAMES)?]))
    }

    fn check(&self, _: &Setting) -> Result<(), Error> {
        Ok(())
    }
}

impl Value for Vec<f64> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.list(Reader::number)
    }

    fn check(&self, setting: &Setting) -> Result<(), Error> {
        let each = format!("each of {}", setting.path);
        self.iter().try_for_each(|number| check_number(&each, &setting.takes, *number))
    }
}

impl Value for SortedMap<String, f64> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut map = Self::new();
        reader.map(Reader::number, |name, number| {
            map.insert(name, number);
        })?;
        Ok(map)
    }

    fn check(&self, setting: &Setting) -> Result<(), Error> {
        for (name, &number) in self.iter() {
            let path = format!("{}.{name}", setting.path);
            if let Takes::NumberById(ids, _) = setting.takes
                && !ids().contains(&name.as_str())
            {
                return Err(unknown(&path, setting.path, &ids()));
            }
            check_number(&path, &setting.takes, number)?;
        }
        Ok(())
    }
}

/// Refuses a number that is out of the range of what a setting takes, be it that number itself or
/// numbers like it.
fn check_number(path: &str, takes: &Takes, number: f64) -> Result<(), Error> {
    match range(takes) {
        Some(range) if !range.contains(number) => {
            Err(refused(path, &Takes::Number(range).text(), &shortest(number)))
        }
        _ => Ok(()),
    }
}

fn range(takes: &Takes) -> Option<Range> {
    match takes {
        Takes::Number(range)
        | Takes::Numbers(range)
        | Takes::NumberById(_, range)
        | Takes::NumberByName(range) => Some(*range),
        _ => None,
    }
}
