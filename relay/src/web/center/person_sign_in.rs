//! How one of the account's people signs in: second factor, lock, and where they are signed in; and what a manager does about it
//! for somebody who lost their telephone.

use super::frame::{account_path, zone_of};
use super::person::{find, somebody_else};
use crate::clock::unix_s;
use crate::manage;
use crate::shared::Shared;
use crate::store::web::Person;
use crate::store::{Factor, SignInRecord, StoreError, user_hash};
use crate::web::access::{Member, Of};
use crate::web::language::Language;
use crate::web::page::see_other;
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::time::Zone;
use crate::web::visit::{Fields, Visit};
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// A console's sign-in.
pub struct SignInRow {
    pub number: i64,
    pub since: String,
    pub used: String,
    pub seat: String,
}

/// How somebody signs in, in words.
pub struct SignIn {
    pub has_factor: bool,
    pub factor: String,
    /// Until when nobody signs in with the user ID; empty: it is not locked.
    pub locked: String,
    pub rows: Vec<SignInRow>,
}

impl SignIn {
    /// As it is at this moment.
    pub async fn of(shared: &Shared, visit: &Visit, of: &Of, person: &Person) -> Result<Self, Problem> {
        let now_s = unix_s();
        let found = async {
            let factor = shared.store.second_factor(person.id).await?;
            let locked_s = shared.store.locked_until(user_hash(&person.user), now_s).await?;
            Ok::<_, StoreError>((factor, locked_s, shared.store.sign_ins_of(&person.user, now_s).await?))
        };
        let (standing, locked_s, sign_ins) = found.await.map_err(|error| Problem::of_store(shared, &error))?;
        let zone = zone_of(of);
        let language = visit.language;
        let (factor, required) = standing.map_or((None, false), |standing| (standing.factor, standing.required));
        let locked =
            locked_s.map(|until_s| t(language, "person-locked", &[("time", Argument::Word(&zone.show(until_s)))]));
        Ok(Self {
            has_factor: factor.is_some(),
            factor: factor_words(language, &zone, factor.as_ref(), required),
            locked: locked.unwrap_or_default(),
            rows: sign_ins.into_iter().map(|record| row(language, &zone, record)).collect(),
        })
    }
}

fn row(language: Language, zone: &Zone, record: SignInRecord) -> SignInRow {
    let SignInRecord { number, since_s, used_s, has_seat } = record;
    let seat = t(language, if has_seat { "person-has-seat" } else { "person-no-seat" }, &[]);
    SignInRow { number, since: zone.show(since_s), used: zone.show(used_s), seat }
}

/// A second factor in words, or that there is none.
pub fn factor_words(language: Language, zone: &Zone, factor: Option<&Factor>, required: bool) -> String {
    match factor {
        Some(Factor { since_s, recovery_codes_left, .. }) => {
            let codes = Argument::Count(u64::from(*recovery_codes_left));
            t(language, "factor-on", &[("time", Argument::Word(&zone.show(*since_s))), ("codes", codes)])
        }
        None if required => t(language, "factor-wanted", &[]),
        None => t(language, "factor-off", &[]),
    }
}

fn back(person: &Person, done: &str) -> Response {
    see_other(&account_path(person.account, &format!("/people/{}?done={done}", person.id)))
}

/// `POST`: the second factor is gone, and with it everything that is signed in.
pub async fn remove_factor(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
    fields: Fields,
) -> Response {
    let person = somebody_else(&shared, (&visit, &member, &of), rep, &fields, "person-own-factor").await;
    let person = match person {
        Ok(person) => person,
        Err(page) => return *page,
    };
    match manage::remove_second_factor(&*shared.store, &person.user, &member.who(&shared)).await {
        Ok(true) => back(&person, "removed"),
        Ok(false) => back(&person, "no-factor"),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `POST`: the user ID is not locked any more.
pub async fn unlock(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
) -> Response {
    let person = match find(&shared, &of, rep).await {
        Ok(person) => person,
        Err(problem) => return problem::page(&visit, problem),
    };
    match manage::unlock(&*shared.store, &person.user, &member.who(&shared)).await {
        Ok(true) => back(&person, "unlocked"),
        Ok(false) => back(&person, "not-locked"),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `POST`: one console is signed out.
pub async fn end(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep, sign_in)): Path<(i64, i64, i64)>,
) -> Response {
    let person = match find(&shared, &of, rep).await {
        Ok(person) => person,
        Err(problem) => return problem::page(&visit, problem),
    };
    match manage::end_sign_ins(&*shared.store, &person.user, Some(sign_in), &member.who(&shared)).await {
        Ok(ended) if ended.numbers.is_empty() => back(&person, "gone"),
        Ok(_) => back(&person, "ended"),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totp::{SECRET_BYTES, TotpSecret};

    #[test]
    fn a_second_factor_is_told_with_what_is_left_of_its_codes() {
        let told = |factor: Option<&Factor>, required| {
            factor_words(Language::English, &Zone::named("Europe/Berlin"), factor, required)
        };
        let factor =
            Factor { secret: TotpSecret::of([7; SECRET_BYTES]), last_step: 0, since_s: 0, recovery_codes_left: 1 };
        let on = told(Some(&factor), true);
        assert!(on.contains("1970-01-01 01:00:00") && on.contains("one recovery code"), "{on}");
        assert_ne!(told(None, true), told(None, false), "where one is wanted, that is said");
    }
}
