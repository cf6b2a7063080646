//! A session's name, each side's way into it, and why a code leads into none.

use super::{PluginRef, Secret};
use crate::licence::SignedLicence;
use serde::{Deserialize, Serialize};

/// How long a session whose customer is gone waits for the same customer, in seconds (N4).
pub const CUSTOMER_WAIT_S: u64 = 10 * 60;

/// Names a session everywhere. Random; it is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionId(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One side's way into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionOffer {
    pub session: SessionId,
    /// What takes this session up again from here ([`ToRelay::Resume`](super::ToRelay::Resume)).
    pub token: Secret,
    pub leg: Leg,
    pub rep: String,
    pub account: String,
    pub customer: String,
    pub system: String,
    /// The plugins of this session, the same on both sides, in the order that numbers them on the wire.
    pub plugins: Vec<PluginRef>,
    /// This offer takes up a session that was running; keys are those of before.
    pub resumed: bool,
    /// The account's licence. Without one nothing that asks for a feature is started.
    #[serde(default)]
    pub licence: Option<SignedLicence>,
    /// What the customer asked on the portal's page; empty if the session began with a code that was read aloud.
    #[serde(default)]
    pub question: String,
    /// Name of the portal; empty likewise.
    #[serde(default)]
    pub portal: String,
}

/// One leg through the relay's packet forwarder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Leg {
    /// UDP port on the relay's own address.
    pub udp_port: u16,
    #[serde(with = "serde_bytes")]
    pub token: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub secret: [u8; 32],
}

/// Why a code did not lead into a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinFailure {
    /// Never given out, mistyped in its first half, or long gone.
    Unknown,
    Expired,
    Used,
    /// The rep's program is not connected.
    RepGone,
    /// Too many wrong codes from this address; try again after so many seconds.
    TooMany {
        wait_s: u64,
    },
    /// The rep has as many sessions as the licence allows; the code leads on when one of them is over.
    RepBusy,
}
