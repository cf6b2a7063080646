//! Short messages: what happened in bold, what to do beneath, in the tone's colour and with its sign.

use crate::tokens::{Palette, RADIUS, mix, size, space};
use crate::words::{self, Trouble};
use crate::{fonts, icons, t};
use egui::{CornerRadius, Frame, Label, Layout, Margin, RichText, Stroke, Ui};
use lotse_engine::view::{Command, Notice, Tone};

/// One message. True when it was dismissed, which only a `dismissable` one can be.
pub fn notice(ui: &mut Ui, tone: Tone, title: &str, body: &str, dismissable: bool) -> bool {
    let palette = Palette::of(ui);
    let (icon, colour) = match tone {
        Tone::Plain => (icons::INFO, palette.accent),
        Tone::Good => (icons::GOOD, palette.good),
        Tone::Caution => (icons::CAUTION, palette.caution),
        Tone::Danger => (icons::DANGER, palette.danger),
    };
    Frame::new()
        .fill(palette.tint(colour))
        .stroke(Stroke::new(1.0, mix(palette.surface, colour, 0.35)))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(space::M as i8, space::S as i8))
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(egui::Align::Min), |ui| {
                let dismissed = dismissable
                    && super::Button::quiet("")
                        .icon(icons::CLOSE)
                        .height(24.0)
                        .show(ui)
                        .accessible_name(t!("notice-dismiss"))
                        .clicked();
                ui.with_layout(Layout::left_to_right(egui::Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.x = space::S;
                    super::chips::plain(ui, fonts::icon(icon, 18.0).color(colour));
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        ui.add(Label::new(fonts::strong(title, size::BODY).color(palette.ink)).wrap());
                        if !body.is_empty() {
                            ui.add(Label::new(RichText::new(body).color(palette.ink)).wrap());
                        }
                    });
                });
                dismissed
            })
            .inner
        })
        .inner
}

/// What went wrong and what to try next.
pub fn trouble(ui: &mut Ui, tone: Tone, trouble: &Trouble) {
    notice(ui, tone, &trouble.what, &trouble.next, false);
}

/// Whose words they are stands before a plugin's own, which could call themselves anything.
fn titled(notice: &Notice) -> String {
    match &notice.from {
        // Its own name is said once.
        Some(plugin) if *plugin != notice.title => format!("{plugin}: {}", notice.title),
        Some(_) | None => notice.title.clone(),
    }
}

/// Notices of a session, newest last; the commands dismiss them.
pub fn notices(ui: &mut Ui, notices: &[Notice]) -> Vec<Command> {
    // A window has room for three; older ones wait their turn.
    let shown = notices.len().saturating_sub(3);
    let mut commands = Vec::new();
    for item in &notices[shown..] {
        let body = item.host.as_ref().map_or_else(|| item.body.clone(), words::host_notice);
        if notice(ui, item.tone, &titled(item), &body, true) {
            commands.push(Command::DismissNotice { id: item.id });
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_cannot_speak_as_somebody_else() {
        let mut notice = crate::samples::notice();
        notice.title = "Relay".to_owned();
        assert_eq!(titled(&notice), "Screen Sharing: Relay");
        notice.title = "Screen Sharing".to_owned();
        assert_eq!(titled(&notice), "Screen Sharing", "its own name is said once");
        notice.title = "Relay".to_owned();
        notice.from = None;
        assert_eq!(titled(&notice), "Relay");
    }
}
