//! The monitors that RandR knows, as displays.

use lotse_driver::{DisplayDescription, Error, Result};
use x11rb::connection::RequestConnection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _, NotifyMask};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask};
use x11rb::rust_connection::RustConnection;

use crate::connection::{lost, refused};

/// Identifiers below this are places in the list, as the ABI has it; no monitor's name is such a small atom.
const PLACES: u32 = 64;
/// RandR's first version with monitors.
const RANDR: (u32, u32) = (1, 5);
/// What is drawn at 100 %.
const DPI_USUAL: f64 = 96.0;

/// Where a display is on the root window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub x: i16,
    pub y: i16,
    pub width: u16,
    pub height: u16,
}

/// Whether the server has monitors. Must be asked once on a connection before anything else here.
pub fn has_monitors(conn: &RustConnection) -> Result<bool> {
    if conn.extension_information(randr::X11_EXTENSION_NAME).map_err(|error| lost(&error))?.is_none() {
        return Ok(false);
    }
    let version = conn.randr_query_version(RANDR.0, RANDR.1).map_err(|error| lost(&error))?.reply().map_err(refused)?;
    Ok((version.major_version, version.minor_version) >= RANDR)
}

/// Asks for an event whenever [`list`] may have changed.
pub fn watch(conn: &RustConnection, root: u32) -> Result<()> {
    let mask =
        NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE | NotifyMask::RESOURCE_CHANGE;
    conn.randr_select_input(root, mask).map_err(|error| lost(&error))?;
    // Monitors that somebody defines or removes are told as a change of the root window only.
    let values = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
    conn.change_window_attributes(root, &values).map_err(|error| lost(&error)).map(|_| ())
}

/// Whether an event says that [`list`] may have changed.
pub fn changed(event: &Event) -> bool {
    matches!(event, Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) | Event::ConfigureNotify(_))
}

/// The displays there are now. What is outside the root window is cut off, since nothing can be read there.
pub fn list(conn: &RustConnection, root: u32, monitors: bool) -> Result<Vec<(DisplayDescription, Area)>> {
    let geometry = conn.get_geometry(root).map_err(|error| lost(&error))?;
    let found = match monitors {
        true => Some(conn.randr_get_monitors(root, true).map_err(|error| lost(&error))?),
        false => None,
    };
    let geometry = geometry.reply().map_err(refused)?;
    let whole = Area { x: 0, y: 0, width: geometry.width, height: geometry.height };
    let scale_percent = scale_percent(conn);
    let mut displays = Vec::new();
    for monitor in found.map(|found| found.reply().map_err(refused)).transpose()?.into_iter().flat_map(|it| it.monitors)
    {
        let area = Area { x: monitor.x, y: monitor.y, width: monitor.width, height: monitor.height };
        if let Some(area) = within(area, whole) {
            let name = conn.get_atom_name(monitor.name).map_err(|error| lost(&error))?.reply().map_err(refused)?.name;
            let name = String::from_utf8_lossy(&name).into_owned();
            displays.push(described(monitor.name, area, scale_percent, monitor.primary, name));
        }
    }
    if displays.is_empty() {
        displays.push(described(0, whole, scale_percent, true, "screen".to_owned()));
    }
    // Somebody looks at the first display when none is marked as the main one.
    if let (false, Some((first, _))) = (displays.iter().any(|(it, _)| it.primary), displays.first_mut()) {
        first.primary = true;
    }
    Ok(displays)
}

/// The display with that identifier, or at that place.
pub fn find(displays: Vec<(DisplayDescription, Area)>, id: u32) -> Result<(DisplayDescription, Area)> {
    let gone = || Error::gone("the display is no longer there");
    match displays.iter().position(|(display, _)| display.id == id) {
        Some(at) => displays.into_iter().nth(at).ok_or_else(gone),
        None if id < PLACES => displays.into_iter().nth(id as usize).ok_or_else(gone),
        None => Err(gone()),
    }
}

fn described(id: u32, area: Area, scale_percent: u32, primary: bool, name: String) -> (DisplayDescription, Area) {
    let Area { x, y, width, height } = area;
    let (x, y, width, height) = (x.into(), y.into(), width.into(), height.into());
    (DisplayDescription { id, x, y, width, height, scale_percent, primary, name }, area)
}

fn within(area: Area, whole: Area) -> Option<Area> {
    let (left, top) = (i32::from(area.x).max(0), i32::from(area.y).max(0));
    let right = (i32::from(area.x) + i32::from(area.width)).min(whole.width.into());
    let bottom = (i32::from(area.y) + i32::from(area.height)).min(whole.height.into());
    let (width, height) = (u16::try_from(right - left).ok()?, u16::try_from(bottom - top).ok()?);
    (width > 0 && height > 0).then_some(Area { x: left as i16, y: top as i16, width, height })
}

/// Desktops on X11 say it by the resolution that fonts are drawn at.
fn scale_percent(conn: &RustConnection) -> u32 {
    let resources = x11rb::resource_manager::new_from_resource_manager(conn).ok().flatten();
    let dpi =
        resources.as_ref().and_then(|it| it.get_string("Xft.dpi", "")).and_then(|it| it.trim().parse::<f64>().ok());
    let percent = dpi.unwrap_or(DPI_USUAL) / DPI_USUAL * 100.0;
    (percent.round() as u32).clamp(50, 400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_is_cut_to_the_root_window() {
        let whole = Area { x: 0, y: 0, width: 800, height: 600 };
        let area = |x, y, width, height| Area { x, y, width, height };
        assert_eq!(within(area(0, 0, 1024, 768), whole), Some(whole));
        assert_eq!(within(area(700, -10, 200, 20), whole), Some(area(700, 0, 100, 10)));
        assert_eq!(within(area(800, 0, 200, 20), whole), None);
        assert_eq!(within(area(i16::MAX, i16::MAX, u16::MAX, u16::MAX), whole), None);
    }
}
