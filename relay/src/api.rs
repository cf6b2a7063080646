//! The HTTP API, `/api/v1`: what the Management Center and the command line do, for scripts and other programs.
//!
//! Every route is a row of [`ROUTES`] with the scope that its token must have, what it takes and what it answers; the document
//! in OpenAPI 3.1 is made of the same rows. `guard` goes before all of them. What is done goes through `manage`, as with the
//! command line, so that it acts on running programs within two seconds.

mod accounts;
mod browsers;
mod desk;
mod document;
mod guard;
mod licences;
mod page;
mod plugins;
mod portals;
mod problem;
mod questions;
mod relay;
mod reps;
mod route;
mod routes;
mod scope;
mod sessions;
pub(crate) mod shape;
pub(crate) mod shown;
mod teams;
mod tokens;
mod webhooks;

pub use desk::Desk;
pub use document::document;
pub use scope::Scope;
pub(crate) use shape::Shape;

use crate::shared::Shared;
use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{any, get, on};
use problem::{Kind, Problem};
use routes::ROUTES;
use std::sync::Arc;

/// Every route, the document, and answers in JSON to whatever else is asked for under `/api`.
pub fn router() -> Router<Arc<Shared>> {
    let mut router: Router<Arc<Shared>> = Router::new();
    for row in ROUTES.iter() {
        let handler = move |State(shared): State<Arc<Shared>>,
                            params: Result<RawPathParams, RawPathParamsRejection>,
                            request: Request| guard::serve(shared, row, params.ok(), request);
        router = router.route(row.path, on(row.verb.filter(), handler));
    }
    router
        .route(document::PATH, get(document::serve))
        .route("/api/{*rest}", any(nothing_here))
        .method_not_allowed_fallback(not_so)
}

async fn nothing_here() -> Response {
    let detail = format!("There is nothing at this path: {} has those that there are.", document::PATH);
    guard::plain(&Problem::new(Kind::Missing, detail))
}

async fn not_so() -> Response {
    let detail = format!("The path is known, but not with this method: {} has those that it takes.", document::PATH);
    guard::plain(&Problem::new(Kind::MethodNotAllowed, detail))
}

#[cfg(test)]
#[path = "api/once_tests.rs"]
mod once_tests;
#[cfg(test)]
#[path = "api/routes_tests.rs"]
mod tests;
