//! What a session is told from outside: by its program, and through it by the relay.

use crate::licence::LicenceCheck;
use crate::plugin_store::Fetched;
use crate::view::Command;
use lotse_protocol::control::{SessionId, SessionOffer};
use lotse_protocol::handover::{HandOverOutcome, Target};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::peer::EndReason;
use lotse_protocol::shared::SharedRefusal;
use std::net::IpAddr;
use std::sync::Arc;

/// What a session is told from outside.
pub(crate) enum ToSession {
    Offer {
        offer: Box<SessionOffer>,
        relay: IpAddr,
        code_key: [u8; 32],
        licences: LicenceCheck,
    },
    /// The account's licence is another, or was renewed.
    Licence {
        licence: Arc<SignedLicence>,
        licences: LicenceCheck,
    },
    Signal(Vec<u8>),
    PairingFailed {
        attempts_left: u8,
    },
    Plugin {
        digest: [u8; 32],
        /// Shared with the other sessions that asked for it.
        fetched: Arc<Fetched>,
    },
    PluginMissing {
        digest: [u8; 32],
        reason: String,
    },
    /// Values that all reps of the account have in common came or changed.
    SharedChanged {
        plugin: String,
        whole: bool,
        keys: Vec<String>,
    },
    /// What became of a change to them, whoever in this program made it.
    SharedAnswered {
        plugin: String,
        key: String,
        outcome: Result<u64, SharedRefusal>,
    },
    /// The control connection is gone.
    ControlDown,
    /// The control connection stands again.
    ControlUp,
    /// The relay does not know the code that this session waits with.
    CodeVoid,
    /// The relay says that nobody is there who came with the code.
    CustomerLeft,
    /// The relay says that the customer's program is connected to it again.
    CustomerBack,
    /// The relay did not do what was asked of it; its reason, tidied.
    Refused {
        detail: String,
    },
    EndedByRelay {
        /// In the relay's words; `None` if it gives none that this version knows.
        why: Option<EndReason>,
    },
    Command(Command),
    /// Customer's side: of the end with this session, which may be one beside the one that leads.
    Of {
        session: SessionId,
        message: Box<ToSession>,
    },
    /// Customer's side: nobody waits behind the code of a second rep, or the relay does not let this program come.
    NobodyBeside,
    /// Rep's side: who else could help.
    Directory(Arc<Vec<Target>>),
    /// Rep's side: what became of the wish for another rep.
    HandOver(HandOverNews),
}

/// What the relay tells of a wish for another rep.
#[derive(Debug)]
pub(crate) enum HandOverNews {
    /// Somebody who may take it reads what is sealed to this key.
    Looked {
        key: Vec<u8>,
        /// The relay's number for them.
        reader: i64,
    },
    /// Whoever had taken it from a portal's queue did not come, and it stands there again.
    Waits,
    Answered {
        outcome: HandOverOutcome,
        by: String,
    },
    Code {
        by: String,
        body: Vec<u8>,
    },
    /// Whoever takes it is in the session already: by the line that the customer's program has to them as this session.
    Here {
        beside: SessionId,
        by: String,
    },
    /// This rep has said yes to taking the place of the colleague of that name, who may be in this session; or does not get it.
    Agreed {
        from: String,
        on: bool,
    },
    /// To whoever took it: it is theirs when the customer's program says so, by the line of this session.
    Yours,
    /// A manager wishes to look on.
    WatchAsked {
        to: String,
        by: String,
    },
}
