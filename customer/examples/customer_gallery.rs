//! Every page of the customer's window over views made by hand: `customer_gallery PAGE [light|dark] [en|de]`. Without a page it
//! lists them. For screenshots and for looking at a change without a relay.

#[path = "../tests/window/fake.rs"]
mod fake;

use lotse_ui::text::{Language, set_language};
use lotse_ui::theme::ThemeChoice;
use std::cell::RefCell;
use std::rc::Rc;

fn main() -> eframe::Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let page = words.first().cloned().unwrap_or_default();
    let pages = [&fake::PAGES[..], &fake::WINDOWS].concat();
    if !pages.contains(&page.as_str()) {
        println!("{}", pages.join("\n"));
        return Ok(());
    }
    let theme = words.get(1).and_then(|word| ThemeChoice::from_word(word)).unwrap_or_default();
    let language = words.get(2).and_then(|word| Language::from_tag(word)).unwrap_or_default();
    set_language(language);
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lotse")
        .with_icon(lotse_ui::brand::icon())
        .with_inner_size(lotse_customer::start::WINDOW_SIZE);
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "gallery",
        native,
        Box::new(move |context| {
            let view = fake::page(&page, language == Language::German);
            let core = fake::Fake { view: Rc::new(RefCell::new(view)), sent: Rc::default() };
            Ok(Box::new(fake::window(&page, &context.egui_ctx, core, theme)))
        }),
    )
}
