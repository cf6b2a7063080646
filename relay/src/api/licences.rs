//! What an account has paid for.

use super::accounts::nothing_to_change;
use super::problem::Problem;
use super::route::{Answer, Call};
use super::shape::{Edit, Nothing, shape};
use super::shown::Licence;
use crate::clock::unix_s;
use crate::manage;
use crate::store::TermChange;
use lotse_protocol::date::Day;
use lotse_protocol::licence::{LIMITS_MAX, is_name};
use std::collections::BTreeMap;

shape! {
    /// What changes in one feature of an account; what is not named stays. Naming anything gives the feature.
    pub struct FeaturePatch {
        on: Option<bool> = "Whether the account has it. With false its dates and limits are forgotten.", true;
        from_s: Edit<i64> = "First second, in Unix time; null: from ever.", null;
        until_s: Edit<i64> = "First second after it, in Unix time; null: for ever.", 1830297600;
        limits: Option<BTreeMap<String, Option<u32>>> = "By the limit's name; null takes a limit away.", { "sessions": 3 };
    }
}

pub(super) async fn show(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Licence>, Problem> {
    let terms = call.store().licence_of(&call.account()?.name).await.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Licence::of(&terms, unix_s())))
}

pub(super) async fn change(call: Call, _: Nothing, body: FeaturePatch) -> Result<Answer<Licence>, Problem> {
    let FeaturePatch { on, from_s, until_s, limits } = body;
    let change = TermChange {
        on,
        from_s: day("from_s", from_s)?,
        until_s: day("until_s", until_s)?,
        limits: limits.unwrap_or_default(),
    };
    if change == TermChange::default() {
        return Err(nothing_to_change());
    }
    if change.limits.len() > LIMITS_MAX {
        return Err(Problem::field("limits", format!("must be at most {LIMITS_MAX}")));
    }
    if let Some(name) = change.limits.keys().find(|name| !is_name(name)) {
        let name: String = name.chars().take(80).collect();
        return Err(Problem::field(&format!("limits.{name}"), "is no name of a limit, such as sessions"));
    }
    let (account, feature) = (&call.account()?.name, call.param("feature"));
    let changed = manage::change_licence(call.store(), account, feature, change, &call.by()).await;
    let (terms, _) = changed.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(Licence::of(&terms, unix_s())))
}

/// What could not be printed as a day is a slip.
fn day(field: &str, edit: Edit<i64>) -> Result<Option<Option<i64>>, Problem> {
    let change = edit.change();
    match change {
        Some(Some(at_s)) if Day::of(at_s).is_none() => {
            Err(Problem::field(field, "must be Unix seconds of a day in the calendar"))
        }
        Some(_) | None => Ok(change),
    }
}
