//! Plugins that need other plugins: who cannot be started in this session, and for want of what.
//!
//! The relay chose the versions; here it is checked that they fit each other, since a plugin beside the wrong version of
//! another would only fail later, in words that nobody understands. A plugin may do without the other's presence on its
//! own side: what counts is that the session has it.

use lotse_package::PluginId;
use semver::{Version, VersionReq};
use std::collections::BTreeMap;

/// One plugin of the session, as far as others depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub id: &'a str,
    pub version: &'a Version,
    /// It was verified and loaded, and the account may use it.
    pub usable: bool,
    /// It was started already, so that whoever it is missing to hears that it was stopped.
    pub ran: bool,
    /// It is on its way here: whether it can be used will be seen.
    pub coming: bool,
    /// What it needs; `None` when it is not known, since the plugin could not be loaded.
    pub requires: Option<&'a BTreeMap<PluginId, VersionReq>>,
}

/// For each plugin why it cannot run; `None`: nothing that it needs is missing. Who needs a plugin that cannot run cannot
/// run either.
pub(crate) fn unmet(members: &[Member<'_>]) -> Vec<Option<String>> {
    let mut missing: Vec<Option<String>> = vec![None; members.len()];
    // Each round finds at least one more, so there are no more rounds than plugins.
    for _ in 0..members.len() {
        let found: Vec<Option<String>> = members
            .iter()
            .zip(&missing)
            .map(|(member, known)| known.clone().or_else(|| first_unmet(member, members, &missing)))
            .collect();
        if found == missing {
            break;
        }
        missing = found;
    }
    missing
}

fn first_unmet(member: &Member<'_>, members: &[Member<'_>], missing: &[Option<String>]) -> Option<String> {
    let requires = member.requires.filter(|_| member.usable)?;
    requires.iter().find_map(|(id, wanted)| {
        match members.iter().zip(missing).find(|(other, _)| other.id == id.as_str()) {
            None => Some(format!("it needs the plugin {id} ({wanted}), which this session does not have")),
            Some((other, _)) if !wanted.matches(other.version) => {
                Some(format!("it needs {id} {wanted}, and this session has {}", other.version))
            }
            Some((other, why)) if other.ran && (!other.usable || why.is_some()) => {
                Some(format!("it needs {id}, which was stopped"))
            }
            Some((other, why)) if !(other.usable || other.coming) || why.is_some() => {
                Some(format!("it needs {id}, which cannot be started"))
            }
            Some(_) => None,
        }
    })
}

/// Who needs a plugin that is still on its way, if only by way of others: not to be started before that one is here.
pub(crate) fn waiting(members: &[Member<'_>]) -> Vec<bool> {
    let mut waiting = vec![false; members.len()];
    // Each round finds at least one more, so there are no more rounds than plugins.
    for _ in 0..members.len() {
        let found: Vec<bool> = members.iter().map(|member| waits(member, members, &waiting)).collect();
        if found == waiting {
            break;
        }
        waiting = found;
    }
    waiting
}

fn waits(member: &Member<'_>, members: &[Member<'_>], waiting: &[bool]) -> bool {
    let comes_late = |id: &PluginId| {
        members.iter().zip(waiting).any(|(other, waits)| other.id == id.as_str() && (other.coming || *waits))
    };
    member.requires.is_some_and(|requires| requires.keys().any(comes_late))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    struct Made {
        id: &'static str,
        version: Version,
        usable: bool,
        ran: bool,
        requires: BTreeMap<PluginId, VersionReq>,
    }

    fn made(id: &'static str, version: &str, usable: bool, requires: &[(&str, &str)]) -> Made {
        let requires = requires.iter().map(|(id, wanted)| (id.parse().unwrap(), wanted.parse().unwrap())).collect();
        Made { id, version: version.parse().unwrap(), usable, ran: false, requires }
    }

    fn judged(plugins: &[Made]) -> Vec<Option<String>> {
        let members: Vec<Member<'_>> = plugins
            .iter()
            .map(|made| Member {
                id: made.id,
                version: &made.version,
                usable: made.usable,
                ran: made.ran,
                coming: false,
                requires: Some(&made.requires),
            })
            .collect();
        unmet(&members)
    }

    #[test]
    fn who_needs_what_is_on_its_way_waits_for_it() {
        let plugins = [
            made("a.export", "1.0.0", true, &[("a.notes", "*")]),
            made("a.notes", "1.0.0", true, &[("lotse.chat", "*")]),
            made("lotse.chat", "1.0.0", false, &[]),
            made("a.free", "1.0.0", true, &[]),
        ];
        for coming in [true, false] {
            let members: Vec<Member<'_>> = plugins
                .iter()
                .map(|made| Member {
                    id: made.id,
                    version: &made.version,
                    usable: made.usable,
                    ran: made.ran,
                    coming: coming && made.id == "lotse.chat",
                    requires: Some(&made.requires),
                })
                .collect();
            assert_eq!(waiting(&members), [coming, coming, false, false]);
            assert_eq!(unmet(&members)[0].is_none(), coming);
        }
    }

    #[test]
    fn versions_resolve_by_semver() {
        for (wanted, meets) in [("^1.2", true), ("^1.4", false), (">=1, <2", true), ("^2", false), ("=1.3.1", true)] {
            let plugins =
                [made("a.notes", "0.1.0", true, &[("lotse.chat", wanted)]), made("lotse.chat", "1.3.1", true, &[])];
            let judged = judged(&plugins);
            assert_eq!(judged[0].is_none(), meets, "{wanted}: {judged:?}");
            assert_eq!(judged[1], None, "what is needed needs nothing");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let absent = judged(&[made("a.notes", "0.1.0", true, &[("lotse.chat", "^1")])]);
        assert_eq!(absent[0].as_deref(), Some("it needs the plugin lotse.chat (^1), which this session does not have"));
        let other = [made("a.notes", "0.1.0", true, &[("lotse.chat", "^1")]), made("lotse.chat", "2.0.0", true, &[])];
        assert_eq!(judged(&other)[0].as_deref(), Some("it needs lotse.chat ^1, and this session has 2.0.0"));
    }

    #[test]
    fn who_needs_what_cannot_run_cannot_run() {
        let plugins = [
            made("a.export", "1.0.0", true, &[("a.notes", "*")]),
            made("a.notes", "1.0.0", true, &[("lotse.chat", "*")]),
            made("lotse.chat", "1.0.0", false, &[("z.gone", "*")]),
            made("a.free", "1.0.0", true, &[]),
        ];
        let judged = judged(&plugins);
        assert_eq!(judged[0].as_deref(), Some("it needs a.notes, which cannot be started"));
        assert_eq!(judged[1].as_deref(), Some("it needs lotse.chat, which cannot be started"));
        assert!(judged[2].is_none() && judged[3].is_none(), "its own failure has a reason of its own");
    }

    #[test]
    fn who_needs_what_was_stopped_is_stopped_as_well() {
        let mut plugins = [
            made("a.export", "1.0.0", true, &[("a.notes", "*")]),
            made("a.notes", "1.0.0", true, &[("lotse.chat", "*")]),
            made("lotse.chat", "1.0.0", false, &[]),
            made("a.free", "1.0.0", true, &[]),
        ];
        plugins.iter_mut().for_each(|made| made.ran = true);
        let judged = judged(&plugins);
        assert_eq!(judged[0].as_deref(), Some("it needs a.notes, which was stopped"));
        assert_eq!(judged[1].as_deref(), Some("it needs lotse.chat, which was stopped"));
        assert!(judged[2].is_none() && judged[3].is_none());
    }

    #[test]
    fn two_that_need_each_other_run() {
        let plugins =
            [made("a.one", "1.0.0", true, &[("a.two", "^1")]), made("a.two", "1.1.0", true, &[("a.one", "^1")])];
        assert!(judged(&plugins).iter().all(Option::is_none));
    }
}
