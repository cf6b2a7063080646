//! One row of the table of routes: who may, what is taken, what is answered, and the handler. A handler's types are what the
//! document shows, since both come from here.

use super::problem::{Kind, Problem};
use super::scope::Scope;
use super::shape::{Described, Fields, Record, Schemas, Shape};
use crate::manage::By;
use crate::shared::Shared;
use crate::store::api::ApiToken;
use crate::store::{Account, Store, StoreError};
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::Value;
use std::pin::Pin;
use std::sync::Arc;

/// What is done to what a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Verb {
    /// As the router has it.
    pub fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    /// As the document has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Patch => "patch",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }

    /// It changes nothing.
    pub fn only_looks(self) -> bool {
        match self {
            Self::Get => true,
            Self::Post | Self::Patch | Self::Put | Self::Delete => false,
        }
    }
}

/// Which tokens reach a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every token; the handler looks at what is the token's own.
    Own,
    /// Tokens of the whole relay.
    Relay,
    /// Those, and tokens of the account that the path names. Of other accounts a token does not learn whether they are there.
    Account,
    /// Tokens of the whole relay, on an account.
    AccountByRelay,
}

/// What is said of a route beside its types.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    pub verb: Verb,
    pub path: &'static str,
    /// What the operation is called in the document.
    pub name: &'static str,
    pub about: &'static str,
    /// `None`: any token will do.
    pub scope: Option<Scope>,
    pub reach: Reach,
    /// Of an answer without a problem.
    pub success: StatusCode,
    /// `If-Match` must be there.
    pub seen: bool,
    /// It may be there.
    pub may_see: bool,
}

/// What a handler is given.
pub struct Call {
    pub shared: Arc<Shared>,
    pub token: ApiToken,
    pub(super) account: Option<Account>,
    pub(super) params: Vec<(String, String)>,
    pub(super) seen: Option<Seen>,
}

/// What `If-Match` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Whatever stands there.
    Any,
    /// This revision.
    Revision(String),
}

impl Call {
    /// For the audit log.
    pub fn by(&self) -> By {
        let (name, trail) = (format!("{} ({})", self.token.name, self.token.id), self.shared.audit.clone());
        By::Token { name, trail }
    }

    pub fn store(&self) -> &dyn Store {
        &*self.shared.store
    }

    /// The account that the path names.
    pub fn account(&self) -> Result<&Account, Problem> {
        self.account.as_ref().ok_or_else(|| Problem::missing("account"))
    }

    /// A part of the path.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }

    /// A part of the path that is the number of `what`.
    pub fn number(&self, name: &str, what: &str) -> Result<i64, Problem> {
        self.param(name).parse().map_err(|_| Problem::missing(what))
    }

    /// The revision that was seen; `None`: whatever stands there is to be changed.
    pub fn seen(&self) -> Result<Option<&str>, Problem> {
        match &self.seen {
            None => Err(Problem::new(
                Kind::IfMatchMissing,
                "Send the `ETag` of the answer that was looked at as `If-Match`, or `*` to change whatever stands there.",
            )),
            Some(Seen::Any) => Ok(None),
            Some(Seen::Revision(revision)) => Ok(Some(revision)),
        }
    }

    /// The revision that was seen, where one need not say it; `None`: whatever stands there is meant.
    pub fn seen_if_said(&self) -> Option<&str> {
        match &self.seen {
            None | Some(Seen::Any) => None,
            Some(Seen::Revision(revision)) => Some(revision),
        }
    }

    pub fn problem(&self, error: &StoreError) -> Problem {
        Problem::of_store(&self.shared, error)
    }
}

/// Somebody else was faster.
pub fn outdated() -> Problem {
    Problem::new(Kind::Outdated, "Look at it again, and send the change with the `ETag` that it has then.")
}

/// What a handler answers.
pub struct Answer<A> {
    body: A,
    revision: Option<String>,
    location: Option<String>,
}

impl<A> Answer<A> {
    /// That alone.
    pub fn of(body: A) -> Self {
        Self { body, revision: None, location: None }
    }

    /// With the revision of what is shown.
    pub fn revision(mut self, revision: String) -> Self {
        self.revision = Some(revision);
        self
    }

    /// With the path of what was made.
    pub fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }
}

/// An answer in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// `Null`: nothing.
    pub body: Value,
    pub revision: Option<String>,
    pub location: Option<String>,
}

type Working = Pin<Box<dyn Future<Output = Result<Written, Problem>> + Send>>;

/// One row.
pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub head: Head,
    pub query: fn(&mut Schemas) -> Vec<Described>,
    /// The schema of its body, and an example; `Null`: there is none.
    pub body: fn(&mut Schemas) -> Value,
    pub example: fn() -> Value,
    /// `Null`: nothing is answered.
    pub answer: fn(&mut Schemas) -> Value,
    /// Whether a body can be taken.
    #[cfg(test)]
    pub reads: fn(Value) -> bool,
    run: Box<dyn Fn(Call, &str, Value) -> Result<Working, Problem> + Send + Sync>,
}

impl Route {
    /// A row whose handler takes a query and a body and answers something.
    pub fn new<Q, B, A, F, R>(head: Head, handler: F) -> Self
    where
        Q: Record + 'static,
        B: Record + 'static,
        A: Shape + 'static,
        F: Fn(Call, Q, B) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Answer<A>, Problem>> + Send + 'static,
    {
        let run = move |call: Call, query: &str, body: Value| -> Result<Working, Problem> {
            let query = Fields::of_query(query).and_then(Q::take).map_err(Problem::fields)?;
            let body = B::read(body).map_err(Problem::fields)?;
            let working = handler(call, query, body);
            Ok(Box::pin(async move {
                let Answer { body, revision, location } = working.await?;
                Ok(Written { body: body.write(), revision, location })
            }))
        };
        Self {
            verb: head.verb,
            path: head.path,
            head,
            query: Q::fields,
            body: B::schema,
            example: B::example,
            answer: A::schema,
            #[cfg(test)]
            reads: |value| B::read(value).is_ok(),
            run: Box::new(run),
        }
    }

    /// Reads query and body and, if they can be taken, begins.
    pub fn begin(&self, call: Call, query: &str, body: Value) -> Result<Working, Problem> {
        (self.run)(call, query, body)
    }
}
