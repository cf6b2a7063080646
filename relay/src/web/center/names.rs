//! Features, plugins and ends of sessions in people's words. What nobody here has words for goes by its own name.

use crate::licensing::MULTI_CHAT;
use crate::registry::{Resolved, StoredPackage};
use crate::web::language::Language;
use crate::web::text::{Argument, t};
use lotse_protocol::peer::EndReason;

/// What a feature is called, and what it is; the second is empty where nobody here knows.
pub fn feature(language: Language, name: &str) -> (String, String) {
    let ids = match name {
        MULTI_CHAT => ("feature-multi-chat-title", "feature-multi-chat"),
        "chat" => ("feature-chat-title", "feature-chat"),
        "screen-sharing" => ("feature-screen-sharing-title", "feature-screen-sharing"),
        "share-my-screen" => ("feature-share-my-screen-title", "feature-share-my-screen"),
        "clipboard" => ("feature-clipboard-title", "feature-clipboard"),
        "file-transfer" => ("feature-file-transfer-title", "feature-file-transfer"),
        "annotations" => ("feature-annotations-title", "feature-annotations"),
        "session-handoff" => ("feature-session-handoff-title", "feature-session-handoff"),
        "canned-replies" => ("feature-canned-replies-title", "feature-canned-replies"),
        "diagnostics" => ("feature-diagnostics-title", "feature-diagnostics"),
        "remote-reboot" => ("feature-remote-reboot-title", "feature-remote-reboot"),
        other => return (other.to_owned(), String::new()),
    };
    (t(language, ids.0, &[]), t(language, ids.1, &[]))
}

/// What a limit of a feature is called.
pub fn limit(language: Language, name: &str) -> String {
    if name == "sessions" { t(language, "limit-sessions", &[]) } else { name.to_owned() }
}

/// What a plugin is called of which there may be no package here: without words of ours by its id.
pub fn plugin(language: Language, id: &str) -> String {
    known_plugin(language, id).unwrap_or_else(|| id.to_owned())
}

/// What a plugin is called: in our words, or as its package calls itself.
pub fn package(language: Language, package: &StoredPackage) -> String {
    let own = || package.name.pick(language.tag()).to_owned();
    known_plugin(language, &package.entry.id).unwrap_or_else(own)
}

/// The same by its newest package.
pub fn resolved(language: Language, plugin: &Resolved<'_>) -> String {
    plugin.there.first().map(|newest| package(language, newest)).unwrap_or_default()
}

/// Lotse's own are called in the Center as their features are.
fn known_plugin(language: Language, id: &str) -> Option<String> {
    let words = match id {
        "lotse.chat" => "feature-chat-title",
        "lotse.screen-sharing" => "feature-screen-sharing-title",
        "lotse.share-my-screen" => "feature-share-my-screen-title",
        "lotse.clipboard" => "feature-clipboard-title",
        "lotse.file-transfer" => "feature-file-transfer-title",
        "lotse.annotations" => "feature-annotations-title",
        "lotse.multi-chat" => "feature-multi-chat-title",
        "lotse.session-handoff" => "feature-session-handoff-title",
        "lotse.canned-replies" => "feature-canned-replies-title",
        "lotse.diagnostics" => "feature-diagnostics-title",
        "lotse.remote-reboot" => "feature-remote-reboot-title",
        _ => return None,
    };
    Some(t(language, words, &[]))
}

/// A customer by name, which some do not give.
pub fn customer(language: Language, name: String) -> String {
    if name.is_empty() { t(language, "customer-unnamed", &[]) } else { name }
}

/// Why a session ended.
pub fn end(language: Language, reason: &str) -> String {
    let Some(known) = EndReason::from_name(reason) else { return reason.to_owned() };
    let id = match known {
        EndReason::RepEnded => "end-rep",
        EndReason::CustomerEnded => "end-customer",
        EndReason::CustomerStopped => "end-customer-stopped",
        EndReason::CustomerDeclined => "end-customer-declined",
        EndReason::CustomerGone => "end-customer-gone",
        EndReason::RepGone => "end-rep-gone",
        EndReason::Incompatible => "end-incompatible",
        EndReason::NotTrusted => "end-not-trusted",
        EndReason::PluginsFailed => "end-plugins",
        EndReason::HandedOver => "end-handed-over",
        EndReason::WatchingEnded => "end-watching",
    };
    t(language, id, &[])
}

/// What a line of a session's timeline says besides its kind.
pub fn line_detail(language: Language, kind: &str, detail: &str) -> String {
    match kind {
        "session-ended" => end(language, detail),
        // Which question it was is the session's own.
        "question-taken" | "question-returned" => String::new(),
        // Which session it was is in this account's list.
        "joined-beside" | "hand-over-declined" | "hand-over-ended" => String::new(),
        "hand-over-asked" | "hand-over-taken" => purpose(language, detail),
        "plugin-granted" | "plugin-denied" | "plugin-revoked" | "plugin-crashed" | "customer-allowed"
        | "customer-refused" | "files-offered" | "files-accepted" | "files-declined" | "files-whole"
        | "files-broken" => told(language, detail),
        _ => detail.to_owned(),
    }
}

/// What another rep was wanted for, such as `take-over: Bo Lind`.
fn purpose(language: Language, detail: &str) -> String {
    let (purpose, who) = detail.split_once(": ").unwrap_or((detail, ""));
    let id = match purpose {
        "take-over" => "hand-over-take",
        "join" => "hand-over-join",
        "observe" => "hand-over-observe",
        _ => return detail.to_owned(),
    };
    let purpose = t(language, id, &[]);
    if who.is_empty() { purpose } else { format!("{purpose}: {who}") }
}

/// What a program told, such as `customer: lotse.chat input`.
fn told(language: Language, detail: &str) -> String {
    let (side, rest) = match (detail.strip_prefix("rep: "), detail.strip_prefix("customer: ")) {
        (Some(rest), _) => ("told-rep", rest),
        (None, Some(rest)) => ("told-customer", rest),
        (None, None) => return detail.to_owned(),
    };
    let (first, more) = rest.split_once(' ').unwrap_or((rest, ""));
    let first = plugin(language, first);
    let what = if more.is_empty() { first } else { format!("{first} · {more}") };
    t(language, side, &[("what", Argument::Word(&what))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_has_words_and_what_is_not_its_own_name() {
        assert_eq!(customer(Language::German, String::new()), "Kunde ohne Namen");
        assert_eq!(customer(Language::German, "K. Weber".into()), "K. Weber");
        assert_eq!(feature(Language::English, "chat").0, "Chat");
        assert!(!feature(Language::German, "multi-chat").1.is_empty());
        assert_eq!(feature(Language::German, "remote-sound"), ("remote-sound".to_owned(), String::new()));
        assert_eq!(plugin(Language::German, "lotse.screen-sharing"), "Bildschirmfreigabe");
        assert_eq!(plugin(Language::German, "lotse.file-transfer"), "Dateiübertragung");
        assert_eq!(plugin(Language::German, "com.example.notes"), "com.example.notes");
        for reason in EndReason::ALL {
            assert_ne!(end(Language::English, reason.name()), reason.name());
        }
        assert_eq!(end(Language::English, "as another version says it"), "as another version says it");
    }

    #[test]
    fn a_line_of_the_timeline_is_told_in_words() {
        let said = |kind: &str, detail: &str| line_detail(Language::English, kind, detail);
        assert_eq!(said("plugin-granted", "customer: lotse.screen-sharing input"), "customer: Screen Sharing · input");
        assert_eq!(said("customer-allowed", "customer: screen"), "customer: screen");
        assert_eq!(said("plugin-crashed", "rep: lotse.chat"), "rep: Chat");
        assert_eq!(said("question-taken", "question 0a1b"), "");
        assert_eq!(said("hand-over-asked", "take-over: Bo Lind"), "to take over: Bo Lind");
        assert_eq!(said("hand-over-taken", "observe"), "to look on");
        assert_eq!(said("joined", "something else"), "something else");
    }
}
