//! Requests to an authority: TLS 1.3, HTTP/1.1, one connection a request, everything within bounds. No redirect is followed.
//!
//! How long a refusal asks to be left alone is noted here, since the library above does not tell.

use super::attempts::ASKED_S_MAX;
use axum::body::Body;
use axum::http::header::{HOST, RETRY_AFTER};
use axum::http::response::Parts;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::future::{Either, select};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use parking_lot::Mutex;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// For one request with all that belongs to it. Authorities sign while they are being waited for.
const WITHIN: Duration = Duration::from_secs(30);
/// An answer's head, in bytes, and the number of its fields.
const HEAD_BYTES_MAX: usize = 32 * 1024;
const FIELDS_MAX: usize = 100;
/// An answer's body, in bytes: the longest is an order with its names, or a chain of certificates.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    #[error("it named an address without https")]
    NoHttps,
    #[error("its name is none for TLS")]
    Name,
    #[error("no connection: {0}")]
    Connect(io::Error),
    #[error("no TLS: {0}")]
    Tls(io::Error),
    #[error("no HTTP: {0}")]
    Http(hyper::Error),
    #[error("its answer is too long or broken off: {0}")]
    Body(axum::Error),
    #[error("it answers {0} and no directory")]
    NoDirectory(StatusCode),
    #[error("no answer within 30 seconds")]
    Slow,
}

/// Sends requests. Copies agree on what was noted.
#[derive(Clone)]
pub struct Https {
    tls: TlsConnector,
    asked_s: Arc<Mutex<Option<u64>>>,
}

impl Https {
    /// Over TLS that is set up so.
    pub fn new(config: rustls::ClientConfig) -> Self {
        Self { tls: TlsConnector::from(Arc::new(config)), asked_s: Arc::default() }
    }

    /// How long the last refusal since the last call asks to be left alone, in seconds, if it does.
    pub fn take_asked_s(&self) -> Option<u64> {
        self.asked_s.lock().take()
    }
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let Self { tls, asked_s } = self.clone();
        Box::pin(async move {
            // Nothing else is asked for so.
            let asks_for_directory = request.method() == Method::GET;
            let exchange = tokio::time::timeout(WITHIN, exchange(&tls, request)).await.unwrap_or(Err(Unanswered::Slow));
            let exchange = exchange.and_then(|(parts, body)| {
                if asks_for_directory {
                    is_directory(parts.status, &body)?;
                }
                Ok((parts, body))
            });
            let (mut parts, body) = exchange.map_err(|error| Error::Other(Box::new(error)))?;
            if let Some(seconds) = pause_s(&mut parts) {
                *asked_s.lock() = Some(seconds);
            }
            Ok(BytesResponse { parts, body: Box::new(body) })
        })
    }
}

/// The part of a directory that every other request begins with (RFC 8555, section 7.1.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Directory {
    new_nonce: String,
}

/// Refuses what is no directory. The library above takes the address in it as it stands, and ends the program where it is none.
fn is_directory(status: StatusCode, body: &[u8]) -> Result<(), Unanswered> {
    let directory: Option<Directory> = serde_json::from_slice(body).ok();
    let address: Option<Uri> = directory.and_then(|directory| directory.new_nonce.parse().ok());
    match address.ok_or(Unanswered::NoDirectory(status))?.scheme_str() {
        Some("https") => Ok(()),
        Some(_) | None => Err(Unanswered::NoHttps),
    }
}

/// How long a refusal asks to be left alone, in seconds. The library above adds to the present whatever is left in the field,
/// and ends the program where that comes to no moment; so only a number within bounds is left.
fn pause_s(parts: &mut Parts) -> Option<u64> {
    let field = parts.headers.remove(RETRY_AFTER)?;
    let seconds = field.to_str().ok()?.trim().parse::<u64>().ok()?.min(ASKED_S_MAX);
    parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    let refused = parts.status.is_client_error() || parts.status.is_server_error();
    refused.then_some(seconds)
}

async fn exchange(tls: &TlsConnector, mut request: Request<BodyWrapper<Bytes>>) -> Result<(Parts, Bytes), Unanswered> {
    let (name, host, port) = destination(&mut request)?;
    let tcp = TcpStream::connect((host.as_str(), port)).await.map_err(Unanswered::Connect)?;
    let stream = tls.connect(name, tcp).await.map_err(Unanswered::Tls)?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(FIELDS_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(Unanswered::Http)?;
    let answered = pin!(async move {
        let answer: Response<Incoming> = sender.send_request(request).await.map_err(Unanswered::Http)?;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(Body::new(body), BODY_BYTES_MAX).await.map_err(Unanswered::Body)?;
        Ok((parts, body))
    });
    match select(answered, pin!(connection)).await {
        Either::Left((answered, _)) => answered,
        // It has ended with the answer or without: that the answer itself knows.
        Either::Right((_, answered)) => answered.await,
    }
}

/// Where a request goes. What it says of that becomes what HTTP/1.1 has on a connection of its own.
fn destination(request: &mut Request<BodyWrapper<Bytes>>) -> Result<(ServerName<'static>, String, u16), Unanswered> {
    let uri = request.uri().clone();
    if uri.scheme_str() != Some("https") {
        return Err(Unanswered::NoHttps);
    }
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or(Unanswered::Name)?;
    // An IPv6 address stands in brackets.
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host.clone()).map_err(|_| Unanswered::Name)?;
    let field = HeaderValue::from_str(authority.as_str()).map_err(|_| Unanswered::Name)?;
    let port = authority.port_u16().unwrap_or(443);
    request.headers_mut().insert(HOST, field);
    let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    Ok((name, host, port))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(url: &str) -> Request<BodyWrapper<Bytes>> {
        Request::builder().uri(url).body(BodyWrapper::default()).unwrap()
    }

    #[test]
    fn requests_go_where_they_say_and_by_https_alone() {
        let mut asked = request("https://ca.example:14000/dir?x=1");
        let (name, host, port) = destination(&mut asked).unwrap();
        assert_eq!((name.to_str().as_ref(), host.as_str(), port), ("ca.example", "ca.example", 14_000));
        assert_eq!(asked.uri(), "/dir?x=1");
        assert_eq!(asked.headers()[HOST], "ca.example:14000");
        let (_, host, port) = destination(&mut request("https://[::1]/")).unwrap();
        assert_eq!((host.as_str(), port), ("::1", 443));
        for bad in ["http://ca.example/dir", "/dir", "https://u:p@ca.example/"] {
            assert!(destination(&mut request(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pause_that_is_asked_for_has_bounds_before_anybody_reckons_with_it() {
        let parts = |status: StatusCode, field: &str| {
            Response::builder().status(status).header(RETRY_AFTER, field).body(()).unwrap().into_parts().0
        };
        let mut refused = parts(StatusCode::TOO_MANY_REQUESTS, "120");
        assert_eq!(pause_s(&mut refused), Some(120));
        let mut hostile = parts(StatusCode::SERVICE_UNAVAILABLE, "18446744073709551615");
        assert_eq!(pause_s(&mut hostile), Some(86_400));
        assert_eq!(hostile.headers[RETRY_AFTER], "86400");
        let mut waiting = parts(StatusCode::OK, "3");
        assert_eq!(pause_s(&mut waiting), None, "no refusal");
        assert_eq!(waiting.headers[RETRY_AFTER], "3");
        for odd in ["Fri, 31 Dec 9999 23:59:59 GMT", "-1", "soon", ""] {
            let mut odd = parts(StatusCode::OK, odd);
            assert_eq!(pause_s(&mut odd), None);
            assert!(!odd.headers.contains_key(RETRY_AFTER));
        }
    }

    #[tokio::test]
    async fn an_authority_that_is_not_there_or_speaks_no_tls_is_said_so() {
        let https = Https::new(crate::tls::client(None, "--acme-ca").unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
        let silent = async {
            // Whoever comes is sent what no TLS is.
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-hello\r\n").await.unwrap();
            stream
        };
        let (answer, _stream) = tokio::join!(https.request(request(&url)), silent);
        assert!(matches!(answer, Err(Error::Other(error)) if matches!(error.downcast_ref(), Some(Unanswered::Tls(_)))));
        drop(listener);
        let answer = https.request(request(&url)).await;
        assert!(
            matches!(answer, Err(Error::Other(error)) if matches!(error.downcast_ref(), Some(Unanswered::Connect(_))))
        );
    }
}
