//! Windows of plugins' own, for what is read beside a session and belongs into no menu.

use super::tree::{Branch, roots};
use super::{Acts, panel};
use crate::tokens::space;
use crate::widgets::Button;
use crate::{icons, t};
use egui::{ScrollArea, Ui};
use lotse_engine::Value;
use lotse_engine::view::Contribution;

/// Windows at one place: more are not opened, whatever plugins want.
const WINDOWS_MAX: usize = 8;
/// How long it is said that something was copied, in seconds.
const COPIED_S: f64 = 2.0;

/// A window that a plugin wants open.
pub struct PluginWindow<'a>(Branch<'a>);

/// The windows among what plugins contribute to a place: roots of kind `window`, and such right beneath a root.
#[must_use]
pub fn windows<'a>(contributions: &'a [Contribution], acts: &Acts) -> Vec<PluginWindow<'a>> {
    let of_root = |root: Branch<'a>| -> Vec<Branch<'a>> {
        if is_window(root) { vec![root] } else { root.children().filter(|node| is_window(*node)).collect() }
    };
    roots(contributions, acts).into_iter().flat_map(of_root).take(WINDOWS_MAX).map(PluginWindow).collect()
}

fn is_window(node: Branch<'_>) -> bool {
    node.kind() == "window"
}

impl PluginWindow<'_> {
    /// The plugin's id and the node's.
    #[must_use]
    pub fn key(&self) -> (&str, &str) {
        (self.0.plugin, self.0.id())
    }

    #[must_use]
    pub fn title(&self) -> &str {
        self.0.label()
    }

    /// What stands in it, below one another.
    pub fn show(&self, ui: &mut Ui, acts: &mut Acts) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            for child in self.0.children() {
                panel::node(ui, child, acts);
            }
        });
    }

    /// A person closed it: the plugin takes it away.
    pub fn close(&self, acts: &mut Acts) {
        acts.act(self.0.plugin, self.0.id(), vec![("open".to_owned(), Value::Flag(false))]);
    }
}

/// The host's own button, whose words say what it does: a plugin only says what is copied.
pub(super) fn copy(ui: &mut Ui, node: Branch<'_>) {
    let (id, now) = (node.egui_id().with("copied"), ui.input(|input| input.time));
    if Button::secondary(t!("copy-text")).icon(icons::COPY).enabled(node.enabled()).show(ui).clicked() {
        ui.ctx().copy_text(node.text("text").to_owned());
        ui.data_mut(|data| data.insert_temp(id, now));
    }
    let copied: Option<f64> = ui.data(|data| data.get_temp(id));
    if copied.is_some_and(|at| now - at < COPIED_S) {
        crate::widgets::muted(ui, t!("copied-text"));
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(COPIED_S));
    }
}
