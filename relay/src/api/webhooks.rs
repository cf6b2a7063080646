//! Webhooks of an account: added, listed, tried, removed; and what became of deliveries.

use super::page::Page;
use super::problem::{Kind, Problem};
use super::route::{Answer, Call};
use super::shape::{Nothing, choice, shape};
use super::shown::{Delivery, Pinged, Webhook, WebhookMade};
use crate::manage;
use crate::store::{self, webhooks::WEBHOOKS_MAX};
use crate::webhooks::{Event, HookUrl, PingError};

/// A ping takes no longer, in seconds.
const PING_AGAIN_S: u64 = 10;

choice!(Event: SessionStarted SessionEnded QuestionAsked QuestionAnswered QuestionLeft QuestionClosed QuestionReturned
    MessageLeft LicenceChanged LicenceExpired RepSignedIn RepSignedOut);

shape! {
    /// A webhook to be added. It is told what happens from then on.
    pub struct NewWebhookBody {
        url: String = "Where it is told something; https alone, and on the public Internet unless the operator says otherwise.",
            "https://example.com/lotse", { "minLength": 1, "maxLength": 2048 };
        events: Vec<Event> = "What it is told.", ["session.started", "session.ended"];
    }
}

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Webhook>>, Problem> {
    let account = Some(call.account()?.id);
    let webhooks = call.store().webhooks(account).await.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Page { items: webhooks.iter().map(Webhook::of).collect(), next: None }))
}

pub(super) async fn add(call: Call, _: Nothing, body: NewWebhookBody) -> Result<Answer<WebhookMade>, Problem> {
    let url: HookUrl =
        body.url.parse().map_err(|why: crate::webhooks::BadUrl| Problem::field("url", why.to_string()))?;
    if body.events.is_empty() {
        return Err(Problem::field("events", "must be one at least"));
    }
    let events = body.events.into_iter().collect();
    let account = call.account()?.id;
    let added = manage::add_webhook(call.store(), account, &url, &events, &call.by()).await;
    let Some((id, secret)) = added.map_err(|error| call.problem(&error))? else {
        let detail = format!("The account has {WEBHOOKS_MAX} webhooks, as many as can be: remove one first.");
        return Err(Problem::new(Kind::Conflict, detail));
    };
    let at = format!("/api/v1/accounts/{account}/webhooks/{id}");
    let events = events.iter().map(|event| event.name().to_owned()).collect();
    Ok(Answer::of(WebhookMade { id, url: url.to_string(), events, secret: secret.0 }).at(at))
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Webhook>, Problem> {
    let webhook = named(&call).await?;
    Ok(Answer::of(Webhook::of(&webhook)))
}

pub(super) async fn remove(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Nothing>, Problem> {
    let (webhook, account) = (call.number("webhook", "webhook")?, Some(call.account()?.id));
    let removed = manage::remove_webhook(call.store(), webhook, account, &call.by()).await;
    if removed.map_err(|error| call.problem(&error))? {
        Ok(Answer::of(Nothing))
    } else {
        Err(Problem::missing("webhook"))
    }
}

pub(super) async fn deliveries(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Delivery>>, Problem> {
    let webhook = named(&call).await?;
    let deliveries = call.store().webhook_deliveries(webhook.id).await.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Page { items: deliveries.into_iter().map(Delivery::of).collect(), next: None }))
}

pub(super) async fn test(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Pinged>, Problem> {
    let webhook = named(&call).await?;
    let (status, why) = match call.shared.teller.ping(&webhook).await {
        Ok(status) => (Some(u32::from(status)), None),
        Err(PingError::NoAnswer(why)) => (None, Some(why)),
        Err(error @ PingError::TooMany) => {
            return Err(Problem::new(Kind::TooMany, format!("Nothing was sent: {error}.")).after(PING_AGAIN_S));
        }
    };
    Ok(Answer::of(Pinged { status, why }))
}

async fn named(call: &Call) -> Result<store::webhooks::Webhook, Problem> {
    let id = call.number("webhook", "webhook")?;
    let account = Some(call.account()?.id);
    let webhooks = call.store().webhooks(account).await.map_err(|error| call.problem(&error))?;
    webhooks.into_iter().find(|webhook| webhook.id == id).ok_or_else(|| Problem::missing("webhook"))
}
