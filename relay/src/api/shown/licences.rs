//! Licences.

use crate::api::shape::shape;
use crate::store::AccountTerms;
use lotse_protocol::licence::Term;
use std::collections::BTreeMap;

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
