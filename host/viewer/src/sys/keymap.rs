//! The display's keymap and the locale's compose table, by libxkbcommon loaded at run time.
//!
//! The keymap is fetched over a short-lived connection of libxcb, because libxkbcommon-x11 knows no other; what keys
//! mean then comes from the modifiers and group that each key event carries, so that no state can go stale.

use std::ffi::{CString, c_char};
use std::ptr::NonNull;
use x11rb::xcb_ffi::{XCBConnection, load_libxcb};
use xkbcommon_dl as xkb;
use xkbcommon_dl::x11 as xkb_x11;

/// Longest text of one key in bytes; longer compose results do not exist in practice and are cut.
const TEXT_BYTES_MAX: usize = 256;

/// Why keys cannot be turned into text. The viewer then sends physical keys alone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeymapError {
    #[error("{0} is not installed")]
    Missing(&'static str),
    #[error("no connection for the keymap: {0}")]
    Connect(#[from] x11rb::errors::ConnectError),
    #[error("{0} failed")]
    Failed(&'static str),
}

/// What a compose sequence came to with one more key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Composed {
    /// The key has no part in any sequence.
    Nothing,
    Composing,
    Text(String),
    Cancelled,
}

/// Owns one object of libxkbcommon.
#[derive(Debug)]
struct Owned<T> {
    object: NonNull<T>,
    drop: unsafe extern "C" fn(*mut T),
}

impl<T> Owned<T> {
    fn new(object: *mut T, drop: unsafe extern "C" fn(*mut T), what: &'static str) -> Result<Self, KeymapError> {
        NonNull::new(object).map(|object| Self { object, drop }).ok_or(KeymapError::Failed(what))
    }

    fn get(&self) -> *mut T {
        self.object.as_ptr()
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the object came with this function from the constructor beside it, and is given back once, here.
        unsafe { (self.drop)(self.object.as_ptr()) }
    }
}

/// What keys mean. Stays on the thread that made it.
pub(crate) struct Keymap {
    library: &'static xkb::XkbCommon,
    state: Owned<xkb::xkb_state>,
    compose: Option<(&'static xkb::XkbCommonCompose, Owned<xkb::xkb_compose_state>)>,
}

impl Keymap {
    /// Fetches the keymap that the display has now.
    pub(crate) fn load(display: Option<&str>) -> Result<Self, KeymapError> {
        let library = xkb::xkbcommon_option().ok_or(KeymapError::Missing("libxkbcommon"))?;
        let x11 = xkb_x11::xkbcommon_x11_option().ok_or(KeymapError::Missing("libxkbcommon-x11"))?;
        load_libxcb().map_err(|_| KeymapError::Missing("libxcb"))?;
        let display = display.and_then(|name| CString::new(name).ok());
        let (connection, _) = XCBConnection::connect(display.as_deref())?;
        let raw = connection.get_raw_xcb_connection();
        // SAFETY: no arguments with demands; the result is checked by `Owned::new`.
        let context = unsafe { (library.xkb_context_new)(xkb::xkb_context_flags::XKB_CONTEXT_NO_FLAGS) };
        let context = Owned::new(context, *library.xkb_context_unref, "xkb_context_new")?;
        // SAFETY: `raw` is a live libxcb connection until `connection` is dropped at the end; results may be null.
        let set_up = unsafe {
            (x11.xkb_x11_setup_xkb_extension)(
                raw,
                xkb_x11::XKB_X11_MIN_MAJOR_XKB_VERSION,
                xkb_x11::XKB_X11_MIN_MINOR_XKB_VERSION,
                xkb_x11::xkb_x11_setup_xkb_extension_flags::XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        };
        if set_up == 0 {
            return Err(KeymapError::Failed("xkb_x11_setup_xkb_extension"));
        }
        // SAFETY: as above.
        let device = unsafe { (x11.xkb_x11_get_core_keyboard_device_id)(raw) };
        if device < 0 {
            return Err(KeymapError::Failed("xkb_x11_get_core_keyboard_device_id"));
        }
        let flags = xkb::xkb_keymap_compile_flags::XKB_KEYMAP_COMPILE_NO_FLAGS;
        // SAFETY: context and connection are live and the device was just named by the server.
        let keymap = unsafe { (x11.xkb_x11_keymap_new_from_device)(context.get(), raw, device, flags) };
        let keymap = Owned::new(keymap, *library.xkb_keymap_unref, "xkb_x11_keymap_new_from_device")?;
        // SAFETY: the keymap is live; the state takes a reference of its own.
        let state = unsafe { (library.xkb_state_new)(keymap.get()) };
        let state = Owned::new(state, *library.xkb_state_unref, "xkb_state_new")?;
        Ok(Self { library, state, compose: compose_state(&context) })
    }

    /// Symbol and text of a key pressed while the server's modifiers and group were as in `state` of its event.
    pub(crate) fn key(&mut self, keycode: u8, state: u16) -> (u32, String) {
        let (modifiers, group) = (u32::from(state & 0xff), u32::from(state >> 13 & 3));
        let mut buffer = [0; TEXT_BYTES_MAX];
        // SAFETY: the state is live; the first eight modifiers of a keymap are the eight that the core protocol knows.
        unsafe { (self.library.xkb_state_update_mask)(self.state.get(), modifiers, 0, 0, 0, 0, group) };
        // SAFETY: the state is live and any key code is allowed; the buffer is given with its length.
        let (symbol, bytes) = unsafe {
            let symbol = (self.library.xkb_state_key_get_one_sym)(self.state.get(), keycode.into());
            let text = buffer.as_mut_ptr().cast::<c_char>();
            (symbol, (self.library.xkb_state_key_get_utf8)(self.state.get(), keycode.into(), text, TEXT_BYTES_MAX))
        };
        (symbol, text(&buffer, bytes))
    }

    /// Goes on with a compose sequence, or begins one.
    pub(crate) fn compose(&mut self, symbol: u32) -> Composed {
        let Some((library, state)) = &self.compose else { return Composed::Nothing };
        // SAFETY: the compose state is live and takes any symbol.
        let (fed, status) = unsafe {
            let fed = (library.xkb_compose_state_feed)(state.get(), symbol);
            (fed, (library.xkb_compose_state_get_status)(state.get()))
        };
        if fed == xkb::xkb_compose_feed_result::XKB_COMPOSE_FEED_IGNORED {
            return Composed::Nothing;
        }
        match status {
            xkb::xkb_compose_status::XKB_COMPOSE_NOTHING => Composed::Nothing,
            xkb::xkb_compose_status::XKB_COMPOSE_COMPOSING => Composed::Composing,
            xkb::xkb_compose_status::XKB_COMPOSE_CANCELLED => {
                self.compose_reset();
                Composed::Cancelled
            }
            xkb::xkb_compose_status::XKB_COMPOSE_COMPOSED => {
                let mut buffer = [0; TEXT_BYTES_MAX];
                // SAFETY: the compose state is live; the buffer is given with its length.
                let bytes = unsafe {
                    (library.xkb_compose_state_get_utf8)(state.get(), buffer.as_mut_ptr().cast(), TEXT_BYTES_MAX)
                };
                self.compose_reset();
                Composed::Text(text(&buffer, bytes))
            }
        }
    }

    /// Forgets a sequence that was begun.
    pub(crate) fn compose_reset(&mut self) {
        if let Some((library, state)) = &self.compose {
            // SAFETY: the compose state is live.
            unsafe { (library.xkb_compose_state_reset)(state.get()) };
        }
    }
}

/// The locale's dead keys; a locale without any gets those of American English, which are everybody's.
fn compose_state(
    context: &Owned<xkb::xkb_context>,
) -> Option<(&'static xkb::XkbCommonCompose, Owned<xkb::xkb_compose_state>)> {
    let library = xkb::xkbcommon_compose_option()?;
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let named = named.filter(|locale| locale != "C" && locale != "POSIX" && !locale.starts_with("C."));
    [named.as_deref(), Some("en_US.UTF-8")].into_iter().flatten().find_map(|locale| {
        let locale = CString::new(locale).ok()?;
        let flags = xkb::xkb_compose_compile_flags::XKB_COMPOSE_COMPILE_NO_FLAGS;
        // SAFETY: the context is live and the name ends with a zero byte.
        let table = unsafe { (library.xkb_compose_table_new_from_locale)(context.get(), locale.as_ptr(), flags) };
        let table = Owned::new(table, *library.xkb_compose_table_unref, "xkb_compose_table_new_from_locale").ok()?;
        let flags = xkb::xkb_compose_state_flags::XKB_COMPOSE_STATE_NO_FLAGS;
        // SAFETY: the table is live; the state takes a reference of its own.
        let state = unsafe { (library.xkb_compose_state_new)(table.get(), flags) };
        let state = Owned::new(state, *library.xkb_compose_state_unref, "xkb_compose_state_new").ok()?;
        Some((library, state))
    })
}

fn text(buffer: &[u8], bytes: i32) -> String {
    let bytes = usize::try_from(bytes).unwrap_or(0).min(TEXT_BYTES_MAX - 1);
    String::from_utf8_lossy(buffer.get(..bytes).unwrap_or(&[])).into_owned()
}
