//! Bindings made of the contract itself.
//!
//! One world with every import and every handler, so that all of them share their types. Which imports are linked is
//! decided by the grant (`rights`), which handlers are there is looked up by name (`handlers`): a plugin needs neither
//! all of them nor this world.

wasmtime::component::bindgen!({
    path: "../../plugin-api/wit",
    inline: "
        package lotse:host;
        world everything {
            include lotse:plugin/rights@0.1.1;
            include lotse:plugin/handles-session@0.1.1;
            include lotse:plugin/handles-consent@0.1.1;
            include lotse:plugin/handles-channel@0.1.1;
            include lotse:plugin/handles-screen@0.1.1;
            include lotse:plugin/handles-surface@0.1.1;
            include lotse:plugin/handles-clipboard@0.1.1;
            include lotse:plugin/handles-ui@0.1.1;
            include lotse:plugin/handles-directory@0.1.1;
            include lotse:plugin/handles-showing@0.1.1;
            include lotse:plugin/handles-files@0.1.1;
            include lotse:plugin/handles-drawing@0.1.1;
            include lotse:plugin/handles-desk@0.1.1;
            include lotse:plugin/handles-system@0.1.1;
            include lotse:plugin/handles-restart@0.1.1;
            include lotse:plugin/handles-shared@0.1.1;
        }
    ",
    world: "lotse:host/everything",
    imports: { default: trappable },
    exports: { default: async },
    with: {
        "lotse:plugin/channel.stream": crate::handles::Stream,
        "lotse:plugin/screen.capture": crate::handles::Capture,
        "lotse:plugin/screen.pipeline": crate::handles::Pipeline,
        "lotse:plugin/surface.surface": crate::handles::Surface,
        "lotse:plugin/files.source": crate::handles::Source,
        "lotse:plugin/files.target": crate::handles::Target,
        "lotse:plugin/files.transfer": crate::handles::Transfer,
        "lotse:plugin/drawing.layer": crate::handles::Layer,
    },
});

pub(crate) use exports::lotse::plugin as handler;
pub(crate) use lotse::plugin as contract;
