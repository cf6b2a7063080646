//! Sign-ins that somebody else ends: whoever takes their seat, and the operator, who suspends a rep or an account, has a
//! password set anew, or ends one by its number.

use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind, Change};
use crate::hub::input::{ConnectionId, People, RepIdentity};
use lotse_protocol::control::{FromRelay, SessionId, SignInEnd, SignInFailure};

impl Hub {
    /// Ends the sign-in that has this seat and gives it to the one that asks. Only who waits can, and only within the account.
    /// Was it given up meanwhile, the answer is who has the seats now.
    pub(in crate::hub) fn take_seat(&mut self, now_ms: u64, connection: ConnectionId, seat: u64) {
        let Some(known) = self.connections.get(&connection) else { return };
        let Some(by) = known.rep.clone() else { return self.refuse(connection, "Sign in before taking a seat.") };
        if self.seats.has_one(by.sign_in) {
            return;
        }
        let Some(from) = self.seats.holder(by.account, seat) else {
            return self.tell_that_it_waits(now_ms, by.sign_in);
        };
        self.audit(AuditKind::SeatTakenOver, None, Some(&by), format!("from rep {}", from.rep));
        // First, so that nobody who waited for longer comes in between.
        self.give_seat(now_ms, by.sign_in);
        let message = FromRelay::SignInEnded(SignInEnd::TakenOver { by: by.name.clone() });
        self.end_sign_in(now_ms, &from, message, &format!("its seat was taken over by rep {}", by.rep));
    }

    /// Accounts or reps were changed: ends the sign-ins of whoever may not be signed in any more, and gives seats that are new.
    pub(in crate::hub) fn people(&mut self, now_ms: u64, people: People) {
        let People { seats, inactive, signed_out, ended, watchers } = people;
        self.seats.set_limits(seats);
        for rep in self.seats.everybody() {
            if inactive.contains(&rep.rep) {
                let message = FromRelay::SignInFailed(SignInFailure::AccountNotActive);
                self.end_sign_in(now_ms, &rep, message, "the rep or the account is not active");
            } else if signed_out.get(&rep.rep).is_some_and(|number| rep.sign_in <= *number) {
                let message = FromRelay::SignInEnded(SignInEnd::PasswordReset);
                self.end_sign_in(now_ms, &rep, message, "the password was set anew");
            } else if ended.contains(&rep.sign_in) {
                let message = FromRelay::SignInEnded(SignInEnd::ByManager);
                self.end_sign_in(now_ms, &rep, message, "somebody else ended it");
            }
        }
        // Of an earlier relay, too, whose rep has not come back.
        let of_inactive = self.sessions.values().filter(|session| inactive.contains(&session.owner.rep));
        let mut sessions: Vec<SessionId> = of_inactive.map(|session| session.id).collect();
        sessions.sort_unstable();
        self.end_sessions(now_ms, sessions);
        self.set_watchers(now_ms, watchers);
        for account in self.seats.accounts() {
            self.seats_changed(now_ms, account);
        }
    }

    /// Ends a sign-in with its codes and sessions. Its console hears why, and its connection is closed: what it still says
    /// there is nobody's.
    fn end_sign_in(&mut self, now_ms: u64, rep: &RepIdentity, message: FromRelay, why: &str) {
        let sign_in = rep.sign_in;
        self.audit(AuditKind::SignInEnded, None, Some(rep), why.to_owned());
        self.actions.push_back(Action::Record(Change::SignInGone { sign_in }));
        let connection = self.sign_ins.get(&sign_in).copied();
        if let Some(connection) = connection {
            // Before its sessions are told: the console itself says farewell to its customers.
            self.send(connection, message);
        }
        let mut sessions: Vec<SessionId> = self
            .sessions
            .of_rep(rep)
            .filter(|session| {
                // One that an earlier relay began and nobody took up since is known by its rep alone.
                let owner = &session.owner;
                owner.sign_in == sign_in || owner.sign_in == 0
            })
            .map(|session| session.id)
            .collect();
        // In a fixed order, so that a simulation can be replayed.
        sessions.sort_unstable();
        self.end_sessions(now_ms, sessions);
        match connection {
            Some(connection) => {
                self.signed_out(now_ms, connection);
                self.gone(now_ms, connection);
                let reason = "This sign-in was ended by somebody else.".into();
                self.actions.push_back(Action::Close { connection, reason });
            }
            None => self.seat_over(now_ms, sign_in),
        }
    }
}
