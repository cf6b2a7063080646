//! The end of an instance: what it held is let go, and whoever waits for it is told.
//!
//! Its task holds one for as long as it runs, so this happens however it ends, by a panic, too.

use std::sync::Arc;

use crate::event::Event;
use crate::fault::AuditKind;
use crate::queue::Queued;
use crate::state::Shared;
use crate::stats::State;

/// Written by the instance's task when it ends, however it ends.
pub(crate) struct Farewell(pub Arc<Shared>);

impl Drop for Farewell {
    fn drop(&mut self) {
        let Self(shared) = self;
        shared.queue.close();
        for queued in shared.queue.drain() {
            match queued {
                Queued::Event(Event::StreamOpened { stream, .. }) => {
                    shared.host.stream_reset(stream);
                    shared.host.stream_drop(stream);
                }
                Queued::Event(Event::Chosen { capture: Some(capture), .. }) => shared.host.capture_drop(capture),
                Queued::Event(_) | Queued::Render { .. } => {}
            }
        }
        shared.release_all();
        {
            let mut state = shared.counters.state.lock();
            if !matches!(*state, State::Evicted(_)) {
                *state = State::Stopped;
            }
        }
        shared.audit(AuditKind::Stopped);
        shared.ended.send_replace(true);
    }
}
