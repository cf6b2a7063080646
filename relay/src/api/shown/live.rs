//! What goes on at a moment.

use crate::api::shape::shape;
use crate::hub::{Live, LivePerson, LiveSession};

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
