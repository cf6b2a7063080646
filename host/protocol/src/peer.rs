//! The two ends of a session, end to end: nothing here is seen by the relay.
//!
//! The stream with the header [`CONTROL_HEADER`] carries [`PeerMessage`]s, each behind a 4-byte little-endian length.
//! Every other stream has a [`StreamHeader`] and belongs to a plugin. A datagram starts with the plugin's number in the
//! session's list, one byte.

use crate::control::{Secret, SessionId};
use crate::handover::Purpose;
use crate::wire::{self, PEER_BYTES_MAX, WireError};
use serde::{Deserialize, Serialize};

/// Version of what the two ends say to each other.
pub const VERSION: u32 = 1;
/// Header of the hosts' own stream; the customer's side opens it.
pub const CONTROL_HEADER: &[u8] = b"lotse";
/// Largest [`StreamHeader`], in bytes.
pub const HEADER_BYTES_MAX: usize = 1024;

/// What one host says to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerMessage {
    Hello {
        version: u32,
        program_version: String,
        name: String,
        /// Operating system in words.
        system: String,
        /// Consent was given ahead or unsigned plugins run: shown to both.
        developer: bool,
    },
    /// The customer's word on one thing, whenever it changes.
    Consent {
        what: String,
        state: ConsentState,
    },
    /// The customer has (or has not) opened the session to the rep: nothing else happens before.
    Accepted,
    Paused {
        on: bool,
    },
    End {
        reason: EndReason,
    },
    /// Plugins that run on this side, by their numbers: at each meeting, and when one was started later than the session. A
    /// half that was started later hears of the other side only when its other half is in here.
    Running {
        plugins: Vec<u8>,
    },
    /// From a rep's side: a colleague waits behind this code, ten digits, to come into the session. The customer is asked.
    Beside {
        code: Secret,
        /// What the relay calls them; it says so again to the customer's program.
        name: String,
        purpose: Purpose,
    },
    /// From the customer's side, in answer: the colleague did not come, or is gone again; or has come.
    BesideEnded {
        name: String,
        came: bool,
        /// The customer does not want it, or it cannot be: nobody else need try.
        #[serde(default)]
        refused: bool,
    },
    /// From the customer's side, whenever that changes: every rep who is in the session, as the customer's program has them.
    Present {
        reps: Vec<PresentRep>,
    },
    /// From a rep's side: a colleague who is in the session already, by the line of this session of theirs, takes the place of
    /// whoever says this. Answered as [`PeerMessage::Beside`] is.
    Lead {
        session: SessionId,
        /// What the relay calls them.
        name: String,
    },
}

/// A rep in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentRep {
    pub name: String,
    /// Sees and does nothing else.
    pub observing: bool,
    /// It is whoever is told this.
    pub you: bool,
}

/// How the customer stands to one kind of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsentState {
    NotAsked,
    Asked,
    Granted,
    Refused,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndReason {
    RepEnded,
    CustomerEnded,
    /// "Stop everything".
    CustomerStopped,
    /// The customer said no to the session itself.
    CustomerDeclined,
    /// Ten minutes without the customer.
    CustomerGone,
    RepGone,
    /// Programs of versions that cannot talk.
    Incompatible,
    /// Keys or code did not match.
    NotTrusted,
    /// One side could not get the session's plugins ready.
    PluginsFailed,
    /// Another rep has it now; for that one it goes on.
    HandedOver,
    /// Whoever looked on as a manager may do so no more; for the others it goes on.
    WatchingEnded,
}

impl EndReason {
    pub const ALL: [Self; 11] = [
        Self::RepEnded,
        Self::CustomerEnded,
        Self::CustomerStopped,
        Self::CustomerDeclined,
        Self::CustomerGone,
        Self::RepGone,
        Self::Incompatible,
        Self::NotTrusted,
        Self::PluginsFailed,
        Self::HandedOver,
        Self::WatchingEnded,
    ];

    /// What a customer's program makes of it when a rep says it: who has the session now is not for a rep to say.
    pub const fn said_by_rep(self) -> Self {
        match self {
            Self::HandedOver | Self::WatchingEnded => Self::RepEnded,
            Self::RepEnded
            | Self::CustomerEnded
            | Self::CustomerStopped
            | Self::CustomerDeclined
            | Self::CustomerGone
            | Self::RepGone
            | Self::Incompatible
            | Self::NotTrusted
            | Self::PluginsFailed => self,
        }
    }

    /// Its name in [`ToRelay::EndSession`](crate::control::ToRelay::EndSession), to plugins and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RepEnded => "RepEnded",
            Self::CustomerEnded => "CustomerEnded",
            Self::CustomerStopped => "CustomerStopped",
            Self::CustomerDeclined => "CustomerDeclined",
            Self::CustomerGone => "CustomerGone",
            Self::RepGone => "RepGone",
            Self::Incompatible => "Incompatible",
            Self::NotTrusted => "NotTrusted",
            Self::PluginsFailed => "PluginsFailed",
            Self::HandedOver => "HandedOver",
            Self::WatchingEnded => "WatchingEnded",
        }
    }

    /// The reason of that name; `None` for words of another version.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What a plugin's stream is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamHeader {
    /// Number of the plugin in the session's list.
    pub plugin: u8,
    pub label: String,
}

/// A message with its length before it.
pub fn frame(message: &PeerMessage) -> Result<Vec<u8>, WireError> {
    let body = wire::encode(message, PEER_BYTES_MAX)?;
    let mut out = (body.len() as u32).to_le_bytes().to_vec();
    out.extend(body);
    Ok(out)
}

/// Takes whole messages off a growing buffer. A message of an unknown kind is skipped: the peer is newer.
#[derive(Debug, Default)]
pub struct Unframer {
    buffer: Vec<u8>,
}

impl Unframer {
    /// Takes in what came. Fails when more is announced than a message may have.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        self.buffer.extend_from_slice(bytes);
        match self.announced() {
            Some(bytes) if bytes > PEER_BYTES_MAX => Err(WireError::TooLong { bytes, max: PEER_BYTES_MAX }),
            _ => Ok(()),
        }
    }

    /// Next whole message, if one is there.
    pub fn next_message(&mut self) -> Result<Option<PeerMessage>, WireError> {
        loop {
            let Some(length) = self.announced() else { return Ok(None) };
            if length > PEER_BYTES_MAX {
                return Err(WireError::TooLong { bytes: length, max: PEER_BYTES_MAX });
            }
            let Some(body) = self.buffer.get(4..4 + length) else { return Ok(None) };
            let message = wire::decode(body, PEER_BYTES_MAX);
            self.buffer.drain(..4 + length);
            if let Ok(message) = message {
                return Ok(Some(message));
            }
        }
    }

    fn announced(&self) -> Option<usize> {
        let head: [u8; 4] = self.buffer.get(..4)?.try_into().ok()?;
        Some(u32::from_le_bytes(head) as usize)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn messages_survive_any_cutting() {
        let messages = [
            PeerMessage::Accepted,
            PeerMessage::Consent { what: "screen".into(), state: ConsentState::Granted },
            PeerMessage::End { reason: EndReason::CustomerStopped },
        ];
        let bytes: Vec<u8> = messages.iter().flat_map(|message| frame(message).unwrap()).collect();
        for step in [1, 2, 3, 7, bytes.len()] {
            let mut unframer = Unframer::default();
            let mut heard = Vec::new();
            for piece in bytes.chunks(step) {
                unframer.push(piece).unwrap();
                while let Some(message) = unframer.next_message().unwrap() {
                    heard.push(message);
                }
            }
            assert_eq!(heard, messages, "cut by {step}");
        }
    }

    #[test]
    fn a_newer_peers_unknown_message_is_skipped() {
        let mut bytes = Vec::new();
        let unknown = minicbor_serde::to_vec(std::collections::BTreeMap::from([("Sing", 1)])).unwrap();
        bytes.extend((unknown.len() as u32).to_le_bytes());
        bytes.extend(unknown);
        bytes.extend(frame(&PeerMessage::Accepted).unwrap());
        let mut unframer = Unframer::default();
        unframer.push(&bytes).unwrap();
        assert_eq!(unframer.next_message().unwrap(), Some(PeerMessage::Accepted));
    }

    #[test]
    fn every_end_has_a_name_of_its_own() {
        for reason in EndReason::ALL {
            assert_eq!(EndReason::from_name(reason.name()), Some(reason));
            assert_eq!(reason.name(), format!("{reason:?}"), "the names of 0.1 stay as they are");
        }
        assert_eq!(EndReason::from_name("over"), None);
    }

    #[test]
    fn an_absurd_length_is_refused_at_once() {
        assert!(Unframer::default().push(&u32::MAX.to_le_bytes()).is_err());
    }
}
