//! How a surface behaves: as a plugin wishes, and as the role of whoever looks allows.

use crate::view::SurfaceOptions;
use lotse_runtime::{Role, Settings, Value, setting};

/// Of one that is opened.
pub(super) fn opened(role: Role, settings: &Settings) -> SurfaceOptions {
    let usual =
        SurfaceOptions { fit: true, full_screen: false, pass_system_keys: false, hotkeys: true, interactive: false };
    changed(usual, role, settings)
}

/// The same with what `settings` name.
pub(super) fn changed(options: SurfaceOptions, role: Role, settings: &Settings) -> SurfaceOptions {
    as_role(role, with_settings(options, settings))
}

/// A customer looks at a rep's screen, and nothing of what they do there goes anywhere.
fn as_role(role: Role, options: SurfaceOptions) -> SurfaceOptions {
    match role {
        Role::Rep => options,
        Role::Customer => SurfaceOptions { pass_system_keys: false, hotkeys: false, interactive: false, ..options },
    }
}

fn with_settings(mut options: SurfaceOptions, settings: &Settings) -> SurfaceOptions {
    let flag = |name, old| match setting(settings, name) {
        Some(Value::Flag(on)) => *on,
        _ => old,
    };
    if let Some(Value::Text(scale)) = setting(settings, "scale") {
        options.fit = scale == "fit";
    }
    options.full_screen = flag("full-screen", options.full_screen);
    options.pass_system_keys = flag("pass-system-keys", options.pass_system_keys);
    options.hotkeys = flag("hotkeys", options.hotkeys);
    options.interactive = flag("interactive", options.interactive);
    options
}
