//! What plugins show: asked for when they want it, put in order, kept readable after the end.

use super::Task;
use crate::shared::{Inner, Shared};
use crate::view::Contribution;
use lotse_runtime::{Event as PluginEvent, Node, Value};
use std::sync::Arc;
use std::time::Duration;

/// Places where plugins may show something.
const PLACES: [&str; 5] = ["menu", "chat", "viewer", "tools", "preferences"];
/// Changes within this time are drawn once.
const RENDER_PAUSE: Duration = Duration::from_millis(12);
const RENDER_TIMEOUT: Duration = Duration::from_secs(2);

impl Task {
    pub(super) fn on_rendered(&mut self, plugin: usize, place: &'static str, nodes: Vec<Node>) {
        let Some(id) = self.plugins.get(plugin).map(|plugin| plugin.view.id.clone()) else { return };
        if self.is_over() {
            return;
        }
        let order: Vec<String> = self.plugins.iter().map(|plugin| plugin.view.id.clone()).collect();
        let contributions = self.view.places.entry(place).or_default();
        contributions.retain(|contribution| contribution.plugin != id);
        if !nodes.is_empty() {
            contributions.push(Contribution { plugin: id, nodes: Arc::new(nodes) });
            contributions.sort_by_key(|contribution| order.iter().position(|id| *id == contribution.plugin));
        }
        self.dirty = true;
    }

    /// Takes away what a plugin shows: nobody would answer there.
    pub(super) fn clear_drawn(&mut self, id: &str) {
        self.view.places.values_mut().for_each(|list| list.retain(|contribution| contribution.plugin != id));
    }

    /// What was said stays readable after the end; nothing more can be said.
    pub(super) fn keep_transcript(&mut self) {
        self.view.places.retain(|place, _| *place == "chat");
        for contribution in self.view.places.values_mut().flatten() {
            let mut nodes = contribution.nodes.as_ref().clone();
            for node in nodes.iter_mut().filter(|node| node.kind == "field") {
                node.properties.retain(|(name, _)| name != "enabled");
                node.properties.push(("enabled".to_owned(), Value::Flag(false)));
            }
            contribution.nodes = Arc::new(nodes);
        }
    }
}

/// Draws one plugin's places whenever it wants that.
pub(super) async fn keep_rendered(shared: Arc<Shared>, plugin: usize) {
    let Some(wish) = shared.render_wish(plugin) else { return };
    loop {
        wish.notified().await;
        tokio::time::sleep(RENDER_PAUSE).await;
        let Some(instance) = shared.instance(plugin) else { continue };
        for place in PLACES {
            let (reply, answer) = tokio::sync::oneshot::channel();
            if instance.send(PluginEvent::Render { place: place.to_owned(), reply }).await.is_err() {
                continue;
            }
            if let Ok(Ok(nodes)) = tokio::time::timeout(RENDER_TIMEOUT, answer).await {
                shared.report(Inner::Rendered { plugin, place, nodes });
            }
        }
    }
}
