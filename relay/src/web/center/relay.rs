//! The relay itself, for operators.

use super::frame::Frame;
use crate::clock::unix_s;
use crate::health::NotReady;
use crate::hub::Figures;
use crate::shared::Shared;
use crate::web::access::Member;
use crate::web::page::{Page, html};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::time::{Zone, length};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "center/relay.html")]
struct RelayPage {
    page: Page,
    frame: Frame,
    version: &'static str,
    look: &'static str,
    state: String,
    started: String,
    up: String,
    /// When the certificate that an authority gave out ends; empty: there is none.
    certificate_until: String,
    reps: u64,
    customers: u64,
    signed_in: u64,
    codes: u64,
    sessions: u64,
    developer: bool,
    store_errors: u64,
    audit_lost: u64,
}

/// `GET`: how it is.
pub async fn show(State(shared): State<Arc<Shared>>, visit: Visit, member: Member) -> Response {
    let Ok(figures) = shared.switchboard.figures().await else {
        return problem::page(&visit, Problem::Busy);
    };
    let Figures { rep_connections, customer_connections, reps_signed_in, codes, sessions_running, .. } = figures;
    let (look, state) = match shared.health.ready().await {
        Ok(()) => ("good", "relay-ready"),
        Err(NotReady::Draining) => ("caution", "relay-draining"),
        Err(NotReady::Store) => ("danger", "relay-store"),
        Err(NotReady::Certificate) => ("danger", "relay-unvouched"),
    };
    let started_s = shared.counters.started_s();
    let zone = Zone::utc();
    let certificate_ends_s = Some(shared.counters.certificate_ends_s()).filter(|ends_s| *ends_s > 0);
    let relay = RelayPage {
        page: Page::new(&visit, "center-relay"),
        frame: Frame::new(&visit, &member),
        version: env!("CARGO_PKG_VERSION"),
        look,
        state: t(visit.language, state, &[]),
        started: format!("{} {}", zone.show(started_s), zone.name),
        up: length(u64::try_from(unix_s().saturating_sub(started_s)).unwrap_or(0)),
        certificate_until: certificate_ends_s
            .map(|ends_s| format!("{} {}", zone.show(ends_s), zone.name))
            .unwrap_or_default(),
        reps: rep_connections,
        customers: customer_connections,
        signed_in: reps_signed_in,
        codes,
        sessions: sessions_running,
        developer: shared.developer,
        store_errors: shared.counters.store_errors(),
        audit_lost: shared.counters.audit_lost(),
    };
    html(StatusCode::OK, &relay)
}
