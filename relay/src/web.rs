//! The relay's pages: what they are drawn with, what stands before them, and the Management Center.
//!
//! Pages are drawn here, work without a script, and load nothing from elsewhere. `security::guard` goes round all of them;
//! `access` decides who may see which. What a page does to accounts and people it does through the store, as the command
//! line does, so that it acts on running programs within two seconds.

mod access;
mod assets;
mod center;
mod cookies;
mod language;
mod live;
mod page;
mod portal;
mod problem;
mod security;
mod text;
pub mod time;
mod visit;
mod wanted;

pub use live::places as stream_places;
pub use portal::{Pins, PortalPages, Programs};
pub use security::{ANSWER_WITHIN, FORM_BYTES_MAX, FORM_WITHIN};

use crate::shared::Shared;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use std::sync::Arc;

/// Everything that is shown to browsers, and the answer to paths that nobody knows.
pub fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route(assets::PATH, get(assets::serve))
        .merge(center::router(shared))
        .fallback(problem::nothing_here)
        .layer(from_fn_with_state(shared.clone(), security::guard))
        .merge(portal::router(shared))
}
