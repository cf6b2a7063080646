//! Where one is signed in oneself, and with what.

use super::frame::Frame;
use super::person_sign_in::factor_words;
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::shared::Shared;
use crate::store::web::Holder;
use crate::store::{FactorStanding, StoreError};
use crate::web::access::Member;
use crate::web::page::{Page, html, see_other};
use crate::web::portal::browser_named;
use crate::web::problem::{self, Problem};
use crate::web::time::Zone;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

struct Row {
    id: i64,
    browser: String,
    address: String,
    since: String,
    used: String,
    this: bool,
}

#[derive(Template)]
#[template(path = "center/me.html")]
struct MePage {
    page: Page,
    frame: Frame,
    user: String,
    zone: String,
    rows: Vec<Row>,
    /// Of a manager; empty: an operator has none.
    factor: String,
}

/// `GET`: the browsers.
pub async fn show(State(shared): State<Arc<Shared>>, visit: Visit, member: Member) -> Response {
    let zone = match member.person.account {
        None => Zone::utc(),
        Some(account) => match shared.store.account_by_id(account).await {
            Ok(account) => account.map_or_else(Zone::utc, |account| Zone::named(&account.time_zone)),
            Err(error) => return problem::page(&visit, Problem::of_store(&shared, &error)),
        },
    };
    let found = async {
        let factor = match member.person.holder {
            Holder::Rep(rep) => shared.store.second_factor(rep).await?,
            Holder::Operator(_) => None,
        };
        Ok::<_, StoreError>((shared.store.web_sessions(member.person.holder, unix_s()).await?, factor))
    };
    match found.await {
        Ok((sessions, standing)) => {
            let words = |of: FactorStanding| factor_words(visit.language, &zone, of.factor.as_ref(), of.required);
            let factor = standing.map(words).unwrap_or_default();
            let rows = sessions.into_iter().map(|session| Row {
                id: session.id,
                browser: browser_named(&session.agent),
                address: session.address,
                since: zone.show(session.created_s),
                used: zone.show(session.used_s),
                this: session.id == member.person.session,
            });
            let rows = rows.collect();
            let (page, frame) = (Page::new(&visit, "center-me"), Frame::new(&visit, &member));
            let user = member.person.user.clone();
            html(StatusCode::OK, &MePage { page, frame, user, zone: zone.name, rows, factor })
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `POST`: one of them is over.
pub async fn end(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    Path(session): Path<i64>,
) -> Response {
    match shared.store.end_web_session(member.person.holder, session).await {
        Ok(true) => {
            let kind = AuditKind::PagesSignedOut;
            let line = AuditLine { account: member.person.account, detail: member.by(), ..AuditLine::new(kind) };
            shared.audit.write(line);
            see_other("/center/me?done=ended")
        }
        // It was over already.
        Ok(false) => see_other("/center/me?done=gone"),
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}
