//! The pages between asking for somebody's password to be reset, or all their sign-ins to end, and that being done: they say of
//! whom.

use super::confirm::ConfirmPage;
use super::frame::{Frame, account_path};
use super::person::find;
use crate::shared::Shared;
use crate::store::web::Person;
use crate::web::access::{Member, Of};
use crate::web::page::{Page, html};
use crate::web::problem;
use crate::web::text::{Argument, t};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    ResetPassword,
    EndSignIns,
}

impl Deed {
    /// The last part of its path, and ids of what the page says: title, lead and button.
    fn parts(self) -> (&'static str, [&'static str; 3]) {
        match self {
            Self::ResetPassword => {
                ("password", ["person-password-ask", "person-password-ask-lead", "person-password-button"])
            }
            Self::EndSignIns => {
                ("sign-out", ["person-sign-ins-ask", "person-sign-ins-ask-lead", "person-sign-ins-end"])
            }
        }
    }
}

/// `GET`: whether the password is to be reset.
pub async fn reset_password(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
) -> Response {
    ask(&shared, (&visit, &member, &of), rep, Deed::ResetPassword).await
}

/// `GET`: whether all sign-ins are to end.
pub async fn end_sign_ins(
    State(shared): State<Arc<Shared>>,
    visit: Visit,
    member: Member,
    of: Of,
    Path((_, rep)): Path<(i64, i64)>,
) -> Response {
    ask(&shared, (&visit, &member, &of), rep, Deed::EndSignIns).await
}

async fn ask(shared: &Shared, who: (&Visit, &Member, &Of), rep: i64, deed: Deed) -> Response {
    match find(shared, who.2, rep).await {
        Ok(person) => page(who, &person, deed, StatusCode::OK, String::new()),
        Err(problem) => problem::page(who.0, problem),
    }
}

/// The page; `wrong`: why it was not done, empty where nothing was tried.
pub fn page(
    (visit, member, of): (&Visit, &Member, &Of),
    person: &Person,
    deed: Deed,
    status: StatusCode,
    wrong: String,
) -> Response {
    let (part, [title, lead, button]) = deed.parts();
    let names = [("name", Argument::Word(&person.name)), ("user", Argument::Word(&person.user))];
    let base = account_path(person.account, &format!("/people/{}", person.id));
    let page = ConfirmPage {
        page: Page::titled(visit, t(visit.language, title, &names)),
        frame: Frame::of(visit, member, of),
        wrong,
        lead: t(visit.language, lead, &names),
        asks_password: deed == Deed::ResetPassword,
        action: format!("{base}/{part}"),
        revision: person.revision(),
        button: t(visit.language, button, &[]),
        back: base,
    };
    html(status, &page)
}
