//! How the relay itself stands.

use super::problem::{Kind, Problem};
use super::route::{Answer, Call};
use super::shape::Nothing;
use super::shown::Relay;

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Relay>, Problem> {
    let ready = call.shared.health.ready().await;
    let figures = call.shared.switchboard.figures().await.map_err(|_| Problem::own(Kind::Busy))?;
    Ok(Answer::of(Relay {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ready: ready.is_ok(),
        not_ready_because: ready.err().map(|why| why.words().trim().to_owned()),
        developer: call.shared.developer,
        rep_connections: figures.rep_connections,
        customer_connections: figures.customer_connections,
        reps_signed_in: figures.reps_signed_in,
        codes: figures.codes,
        sessions_running: figures.sessions_running,
    }))
}
