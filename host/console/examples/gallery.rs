//! Every window of the console over views made by hand: `gallery PAGE [light|dark] [en|de] [percent]`. Without a page it
//! lists them. For screenshots and for looking at a change without a relay.

#[path = "../tests/windows/fake.rs"]
mod fake;
#[path = "gallery/picture.rs"]
mod picture;

use lotse_console::app::Console;
use lotse_console::settings::{Settings, Store};

fn main() -> eframe::Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |index: usize, otherwise: &str| words.get(index).cloned().unwrap_or_else(|| otherwise.to_owned());
    let page = word(0, "");
    if !fake::PAGES.contains(&page.as_str()) {
        println!("{}", fake::PAGES.join("\n"));
        return Ok(());
    }
    let lang = word(2, "en");
    let arrangement = if page == "stack" { "stack" } else { "apart" };
    let settings = Settings {
        relay: "https://relay.acme.example".into(),
        user: "anna.berg@acme.example".into(),
        theme: word(1, "light"),
        language: Some(lang.clone()),
        scale_percent: word(3, "100").parse().unwrap_or(100),
        arrangement: arrangement.to_owned(),
        ..Settings::default()
    };
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lotse")
        .with_icon(lotse_ui::brand::icon())
        .with_inner_size(settings.list_size);
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "gallery",
        native,
        Box::new(move |context| {
            let core = fake::Fake::new(fake::page(&page, lang == "de"));
            let viewer = if page == "viewer" { picture::show(1) } else { None };
            let (viewer, sink) = viewer.unzip();
            let mut console = Console::new(&context.egui_ctx, Box::new(core), viewer, Store::in_memory(settings));
            // The picture stays as long as its sink.
            std::mem::forget(sink);
            match page.as_str() {
                "preferences" | "preferences-second-factor" => console.open_preferences(),
                "monitor" => console.open_monitor(),
                "help" => console.open_help(),
                "sessions" => console.show_sessions(),
                _ => {}
            }
            Ok(Box::new(console))
        }),
    )
}
