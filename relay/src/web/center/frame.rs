//! What stands round every page of the Center: who is signed in, the pages there are, and what was done just now.

use crate::store::Account;
use crate::web::access::{ACCOUNTS_PATH, Member, Of};
use crate::web::language::Language;
use crate::web::text::{Argument, t};
use crate::web::time::Zone;
use crate::web::visit::Visit;

/// Pages of an account: the text's id, and what its path has behind the account's. A new page adds its row here.
pub const OF_ACCOUNT: &[(&str, &str)] = &[
    ("center-overview", ""),
    ("center-sessions", "/sessions"),
    ("center-reports", "/reports"),
    ("center-messages", "/messages"),
    ("center-people", "/people"),
    ("center-teams", "/teams"),
    ("center-portals", "/portals"),
    ("center-licences", "/licences"),
    ("center-audit", "/audit"),
    ("center-account", "/settings"),
];
/// Pages of an account for operators.
const OF_ACCOUNT_BY_OPERATOR: &[(&str, &str)] = &[("center-plugins", "/plugins")];
/// Pages for operators: the text's id and the path.
pub const OF_RELAY: &[(&str, &str)] = &[
    ("center-accounts", ACCOUNTS_PATH),
    ("center-relay-plugins", "/center/plugins"),
    ("center-relay-audit", "/center/audit"),
    ("center-relay", "/center/relay"),
];
/// Pages for everybody.
pub const OF_ONESELF: &[(&str, &str)] = &[("center-me", "/center/me")];
/// What a page may say when it is come to after a form: the word in its address, and the text's id.
const DONE: &[(&str, &str)] = &[
    ("saved", "done-saved"),
    ("added", "done-added"),
    ("ended", "done-ended"),
    ("gone", "done-gone"),
    ("removed", "done-removed"),
    ("unlocked", "done-unlocked"),
    ("not-locked", "done-not-locked"),
    ("no-factor", "done-no-factor"),
    ("watching", "done-watching"),
];

/// The path of an account's page.
pub fn account_path(account: i64, behind: &str) -> String {
    format!("{ACCOUNTS_PATH}/{account}{behind}")
}

/// A page to go to.
#[derive(Clone)]
pub struct Link {
    pub text: String,
    pub href: String,
    pub current: bool,
    /// How many wait there to be read, in words; empty: none.
    pub unread: String,
}

/// What stands there by now where somebody else changed what was edited.
pub struct Changed {
    pub label: String,
    pub theirs: String,
}

/// Pages under one heading.
#[derive(Clone)]
pub struct Group {
    pub title: String,
    pub links: Vec<Link>,
}

/// What templates say as `frame`.
#[derive(Clone)]
pub struct Frame {
    pub who: String,
    pub groups: Vec<Group>,
    /// Empty: nothing was done just now.
    pub done: String,
}

impl Frame {
    /// Of a page that is no account's.
    pub fn new(visit: &Visit, member: &Member) -> Self {
        let own = member.person.account.map(|account| (account, String::new()));
        Self::with(visit, member, own)
    }

    /// Of an account's page.
    pub fn of(visit: &Visit, member: &Member, of: &Of) -> Self {
        let Account { id, name, .. } = &*of.0;
        Self::with(visit, member, Some((*id, name.clone())))
    }

    fn with(visit: &Visit, member: &Member, account: Option<(i64, String)>) -> Self {
        let mut groups = vec![];
        if let Some((account, name)) = account {
            let by_operator = if member.is_operator() { OF_ACCOUNT_BY_OPERATOR } else { &[] };
            let pages = OF_ACCOUNT.iter().chain(by_operator);
            let pages = pages.map(|(text, behind)| (*text, account_path(account, behind)));
            groups.push(with_unread(visit, member.unread, group(visit, name, pages)));
        }
        if member.is_operator() {
            let pages = OF_RELAY.iter().map(|(text, path)| (*text, (*path).to_owned()));
            groups.push(group(visit, t(visit.language, "center-group-relay", &[]), pages));
        }
        let pages = OF_ONESELF.iter().map(|(text, path)| (*text, (*path).to_owned()));
        groups.push(group(visit, t(visit.language, "center-group-you", &[]), pages));
        keep_nearest(&mut groups);
        let asked = visit.asked("done").unwrap_or_default();
        let done = DONE.iter().find(|(word, _)| *word == asked);
        Self {
            who: member.person.name.clone(),
            groups,
            done: done.map(|(_, id)| t(visit.language, id, &[])).unwrap_or_default(),
        }
    }
}

fn group(visit: &Visit, title: String, pages: impl Iterator<Item = (&'static str, String)>) -> Group {
    let pages: Vec<(&'static str, String)> = pages.collect();
    // The longest path that this page's begins with: people's own pages are beneath the list of them.
    let here = pages.iter().filter(|(_, href)| beneath(&visit.path, href)).map(|(_, href)| href.len()).max();
    let links = pages.into_iter().map(|(text, href)| Link {
        text: t(visit.language, text, &[]),
        current: beneath(&visit.path, &href) && Some(href.len()) == here,
        href,
        unread: String::new(),
    });
    Group { title, links: links.collect() }
}

/// One page is shown at a time: an account's is beneath the list of accounts, too.
fn keep_nearest(groups: &mut [Group]) {
    let current = groups.iter().flat_map(|group| &group.links).filter(|link| link.current);
    let nearest = current.map(|link| link.href.len()).max();
    for link in groups.iter_mut().flat_map(|group| &mut group.links) {
        link.current = link.current && Some(link.href.len()) == nearest;
    }
}

/// The messages' link with how many nobody has read.
fn with_unread(visit: &Visit, unread: u64, mut group: Group) -> Group {
    if unread > 0
        && let Some(link) = group.links.iter_mut().find(|link| link.href.ends_with("/messages"))
    {
        link.unread = t(visit.language, "messages-unread", &[("count", Argument::Count(unread))]);
    }
    group
}

fn beneath(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The time zone that a page of this account shows times in.
pub fn zone_of(of: &Of) -> Zone {
    Zone::named(&of.0.time_zone)
}

/// The text of an id that is made of a known word.
pub fn text_of(language: Language, before: &str, word: &str) -> String {
    t(language, &format!("{before}{word}"), &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accounts_page_is_the_current_one_and_not_the_list_of_accounts_too() {
        let link =
            |href: &str, current| Link { text: String::new(), href: href.into(), current, unread: String::new() };
        let group = |links| Group { title: String::new(), links };
        let mut groups = [
            group(vec![link("/center/accounts/1", false), link("/center/accounts/1/people", true)]),
            group(vec![link("/center/accounts", true), link("/center/relay", false)]),
        ];
        keep_nearest(&mut groups);
        let current = groups.iter().flat_map(|group| &group.links).filter(|link| link.current);
        assert_eq!(current.map(|link| link.href.as_str()).collect::<Vec<_>>(), ["/center/accounts/1/people"]);
    }

    #[test]
    fn a_page_is_beneath_what_its_path_goes_on_from() {
        assert!(beneath("/center/accounts/1/people/7", "/center/accounts/1/people"));
        assert!(beneath("/center/accounts/1", "/center/accounts/1"));
        assert!(!beneath("/center/accounts/12", "/center/accounts/1"));
    }
}
