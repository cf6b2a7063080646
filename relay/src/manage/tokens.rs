//! Tokens of the HTTP API: drawn, shown once, revoked.

use super::{By, note};
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine, system_random};
use crate::store::api::{ApiToken, NewApiToken};
use crate::store::{Store, StoreError};
use crate::token::{self, TokenHash};
use lotse_protocol::control::Secret;

/// What every token begins with, so that people and scanners of files see what it is.
pub const TOKEN_START: &str = "lotse_";
/// Hex digits behind that: 256 random bits.
const DIGITS: usize = 64;
/// How long a token holds if nothing else is said, and at most, in days. Whoever keeps a script for longer sees to it once a
/// year.
pub const LIFETIME_DAYS: u32 = 90;
pub const LIFETIME_DAYS_MAX: u32 = 365;

/// Draws a token and keeps its hash; its number, and the token itself, which nobody sees again. `None`: there are as many as
/// can be.
pub async fn add_token(
    store: &dyn Store,
    of: impl FnOnce(TokenHash) -> NewApiToken,
    by: &By,
) -> Result<Option<(i64, Secret)>, StoreError> {
    let drawn = token::draw(system_random().as_mut());
    let digits = drawn.ok_or_else(|| StoreError::Other("the system has no randomness".into()))?;
    let secret = Secret(format!("{TOKEN_START}{}", digits.0));
    let new = of(TokenHash::of(&secret));
    let NewApiToken { name, account, scopes, .. } = new.clone();
    let Some(id) = store.add_api_token(new, unix_s()).await? else { return Ok(None) };
    let detail = format!("{name} ({id}): {scopes}");
    note(store, by, AuditLine { account, detail, ..AuditLine::new(AuditKind::ApiTokenAdded) }).await?;
    Ok(Some((id, secret)))
}

/// Revokes a token, if it is of `account` or that is `None`. `None`: there is no such token.
pub async fn revoke_token(
    store: &dyn Store,
    token: i64,
    account: Option<i64>,
    by: &By,
) -> Result<Option<ApiToken>, StoreError> {
    let Some(revoked) = store.revoke_api_token(token, account).await? else { return Ok(None) };
    let (detail, account) = (format!("{} ({token})", revoked.name), revoked.account);
    note(store, by, AuditLine { account, detail, ..AuditLine::new(AuditKind::ApiTokenRevoked) }).await?;
    Ok(Some(revoked))
}

/// The token in a header's value `Bearer lotse_…`. `None`: it has not the form of one.
pub fn secret_in(authorization: &str) -> Option<Secret> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim_start();
    let digits = token.strip_prefix(TOKEN_START)?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    (scheme.eq_ignore_ascii_case("bearer") && plain).then(|| Secret(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_a_token_is_looked_up() {
        let token = format!("{TOKEN_START}{}", "0a".repeat(32));
        let read = |text: String| secret_in(&text).map(|secret| secret.0);
        assert_eq!(read(format!("Bearer {token}")), Some(token.clone()));
        assert_eq!(read(format!("bearer  {token} ")), Some(token.clone()));
        for bad in [
            String::new(),
            token.clone(),
            format!("Basic {token}"),
            format!("Bearer {token}0"),
            format!("Bearer {}", token.to_uppercase()),
            "Bearer lotse_".to_owned(),
            format!("Bearer {TOKEN_START}{}", "ä".repeat(32)),
        ] {
            assert_eq!(read(bad.clone()), None, "{bad}");
        }
    }
}
