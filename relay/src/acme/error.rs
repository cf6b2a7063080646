//! Why there is no certificate, in words for whoever runs the relay. What an authority says is quoted, in bounds and on one
//! line.

use super::attempts::Failure;
use super::client::Unanswered;
use crate::data::DataError;
use instant_acme::{Error, Problem};

/// What is quoted of an authority, in characters.
const QUOTE_CHARS_MAX: usize = 300;
/// How all types of problems begin (RFC 8555, section 6.7).
const PROBLEM: &str = "urn:ietf:params:acme:error:";

/// Why there is no certificate, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    #[error(
        "the authority is not reached ({0}): look at this machine's network and at --acme-directory, and give the authority's own certificate to --acme-ca if it is not a public one"
    )]
    Unreached(String),
    #[error("the authority is not up to it for now ({0}): the relay asks again")]
    Busy(String),
    #[error("the authority took longer than {0} minutes: the relay asks again")]
    Slow(u64),
    #[error(
        "the authority could not check {name} ({why}): its DNS must lead to this relay, and port 443 there to the relay's own port, with nothing between that ends TLS"
    )]
    Check { name: String, why: String },
    #[error(
        "the authority does not check {0} by TLS (tls-alpn-01), and the relay knows no other way: choose another authority with --acme-directory"
    )]
    NoCheck(String),
    #[error("the authority gives out no more for now ({0}): the relay asks again later")]
    TooMany(String),
    #[error("the authority gives out nothing for these names ({0}): look at --acme-domain, and at CAA records in DNS")]
    Names(String),
    #[error("the authority does not take the address for mail ({0}): give another to --acme-contact")]
    Contact(String),
    #[error(
        "the authority must know its customers beforehand (external account binding), which the relay cannot do: choose another with --acme-directory"
    )]
    External,
    #[error("the authority does not know the relay's account ({0})")]
    NoAccount(String),
    #[error("the authority wants something that only a person can do ({0})")]
    Person(String),
    #[error("the authority refused ({0})")]
    Refused(String),
    #[error("what the authority answered makes no sense ({0})")]
    Senseless(String),
    #[error("the certificate that the authority gave out cannot be used ({0})")]
    Unusable(String),
    #[error("a key could not be made ({0})")]
    Keys(rcgen::Error),
    #[error(transparent)]
    Data(#[from] DataError),
}

impl AcmeError {
    /// As far as pauses go.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Unreached(_) | Self::Busy(_) => Failure::Unreached,
            Self::Slow(_)
            | Self::Check { .. }
            | Self::NoCheck(_)
            | Self::TooMany(_)
            | Self::Names(_)
            | Self::Contact(_)
            | Self::External
            | Self::NoAccount(_)
            | Self::Person(_)
            | Self::Refused(_)
            | Self::Senseless(_)
            | Self::Unusable(_)
            | Self::Keys(_)
            | Self::Data(_) => Failure::Refused,
        }
    }

    /// What an authority said of `name`, which it could not check.
    pub fn check(name: &str, problem: Option<&Problem>) -> Self {
        let why = problem.map_or_else(|| "it does not say why".to_owned(), said);
        Self::Check { name: quoted(name), why }
    }
}

impl From<Error> for AcmeError {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(problem) => refusal(&problem),
            Error::Other(other) if other.is::<Unanswered>() => Self::Unreached(quoted(&other.to_string())),
            // The library's enum may grow.
            other => Self::Senseless(quoted(&other.to_string())),
        }
    }
}

fn refusal(problem: &Problem) -> AcmeError {
    let said = said(problem);
    let kind = problem.r#type.as_deref().and_then(|kind| kind.strip_prefix(PROBLEM)).unwrap_or_default();
    match kind {
        "accountDoesNotExist" => AcmeError::NoAccount(said),
        // The library has tried some more already.
        "badNonce" | "serverInternal" => AcmeError::Busy(said),
        "rateLimited" => AcmeError::TooMany(said),
        "rejectedIdentifier" | "unsupportedIdentifier" | "caa" => AcmeError::Names(said),
        "invalidContact" | "unsupportedContact" => AcmeError::Contact(said),
        "externalAccountRequired" => AcmeError::External,
        "userActionRequired" => AcmeError::Person(said),
        // Whatever else there is, now or later: the authority's own words are told.
        _ => AcmeError::Refused(said),
    }
}

fn said(problem: &Problem) -> String {
    let of_name = problem.subproblems.iter().find_map(|one| one.detail.as_deref());
    let words = problem.detail.as_deref().or(of_name).or(problem.r#type.as_deref());
    quoted(words.unwrap_or("it does not say why"))
}

/// On one line, and not too long.
fn quoted(text: &str) -> String {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().take(QUOTE_CHARS_MAX).map(plain).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problem(kind: &str, detail: &str) -> Problem {
        let json = serde_json::json!({ "type": format!("{PROBLEM}{kind}"), "detail": detail, "status": 403 });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        for (kind, wanted) in [
            ("rateLimited", "asks again later"),
            ("rejectedIdentifier", "--acme-domain"),
            ("caa", "CAA"),
            ("invalidContact", "--acme-contact"),
            ("externalAccountRequired", "--acme-directory"),
            ("serverInternal", "asks again"),
            ("malformed", "refused"),
            ("never-heard-of", "refused"),
        ] {
            let words = AcmeError::from(Error::Api(problem(kind, "so it is"))).to_string();
            assert!(words.contains(wanted), "{kind}: {words}");
            assert!(words.contains("so it is") || kind == "externalAccountRequired", "{kind}: {words}");
        }
        let words = AcmeError::check("relay.example", Some(&problem("connection", "no route"))).to_string();
        assert!(words.contains("relay.example") && words.contains("no route") && words.contains("443"), "{words}");
        let unreached = AcmeError::from(Error::Other(Box::new(Unanswered::Slow)));
        assert_eq!(unreached.failure(), Failure::Unreached);
        assert!(unreached.to_string().contains("--acme-ca"), "{unreached}");
        assert_eq!(AcmeError::from(Error::Str("no order URL found")).failure(), Failure::Refused);
    }

    #[test]
    fn what_an_authority_says_is_quoted_on_one_line_and_in_bounds() {
        let detail = format!("first\n\u{1b}[31msecond{}", "x".repeat(100_000));
        let words = AcmeError::from(Error::Api(problem("malformed", &detail))).to_string();
        assert!(words.len() < 400 && !words.contains(char::is_control), "{words}");
        let bare: Problem = serde_json::from_str("{}").unwrap();
        assert!(AcmeError::from(Error::Api(bare)).to_string().contains("does not say why"));
    }
}
