//! Lists in pages. A page begins behind the last row of the one before, so that what comes in meanwhile moves nothing.

use super::problem::Problem;
use super::shape::{Fields, Schemas, Shape, Wrong, shape, with_facts};
use crate::hub::LivePlace;
use crate::store::{PAGE_MAX, ReportKey};
use crate::token::hex;
use lotse_protocol::control::SessionId;
use serde_json::{Value, json};

/// Rows of a page if nothing is said.
const USUAL: u32 = 100;

shape! {
    /// Which page of a list.
    pub struct Asked {
        limit: Option<u32> = "Rows of a page; 100 if not given.", 50, { "minimum": 1, "maximum": 500 };
        cursor: Option<String> = "Where the page begins: `next` of the page before.", "120", { "maxLength": 64 };
    }
}

/// Before the number of a place at the front, in a cursor.
const FRONT: &str = "f";
const _: () = assert!(PAGE_MAX == 500, "as the bound above says");

impl Asked {
    /// Rows of the page.
    pub fn rows(&self) -> u32 {
        rows(self.limit)
    }

    /// The number behind which the page begins.
    pub fn behind(&self) -> Result<Option<i64>, Problem> {
        behind(self.cursor.as_deref())
    }
}

/// Rows of a page, where so many were asked for.
pub fn rows(limit: Option<u32>) -> u32 {
    limit.unwrap_or(USUAL).clamp(1, PAGE_MAX)
}

/// The number that a cursor is.
pub fn behind(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let plain = (1..=19).contains(&cursor.len()) && cursor.bytes().all(|digit| digit.is_ascii_digit());
    let number = if plain { cursor.parse().ok() } else { None };
    number.map(Some).ok_or_else(no_cursor)
}

fn no_cursor() -> Problem {
    Problem::field("cursor", "is none of this list: take `next` of the page before as it is")
}

/// The cursor of a session in a list of reports.
pub fn report_cursor(key: &ReportKey) -> String {
    format!("{}-{}", key.started_s, hex(&key.session.0))
}

/// The session behind which the page begins.
pub fn report_key(cursor: Option<&str>) -> Result<Option<ReportKey>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let (at, session) = cursor.split_once('-').ok_or_else(no_cursor)?;
    let started_s = behind(Some(at))?.ok_or_else(no_cursor)?;
    let session = session_id(session).ok_or_else(no_cursor)?;
    Ok(Some(ReportKey { started_s, session }))
}

/// The cursor of a place among questions that wait.
pub fn place_cursor(place: LivePlace) -> String {
    let LivePlace { front, number } = place;
    format!("{}{number}", if front { FRONT } else { "" })
}

/// The place behind which the page begins.
pub fn place(cursor: Option<&str>) -> Result<Option<LivePlace>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let (front, digits) = cursor.strip_prefix(FRONT).map_or((false, cursor), |digits| (true, digits));
    let number = behind(Some(digits))?.and_then(|number| u64::try_from(number).ok()).ok_or_else(no_cursor)?;
    Ok(Some(LivePlace { front, number }))
}

/// A session's id in its 32 digits.
pub fn session_id(text: &str) -> Option<SessionId> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let digits = digits?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0_u8, |byte: u8, digit: &u8| byte * 16 + digit)).collect();
    if digits.len() % 2 == 1 { None } else { bytes.try_into().ok().map(SessionId) }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Rows that were asked for with one more than the page has: if it came, there is a next page behind the last row.
    pub fn of(mut items: Vec<T>, rows: u32, number: impl Fn(&T) -> i64) -> Self {
        let rows = rows as usize;
        let more = items.len() > rows;
        items.truncate(rows);
        let next = items.last().filter(|_| more).map(|last| number(last).to_string());
        Self { items, next }
    }
}

impl<T: Shape> Shape for Page<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": { "type": "array", "items": T::schema(schemas) },
                "next": with_facts(
                    <Option<String>>::schema(schemas),
                    json!({ "description": "The cursor of the next page; null: this is the last." }),
                ),
            },
            "additionalProperties": false,
        })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        let mut fields = Fields::of(value)?;
        let items: Option<Vec<T>> = fields.take("items", &Value::Null);
        let next: Option<Option<String>> = fields.take("next", &Value::Null);
        fields.done()?;
        Ok(Self { items: items.unwrap_or_default(), next: next.flatten() })
    }

    fn write(self) -> Value {
        json!({ "items": self.items.write(), "next": self.next })
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
