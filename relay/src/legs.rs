//! Leg tickets: what lets one end of a session use the packet forwarder. To the forwarder a session is its [`LegId`].

use crate::clock::unix_s;
use crate::token::LegId;
use lotse_forwarder::Sessions;
use lotse_protocol::control::{Leg, Side};
use lotse_transport::bind::{self, LegTicket, RelayKey};

/// How long a ticket binds at most, in seconds; when its session ends, or its customer leaves during pairing, it is over
/// before. Only a new address needs it again, and a program whose ticket is too old takes up its session over the control
/// connection and gets another.
const LIFETIME_S: u64 = 7 * 24 * 3600;

/// Issues tickets for one forwarder.
#[derive(Clone)]
pub struct Legs {
    key: RelayKey,
    udp_port: u16,
    sessions: Sessions,
}

impl Legs {
    /// For the forwarder that checks with `key` at `udp_port` and serves `sessions`.
    pub fn new(key: RelayKey, udp_port: u16, sessions: Sessions) -> Self {
        Self { key, udp_port, sessions }
    }

    /// These tickets are over.
    pub fn close(&self, leg: LegId) {
        self.sessions.close(&leg.0);
    }

    /// For how long the two ends with these tickets have not talked, in milliseconds; `None` if they never have.
    pub fn quiet_ms(&self, leg: LegId) -> Option<u64> {
        self.sessions.quiet(&leg.0).map(|quiet| u64::try_from(quiet.as_millis()).unwrap_or(u64::MAX))
    }

    /// A ticket for one end.
    pub fn issue(&self, leg: LegId, side: Side) -> Leg {
        let side = match side {
            Side::Rep => bind::Side::Rep,
            Side::Customer => bind::Side::Customer,
        };
        self.sessions.open(leg.0);
        let expires = u64::try_from(unix_s()).unwrap_or(0).saturating_add(LIFETIME_S);
        let LegTicket { token, secret } = self.key.issue(leg.0, side, expires);
        Leg { udp_port: self.udp_port, token, secret }
    }
}
