//! What is answered: accounts, people, licences, plugins, sessions, reports, lines of the audit log. The command line prints
//! the same with `--json`.

use super::shape::{choice, shape};
use crate::hub::{Live, LivePerson, LiveSession};
use crate::registry::{Resolved, Rules, StoredPackage};
use crate::store::api::ApiToken;
use crate::store::web::Person;
use crate::store::{
    self, AccountStatus, AccountTerms, AuditEntry, Factor, RepStatus, ReportPlugin, Role, SignInRecord,
};
use crate::token::hex;
use lotse_protocol::licence::Term;
use std::collections::{BTreeMap, BTreeSet};

choice!(AccountStatus: Active Suspended Closed);
choice!(RepStatus: Active Suspended);
choice!(Role: Rep Manager);

shape! {
    /// A company that reps work for.
    pub struct Account {
        id: i64 = "Its number.", 1;
        name: String = "Its name.", "Acme";
        status: AccountStatus = "Whether its reps may sign in.", "active";
        contact: String = "Whom its reps ask about features that are not licensed.", "it@acme.example";
        seats: Option<u32> = "How many may be signed in and work at once; null: any number.", 5;
        reps: i64 = "How many reps it has.", 12;
        language: String = "Language of what is sent to it: en or de.", "en";
        time_zone: String = "By its name in the IANA list.", "Europe/Berlin";
        features: BTreeSet<String> = "Features that it has, whatever their dates are.", ["multi-chat"];
        second_factor_required: bool = "Whether each rep signs in with a second factor.", false;
    }
}

impl Account {
    /// As the store has it.
    pub fn of(account: &store::Account) -> Self {
        let store::Account {
            id,
            name,
            status,
            contact,
            seats,
            language,
            time_zone,
            second_factor_required,
            reps,
            features,
        } = account.clone();
        Self { id, name, status, contact, seats, reps, language, time_zone, features, second_factor_required }
    }
}

shape! {
    /// Whoever helps; a rep of an account.
    pub struct Rep {
        id: i64 = "The rep's number.", 7;
        account: i64 = "The account's number.", 1;
        user: String = "What the rep signs in with, in the form of an e-mail address.", "anna@acme.example";
        name: String = "What customers see.", "Anna Berg";
        role: Role = "What the rep is in the account.", "rep";
        status: RepStatus = "Whether the rep may sign in.", "active";
        must_change_password: bool = "The password was set by somebody else: it is good for one sign-in.", true;
        sign_ins: i64 = "How many sign-ins of consoles stand.", 1;
        used_s: Option<i64> = "When one of them was used last, in Unix seconds.", 1796000000;
    }
}

impl Rep {
    /// As the store has it.
    pub fn of(person: Person) -> Self {
        let Person { id, account, user, name, role, status, must_change, sign_ins, used_s } = person;
        Self { id, account, user, name, role, status, must_change_password: must_change, sign_ins, used_s }
    }
}

shape! {
    /// A rep's standing at the relay, from the password to signing out.
    pub struct SignIn {
        sign_in: i64 = "Its number, which no other sign-in ever has.", 42;
        since_s: i64 = "When it began, in Unix seconds.", 1796000000;
        used_s: i64 = "When a program last came with its token, in Unix seconds.", 1796000300;
        has_seat: bool = "Whether it has a seat.", true;
    }
}

impl SignIn {
    /// As the store has it.
    pub fn of(record: SignInRecord) -> Self {
        let SignInRecord { number, since_s, used_s, has_seat } = record;
        Self { sign_in: number, since_s, used_s, has_seat }
    }
}

shape! {
    /// Sign-ins that were ended.
    pub struct Ended {
        ended: Vec<i64> = "Their numbers.", [42];
    }
}

shape! {
    /// Reps of an account whom a portal may lead to.
    pub struct Team {
        id: i64 = "Its number.", 2;
        account: String = "The account's name.", "Acme";
        name: String = "Its name.", "Printers";
        reps: Vec<String> = "User IDs of its reps, in order.", ["anna@acme.example"];
    }
}

impl Team {
    /// As the store has it.
    pub fn of(team: store::Team) -> Self {
        let store::Team { id, account: _, account_name, name, users } = team;
        Self { id, account: account_name, name, reps: users }
    }
}

shape! {
    /// A page by which an account's customers come.
    pub struct Portal {
        id: i64 = "Its number.", 4;
        account: String = "The account's name.", "Acme";
        slug: String = "Part of its address.", "acme";
        name: String = "As customers and reps see it.", "Acme helps";
        language: String = "For customers whose browser asks for neither English nor German.", "de";
        greeting: String = "A few words to customers.", "We are here from 8 to 18.";
        team: Option<String> = "The team that it leads to; null: every rep of the account.", "Printers";
        active: bool = "Whether it is there for customers, as its account is active.", true;
    }
}

impl Portal {
    /// As the store has it.
    pub fn of(listed: &store::ListedPortal) -> Self {
        let store::ListedPortal { portal, team, active } = listed.clone();
        let store::Portal { id, account: _, account_name, slug, name, language, greeting, contact: _ } = portal;
        Self { id, account: account_name, slug, name, language, greeting, team, active }
    }
}

shape! {
    /// What a customer left at a portal while nobody was there.
    pub struct Message {
        id: i64 = "Its number; later messages have higher ones.", 9;
        account: String = "The account's name.", "Acme";
        portal: String = "The portal's name at that time.", "Acme helps";
        name: String = "The customer's name.", "K. Weber";
        reply_to: String = "E-mail or telephone, in the customer's words.", "weber@example.com";
        text: String = "What the customer wrote.", "The printer is gone again.";
        language: String = "The language of the page: en or de.", "en";
        at_s: i64 = "When it was left, in Unix seconds.", 1796000000;
        read: bool = "Whether somebody has read it.", false;
    }
}

impl Message {
    /// As the store has it.
    pub fn of(message: store::Message) -> Self {
        let store::Message { id, account: _, account_name, portal_name, message, at_s, read } = message;
        let store::NewMessage { name, reply_to, text, language } = message;
        Self { id, account: account_name, portal: portal_name, name, reply_to, text, language, at_s, read }
    }
}

shape! {
    /// Whether a rep has a second factor.
    pub struct SecondFactor {
        on: bool = "Whether there is one.", true;
        since_s: Option<i64> = "When it was set up, in Unix seconds.", 1796000000;
        recovery_codes_left: Option<u32> = "Recovery codes that were not used yet.", 10;
    }
}

impl SecondFactor {
    /// As the store has it.
    pub fn of(factor: Option<&Factor>) -> Self {
        Self {
            on: factor.is_some(),
            since_s: factor.map(|factor| factor.since_s),
            recovery_codes_left: factor.map(|factor| factor.recovery_codes_left),
        }
    }
}

shape! {
    /// What unlocking did.
    pub struct Unlocked {
        was_locked: bool = "Whether the rep had been locked.", true;
    }
}

shape! {
    /// Who is signed in to an account, and how many seats that takes.
    pub struct Seats {
        seats: Option<u32> = "How many the account has; null: any number.", 5;
        taken: u64 = "Sign-ins that have one.", 2;
        waiting: u64 = "Sign-ins that wait for one.", 0;
        people: Vec<SeatHolder> = "At most 200 of the sign-ins, in the order of coming.", [];
        more: u64 = "Sign-ins that are not among them.", 0;
    }
}

shape! {
    /// A sign-in that stands.
    pub struct SeatHolder {
        name: String = "The rep's name.", "Anna Berg";
        held_s: Option<u64> = "For how long it has its seat, in seconds; null: it waits for one.", 600;
        in_session: bool = "Whether a session of the rep's runs.", true;
        connected: bool = "Whether its console is connected.", true;
        ready: bool = "Whether it takes questions.", true;
    }
}

impl Seats {
    /// As the hub has it.
    pub fn of(seats: Option<u32>, live: Live) -> Self {
        let Live { seats_taken, waiting, people, people_more, .. } = live;
        let holder = |person| {
            let LivePerson { name, held_s, in_session, connected, ready, portals: _ } = person;
            SeatHolder { name, held_s, in_session, connected, ready }
        };
        let people = people.into_iter().map(holder).collect();
        Self { seats, taken: seats_taken, waiting, people, more: people_more }
    }
}

shape! {
    /// Sessions that run now.
    pub struct LiveSessions {
        sessions: Vec<RunningSession> = "At most 200 of them.", [];
        more: u64 = "Sessions that are not among them.", 0;
        codes: u64 = "Join codes that nobody has used yet.", 1;
    }
}

shape! {
    /// A session with both ends, or a customer who has just come with a code.
    pub struct RunningSession {
        session: String = "Its id.", "00112233445566778899aabbccddeeff";
        rep: String = "The rep's name.", "Anna Berg";
        customer: String = "The customer's name.", "K. Weber";
        system: String = "The customer's system.", "Debian 12";
        running: bool = "Whether the two ends hold each other's keys.", true;
        rep_there: bool = "Whether the rep's console is connected.", true;
        customer_there: bool = "Whether the customer's program is connected.", true;
    }
}

impl LiveSessions {
    /// As the hub has it.
    pub fn of(live: Live) -> Self {
        let Live { sessions, sessions_more, codes, .. } = live;
        let running_session = |session| {
            let LiveSession { id, rep, customer, system, running, rep_there, customer_there } = session;
            RunningSession { session: id, rep, customer, system, running, rep_there, customer_there }
        };
        Self { sessions: sessions.into_iter().map(running_session).collect(), more: sessions_more, codes }
    }
}

shape! {
    /// What an account has paid for.
    pub struct Licence {
        id: i64 = "The account's number.", 1;
        account: String = "The account's name.", "Acme";
        contact: String = "Whom its reps ask about features that are not licensed.", "it@acme.example";
        features: BTreeMap<String, Feature> = "By the feature's name.", {};
    }
}

shape! {
    /// On which terms an account has a feature.
    pub struct Feature {
        from_s: Option<i64> = "First second, in Unix time; null: from ever.", null;
        until_s: Option<i64> = "First second after it, in Unix time; null: for ever.", 1830297600;
        limits: BTreeMap<String, u32> = "By the limit's name.", { "sessions": 3 };
        licensed_now: bool = "Whether it is within its dates.", true;
    }
}

impl Licence {
    /// As the store has it, at a moment.
    pub fn of(terms: &AccountTerms, now_s: i64) -> Self {
        let AccountTerms { account, name, contact, terms } = terms;
        Self { id: *account, account: name.clone(), contact: contact.clone(), features: terms_of(terms, now_s) }
    }
}

/// Terms by the names of their features, at a moment.
pub fn terms_of(terms: &BTreeMap<String, Term>, now_s: i64) -> BTreeMap<String, Feature> {
    let feature = |(name, term): (&String, &Term)| {
        let Term { from_s, until_s, limits } = term.clone();
        (name.clone(), Feature { from_s, until_s, limits, licensed_now: term.holds(now_s) })
    };
    terms.iter().map(feature).collect()
}

shape! {
    /// A feature as a sandboxed component, in the versions that are here.
    pub struct Plugin {
        id: String = "Its id.", "com.example.notes";
        gets: Option<String> = "The version that the account's next sessions get; null: none.", "1.4.2";
        why: String = "Why that one, in words.", "the newest";
        rule: Option<String> = "What was said of it for the account: a range of versions, or off.", "^1.2";
        versions: Vec<PluginVersion> = "Newest first.", [];
    }
}

shape! {
    /// One signed package.
    pub struct PluginVersion {
        version: String = "Its version.", "1.4.2";
        sha256: String = "Digest of the package, in hexadecimal digits.",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        bytes: u64 = "Its length.", 48213;
        signer: Option<String> = "Key that signed it.", null;
        publisher: Option<String> = "What the operator calls the owner of that key.", "Example Ltd";
        feature: Option<String> = "What it needs a licence for.", null;
    }
}

impl Plugin {
    /// As the registry has it.
    pub fn of(plugin: &Resolved<'_>, rules: &Rules) -> Self {
        let version = |package: &&StoredPackage| PluginVersion {
            version: package.entry.version.to_string(),
            sha256: hex(&package.entry.digest),
            bytes: package.bytes.len() as u64,
            signer: package.signer.map(|key| key.to_string()),
            publisher: package.entry.publisher.clone(),
            feature: package.entry.feature.clone(),
        };
        Self {
            id: plugin.id().to_owned(),
            gets: plugin.chosen.map(|package| package.entry.version.to_string()),
            why: plugin.why.to_string(),
            rule: rules.get(plugin.id()).map(ToString::to_string),
            versions: plugin.there.iter().map(version).collect(),
        }
    }
}

shape! {
    /// What an account gets of a plugin.
    pub struct PluginRule {
        plugin: String = "The plugin's id.", "com.example.notes";
        rule: Option<String> = "A range of versions, or off; null: there is no rule, and the newest version is given.", "^1.2";
    }
}

shape! {
    /// A session as it is listed.
    pub struct SessionRow {
        session: String = "Its id.", "00112233445566778899aabbccddeeff";
        account: String = "The account's name.", "Acme";
        rep: String = "The rep's name.", "Anna Berg";
        user: String = "The rep's user ID.", "anna@acme.example";
        customer: String = "The customer's name.", "K. Weber";
        system: String = "The customer's system.", "Debian 12";
        started_s: i64 = "When it began, in Unix seconds.", 1796000000;
        ended_s: Option<i64> = "When it ended; null: it runs.", 1796000900;
        end_reason: Option<String> = "Why it ended.", "RepEnded";
        notes_begin: String = "The first 200 characters of the notes.", "Printer driver replaced.";
    }
}

impl SessionRow {
    /// As the store has it.
    pub fn of(row: &store::ReportRow) -> Self {
        let store::ReportRow {
            session,
            account: _,
            account_name,
            rep: _,
            rep_name,
            rep_user,
            customer,
            system,
            started_s,
            ended_s,
            end_reason,
            notes_begin,
        } = row.clone();
        Self {
            session: hex(&session.0),
            account: account_name,
            rep: rep_name,
            user: rep_user,
            customer,
            system,
            started_s,
            ended_s,
            end_reason,
            notes_begin,
        }
    }
}

shape! {
    /// All that is told of one session.
    pub struct Report {
        session: String = "Its id.", "00112233445566778899aabbccddeeff";
        account: String = "The account's name.", "Acme";
        rep: String = "The rep's name.", "Anna Berg";
        user: String = "The rep's user ID.", "anna@acme.example";
        customer: String = "The customer's name.", "K. Weber";
        system: String = "The customer's system.", "Debian 12";
        started_s: i64 = "When it began, in Unix seconds.", 1796000000;
        ended_s: Option<i64> = "When it ended; null: it runs.", 1796000900;
        end_reason: Option<String> = "Why it ended.", "RepEnded";
        plugins: Vec<SessionPlugin> = "Plugins that it had.", [];
        notes: Option<Notes> = "What the rep noted.", null;
        timeline: Vec<AuditLine> = "Its lines of the audit log, oldest first.", [];
    }
}

shape! {
    /// A plugin that a session had.
    pub struct SessionPlugin {
        id: String = "Its id.", "com.example.notes";
        version: String = "Its version.", "1.4.2";
        licensed: bool = "Whether the account had a licence for it.", true;
    }
}

shape! {
    /// What a rep noted about a session.
    pub struct Notes {
        revision: u64 = "Grows by one with each text.", 3;
        text: String = "The notes.", "Printer driver replaced.";
        changed_s: i64 = "When they were changed last, in Unix seconds.", 1796000900;
    }
}

impl Report {
    /// As the store has it.
    pub fn of(report: &store::Report) -> Self {
        let store::Report { row, plugins, notes, timeline } = report;
        let SessionRow {
            session,
            account,
            rep,
            user,
            customer,
            system,
            started_s,
            ended_s,
            end_reason,
            notes_begin: _,
        } = SessionRow::of(row);
        let plugin = |plugin: &ReportPlugin| {
            let ReportPlugin { id, version, licensed } = plugin.clone();
            SessionPlugin { id, version, licensed }
        };
        let noted = |notes: &store::Notes| {
            let store::Notes { revision, text, changed_s } = notes.clone();
            Notes { revision, text, changed_s }
        };
        Self {
            session,
            account,
            rep,
            user,
            customer,
            system,
            started_s,
            ended_s,
            end_reason,
            plugins: plugins.iter().map(plugin).collect(),
            notes: notes.as_ref().map(noted),
            timeline: timeline.iter().map(AuditLine::of).collect(),
        }
    }
}

shape! {
    /// A line of the audit log.
    pub struct AuditLine {
        id: i64 = "Its number; later lines have higher ones.", 1234;
        at_s: i64 = "When it was written, in Unix seconds.", 1796000000;
        kind: String = "What happened.", "session-started";
        account: Option<String> = "The account's name.", "Acme";
        rep: Option<String> = "The name of the rep whom it is about.", "Anna Berg";
        user: Option<String> = "That rep's user ID.", "anna@acme.example";
        session: Option<String> = "The session's id.", "00112233445566778899aabbccddeeff";
        detail: String = "Details in few words.", "";
    }
}

impl AuditLine {
    /// As the store has it. Who is gone has no name.
    pub fn of(entry: &AuditEntry) -> Self {
        let AuditEntry { id, at_s, kind, account: _, account_name, rep: _, rep_name, rep_user, session, detail } =
            entry.clone();
        let session = session.map(|session| hex(&session.0));
        Self { id, at_s, kind, account: account_name, rep: rep_name, user: rep_user, session, detail }
    }
}

shape! {
    /// What a script signs in with. The token itself is shown once, when it is made.
    pub struct Token {
        id: i64 = "Its number.", 3;
        name: String = "What it is for.", "people from HR";
        account: Option<i64> = "The only account that it reaches; null: every one, and the relay itself.", 1;
        account_name: Option<String> = "That account's name.", "Acme";
        scopes: BTreeSet<String> = "What it may do.", ["people:read", "people:write"];
        from: Option<String> = "The network that it may be used from; null: any.", "192.0.2.0/24";
        created_s: i64 = "When it was made, in Unix seconds.", 1796000000;
        expires_s: i64 = "Until when it holds, in Unix seconds.", 1803776000;
        used_s: Option<i64> = "When it was used last, to the minute, in Unix seconds.", 1796000300;
        used_from: Option<String> = "The address that this came from.", "192.0.2.7";
    }
}

impl Token {
    /// As the store has it.
    pub fn of(token: &ApiToken) -> Self {
        let ApiToken { id, name, account, account_name, scopes, addresses, created_s, expires_s, used_s, used_from } =
            token.clone();
        let scopes = scopes.split(' ').map(str::to_owned).collect();
        Self { id, name, account, account_name, scopes, from: addresses, created_s, expires_s, used_s, used_from }
    }
}

shape! {
    /// An address of another program that is told what happens in an account.
    pub struct Webhook {
        id: i64 = "Its number.", 5;
        account: String = "The account's name.", "Acme";
        url: String = "Where it is told something.", "https://example.com/lotse";
        events: Vec<String> = "What it is told.", ["session.started"];
        created_s: i64 = "When it was added, in Unix seconds.", 1796000000;
        failing_s: Option<i64> = "Since when nothing got through; null: the last attempt did.", null;
        off: bool = "Nothing got through for a day, and it is told nothing any more: remove it and add it anew.", false;
        dropped: i64 = "Events that were passed over, since too many waited.", 0;
    }
}

impl Webhook {
    /// As the store has it, without its secret.
    pub fn of(webhook: &store::webhooks::Webhook) -> Self {
        let store::webhooks::Webhook { id, account_name, url, events, created_s, failing_s, off, dropped, .. } =
            webhook.clone();
        let events = events.split(' ').map(str::to_owned).collect();
        Self { id, account: account_name, url, events, created_s, failing_s, off, dropped }
    }
}

shape! {
    /// A webhook that was added.
    pub struct WebhookMade {
        id: i64 = "Its number.", 5;
        url: String = "Where it is told something.", "https://example.com/lotse";
        events: Vec<String> = "What it is told.", ["session.started"];
        secret: String = "What deliveries are signed with; shown once.", "whsec_0f1e2d";
    }
}

shape! {
    /// What became of an event that a webhook was to be told.
    pub struct Delivery {
        line: i64 = "The event's number, as in the audit log.", 1234;
        event: String = "What it is.", "session.started";
        at_s: i64 = "When it was tried last, in Unix seconds.", 1796000000;
        attempts: i64 = "How often it was tried.", 1;
        done: bool = "Whether it got through.", true;
        outcome: String = "The status that was answered, or why there was no answer.", "200";
    }
}

impl Delivery {
    /// As the store has it.
    pub fn of(delivery: store::webhooks::Delivery) -> Self {
        let store::webhooks::Delivery { line, event, at_s, attempts, done, outcome } = delivery;
        Self { line, event, at_s, attempts, done, outcome }
    }
}

shape! {
    /// What a webhook answered to a ping.
    pub struct Pinged {
        status: Option<u32> = "The status of the answer; null: there was none.", 200;
        why: Option<String> = "Why there was none.", null;
    }
}

shape! {
    /// How the relay stands.
    pub struct Relay {
        version: String = "The program's version.", "0.1.0";
        ready: bool = "Whether programs can work with it.", true;
        not_ready_because: Option<String> = "Why not.", null;
        developer: bool = "Whether it takes unsigned plugins and consent given ahead.", false;
        rep_connections: u64 = "Consoles that are connected.", 8;
        customer_connections: u64 = "Customers' programs that are connected.", 3;
        reps_signed_in: u64 = "Sign-ins with a connection.", 8;
        codes: u64 = "Join codes that lead somewhere.", 1;
        sessions_running: u64 = "Sessions whose two ends hold each other's keys.", 3;
    }
}
