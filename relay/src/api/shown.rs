//! What is answered: accounts, people, licences, plugins, sessions, reports, lines of the audit log. The command line prints
//! the same with `--json`.

mod accounts;
mod licences;
mod live;
mod people;
mod plugins;
mod portals;
mod programs;
mod reports;

pub use accounts::Account;
pub use licences::{Licence, terms_of};
pub use live::{LiveSessions, Relay, Seats};
pub use people::{Ended, Rep, SecondFactor, SignIn, Unlocked};
pub use plugins::{Plugin, PluginRule};
pub use portals::{Message, Portal, Team};
pub use programs::{Delivery, Pinged, Token, Webhook, WebhookMade};
pub use reports::{AuditLine, Report, SessionRow};
