//! `input` and `clipboard`: acting on this computer.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::types::Point;
use crate::bindings::contract::{clipboard, input};
use crate::host::ErrorCode;
use crate::limits::argument;
use crate::state::Guest;

impl input::Host for Guest {
    fn pointer(&mut self, display: u32, at: Point, buttons: u32, wheel: Point) -> Answer<()> {
        self.with_right(Capability::Input, |guest| {
            guest.shared.host.input_pointer(display, at.into(), buttons, wheel.into())
        })
    }

    fn key(&mut self, physical: u32, down: bool) -> Answer<()> {
        self.with_right(Capability::Input, |guest| guest.shared.host.input_key(physical, down))
    }

    fn text(&mut self, entered: String) -> Answer<()> {
        self.with_right(Capability::Input, |guest| {
            if entered.len() > argument::INPUT_TEXT_BYTES_MAX {
                return Err(ErrorCode::Limit);
            }
            guest.shared.host.input_text(&entered)
        })
    }

    fn release_all(&mut self) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Input, |guest| guest.shared.host.input_release_all())
    }
}

impl clipboard::Host for Guest {
    fn fetch(&mut self, format: String) -> Answer<()> {
        self.with_right(Capability::Clipboard, |guest| guest.shared.host.clipboard_fetch(known_format(&format)?))
    }

    fn write(&mut self, format: String, data: Vec<u8>) -> Answer<()> {
        self.with_right(Capability::Clipboard, |guest| {
            let format = known_format(&format)?;
            if format == "text" && std::str::from_utf8(&data).is_err() {
                return Err(ErrorCode::Invalid);
            }
            guest.shared.host.clipboard_write(format, data)
        })
    }
}

fn known_format(format: &str) -> Result<&str, ErrorCode> {
    match format {
        "text" | "image" => Ok(format),
        _ => Err(ErrorCode::Unsupported),
    }
}
