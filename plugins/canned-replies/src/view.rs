//! The menu that puts a reply into the chat's field, and the preferences where replies are kept.

use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node, Tone};

use crate::book::{Book, Reply, TEXT_CHARS_MAX, Trouble, label};

/// Ids of nodes that act, some with a reply's key behind them; scripts use them too.
pub const USE: &str = "use-";
pub const EDIT: &str = "edit-";
pub const REMOVE: &str = "remove-";
pub const ADD: &str = "add";
pub const REWRITE: &str = "rewrite";
pub const LEAVE: &str = "leave";

pub fn menu(book: &Book) -> Node {
    let item = |(key, reply): (&str, &Reply)| ui::item(&format!("{USE}{key}"), &label(&reply.text));
    let menu = ui::menu(text("Team replies", "Team-Textbausteine"));
    match book.all() {
        _ if !book.is_ready() => menu.child(ui::text(text("Loading …", "Wird geladen …"), Tone::Muted)),
        all if all.is_empty() => menu.child(ui::text(none_yet(), Tone::Muted)),
        all => menu.children(all.into_iter().map(item)),
    }
}

fn none_yet() -> &'static str {
    text(
        "There are none yet. Add the first one in the preferences.",
        "Es gibt noch keine. Fügen Sie den ersten in den Voreinstellungen hinzu.",
    )
}

pub fn preferences(book: &Book) -> Node {
    if !book.is_ready() {
        return ui::panel("").child(ui::text(text("Loading …", "Wird geladen …"), Tone::Muted));
    }
    let all = book.all();
    let empty = all.is_empty().then(|| ui::text(none_yet(), Tone::Muted));
    let about = text(
        "All reps of the account have these. {customer} and {rep} become the names.",
        "Alle Mitarbeiter des Kontos haben diese. {customer} und {rep} werden zu den Namen.",
    );
    ui::panel("")
        .child(ui::text(about, Tone::Muted))
        .children(empty)
        .children(all.into_iter().map(|(key, reply)| line(book, key, reply)))
        .children(trouble(book))
        .children(writing(book))
}

fn line(book: &Book, key: &str, reply: &Reply) -> Node {
    let busy = book.is_saving().then(saving);
    ui::row()
        .child(ui::text(&label(&reply.text), Tone::Plain))
        .child(ui::button(&format!("{EDIT}{key}"), text("Change", "Ändern")).icon("pencil").unless(busy))
        .child(ui::button(&format!("{REMOVE}{key}"), text("Remove", "Entfernen")).icon("x").unless(busy))
}

fn saving() -> &'static str {
    text("Saving …", "Wird gespeichert …")
}

/// The field for a new reply, or for other words for one.
fn writing(book: &Book) -> Vec<Node> {
    let chars = u32::try_from(TEXT_CHARS_MAX).unwrap_or(u32::MAX);
    let busy = book.is_saving().then(saving);
    // What was not kept stands in the field again.
    let failed = book.failed().and_then(|(change, _)| change.text.as_deref());
    match book.editing() {
        Some(key) => {
            let now = book.get(key).map(|reply| reply.text.as_str());
            let shown = failed.or(now).unwrap_or_default();
            let field = ui::field(REWRITE, text("Other words for it", "Neuer Wortlaut"), chars).with("text", shown);
            let field = field.with("button", text("Save", "Speichern"));
            vec![field.unless(busy), ui::button(LEAVE, text("Cancel", "Abbrechen"))]
        }
        None => {
            let field = ui::field(ADD, text("Write a new reply", "Neuen Textbaustein schreiben"), chars);
            let field = field.with("button", text("Add", "Hinzufügen"));
            vec![field.with("text", failed.unwrap_or_default()).unless(busy)]
        }
    }
}

fn trouble(book: &Book) -> Option<Node> {
    let (change, trouble) = book.failed()?;
    let gone = book.get(&change.key).is_none();
    let words = match (trouble, &change.text) {
        (Trouble::Changed, Some(_)) if gone => text(
            "Another rep has just removed this reply. Choose Save again to put it back with your words.",
            "Jemand anderes hat diesen Textbaustein eben entfernt. Wählen Sie noch einmal „Speichern“, um ihn mit Ihren Worten wieder aufzunehmen.",
        ),
        // Who removed it as well has what they wanted.
        (Trouble::Changed, None) if gone => return None,
        (Trouble::Changed, Some(_)) => text(
            "Another rep has just changed this reply; theirs is in the list. Choose Save again to put yours in its place.",
            "Jemand anderes hat diesen Textbaustein eben geändert; der steht in der Liste. Wählen Sie noch einmal „Speichern“, um ihn durch Ihren zu ersetzen.",
        ),
        (Trouble::Changed, None) => text(
            "Another rep has just changed this reply, so it was not removed. Look at it first.",
            "Jemand anderes hat diesen Textbaustein eben geändert, deshalb wurde er nicht entfernt. Sehen Sie ihn erst an.",
        ),
        (Trouble::Full, _) => text(
            "Not saved: the account keeps as many replies as it can. Remove one first.",
            "Nicht gespeichert: Das Konto hat so viele Textbausteine, wie es haben kann. Entfernen Sie erst einen.",
        ),
        (Trouble::Away, _) => text(
            "Not saved: the relay cannot be reached. Try again when the connection is back.",
            "Nicht gespeichert: Das Relay ist nicht zu erreichen. Versuchen Sie es noch einmal, wenn die Verbindung wieder steht.",
        ),
    };
    Some(ui::text(words, Tone::Caution))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use lotse_sdk::{Error, ReadSettings};

    #[test]
    fn what_is_not_there_yet_is_said() {
        let mut book = Book::default();
        assert!(format!("{:?}", menu(&book)).contains("Loading"));
        book.ready();
        assert!(format!("{:?}", menu(&book)).contains("none yet"));
        assert_eq!(preferences(&book).find(ADD).unwrap().properties().text("button"), Some("Add"), "nothing is sent");
    }

    #[test]
    fn t1_of_a_reply_that_another_removed_nothing_is_said_of_theirs() {
        let mut book = Book::default();
        book.ready();
        let added = book.add("One moment", &[1]).unwrap();
        let kept = added.data().map(|data| (data, 1));
        for removes in [false, true] {
            book.take(&added.key, kept.clone());
            book.answered(&added.key, Ok(()));
            book.edit(&added.key);
            let change = if removes { book.remove(&added.key) } else { book.rewrite("Just a second") };
            book.take(&added.key, None);
            book.answered(&change.unwrap().key, Err(Error::Gone));
            let shown = format!("{:?}", preferences(&book));
            assert!(!shown.contains("theirs") && !shown.contains("Look at it"), "{shown}");
            assert_eq!(shown.contains("has just removed this reply. Choose Save"), !removes, "{shown}");
        }
    }

    #[test]
    fn t1_words_that_were_not_kept_stand_in_the_field_again() {
        let mut book = Book::default();
        book.ready();
        let change = book.add("Please restart", &[1]).unwrap();
        let field = |book: &Book| preferences(book).find(ADD).unwrap().properties().text("text").map(str::to_owned);
        assert_eq!(field(&book).as_deref(), Some(""));
        book.answered(&change.key, Err(Error::Busy));
        assert_eq!(field(&book).as_deref(), Some("Please restart"));
        assert!(format!("{:?}", preferences(&book)).contains("relay cannot be reached"));
        let change = book.add("Please restart", &[1]).unwrap();
        book.take(&change.key, change.data().map(|data| (data, 1)));
        book.answered(&change.key, Ok(()));
        assert_eq!(field(&book).as_deref(), Some(""));
        assert!(menu(&book).find("use-reply-01").is_some());
        book.edit("reply-01");
        let shown = preferences(&book);
        let field = shown.find(REWRITE).unwrap().properties();
        assert_eq!((field.text("text"), field.text("button")), (Some("Please restart"), Some("Save")));
        assert!(shown.find(LEAVE).is_some() && shown.find(ADD).is_none());
    }
}
