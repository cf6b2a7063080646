//! One's own password, asked for anew before what would be worst at a page that somebody left open.

use super::words;
use crate::shared::Shared;
use crate::signin::NotSignedIn;
use crate::web::access::Member;
use crate::web::problem::Problem;
use crate::web::text::t;
use crate::web::visit::{Fields, Visit};
use lotse_protocol::control::SignInFailure;

/// Name of the form's field.
const FIELD: &str = "own-password";

/// What is wrong with the password that was typed; empty: it is right.
pub async fn wrong(shared: &Shared, visit: &Visit, member: &Member, fields: &Fields) -> Result<String, Problem> {
    let say = |id: &str| t(visit.language, id, &[]);
    if fields.get(FIELD).is_empty() {
        return Ok(say("own-password-missing"));
    }
    let who = (member.person.holder, member.person.user.as_str());
    match shared.sign_ins.confirm(visit.address, who, fields.secret(FIELD)).await {
        Ok(()) => Ok(String::new()),
        Err(NotSignedIn::Failure(SignInFailure::WrongIdOrPassword)) => Ok(say("own-password-wrong")),
        Err(NotSignedIn::Failure(failure)) => Ok(words::failure(visit.language, &failure)),
        Err(NotSignedIn::Offered { .. }) => Err(Problem::Trouble),
        Err(NotSignedIn::Store(error)) => Err(Problem::of_store(shared, &error)),
    }
}
