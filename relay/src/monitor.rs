//! The operator's own address: health, readiness and metrics over plain HTTP. It is off unless it is asked for, and belongs
//! on an address that strangers do not reach.

use crate::health;
use crate::http::{self, Bounds};
use crate::metrics;
use crate::shared::Shared;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

const METRICS_PATH: &str = "/metrics";
/// Of the text format of Prometheus.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
const WITHIN: Duration = Duration::from_secs(5);
const BOUNDS: Bounds = Bounds { head_bytes: 8 * 1024, head_within: WITHIN, within: WITHIN };
/// Connections at once: a few collectors and people.
const CONNECTIONS_MAX: usize = 32;
/// How long the hub may take to count. It is asked behind everything that waits for it.
const COUNT_WITHIN: Duration = Duration::from_secs(3);
/// After accepting failed (out of file handles, mostly).
const PAUSE: Duration = Duration::from_millis(200);

/// What is looked at.
pub struct Monitored {
    pub shared: Arc<Shared>,
    pub packets: Arc<lotse_forwarder::Metrics>,
}

/// Answers until the relay ends; what is being answered then is let go.
pub async fn run(listener: TcpListener, monitored: Monitored, mut ending: watch::Receiver<bool>) {
    let router = Router::new()
        .route(health::HEALTH_PATH, get(health::healthy))
        .route(health::READY_PATH, get(ready))
        .route(METRICS_PATH, get(page))
        .fallback(health::nothing_here)
        .with_state(Arc::new(monitored));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = ending.wait_for(|ending| *ending) => return,
        };
        match accepted {
            // Closed at once: whoever asks that often asks again.
            Ok(_) if connections.len() >= CONNECTIONS_MAX => {}
            Ok((stream, _)) => drop(connections.spawn(http::serve(stream, router.clone(), BOUNDS, ending.clone()))),
            Err(error) => {
                tracing::warn!(%error, "a connection for metrics could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn ready(State(monitored): State<Arc<Monitored>>) -> Response {
    health::answer(&monitored.shared.health).await
}

async fn page(State(monitored): State<Arc<Monitored>>) -> Response {
    let Monitored { shared, packets } = &*monitored;
    let figures = tokio::time::timeout(COUNT_WITHIN, shared.switchboard.figures()).await;
    let Ok(Ok(figures)) = figures else {
        return health::plain(StatusCode::SERVICE_UNAVAILABLE, "the relay is too busy to count, or is ending\n");
    };
    let ready = shared.health.ready().await.is_ok();
    let text = metrics::page(ready, &figures, &shared.counters, &packets.report());
    let mut response = health::plain(StatusCode::OK, text);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(METRICS_TYPE));
    response
}
