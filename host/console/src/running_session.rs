//! A running session in the list of those who wait: a colleague hands it over to a portal's queue.
//!
//! It is read before it is taken, so its one button opens the window of [`crate::hand_over`].

use crate::questions::{may_answer, who};
use crate::seats;
use egui::{Label, Ui};
use lotse_engine::rep::{Question, RepView};
use lotse_protocol::handover::Purpose;
use lotse_protocol::question::{NoPlace, Offered, RunningSession};
use lotse_ui::tokens::Palette;
use lotse_ui::widgets::{Button, Kind, badge, muted};
use lotse_ui::{icons, t};

/// `Bo Lind hands this running session over`
pub(crate) fn title(from: &str, purpose: Purpose) -> String {
    match purpose {
        Purpose::TakeOver => t!("running-take", "from" => from),
        Purpose::Join => t!("running-join", "from" => from),
        Purpose::Observe => t!("running-observe", "from" => from),
    }
}

/// That it is a running session, who hands it over, and what they write.
pub(crate) fn about(ui: &mut Ui, running: &RunningSession) {
    let palette = Palette::of(ui);
    ui.horizontal_wrapped(|ui| {
        badge(ui, &t!("running-session"), palette.good);
        let said = if running.yours { t!("running-yours") } else { title(&running.from, running.purpose) };
        ui.add(Label::new(said).wrap());
    });
    if !running.note.is_empty() {
        ui.add(Label::new(t!("hand-over-note", "from" => &running.from, "note" => &running.note)).wrap());
    }
}

/// Why it is not to be read here.
fn no_place(why: NoPlace) -> String {
    match why {
        NoPlace::OtherConsole => t!("running-other-console"),
        NoPlace::Already => t!("running-already"),
    }
}

/// True: the rep wants to read it.
pub(crate) fn actions(ui: &mut Ui, view: &RepView, question: &Question, running: &RunningSession) -> bool {
    let name = who(&question.name);
    ui.horizontal_wrapped(|ui| {
        let palette = Palette::of(ui);
        let mut read = false;
        if running.yours {
            muted(ui, t!("running-yours-next"));
        } else {
            let yours = question.offered == Offered::You;
            let kind = if yours { Kind::Primary } else { Kind::Secondary };
            let under_way = view.questions.answering == Some(question.id);
            let label = match (under_way, running.purpose) {
                (true, _) => t!("running-opening"),
                (false, Purpose::TakeOver) => t!("running-read-take"),
                (false, Purpose::Join) => t!("running-read-join"),
                (false, Purpose::Observe) => t!("running-read-observe"),
            };
            let may = may_answer(view) && running.no_place.is_none();
            let button = Button::new(kind, label).icon(icons::HEADSET).enabled(may).show(ui);
            read = button.accessible_name(t!("running-read-name", "name" => &name)).clicked();
        }
        match &question.offered {
            Offered::You => drop(badge(ui, &t!("question-offered-you"), palette.accent)),
            Offered::Other(colleague) => drop(muted(ui, t!("question-offered-other", "name" => colleague))),
            Offered::Nobody => {}
        }
        if let Some(why) = running.no_place {
            muted(ui, no_place(why));
        } else if seats::waits(view) && !running.yours {
            muted(ui, t!("running-no-seat"));
        }
        read
    })
    .inner
}
