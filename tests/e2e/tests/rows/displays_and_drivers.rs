//! A display that goes away under a running session, and drivers that are not what they should be.

use crate::network::say_and_hear;
use crate::{ALL, Session};
use lotse_e2e::hands::Hands;
use lotse_e2e::{CustomerOptions, Display, RepOptions, Stage, wait_for};
use std::path::Path;
use std::process::Command;

/// Processes whose command line names this folder, the programs' own children among them.
fn processes_in(folder: &Path) -> Vec<String> {
    let wanted = folder.display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).filter(|line| line.contains(&wanted)).collect()
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn a_customers_display_that_goes_away_ends_the_program_and_the_rep_is_told() {
    let session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    let Session { rep, mut customer, mut desk, office: _office, stage } = session;
    let mark = rep.mark();
    desk.vanish().unwrap();
    rep.expect_after(mark, "session-state", 60, |event| event["state"] == "lost" || event["state"] == "ended").unwrap();
    // Without a display there is no window to say stop in, so nothing may go on behind it.
    let status = customer.wait_end(60).unwrap();
    assert!(!status.success(), "it did not end as if all had gone well: {status}");
    assert!(!customer.errors().is_empty(), "it says why");
    let data = stage.folder().join("customer");
    wait_for(10, "every process of it to be gone", || processes_in(&data).is_empty().then_some(()))
        .unwrap_or_else(|problem| panic!("{problem}: {:?}", processes_in(&data)));
}

#[test]
#[cfg_attr(not(plugin = "screen-sharing"), ignore = "needs the plugin screen-sharing")]
fn a_reps_display_that_goes_away_ends_the_console_and_the_customer_is_told() {
    let session = Session::start(ALL, &["--view"]);
    session.picture_is_there();
    let Session { mut rep, customer, desk, mut office, stage } = session;
    let mark = customer.mark();
    office.vanish().unwrap();
    let told = |event: &serde_json::Value| event["state"] == "lost" || event["state"] == "ended";
    customer.expect_after(mark, "session-state", 60, told).unwrap();
    rep.wait_end(60).unwrap();
    assert!(!rep.errors().is_empty(), "it says why");
    drop(customer);
    let office = Display::start(1280, 900).unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let options = CustomerOptions { allow: ALL, data: "afterwards", ..CustomerOptions::default() };
    let _customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 60).unwrap();
}

/// The customer turns the screen, so to speak, while the rep steers: what is clicked is what is seen.
#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn v2_clicks_land_where_they_are_seen_after_the_display_changed_its_size() {
    let mut session = Session::bare(ALL, &["--control"]);
    session.expect_exact("the first picture");
    session.desk.resize(800, 600).unwrap();
    session.rep.expect("surface", 30, |event| event["width"] == 800 && event["height"] == 600).unwrap();
    let (office, desk) = (Hands::on(&session.office).unwrap(), Hands::on(&session.desk).unwrap());
    let mut at = (0, 0);
    wait_for(20, "the pointer to follow", || {
        office.move_to(730, 540).ok()?;
        office.move_to(740, 550).ok()?;
        std::thread::sleep(std::time::Duration::from_millis(150));
        at = desk.pointer().ok()?;
        (at == (740, 550)).then_some(())
    })
    .unwrap_or_else(|problem| panic!("{problem}: it is at {at:?}"));
    say_and_hear(&mut session, "smaller, but all there");
}

/// A session in which the customer's program finds these drivers: the rep is told that there is no picture, the chat
/// works, and the customer's program names the file and says what to do.
fn with_drivers(prepare: impl Fn(&Path), words: &[&str]) {
    let (desk, office) = (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap());
    let stage = Stage::start().unwrap();
    let drivers = tempfile::tempdir().unwrap();
    prepare(drivers.path());
    let rep = stage.rep(&office, &RepOptions { arguments: vec!["--view"] }).unwrap();
    let arguments = vec!["--drivers", drivers.path().to_str().unwrap()];
    let options = CustomerOptions { allow: ALL, arguments, ..CustomerOptions::default() };
    let customer = stage.customer(&desk, &stage.code().unwrap(), &options).unwrap();
    rep.expect_state("active", 60).unwrap();
    customer.expect_state("active", 20).unwrap();
    let told = |event: &serde_json::Value| event["body"].as_str().is_some_and(|body| body.contains("captured"));
    rep.expect("notice", 30, told).unwrap();
    for words in words {
        assert!(customer.errors().contains(words), "{words}: {}", customer.errors());
    }
    let mut session = Session { rep, customer, desk, office, stage };
    say_and_hear(&mut session, "no picture, but words");
    assert!(!session.rep.events().iter().any(|event| event["event"] == "surface" && event["width"].as_u64() > Some(0)));
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn p7_a_text_file_in_a_drivers_place_is_named_and_the_chat_works() {
    with_drivers(
        |folder| std::fs::write(folder.join("liblotse_driver_x11.so"), "this is no library\n").unwrap(),
        &["liblotse_driver_x11.so cannot be loaded", "Install it again"],
    );
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn p7_a_driver_of_another_interface_version_is_named_and_the_chat_works() {
    with_drivers(
        |folder| {
            compile(
                folder,
                "liblotse_driver_x11.so",
                "#include <stdint.h>
                 static const struct { uint16_t major, minor; uint32_t bytes; const void *rest[6]; } table = { 2, 0, 64 };
                 const void *lotse_driver_entry(void) { return &table; }",
            )
        },
        &["liblotse_driver_x11.so speaks version 2", "Install the driver that came with this program"],
    );
}

#[test]
#[cfg_attr(not(all(plugin = "chat", plugin = "screen-sharing")), ignore = "needs the plugins chat and screen-sharing")]
fn p7_a_library_that_is_no_driver_is_named_and_the_chat_works() {
    with_drivers(
        |folder| compile(folder, "liblotse_driver_x11.so", "int something(void) { return 1; }"),
        &["liblotse_driver_x11.so is not a Lotse driver", "install the right file"],
    );
}

fn compile(folder: &Path, file: &str, source: &str) {
    // Beside the folder's name pattern, so that the source is no driver itself.
    let c_file = folder.join("driver.c");
    std::fs::write(&c_file, source).unwrap();
    let out = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(folder.join(file)).arg(&c_file).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}
