//! Pictures of the customer's pages in a real browser: light and English, dark and German, on a desk and on a telephone.

use crate::Result;
use lotse_e2e::browser::Browser;
use lotse_e2e::chromium::Setup;
use lotse_e2e::{Chromium, Display, RepOptions, Stage};
use std::path::Path;

/// Name and size of what pages are looked at on.
const SCREENS: [(&str, u32, u32); 2] = [("desk", 1280, 900), ("phone", 390, 844)];
const WINDOWS: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

/// A browser in one look, and how its pictures are called.
struct Look<'a> {
    browser: Chromium,
    name: &'static str,
    folder: &'a Path,
}

impl Look<'_> {
    /// The whole page on each screen.
    fn save(&self, what: &str) -> Result {
        for (screen, width, height) in SCREENS {
            self.browser.resize(width, height)?;
            let tall = self.browser.run("return document.documentElement.scrollHeight", &serde_json::json!([]))?;
            let tall = tall.as_u64().and_then(|tall| u32::try_from(tall).ok()).unwrap_or(height);
            self.browser.resize(width, tall.max(height))?;
            self.browser.screenshot(&self.folder.join(format!("page-{what}-{screen}-{}.png", self.name)))?;
        }
        Ok(())
    }
}

/// Into `folder`.
pub fn pictures(folder: &Path) -> Result {
    let mut stage = Stage::start()?;
    // Takes the links that the pages open; nobody would see a browser's question.
    let _desktop = Browser::beside(&mut stage)?;
    stage.operate(&["portal", "add", "--account", "Acme", "--slug", "acme", "--name", "Acme Support"])?;
    let origin = stage.url.split('#').next().unwrap_or_default().to_owned();
    let page = format!("{origin}/p/acme");
    let look = |language, dark, name, agent| -> Result<Look<'_>> {
        let setup = Setup { language, agent, opens: &origin, environment: &stage.environment, ..Setup::default() };
        let browser = Chromium::start(setup)?;
        browser.prefer_dark(dark)?;
        Ok(Look { browser, name, folder })
    };
    let looks = [look("en", false, "light-en", "")?, look("de", true, "dark-de", "")?];
    for look in &looks {
        let Look { browser, .. } = look;
        browser.open(&origin)?;
        look.save("relay")?;
        browser.type_into("#typed", "482 913 5207")?;
        browser.click("#code-form button")?;
        browser.expect("#code", 20)?;
        look.save("steps")?;
        browser.open(&page)?;
        browser.expect("#message-form", 20)?;
        look.save("nobody")?;
    }
    let elsewhere = look("en", false, "light-en", WINDOWS)?;
    elsewhere.browser.open(&page)?;
    elsewhere.save("other-system")?;

    let office = Display::start(1280, 900)?;
    let _rep = stage.rep(&office, &RepOptions::default())?;
    for look in &looks {
        let Look { browser, .. } = look;
        browser.expect("#ask-form", 60)?;
        browser.type_into("#ask-name", "K. Weber")?;
        browser.type_into("#ask-text", "The printer stays silent")?;
        look.save("ask")?;
        browser.click("#ask-form button")?;
        browser.expect("#wait-words", 20)?;
        look.save("wait")?;
    }
    Ok(())
}
