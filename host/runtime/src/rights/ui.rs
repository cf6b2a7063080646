//! `ui`: what people see, as data.

use lotse_package::Capability;

use crate::bindings::contract::ui::Host;
use crate::convert::{WireSettings, settings_in};
use crate::limits::argument;
use crate::state::{Guest, cut};

impl Host for Guest {
    fn invalidate(&mut self) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Ui, |guest| guest.shared.host.ui_invalidate())
    }

    fn compose(&mut self, text: String) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Ui, |guest| {
            guest.shared.host.ui_compose(cut(text, argument::COMPOSE_BYTES_MAX));
        })
    }

    fn notify(&mut self, title: String, body: String, options: WireSettings) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Ui, |guest| {
            if let Ok(options) = settings_in(options) {
                let title = cut(title, argument::TITLE_BYTES_MAX);
                let body = cut(body, argument::NOTIFY_BODY_BYTES_MAX);
                guest.shared.host.ui_notify(title, body, options);
            }
        })
    }

    fn arrived(&mut self, count: u32) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Ui, |guest| {
            guest.shared.host.ui_arrived(count.min(argument::ARRIVED_MAX));
        })
    }
}
