//! What wit-bindgen makes of the contract. Authors meet it through the modules and traits beside this one.
//!
//! The imports are generated once, for everybody. Each handler has a world of its own, generated against the same types,
//! whose export macro is expanded in the plugin's crate only when the plugin wants that handler: so a built component
//! exports exactly what it handles, and imports exactly what it calls.

macro_rules! handler {
    ($module:ident, $world:literal, $export:literal, { $($types:tt)* }) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: "../wit",
                world: $world,
                pub_export_macro: true,
                export_macro_name: $export,
                with: { $($types)* },
            });
        }
    };
}

pub mod rights {
    wit_bindgen::generate!({
        path: "../wit",
        world: "rights",
        additional_derives: [PartialEq],
        generate_unused_types: true,
    });
}

handler!(on_session, "handles-session", "export_session", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
    "lotse:plugin/session@0.1.1": crate::bindings::rights::lotse::plugin::session,
});
handler!(on_consent, "handles-consent", "export_consent", {});
handler!(on_channel, "handles-channel", "export_channel", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
    "lotse:plugin/channel@0.1.1": crate::bindings::rights::lotse::plugin::channel,
});
handler!(on_screen, "handles-screen", "export_screen", {});
handler!(on_showing, "handles-showing", "export_showing", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
    "lotse:plugin/channel@0.1.1": crate::bindings::rights::lotse::plugin::channel,
    "lotse:plugin/screen@0.1.1": crate::bindings::rights::lotse::plugin::screen,
});
handler!(on_surface, "handles-surface", "export_surface", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
});
handler!(on_clipboard, "handles-clipboard", "export_clipboard", {});
handler!(on_files, "handles-files", "export_files", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
    "lotse:plugin/channel@0.1.1": crate::bindings::rights::lotse::plugin::channel,
    "lotse:plugin/files@0.1.1": crate::bindings::rights::lotse::plugin::files,
});
handler!(on_drawing, "handles-drawing", "export_drawing", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
});
handler!(on_desk, "handles-desk", "export_desk", {});
handler!(on_system, "handles-system", "export_system", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
});
handler!(on_restart, "handles-restart", "export_restart", {});
handler!(on_shared, "handles-shared", "export_shared", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
});
handler!(on_ui, "handles-ui", "export_ui", {
    "lotse:plugin/types@0.1.1": crate::bindings::rights::lotse::plugin::types,
    "lotse:plugin/ui@0.1.1": crate::bindings::rights::lotse::plugin::ui,
});
handler!(on_directory, "handles-directory", "export_directory", {});
