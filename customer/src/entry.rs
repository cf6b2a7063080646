//! The first page: the code somebody read out or the link that was sent, and a name if one likes.

use crate::link::{LinkState, Links};
use crate::wishes::Wishes;
use egui::{Key, Modifiers, Ui};
use lotse_engine::customer::CustomerCommand;
use lotse_engine::view::{Problem, Tone};
use lotse_engine::{JoinLink, LINK_BYTES_MAX};
use lotse_protocol::code::{CodeError, JoinCode};
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, Field, card, heading, muted, notice, sign, trouble};
use lotse_ui::{icons, t, words};

/// Digits of a code; what is pasted around them may be longer, and so is a link.
const CODE_DIGITS: usize = 10;
const NAME_CHARS_MAX: usize = 60;

pub(crate) struct EntryPage {
    code: String,
    name: String,
    wrong: Option<CodeError>,
    relay_known: bool,
    links: Links,
    begun: bool,
}

impl EntryPage {
    pub(crate) fn new(name: String, relay_known: bool, links: Links) -> Self {
        Self { code: String::new(), name, wrong: None, relay_known, links, begun: false }
    }

    /// Takes a link that the program was started with or that was pasted.
    pub(crate) fn follow(&mut self, link: &str, wishes: &mut Wishes) -> LinkState {
        let state = self.links.take(link, &self.name, wishes);
        // From then on a typed code leads to the link's relay, unless the program was started for another.
        self.relay_known |= state == LinkState::Joins;
        state
    }

    /// A session is there or on its way. True: a link waited for an answer, and is not followed.
    pub(crate) fn drop_question(&mut self) -> bool {
        self.links.drop_question()
    }

    /// `problem`: why the last attempt led nowhere.
    pub(crate) fn show(&mut self, ui: &mut Ui, problem: Option<&Problem>, wishes: &mut Wishes) {
        if self.links.asks() {
            self.relay_known |= self.links.ask(ui, wishes);
            return;
        }
        ui.add_space(space::S);
        heading(ui, t!("entry-title"));
        muted(ui, if self.relay_known { t!("entry-lead") } else { t!("entry-lead-link") });
        ui.add_space(space::S);
        if !self.relay_known {
            notice(ui, Tone::Caution, &t!("entry-no-relay"), &t!("entry-no-relay-next"), false);
            ui.add_space(space::S);
        }
        let mut submitted = false;
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::M;
            self.tell(ui, problem);
            let field = if self.relay_known {
                Field::new(t!("entry-code")).hint("000 000 0000").code()
            } else {
                Field::new(t!("entry-link")).hint("lotse://…")
            };
            let code = field.limit(LINK_BYTES_MAX).show(ui, &mut self.code);
            if code.changed() {
                self.wrong = None;
                self.links.forget_trouble();
                self.group(ui, code.id);
            }
            if !self.begun {
                self.begun = true;
                code.request_focus();
            }
            Field::new(t!("entry-name")).hint(t!("entry-name-hint")).limit(NAME_CHARS_MAX).show(ui, &mut self.name);
            let button = Button::primary(t!("entry-connect")).width(ui.available_width()).height(40.0);
            submitted = button.show(ui).clicked()
                || ui.input(|input| input.modifiers == Modifiers::NONE && input.key_pressed(Key::Enter));
        });
        ui.add_space(space::S);
        ui.horizontal_top(|ui| {
            let colour = lotse_ui::tokens::Palette::of(ui).muted_ink;
            sign(ui, icons::LOCK, 16.0, colour);
            muted(ui, t!("entry-safe"));
        });
        if submitted {
            self.submit(wishes);
        }
    }

    fn submit(&mut self, wishes: &mut Wishes) {
        // Where no relay is known a code leads nowhere, and is told to be no link.
        if !self.relay_known || JoinLink::is_meant(&self.code) {
            let link = std::mem::take(&mut self.code);
            if let LinkState::Refused { .. } = self.follow(&link, wishes) {
                self.code = link;
            }
            return;
        }
        match self.code.parse::<JoinCode>() {
            Ok(code) => wishes.commands.push(CustomerCommand::Join { code, name: self.name.trim().to_owned() }),
            Err(error) => self.wrong = Some(error),
        }
    }

    fn tell(&self, ui: &mut Ui, problem: Option<&Problem>) {
        if let Some(refused) = self.links.trouble() {
            return trouble(ui, Tone::Danger, &refused);
        }
        match (self.wrong, problem) {
            (Some(CodeError::Length(count)), _) => {
                notice(ui, Tone::Danger, &t!("entry-length", "count" => count as u64), &t!("entry-length-next"), false);
            }
            (Some(CodeError::Character(character)), _) => {
                notice(
                    ui,
                    Tone::Danger,
                    &t!("entry-character", "character" => character.to_string()),
                    &t!("entry-character-next"),
                    false,
                );
            }
            (None, Some(problem)) => trouble(ui, Tone::Danger, &words::problem(problem)),
            (None, None) => {}
        }
    }

    /// Shows digits in the groups they are read out in, wherever spaces were typed. Text that is no code stays as it is.
    fn group(&mut self, ui: &Ui, id: egui::Id) {
        let Some(grouped) = grouped(&self.code) else { return };
        if grouped == self.code {
            return;
        }
        // The caret stays behind the same digit.
        if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), id)
            && let Some(range) = state.cursor.char_range()
        {
            let at = range.primary.index;
            let digits = self.code.chars().take(at.into()).filter(char::is_ascii_digit).count();
            let moved = place_of(&grouped, digits);
            state.cursor.set_char_range(Some(egui::text::CCursorRange::one(egui::text::CCursor::new(moved))));
            state.store(ui.ctx(), id);
        }
        self.code = grouped;
    }
}

/// `4829135` → `482 913 5`. `None` for what has other characters or too many digits in it.
fn grouped(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let foreign = text.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace() && !"-–.·/".contains(c));
    if foreign || digits.len() > CODE_DIGITS {
        return None;
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index == 3 || index == 6 {
            out.push(' ');
        }
        out.push(digit);
    }
    Some(out)
}

/// Where the caret stands behind so many digits.
fn place_of(grouped: &str, digits: usize) -> usize {
    let mut seen = 0;
    for (index, character) in grouped.chars().enumerate() {
        if seen == digits {
            return index;
        }
        seen += usize::from(character.is_ascii_digit());
    }
    grouped.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_fall_into_groups_however_they_are_typed() {
        for (typed, shown) in
            [("482", "482"), ("4829", "482 9"), ("482-913-5207", "482 913 5207"), (" 4 8 2 9 ", "482 9"), ("", "")]
        {
            assert_eq!(grouped(typed).as_deref(), Some(shown), "{typed}");
        }
        assert_eq!(grouped("48291352071"), None, "too many are left for the message to tell");
        assert_eq!(grouped("482o"), None);
        assert_eq!((place_of("482 913", 3), place_of("482 913", 4), place_of("482 913", 9)), (3, 5, 7));
    }
}
