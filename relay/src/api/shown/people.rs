//! Reps, and how they sign in.

use crate::api::shape::{choice, shape};
use crate::store::web::Person;
use crate::store::{Factor, RepStatus, Role, SignInRecord};

choice!(RepStatus: Active Suspended);
choice!(Role: Rep Manager);

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
