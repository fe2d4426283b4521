//! The JSON form of settings: the table says which names there are, and each setting's type how its
//! value is read. What is absent keeps its default, what is unknown is refused.

use super::refusal::{refused, unknown};
use super::removed;
use super::table::{self, Setting};
use super::{SCHEMA, Settings};
use crate::error::Error;
use crate::json::{Fault, Reader, Shape, shown};

/// The oldest schema that is still read.
const OLDEST: u32 = 1;

/// Longest part of a refused value that its sentence repeats, in bytes: enough to recognise it.
const LONGEST: usize = 80;

/// Reads settings of any schema there was; the result has today's. Ranges are not checked.
pub(super) fn settings(json: &[u8]) -> Result<Settings, Error> {
    // The schema decides how the rest is read and may stand behind it.
    let schema = schema(json)?;
    let mut reading = Reading { json, schema, settings: Settings::default(), refusal: None };
    let read = Reader::read(json, |reader| reading.object(reader, ""));
    match (reading.refusal, read) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(why)) => Err(malformed(&why)),
        (None, Ok(())) => Ok(reading.settings),
    }
}

fn malformed(why: &str) -> Error {
    Error::bad_settings(format!("the settings are not valid JSON of one object: {why}"))
}

fn schema(json: &[u8]) -> Result<u32, Error> {
    static WHOLE: Shape = Shape { name: "the settings", fields: &["schema"] };
    let mut written = None;
    Reader::read(json, |reader| {
        reader.object(&WHOLE, &mut |reader, _| {
            reader.cursor.token()?;
            let start = reader.cursor.at;
            reader.cursor.skip()?;
            written = Some(shown(json, start, (reader.cursor.at - start).min(LONGEST)));
            Ok(())
        })
    })
    .map_err(|why| malformed(&why))?;
    let Some(written) = written else {
        return Ok(SCHEMA);
    };
    match written.parse() {
        Ok(schema) if (OLDEST..=SCHEMA).contains(&schema) => Ok(schema),
        Ok(schema) if schema > SCHEMA => Err(Error::bad_settings(format!(
            "the settings have schema {schema}, and this version reads {OLDEST} to {SCHEMA}; open \
             them with a newer version"
        ))),
        _ => Err(refused("schema", &format!("a whole number from {OLDEST} to {SCHEMA}"), written)),
    }
}

struct Reading<'a> {
    json: &'a [u8],
    schema: u32,
    settings: Settings,
    /// Why reading stopped, where that is about a setting and not about JSON.
    refusal: Option<Error>,
}

impl Reading<'_> {
    /// Reads the whole, or the object of the settings whose paths begin with `within`.
    fn object(&mut self, reader: &mut Reader<'_>, within: &str) -> Result<(), Fault> {
        reader.open(b'{', "an object")?;
        let mut seen = Vec::new();
        let mut first = true;
        while let Some(name) = reader.cursor.next_key(&mut first)? {
            let path =
                if within.is_empty() { name.into_owned() } else { format!("{within}.{name}") };
            if seen.contains(&path) {
                let twice = Error::bad_settings(format!("{path} is in the settings twice"));
                return Err(self.refuse(reader, twice));
            }
            self.field(reader, within, &path)?;
            seen.push(path);
        }
        Ok(())
    }

    fn field(&mut self, reader: &mut Reader<'_>, within: &str, path: &str) -> Result<(), Fault> {
        if let Some(setting) = table::find(path) {
            return self.value(reader, setting);
        }
        if within.is_empty() && path == "schema" {
            return reader.cursor.skip();
        }
        if within.is_empty() && table::is_part(path) {
            if reader.cursor.token()? == b'{' {
                return self.object(reader, path);
            }
            let start = reader.cursor.at;
            reader.cursor.skip()?;
            let error = refused(path, "an object", self.written(reader, start));
            return Err(self.refuse(reader, error));
        }
        let error = match removed::setting(path) {
            Some(gone) if self.schema <= gone.last_schema => return reader.cursor.skip(),
            Some(gone) => Error::bad_settings(format!(
                "{path} is not a setting since schema {}, because {}; leave it out",
                gone.last_schema + 1,
                gone.reason
            )),
            None => unknown(path, within, &table::names(within)),
        };
        Err(self.refuse(reader, error))
    }

    fn value(&mut self, reader: &mut Reader<'_>, setting: &Setting) -> Result<(), Fault> {
        reader.cursor.token()?;
        let start = reader.cursor.at;
        (setting.read)(&mut self.settings, reader).map_err(|fault| {
            reader.cursor.at = start;
            // A number that JSON allows and no float can hold is skipped, too.
            if let Err(fault) = reader.cursor.skip() {
                return fault;
            }
            let error = refused(setting.path, &setting.takes.text(), self.written(reader, start));
            self.refuse(reader, error);
            fault
        })
    }

    /// The text from `start` to where the reader is.
    fn written(&self, reader: &Reader<'_>, start: usize) -> &str {
        shown(self.json, start, (reader.cursor.at - start).min(LONGEST))
    }

    fn refuse(&mut self, reader: &Reader<'_>, error: Error) -> Fault {
        self.refusal = Some(error);
        reader.wrong("the setting is refused")
    }
}
