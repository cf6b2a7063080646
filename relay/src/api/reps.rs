//! Reps of an account: listed, added, changed, given another password, signed out, unlocked.

use super::accounts::nothing_to_change;
use super::page::{Asked, Page};
use super::problem::{Kind, Problem};
use super::route::{Answer, Call, outdated};
use super::shape::{Nothing, shape};
use super::shown::{Ended, Rep, SecondFactor, SignIn, Unlocked};
use crate::clock::unix_s;
use crate::manage;
use crate::password::PasswordError;
use crate::signin::normal_user;
use crate::store::web::{Edited, Person, PersonEdit};
use crate::store::{NewRep, RepStatus, Role};
use lotse_protocol::control::Secret;

/// A change of whatever stands there is built on what was just read; how often that may be outdated by the time it is written.
pub(super) const ATTEMPTS: usize = 5;

shape! {
    /// A rep to be added, who can sign in at once.
    pub struct NewRepBody {
        user: String = "What the rep signs in with, in the form of an e-mail address; no other rep of the relay has it.",
            "anna@acme.example", { "maxLength": 254 };
        password: Secret = "The rep's password.", "harbour-Tulip-47-lantern", { "minLength": 8, "maxLength": 1024 };
        name: Option<String> = "What customers see; the part of the user ID before the @ if not given.", "Anna Berg",
            { "maxLength": 80 };
        role: Option<Role> = "What the rep is in the account; rep if not given.", "rep";
    }
}

shape! {
    /// What changes in a rep; what is not named stays.
    pub struct RepPatch {
        name: Option<String> = "What customers see.", "Anna Berg-Meyer", { "minLength": 1, "maxLength": 80 };
        role: Option<Role> = "What the rep is in the account.", "manager";
        status: Option<RepStatus> = "Whether the rep may sign in. The sign-ins of one who is suspended end.", "suspended";
    }
}

shape! {
    /// A password that somebody else sets: the old one and the sign-ins that stand are over, and the rep chooses another.
    pub struct PasswordBody {
        password: Secret = "Good for one sign-in.", "harbour-Tulip-47-lantern", { "minLength": 8, "maxLength": 1024 };
    }
}

pub(super) async fn list(call: Call, asked: Asked, _: Nothing) -> Result<Answer<Page<Rep>>, Problem> {
    let behind = asked.behind()?.unwrap_or(0);
    let people = call.store().people_of(call.account()?.id).await;
    let mut people = people.map_err(|error| call.problem(&error))?;
    people.retain(|person| person.id > behind);
    people.sort_unstable_by_key(|person| person.id);
    let rows = asked.rows();
    let items = people.into_iter().take(rows as usize + 1).map(Rep::of).collect();
    Ok(Answer::of(Page::of(items, rows, |rep: &Rep| rep.id)))
}

pub(super) async fn add(call: Call, _: Nothing, body: NewRepBody) -> Result<Answer<Rep>, Problem> {
    let NewRepBody { user, password, name, role } = body;
    let account = call.account()?;
    let no_user = || Problem::field("user", "must have the form of an e-mail address, such as anna@example.com");
    let user = normal_user(&user).ok_or_else(no_user)?;
    let name = name.unwrap_or_else(|| user.split('@').next().unwrap_or_default().to_owned());
    let name = manage::name(&name).ok_or_else(no_name)?;
    let password_hash = hash(&call, password).await?;
    let role = role.unwrap_or(Role::Rep);
    let new = NewRep { account: account.name.clone(), user, name, password_hash, contact: None, role };
    let added = manage::add_rep(call.store(), new, &call.by()).await;
    let (of, id) = added.map_err(|error| call.problem(&error))?;
    Ok(shown(person(&call, id).await?).at(format!("/api/v1/accounts/{of}/reps/{id}")))
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Rep>, Problem> {
    Ok(shown(named(&call).await?))
}

pub(super) async fn change(call: Call, _: Nothing, body: RepPatch) -> Result<Answer<Rep>, Problem> {
    let RepPatch { name, role, status } = body;
    let name = name.map(|name| manage::name(&name).ok_or_else(no_name)).transpose()?;
    let words = [name.as_ref().map(|_| "another name"), role.map(Role::name), status.map(RepStatus::name)];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    if words.is_empty() {
        return Err(nothing_to_change());
    }
    for _ in 0..ATTEMPTS {
        let now = named(&call).await?;
        let of = (now.account, now.id);
        let stands = now.revision();
        let edit = PersonEdit {
            name: name.clone().unwrap_or(now.name),
            role: role.unwrap_or(now.role),
            status: status.unwrap_or(now.status),
        };
        let seen = call.seen()?;
        let built_on = seen.unwrap_or(&stands);
        let edited = manage::edit_person(call.store(), of, built_on, edit, words.join(", "), &call.by()).await;
        match (edited.map_err(|error| call.problem(&error))?, seen) {
            (Edited::Done, _) => return Ok(shown(person(&call, of.1).await?)),
            (Edited::Outdated, Some(_)) => return Err(outdated()),
            (Edited::Outdated, None) => {}
        }
    }
    Err(Problem::own(Kind::Busy).before_anything())
}

pub(super) async fn set_password(call: Call, _: Nothing, body: PasswordBody) -> Result<Answer<Nothing>, Problem> {
    let person = named(&call).await?;
    let password_hash = hash(&call, body.password).await?;
    let set = manage::reset_password(call.store(), &person.user, password_hash, &call.by()).await;
    set.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Nothing))
}

pub(super) async fn sign_ins(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<SignIn>>, Problem> {
    let person = named(&call).await?;
    let sign_ins = call.store().sign_ins_of(&person.user, unix_s()).await.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Page { items: sign_ins.into_iter().map(SignIn::of).collect(), next: None }))
}

pub(super) async fn end_sign_ins(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Ended>, Problem> {
    end(&call, None).await
}

pub(super) async fn end_sign_in(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Ended>, Problem> {
    let number = call.number("sign_in", "sign-in")?;
    end(&call, Some(number)).await
}

async fn end(call: &Call, only: Option<i64>) -> Result<Answer<Ended>, Problem> {
    let person = named(call).await?;
    let ended = manage::end_sign_ins(call.store(), &person.user, only, &call.by()).await;
    let ended = ended.map_err(|error| call.problem(&error))?.numbers;
    if only.is_some() && ended.is_empty() {
        return Err(Problem::missing("sign-in"));
    }
    Ok(Answer::of(Ended { ended }))
}

pub(super) async fn second_factor(call: Call, _: Nothing, _: Nothing) -> Result<Answer<SecondFactor>, Problem> {
    let person = named(&call).await?;
    let standing = call.store().second_factor(person.id).await.map_err(|error| call.problem(&error))?;
    let factor = standing.and_then(|standing| standing.factor);
    Ok(Answer::of(SecondFactor::of(factor.as_ref())))
}

pub(super) async fn remove_second_factor(call: Call, _: Nothing, _: Nothing) -> Result<Answer<SecondFactor>, Problem> {
    let person = named(&call).await?;
    let removed = manage::remove_second_factor(call.store(), &person.user, &call.by()).await;
    if removed.map_err(|error| call.problem(&error))? {
        Ok(Answer::of(SecondFactor::of(None)))
    } else {
        Err(Problem::new(Kind::Conflict, "The rep has no second factor: there is nothing to remove."))
    }
}

pub(super) async fn unlock(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Unlocked>, Problem> {
    let person = named(&call).await?;
    let unlocked = manage::unlock(call.store(), &person.user, &call.by()).await;
    Ok(Answer::of(Unlocked { was_locked: unlocked.map_err(|error| call.problem(&error))? }))
}

fn shown(person: Person) -> Answer<Rep> {
    let revision = person.revision();
    Answer::of(Rep::of(person)).revision(revision)
}

/// The rep that the path names.
async fn named(call: &Call) -> Result<Person, Problem> {
    person(call, call.number("rep", "rep")?).await
}

async fn person(call: &Call, id: i64) -> Result<Person, Problem> {
    let person = call.store().person(call.account()?.id, id).await.map_err(|error| call.problem(&error))?;
    person.ok_or_else(|| Problem::missing("rep"))
}

/// In its turn, off the async threads.
async fn hash(call: &Call, password: Secret) -> Result<String, Problem> {
    let hashed = call.shared.sign_ins.passwords().hash(password).await;
    hashed.map_err(|error| match error {
        PasswordError::Busy => Problem::own(Kind::Busy).before_anything(),
        PasswordError::Short => Problem::field("password", "must have at least 8 characters"),
        PasswordError::Long => Problem::field("password", "must have at most 1024 bytes"),
        PasswordError::Failed => Problem::own(Kind::Trouble).before_anything(),
    })
}

fn no_name() -> Problem {
    Problem::field("name", "must have 1 to 80 characters")
}
