//! All seats are in use: who has them, taking one over, and waiting for the next free one.
//!
//! The list says first who has the seats. Whoever waits goes on to the list view, which shows that, and is told when a seat
//! has come. What is listed is the relay's newest word; a seat that was given up meanwhile only brings a newer list.

use egui::{Align, Context, Layout, ScrollArea, Ui};
use lotse_engine::rep::{RepCommand, RepView, Seat, SeatHolder, SeatsTaken};
use lotse_engine::view::Tone;
use lotse_ui::local_time::hour_and_minute;
use lotse_ui::tokens::{size, space};
use lotse_ui::widgets::{Answer, Button, card, confirm, dialog, muted, notice};
use lotse_ui::{fonts, icons, t};

const WIDTH: f32 = 520.0;
/// Higher lists are scrolled.
const LIST_HEIGHT_MAX: f32 = 300.0;

#[derive(Default)]
pub(crate) struct SeatsPage {
    /// As the last view had it.
    waits: bool,
    /// The list of who has the seats is open.
    open: bool,
    /// It was waited for a seat, there is one, and that was not yet put away.
    came: bool,
    /// Whose sign-in is to be ended, if the rep means it.
    asked: Option<SeatHolder>,
}

impl SeatsPage {
    /// Notes what has changed. To be shown every view of a rep who is signed in.
    pub(crate) fn look(&mut self, view: &RepView) {
        let waits = waits(view);
        if waits != self.waits {
            *self = Self { waits, open: waits, came: !waits, asked: None };
        }
    }

    /// Beneath the bar: that a seat is waited for, or has come.
    pub(crate) fn banner(&mut self, ui: &mut Ui) {
        if self.waits {
            notice(ui, Tone::Caution, &t!("seats-waiting"), &t!("seats-waiting-next"), false);
            ui.add_space(space::S);
            if Button::secondary(t!("seats-show")).icon(icons::SESSIONS).show(ui).clicked() {
                self.open = true;
            }
            ui.add_space(space::M);
        } else if self.came {
            self.came = !notice(ui, Tone::Good, &t!("seats-came"), &t!("seats-came-next"), true);
            ui.add_space(space::M);
        }
    }

    /// Above the window: the list, or the question whether to take a seat over.
    pub(crate) fn dialogs(&mut self, context: &Context, view: &RepView) -> Option<RepCommand> {
        let Seat::Waiting(taken) = &view.seat else { return None };
        if let Some(holder) = self.asked.clone() {
            return self.ask(context, &holder);
        }
        if !self.open {
            return None;
        }
        let title = t!("seats-title");
        let (wait, closed) = dialog(context, "seats", &title, WIDTH, |ui| self.list(ui, taken));
        // Esc waits: that ends nobody's sign-in.
        self.open = !(wait || closed);
        None
    }

    /// True: the rep waits.
    fn list(&mut self, ui: &mut Ui, taken: &SeatsTaken) -> bool {
        let lead = match taken.seats {
            0 => t!("seats-none"),
            seats => t!("seats-lead", "seats" => u64::from(seats)),
        };
        ui.add(egui::Label::new(lead).wrap());
        ui.add_space(space::M);
        ScrollArea::vertical().max_height(LIST_HEIGHT_MAX).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            for holder in &taken.holders {
                card(ui, |ui| self.row(ui, holder));
            }
            if taken.more > 0 {
                muted(ui, t!("seats-more", "count" => u64::from(taken.more)));
            }
        });
        ui.add_space(space::M);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let wait = Button::primary(t!("seats-wait")).icon(icons::HOURGLASS).width(96.0).show(ui);
            if ui.memory(|memory| memory.focused().is_none()) {
                wait.request_focus();
            }
            wait.clicked()
        })
        .inner
    }

    fn row(&mut self, ui: &mut Ui, holder: &SeatHolder) {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.label(fonts::strong(&holder.name, size::BODY));
            muted(ui, about(holder));
            let take = Button::secondary(t!("seats-take")).show(ui);
            if take.accessible_name(t!("seats-take-name", "name" => &holder.name)).clicked() {
                self.asked = Some(holder.clone());
            }
        });
    }

    fn ask(&mut self, context: &Context, holder: &SeatHolder) -> Option<RepCommand> {
        let title = t!("seats-confirm-title", "name" => &holder.name);
        let body = if holder.in_session {
            t!("seats-confirm-session", "name" => &holder.name)
        } else {
            t!("seats-confirm-body", "name" => &holder.name)
        };
        let answer = confirm(context, "take-seat", &title, &body, &t!("seats-confirm-yes"))?;
        self.asked = None;
        match answer {
            Answer::Yes => Some(RepCommand::TakeSeat { seat: holder.seat }),
            Answer::No => None,
        }
    }
}

/// The sign-in waits for a seat.
pub(crate) fn waits(view: &RepView) -> bool {
    match view.seat {
        Seat::Held => false,
        Seat::Waiting(_) => true,
    }
}

/// `since 10:02 · in a session`
fn about(holder: &SeatHolder) -> String {
    let since = hour_and_minute(holder.since_ms).map(|since| t!("seats-since", "since" => since));
    let session = if holder.in_session { t!("seats-in-session") } else { t!("seats-free-of-session") };
    let away = (!holder.connected).then(|| t!("seats-away"));
    let words: Vec<String> = since.into_iter().chain([session]).chain(away).collect();
    words.join(" · ")
}
