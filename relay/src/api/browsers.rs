//! Browsers in which a rep is signed in to the Management Center: listed, signed out.

use super::page::Page;
use super::problem::Problem;
use super::route::{Answer, Call};
use super::shape::{Nothing, shape};
use crate::clock::unix_s;
use crate::manage;
use crate::store::web::{Holder, WebSession};

shape! {
    /// A browser in which a rep is signed in to the Management Center.
    pub struct Browser {
        browser: i64 = "Its sign-in's number, which no other browser's ever has.", 17;
        since_s: i64 = "When it began, in Unix seconds.", 1796000000;
        used_s: i64 = "When a page was last asked for, in Unix seconds.", 1796000300;
        address: String = "Where it came from.", "192.0.2.7";
        agent: String = "What it calls itself.", "Mozilla/5.0";
    }
}

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Browser>>, Problem> {
    let (_, rep) = named(&call).await?;
    let browsers = call.store().web_sessions(Holder::Rep(rep), unix_s()).await.map_err(|error| call.problem(&error))?;
    let shown = |session| {
        let WebSession { id, created_s, used_s, address, agent } = session;
        Browser { browser: id, since_s: created_s, used_s, address, agent }
    };
    Ok(Answer::of(Page { items: browsers.into_iter().map(shown).collect(), next: None }))
}

pub(super) async fn end(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Nothing>, Problem> {
    let browser = call.number("browser", "browser")?;
    let of = named(&call).await?;
    let ended = manage::end_browser(call.store(), of, browser, &call.by()).await;
    if ended.map_err(|error| call.problem(&error))? {
        Ok(Answer::of(Nothing))
    } else {
        Err(Problem::missing("browser"))
    }
}

/// The rows of the account and of its rep that the path names.
async fn named(call: &Call) -> Result<(i64, i64), Problem> {
    let (account, rep) = (call.account()?.id, call.number("rep", "rep")?);
    let person = call.store().person(account, rep).await.map_err(|error| call.problem(&error))?;
    person.map(|person| (account, person.id)).ok_or_else(|| Problem::missing("rep"))
}
