//! HTTP/1.1 on a stream, within bounds: the size of a head, the number of its fields, and the time for all of it.

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

const HEADERS_MAX: usize = 64;

/// Bounds of one connection.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of a request's head, in bytes; 8,192 at least.
    pub head_bytes: usize,
    /// From the connection's begin to the last answer's end, or until it becomes a WebSocket.
    pub within: Duration,
}

/// Answers what is asked on `stream`, until it is closed, becomes a WebSocket, or its time is over.
pub async fn serve<S>(stream: S, router: Router, bounds: Bounds)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.within)
        .max_headers(HEADERS_MAX)
        .max_buf_size(bounds.head_bytes)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    match tokio::time::timeout(bounds.within, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection ended before it became a WebSocket"),
        Err(_) => tracing::debug!("a connection took too long over its request"),
    }
}
