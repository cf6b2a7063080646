//! What the menus say, and what was meant by a click.

use lotse_sdk::session::text;
use lotse_sdk::ui::{self, Node};

/// Ids of nodes that act; scripts use them too.
pub const ARRANGE: &str = "arrange";
pub const SHOW: &str = "session-";

/// The words of the contract.
const ARRANGEMENTS: [&str; 4] = ["cascade", "tile", "stack", "apart"];
/// Sessions that are listed; beyond it the list view is quicker.
const LISTED_MAX: usize = 40;
/// Characters of a customer's name.
const NAME_CHARS_MAX: usize = 40;
/// More than this is "99+".
const UNREAD_SHOWN_MAX: u32 = 99;
/// Sessions that have a key of their own.
const KEYS: usize = 9;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    pub number: u64,
    pub customer: String,
    pub unread: u32,
    pub over: bool,
    pub this: bool,
}

/// The rep's sessions and how their windows stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    pub sessions: Vec<Beside>,
    pub arrangement: String,
}

/// What a person wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Chosen {
    Arrange(&'static str),
    Show(u64),
}

pub fn both(desk: &Desk) -> Node {
    ui::panel("").child(arrange(desk)).child(sessions(desk))
}

/// What stands already can be chosen again: windows that were moved go back into their places.
fn arrange(desk: &Desk) -> Node {
    let labels = [
        text("Cascade", "Überlappend"),
        text("Tile", "Nebeneinander"),
        text("Stack: one window with tabs", "Stapeln: ein Fenster mit Reitern"),
        text("Windows of their own", "Eigene Fenster"),
    ];
    let items = ARRANGEMENTS.iter().zip(labels).map(|(how, label)| ui::item(how, label));
    let choice = ui::choice(ARRANGE, text("Session windows", "Sitzungsfenster"), &desk.arrangement).children(items);
    ui::menu(text("Arrange", "Anordnen")).child(choice)
}

fn sessions(desk: &Desk) -> Node {
    let elsewhere: u32 =
        desk.sessions.iter().filter(|row| !row.this).fold(0, |sum, row| sum.saturating_add(row.unread));
    let title = text("Sessions", "Sitzungen");
    let title = if elsewhere == 0 { title.to_owned() } else { format!("{title} ({})", count(elsewhere)) };
    ui::menu(&title).children(desk.sessions.iter().take(LISTED_MAX).enumerate().map(line))
}

fn line((at, row): (usize, &Beside)) -> Node {
    let mut label: String = row.customer.chars().take(NAME_CHARS_MAX).collect();
    if label.is_empty() {
        label.push_str(text("Customer", "Kunde"));
    }
    if row.unread > 0 {
        let unread = format!(" · {} {}", count(row.unread), text("unread", "ungelesen"));
        label.push_str(&unread);
    }
    if row.over {
        label.push_str(text(" · over", " · beendet"));
    }
    let node = ui::toggle(&format!("{SHOW}{}", row.number), &label, row.this);
    if at < KEYS { node.shortcut(&format!("{}+{}", text("Ctrl", "Strg"), at + 1)) } else { node }
}

fn count(unread: u32) -> String {
    if unread > UNREAD_SHOWN_MAX { format!("{UNREAD_SHOWN_MAX}+") } else { unread.to_string() }
}

/// `choice`: what goes with a node that is one.
pub fn chosen(node: &str, choice: Option<&str>) -> Option<Chosen> {
    if node == ARRANGE {
        let wanted = choice?;
        return ARRANGEMENTS.into_iter().find(|how| *how == wanted).map(Chosen::Arrange);
    }
    node.strip_prefix(SHOW)?.parse().ok().map(Chosen::Show)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn row(number: u64, customer: &str, unread: u32, this: bool) -> Beside {
        Beside { number, customer: customer.to_owned(), unread, over: false, this }
    }

    fn desk(sessions: Vec<Beside>) -> Desk {
        Desk { sessions, arrangement: "tile".to_owned() }
    }

    #[test]
    fn t2_both_menus_say_what_is_there_and_what_is_unread() {
        let node = both(&desk(vec![row(4, "K. Weber", 0, true), row(7, "", 2, false), row(9, "J. Ortiz", 150, false)]));
        let shown = format!("{node:?}");
        for words in ["Arrange", "Sessions (99+)", "Customer · 2 unread", "J. Ortiz · 99+ unread", "Ctrl+3"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert_eq!(node.ids(), ["arrange", "cascade", "tile", "stack", "apart", "session-4", "session-7", "session-9"]);
        let chosen = node
            .find(ARRANGE)
            .unwrap()
            .properties()
            .iter()
            .any(|(key, value)| key == "choice" && *value == lotse_sdk::Value::Text("tile".to_owned()));
        assert!(chosen, "how they stand is marked");
    }

    #[test]
    fn t2_a_session_that_is_over_says_so_and_many_are_no_trouble() {
        let over = Beside { over: true, ..row(1, "K. Weber", 0, false) };
        assert!(format!("{:?}", both(&desk(vec![over]))).contains("K. Weber · over"));
        let many: Vec<Beside> = (1..=500).map(|number| row(number, &"x".repeat(300), u32::MAX, false)).collect();
        let node = both(&desk(many));
        assert_eq!(node.ids().len(), 5 + LISTED_MAX);
        assert!(!format!("{node:?}").contains("Ctrl+10"));
    }

    #[test]
    fn fuzz_only_what_the_menus_have_is_meant() {
        assert_eq!(chosen(ARRANGE, Some("stack")), Some(Chosen::Arrange("stack")));
        assert_eq!(chosen("session-7", None), Some(Chosen::Show(7)));
        for (node, choice) in [
            (ARRANGE, None),
            (ARRANGE, Some("sideways")),
            ("cascade", None),
            ("session-", None),
            ("session-99999999999999999999", None),
            ("session--1", None),
            ("", Some("stack")),
        ] {
            assert_eq!(chosen(node, choice), None, "{node} {choice:?}");
        }
    }
}
