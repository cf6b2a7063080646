//! The Management Center: managers see and manage their account, operators all of them.
//!
//! Every page is a row of `ROUTES` with who may see it, a struct with a template, and, if it is to be found from every other
//! page, a row of `frame::OF_ACCOUNT` or `frame::OF_RELAY`.

mod account;
mod accounts;
mod audit;
mod confirm;
mod frame;
mod licence;
mod licences;
mod me;
mod messages;
mod names;
mod overview;
mod own_password;
mod people;
mod person;
mod person_confirm;
mod person_sign_in;
mod plugin;
mod plugins;
mod portal;
mod portal_change;
mod portals;
mod relay;
mod report;
mod reports;
mod set_up;
mod sign_in;
mod team;
mod teams;
mod watching;
mod words;

use super::access::{Member, Route, Rule, guarded};
use super::page::see_other;
use crate::shared::Shared;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;

/// Every page and form. `{account}` is read by `access`, which has looked it up before a handler runs.
pub(super) const ROUTES: &[Route] = &[
    Route { path: "/center", rule: Rule::SignedIn, handlers: || get(start) },
    Route { path: "/center/sign-in", rule: Rule::Anyone, handlers: || get(sign_in::show).post(sign_in::sign_in) },
    Route {
        path: "/center/password",
        rule: Rule::Anyone,
        handlers: || get(sign_in::show_password).post(sign_in::choose_password),
    },
    Route { path: "/center/set-up", rule: Rule::Anyone, handlers: || get(set_up::show).post(set_up::set_up) },
    Route { path: "/center/sign-out", rule: Rule::SignedIn, handlers: || post(sign_in::sign_out) },
    Route { path: "/center/me", rule: Rule::SignedIn, handlers: || get(me::show) },
    Route { path: "/center/me/end/{session}", rule: Rule::SignedIn, handlers: || post(me::end) },
    Route { path: "/center/accounts", rule: Rule::Operator, handlers: || get(accounts::list).post(accounts::add) },
    Route { path: "/center/accounts/new", rule: Rule::Operator, handlers: || get(accounts::new) },
    Route { path: "/center/plugins", rule: Rule::Operator, handlers: || get(plugins::of_relay) },
    Route { path: "/center/reports/{report}", rule: Rule::SignedIn, handlers: || get(report::find) },
    Route { path: "/center/relay", rule: Rule::Operator, handlers: || get(relay::show) },
    Route { path: "/center/audit", rule: Rule::Operator, handlers: || get(audit::of_relay) },
    Route { path: "/center/audit.csv", rule: Rule::Operator, handlers: || get(audit::csv_of_relay) },
    Route { path: "/center/accounts/{account}", rule: Rule::Account, handlers: || get(overview::show) },
    Route { path: "/center/accounts/{account}/live", rule: Rule::Account, handlers: || get(overview::live) },
    Route { path: "/center/accounts/{account}/sessions", rule: Rule::Account, handlers: || get(overview::sessions) },
    Route {
        path: "/center/accounts/{account}/sessions/live",
        rule: Rule::Account,
        handlers: || get(overview::sessions_live),
    },
    Route {
        path: "/center/accounts/{account}/sessions/{session}/watch",
        rule: Rule::Account,
        handlers: || get(watching::ask).post(watching::watch),
    },
    Route {
        path: "/center/accounts/{account}/people",
        rule: Rule::Account,
        handlers: || get(people::list).post(people::add),
    },
    Route { path: "/center/accounts/{account}/people/new", rule: Rule::Account, handlers: || get(people::new) },
    Route {
        path: "/center/accounts/{account}/people/{rep}",
        rule: Rule::Account,
        handlers: || get(person::show).post(person::edit),
    },
    Route {
        path: "/center/accounts/{account}/people/{rep}/password",
        rule: Rule::Account,
        handlers: || get(person_confirm::reset_password).post(person::reset_password),
    },
    Route {
        path: "/center/accounts/{account}/people/{rep}/sign-out",
        rule: Rule::Account,
        handlers: || get(person_confirm::end_sign_ins).post(person::end_sign_ins),
    },
    Route {
        path: "/center/accounts/{account}/people/{rep}/second-factor",
        rule: Rule::Account,
        handlers: || post(person_sign_in::remove_factor),
    },
    Route {
        path: "/center/accounts/{account}/people/{rep}/unlock",
        rule: Rule::Account,
        handlers: || post(person_sign_in::unlock),
    },
    Route {
        path: "/center/accounts/{account}/people/{rep}/sign-ins/{sign_in}/end",
        rule: Rule::Account,
        handlers: || post(person_sign_in::end),
    },
    Route { path: "/center/accounts/{account}/reports", rule: Rule::Account, handlers: || get(reports::list) },
    Route { path: "/center/accounts/{account}/reports/{report}", rule: Rule::Account, handlers: || get(report::show) },
    Route { path: "/center/accounts/{account}/messages", rule: Rule::Account, handlers: || get(messages::list) },
    Route {
        path: "/center/accounts/{account}/messages/{message}",
        rule: Rule::Account,
        handlers: || post(messages::mark),
    },
    Route {
        path: "/center/accounts/{account}/teams",
        rule: Rule::Account,
        handlers: || get(teams::list).post(teams::add),
    },
    Route { path: "/center/accounts/{account}/teams/new", rule: Rule::Account, handlers: || get(teams::new) },
    Route {
        path: "/center/accounts/{account}/teams/{team}",
        rule: Rule::Account,
        handlers: || get(team::show).post(team::edit),
    },
    Route {
        path: "/center/accounts/{account}/teams/{team}/remove",
        rule: Rule::Account,
        handlers: || get(team::ask_removal).post(team::remove),
    },
    Route {
        path: "/center/accounts/{account}/portals",
        rule: Rule::Account,
        handlers: || get(portals::list).post(portals::add),
    },
    Route { path: "/center/accounts/{account}/portals/new", rule: Rule::Account, handlers: || get(portals::new) },
    Route {
        path: "/center/accounts/{account}/portals/{portal}",
        rule: Rule::Account,
        handlers: || get(portal::show).post(portal::edit),
    },
    Route {
        path: "/center/accounts/{account}/portals/{portal}/live",
        rule: Rule::Account,
        handlers: || get(portal::live),
    },
    Route {
        path: "/center/accounts/{account}/portals/{portal}/remove",
        rule: Rule::Account,
        handlers: || get(portal::ask_removal).post(portal::remove),
    },
    Route { path: "/center/accounts/{account}/licences", rule: Rule::Account, handlers: || get(licences::list) },
    Route {
        path: "/center/accounts/{account}/licences/{feature}",
        rule: Rule::AccountByOperator,
        handlers: || get(licence::show).post(licence::edit),
    },
    Route {
        path: "/center/accounts/{account}/plugins",
        rule: Rule::AccountByOperator,
        handlers: || get(plugins::of_account),
    },
    Route {
        path: "/center/accounts/{account}/plugins/{plugin}",
        rule: Rule::AccountByOperator,
        handlers: || get(plugin::show).post(plugin::edit),
    },
    Route { path: "/center/accounts/{account}/audit", rule: Rule::Account, handlers: || get(audit::of_account) },
    Route {
        path: "/center/accounts/{account}/audit.csv",
        rule: Rule::Account,
        handlers: || get(audit::csv_of_account),
    },
    Route {
        path: "/center/accounts/{account}/settings",
        rule: Rule::Account,
        handlers: || get(account::show).post(account::edit),
    },
    Route {
        path: "/center/accounts/{account}/second-factor",
        rule: Rule::Account,
        handlers: || post(account::require_factor),
    },
    Route {
        path: "/center/accounts/{account}/watching",
        rule: Rule::Account,
        handlers: || get(watching::show).post(watching::set),
    },
    Route {
        path: "/center/accounts/{account}/terms",
        rule: Rule::AccountByOperator,
        handlers: || post(account::edit_terms),
    },
];

/// The Center's pages with their rules before them.
pub fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    guarded(shared, ROUTES)
}

/// Where who signs in begins.
async fn start(member: Member) -> Response {
    match member.person.account {
        Some(account) => see_other(&frame::account_path(account, "")),
        None => see_other(super::access::ACCOUNTS_PATH),
    }
}
