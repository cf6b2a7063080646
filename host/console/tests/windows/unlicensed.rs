//! L1: each add-on of this checkout that an account has not licensed is seen, greyed out, with whom to ask.

use super::{State, fake, harness_of, sent};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use fake::Fake;
use lotse_console::settings::Settings;
use lotse_engine::Capability;
use lotse_ui::samples;
use std::path::Path;
use std::sync::Arc;

/// Has a menu of its own.
const SEVERAL: &str = "lotse.multi-chat";

/// Id, English name and what it asks for, of each.
fn add_ons() -> Vec<(String, String, Vec<Capability>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let manifests = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path().join("plugin.json"));
    let read = |place| -> Option<(String, String, Vec<Capability>)> {
        let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(place).ok()?).ok()?;
        manifest["feature"].as_str()?;
        let asks = manifest["capabilities"].as_array().into_iter().flatten();
        let asks = asks.filter_map(|of| Capability::from_interface_name(of["name"].as_str()?)).collect();
        Some((manifest["id"].as_str()?.to_owned(), manifest["name"]["en"].as_str()?.to_owned(), asks))
    };
    manifests.filter_map(read).collect()
}

/// The session's window with this menu open, where nothing is licensed.
fn opened(menu: &str) -> (Harness<'static, State>, Fake) {
    let mut view = fake::page("session", false);
    let session = view.sessions.first_mut().unwrap();
    Arc::make_mut(&mut session.view).plugins =
        add_ons().iter().map(|(id, name, asks)| samples::unlicensed(id, name, asks)).collect();
    let core = Fake::new(view);
    let settings = Settings { language: Some("en".into()), theme: "light".into(), ..Settings::default() };
    let mut harness = harness_of(&core, settings);
    harness.get_by_label(menu).click();
    harness.run_steps(4);
    (harness, core)
}

fn expect_greyed(harness: &Harness<'_, State>, name: &str) {
    let label = format!("{name}, is not in your licence. Ask licences@acme.example.");
    assert!(harness.get_by_label(&label).accesskit_node().is_disabled(), "{label}");
}

#[test]
fn l1_each_add_on_that_is_not_licensed_stands_greyed_with_whom_to_ask() {
    let (harness, core) = opened("Tools");
    let here = add_ons().into_iter().filter(|(id, ..)| id != SEVERAL).collect::<Vec<_>>();
    assert!(here.len() > 3, "{here:?}");
    here.iter().for_each(|(_, name, _)| expect_greyed(&harness, name));
    assert!(sent(&core).is_empty());
}

#[test]
fn l1_several_sessions_stand_greyed_where_they_would_be_arranged() {
    if !add_ons().iter().any(|(id, ..)| id == SEVERAL) {
        return;
    }
    let (harness, _core) = opened("Arrange");
    for name in ["Cascade", "Tile"] {
        expect_greyed(&harness, name);
    }
}
