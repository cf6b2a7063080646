//! Other programs: tokens of those that ask, webhooks of those that are told.

use crate::api::shape::shape;
use crate::store;
use crate::store::api::ApiToken;
use std::collections::BTreeSet;

shape! {
    /// What a script signs in with. The token itself is shown once, when it is made.
    pub struct Token {
        id: i64 = "Its number.", 3;
        name: String = "What it is for.", "people from HR";
        account: Option<i64> = "The only account that it reaches; null: every one, and the relay itself.", 1;
        account_name: Option<String> = "That account's name.", "Acme";
        scopes: BTreeSet<String> = "What it may do.", ["people:read", "people:write"];
        from: Option<String> = "The network that it may be used from; null: any.", "192.0.2.0/24";
        created_s: i64 = "When it was made, in Unix seconds.", 1796000000;
        expires_s: i64 = "Until when it holds, in Unix seconds.", 1803776000;
        used_s: Option<i64> = "When it was used last, to the minute, in Unix seconds.", 1796000300;
        used_from: Option<String> = "The address that this came from.", "192.0.2.7";
    }
}

impl Token {
    /// As the store has it.
    pub fn of(token: &ApiToken) -> Self {
        let ApiToken { id, name, account, account_name, scopes, addresses, created_s, expires_s, used_s, used_from } =
            token.clone();
        let scopes = scopes.split(' ').map(str::to_owned).collect();
        Self { id, name, account, account_name, scopes, from: addresses, created_s, expires_s, used_s, used_from }
    }
}

shape! {
    /// An address of another program that is told what happens in an account.
    pub struct Webhook {
        id: i64 = "Its number.", 5;
        account: String = "The account's name.", "Acme";
        url: String = "Where it is told something.", "https://example.com/lotse";
        events: Vec<String> = "What it is told.", ["session.started"];
        created_s: i64 = "When it was added, in Unix seconds.", 1796000000;
        failing_s: Option<i64> = "Since when nothing got through; null: the last attempt did.", null;
        off: bool = "Nothing got through for a day, and it is told nothing any more: remove it and add it anew.", false;
        dropped: i64 = "Events that were passed over, since too many waited.", 0;
    }
}

impl Webhook {
    /// As the store has it, without its secret.
    pub fn of(webhook: &store::webhooks::Webhook) -> Self {
        let store::webhooks::Webhook { id, account_name, url, events, created_s, failing_s, off, dropped, .. } =
            webhook.clone();
        let events = events.split(' ').map(str::to_owned).collect();
        Self { id, account: account_name, url, events, created_s, failing_s, off, dropped }
    }
}

shape! {
    /// A webhook that was added.
    pub struct WebhookMade {
        id: i64 = "Its number.", 5;
        url: String = "Where it is told something.", "https://example.com/lotse";
        events: Vec<String> = "What it is told.", ["session.started"];
        secret: String = "What deliveries are signed with; shown once.", "whsec_0f1e2d";
    }
}

shape! {
    /// What became of an event that a webhook was to be told.
    pub struct Delivery {
        line: i64 = "The event's number, as in the audit log.", 1234;
        event: String = "What it is.", "session.started";
        at_s: i64 = "When it was tried last, in Unix seconds.", 1796000000;
        attempts: i64 = "How often it was tried.", 1;
        done: bool = "Whether it got through.", true;
        outcome: String = "The status that was answered, or why there was no answer.", "200";
    }
}

impl Delivery {
    /// As the store has it.
    pub fn of(delivery: store::webhooks::Delivery) -> Self {
        let store::webhooks::Delivery { line, event, at_s, attempts, done, outcome } = delivery;
        Self { line, event, at_s, attempts, done, outcome }
    }
}

shape! {
    /// What a webhook answered to a ping.
    pub struct Pinged {
        status: Option<u32> = "The status of the answer; null: there was none.", 200;
        why: Option<String> = "Why there was none.", null;
    }
}
