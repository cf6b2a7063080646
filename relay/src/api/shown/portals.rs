//! Teams, portals and messages.

use crate::api::shape::shape;
use crate::store;

shape! {
    /// Reps of an account whom a portal may lead to.
    pub struct Team {
        id: i64 = "Its number.", 2;
        account: String = "The account's name.", "Acme";
        name: String = "Its name.", "Printers";
        reps: Vec<String> = "User IDs of its reps, in order.", ["anna@acme.example"];
    }
}

impl Team {
    /// As the store has it.
    pub fn of(team: store::Team) -> Self {
        let store::Team { id, account: _, account_name, name, users } = team;
        Self { id, account: account_name, name, reps: users }
    }
}

shape! {
    /// A page by which an account's customers come.
    pub struct Portal {
        id: i64 = "Its number.", 4;
        account: String = "The account's name.", "Acme";
        slug: String = "Part of its address.", "acme";
        name: String = "As customers and reps see it.", "Acme helps";
        language: String = "For customers whose browser asks for neither English nor German.", "de";
        greeting: String = "A few words to customers.", "We are here from 8 to 18.";
        team: Option<String> = "The team that it leads to; null: every rep of the account.", "Printers";
        active: bool = "Whether it is there for customers, as its account is active.", true;
    }
}

impl Portal {
    /// As the store has it.
    pub fn of(listed: &store::ListedPortal) -> Self {
        let store::ListedPortal { portal, team, active } = listed.clone();
        let store::Portal { id, account: _, account_name, slug, name, language, greeting, contact: _ } = portal;
        Self { id, account: account_name, slug, name, language, greeting, team, active }
    }
}

shape! {
    /// What a customer left at a portal while nobody was there.
    pub struct Message {
        id: i64 = "Its number; later messages have higher ones.", 9;
        account: String = "The account's name.", "Acme";
        portal: String = "The portal's name at that time.", "Acme helps";
        name: String = "The customer's name.", "K. Weber";
        reply_to: String = "E-mail or telephone, in the customer's words.", "weber@example.com";
        text: String = "What the customer wrote.", "The printer is gone again.";
        language: String = "The language of the page: en or de.", "en";
        at_s: i64 = "When it was left, in Unix seconds.", 1796000000;
        read: bool = "Whether somebody has read it.", false;
    }
}

impl Message {
    /// As the store has it.
    pub fn of(message: store::Message) -> Self {
        let store::Message { id, account: _, account_name, portal_name, message, at_s, read } = message;
        let store::NewMessage { name, reply_to, text, language } = message;
        Self { id, account: account_name, portal: portal_name, name, reply_to, text, language, at_s, read }
    }
}
