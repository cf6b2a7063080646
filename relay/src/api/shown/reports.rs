//! Sessions that were, and the audit log.

use crate::api::shape::{choice, shape};
use crate::store::{self, AuditEntry, Part, ReportPlugin};
use crate::token::hex;

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
        participants: Vec<SessionRep> =
            "Every rep who was with its customer; who was something else later stands there once for each.", [];
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

choice!(Part: Led Beside LookedOn);

shape! {
    /// A rep who took part in a session, in one role.
    pub struct SessionRep {
        rep: String = "The rep's name.", "Bo Lind";
        user: String = "The rep's user ID.", "bo@acme.example";
        role: Part = "Whether they led, helped beside whoever led, or only looked on.", "looked-on";
        from_s: i64 = "Since when, in Unix seconds.", 1796000100;
        until_s: Option<i64> = "Until when; null: still.", 1796000400;
        session: String = "The id of their own session with that customer, which has notes and a timeline of its own.",
            "00112233445566778899aabbccddeeff";
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
        let store::Report { row, plugins, notes, participants, timeline } = report;
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
        let took_part = |of: &store::Participant| {
            let store::Participant { session, rep_name, rep_user, part, from_s, until_s } = of.clone();
            SessionRep { rep: rep_name, user: rep_user, role: part, from_s, until_s, session: hex(&session.0) }
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
            participants: participants.iter().map(took_part).collect(),
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
