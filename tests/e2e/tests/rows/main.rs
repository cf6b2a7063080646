//! The requirements' rows, shown on the real three programs and two X servers. A test's name begins with its row's ID.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod annotations;
mod api;
mod bad_files;
mod bad_input;
mod blocked;
mod center;
mod center_live;
mod center_pages;
mod composited;
mod computer;
mod consent_word;
mod console_again;
mod copied;
mod covered;
mod customer;
mod customers_window;
mod dial;
mod disk_and_clock;
mod displays_and_drivers;
mod drawing_places;
mod drawing_shown;
mod files;
mod files_after_a_break;
mod files_beside;
mod files_by_hand;
mod files_held;
mod hand_made;
mod hand_made_chat;
mod hand_made_files;
mod hand_over_told;
mod handoff;
mod http;
mod keys;
mod lasting;
mod liar;
mod licences;
mod links;
mod lying_relay;
mod managers;
mod multi_chat;
mod network;
mod notes;
mod operating;
mod other_ends;
mod other_sessions;
mod page;
mod pages;
mod plugins;
mod portal;
mod portal_access;
mod portal_tabs;
mod questions;
mod queued_sessions;
mod restart_words;
mod screens;
mod screenshots;
mod seats;
mod second_factor;
mod second_rep;
mod set_up_code;
mod share_my_screen;
mod sharing;
mod strangers;
mod talk;
mod team_replies;
mod two_screens;
mod unlicensed;
mod unread_alert;
mod vanishing;
mod versions;
mod viewing;
mod whole_day;

use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage};

/// A running session: the customer on one display, the rep on another.
pub struct Session {
    pub rep: Program,
    pub customer: Program,
    pub desk: Display,
    pub office: Display,
    pub stage: Stage,
}

/// Everything allowed ahead.
pub const ALL: &str = "view,control,clipboard";

impl Session {
    /// With consent given ahead for `allow`; empty: the customer has said yes to the session by hand.
    pub fn start(allow: &str, rep: &[&str]) -> Self {
        Self::start_sized((1024, 768), (1280, 900), allow, rep)
    }

    pub fn start_sized(customer: (u32, u32), office: (u32, u32), allow: &str, rep: &[&str]) -> Self {
        let desk = Display::start(customer.0, customer.1).unwrap();
        let office = Display::start(office.0, office.1).unwrap();
        let stage = Stage::start().unwrap();
        let rep = stage.rep(&office, &RepOptions { arguments: rep.to_vec() }).unwrap();
        let code = stage.code().unwrap();
        let customer = stage.customer(&desk, &code, &CustomerOptions { allow, ..CustomerOptions::default() }).unwrap();
        if allow.is_empty() {
            customer.expect("prompt", 60, |event| event["kind"] == "begin").unwrap();
            customer::answer(&desk, true);
        }
        rep.expect_state("active", 60).unwrap();
        customer.expect_state("active", 10).unwrap();
        Self { rep, customer, desk, office, stage }
    }

    /// The picture alone fills the office display, one to one.
    pub fn bare(allow: &str, more: &[&str]) -> Self {
        let mut arguments = vec!["--view", "--viewer-geometry", "1024x768+0+0", "--viewer-bare", "--scale", "1"];
        arguments.extend(more);
        let session = Self::start_sized((1024, 768), (1024, 768), allow, &arguments);
        session.picture_is_there();
        let mut session = session;
        if more.contains(&"--control") {
            session.rep.expect_node("viewer", 20, |node| node["id"] == "control" && node["on"] == true).unwrap();
        }
        session
    }

    pub fn picture_is_there(&self) {
        self.rep.expect("surface", 30, |event| event["width"].as_u64().unwrap_or(0) > 0).unwrap();
    }

    /// Waits until the rep's display shows the customer's screen, every pixel of it.
    pub fn expect_exact(&self, why: &str) {
        let mut share = 0.0;
        let exact = lotse_e2e::wait_for(20, why, || {
            let (desk, office) = (self.desk.picture().ok()?, self.office.picture().ok()?);
            share = office.share_equal(&desk, 0, 0);
            (share >= 1.0).then_some(())
        });
        if exact.is_err() {
            let folder = lotse_e2e::stage::programs().unwrap();
            let _ = self.desk.picture().unwrap().save_png(&folder.join("lotse-desk.png"));
            let _ = self.office.picture().unwrap().save_png(&folder.join("lotse-office.png"));
        }
        exact.unwrap_or_else(|problem| {
            panic!("{problem}; equal: {share}\nrep: {}\ncustomer: {}", self.rep.errors(), self.customer.errors())
        });
    }
}
