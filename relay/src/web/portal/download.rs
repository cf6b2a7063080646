//! `GET /get/{file}`: a customer's program, whole or a part of it.

use super::super::problem::{self, Problem};
use super::super::visit::Visit;
use super::programs::{Offer, PIECE_BYTES};
use crate::places::Place;
use crate::shared::Shared;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Sends the program of this name; ranges go on where a download broke off.
pub async fn get(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Response {
    let Some(offer) = shared.portal_pages.programs.named(&file).await else {
        return problem::page(&visit, Problem::Missing);
    };
    let etag = format!("\"{}\"", offer.sha256);
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if said(header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|of| of.trim() == etag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    // A part of another version would make no program.
    let same = said(header::IF_RANGE).is_none_or(|of| of == etag);
    let part = match said(header::RANGE).filter(|_| same).and_then(|range| Part::of(range, offer.bytes)) {
        Some(Part { first, bytes: 0 }) => return beyond(offer.bytes, first),
        Some(part) => part,
        None => Part { first: 0, bytes: offer.bytes },
    };
    let Some(place) = shared.portal_pages.downloads.take(visit.address) else {
        return problem::page(&visit, Problem::Busy);
    };
    // It has changed since it was looked at a moment ago: the next request finds the new one.
    let Some(file) = offer.open() else { return problem::page(&visit, Problem::Busy) };
    let whole = part.bytes == offer.bytes;
    let body = body(Reading { file: Arc::new(file), at: part.first, left: part.bytes, _place: place });
    let mut response = (if whole { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT }, body).into_response();
    describe(response.headers_mut(), &offer, &etag, (!whole).then_some(&part));
    response
}

fn describe(headers: &mut HeaderMap, offer: &Offer, etag: &str, part: Option<&Part>) {
    let length = part.map_or(offer.bytes, |part| part.bytes);
    let disposition = format!("attachment; filename=\"{}\"", offer.target.file);
    let fixed = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::ETAG, etag.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // Kept, and asked for again: the operator may have put a newer one there.
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    for (name, value) in fixed {
        // Names of the list and hexadecimal digits are good values.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(Part { first, bytes }) = part
        && let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{}/{}", first + bytes - 1, offer.bytes))
    {
        headers.insert(header::CONTENT_RANGE, range);
    }
}

/// What was asked for begins behind the end.
fn beyond(bytes: u64, first: u64) -> Response {
    tracing::debug!(first, bytes, "a part behind the end was asked for");
    (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{bytes}"))]).into_response()
}

/// A part of a file; without a byte: behind its end.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    first: u64,
    bytes: u64,
}

impl Part {
    /// Of a `Range` with one part (RFC 9110, 14.1.2). `None`: several, or something else, for which everything is sent.
    fn of(range: &str, bytes: u64) -> Option<Self> {
        let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| -> Option<u64> {
            (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
        };
        let (first, last) = match (from.is_empty(), to.is_empty()) {
            (true, _) => (bytes.saturating_sub(number(to)?), bytes.checked_sub(1)?),
            (false, true) => (number(from)?, bytes.checked_sub(1)?),
            (false, false) => {
                let (first, last) = (number(from)?, number(to)?);
                if last < first {
                    return None;
                }
                (first, last.min(bytes.checked_sub(1)?))
            }
        };
        Some(Self { first, bytes: (last + 1).saturating_sub(first) })
    }
}

/// A file that is being sent.
struct Reading {
    file: Arc<File>,
    at: u64,
    left: u64,
    _place: Place,
}

fn body(reading: Reading) -> Body {
    Body::from_stream(futures_util::stream::try_unfold(reading, |mut reading| async move {
        if reading.left == 0 {
            return Ok(None);
        }
        let piece = read(reading.file.clone(), reading.at, reading.left).await?;
        let count = piece.len() as u64;
        reading.at += count;
        reading.left -= count;
        Ok::<_, io::Error>(Some((piece, reading)))
    }))
}

/// At most a piece; a file that has become shorter is an error, since its length was said.
async fn read(file: Arc<File>, at: u64, left: u64) -> io::Result<Bytes> {
    let length = usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
    let reading = tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; length];
        file.read_exact_at(&mut piece, at).map(|()| Bytes::from(piece))
    });
    reading.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_and_nonsense_means_everything() {
        let part = |first, bytes| Some(Part { first, bytes });
        for (range, wanted) in [
            ("bytes=0-99", part(0, 100)),
            ("bytes=900-", part(900, 100)),
            ("bytes=-100", part(900, 100)),
            ("bytes=-5000", part(0, 1000)),
            ("bytes=500-5000", part(500, 500)),
            ("bytes=1000-", part(1000, 0)),
            ("bytes=2000-3000", part(2000, 0)),
            ("bytes=5-4", None),
            ("bytes=0-1,5-6", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("bytes=99999999999999999999-", None),
            ("lines=0-1", None),
            ("", None),
        ] {
            assert_eq!(Part::of(range, 1000), wanted, "{range}");
        }
        assert_eq!(Part::of("bytes=0-", 0), None);
    }
}
