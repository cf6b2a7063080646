//! A second factor to be taken over by an authenticator app: as a picture to scan, and as a key to type or copy.

use crate::qr::Qr;
use egui::{Label, Ui, WidgetInfo};
use lotse_protocol::control::Secret;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, muted};
use lotse_ui::{fonts, icons, t};

/// Width of the picture, in points.
const PICTURE: f32 = 220.0;

/// The offer that is shown.
#[derive(Default)]
pub(crate) struct FactorOffer {
    uri: Option<Secret>,
    picture: Option<Qr>,
}

impl FactorOffer {
    /// Takes another offer, or none, if it is another.
    pub(crate) fn take(&mut self, uri: Option<&Secret>) {
        if self.uri.as_ref() != uri {
            self.uri = uri.cloned();
            self.picture = uri.and_then(|uri| Qr::of(&uri.0));
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        self.uri.is_some()
    }

    /// `may_copy`: the clipboard is this computer's alone.
    pub(crate) fn show(&self, ui: &mut Ui, may_copy: bool) {
        let Some(uri) = &self.uri else { return };
        ui.add(Label::new(t!("factor-scan")).wrap());
        match &self.picture {
            Some(picture) => {
                ui.vertical_centered(|ui| picture.show(ui, PICTURE, &t!("factor-qr")));
            }
            None => {
                muted(ui, t!("factor-no-qr"));
            }
        }
        let key = key(&uri.0);
        muted(ui, t!("factor-key"));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let ink = Palette::of(ui).ink;
            let text = fonts::mono(grouped(key), size::BODY).color(ink);
            let shown = ui.add(Label::new(text).selectable(may_copy).wrap());
            // Letter by letter, or a screen reader tries words.
            let letters: Vec<String> = key.chars().map(String::from).collect();
            let name = t!("factor-key-name", "letters" => letters.join(" "));
            shown.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Label, true, &name));
            if may_copy && Button::secondary(t!("factor-key-copy")).icon(icons::COPY).show(ui).clicked() {
                ui.ctx().copy_text(key.to_owned());
            }
        });
        if !may_copy {
            muted(ui, t!("factor-no-copy"));
        }
    }
}

/// The secret of an otpauth URI, as it stands there; empty if there is none.
fn key(uri: &str) -> &str {
    uri.split(['?', '&']).find_map(|part| part.strip_prefix("secret=")).unwrap_or_default()
}

/// In fours, as it is read from the screen.
fn grouped(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_taken_out_of_the_uri() {
        let uri = "otpauth://totp/Lotse:a%40b.example?secret=GEZDGNBVGY&issuer=Lotse";
        assert_eq!((key(uri), grouped(key(uri)).as_str()), ("GEZDGNBVGY", "GEZD GNBV GY"));
        assert_eq!(key("otpauth://totp/x?issuer=secret"), "");
    }
}
