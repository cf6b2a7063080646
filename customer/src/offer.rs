//! After a session that went well, once: that a link could start this program next time. Nobody is pushed.

use egui::Ui;
use lotse_engine::view::Tone;
use lotse_protocol::peer::EndReason;
use lotse_ui::t;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, muted, notice};

/// Something to be done; or why it could not be, in words.
type Deed = Box<dyn Fn() -> Result<(), String>>;

pub struct Offer {
    register: Deed,
    /// Remembers that it was offered, once it was.
    note: Option<Deed>,
    outcome: Option<Result<(), String>>,
}

impl Offer {
    /// `register` is what the customer may want; `note` remembers that it was offered.
    #[must_use]
    pub fn new(register: Deed, note: Deed) -> Self {
        Self { register, note: Some(note), outcome: None }
    }

    pub(crate) fn show(&mut self, ui: &mut Ui) {
        if let Some(note) = self.note.take()
            && let Err(error) = note()
        {
            tracing::warn!(error, "that links can start this program may be offered again");
        }
        ui.add_space(space::M);
        match &self.outcome {
            None => {
                muted(ui, t!("offer-body"));
                if Button::secondary(t!("offer-yes")).width(220.0).height(40.0).show(ui).clicked() {
                    self.outcome = Some((self.register)());
                }
            }
            Some(Ok(())) => {
                notice(ui, Tone::Good, &t!("offer-done"), "", false);
            }
            Some(Err(why)) => {
                notice(ui, Tone::Caution, &t!("offer-failed"), why, false);
            }
        }
    }
}

/// Whether a session ended as sessions should.
pub(crate) fn went_well(reason: EndReason) -> bool {
    match reason {
        EndReason::RepEnded | EndReason::CustomerEnded | EndReason::HandedOver => true,
        EndReason::CustomerStopped
        | EndReason::CustomerDeclined
        | EndReason::CustomerGone
        | EndReason::RepGone
        | EndReason::NotTrusted
        | EndReason::Incompatible
        | EndReason::PluginsFailed
        | EndReason::WatchingEnded => false,
    }
}
