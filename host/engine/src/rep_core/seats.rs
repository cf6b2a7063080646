//! Whether the sign-in has a seat, and what becomes of one that somebody else ends or that needs a password of its own first.

use super::Core;
use crate::rep_view::{Seat, SeatHolder, SeatsTaken, SignIn};
use lotse_protocol::control::{self, SEAT_HOLDERS_MAX, Secret, SignInEnd, SignInFailure, ToRelay};
use lotse_protocol::tidy;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Longest name of a holder that is shown, in characters: as long as a relay lets one be.
const NAME_CHARS_MAX: usize = 80;

impl Core {
    /// A sign-in that had to wait takes up its sessions when it has a seat. While it waits, the relay may have missed the program
    /// of before only now, and gives the seat of that one with its session.
    pub(super) fn on_seat(&mut self, waits: Option<control::SeatsTaken>) {
        let waited = matches!(self.seat, Seat::Waiting(_));
        self.seat_said = true;
        self.seat = match waits {
            Some(taken) => Seat::Waiting(Arc::new(shown(taken, unix_ms()))),
            None => Seat::Held,
        };
        if !waited || !self.relay_hears() {
            return;
        }
        match self.seat {
            Seat::Held => {
                self.problem = None;
                self.take_up_sessions();
            }
            Seat::Waiting(_) => self.take_up_left_behind(),
        }
    }

    pub(super) fn take_seat(&self, seat: u64) {
        if matches!(self.seat, Seat::Waiting(_)) {
            self.say(ToRelay::TakeSeat { seat });
        }
    }

    /// As after signing out, but that the relay knows of it and the rep is told why.
    pub(super) fn on_ended(&mut self, end: SignInEnd) {
        let end = match end {
            SignInEnd::TakenOver { by } => SignInEnd::TakenOver { by: tidy(&by, NAME_CHARS_MAX) },
            SignInEnd::PasswordReset => SignInEnd::PasswordReset,
            SignInEnd::ByManager => SignInEnd::ByManager,
        };
        self.leave();
        self.sign_in = SignIn::Ended(end);
    }

    /// The rep chose a password: with it the sign-in that was refused for want of one goes on.
    pub(super) fn choose_password(&mut self, password: String) {
        let asked = match self.sign_in {
            SignIn::Refused(failure) => chooses(failure),
            SignIn::Out | SignIn::Trying | SignIn::In { .. } | SignIn::Failed(_) | SignIn::Ended(_) => false,
        };
        if asked && self.credentials.is_some() {
            self.new_password = Some(Secret(password));
            self.sign_in = SignIn::Trying;
            self.introduce();
        }
    }
}

/// Whether a refused sign-in goes on with a password that the rep chooses.
pub(super) fn chooses(failure: SignInFailure) -> bool {
    match failure {
        SignInFailure::MustChangePassword | SignInFailure::NewPasswordRefused(_) => true,
        SignInFailure::NotAnEmail
        | SignInFailure::WrongIdOrPassword
        | SignInFailure::AccountNotActive
        | SignInFailure::TooMany { .. }
        | SignInFailure::Locked { .. }
        | SignInFailure::AddressLocked { .. }
        | SignInFailure::SecondFactorWanted
        | SignInFailure::WrongCode
        | SignInFailure::SecondFactorMustBeSetUp
        | SignInFailure::SignInAgain => false,
    }
}

/// The relay's list with times of this computer's clock.
fn shown(taken: control::SeatsTaken, now_ms: i64) -> SeatsTaken {
    let control::SeatsTaken { seats, holders, more } = taken;
    let holder = |holder: control::SeatHolder| {
        let control::SeatHolder { seat, name, held_s, in_session, connected } = holder;
        let held_ms = i64::try_from(held_s.saturating_mul(1000)).unwrap_or(i64::MAX);
        // To the second: what is told again is then the same.
        let since_ms = now_ms.saturating_sub(held_ms) / 1000 * 1000;
        SeatHolder { seat, name: tidy(&name, NAME_CHARS_MAX), since_ms, in_session, connected }
    };
    SeatsTaken { seats, holders: holders.into_iter().take(SEAT_HOLDERS_MAX).map(holder).collect(), more }
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_relays_list_is_cut_and_cleaned_and_has_times_of_day() {
        let holder = |seat| control::SeatHolder {
            seat,
            name: "Bo\u{202e} Lind\n".into(),
            held_s: 60,
            in_session: true,
            connected: true,
        };
        let taken = control::SeatsTaken { seats: 500, holders: (0..500).map(holder).collect(), more: 0 };
        let shown = shown(taken, 1_700_000_061_999);
        assert_eq!(shown.holders.len(), SEAT_HOLDERS_MAX);
        let first = shown.holders.first().unwrap();
        assert_eq!((first.name.as_str(), first.since_ms), ("Bo Lind", 1_700_000_001_000));
    }
}
