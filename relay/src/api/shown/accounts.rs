//! Accounts.

use crate::api::shape::{choice, shape};
use crate::store::{self, AccountStatus};
use std::collections::BTreeSet;

choice!(AccountStatus: Active Suspended Closed);

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
        managers_watch: bool = "Whether its managers may ask to look on at its sessions.", false;
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
            managers_watch,
            reps,
            features,
        } = account.clone();
        Self {
            id,
            name,
            status,
            contact,
            seats,
            reps,
            language,
            time_zone,
            features,
            second_factor_required,
            managers_watch,
        }
    }
}
