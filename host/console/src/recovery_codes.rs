//! Recovery codes, shown once: to be written down, copied or saved before anything else is shown.

use crate::centred::page;
use crate::settings::write_whole;
use egui::{Label, Ui, WidgetInfo};
use lotse_engine::rep::{RepCommand, SecondFactor};
use lotse_engine::view::Tone;
use lotse_protocol::control::Secret;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, muted, notice};
use lotse_ui::{fonts, icons, t};
use std::path::{Path, PathBuf};

/// What became of the codes so far.
#[derive(Default)]
pub(crate) struct RecoveryCodesPage {
    done: Option<Done>,
}

enum Done {
    Copied,
    Saved(PathBuf),
    NotSaved(String),
}

impl RecoveryCodesPage {
    /// `user` is whose they are, `may_copy` says that the clipboard is this computer's alone. `Some`: the rep has kept them.
    pub(crate) fn show(&mut self, ui: &mut Ui, known: &SecondFactor, user: &str, may_copy: bool) -> Option<RepCommand> {
        let mut command = None;
        page(ui, t!("factor-codes-title"), None, |ui| {
            ui.add(Label::new(t!("factor-codes-lead")).wrap());
            ui.vertical_centered(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                known.recovery_codes.iter().for_each(|code| one(ui, code, may_copy));
            });
            self.tell(ui);
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                if may_copy && Button::secondary(t!("factor-codes-copy")).icon(icons::COPY).show(ui).clicked() {
                    ui.ctx().copy_text(text(&known.recovery_codes));
                    self.done = Some(Done::Copied);
                }
                if Button::secondary(t!("factor-codes-save")).show(ui).clicked() {
                    self.done = Some(save_at_home(user, &known.recovery_codes));
                }
            });
            if !may_copy {
                muted(ui, t!("factor-no-copy"));
            }
            let kept = Button::primary(t!("factor-codes-kept")).icon(icons::CHECK).width(ui.available_width()).show(ui);
            if kept.clicked() {
                self.done = None;
                command = Some(RepCommand::RecoveryCodesKept);
            }
        });
        command
    }

    fn tell(&self, ui: &mut Ui) {
        match &self.done {
            None => {}
            Some(Done::Copied) => {
                notice(ui, Tone::Good, &t!("factor-codes-copied"), "", false);
            }
            Some(Done::Saved(path)) => {
                let said = t!("factor-codes-saved", "path" => path.display().to_string());
                notice(ui, Tone::Good, &said, "", false);
            }
            Some(Done::NotSaved(detail)) => {
                let next = t!("factor-codes-not-saved-next", "detail" => detail);
                notice(ui, Tone::Danger, &t!("factor-codes-not-saved"), &next, false);
            }
        }
    }
}

fn one(ui: &mut Ui, code: &Secret, may_copy: bool) {
    let ink = Palette::of(ui).ink;
    let shown = ui.add(Label::new(fonts::mono(&code.0, size::TITLE).color(ink)).selectable(may_copy));
    // Letter by letter, or a screen reader tries words.
    let spelt: Vec<String> = code.0.chars().map(String::from).collect();
    let name = t!("factor-codes-name", "code" => spelt.join(" "));
    shown.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Label, true, &name));
}

fn text(codes: &[Secret]) -> String {
    codes.iter().map(|code| format!("{}\n", code.0)).collect()
}

fn save_at_home(user: &str, codes: &[Secret]) -> Done {
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let Some(home) = home else { return Done::NotSaved(t!("factor-codes-no-folder")) };
    match save(&home, user, codes) {
        Ok(path) => Done::Saved(path),
        Err(error) => Done::NotSaved(error.to_string()),
    }
}

/// Into a file of this user's alone; codes of before are no longer good, so it takes their place.
fn save(folder: &Path, user: &str, codes: &[Secret]) -> std::io::Result<PathBuf> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "@.-_".contains(character);
    let user: String = user.chars().map(|character| if plain(character) { character } else { '_' }).collect();
    let path = folder.join(format!("lotse-recovery-codes-{user}.txt"));
    write_whole(&path, text(codes).as_bytes())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn s4_recovery_codes_are_saved_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let codes = ["abcd-efgh", "jkmn-pqrs"].map(|code| Secret(code.to_owned()));
        let path = save(folder.path(), "../anna berg@acme.example", &codes).unwrap();
        assert_eq!(path, folder.path().join("lotse-recovery-codes-.._anna_berg@acme.example.txt"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "abcd-efgh\njkmn-pqrs\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(save(&path, "anna", &codes).is_err(), "a file is no folder");
    }
}
