//! Parts of pages that keep themselves up to date: server-sent events with the part as HTML, sent when it differs from
//! before.
//!
//! Such a stream has a place of its own, so many in all and by address, ends with the relay and after some minutes, and
//! the browser asks again by itself.

use super::problem::{self, Problem};
use super::visit::Visit;
use crate::places::{Place, Places};
use crate::shared::Shared;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// How often a part is drawn anew: what is changed shows within two seconds.
const EVERY: Duration = Duration::from_secs(1);
/// Then the browser asks anew, and it is looked anew whether it may. Under what a connection may last.
const ROUNDS_MAX: u32 = 600;
const _: () = assert!(ROUNDS_MAX as u64 * EVERY.as_secs() < crate::listener::CONNECTION_WITHIN.as_secs());
/// Streams at once. Each costs a look a second.
const STREAMS_MAX: u32 = 500;
/// Streams at once from one address: a large office behind one.
const STREAMS_PER_ADDRESS_MAX: usize = 50;
/// Under the half minute after which some routers forget a connection.
const PING: Duration = Duration::from_secs(15);

/// Places for streams of a relay.
pub fn places() -> Places {
    Places::new(STREAMS_MAX, STREAMS_PER_ADDRESS_MAX)
}

struct Live<F> {
    draw: F,
    last: Option<String>,
    rounds: u32,
    ending: watch::Receiver<bool>,
    _place: Place,
}

/// A stream of what `draw` makes. It ends when that makes nothing, as for whom is not signed in any more.
pub fn stream<F, D>(shared: &Shared, visit: &Visit, draw: F) -> Response
where
    F: FnMut() -> D + Send + 'static,
    D: Future<Output = Option<String>> + Send + 'static,
{
    let Some(place) = shared.streams.take(visit.address) else {
        return problem::page(visit, Problem::Busy);
    };
    let live = Live { draw, last: None, rounds: 0, ending: shared.ending.clone(), _place: place };
    let events = futures_util::stream::unfold(live, |mut live| async move {
        let part = live.next().await?;
        // The format has no other end of a line within a line.
        let event = Event::default().event("part").data(part.replace('\r', ""));
        Some((Ok::<_, Infallible>(event), live))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(PING)).into_response()
}

impl<F, D> Live<F>
where
    F: FnMut() -> D,
    D: Future<Output = Option<String>>,
{
    /// The part as soon as it is another than before.
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.rounds > 0 {
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    _ = self.ending.wait_for(|ending| *ending) => return None,
                }
            }
            self.rounds += 1;
            if self.rounds > ROUNDS_MAX {
                return None;
            }
            let part = (self.draw)().await?;
            if self.last.as_ref() != Some(&part) {
                self.last = Some(part.clone());
                return Some(part);
            }
        }
    }
}
