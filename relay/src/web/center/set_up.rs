//! The first operator of a relay, by the code that it showed on its own console.

use super::teams::name_of;
use super::words;
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::set_up::Tried;
use crate::shared::Shared;
use crate::signin::normal_user;
use crate::store::StoreError;
use crate::store::web::NewOperator;
use crate::web::access::SIGN_IN_PATH;
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::{Argument, t};
use crate::web::visit::{Fields, Visit};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "center/set_up.html")]
struct SetUpPage {
    page: Page,
    open: bool,
    code: Field,
    user: Field,
    name: Field,
    password: Field,
    again: Field,
}

impl SetUpPage {
    fn new(visit: &Visit, open: bool) -> Self {
        Self {
            page: Page::new(visit, "set-up-title"),
            open,
            code: Field::default(),
            user: Field::default(),
            name: Field::default(),
            password: Field::default(),
            again: Field::default(),
        }
    }

    fn is_right(&self) -> bool {
        [&self.code, &self.user, &self.name, &self.password, &self.again].into_iter().all(Field::is_right)
    }
}

/// `GET`: the form, or that there is an operator.
pub async fn show(State(shared): State<Arc<Shared>>, visit: Visit) -> Response {
    if !shared.operators_from.contain(visit.ip) {
        return problem::page(&visit, Problem::Missing);
    }
    html(StatusCode::OK, &SetUpPage::new(&visit, shared.set_up.is_open()))
}

/// `POST`: with the right code there is an operator, who signs in then.
pub async fn set_up(State(shared): State<Arc<Shared>>, visit: Visit, fields: Fields) -> Response {
    if !shared.operators_from.contain(visit.ip) {
        return problem::page(&visit, Problem::Missing);
    }
    let tried = shared.set_up.check(shared.clock.now_ms(), visit.address, &fields.secret("code"));
    let say = |id: &str| t(visit.language, id, &[]);
    let mut form = SetUpPage::new(&visit, true);
    match tried {
        Tried::Right => form.code = Field::of(fields.get("code")),
        Tried::Wrong => form.code = Field::wrong("", say("set-up-wrong-code")),
        Tried::Slowed { wait_s } => return problem::page(&visit, Problem::Slowed { wait_s }),
        Tried::Over => return html(StatusCode::FORBIDDEN, &SetUpPage::new(&visit, false)),
    }
    let user = normal_user(fields.get("user"));
    form.user = match &user {
        Some(_) => Field::of(fields.get("user")),
        None => Field::wrong(fields.get("user"), say("sign-in-not-an-email")),
    };
    form.name = name_of(&visit, &fields);
    let name = form.name.value.clone();
    if fields.secret("password") != fields.secret("again") {
        form.again = Field::wrong("", say("password-differ"));
    }
    let (true, Some(user)) = (form.is_right(), user) else {
        return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    let hash = shared.sign_ins.chosen(fields.secret("password"), vec![user.clone(), name.clone()]).await;
    let password_hash = match hash {
        Ok(hash) => hash,
        Err(failure) => {
            form.password = Field::wrong("", words::failure(visit.language, &failure));
            return html(StatusCode::UNPROCESSABLE_ENTITY, &form);
        }
    };
    match shared.store.add_operator(NewOperator { user: user.clone(), name, password_hash }, true, unix_s()).await {
        Ok(added) => {
            shared.set_up.close();
            if !added {
                // The command line was first.
                return html(StatusCode::FORBIDDEN, &SetUpPage::new(&visit, false));
            }
            let detail = format!("{user}, by the set-up code");
            shared.audit.write(AuditLine { detail, ..AuditLine::new(AuditKind::OperatorAdded) });
            see_other(SIGN_IN_PATH)
        }
        Err(StoreError::UserTaken(..)) => {
            let taken = t(visit.language, "person-user-taken", &[("user", Argument::Word(&user))]);
            form.user = Field::wrong(fields.get("user"), taken);
            html(StatusCode::CONFLICT, &form)
        }
        Err(error) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}
