//! Who is in the film and where: the rep, the customer and what both have before them, a customer who waits, and a colleague
//! who comes later.

use super::hand;
use super::words::Words;
use crate::Result;
use crate::props::Props;
use lotse_e2e::detour::Detour;
use lotse_e2e::hands::Hands;
use lotse_e2e::{CustomerOptions, Display, Picture, Program, RepOptions, Stage, wait_for};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Size of every display.
const SIZE: (u32, u32) = (1280, 900);
pub const WEBER: &str = "K. Weber";
pub const ORTIZ: &str = "J. Ortiz";
/// Has a menu bar with two menus; the others have one.
const MULTI_CHAT: &str = "lotse.multi-chat";
/// What the displays of people at work are painted with.
pub const WALL: u32 = 0x003b_4a5a;
/// Between two displays in a picture.
const GAP: usize = 12;

/// Programs end before their displays.
pub struct Cast {
    pub words: &'static Words,
    pub rep: Program,
    /// K. Weber, behind a line that can be made narrow.
    pub customer: Program,
    /// J. Ortiz, whose session is there from the beginning, beneath.
    pub ortiz: Program,
    pub bo: Option<Program>,
    pub line: Detour,
    pub stage: Stage,
    _props: Props,
    pub office: Display,
    pub desk: Display,
    /// Bo's.
    pub branch: Display,
    _home: Display,
}

/// The title of somebody's session.
pub fn session_of(name: &str) -> String {
    format!("{name} \u{b7} Lotse")
}

impl Cast {
    /// Both customers are in their sessions, and the windows are in their places. Scripts steer the newest session, K.
    /// Weber's.
    pub fn gather(words: &'static Words) -> Result<Self> {
        let display = || Display::with_pointer(SIZE.0, SIZE.1);
        let (office, desk, branch, home) = (display()?, display()?, display()?, display()?);
        let props = Props::on(&desk);
        for at_work in [&office, &branch] {
            let painted = Command::new("xsetroot").args(["-solid", "#3b4a5a"]).env("DISPLAY", at_work.name()).status();
            painted.map_err(|problem| format!("xsetroot: {problem}"))?;
        }
        let mut stage = Stage::start()?;
        for name in ["LANG", "LC_MESSAGES"] {
            stage.environment.push((name.to_owned(), words.locale.to_owned()));
        }
        let mut rep = stage.rep(&office, &RepOptions::default())?;
        let code = stage.code()?;
        let options = CustomerOptions { name: ORTIZ, data: "ortiz", ..CustomerOptions::default() };
        let ortiz = stage.customer(&home, &code, &options)?;
        begin(&ortiz, &home)?;
        rep.expect_state("active", 60)?;

        let code = stage.next_code(&mut rep)?;
        let (control, packets) = addresses(&stage)?;
        let line = Detour::before(control, packets)?;
        let behind = line.url(&stage.url)?;
        let straight = std::mem::replace(&mut stage.url, behind);
        let mark = rep.mark();
        let customer = stage.customer(&desk, &code, &CustomerOptions { name: WEBER, ..CustomerOptions::default() })?;
        stage.url = straight;
        begin(&customer, &desk)?;
        rep.expect_after(mark, "session-state", 60, |event| event["state"] == "active")?;
        let cast = Self {
            words,
            rep,
            customer,
            ortiz,
            bo: None,
            line,
            stage,
            _props: props,
            office,
            desk,
            branch,
            _home: home,
        };
        cast.arrange()?;
        Ok(cast)
    }

    fn arrange(&self) -> Result {
        let office = Hands::on(&self.office)?;
        office.place_window(office.id_of("Lotse")?, 600, 610, 664, 270)?;
        // The second one lies over the first.
        for name in [ORTIZ, WEBER] {
            office.place(&session_of(name), 12, 24, 568, 850)?;
            hand::pause(700);
        }
        let desk = Hands::on(&self.desk)?;
        desk.place_window(desk.id_of("Lotse")?, 880, 60, 380, 800)
    }

    /// Writes what is on the displays now beside one another.
    pub fn take(&self, file: &Path) -> Result {
        let colleague = self.bo.as_ref().map(|_| &self.branch);
        let displays: Vec<&Display> = [&self.office, &self.desk].into_iter().chain(colleague).collect();
        for display in &displays {
            hand::rest(display)?;
        }
        let pictures: Vec<Picture> = displays.iter().map(|display| display.picture()).collect::<Result<_>>()?;
        beside(&pictures).save_png(file)
    }

    /// Waits until the rep can use a node.
    pub fn ready(&mut self, place: &str, node: &str) -> Result {
        self.rep.expect_node(place, 30, |found| found["id"] == node && found["enabled"] != false).map(drop)
    }

    /// The rep uses a node for which the customer is asked.
    pub fn ask(&mut self, access: &str, plugin: &str, node: &str, with: Value) -> Result {
        let mark = self.customer.mark();
        self.rep.act(plugin, node, with)?;
        self.customer.expect_after(mark, "prompt", 30, |event| event["access"] == access).map(drop)
    }

    /// The same, and they say yes.
    pub fn ask_and_allow(&mut self, access: &str, plugin: &str, node: &str, with: Value) -> Result {
        let mark = self.customer.mark();
        self.ask(access, plugin, node, with)?;
        hand::allow(&self.desk)?;
        let granted = |event: &Value| event["access"] == access && event["state"] == "granted";
        self.customer.expect_after(mark, "consent", 30, granted).map(drop)
    }

    /// A file of the rep's is offered to the customer, who is asked. Where it will be.
    pub fn offer(&mut self, name: &str, bytes: usize) -> Result<PathBuf> {
        let folder = self.stage.folder().join("manuals");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(name);
        std::fs::write(&file, noise(bytes))?;
        let mark = self.customer.mark();
        self.rep.tell(&json!({ "do": "drop", "place": "chat", "paths": [file] }))?;
        let question = self.customer.expect_after(mark, "file-question", 30, |_| true)?;
        let place = question["place"].as_str().filter(|place| !place.is_empty());
        Ok(PathBuf::from(place.ok_or("no folder is proposed to the customer")?).join(name))
    }

    /// Where a plugin's menu stands in the menu bar of K. Weber's session; the host's first is 0.
    pub fn menu_of(&mut self, plugin: &str) -> Result<usize> {
        let menus = self.menus()?;
        let at = menus.iter().position(|(_, of)| of == plugin);
        Ok(at.ok_or_else(|| format!("{plugin} has no menu"))? + 1)
    }

    /// The same of the host's menu after those of plugins.
    pub fn tools_menu(&mut self) -> Result<usize> {
        Ok(self.menus()?.len() + 1)
    }

    /// Labels of plugins' menus and whose they are. Menus of one label are one.
    fn menus(&mut self) -> Result<Vec<(String, String)>> {
        let mark = self.rep.mark();
        self.rep.tell(&json!({ "do": "look", "place": "menu" }))?;
        let told = self.rep.expect_after(mark, "place", 10, |event| event["place"] == "menu")?;
        let mut menus: Vec<(String, String)> = Vec::new();
        for of in told["shown"].as_array().into_iter().flatten() {
            let plugin = of["plugin"].as_str().unwrap_or_default();
            // What comes after the first lies within it, but for the plugin with several.
            let most = if plugin == MULTI_CHAT { usize::MAX } else { 1 };
            let nodes = of["nodes"].as_array().into_iter().flatten().filter(|node| node["kind"] == "menu");
            for label in nodes.take(most).filter_map(|node| node["label"].as_str()) {
                if !menus.iter().any(|(known, _)| known == label) {
                    menus.push((label.to_owned(), plugin.to_owned()));
                }
            }
        }
        Ok(menus)
    }

    /// The colleague, who is signed in.
    pub fn bo(&mut self) -> Result<&mut Program> {
        Ok(self.bo.as_mut().ok_or("the colleague is not there")?)
    }
}

/// Waits until a file has arrived, whole.
pub fn received(file: &Path, bytes: usize) -> Result {
    wait_for(120, &format!("{} to arrive", file.display()), || {
        let there = std::fs::metadata(file).ok()?;
        (usize::try_from(there.len()) == Ok(bytes)).then_some(())
    })
}

fn begin(customer: &Program, display: &Display) -> Result {
    customer.expect("prompt", 60, |event| event["kind"] == "begin")?;
    hand::allow(display)?;
    customer.expect_state("active", 60).map(drop)
}

/// Where the relay listens: control connections and packets.
fn addresses(stage: &Stage) -> Result<(SocketAddr, SocketAddr)> {
    let ready: Value = serde_json::from_slice(&std::fs::read(stage.folder().join("ready.json"))?)?;
    let control = ready["control"].as_str().ok_or("the relay told no address")?;
    let packets = ready["udp"].as_str().ok_or("the relay told no address for packets")?;
    Ok((control.trim_start_matches("https://").parse()?, packets.parse()?))
}

/// Bytes that nothing makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [.., last] = state.to_le_bytes();
        last
    };
    (0..length).map(|_| next()).collect()
}

fn beside(pictures: &[Picture]) -> Picture {
    let height = pictures.iter().map(|picture| picture.height).max().unwrap_or(0);
    let width = pictures.iter().map(|picture| picture.width + GAP).sum::<usize>().saturating_sub(GAP);
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for (index, picture) in pictures.iter().enumerate() {
            pixels.extend(std::iter::repeat_n(0, if index == 0 { 0 } else { GAP }));
            pixels.extend((0..picture.width).map(|x| picture.at(x, y).unwrap_or(0)));
        }
    }
    Picture { width, height, pixels }
}
