//! Windows that a session's plugins open beside it. A plugin takes one away when it is told that a person closed it.

use crate::session::peer;
use crate::session_action::SessionAction;
use egui::{CentralPanel, Context, Frame, Key, Margin, Modifiers, ViewportBuilder, ViewportId};
use lotse_engine::rep::{RepCommand, RepSession};
use lotse_ui::plugin_ui::{Acts, windows};
use lotse_ui::t;
use lotse_ui::tokens::{Palette, space};

pub(crate) fn show(context: &Context, session: &RepSession, actions: &mut Vec<SessionAction>) {
    let Some(tools) = session.view.places.get("tools") else { return };
    let mut acts = Acts::of(Some(session.id));
    for window in windows(tools, &acts) {
        let id = ViewportId::from_hash_of(("plugin window", session.id.0, window.key()));
        let title = t!("plugin-window", "title" => window.title(), "peer" => peer(session));
        let builder = ViewportBuilder::default()
            .with_title(title)
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([440.0, 560.0])
            .with_min_inner_size([320.0, 240.0]);
        context.show_viewport_immediate(id, builder, |ui, _class| {
            let frame = Frame::new().fill(Palette::of(ui).canvas).inner_margin(Margin::same(space::L as i8));
            CentralPanel::default().frame(frame).show(ui, |ui| window.show(ui, &mut acts));
            let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
            if escape || ui.input(|input| input.viewport().close_requested()) {
                window.close(&mut acts);
            }
        });
    }
    let send = |command| SessionAction::Send(RepCommand::Session { session: session.id, command });
    actions.extend(acts.commands.into_iter().map(send));
}
