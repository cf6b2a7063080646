//! What stands on the desktop after links were registered, and after that was taken back.

#![allow(clippy::unwrap_used)]

use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};
use tempfile::TempDir;

const PROGRAM: &str = "/opt/My Lotse/lotse-customer";
const OTHERS: &str =
    "[Added Associations]\nx-scheme-handler/lotse=other.desktop\n\n[Default Applications]\ntext/html=b.desktop\n";

fn desk() -> (Desk, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (share, config) = (folder.path().join("share/applications"), folder.path().join("config"));
    fs::create_dir_all(&config).unwrap();
    (Desk::of(share, config.join("mimeapps.list"), &config.join("lotse-customer")), folder)
}

#[test]
fn c3_links_start_the_program_and_it_is_taken_back_whole() {
    let (desk, _folder) = desk();
    let program = Path::new(PROGRAM);
    fs::write(&desk.defaults, OTHERS).unwrap();
    for _ in 0..2 {
        desk.register(program).unwrap();
        assert!(desk.is_registered(program));
        let list = fs::read_to_string(&desk.defaults).unwrap();
        assert!(list.contains("[Default Applications]\nx-scheme-handler/lotse=lotse-customer.desktop\ntext/html"));
        assert_eq!(list.matches("lotse-customer.desktop").count(), 1, "{list}");
    }
    let entry = fs::read_to_string(desk.applications.join(ENTRY)).unwrap();
    assert!(entry.contains("Exec=\"/opt/My Lotse/lotse-customer\" %u\n"), "{entry}");
    assert!(entry.contains("MimeType=x-scheme-handler/lotse;\n"));
    for _ in 0..2 {
        desk.unregister().unwrap();
        assert!(!desk.is_registered(program));
        assert_eq!(fs::read_to_string(&desk.defaults).unwrap(), OTHERS);
    }
}

/// Scar: who had another program for these links had none after `--unregister`.
#[test]
fn c3_the_program_of_before_is_put_back() {
    let (desk, _folder) = desk();
    let before =
        format!("{OTHERS}x-scheme-handler/lotse = other.desktop;third.desktop;\nx-scheme-handler/tel=c.desktop\n");
    fs::write(&desk.defaults, &before).unwrap();
    for place in [PROGRAM, "/elsewhere/lotse-customer"] {
        desk.register(Path::new(place)).unwrap();
    }
    assert!(!fs::read_to_string(&desk.defaults).unwrap().contains("third.desktop"));
    desk.unregister().unwrap();
    assert_eq!(fs::read_to_string(&desk.defaults).unwrap(), before);
    assert!(!desk.replaced.exists(), "nothing is left of it");
}

#[test]
fn c3_a_program_that_came_since_keeps_its_place() {
    let (desk, _folder) = desk();
    fs::write(&desk.defaults, format!("{OTHERS}{KEY}=other.desktop\n")).unwrap();
    desk.register(Path::new(PROGRAM)).unwrap();
    let since = format!("{OTHERS}{KEY}=newer.desktop\n");
    fs::write(&desk.defaults, &since).unwrap();
    desk.unregister().unwrap();
    assert_eq!(fs::read_to_string(&desk.defaults).unwrap(), since);
}

#[test]
fn c3_a_list_behind_a_link_is_written_there_and_keeps_its_rights() {
    let (desk, folder) = desk();
    let real = folder.path().join("dotfiles/mimeapps.list");
    fs::create_dir_all(real.parent().unwrap()).unwrap();
    symlink("../dotfiles/mimeapps.list", &desk.defaults).unwrap();
    for there in [false, true] {
        if there {
            fs::write(&real, OTHERS).unwrap();
            fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        }
        desk.register(Path::new(PROGRAM)).unwrap();
        assert!(fs::symlink_metadata(&desk.defaults).unwrap().file_type().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains(&ours()));
    }
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    desk.unregister().unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), OTHERS);
}

#[test]
fn c3_it_is_offered_once_and_again_when_the_program_was_moved() {
    let (desk, _folder) = desk();
    let (here, there) = (Path::new(PROGRAM), Path::new("/elsewhere/lotse-customer"));
    assert!(!desk.was_offered(here));
    desk.note_offer(here).unwrap();
    assert!(desk.was_offered(here) && desk.was_offered(there), "nobody is pushed");
    desk.register(here).unwrap();
    assert!(desk.is_registered(here) && !desk.is_registered(there));
    assert!(!desk.was_offered(there), "links start a program that is gone");
    desk.note_offer(there).unwrap();
    assert!(desk.was_offered(there));
}

#[test]
fn a_list_that_is_not_there_is_made_and_another_program_keeps_its_place() {
    let made = format!("{SECTION}\n{KEY}={ENTRY}\n");
    assert_eq!(with_default("", Some(&ours())), made);
    let others = format!("{SECTION}\n{KEY}=other.desktop;\n");
    assert_eq!(with_default(&others, Some(&ours())), made);
    assert_eq!(with_default(&made, None), format!("{SECTION}\n"));
}

/// As the Desktop Entry Specification has it: once for the quotes, and once more for the string that the line is.
#[test]
fn a_program_in_a_place_of_any_name_is_quoted() {
    for (place, exec) in [
        ("/a$b/100%/x", r#""/a\\$b/100%%/x" %u"#),
        ("/a\"b/x", r#""/a\\"b/x" %u"#),
        ("/a`b/x", r#""/a\\`b/x" %u"#),
        ("/a\\b/x", r#""/a\\\\b/x" %u"#),
    ] {
        let entry = entry(place).unwrap();
        assert_eq!(exec_of(&entry), Some(exec), "{place}");
    }
    assert_eq!(entry("/a\nExec=evil"), None);
}
