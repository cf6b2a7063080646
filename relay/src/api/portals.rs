//! Portals of an account, and messages that customers left there.

use super::accounts::{Tongue, nothing_to_change};
use super::page::{Asked, Page};
use super::problem::Problem;
use super::route::{Answer, Call};
use super::shape::{Edit, Nothing, shape};
use super::shown::{Message, Portal};
use crate::clock::unix_s;
use crate::manage;
use crate::portals::is_slug;
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

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Portal>>, Problem> {
    let account = call.account()?.id;
    let portals = call.store().portals().await.map_err(|error| call.problem(&error))?;
    let own = portals.iter().filter(|listed| listed.portal.account == account);
    Ok(Answer::of(Page { items: own.map(Portal::of).collect(), next: None }))
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
    Ok(Answer::of(of_slug(&call, &slug).await?).at(at))
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Portal>, Problem> {
    of_slug(&call, call.param("portal")).await.map(Answer::of)
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
    let slug = of_slug(&call, call.param("portal")).await?.slug;
    let changed = manage::change_portal(call.store(), &slug, change, &call.by()).await;
    changed.map_err(|error| call.problem(&error))?;
    of_slug(&call, &slug).await.map(Answer::of)
}

pub(super) async fn remove(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Nothing>, Problem> {
    let slug = of_slug(&call, call.param("portal")).await?.slug;
    let removed = manage::remove_portal(call.store(), &slug, &call.by()).await;
    removed.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Nothing))
}

pub(super) async fn messages(call: Call, asked: Asked, _: Nothing) -> Result<Answer<Page<Message>>, Problem> {
    let before = asked.behind()?;
    let account = Some(call.account()?.id);
    // One more than the page has, to know whether there is a next one.
    let rows = asked.rows().min(MESSAGES_PAGE_MAX - 1);
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

async fn of_slug(call: &Call, slug: &str) -> Result<Portal, Problem> {
    let account = call.account()?.id;
    let portals = call.store().portals().await.map_err(|error| call.problem(&error))?;
    let found = portals.iter().find(|listed| listed.portal.account == account && listed.portal.slug == slug);
    found.map(Portal::of).ok_or_else(|| Problem::missing("portal"))
}

fn named(text: &str) -> Result<String, Problem> {
    manage::name(text).ok_or_else(|| Problem::field("name", "must have 1 to 80 characters"))
}
