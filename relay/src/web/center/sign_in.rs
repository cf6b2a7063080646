//! Signing in and out, and choosing a password where somebody else chose the last one.

use super::words;
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine, system_random};
use crate::shared::Shared;
use crate::signin::{Attempt, Known, NotSignedIn, Proof};
use crate::store::Role;
use crate::store::web::{Holder, NewWebSession};
use crate::token::{self, TokenHash};
use crate::web::access::{Member, SIGN_IN_PATH};
use crate::web::cookies;
use crate::web::page::{Field, Page, html, see_other};
use crate::web::problem::{self, Problem};
use crate::web::text::t;
use crate::web::visit::{Fields, SESSION_COOKIE, Visit};
use crate::web::wanted;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use lotse_protocol::control::SignInFailure;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "center/sign_in.html")]
struct SignInPage {
    page: Page,
    user: String,
    /// Why it did not work; empty: nothing was tried.
    wrong: String,
    /// The browser was signed in, and is no more.
    over: bool,
    set_up: bool,
}

#[derive(Template)]
#[template(path = "center/password.html")]
struct PasswordPage {
    page: Page,
    user: String,
    wrong: String,
    new: Field,
    again: Field,
}

/// `GET`: the form.
pub async fn show(State(shared): State<Arc<Shared>>, visit: Visit) -> Response {
    let over = match visit.session.as_ref().map(TokenHash::of) {
        Some(token) => matches!(shared.store.use_web_session(token, false, unix_s()).await, Ok(None)),
        None => false,
    };
    html(StatusCode::OK, &SignInPage { over, ..sign_in_page(&shared, &visit) })
}

fn sign_in_page(shared: &Shared, visit: &Visit) -> SignInPage {
    let page = Page::new(visit, "sign-in-title");
    let set_up = shared.set_up.is_open() && shared.operators_from.contain(visit.ip);
    SignInPage { page, user: String::new(), wrong: String::new(), over: false, set_up }
}

fn form(shared: &Shared, visit: &Visit, status: StatusCode, user: &str, wrong: String) -> Response {
    html(status, &SignInPage { user: user.to_owned(), wrong, ..sign_in_page(shared, visit) })
}

/// `POST`: whoever may see pages gets a token for their browser.
pub async fn sign_in(State(shared): State<Arc<Shared>>, visit: Visit, fields: Fields) -> Response {
    let user = fields.get("user").to_owned();
    let attempt =
        Attempt { user: user.clone(), password: fields.secret("password"), new_password: None, proof: proof(&fields) };
    let operators = shared.operators_from.contain(visit.ip);
    match shared.sign_ins.for_pages(visit.address, attempt, operators).await {
        Ok(known) => enter(&shared, &visit, known, &user).await,
        Err(NotSignedIn::Failure(SignInFailure::MustChangePassword)) => {
            password_form(&visit, StatusCode::OK, &user, String::new(), Field::default(), Field::default())
        }
        Err(NotSignedIn::Failure(failure)) => failed(&shared, &visit, &user, &failure),
        Err(NotSignedIn::Offered { .. }) => failed(&shared, &visit, &user, &SignInFailure::SecondFactorMustBeSetUp),
        Err(NotSignedIn::Store(error)) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// The code in the form, if there is one: it is asked for with the password, so nothing is kept between two pages.
fn proof(fields: &Fields) -> Proof {
    let code = fields.secret("code");
    if code.0.trim().is_empty() { Proof::Nothing } else { Proof::Code(code) }
}

fn failed(shared: &Shared, visit: &Visit, user: &str, failure: &SignInFailure) -> Response {
    let mut response = form(shared, visit, status_of(failure), user, words::failure(visit.language, failure));
    if let SignInFailure::TooMany { wait_s }
    | SignInFailure::Locked { wait_s }
    | SignInFailure::AddressLocked { wait_s } = failure
    {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*wait_s));
    }
    response
}

fn status_of(failure: &SignInFailure) -> StatusCode {
    match failure {
        SignInFailure::TooMany { .. } | SignInFailure::Locked { .. } | SignInFailure::AddressLocked { .. } => {
            StatusCode::TOO_MANY_REQUESTS
        }
        SignInFailure::NotAnEmail | SignInFailure::NewPasswordRefused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        SignInFailure::WrongIdOrPassword
        | SignInFailure::AccountNotActive
        | SignInFailure::SignInAgain
        | SignInFailure::MustChangePassword
        | SignInFailure::SecondFactorWanted
        | SignInFailure::SecondFactorMustBeSetUp
        | SignInFailure::WrongCode => StatusCode::FORBIDDEN,
    }
}

/// Lets in who may see pages, and says to others where their place is.
async fn enter(shared: &Shared, visit: &Visit, known: Known, user: &str) -> Response {
    let to = page_after(visit, &known);
    let (holder, password_hash, line) = match known {
        Known::Operator(operator) => {
            let line = AuditLine { detail: operator.user, ..AuditLine::new(AuditKind::PagesSignedIn) };
            (Holder::Operator(operator.id), operator.password_hash, line)
        }
        Known::Rep(rep) if rep.role == Role::Manager.name() => {
            let (account, id) = (Some(rep.account), Some(rep.id));
            let line = AuditLine { account, rep: id, ..AuditLine::new(AuditKind::PagesSignedIn) };
            (Holder::Rep(rep.id), rep.password_hash, line)
        }
        Known::Rep(_) => {
            let wrong = t(visit.language, "sign-in-no-manager", &[]);
            return form(shared, visit, StatusCode::FORBIDDEN, user, wrong);
        }
    };
    let Some(token) = token::draw(system_random().as_mut()) else {
        return problem::page(visit, Problem::Trouble);
    };
    let session = NewWebSession {
        token: TokenHash::of(&token),
        holder,
        password_hash,
        address: visit.ip.to_canonical().to_string(),
        agent: visit.agent.clone(),
    };
    match shared.store.add_web_session(session, unix_s()).await {
        Ok(true) => {}
        // The password was set anew in this very moment.
        Ok(false) => return failed(shared, visit, user, &SignInFailure::WrongIdOrPassword),
        Err(error) => return problem::page(visit, Problem::of_store(shared, &error)),
    }
    shared.audit.write(line);
    let mut response = see_other(&to);
    let forgotten = visit.wanted.as_ref().and_then(|_| wanted::forget());
    for cookie in cookies::set(SESSION_COOKIE, &token.0, None).into_iter().chain(forgotten) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Where somebody begins who has signed in: at the page that was asked for, if it is theirs to see.
fn page_after(visit: &Visit, known: &Known) -> String {
    let (operator, account) = match known {
        Known::Operator(_) => (true, None),
        Known::Rep(rep) => (false, Some(rep.account)),
    };
    let page = visit.wanted.as_deref().and_then(|wanted| wanted::page(wanted, operator, account));
    page.unwrap_or("/center").to_owned()
}

/// `GET`: for who comes back to the address by themselves.
pub async fn show_password(visit: Visit) -> Response {
    password_form(&visit, StatusCode::OK, "", String::new(), Field::default(), Field::default())
}

fn password_form(visit: &Visit, status: StatusCode, user: &str, wrong: String, new: Field, again: Field) -> Response {
    let page = Page::new(visit, "password-title");
    html(status, &PasswordPage { page, user: user.to_owned(), wrong, new, again })
}

/// `POST`: the password of before for the last time, and the new one twice.
pub async fn choose_password(State(shared): State<Arc<Shared>>, visit: Visit, fields: Fields) -> Response {
    let user = fields.get("user").to_owned();
    let new = fields.secret("new");
    let refused = |status, wrong: String, new: String, again: String| {
        password_form(&visit, status, &user, wrong, Field::wrong("", new), Field::wrong("", again))
    };
    if new != fields.secret("again") {
        let differ = t(visit.language, "password-differ", &[]);
        return refused(StatusCode::UNPROCESSABLE_ENTITY, String::new(), String::new(), differ);
    }
    let attempt = Attempt {
        user: user.clone(),
        password: fields.secret("password"),
        new_password: Some(new),
        proof: proof(&fields),
    };
    let operators = shared.operators_from.contain(visit.ip);
    match shared.sign_ins.for_pages(visit.address, attempt, operators).await {
        Ok(known) => enter(&shared, &visit, known, &user).await,
        Err(NotSignedIn::Failure(failure @ SignInFailure::NewPasswordRefused(_))) => {
            let weak = words::failure(visit.language, &failure);
            refused(status_of(&failure), String::new(), weak, String::new())
        }
        Err(NotSignedIn::Failure(failure)) => {
            let wrong = words::failure(visit.language, &failure);
            refused(status_of(&failure), wrong, String::new(), String::new())
        }
        Err(NotSignedIn::Offered { .. }) => {
            let failure = SignInFailure::SecondFactorMustBeSetUp;
            refused(status_of(&failure), words::failure(visit.language, &failure), String::new(), String::new())
        }
        Err(NotSignedIn::Store(error)) => problem::page(&visit, Problem::of_store(&shared, &error)),
    }
}

/// `POST`: this browser's sign-in is over.
pub async fn sign_out(State(shared): State<Arc<Shared>>, visit: Visit, member: Member) -> Response {
    let person = &member.person;
    if let Err(error) = shared.store.end_web_session(person.holder, person.session).await {
        return problem::page(&visit, Problem::of_store(&shared, &error));
    }
    let rep = match person.holder {
        Holder::Rep(rep) => Some(rep),
        Holder::Operator(_) => None,
    };
    let kind = AuditKind::PagesSignedOut;
    shared.audit.write(AuditLine { account: person.account, rep, detail: member.by(), ..AuditLine::new(kind) });
    let mut response = see_other(SIGN_IN_PATH);
    if let Some(cookie) = cookies::forget(SESSION_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
