//! What people see, as data. Plugins say what is there; the host lays out, themes, and names things for screen readers.
//!
//! # Places
//! `menu` (the session window's menu bar), `chat` (its main panel), `viewer` (the bar over the picture), `tools` (the
//! viewer's Tools menu), `preferences`. See [`Place`].
//!
//! # Nodes
//! A node has an id that actions name, a kind, properties and children. Every kind may have `label` (text), `enabled`
//! (flag; true when missing), `why` (text, shown when it is not enabled), `shortcut` (text) and `tooltip` (text).
//!
//! | kind | properties besides these | action |
//! | --- | --- | --- |
//! | `menu` | | – |
//! | `item` | | on click |
//! | `toggle` | `on` (flag) | `on` (flag) |
//! | `choice` | `choice` (text: id of the chosen child); children are items | `choice` (text) |
//! | `separator` | | – |
//! | `button` | `icon` (text: name in the host's set), `primary` (flag) | on click |
//! | `panel` `list` `row` | children below or beside one another; a list scrolls to its newest | – |
//! | `text` | `tone` (text: plain, muted, good, caution, danger), `attention` (flag) | – |
//! | `message` | `author`, `body` (text; the host finds links), `mine` (flag), `at-ms` (number, Unix time), `state` (text: sending, sent, delivered, failed) | – |
//! | `field` | `placeholder` (text), `text` (text), `submit` (flag: Enter sends), `button` (text: what the button beside it says instead of "Send"), `max-chars` (number) | `text` on submit; `typing` (flag) on edit |
//! | `progress` | `value` (number, 0 to 1000) | – |
//! | `activity` | `icon` (text), `detail` (text), `tone` (text, of the detail), `value` (number, 0 to 1000; a bar when there); children are buttons | – |
//! | `badge` | `tone` | – |
//! | `link` | `url` (text; https only) | opened by the host |
//! | `copy` | `text` (text: what goes onto this computer's clipboard); the words on the button are the host's | – |
//! | `window` | in the place `tools`, at the top or right beneath its root: a window of its own beside the session, called `label`, as long as it is there | `open` (flag): false when a person closes it |
//!
//! An unknown kind is shown as its label, so plugins may be newer than the host.

pub use crate::bindings::rights::lotse::plugin::ui::{Node as FlatNode, arrived, compose, invalidate, notify};
use crate::{Settings, Value};

/// Where a plugin may show something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Menu,
    Chat,
    Viewer,
    Tools,
    Preferences,
}

impl Place {
    /// None for a place that newer hosts have.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "menu" => Self::Menu,
            "chat" => Self::Chat,
            "viewer" => Self::Viewer,
            "tools" => Self::Tools,
            "preferences" => Self::Preferences,
            _ => return None,
        })
    }
}

/// What a text or badge says by its colour, besides its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Muted,
    Good,
    Caution,
    Danger,
}

impl Tone {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Muted => "muted",
            Self::Good => "good",
            Self::Caution => "caution",
            Self::Danger => "danger",
        }
    }
}

/// A node with its children, before it is made a flat list for the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    id: String,
    kind: &'static str,
    properties: Settings,
    children: Vec<Node>,
}

fn node(kind: &'static str, id: &str) -> Node {
    Node { id: id.to_owned(), kind, properties: Vec::new(), children: Vec::new() }
}

/// A menu of items, toggles and choices.
pub fn menu(label: &str) -> Node {
    node("menu", "").label(label)
}

/// Something to click in a menu.
pub fn item(id: &str, label: &str) -> Node {
    node("item", id).label(label)
}

pub fn toggle(id: &str, label: &str, on: bool) -> Node {
    node("toggle", id).label(label).with("on", on)
}

/// One of several; its children are items.
pub fn choice(id: &str, label: &str, chosen: &str) -> Node {
    node("choice", id).label(label).with("choice", chosen)
}

pub fn separator() -> Node {
    node("separator", "")
}

pub fn button(id: &str, label: &str) -> Node {
    node("button", id).label(label)
}

/// Children below one another.
pub fn panel(label: &str) -> Node {
    node("panel", "").label(label)
}

/// Children below one another, scrolled to the newest.
pub fn list(id: &str) -> Node {
    node("list", id)
}

/// Children beside one another.
pub fn row() -> Node {
    node("row", "")
}

pub fn text(label: &str, tone: Tone) -> Node {
    node("text", "").label(label).tone(tone)
}

/// One message of a conversation. `at_ms` is Unix time.
pub fn message(id: &str, author: &str, body: &str, mine: bool, at_ms: u64) -> Node {
    let at_ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
    node("message", id).with("author", author).with("body", body).with("mine", mine).with("at-ms", at_ms)
}

/// A line to write in; Enter sends it.
pub fn field(id: &str, placeholder: &str, chars_max: u32) -> Node {
    node("field", id).with("placeholder", placeholder).with("submit", true).with("max-chars", i64::from(chars_max))
}

/// `value` of 1,000.
pub fn progress(label: &str, value: u16) -> Node {
    node("progress", "").label(label).with("value", i64::from(value.min(1000)))
}

/// Something under way or done, as one compact row: an icon, what it is, how it stands, and buttons as its children. With
/// `value` (of 1,000) it has a bar.
pub fn activity(id: &str, icon: &str, label: &str, detail: &str, tone: Tone) -> Node {
    node("activity", id).label(label).icon(icon).with("detail", detail).tone(tone)
}

pub fn badge(label: &str, tone: Tone) -> Node {
    node("badge", "").label(label).tone(tone)
}

pub fn link(label: &str, url: &str) -> Node {
    node("link", "").label(label).with("url", url)
}

/// The host's own button that puts this text onto this computer's clipboard.
pub fn copy(content: &str) -> Node {
    node("copy", "").with("text", content)
}

/// A window beside the session while it is in the place `tools`: at its top, or right beneath the root there. Take it away when
/// the action `open` says false.
pub fn window(id: &str, title: &str) -> Node {
    node("window", id).label(title)
}

impl Node {
    /// Sets a property; what the catalogue does not list is passed over by the host.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.properties.push((key.to_owned(), value.into()));
        self
    }

    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    fn label(self, label: &str) -> Self {
        if label.is_empty() { self } else { self.with("label", label) }
    }

    fn tone(self, tone: Tone) -> Self {
        self.with("tone", tone.name())
    }

    /// Greyed out, with the reason, unless there is none.
    pub fn unless(self, why: Option<&str>) -> Self {
        match why {
            Some(why) => self.with("enabled", false).with("why", why),
            None => self,
        }
    }

    pub fn shortcut(self, keys: &str) -> Self {
        self.with("shortcut", keys)
    }

    pub fn icon(self, name: &str) -> Self {
        self.with("icon", name)
    }

    /// Waits for the customer's word: their window comes out of the taskbar when this appears, and asks for attention there.
    /// Not oftener than every ten seconds, and three times in a session.
    pub fn attention(self) -> Self {
        self.with("attention", true)
    }

    pub fn primary(self) -> Self {
        self.with("primary", true)
    }

    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Every id in the tree that has one, this node's first. For tests of a plugin's own UI.
    pub fn ids(&self) -> Vec<&str> {
        let own = Some(self.id.as_str()).filter(|id| !id.is_empty());
        own.into_iter().chain(self.children.iter().flat_map(Self::ids)).collect()
    }

    /// The node with this id in the tree.
    pub fn find(&self, id: &str) -> Option<&Self> {
        if self.id == id { Some(self) } else { self.children.iter().find_map(|child| child.find(id)) }
    }

    pub fn properties(&self) -> &[(String, Value)] {
        &self.properties
    }

    /// The contract's flat list: this node first, then its descendants.
    pub fn flatten(self) -> Vec<FlatNode> {
        let mut flat = Vec::new();
        self.push_into(&mut flat);
        flat
    }

    fn push_into(self, flat: &mut Vec<FlatNode>) -> u32 {
        let Self { id, kind, properties, children } = self;
        let own = flat.len();
        flat.push(FlatNode { id, kind: kind.to_owned(), properties, children: Vec::new() });
        for child in children {
            let index = child.push_into(flat);
            if let Some(node) = flat.get_mut(own) {
                node.children.push(index);
            }
        }
        // A tree of four thousand million nodes does not fit into a plugin's memory.
        u32::try_from(own).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::ReadSettings;

    #[test]
    fn a_tree_becomes_a_list_with_the_root_first() {
        let tree = menu("Tools")
            .child(choice("scale", "Scale", "fit").children([item("fit", "Fit"), item("actual", "1:1")]))
            .child(separator())
            .child(item("stop", "Stop").unless(Some("Nothing is shown.")));
        assert_eq!(tree.ids(), ["scale", "fit", "actual", "stop"]);
        assert_eq!(tree.find("stop").unwrap().properties().flag("enabled"), Some(false));
        let flat = tree.flatten();
        assert_eq!(
            flat.iter().map(|node| node.kind.as_str()).collect::<Vec<_>>(),
            ["menu", "choice", "item", "item", "separator", "item"]
        );
        assert_eq!(flat[0].children, [1, 4, 5]);
        assert_eq!(flat[1].children, [2, 3]);
        assert_eq!(flat[1].properties.text("choice"), Some("fit"));
    }
}
