//! Tokens: the one that is used, those that it sees, and revoking them. They are made by the command line alone, so that no
//! token makes another.

use super::page::Page;
use super::problem::Problem;
use super::route::{Answer, Call};
use super::shape::Nothing;
use super::shown::Token;
use crate::manage;

pub(super) async fn own(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Token>, Problem> {
    Ok(Answer::of(Token::of(&call.token)))
}

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Token>>, Problem> {
    let tokens = call.store().api_tokens(call.token.account).await.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Page { items: tokens.iter().map(Token::of).collect(), next: None }))
}

pub(super) async fn revoke(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Nothing>, Problem> {
    let number = call.number("token", "token")?;
    let revoked = manage::revoke_token(call.store(), number, call.token.account, &call.by()).await;
    let revoked = revoked.map_err(|error| call.problem(&error))?;
    revoked.map(|_| Answer::of(Nothing)).ok_or_else(|| Problem::missing("token"))
}
