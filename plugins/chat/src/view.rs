//! How the conversation and the replies look.

use lotse_sdk::session::{Role, text};
use lotse_sdk::ui::{self, Node, Tone};

use crate::Chat;
use crate::log::{Entry, TEXT_CHARS_MAX};
use crate::replies;

/// Ids of nodes that act; scripts use them too.
pub const SAY: &str = "say";
pub const KEEP: &str = "keep-reply";
pub const REPLY: &str = "reply-";
pub const FORGET: &str = "forget-reply-";

pub fn conversation(chat: &Chat) -> Node {
    let message = |entry: &Entry| {
        let mine = entry.author.role == chat.me.role
            && (entry.author.role == Role::Customer || entry.author.name == chat.me.name);
        let node = ui::message(&format!("{:032x}", entry.id), &entry.author.name, &entry.text, mine, entry.at_ms);
        if mine { node.with("state", state(entry)) } else { node }
    };
    // True before the first message as well as in a session that ended without one.
    let nothing = text("Nothing has been written yet.", "Noch wurde nichts geschrieben.");
    let empty = chat.log.is_empty().then(|| ui::text(nothing, Tone::Muted));
    let field = ui::field(SAY, text("Write a message", "Nachricht schreiben"), TEXT_CHARS_MAX as u32);
    ui::panel("")
        .child(ui::list("messages").children(empty).children(chat.log.entries().map(message)))
        .children(notice(chat).map(|notice| ui::text(&notice, Tone::Muted)))
        .child(field)
}

fn state(entry: &Entry) -> &'static str {
    match (entry.delivered, entry.sent) {
        (true, _) => "delivered",
        (false, true) => "sent",
        (false, false) => "sending",
    }
}

/// One line between messages and field.
fn notice(chat: &Chat) -> Option<String> {
    if let Some(writing) = chat.peers.iter().find(|peer| peer.typing.is_some()) {
        return Some(format!("{} {}", writing.name, text("is typing …", "schreibt …")));
    }
    let waiting = !chat.peers.iter().any(|peer| peer.greeted) && !chat.log.is_empty();
    waiting.then(|| {
        let line = text(
            "Not connected. Messages are sent as soon as the connection is back.",
            "Nicht verbunden. Nachrichten gehen hinaus, sobald die Verbindung wieder steht.",
        );
        line.to_owned()
    })
}

pub fn replies_menu(chat: &Chat) -> Node {
    let all = || chat.replies.all().iter().enumerate();
    let reply = |(index, reply): (usize, &String)| ui::item(&format!("{REPLY}{index}"), &replies::label(reply));
    let forget = |(index, reply): (usize, &String)| ui::item(&format!("{FORGET}{index}"), &replies::label(reply));
    let nothing_written = text("You have not written anything yet.", "Sie haben noch nichts geschrieben.");
    let keep =
        ui::item(KEEP, text("Keep my last message as a reply", "Meine letzte Nachricht als Textbaustein behalten"))
            .unless(chat.my_last_text().is_none().then_some(nothing_written));
    ui::menu(text("Replies", "Textbausteine"))
        .children(all().map(reply))
        .child(ui::separator())
        .child(keep)
        .child(ui::menu(text("Remove a reply", "Textbaustein entfernen")).children(all().map(forget)))
}

/// What a rep can say before keeping anything.
pub fn first_replies() -> [String; 3] {
    [
        text("Hello, how can I help you?", "Guten Tag, wie kann ich Ihnen helfen?"),
        text("One moment, please.", "Einen Augenblick, bitte."),
        text("Is there anything else I can do for you?", "Kann ich sonst noch etwas für Sie tun?"),
    ]
    .map(str::to_owned)
}

/// The number behind a prefix: `reply-3` is 3 after `reply-`.
pub fn index_after(node: &str, prefix: &str) -> Option<usize> {
    node.strip_prefix(prefix)?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::log::{Author, Log};
    use crate::replies::Replies;
    use lotse_sdk::session::Participant;

    /// Scar: a chat that nobody had used was a blank area.
    #[test]
    fn a_chat_without_messages_says_so() {
        let me = Participant { id: 1, role: Role::Rep, name: "Anna".to_owned() };
        let (log, replies) = (Log::default(), Replies::new([]));
        let mut chat =
            Chat { me, log, peers: Vec::new(), replies, typing_sent_at_us: None, first_rep: None, several: false };
        let says_so = |chat: &Chat| format!("{:?}", conversation(chat)).contains("Nothing has been written yet.");
        assert!(says_so(&chat));
        let author = Author { role: Role::Rep, name: "Anna".to_owned() };
        let entry = Entry { id: 7, author, at_ms: 0, text: "Hello".to_owned(), sent: false, delivered: false };
        assert!(chat.log.add(entry));
        assert!(!says_so(&chat));
    }
}
