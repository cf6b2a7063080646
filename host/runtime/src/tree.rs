//! Checks a rendered tree before anybody draws it.
//!
//! WIT has no recursive types, so a tree comes as a list with child indexes, and a hostile guest can make anything of
//! those. What passes is a tree: node 0 is the root, every other node has exactly one parent, and all bounds hold.

use crate::bindings::contract::ui;
use crate::host::{Node, Value};
use crate::limits::{UiLimits, argument};

/// The checked tree, or what is wrong with it in words for the plugin's author.
pub(crate) fn check(nodes: Vec<ui::Node>, limits: &UiLimits) -> Result<Vec<Node>, String> {
    if nodes.len() > limits.nodes {
        return Err(format!("rendered {} nodes; {} are allowed", nodes.len(), limits.nodes));
    }
    let nodes: Vec<Node> = nodes.into_iter().map(Node::from).collect();
    check_texts(&nodes, limits)?;
    check_shape(&nodes, limits.depth)?;
    Ok(nodes)
}

fn check_texts(nodes: &[Node], limits: &UiLimits) -> Result<(), String> {
    let mut bytes = 0;
    for (index, node) in nodes.iter().enumerate() {
        let Node { id, kind, properties, children: _ } = node;
        if id.len() > argument::LABEL_BYTES_MAX || kind.len() > argument::LABEL_BYTES_MAX {
            return Err(format!("node {index} has an id or kind of over {} bytes", argument::LABEL_BYTES_MAX));
        }
        if properties.len() > limits.properties_per_node {
            return Err(format!("node {index} has over {} properties", limits.properties_per_node));
        }
        bytes += id.len() + kind.len();
        for (key, value) in properties {
            bytes += key.len()
                + match value {
                    Value::Flag(_) | Value::Number(_) | Value::Real(_) => 0,
                    Value::Text(text) => text.len(),
                    Value::Bytes(data) => data.len(),
                };
        }
        if bytes > limits.bytes {
            return Err(format!("rendered over {} bytes of text", limits.bytes));
        }
    }
    Ok(())
}

fn check_shape(nodes: &[Node], depth_max: usize) -> Result<(), String> {
    if nodes.is_empty() {
        return Ok(());
    }
    let mut seen = vec![false; nodes.len()];
    seen[0] = true;
    let mut reached = 1;
    let mut open = vec![(0usize, 1usize)];
    while let Some((index, depth)) = open.pop() {
        if depth > depth_max {
            return Err(format!("the tree is over {depth_max} levels deep"));
        }
        for &child in &nodes[index].children {
            let child = child as usize;
            match seen.get_mut(child) {
                None => return Err(format!("node {index} has a child {child}, which does not exist")),
                Some(true) => return Err(format!("node {child} has two parents, or is its own ancestor")),
                Some(seen) => *seen = true,
            }
            reached += 1;
            open.push((child, depth + 1));
        }
    }
    match seen.iter().position(|seen| !seen) {
        Some(orphan) => Err(format!("node {orphan} of {} hangs nowhere ({reached} do)", nodes.len())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::bindings::contract::types;
    use proptest::prelude::*;

    fn tree(children: &[&[u32]]) -> Vec<ui::Node> {
        let node = |children: &&[u32]| ui::Node {
            id: "n".into(),
            kind: "panel".into(),
            properties: Vec::new(),
            children: children.to_vec(),
        };
        children.iter().map(node).collect()
    }

    fn verdict(children: &[&[u32]]) -> Result<usize, String> {
        check(tree(children), &UiLimits { nodes: 8, depth: 3, ..UiLimits::default() }).map(|nodes| nodes.len())
    }

    #[test]
    fn takes_trees_and_nothing_else() {
        assert_eq!(verdict(&[]), Ok(0));
        assert_eq!(verdict(&[&[1, 2], &[3], &[], &[]]), Ok(4));
        for (shape, word) in [
            (&[&[1u32][..]][..], "does not exist"),
            (&[&[0]], "ancestor"),
            (&[&[1], &[2], &[1]], "ancestor"),
            (&[&[1, 1], &[]], "two parents"),
            (&[&[], &[2], &[1]], "hangs nowhere"),
            (&[&[1], &[2], &[3], &[]], "levels deep"),
            (&[&[], &[], &[], &[], &[], &[], &[], &[], &[]], "9 nodes"),
        ] {
            let error = verdict(shape).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn texts_are_bounded() {
        let limits = UiLimits { bytes: 100, ..UiLimits::default() };
        let mut nodes = tree(&[&[]]);
        nodes[0].properties = vec![("label".into(), types::Value::Text("x".repeat(101)))];
        assert!(check(nodes, &limits).unwrap_err().contains("bytes of text"));
        let mut nodes = tree(&[&[]]);
        nodes[0].properties = vec![("a".into(), types::Value::Flag(true)); 33];
        assert!(check(nodes, &limits).unwrap_err().contains("properties"));
    }

    proptest! {
        /// What passes can be walked from the root, each node once.
        #[test]
        fn fuzz_what_passes_is_a_tree(children in proptest::collection::vec(proptest::collection::vec(0u32..12, 0..4), 0..12)) {
            let shape: Vec<&[u32]> = children.iter().map(Vec::as_slice).collect();
            if let Ok(nodes) = check(tree(&shape), &UiLimits::default()) {
                let mut open: Vec<u32> = if nodes.is_empty() { vec![] } else { vec![0] };
                let mut walked = 0;
                while let Some(at) = open.pop() {
                    walked += 1;
                    prop_assert!(walked <= nodes.len());
                    open.extend(&nodes[at as usize].children);
                }
                prop_assert_eq!(walked, nodes.len());
            }
        }
    }
}
