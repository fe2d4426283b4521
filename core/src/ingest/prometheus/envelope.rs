//! What stands around the series: status, type of the result, errors, warnings.

use super::columns::Columns;
use super::series::read_series;
use crate::error::Error;
use crate::ingest::batch::{Notice, NoticeLevel, SampleBatch};
use crate::json::{Cursor, Fault, Problem};

#[derive(Default)]
pub(super) struct Envelope {
    status: Option<String>,
    error_type: Option<String>,
    error: Option<String>,
    has_data: bool,
    result_type: Option<String>,
    has_result: bool,
    warnings: Vec<String>,
    infos: Vec<String>,
}

/// Reads one response to its end; its samples go to the columns.
pub(super) fn read(bytes: &[u8], columns: &mut Columns) -> Result<Envelope, Fault> {
    let mut cursor = Cursor::new(bytes);
    let mut envelope = Envelope::default();
    cursor.expect(b'{', "an object with \"status\" and \"data\"")?;
    let mut first = true;
    while let Some(key) = cursor.next_key(&mut first)? {
        match &*key {
            "status" => envelope.status = cursor.optional_text("\"status\" to be a string")?,
            "errorType" => envelope.error_type = cursor.optional_text("\"errorType\" to be a string")?,
            "error" => envelope.error = cursor.optional_text("\"error\" to be a string")?,
            "warnings" => envelope.warnings = texts(&mut cursor, "\"warnings\" to be a list of strings")?,
            "infos" => envelope.infos = texts(&mut cursor, "\"infos\" to be a list of strings")?,
            "data" => envelope.read_data(&mut cursor, columns)?,
            _ => cursor.skip()?,
        }
    }
    match cursor.token() {
        Err(_) => Ok(envelope),
        Ok(_) => Err(cursor.fault(Problem::Wrong("there are trailing characters behind the response"))),
    }
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
    fn read_data(&mut self, cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<(), Fault> {
        self.has_data = !cursor.null()?;
        if !self.has_data {
            return Ok(());
        }
        cursor.expect(b'{', "\"data\" to be an object with \"resultType\" and \"result\"")?;
        let mut first = true;
        while let Some(key) = cursor.next_key(&mut first)? {
            match &*key {
                "resultType" => self.result_type = cursor.optional_text("\"resultType\" to be a string")?,
                "result" => {
                    self.has_result = true;
                    if matches!(self.result_type.as_deref(), Some("scalar" | "string")) {
                        // Refused by its type once the envelope is read; its shape is not a list of series.
                        cursor.skip()?;
                    } else {
                        read_result(cursor, columns)?;
                    }
                }
                _ => cursor.skip()?,
            }
        }
        Ok(())
    }

    /// Adds the messages to the batch; returns the server's error sentence if the response is an error.
    pub(super) fn finish(self, batch: &mut SampleBatch) -> Result<Option<String>, Error> {
        if self.status.as_deref() == Some("error") {
            let kind = self.error_type.unwrap_or_else(|| "error".to_owned());
            let text = self.error.unwrap_or_else(|| "no text given".to_owned());
            return Ok(Some(format!("the server answered with an error ({kind}): {text}")));
        }
        if !self.has_data {
            return Err(Error::bad_data("the input is not a Prometheus range response: there is no \"data\" in it"));
        }
        match self.result_type.as_deref() {
            Some("matrix" | "vector") => {}
            Some(other) => {
                return Err(Error::bad_data(format!(
                    "the response's result type is \"{other}\"; a range query answers with \"matrix\""
                )));
            }
            None => {
                return Err(Error::bad_data("the input is not a Prometheus range response: \"resultType\" is missing"));
            }
        }
        if !self.has_result {
            return Err(Error::bad_data("the input is not a Prometheus range response: \"result\" is missing"));
        }
        let warnings = self.warnings.into_iter().map(|text| (NoticeLevel::Warning, text));
        let infos = self.infos.into_iter().map(|text| (NoticeLevel::Info, text));
        batch.notices.extend(warnings.chain(infos).map(|(level, text)| Notice { level, text, query: None }));
        Ok(None)
    }
}

fn read_result(cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<(), Fault> {
    cursor.expect(b'[', "\"result\" to be a list of series")?;
    let mut first = true;
    while cursor.next_item(&mut first, b']')? {
        read_series(cursor, columns)?;
    }
    Ok(())
}
