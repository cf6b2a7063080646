//! What a plugin shows, as people and scripts find their way in it.

use lotse_runtime::{Node, Settings, Value, setting};

use crate::fail::fail;

/// Where a plugin can show something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The session window's menu bar.
    Menu,
    /// Its main panel.
    Chat,
    /// The bar over the picture.
    Viewer,
    /// The viewer's Tools menu.
    Tools,
    Preferences,
}

impl Place {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Menu => "menu",
            Self::Chat => "chat",
            Self::Viewer => "viewer",
            Self::Tools => "tools",
            Self::Preferences => "preferences",
        }
    }
}

/// What was rendered at a place; empty if the plugin shows nothing there.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
}

impl Tree {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every text in it, one a line, from the root on.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        self.walk(0, &mut |node| lines.extend(node.properties.iter().filter_map(|(_, value)| words(value))));
        lines.join("\n")
    }

    /// The ids of nodes that have one, from the root on.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        self.walk(0, &mut |node| ids.extend((!node.id.is_empty()).then(|| node.id.clone())));
        ids
    }

    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The first id that begins so: rows have numbers behind their names.
    #[must_use]
    pub fn id_after(&self, prefix: &str) -> Option<String> {
        self.ids().into_iter().find(|id| id.starts_with(prefix))
    }

    /// Whether the node is there and can be used.
    #[must_use]
    pub fn is_enabled(&self, id: &str) -> bool {
        self.find(id).is_some_and(|node| setting(&node.properties, "enabled") != Some(&Value::Flag(false)))
    }

    /// Whether a toggle is on.
    #[track_caller]
    #[must_use]
    pub fn is_on(&self, id: &str) -> bool {
        setting(&self.existing(id).properties, "on") == Some(&Value::Flag(true))
    }

    /// A text of a node's, such as `choice` of a choice; empty where there is none.
    #[track_caller]
    #[must_use]
    pub fn text_of(&self, id: &str, key: &str) -> &str {
        match setting(&self.existing(id).properties, key) {
            Some(Value::Text(text)) => text,
            Some(Value::Flag(_) | Value::Number(_) | Value::Real(_) | Value::Bytes(_)) | None => "",
        }
    }

    #[track_caller]
    fn existing(&self, id: &str) -> &Node {
        match self.find(id) {
            Some(node) => node,
            None => fail(&format!("there is no `{id}`, but {:?} in\n{}", self.ids(), self.text())),
        }
    }

    fn walk<'a>(&'a self, at: usize, visit: &mut impl FnMut(&'a Node)) {
        let Some(node) = self.nodes.get(at) else { return };
        visit(node);
        for child in &node.children {
            if let Ok(child) = usize::try_from(*child) {
                self.walk(child, visit);
            }
        }
    }
}

fn words(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Flag(_) | Value::Number(_) | Value::Real(_) | Value::Bytes(_) => None,
    }
}

/// What was typed into a field.
#[must_use]
pub fn text(entered: &str) -> Settings {
    vec![("text".to_owned(), Value::Text(entered.to_owned()))]
}

/// How a toggle was turned.
#[must_use]
pub fn on(on: bool) -> Settings {
    vec![("on".to_owned(), Value::Flag(on))]
}

/// What was chosen of a choice.
#[must_use]
pub fn choice(id: &str) -> Settings {
    vec![("choice".to_owned(), Value::Text(id.to_owned()))]
}
