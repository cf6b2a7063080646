//! HTTP/1.1 on a stream, within bounds: the size of a head, the number of its fields, the time for it, and the time for all.

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

const HEADERS_MAX: usize = 64;
/// How long answers under way may take once the relay ends.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Bounds of one connection.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of a request's head, in bytes; 8,192 at least.
    pub head_bytes: usize,
    /// For a request's head, from the connection's begin or the end of the answer before.
    pub head_within: Duration,
    /// From the connection's begin to the last answer's end, or until it becomes a WebSocket.
    pub within: Duration,
}

/// Answers what is asked on `stream`, until it is closed, becomes a WebSocket, its time is over, or the relay ends.
pub async fn serve<S>(stream: S, router: Router, bounds: Bounds, mut ending: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_within)
        .max_headers(HEADERS_MAX)
        .max_buf_size(bounds.head_bytes)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let served = async {
        tokio::select! {
            served = connection.as_mut() => return Some(served),
            _ = ending.wait_for(|ending| *ending) => {}
        }
        // A connection kept for the next request must not hold up the end.
        connection.as_mut().graceful_shutdown();
        tokio::time::timeout(LAST_ANSWERS, connection.as_mut()).await.ok()
    };
    match tokio::time::timeout(bounds.within, served).await {
        Ok(Some(Ok(()))) => {}
        Ok(Some(Err(error))) => tracing::debug!(%error, "a connection ended before it became a WebSocket"),
        Ok(None) => tracing::debug!("the relay ends before a connection did"),
        Err(_) => tracing::debug!("a connection took too long over its requests"),
    }
}
