//! After a session that went well, once: that a link could start this program next time. Nobody is pushed.

use egui::Ui;
use lotse_engine::view::Tone;
use lotse_protocol::peer::EndReason;
use lotse_ui::t;
use lotse_ui::tokens::space;
use lotse_ui::widgets::{Button, muted, notice};
use std::path::PathBuf;

/// What is to be done when the customer wants it; or why it could not be, in words.
type Register = Box<dyn Fn() -> Result<(), String>>;

pub struct Offer {
    register: Register,
    /// There once it was offered.
    marker: Option<PathBuf>,
    outcome: Option<Result<(), String>>,
}

impl Offer {
    /// `marker`: the file that says it was offered. `None` if it is there already.
    pub(crate) fn once(marker: PathBuf, register: Register) -> Option<Self> {
        (!marker.exists()).then(|| Self { register, marker: Some(marker), outcome: None })
    }

    /// Without a memory, for tests.
    #[must_use]
    pub fn over(register: Register) -> Self {
        Self { register, marker: None, outcome: None }
    }

    pub(crate) fn show(&mut self, ui: &mut Ui) {
        if let Some(marker) = self.marker.take()
            && let Err(error) = std::fs::write(marker, "")
        {
            tracing::debug!(%error, "it may be offered again");
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
        EndReason::RepEnded | EndReason::CustomerEnded => true,
        EndReason::CustomerStopped
        | EndReason::CustomerDeclined
        | EndReason::CustomerGone
        | EndReason::RepGone
        | EndReason::NotTrusted
        | EndReason::Incompatible
        | EndReason::PluginsFailed => false,
    }
}
