//! What stands around the series: status, type of the result, errors, warnings; and how far a
//! response has been read.

use super::columns::Columns;
use super::fault;
use super::follow;
use super::series::{OpenSeries, read_samples};
use crate::error::Error;
use crate::ingest::batch::{Notice, NoticeLevel, SampleBatch};
use crate::json::{Cursor, Fault, Problem};

/// What a partial answer means.
const PARTIAL: &str = "the answer is partial (isPartial): a storage node did not answer, so series or \
                       samples are missing";

/// A response, as far as it has been read.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what was met so far, each by itself")]
pub(super) struct Envelope {
    place: Place,
    series: OpenSeries,
    /// Nothing was read of this object or list yet.
    first: bool,
    status: Option<String>,
    error_type: Option<String>,
    error: Option<String>,
    has_data: bool,
    result_type: Option<String>,
    has_result: bool,
    warnings: Vec<String>,
    infos: Vec<String>,
    /// Some of the storage did not answer.
    is_partial: bool,
}

/// Between which things reading may stop and go on later; what lies inside of another follows it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    #[default]
    Before,
    /// The fields of the response.
    Response,
    /// The fields of its data.
    Data,
    /// The series of its result.
    Result,
    /// The fields of a series.
    Series,
    /// Its histograms.
    Histograms,
    /// Its samples.
    Values,
    /// The same behind the comma or bracket before a sample.
    Sample,
    Behind,
}

fn texts(cursor: &mut Cursor<'_>, what: &'static str) -> Result<Vec<String>, Fault> {
    let mut texts = Vec::new();
    if !cursor.null()? {
        cursor.expect(b'[', what)?;
        let mut first = true;
        while cursor.next_item(&mut first, b']')? {
            texts.push(cursor.text(what)?.into_owned());
        }
    }
    Ok(texts)
}

impl Envelope {
    /// Reads on in a text that starts where reading stopped, so many bytes after the start of the
    /// response, as far as it holds whole fields and whole samples, which go to the columns.
    /// Returns the bytes that were read: the rest has to come again, with what follows it, unless
    /// nothing follows because this `is_last`.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        before: usize,
        is_last: bool,
        columns: &mut Columns,
    ) -> Result<usize, Error> {
        if self.place == Place::Before && !fault::is_object(bytes)? {
            return Ok(0);
        }
        let mut cursor = Cursor::new(bytes);
        loop {
            let read = cursor.at;
            // The short way wants to see more than one sample; the long way would cost as much as
            // many of them.
            if self.place == Place::Sample && !is_last && bytes.len() - read < follow::WINDOW {
                return Ok(read);
            }
            match self.step(&mut cursor, columns) {
                Ok(next) => {
                    self.first = next > self.place;
                    self.place = next;
                }
                Err(Fault { problem: Problem::Cut, .. }) => return Ok(read),
                Err(fault) => return Err(fault::explain(fault, bytes, before)),
            }
        }
    }

    /// Reads the next thing; returns between which others it stands.
    fn step(&mut self, cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<Place, Fault> {
        let mut first = self.first;
        match self.place {
            Place::Before => {
                cursor.expect(b'{', "an object with \"status\" and \"data\"")?;
                Ok(Place::Response)
            }
            Place::Response => match cursor.next_key(&mut first)? {
                Some(key) => self.read_field(&key, cursor),
                None => Ok(Place::Behind),
            },
            Place::Data => match cursor.next_key(&mut first)? {
                Some(key) => self.read_data(&key, cursor),
                None => Ok(Place::Response),
            },
            Place::Result => {
                if !cursor.next_item(&mut first, b']')? {
                    return Ok(Place::Data);
                }
                self.series = OpenSeries::begin(cursor, columns)?;
                Ok(Place::Series)
            }
            Place::Series => match cursor.next_key(&mut first)? {
                Some(key) => self.series.read_field(&key, cursor, columns),
                None => self.series.end(cursor, columns).map(|()| Place::Result),
            },
            Place::Histograms => {
                if !cursor.next_item(&mut first, b']')? {
                    return Ok(Place::Series);
                }
                self.series.histograms.read_pair(cursor)?;
                Ok(Place::Histograms)
            }
            Place::Values => {
                Ok(if cursor.next_item(&mut first, b']')? { Place::Sample } else { Place::Series })
            }
            Place::Sample => read_samples(cursor, columns),
            Place::Behind => {
                cursor.token()?;
                Err(cursor
                    .fault(Problem::Wrong("there are trailing characters behind the response")))
            }
        }
    }

    fn read_field(&mut self, key: &str, cursor: &mut Cursor<'_>) -> Result<Place, Fault> {
        match key {
            "status" => self.status = cursor.optional_text("\"status\" to be a string")?,
            "errorType" => {
                self.error_type = cursor.optional_text("\"errorType\" to be a string")?;
            }
            "error" => self.error = cursor.optional_text("\"error\" to be a string")?,
            "warnings" => {
                self.warnings = texts(cursor, "\"warnings\" to be a list of strings")?;
            }
            // VictoriaMetrics' word for an answer from some of its storage nodes.
            "isPartial" => {
                self.is_partial = cursor.token()? == b't';
                cursor.skip()?;
            }
            "infos" => self.infos = texts(cursor, "\"infos\" to be a list of strings")?,
            "data" => {
                self.has_data = !cursor.null()?;
                if self.has_data {
                    cursor.expect(
                        b'{',
                        "\"data\" to be an object with \"resultType\" and \"result\"",
                    )?;
                    return Ok(Place::Data);
                }
            }
            _ => cursor.skip()?,
        }
        Ok(Place::Response)
    }

    fn read_data(&mut self, key: &str, cursor: &mut Cursor<'_>) -> Result<Place, Fault> {
        match key {
            "resultType" => {
                self.result_type = cursor.optional_text("\"resultType\" to be a string")?;
            }
            "result" => {
                self.has_result = true;
                // Those are refused by their type once the envelope is read; their shape is not a
                // list of series.
                if !matches!(self.result_type.as_deref(), Some("scalar" | "string")) {
                    cursor.expect(b'[', "\"result\" to be a list of series")?;
                    return Ok(Place::Result);
                }
                cursor.skip()?;
            }
            _ => cursor.skip()?,
        }
        Ok(Place::Data)
    }

    /// Ends a response of so many bytes: adds its messages to the batch; returns the server's error
    /// sentence if the response is an error.
    pub(super) fn finish(
        self,
        bytes: usize,
        batch: &mut SampleBatch,
    ) -> Result<Option<String>, Error> {
        match self.place {
            Place::Before => return Err(fault::empty()),
            Place::Behind => {}
            _ => return Err(fault::cut_off(bytes)),
        }
        if self.status.as_deref() == Some("error") {
            let kind = self.error_type.unwrap_or_else(|| "error".to_owned());
            let text = self.error.unwrap_or_else(|| "no text given".to_owned());
            return Ok(Some(format!("the server answered with an error ({kind}): {text}")));
        }
        if !self.has_data {
            return Err(Error::bad_data(
                "the input is not a Prometheus range response: there is no \"data\" in it",
            ));
        }
        match self.result_type.as_deref() {
            Some("matrix" | "vector") => {}
            Some(other) => {
                return Err(Error::bad_data(format!(
                    "the response's result type is \"{other}\"; a range query answers with \"matrix\""
                )));
            }
            None => {
                return Err(Error::bad_data(
                    "the input is not a Prometheus range response: \"resultType\" is missing",
                ));
            }
        }
        if !self.has_result {
            return Err(Error::bad_data(
                "the input is not a Prometheus range response: \"result\" is missing",
            ));
        }
        let mut warnings = self.warnings;
        if self.is_partial {
            warnings.push(PARTIAL.to_owned());
        }
        for (level, texts) in [(NoticeLevel::Warning, warnings), (NoticeLevel::Info, self.infos)] {
            for text in texts {
                batch.notices.push(Notice { level, text, query: None });
            }
        }
        Ok(None)
    }
}
