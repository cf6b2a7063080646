//! What pages are drawn with: one style sheet, one small script for what is live, the icon. All of it is in the program and
//! served under names that hold a digest, so that a browser keeps it for a year and an update is another name.

use crate::token::hex;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// Where they are: `/assets/NAME`.
pub const PATH: &str = "/assets/{name}";
/// A name says what the content is, so nothing is ever asked for again.
const KEEP: &str = "public, max-age=31536000, immutable";
/// Bytes of the digest in a name.
const DIGEST_BYTES: usize = 6;

/// One file.
pub struct Asset {
    /// With the folder, as pages name it.
    pub href: String,
    content_type: &'static str,
    content: &'static str,
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("lotse", "css", "text/css; charset=utf-8", include_str!("../../assets/lotse.css")));
static LIVE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("live", "js", "text/javascript; charset=utf-8", include_str!("../../assets/live.js")));
static PORTAL: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("portal", "js", "text/javascript; charset=utf-8", include_str!("../../assets/portal.js"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("favicon", "svg", "image/svg+xml", include_str!("../../assets/favicon.svg")));

impl Asset {
    fn new(name: &str, ending: &str, content_type: &'static str, content: &'static str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, content.as_bytes());
        let digest: Vec<u8> = digest.as_ref().iter().copied().take(DIGEST_BYTES).collect();
        Self { href: format!("/assets/{name}-{}.{ending}", hex(&digest)), content_type, content }
    }

    fn response(&self) -> Response {
        let headers = [(header::CONTENT_TYPE, self.content_type), (header::CACHE_CONTROL, KEEP)];
        (StatusCode::OK, headers, self.content).into_response()
    }
}

/// The style sheet's address.
pub fn style() -> &'static str {
    &STYLE.href
}

/// The address of the script for pages with something live.
pub fn live() -> &'static str {
    &LIVE.href
}

/// The address of the script of customers' pages.
pub fn portal() -> &'static str {
    &PORTAL.href
}

/// The icon's address.
pub fn icon() -> &'static str {
    &ICON.href
}

/// `GET /assets/NAME`.
pub async fn serve(Path(name): Path<String>) -> Response {
    let all = [&*STYLE, &*LIVE, &*PORTAL, &*ICON];
    let found = all.into_iter().find(|asset| asset.href.strip_prefix("/assets/") == Some(name.as_str()));
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), Asset::response)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the 60 KB that a first page may have, most are for the page itself.
    #[test]
    fn what_every_page_needs_is_small() {
        let customers = STYLE.content.len() + PORTAL.content.len() + ICON.content.len();
        assert!(customers < 28 * 1024, "{customers}");
        let ours = STYLE.content.len() + LIVE.content.len() + ICON.content.len();
        assert!(ours < 16 * 1024, "{ours}");
    }

    #[tokio::test]
    async fn only_the_name_with_the_digest_is_there() {
        let name = style().strip_prefix("/assets/").map(str::to_owned);
        let answer = serve(Path(name.unwrap_or_default())).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers().get(header::CACHE_CONTROL).is_some_and(|keep| keep == KEEP));
        assert_eq!(serve(Path("lotse.css".into())).await.status(), StatusCode::NOT_FOUND);
    }
}
