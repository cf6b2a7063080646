//! The table of routes. A row without a word of what it is for cannot be written, and the document is made of these.

use super::route::{Head, Reach, Route, Verb};
use super::scope::Scope;
use super::{
    accounts, browsers, licences, plugins, portals, questions, relay, reps, sessions, teams, tokens, webhooks,
};
use axum::http::StatusCode;
use std::sync::LazyLock;

/// Every route.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let mut all = of_relay();
    all.extend(of_accounts());
    all.extend(of_reps());
    all.extend(of_browsers());
    all.extend(of_teams());
    all.extend(of_portals());
    all.extend(of_webhooks());
    all.extend(of_an_account());
    all
});

/// A row that looks at something.
fn look(path: &'static str, name: &'static str, scope: Scope, reach: Reach, about: &'static str) -> Head {
    let (verb, success) = (Verb::Get, StatusCode::OK);
    Head { verb, path, name, about, scope: Some(scope), reach, success, seen: false, may_see: false }
}

/// A row that does something and answers how things stand then.
fn act(verb: Verb, path: &'static str, name: &'static str, scope: Scope, reach: Reach, about: &'static str) -> Head {
    Head { verb, success: StatusCode::OK, ..look(path, name, scope, reach, about) }
}

fn of_relay() -> Vec<Route> {
    use Reach::{Own, Relay};
    let own = Head {
        scope: None,
        ..look("/api/v1/token", "ownToken", Scope::TokensRead, Own, "Shows the token that is used.")
    };
    let revoke = Head {
        success: StatusCode::NO_CONTENT,
        ..act(
            Verb::Delete,
            "/api/v1/tokens/{token}",
            "revokeToken",
            Scope::TokensWrite,
            Own,
            "Revokes a token; it is worth nothing any more at once.",
        )
    };
    vec![
        Route::new(own, tokens::own),
        Route::new(
            look("/api/v1/tokens", "listTokens", Scope::TokensRead, Own, "Lists tokens, without what they are."),
            tokens::list,
        ),
        Route::new(revoke, tokens::revoke),
        Route::new(
            look("/api/v1/relay", "showRelay", Scope::RelayRead, Relay, "Shows the relay's version and how it stands."),
            relay::show,
        ),
        Route::new(
            look(
                "/api/v1/audit",
                "listAudit",
                Scope::AuditRead,
                Relay,
                "Lists the audit log of everything, newest first.",
            ),
            sessions::audit_of_relay,
        ),
    ]
}

fn of_accounts() -> Vec<Route> {
    use Reach::{Account, Own, Relay};
    let add = Head {
        success: StatusCode::CREATED,
        ..act(Verb::Post, "/api/v1/accounts", "addAccount", Scope::AccountsWrite, Relay, "Adds an account.")
    };
    let change = Head {
        seen: true,
        ..act(
            Verb::Patch,
            "/api/v1/accounts/{account}",
            "changeAccount",
            Scope::AccountsWrite,
            Account,
            "Changes an account. Acts on running programs within two seconds.",
        )
    };
    vec![
        Route::new(
            look(
                "/api/v1/accounts",
                "listAccounts",
                Scope::AccountsRead,
                Own,
                "Lists the accounts that the token reaches.",
            ),
            accounts::list,
        ),
        Route::new(add, accounts::add),
        Route::new(
            look("/api/v1/accounts/{account}", "showAccount", Scope::AccountsRead, Account, "Shows an account."),
            accounts::show,
        ),
        Route::new(change, accounts::change),
    ]
}

fn of_reps() -> Vec<Route> {
    use Reach::Account;
    use Scope::{PeopleRead, PeopleWrite};
    use Verb::{Delete, Patch, Post};
    const REPS: &str = "/api/v1/accounts/{account}/reps";
    const REP: &str = "/api/v1/accounts/{account}/reps/{rep}";
    const SIGN_INS: &str = "/api/v1/accounts/{account}/reps/{rep}/sign-ins";
    const SIGN_IN: &str = "/api/v1/accounts/{account}/reps/{rep}/sign-ins/{sign_in}";
    const FACTOR: &str = "/api/v1/accounts/{account}/reps/{rep}/second-factor";
    const PASSWORD: &str = "/api/v1/accounts/{account}/reps/{rep}/password";
    const UNLOCK: &str = "/api/v1/accounts/{account}/reps/{rep}/unlock";
    let add = Head {
        success: StatusCode::CREATED,
        ..act(Post, REPS, "addRep", PeopleWrite, Account, "Adds a rep, who can sign in at once.")
    };
    let about = "Changes a rep. Acts on running programs within two seconds.";
    let change = Head { seen: true, ..act(Patch, REP, "changeRep", PeopleWrite, Account, about) };
    let about = "Sets a password anew: the old one and the rep's sign-ins are over.";
    let password =
        Head { success: StatusCode::NO_CONTENT, ..act(Post, PASSWORD, "setPassword", PeopleWrite, Account, about) };
    let about = "Takes a lost second factor away and ends the rep's sign-ins.";
    let remove = act(Delete, FACTOR, "removeSecondFactor", PeopleWrite, Account, about);
    let about = "Lets a rep sign in again who is locked after too many wrong attempts.";
    let unlock = act(Post, UNLOCK, "unlockRep", PeopleWrite, Account, about);
    vec![
        Route::new(look(REPS, "listReps", PeopleRead, Account, "Lists an account's reps."), reps::list),
        Route::new(add, reps::add),
        Route::new(look(REP, "showRep", PeopleRead, Account, "Shows a rep."), reps::show),
        Route::new(change, reps::change),
        Route::new(password, reps::set_password),
        Route::new(look(SIGN_INS, "listSignIns", PeopleRead, Account, "Lists a rep's sign-ins."), reps::sign_ins),
        Route::new(
            act(Delete, SIGN_INS, "endSignIns", PeopleWrite, Account, "Ends all of a rep's sign-ins."),
            reps::end_sign_ins,
        ),
        Route::new(
            act(Delete, SIGN_IN, "endSignIn", PeopleWrite, Account, "Ends one of a rep's sign-ins."),
            reps::end_sign_in,
        ),
        Route::new(
            look(FACTOR, "showSecondFactor", PeopleRead, Account, "Shows whether a rep has a second factor."),
            reps::second_factor,
        ),
        Route::new(remove, reps::remove_second_factor),
        Route::new(unlock, reps::unlock),
    ]
}

fn of_browsers() -> Vec<Route> {
    use Reach::Account;
    const BROWSERS: &str = "/api/v1/accounts/{account}/reps/{rep}/browsers";
    const BROWSER: &str = "/api/v1/accounts/{account}/reps/{rep}/browsers/{browser}";
    let about = "Lists browsers in which a rep is signed in to the Management Center.";
    let list = look(BROWSERS, "listBrowsers", Scope::PeopleRead, Account, about);
    let about = "Signs a rep out in one browser. To end all of a rep's sign-ins is to sign out every browser, too.";
    let end = act(Verb::Delete, BROWSER, "endBrowser", Scope::PeopleWrite, Account, about);
    vec![Route::new(list, browsers::list), Route::new(Head { success: StatusCode::NO_CONTENT, ..end }, browsers::end)]
}

fn of_teams() -> Vec<Route> {
    use Reach::Account;
    use Scope::{PeopleRead, PeopleWrite};
    const TEAMS: &str = "/api/v1/accounts/{account}/teams";
    const TEAM: &str = "/api/v1/accounts/{account}/teams/{team}";
    let add = act(Verb::Post, TEAMS, "addTeam", PeopleWrite, Account, "Adds a team.");
    let change = act(Verb::Patch, TEAM, "changeTeam", PeopleWrite, Account, "Changes a team's name, or who is in it.");
    let change = Head { may_see: true, ..change };
    let about = "Removes a team that no portal leads to. Its reps stay.";
    let remove = act(Verb::Delete, TEAM, "removeTeam", PeopleWrite, Account, about);
    vec![
        Route::new(look(TEAMS, "listTeams", PeopleRead, Account, "Lists an account's teams."), teams::list),
        Route::new(Head { success: StatusCode::CREATED, ..add }, teams::add),
        Route::new(look(TEAM, "showTeam", PeopleRead, Account, "Shows a team."), teams::show),
        Route::new(change, teams::change),
        Route::new(Head { success: StatusCode::NO_CONTENT, may_see: true, ..remove }, teams::remove),
    ]
}

fn of_portals() -> Vec<Route> {
    use Reach::Account;
    use Scope::{MessagesRead, MessagesWrite, PortalsRead, PortalsWrite};
    const PORTALS: &str = "/api/v1/accounts/{account}/portals";
    const PORTAL: &str = "/api/v1/accounts/{account}/portals/{portal}";
    const MESSAGES: &str = "/api/v1/accounts/{account}/messages";
    const MESSAGE: &str = "/api/v1/accounts/{account}/messages/{message}";
    let add = act(Verb::Post, PORTALS, "addPortal", PortalsWrite, Account, "Adds a portal.");
    let change = act(Verb::Patch, PORTAL, "changePortal", PortalsWrite, Account, "Changes a portal.");
    let change = Head { may_see: true, ..change };
    let about = "Removes a portal. Questions that wait there end; messages that were left there stay.";
    let remove = act(Verb::Delete, PORTAL, "removePortal", PortalsWrite, Account, about);
    let about = "Lists messages that customers left while nobody was there, newest first.";
    let messages = look(MESSAGES, "listMessages", MessagesRead, Account, about);
    let about = "Notes that a message was read, or was not.";
    let mark = act(Verb::Patch, MESSAGE, "markMessage", MessagesWrite, Account, about);
    vec![
        Route::new(look(PORTALS, "listPortals", PortalsRead, Account, "Lists an account's portals."), portals::list),
        Route::new(Head { success: StatusCode::CREATED, ..add }, portals::add),
        Route::new(look(PORTAL, "showPortal", PortalsRead, Account, "Shows a portal."), portals::show),
        Route::new(change, portals::change),
        Route::new(Head { success: StatusCode::NO_CONTENT, may_see: true, ..remove }, portals::remove),
        Route::new(messages, portals::messages),
        Route::new(Head { success: StatusCode::NO_CONTENT, ..mark }, portals::mark_message),
    ]
}

fn of_webhooks() -> Vec<Route> {
    use Reach::Account;
    use Scope::{WebhooksRead, WebhooksWrite};
    const WEBHOOKS: &str = "/api/v1/accounts/{account}/webhooks";
    const WEBHOOK: &str = "/api/v1/accounts/{account}/webhooks/{webhook}";
    const DELIVERIES: &str = "/api/v1/accounts/{account}/webhooks/{webhook}/deliveries";
    const TEST: &str = "/api/v1/accounts/{account}/webhooks/{webhook}/test";
    let about = "Adds a webhook, and shows once what its deliveries are signed with. A second answer to the same key has it, too.";
    let add = act(Verb::Post, WEBHOOKS, "addWebhook", WebhooksWrite, Account, about);
    let remove = act(Verb::Delete, WEBHOOK, "removeWebhook", WebhooksWrite, Account, "Removes a webhook.");
    let about = "Lists what became of the last 100 events that a webhook was to be told.";
    let deliveries = look(DELIVERIES, "listDeliveries", WebhooksRead, Account, about);
    let about = "Sends an event named ping to a webhook at once.";
    vec![
        Route::new(look(WEBHOOKS, "listWebhooks", WebhooksRead, Account, "Lists webhooks."), webhooks::list),
        Route::new(Head { success: StatusCode::CREATED, ..add }, webhooks::add),
        Route::new(look(WEBHOOK, "showWebhook", WebhooksRead, Account, "Shows a webhook."), webhooks::show),
        Route::new(Head { success: StatusCode::NO_CONTENT, ..remove }, webhooks::remove),
        Route::new(deliveries, webhooks::deliveries),
        Route::new(act(Verb::Post, TEST, "testWebhook", WebhooksWrite, Account, about), webhooks::test),
    ]
}

fn of_an_account() -> Vec<Route> {
    use Reach::{Account, AccountByRelay};
    const FEATURE: &str = "/api/v1/accounts/{account}/licence/{feature}";
    const RULE: &str = "/api/v1/accounts/{account}/plugins/{plugin}/rule";
    const REPORT: &str = "/api/v1/accounts/{account}/reports/{session}";
    let about =
        "Changes one feature. What is switched on appears in running sessions; what is switched off stays in them.";
    let feature = act(Verb::Patch, FEATURE, "changeFeature", Scope::LicencesWrite, AccountByRelay, about);
    let about = "Says which versions of a plugin the account gets. Acts on the next session.";
    let rule = act(Verb::Put, RULE, "setPluginRule", Scope::PluginsWrite, AccountByRelay, about);
    let about = "Takes the rule away: the account gets the newest version again.";
    let no_rule = act(Verb::Delete, RULE, "takePluginRuleAway", Scope::PluginsWrite, AccountByRelay, about);
    let of = |path, name, scope, about| look(path, name, scope, Account, about);
    vec![
        Route::new(
            of(
                "/api/v1/accounts/{account}/seats",
                "showSeats",
                Scope::SessionsRead,
                "Shows who is signed in and has a seat.",
            ),
            accounts::seats,
        ),
        Route::new(
            of(
                "/api/v1/accounts/{account}/licence",
                "showLicence",
                Scope::LicencesRead,
                "Shows what the account has paid for.",
            ),
            licences::show,
        ),
        Route::new(feature, licences::change),
        Route::new(
            of(
                "/api/v1/accounts/{account}/plugins",
                "listPlugins",
                Scope::PluginsRead,
                "Lists plugins and which versions the account gets.",
            ),
            plugins::list,
        ),
        Route::new(rule, plugins::set_rule),
        Route::new(no_rule, plugins::take_rule_away),
        Route::new(
            of("/api/v1/accounts/{account}/sessions", "listSessions", Scope::SessionsRead, "Lists sessions that run."),
            sessions::live,
        ),
        Route::new(
            of(
                "/api/v1/accounts/{account}/questions",
                "listQuestions",
                Scope::SessionsRead,
                "Lists questions that wait at the account's portals, who is first before who is behind.",
            ),
            questions::waiting,
        ),
        Route::new(
            of(
                "/api/v1/accounts/{account}/reports",
                "listReports",
                Scope::ReportsRead,
                "Lists sessions, newest first.",
            ),
            sessions::reports,
        ),
        Route::new(
            of(REPORT, "showReport", Scope::ReportsRead, "Shows a session with its notes and its timeline."),
            sessions::report,
        ),
        Route::new(
            of(
                "/api/v1/accounts/{account}/audit",
                "listAuditOfAccount",
                Scope::AuditRead,
                "Lists the account's lines of the audit log, newest first.",
            ),
            sessions::audit_of_account,
        ),
    ]
}
