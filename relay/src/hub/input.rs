//! What happens to the hub: connections coming and going, and what programs say over them.

use super::licences::AccountLicence;
use super::queue::Routes;
use super::random::Random;
use crate::registry::CatalogueEntry;
use crate::token::TokenHash;
use lotse_protocol::control::{self, FromRelay, Secret, SessionId, Side};
use lotse_protocol::handover::{HandOver, HandOverId};
use lotse_protocol::question::{Availability, QuestionId};
use lotse_protocol::shared::SharedValue;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// One control connection. Never given out twice while a relay runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// Who is signed in on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepIdentity {
    /// Row of the sign-in: the same after a lost connection, another after typing the password again.
    pub sign_in: i64,
    pub rep: i64,
    pub account: i64,
    pub name: String,
    pub account_name: String,
}

/// Who may be signed in, and on how many seats, as the store has it at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Seats by account; `None`: as many as there are sign-ins.
    pub seats: HashMap<i64, Option<u32>>,
    /// Reps who are suspended, or whose account is not active.
    pub inactive: HashSet<i64>,
    /// By rep: sign-ins up to this number are over, since the password was set anew.
    pub signed_out: HashMap<i64, i64>,
    /// Sign-ins that somebody else ended by their number, of about a day. The newest
    /// [`ENDED_SIGN_INS_MAX`](crate::store::ENDED_SIGN_INS_MAX).
    pub ended: HashSet<i64>,
    /// Active managers whose account lets them look on at its sessions.
    pub watchers: HashSet<i64>,
}

/// An address as attempts are counted: a whole IPv6 network of a subscriber counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressKey {
    network: [u8; 8],
    is_v6: bool,
}

/// Bytes of an IPv6 site: what a provider gives to one customer at most, with 65,536 networks.
const SITE_BYTES: usize = 6;

impl AddressKey {
    /// The IPv6 site that it is of. IPv4 addresses have none: there one is one customer's, and its neighbours are others'.
    pub fn site(self) -> Option<Self> {
        let mut site = self;
        site.network.iter_mut().skip(SITE_BYTES).for_each(|byte| *byte = 0);
        self.is_v6.then_some(site)
    }
}

impl From<IpAddr> for AddressKey {
    fn from(address: IpAddr) -> Self {
        let mut network = [0; 8];
        let is_v6 = match address.to_canonical() {
            IpAddr::V4(v4) => {
                network[..4].copy_from_slice(&v4.octets());
                false
            }
            IpAddr::V6(v6) => {
                network.copy_from_slice(&v6.octets()[..8]);
                true
            }
        };
        Self { network, is_v6 }
    }
}

/// What the hub takes in. Texts are bounded by the wire and trimmed by the hub.
#[derive(Debug)]
pub enum Input {
    Connected {
        connection: ConnectionId,
        side: Side,
        address: AddressKey,
    },
    Gone {
        connection: ConnectionId,
    },
    /// `seats` are the account's at this moment; what [`Input::People`] said of an account comes before it. `greeting` is
    /// what the program is told once it is known whether it has a seat.
    SignedIn {
        connection: ConnectionId,
        rep: RepIdentity,
        seats: Option<u32>,
        greeting: Option<FromRelay>,
    },
    SignedOut {
        connection: ConnectionId,
    },
    /// `features` are the account's licensed ones at this moment.
    NewCode {
        connection: ConnectionId,
        features: BTreeSet<String>,
    },
    DropCode {
        connection: ConnectionId,
        session: SessionId,
    },
    Join {
        connection: ConnectionId,
        nameplate: u32,
        name: String,
        system: String,
    },
    Resume {
        connection: ConnectionId,
        session: SessionId,
        token: Secret,
    },
    Signal {
        connection: ConnectionId,
        session: SessionId,
        body: Vec<u8>,
    },
    PairingFailed {
        connection: ConnectionId,
        session: SessionId,
    },
    Paired {
        connection: ConnectionId,
        session: SessionId,
    },
    EndSession {
        connection: ConnectionId,
        session: SessionId,
        reason: String,
    },
    /// A line of a program's own audit log.
    Audit {
        connection: ConnectionId,
        session: SessionId,
        kind: control::AuditKind,
        plugin: String,
        about: String,
    },
    FetchPlugin {
        connection: ConnectionId,
        digest: [u8; 32],
    },
    /// Ends the sign-in that has this seat, for one that waits.
    TakeSeat {
        connection: ConnectionId,
        seat: u64,
    },
    /// A rep's notes of a session, as a whole.
    Notes {
        connection: ConnectionId,
        session: SessionId,
        revision: u64,
        text: String,
    },
    /// A rep's program wants to hear of changes to a plugin's shared values.
    SharedWanted {
        connection: ConnectionId,
        plugin: String,
    },
    /// A rep has changed one, and it is written down.
    SharedChanged {
        connection: ConnectionId,
        plugin: String,
        value: SharedValue,
    },
    /// Accounts or reps were changed.
    People(People),
    /// Portals or teams were changed.
    Routes(Routes),
    /// How a rep takes questions from now on.
    Availability {
        connection: ConnectionId,
        availability: Availability,
    },
    /// A rep takes a question. `features` as for a code.
    AnswerQuestion {
        connection: ConnectionId,
        features: BTreeSet<String>,
        question: QuestionId,
    },
    PassQuestion {
        connection: ConnectionId,
        question: QuestionId,
    },
    CloseQuestion {
        connection: ConnectionId,
        question: QuestionId,
    },
    SealedCode {
        connection: ConnectionId,
        session: SessionId,
        body: Vec<u8>,
    },
    /// Who else could help; `teams` are the account's, by row and name.
    Directory {
        connection: ConnectionId,
        teams: Vec<(i64, String)>,
    },
    /// A rep wishes for another in a running session of theirs.
    HandOver {
        connection: ConnectionId,
        wish: Box<HandOver>,
    },
    WithdrawHandOver {
        connection: ConnectionId,
        session: SessionId,
    },
    LookAtHandOver {
        connection: ConnectionId,
        offer: HandOverId,
        key: Vec<u8>,
    },
    HandOverSummary {
        connection: ConnectionId,
        session: SessionId,
        /// The sign-in that reads it.
        reader: i64,
        body: Vec<u8>,
    },
    /// Another key for what is handed over to a portal's queue.
    HandOverKey {
        connection: ConnectionId,
        session: SessionId,
        key: Vec<u8>,
    },
    AnswerHandOver {
        connection: ConnectionId,
        offer: HandOverId,
        accept: bool,
    },
    HandOverCode {
        connection: ConnectionId,
        session: SessionId,
        body: Vec<u8>,
    },
    JoinBeside {
        connection: ConnectionId,
        /// That the customer's program is in.
        session: SessionId,
        nameplate: u32,
        name: String,
        system: String,
    },
    /// Nobody sees the page of this question any more.
    PageGone {
        question: QuestionId,
    },
    CustomerLeaves {
        question: QuestionId,
        token: TokenHash,
    },
    /// The plugins that sessions from now on get.
    Catalogue(Arc<[CatalogueEntry]>),
    /// The same for accounts that have rules, by the account's row; an account that is not in it gets the common ones.
    AccountCatalogues(HashMap<i64, Arc<[CatalogueEntry]>>),
    /// No new code and nobody who joins from now on.
    Drain,
    /// Licences that are new, changed or renewed, by account.
    Licences(Vec<(i64, AccountLicence)>),
}

/// Chance for a hub that is no simulation.
pub fn system_random() -> Box<dyn Random> {
    Box::new(super::random::System::default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one() {
        let key = |text: &str| AddressKey::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_ne!(key("192.0.2.1"), key("c000:201::"), "one of each kind with the same bytes");
        assert_eq!(key("2001:db8:1:2::1").site(), key("2001:db8:1:ffff::1").site());
        assert_ne!(key("2001:db8:1:2::1").site(), key("2001:db8:2:2::1").site());
        assert_eq!(key("192.0.2.1").site(), None);
    }
}
