//! Who may see which page: decided here, for every route alike, before its handler runs.
//!
//! A route names its rule in a table; a handler gets who asks, and of which account the page is, as extractors that are
//! there only because the rule was kept.

use super::page::see_other;
use super::problem::{self, Problem};
use super::visit::Visit;
use super::wanted;
use crate::clock::unix_s;
use crate::manage::By;
use crate::shared::Shared;
use crate::store::web::{Holder, WebPerson};
use crate::store::{Account, StoreError};
use crate::token::TokenHash;
use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use std::sync::Arc;

/// Where who is not signed in is sent.
pub const SIGN_IN_PATH: &str = "/center/sign-in";
/// Before the number of an account in a path.
pub const ACCOUNTS_PATH: &str = "/center/accounts";

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Strangers, too.
    Anyone,
    SignedIn,
    /// The account's own managers, and operators. Of other accounts a manager does not learn whether they are there.
    Account,
    /// Operators, on an account.
    AccountByOperator,
    Operator,
}

/// The last part of the path of a stream that keeps a page up to date.
const LIVE: &str = "/live";
/// The end of the path of a file that is kept and not looked at.
const FILE: &str = ".csv";

/// One row of the table.
pub struct Route {
    pub path: &'static str,
    pub rule: Rule,
    pub handlers: fn() -> MethodRouter<Arc<Shared>>,
}

impl Route {
    /// A request is somebody's doing. Streams are asked for by pages that stand open, whether anybody sits before them or not:
    /// they must not keep a sign-in that nobody uses.
    fn is_use(&self) -> bool {
        !self.path.ends_with(LIVE)
    }

    /// It is a page, where somebody who had to sign in first may be led.
    fn is_page(&self) -> bool {
        !self.path.ends_with(LIVE) && !self.path.ends_with(FILE)
    }
}

/// Who asks.
#[derive(Clone)]
pub struct Member {
    pub person: WebPerson,
    /// Of the browser's sign-in.
    pub token: TokenHash,
    /// Messages that nobody has read, of the account whose page it is, or of one's own.
    pub unread: u64,
}

impl Member {
    pub fn is_operator(&self) -> bool {
        match self.person.holder {
            Holder::Operator(_) => true,
            Holder::Rep(_) => false,
        }
    }

    /// For the audit log.
    pub fn by(&self) -> String {
        format!("by {}", self.person.user)
    }

    /// For what is done to accounts and people.
    pub fn who(&self, shared: &Shared) -> By {
        By::Person { user: self.person.user.clone(), trail: shared.audit.clone() }
    }

    /// The rep is who asks.
    pub fn is_rep(&self, rep: i64) -> bool {
        self.person.holder == Holder::Rep(rep)
    }
}

/// The account that the page is of.
#[derive(Clone)]
pub struct Of(pub Arc<Account>);

/// Routes with their rules before them.
pub fn guarded(shared: &Arc<Shared>, routes: &[Route]) -> Router<Arc<Shared>> {
    routes.iter().fold(Router::new(), |router, route| {
        let Route { path, rule, handlers } = route;
        let before = Before { rule: *rule, is_use: route.is_use(), is_page: route.is_page() };
        router.route(path, handlers().layer(from_fn_with_state((shared.clone(), before), check)))
    })
}

/// Who asks, and of which account; nobody is for strangers' pages.
struct Admitted {
    member: Option<Member>,
    of: Option<Of>,
}

/// What of a route is decided by.
#[derive(Clone, Copy)]
struct Before {
    rule: Rule,
    is_use: bool,
    is_page: bool,
}

async fn check(
    State((shared, before)): State<(Arc<Shared>, Before)>,
    visit: Visit,
    mut request: Request,
    next: Next,
) -> Response {
    let Before { rule, is_use, is_page } = before;
    match admit(&shared, rule, is_use, &visit).await {
        Ok(Admitted { member, of }) => {
            let extensions = request.extensions_mut();
            if let Some(member) = member {
                extensions.insert(member);
            }
            if let Some(of) = of {
                extensions.insert(of);
            }
            next.run(request).await
        }
        Err(Refusal::SignIn) => to_sign_in(&visit, is_page && *request.method() == Method::GET),
        Err(Refusal::Problem(problem)) => problem::page(&visit, problem),
    }
}

/// `back`: what was asked for is come back to.
fn to_sign_in(visit: &Visit, back: bool) -> Response {
    let mut response = see_other(SIGN_IN_PATH);
    if back && let Some(cookie) = wanted::keep(visit) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

enum Refusal {
    SignIn,
    Problem(Problem),
}

async fn admit(shared: &Shared, rule: Rule, is_use: bool, visit: &Visit) -> Result<Admitted, Refusal> {
    if rule == Rule::Anyone {
        return Ok(Admitted { member: None, of: None });
    }
    let token = visit.session.as_ref().map(TokenHash::of).ok_or(Refusal::SignIn)?;
    let trouble = |error: StoreError| Refusal::Problem(Problem::of_store(shared, &error));
    let person = shared.store.use_web_session(token, is_use, unix_s()).await.map_err(trouble)?;
    let mut member = Member { person: person.ok_or(Refusal::SignIn)?, token, unread: 0 };
    if member.is_operator() && !shared.operators_from.contain(visit.ip) {
        return Err(Refusal::Problem(Problem::Missing));
    }
    let wanted = may(rule, &member, account_in(&visit.path)).map_err(Refusal::Problem)?;
    let of = match wanted {
        None => None,
        Some(account) => {
            let found = shared.store.account_by_id(account).await.map_err(trouble)?;
            Some(Of(Arc::new(found.ok_or(Refusal::Problem(Problem::Missing))?)))
        }
    };
    if let Some(account) = wanted.or(member.person.account) {
        member.unread = shared.store.unread_messages(account).await.map_err(trouble)?;
    }
    Ok(Admitted { member: Some(member), of })
}

/// The decision itself: which account's page it is, if it is one's.
fn may(rule: Rule, member: &Member, account: Option<i64>) -> Result<Option<i64>, Problem> {
    match rule {
        Rule::Anyone | Rule::SignedIn => Ok(None),
        Rule::Operator if member.is_operator() => Ok(None),
        Rule::AccountByOperator if member.is_operator() => account.ok_or(Problem::Missing).map(Some),
        Rule::Operator | Rule::AccountByOperator => Err(Problem::Forbidden),
        Rule::Account => {
            let account = account.ok_or(Problem::Missing)?;
            let own = member.is_operator() || member.person.account == Some(account);
            if own { Ok(Some(account)) } else { Err(Problem::Missing) }
        }
    }
}

/// The number behind `/center/accounts/`.
pub(super) fn account_in(path: &str) -> Option<i64> {
    let behind = path.strip_prefix(ACCOUNTS_PATH)?.strip_prefix('/')?;
    behind.split('/').next()?.parse().ok()
}

/// Whether the browser's sign-in stands yet, for what is sent to it for minutes. Not a use.
pub async fn still_stands(shared: &Shared, member: &Member) -> bool {
    matches!(shared.store.use_web_session(member.token, false, unix_s()).await, Ok(Some(_)))
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Of {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
