//! N5 · No inactivity limit and no length limit, by the session's own clock.
//!
//! An end-to-end test can rest for seconds; here a year passes. What could end a session by itself has a clock in three
//! places, and each has its test: this machine, the relay's hub (`relay/tests/lasting.rs`), and the forwarder, through
//! which one packet a second goes even when nobody does anything (`engine/lasting.rs` there).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lotse_protocol::control::Side;
use lotse_session::{Event, Machine, State, WAIT_MS};

const HOUR_MS: u64 = 60 * 60 * 1000;
const HOURS: u64 = 365 * 24;

fn active(side: Side) -> Machine {
    let mut machine = Machine::new(side);
    let accepted = match side {
        Side::Rep => Event::PeerAccepted,
        Side::Customer => Event::Answered { begin: true },
    };
    for event in [
        Event::Met { resumed: false },
        Event::Paired,
        Event::PluginsReady,
        Event::LinkUp,
        Event::Greeted { compatible: true },
        accepted,
    ] {
        machine.handle(0, event);
    }
    assert_eq!(*machine.state(), State::Active);
    while machine.poll_action().is_some() {}
    machine
}

#[test]
fn n5_a_session_that_nobody_uses_for_a_year_is_still_there() {
    for side in [Side::Rep, Side::Customer] {
        let mut machine = active(side);
        for hour in 1..=HOURS {
            assert_eq!(machine.poll_wake_ms(), None, "{side:?}: nothing is due in hour {hour}");
            machine.handle_time(hour * HOUR_MS);
            assert_eq!(machine.poll_action(), None, "{side:?}: hour {hour}");
        }
        assert_eq!(*machine.state(), State::Active);
        // And its age takes nothing from how long the other side is waited for.
        let now_ms = HOURS * HOUR_MS;
        machine.handle(now_ms, Event::LinkDown);
        assert_eq!(*machine.state(), State::Lost { until_ms: now_ms + WAIT_MS });
        machine.handle_time(now_ms + WAIT_MS - 1);
        machine.handle(now_ms + WAIT_MS - 1, Event::LinkUp);
        machine.handle(now_ms + WAIT_MS - 1, Event::Greeted { compatible: true });
        assert_eq!(*machine.state(), State::Active);
    }
}
