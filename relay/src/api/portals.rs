//! Portals of an account, and messages that customers left there.

use super::accounts::{Tongue, nothing_to_change};
use super::page::{self, Page};
use super::problem::{Kind, Problem};
use super::reps::ATTEMPTS;
use super::route::{Answer, Call, outdated};
use super::shape::{Edit, Nothing, shape};
use super::shown::{Message, Portal};
use crate::clock::unix_s;
use crate::manage;
use crate::portals::is_slug;
use crate::store::center::PortalSettings;
use crate::store::web::Edited;
use crate::store::{MESSAGES_PAGE_MAX, NewPortal, PortalChange};

shape! {
    /// A portal to be added.
    pub struct NewPortalBody {
        slug: String = "Part of its address: lower-case letters, digits and dashes. No other portal of the relay has it.",
            "acme", { "minLength": 1, "maxLength": 40 };
        name: Option<String> = "As customers and reps see it; the account's if not given.", "Acme helps",
            { "minLength": 1, "maxLength": 80 };
        greeting: Option<String> = "A few words to customers.", "We are here from 8 to 18.", { "maxLength": 500 };
        language: Option<Tongue> = "For customers whose browser asks for neither; the account's if not given.", "de";
        team: Option<String> = "Name of the team that it leads to; every rep of the account if not given.", "Printers";
    }
}

shape! {
    /// What changes in a portal; what is not named stays.
    pub struct PortalPatch {
        name: Option<String> = "As customers and reps see it.", "Acme helps", { "minLength": 1, "maxLength": 80 };
        greeting: Option<String> = "A few words to customers; an empty text takes them away.", "", { "maxLength": 500 };
        language: Edit<Tongue> = "For customers whose browser asks for neither; null: the account's.", null;
        team: Edit<String> = "Name of the team that it leads to; null: every rep of the account.", null;
    }
}

shape! {
    /// What is noted of a message.
    pub struct MessagePatch {
        read: bool = "Whether somebody has read it.", true;
    }
}

shape! {
    /// Which page of the messages.
    pub struct AskedMessages {
        limit: Option<u32> = "Rows of a page; 100 if not given.", 50, { "minimum": 1, "maximum": 200 };
        cursor: Option<String> = "Where the page begins: `next` of the page before.", "120", { "maxLength": 64 };
    }
}

const _: () = assert!(MESSAGES_PAGE_MAX == 200, "as the bound above says");

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Portal>>, Problem> {
    let account = call.account()?.id;
    let portals = call.store().listed_portals_of(account).await.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Page { items: portals.iter().map(Portal::of).collect(), next: None }))
}

pub(super) async fn add(call: Call, _: Nothing, body: NewPortalBody) -> Result<Answer<Portal>, Problem> {
    let NewPortalBody { slug, name, greeting, language, team } = body;
    if !is_slug(&slug) {
        return Err(Problem::field("slug", "must have 1 to 40 lower-case letters, digits and dashes"));
    }
    let account = call.account()?;
    let portal = NewPortal {
        account: account.name.clone(),
        slug: slug.clone(),
        name: named(name.as_ref().unwrap_or(&account.name))?,
        greeting: manage::greeting(&greeting.unwrap_or_default()),
        language: language.map(Tongue::name),
        team,
    };
    let added = manage::add_portal(call.store(), portal, &call.by()).await;
    added.map_err(|error| call.problem(&error))?;
    let at = format!("/api/v1/accounts/{}/portals/{slug}", account.id);
    Ok(shown(&call, &slug).await?.at(at))
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Portal>, Problem> {
    shown(&call, call.param("portal")).await
}

pub(super) async fn change(call: Call, _: Nothing, body: PortalPatch) -> Result<Answer<Portal>, Problem> {
    let PortalPatch { name, greeting, language, team } = body;
    let change = PortalChange {
        name: name.map(|name| named(&name)).transpose()?,
        greeting: greeting.map(|greeting| manage::greeting(&greeting)),
        language: language.change().map(|language| language.map(Tongue::name)),
        team: team.change(),
    };
    if manage::portal_changes(&change).is_empty() {
        return Err(nothing_to_change());
    }
    // Of another account's portal nobody learns that it is there.
    let portal = settings(&call, call.param("portal")).await?;
    match call.seen_if_said() {
        None => {
            let changed = manage::change_portal(call.store(), &portal.slug, change, &call.by()).await;
            changed.map_err(|error| call.problem(&error))?;
        }
        Some(seen) => {
            let account = call.account()?.id;
            let edited = manage::edit_portal(call.store(), account, &portal, seen, change, &call.by()).await;
            if edited.map_err(|error| call.problem(&error))? == Edited::Outdated {
                return Err(outdated());
            }
        }
    }
    shown(&call, &portal.slug).await
}

pub(super) async fn remove(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Nothing>, Problem> {
    let (account, seen) = (call.account()?.id, call.seen_if_said());
    for _ in 0..ATTEMPTS {
        let portal = settings(&call, call.param("portal")).await?;
        let stands = portal.revision();
        let built_on = seen.unwrap_or(&stands);
        let removed = manage::remove_portal_seen(call.store(), account, &portal, built_on, &call.by()).await;
        match (removed.map_err(|error| call.problem(&error))?, seen) {
            (Edited::Done, _) => return Ok(Answer::of(Nothing)),
            (Edited::Outdated, Some(_)) => return Err(outdated()),
            (Edited::Outdated, None) => {}
        }
    }
    Err(Problem::own(Kind::Busy).before_anything())
}

pub(super) async fn messages(call: Call, asked: AskedMessages, _: Nothing) -> Result<Answer<Page<Message>>, Problem> {
    let before = page::behind(asked.cursor.as_deref())?;
    let account = Some(call.account()?.id);
    // One more than the page has, to know whether there is a next one.
    let rows = page::rows(asked.limit).min(MESSAGES_PAGE_MAX);
    let messages = call.store().messages(account, before, rows + 1).await.map_err(|error| call.problem(&error))?;
    let items = messages.into_iter().map(Message::of).collect();
    Ok(Answer::of(Page::of(items, rows, |message: &Message| message.id)))
}

pub(super) async fn mark_message(call: Call, _: Nothing, body: MessagePatch) -> Result<Answer<Nothing>, Problem> {
    let (account, message) = (call.account()?.id, call.number("message", "message")?);
    let marked = call.store().mark_message(account, message, body.read, unix_s()).await;
    if marked.map_err(|error| call.problem(&error))? {
        Ok(Answer::of(Nothing))
    } else {
        Err(Problem::missing("message"))
    }
}

/// The account's portal of this address, as it can be changed.
async fn settings(call: &Call, slug: &str) -> Result<PortalSettings, Problem> {
    let portals = call.store().portals_of(call.account()?.id).await.map_err(|error| call.problem(&error))?;
    portals.into_iter().find(|portal| portal.slug == slug).ok_or_else(|| Problem::missing("portal"))
}

/// As it is answered. What changes between the two looks makes the revision outdated, and nothing else.
async fn shown(call: &Call, slug: &str) -> Result<Answer<Portal>, Problem> {
    let revision = settings(call, slug).await?.revision();
    let portals = call.store().listed_portals_of(call.account()?.id).await.map_err(|error| call.problem(&error))?;
    let found = portals.iter().find(|listed| listed.portal.slug == slug);
    let portal = found.map(Portal::of).ok_or_else(|| Problem::missing("portal"))?;
    Ok(Answer::of(portal).revision(revision))
}

fn named(text: &str) -> Result<String, Problem> {
    manage::name(text).ok_or_else(|| Problem::field("name", "must have 1 to 80 characters"))
}
