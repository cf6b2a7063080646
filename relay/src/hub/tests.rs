//! The hub by cases: what each side is told when.

#![allow(clippy::unwrap_used, clippy::panic)]

use super::random::Seeded;
use super::*;
use crate::registry::CatalogueEntry;
use lotse_protocol::control::{JoinFailure, Secret};

/// A hub with what it wanted done, by connection.
pub(super) struct Bench {
    pub hub: Hub,
    pub now_ms: u64,
    pub actions: Vec<Action>,
    /// Until then the two ends of every session talk through the forwarder.
    pub talk_until_ms: Option<u64>,
}

impl Bench {
    pub fn new(sessions: Vec<SessionRecord>) -> Self {
        Self::with(1, Stored { sessions, ..Stored::default() })
    }

    /// The next relay: what it draws is something else.
    pub fn over(stored: Stored) -> Self {
        Self::with(2, stored)
    }

    fn with(seed: u64, stored: Stored) -> Self {
        let hub = Hub::new(Limits::default(), Box::new(Seeded(seed)), 0, stored);
        Self { hub, now_ms: 0, actions: vec![], talk_until_ms: None }
    }

    pub fn input(&mut self, input: Input) -> &mut Self {
        self.hub.handle_input(self.now_ms, input);
        while let Some(action) = self.hub.poll_action() {
            self.actions.push(action);
        }
        self
    }

    pub fn wait(&mut self, ms: u64) -> &mut Self {
        let until_ms = self.now_ms + ms;
        while let Some(at_ms) = self.hub.poll_wake().filter(|at_ms| *at_ms <= until_ms) {
            self.now_ms = self.now_ms.max(at_ms);
            let quiet_ms = self.talk_until_ms.map(|until_ms| self.now_ms.saturating_sub(until_ms));
            self.hub.handle_time(self.now_ms, &|_| quiet_ms);
            while let Some(action) = self.hub.poll_action() {
                self.actions.push(action);
            }
        }
        self.now_ms = until_ms;
        self
    }

    /// Messages sent to a connection since the last call; the rest stays.
    pub fn heard(&mut self, connection: u64) -> Vec<FromRelay> {
        let mut heard = vec![];
        self.actions.retain(|action| match action {
            Action::Send { to, message } if to.0 == connection => {
                heard.push(message.clone());
                false
            }
            _ => true,
        });
        heard
    }

    pub fn offer(&mut self, connection: u64) -> Option<Offer> {
        let at =
            self.actions.iter().position(|action| matches!(action, Action::Offer { to, .. } if to.0 == connection))?;
        match self.actions.remove(at) {
            Action::Offer { offer, .. } => Some(offer),
            _ => None,
        }
    }

    /// What a session's tickets are for.
    fn leg_of(&self, session: SessionId) -> LegId {
        self.hub.sessions[&session].leg().unwrap()
    }

    /// Whose tickets are over since the last call.
    pub fn closed(&mut self) -> Vec<LegId> {
        let mut closed = vec![];
        self.actions.retain(|action| match action {
            Action::CloseLegs { leg } => {
                closed.push(*leg);
                false
            }
            _ => true,
        });
        closed
    }

    /// What is to be stored of sessions; [`Self::codes`] are apart.
    pub fn changes(&mut self) -> Vec<Change> {
        self.records(|change| matches!(change, Change::Started(_) | Change::Ended { .. }))
    }

    /// What is to be stored of codes: the newest of each that is not gone.
    pub fn codes(&mut self) -> Vec<CodeRecord> {
        let mut codes: Vec<CodeRecord> = vec![];
        for change in self.records(|change| matches!(change, Change::Code(_) | Change::CodeGone { .. })) {
            match change {
                Change::Code(code) => {
                    codes.retain(|kept| kept.session != code.session);
                    codes.push(code);
                }
                Change::CodeGone { session } => codes.retain(|kept| kept.session != session),
                Change::Started(_)
                | Change::Ended { .. }
                | Change::Seat { .. }
                | Change::SignInGone { .. }
                | Change::Question(_)
                | Change::QuestionGone { .. }
                | Change::Beside { .. }
                | Change::NotesCarried { .. }
                | Change::TookOver { .. } => {}
            }
        }
        codes
    }

    pub fn records(&mut self, wanted: impl Fn(&Change) -> bool) -> Vec<Change> {
        let mut changes = vec![];
        self.actions.retain(|action| match action {
            Action::Record(change) if wanted(change) => {
                changes.push(change.clone());
                false
            }
            _ => true,
        });
        changes
    }

    pub fn rep(&mut self, connection: u64, sign_in: i64) -> &mut Self {
        let connection = ConnectionId(connection);
        self.input(Input::Connected { connection, side: Side::Rep, address: address(1) });
        self.input(signed_in(connection.0, sign_in))
    }

    /// Every account gets a plugin that asks for `directory`, and for a licence of this feature.
    pub fn hands_over(&mut self, feature: Option<&str>) -> &mut Self {
        let entry = CatalogueEntry {
            id: "com.example.relief".into(),
            version: semver::Version::new(1, 0, 0),
            digest: [6; 32],
            feature: feature.map(str::to_owned),
            capabilities: [lotse_package::Capability::Directory].into(),
            publisher: None,
        };
        self.input(Input::Catalogue([entry].into()))
    }

    pub fn customer(&mut self, connection: u64) -> &mut Self {
        self.input(Input::Connected { connection: ConnectionId(connection), side: Side::Customer, address: address(2) })
    }

    pub fn code(&mut self, connection: u64) -> (SessionId, u32) {
        self.input(Input::NewCode { connection: ConnectionId(connection), features: ["chat".to_owned()].into() });
        match self.heard(connection).as_slice() {
            [.., FromRelay::Code { session, nameplate, .. }] => (*session, *nameplate),
            other => panic!("no code: {other:?}"),
        }
    }

    pub fn join(&mut self, connection: u64, nameplate: u32) -> &mut Self {
        self.input(Input::Join {
            connection: ConnectionId(connection),
            nameplate,
            name: "K. Weber".into(),
            system: "Debian".into(),
        })
    }

    pub fn failure(&mut self, connection: u64) -> JoinFailure {
        match self.heard(connection).as_slice() {
            [.., FromRelay::JoinFailed(failure)] => *failure,
            other => panic!("no failure: {other:?}"),
        }
    }

    /// A running session of rep 1 and customer 2: its id and both tokens.
    pub fn running(&mut self) -> (SessionId, Secret, Secret) {
        self.rep(1, 11).customer(2);
        let (session, nameplate) = self.code(1);
        self.join(2, nameplate);
        let (rep, customer) = (self.offer(1).unwrap().token, self.offer(2).unwrap().token);
        self.input(Input::Paired { connection: ConnectionId(1), session });
        (session, rep, customer)
    }
}

pub(super) fn address(last: u8) -> AddressKey {
    AddressKey::from(std::net::IpAddr::from([192, 0, 2, last]))
}

pub(super) fn identity(sign_in: i64) -> RepIdentity {
    RepIdentity { sign_in, rep: sign_in / 10, account: 1, name: "Anna Berg".into(), account_name: "Acme".into() }
}

/// At an account with as many seats as sign-ins, unless something else was said of it.
pub(super) fn signed_in(connection: u64, sign_in: i64) -> Input {
    Input::SignedIn { connection: ConnectionId(connection), rep: identity(sign_in), seats: None, greeting: None }
}

pub(super) fn ended(messages: &[FromRelay]) -> Option<&str> {
    messages.iter().find_map(|message| {
        if let FromRelay::SessionEnded { reason, .. } = message { Some(reason.as_str()) } else { None }
    })
}

#[test]
fn both_sides_meet_with_tokens_of_their_own_and_one_plugin_list() {
    let mut bench = Bench::new(vec![]);
    let entry = |id: &str, feature: Option<&str>| CatalogueEntry {
        id: id.into(),
        version: semver::Version::new(1, 0, 0),
        digest: [id.len() as u8; 32],
        feature: feature.map(str::to_owned),
        capabilities: BTreeSet::new(),
        publisher: Some("Acme".into()),
    };
    bench.input(Input::Catalogue(
        [entry("chat", Some("chat")), entry("free", None), entry("screen", Some("screen"))].into(),
    ));
    bench.rep(1, 11).customer(2);
    let (session, nameplate) = bench.code(1);
    bench.input(Input::Join {
        connection: ConnectionId(2),
        nameplate,
        name: " K.\u{7} Weber ".into(),
        system: "Debian".into(),
    });
    let (rep, customer) = (bench.offer(1).unwrap(), bench.offer(2).unwrap());
    assert_ne!(rep.token, customer.token);
    assert_eq!((rep.session, customer.session, rep.customer.as_str()), (session, session, "K. Weber"));
    assert_eq!(rep.plugins, customer.plugins);
    let licensed: Vec<bool> = rep.plugins.iter().map(|plugin| plugin.licensed).collect();
    assert_eq!(licensed, [true, true, false]);
    assert_eq!(rep.plugins.first().and_then(|plugin| plugin.publisher.as_deref()), Some("Acme"));
}

#[test]
fn signals_pass_between_the_two_ends_and_nobody_else() {
    let mut bench = Bench::new(vec![]);
    let (session, ..) = bench.running();
    bench.customer(3);
    let signal = |from, body: &[u8]| Input::Signal { connection: ConnectionId(from), session, body: body.to_vec() };
    bench.input(signal(1, b"ping")).input(signal(2, b"pong")).input(signal(3, b"noise"));
    assert!(matches!(bench.heard(2).as_slice(), [FromRelay::Signal { body, .. }] if body == b"ping"));
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Signal { body, .. }] if body == b"pong"));
    assert!(matches!(bench.heard(3).as_slice(), [FromRelay::Refused { .. }]));
    bench.input(signal(1, &[0; 5000]));
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Refused { .. }]));
    assert!(bench.heard(2).is_empty());
}

#[test]
fn a_code_leads_once_and_then_says_why_not() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2).customer(3);
    let (session, nameplate) = bench.code(1);
    bench.join(2, nameplate).join(3, nameplate);
    assert_eq!(bench.failure(3), JoinFailure::Used);
    bench.input(Input::Paired { connection: ConnectionId(1), session }).join(3, nameplate);
    assert_eq!(bench.failure(3), JoinFailure::Used);
    bench.join(3, nameplate + 1);
    assert_eq!(bench.failure(3), JoinFailure::Unknown);
    let (_, second) = bench.code(1);
    bench.wait(Limits::default().code_lifetime_ms).join(3, second);
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::CodeExpired { .. }]));
    assert_eq!(bench.failure(3), JoinFailure::Expired);
}

#[test]
fn wrong_codes_are_slowed_by_address_and_only_there() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2);
    let (_, nameplate) = bench.code(1);
    for _ in 0..=Limits::default().wrong_codes_free {
        bench.join(2, (nameplate + 7) % 100_000);
        assert_eq!(bench.failure(2), JoinFailure::Unknown);
    }
    bench.join(2, nameplate);
    assert_eq!(bench.failure(2), JoinFailure::TooMany { wait_s: 1 });
    bench
        .input(Input::Connected { connection: ConnectionId(3), side: Side::Customer, address: address(3) })
        .join(3, nameplate);
    assert!(bench.offer(3).is_some());
}

#[test]
fn three_wrong_secrets_close_the_code() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2);
    let (session, nameplate) = bench.code(1);
    bench.join(2, nameplate);
    for left in [2, 1, 0] {
        bench.input(Input::PairingFailed { connection: ConnectionId(2), session });
        bench.input(Input::PairingFailed { connection: ConnectionId(1), session });
        let heard = bench.heard(2);
        assert!(
            heard.iter().any(
                |message| matches!(message, FromRelay::PairingFailed { attempts_left, .. } if *attempts_left == left)
            ),
            "{heard:?}"
        );
        assert_eq!(ended(&heard), (left == 0).then_some("NotTrusted"));
    }
    assert!(bench.changes().is_empty(), "what never ran is not stored");
}

#[test]
fn typing_again_on_a_new_connection_takes_over_and_costs_nothing_more() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2);
    let (session, nameplate) = bench.code(1);
    bench.join(2, nameplate);
    bench.input(Input::Signal { connection: ConnectionId(2), session, body: b"pake".to_vec() });
    bench.input(Input::Connected { connection: ConnectionId(9), side: Side::Customer, address: address(9) });
    bench.customer(3).join(3, nameplate);
    assert_eq!(bench.failure(3), JoinFailure::Used, "in the middle of trying");
    bench.input(Input::PairingFailed { connection: ConnectionId(1), session }).join(9, nameplate);
    assert_eq!(bench.failure(9), JoinFailure::Used, "another address");
    bench.join(3, nameplate);
    assert!(bench.offer(3).is_some());
    bench.heard(1);
    bench.input(Input::Gone { connection: ConnectionId(2) });
    bench.input(Input::PairingFailed { connection: ConnectionId(1), session });
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::PairingFailed { attempts_left: 1, .. }]));
}

#[test]
fn leaving_in_the_middle_of_pairing_costs_an_attempt() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11);
    let (session, nameplate) = bench.code(1);
    for (attempt, customer) in [2, 3, 4].into_iter().enumerate() {
        bench.customer(customer).join(customer, nameplate);
        assert!(bench.offer(customer).is_some(), "attempt {attempt}");
        bench.input(Input::Signal { connection: ConnectionId(customer), session, body: b"pake".to_vec() });
        bench.input(Input::Gone { connection: ConnectionId(customer) });
    }
    assert_eq!(ended(&bench.heard(1)), Some("NotTrusted"));
    bench.customer(5).join(5, nameplate);
    assert_eq!(bench.failure(5), JoinFailure::Used);
    bench.input(Input::Paired { connection: ConnectionId(1), session });
    assert!(bench.changes().is_empty());
}

/// Scar: whoever knew the nameplate and left before a word kept a ticket for the session that the real customer began.
#[test]
fn whoever_joins_and_leaves_keeps_no_ticket_for_the_session_that_follows() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2).customer(3);
    let (session, nameplate) = bench.code(1);
    bench.join(2, nameplate);
    let guessers = bench.offer(2).unwrap().leg;
    assert_eq!(bench.offer(1).unwrap().leg, guessers, "both ends of a meeting have tickets for the same");
    bench.input(Input::Gone { connection: ConnectionId(2) });
    assert_eq!(bench.closed(), [guessers]);
    bench.join(3, nameplate);
    let (rep, customer) = (bench.offer(1).unwrap(), bench.offer(3).unwrap());
    assert_eq!((rep.leg, rep.session, customer.session), (customer.leg, session, session));
    assert_ne!(customer.leg, guessers);
    bench.input(Input::Paired { connection: ConnectionId(1), session });
    bench.input(Input::EndSession { connection: ConnectionId(1), session, reason: "RepEnded".into() });
    assert_eq!(bench.closed(), [customer.leg], "its own, and once");
}

#[test]
fn keys_agreed_with_a_customer_who_left_begin_no_session() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(2);
    let (session, nameplate) = bench.code(1);
    bench.join(2, nameplate).input(Input::Gone { connection: ConnectionId(2) });
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Presence { present: false, .. }]));
    bench.input(Input::Paired { connection: ConnectionId(1), session });
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::ResumeFailed { session: of }] if *of == session));
    assert!(bench.changes().is_empty(), "nothing runs");
    bench.input(Input::EndSession { connection: ConnectionId(1), session, reason: "RepEnded".into() });
    bench.customer(3).join(3, nameplate);
    assert_eq!(bench.failure(3), JoinFailure::Used, "and the code is spent, since its secret was proved");
}

#[test]
fn a_lost_rep_finds_its_codes_again_with_the_same_sign_in() {
    let mut bench = Bench::new(vec![]);
    bench.rep(1, 11).customer(3);
    let (session, nameplate) = bench.code(1);
    bench.input(Input::Gone { connection: ConnectionId(1) }).join(3, nameplate);
    assert_eq!(bench.failure(3), JoinFailure::RepGone);
    bench.wait(1000).rep(2, 12).join(3, nameplate);
    assert_eq!(bench.failure(3), JoinFailure::RepGone, "another sign-in's code");
    bench.rep(4, 11).join(3, nameplate);
    assert!(bench.offer(4).is_some_and(|offer| offer.session == session) && bench.offer(3).is_some());
}

#[test]
fn one_sign_in_has_one_connection() {
    let mut bench = Bench::new(vec![]);
    let (session, token, _) = bench.running();
    bench.rep(4, 11);
    assert!(bench.actions.iter().any(|action| matches!(action, Action::Close { connection: ConnectionId(1), .. })));
    bench.input(Input::Gone { connection: ConnectionId(1) });
    bench.input(Input::Resume { connection: ConnectionId(4), session, token });
    assert!(bench.offer(4).unwrap().resumed);
    bench.input(signed_in(4, 11));
    assert_eq!(bench.hub.counts(), (2, 0, 1), "signing in again changes nothing");
}

#[test]
fn a_session_waits_ten_minutes_for_its_customer() {
    let mut bench = Bench::new(vec![]);
    let (session, _, token) = bench.running();
    bench.input(Input::Gone { connection: ConnectionId(2) });
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Presence { present: false, .. }]));
    bench.wait(599_000).customer(3);
    bench.input(Input::Resume { connection: ConnectionId(3), session, token: Secret("wrong".into()) });
    assert!(matches!(bench.heard(3).as_slice(), [FromRelay::ResumeFailed { .. }]));
    bench.input(Input::Resume { connection: ConnectionId(3), session, token: token.clone() });
    let offer = bench.offer(3).unwrap();
    assert!(offer.resumed && offer.token == token);
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Presence { present: true, .. }]));
    bench.wait(24 * 3600 * 1000);
    assert_eq!(bench.hub.counts().2, 1, "no length limit");
    bench.changes();
    bench.input(Input::Gone { connection: ConnectionId(3) }).wait(600_000);
    assert_eq!(ended(&bench.heard(1)), Some("CustomerGone"));
    assert_eq!(bench.changes(), [Change::Ended { session, reason: "CustomerGone".into() }]);
}

/// Scar: ten minutes after one control connection had gone the relay took the line of a session that went on without it.
#[test]
fn n5_a_session_whose_ends_talk_needs_no_control_connection() {
    const MINUTE_MS: u64 = 60_000;
    for gone in [&[2][..], &[1], &[1, 2]] {
        let mut bench = Bench::new(vec![]);
        let (session, ..) = bench.running();
        let leg = bench.leg_of(session);
        for connection in gone {
            bench.input(Input::Gone { connection: ConnectionId(*connection) });
        }
        bench.talk_until_ms = Some(35 * MINUTE_MS);
        bench.wait(30 * MINUTE_MS);
        assert_eq!((bench.hub.counts().2, bench.closed()), (1, vec![]), "{gone:?} away, and they talk");
        // The ten minutes count from their last word, not from the last time that somebody looked.
        bench.wait(15 * MINUTE_MS - 1);
        assert_eq!((bench.hub.counts().2, bench.closed()), (1, vec![]));
        bench.changes();
        bench.wait(1);
        assert_eq!((bench.hub.counts().2, bench.closed()), (0, vec![leg]));
        let reason = if gone == [1] { "RepGone" } else { "CustomerGone" };
        assert_eq!(bench.changes(), [Change::Ended { session, reason: reason.into() }]);
    }
}

#[test]
fn an_end_that_somebody_says_cuts_a_talk_at_once() {
    for said in ["EndSession", "SignedOut"] {
        let mut bench = Bench::new(vec![]);
        let (session, ..) = bench.running();
        let leg = bench.leg_of(session);
        bench.talk_until_ms = Some(u64::MAX);
        let connection = ConnectionId(1);
        bench.input(match said {
            "EndSession" => Input::EndSession { connection, session, reason: "RepEnded".into() },
            _ => Input::SignedOut { connection },
        });
        assert_eq!((bench.hub.counts().2, bench.closed()), (0, vec![leg]), "{said}");
    }
}

#[test]
fn a_token_serves_its_own_side_only() {
    let mut bench = Bench::new(vec![]);
    let (session, rep, customer) = bench.running();
    bench.customer(3).rep(4, 41);
    bench.input(Input::Resume { connection: ConnectionId(3), session, token: rep.clone() });
    bench.input(Input::Resume { connection: ConnectionId(4), session, token: customer });
    bench.input(Input::Resume { connection: ConnectionId(4), session, token: rep });
    assert!(bench.offer(3).is_none() && bench.offer(4).is_none(), "another rep's stolen token opens nothing");
}

#[test]
fn a_restarted_hub_lets_both_take_up_their_session() {
    let mut first = Bench::new(vec![]);
    let (session, rep, customer) = first.running();
    let Some(Change::Started(record)) = first.changes().pop() else { panic!("not recorded") };
    let mut second = Bench::new(vec![record]);
    second.rep(7, 12).customer(8);
    second.input(Input::Resume { connection: ConnectionId(7), session, token: rep });
    second.input(Input::Resume { connection: ConnectionId(8), session, token: customer });
    let (rep, customer) = (second.offer(7).unwrap(), second.offer(8).unwrap());
    assert!(rep.resumed && customer.resumed);
    assert_eq!((rep.customer.as_str(), customer.rep.as_str()), ("K. Weber", "Anna Berg"));
    second.input(Input::Signal { connection: ConnectionId(7), session, body: b"hello again".to_vec() });
    assert!(matches!(second.heard(8).last(), Some(FromRelay::Signal { .. })));
}

#[test]
fn a_code_outlives_the_relay_with_its_attempts_and_its_time() {
    let mut first = Bench::new(vec![]);
    first.rep(1, 11).customer(2);
    let (session, nameplate) = first.code(1);
    let (used, second_nameplate) = first.code(1);
    first.join(2, nameplate);
    first.input(Input::Signal { connection: ConnectionId(2), session, body: b"pake".to_vec() });
    first.input(Input::PairingFailed { connection: ConnectionId(1), session });
    first.wait(60_000).customer(3).join(3, second_nameplate);
    first.input(Input::Paired { connection: ConnectionId(1), session: used });
    let codes = first.codes();
    assert_eq!(codes.iter().map(|code| (code.session, code.attempts_left)).collect::<Vec<_>>(), [(session, 2)]);

    let mut second = Bench::over(Stored { codes, ..Stored::default() });
    assert_eq!(second.hub.counts(), (0, 1, 1));
    second.customer(8).join(8, nameplate);
    assert_eq!(second.failure(8), JoinFailure::RepGone, "its rep has yet to come back");
    second.rep(6, 12).rep(7, 11);
    assert!(
        matches!(second.heard(6).as_slice(), [FromRelay::CodesAlive { sessions }] if sessions.is_empty()),
        "another sign-in has none of it"
    );
    match second.heard(7).as_slice() {
        [FromRelay::Code { session: told, nameplate: shown, expires_in_s }, FromRelay::CodesAlive { sessions }] => {
            assert_eq!((*told, *shown, sessions.as_slice()), (session, nameplate, &[session][..]));
            assert!(*expires_in_s > 0 && *expires_in_s <= 15 * 60, "{expires_in_s}");
        }
        other => panic!("not repeated: {other:?}"),
    }
    second.join(8, nameplate);
    assert!(second.offer(7).is_some_and(|offer| offer.session == session) && second.offer(8).is_some());
    for left in [1, 0] {
        second.input(Input::PairingFailed { connection: ConnectionId(7), session });
        let heard = second.heard(8);
        assert!(heard.iter().any(
            |message| matches!(message, FromRelay::PairingFailed { attempts_left, .. } if *attempts_left == left)
        ));
    }
    assert!(second.codes().is_empty(), "three guesses in all, however often the relay was started");
}

#[test]
fn a_relay_that_dies_in_the_middle_of_a_guess_forgives_none() {
    let mut first = Bench::new(vec![]);
    first.rep(1, 11).customer(2);
    let (session, nameplate) = first.code(1);
    first.join(2, nameplate);
    first.input(Input::Signal { connection: ConnectionId(2), session, body: b"pake".to_vec() });
    let codes = first.codes();
    assert_eq!(codes.iter().map(|code| code.attempts_left).collect::<Vec<_>>(), [2]);
    let spoilt = codes.iter().cloned().map(|code| CodeRecord { attempts_left: 0, ..code });
    assert_eq!(Bench::over(Stored { codes: spoilt.collect(), ..Stored::default() }).hub.counts(), (0, 0, 0));
    let twice = codes.iter().chain(&codes).cloned().collect();
    assert_eq!(Bench::over(Stored { codes: twice, ..Stored::default() }).hub.counts(), (0, 1, 1));
    let mut late = Bench::over(Stored { codes, ..Stored::default() });
    late.wait(Limits::default().code_lifetime_ms);
    assert_eq!(late.hub.counts(), (0, 0, 0), "nobody came back for it");
}

#[test]
fn a_session_nobody_takes_up_ends() {
    let mut first = Bench::new(vec![]);
    let (session, ..) = first.running();
    let Some(Change::Started(record)) = first.changes().pop() else { panic!("not recorded") };
    let mut second = Bench::new(vec![record]);
    second.wait(600_000);
    assert_eq!(second.changes(), [Change::Ended { session, reason: "CustomerGone".into() }]);
    assert_eq!(second.hub.counts(), (0, 0, 0));
}

#[test]
fn codes_of_one_sign_in_are_bounded_and_signing_out_ends_all() {
    let mut bench = Bench::new(vec![]);
    let (session, ..) = bench.running();
    for _ in 0..100 {
        bench.code(1);
    }
    bench.input(Input::NewCode { connection: ConnectionId(1), features: BTreeSet::new() });
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Refused { .. }]));
    bench.input(Input::SignedOut { connection: ConnectionId(1) });
    assert_eq!(ended(&bench.heard(2)), Some("RepEnded"));
    assert_eq!(bench.hub.counts(), (2, 0, 0));
    assert!(bench.changes().contains(&Change::Ended { session, reason: "RepEnded".into() }));
}

#[test]
fn each_side_does_only_what_is_its_own() {
    let mut bench = Bench::new(vec![]);
    let (session, ..) = bench.running();
    bench.customer(3);
    bench.input(Input::EndSession { connection: ConnectionId(3), session, reason: "x".into() });
    bench.input(Input::NewCode { connection: ConnectionId(3), features: BTreeSet::new() });
    bench.input(Input::DropCode { connection: ConnectionId(2), session });
    bench.join(1, 5);
    assert_eq!(bench.hub.counts(), (3, 0, 1));
    assert!(matches!(bench.heard(3).as_slice(), [FromRelay::Refused { .. }]));
    assert!(matches!(bench.heard(1).as_slice(), [FromRelay::Refused { .. }]));
    bench.input(Input::EndSession { connection: ConnectionId(2), session, reason: "CustomerEnded".into() });
    assert_eq!(ended(&bench.heard(1)), Some("CustomerEnded"));
    assert_eq!(bench.hub.counts(), (3, 0, 0));
}

#[test]
fn plugins_are_for_reps_and_sessions() {
    let mut bench = Bench::new(vec![]);
    let entry = CatalogueEntry {
        id: "a.b".into(),
        version: semver::Version::new(1, 0, 0),
        digest: [5; 32],
        feature: None,
        capabilities: BTreeSet::new(),
        publisher: None,
    };
    bench.input(Input::Catalogue([entry].into()));
    bench.customer(3);
    let fetch = |connection| Input::FetchPlugin { connection: ConnectionId(connection), digest: [5; 32] };
    bench.input(fetch(3));
    assert!(matches!(bench.heard(3).as_slice(), [FromRelay::PluginMissing { .. }]));
    bench.running();
    bench.input(fetch(1)).input(fetch(2));
    assert_eq!(bench.actions.iter().filter(|action| matches!(action, Action::SendPlugin { .. })).count(), 2);
}

#[test]
fn a_draining_hub_begins_nothing_new_and_what_runs_goes_on() {
    let mut bench = Bench::new(vec![]);
    let (session, rep_token, _) = bench.running();
    let (_, nameplate) = bench.code(1);
    bench.customer(3).input(Input::Drain);
    bench.join(3, nameplate);
    bench.input(Input::NewCode { connection: ConnectionId(1), features: BTreeSet::new() });
    for connection in [1, 3] {
        let heard = bench.heard(connection);
        assert!(
            matches!(heard.as_slice(), [FromRelay::Refused { reason }] if reason.contains("restarting")),
            "{heard:?}"
        );
    }
    let counted = Figures {
        rep_connections: 1,
        customer_connections: 2,
        reps_signed_in: 1,
        codes: 1,
        sessions_open: 1,
        sessions_pairing: 0,
        sessions_running: 1,
        ..Figures::default()
    };
    assert_eq!(bench.hub.figures(), counted);
    bench.input(Input::Gone { connection: ConnectionId(1) }).rep(4, 11);
    bench.input(Input::Resume { connection: ConnectionId(4), session, token: rep_token });
    assert!(bench.offer(4).is_some(), "a session that runs can be taken up");
}
