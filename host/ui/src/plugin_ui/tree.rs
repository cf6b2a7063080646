//! Reading a contribution: nodes by index with their properties, never beyond what is there.

use super::Acts;
use lotse_engine::view::Contribution;
use lotse_engine::{Node, UI_DEPTH_MAX, Value, setting};

/// What the runtime lets pass is drawn whole, by a recursion of so many steps. It grows the stack, so it must stay small.
const _: () = assert!(UI_DEPTH_MAX >= 2 && UI_DEPTH_MAX <= 64);

/// One node of a contribution, with what is needed to go down from it.
#[derive(Clone, Copy)]
pub(super) struct Branch<'a> {
    pub plugin: &'a str,
    nodes: &'a [Node],
    node: &'a Node,
    /// Levels above this one.
    depth: usize,
    scope: egui::Id,
}

impl<'a> Branch<'a> {
    /// The root, unless the plugin shows nothing.
    pub fn root(contribution: &'a Contribution, acts: &Acts) -> Option<Self> {
        let node = contribution.nodes.first()?;
        Some(Self { plugin: &contribution.plugin, nodes: &contribution.nodes, node, depth: 0, scope: acts.scope })
    }

    pub fn children(self) -> impl Iterator<Item = Branch<'a>> {
        let deeper = self.depth + 1 < UI_DEPTH_MAX;
        self.node.children.iter().filter(move |_| deeper).filter_map(move |index| {
            let node = self.nodes.get(usize::try_from(*index).ok()?)?;
            Some(Branch { node, depth: self.depth + 1, ..self })
        })
    }

    pub fn id(self) -> &'a str {
        &self.node.id
    }

    pub fn kind(self) -> &'a str {
        &self.node.kind
    }

    pub fn text(self, key: &str) -> &'a str {
        match setting(&self.node.properties, key) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    pub fn flag(self, key: &str) -> bool {
        matches!(setting(&self.node.properties, key), Some(Value::Flag(true)))
    }

    pub fn number(self, key: &str) -> Option<i64> {
        match setting(&self.node.properties, key) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn label(self) -> &'a str {
        self.text("label")
    }

    /// Greyed-out nodes say so; all others can be used.
    pub fn enabled(self) -> bool {
        !matches!(setting(&self.node.properties, "enabled"), Some(Value::Flag(false)))
    }

    /// Key under which the window keeps what is being typed into this node.
    pub fn egui_id(self) -> egui::Id {
        self.scope.with((self.plugin, self.id(), self.kind()))
    }
}

/// The roots of those contributions that show something.
pub(super) fn roots<'a>(contributions: &'a [Contribution], acts: &Acts) -> Vec<Branch<'a>> {
    contributions.iter().filter_map(|contribution| Branch::root(contribution, acts)).collect()
}
