//! Folders and files that are not as they should be.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use lotse_drivers::{DriverError, DriverErrorKind, DriverSet};
use support::driver_folder;

fn compile(folder: &Path, file: &str, source: &str) {
    let c_file = folder.join("driver.c");
    std::fs::write(&c_file, source).unwrap();
    let status =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(folder.join(file)).arg(&c_file).status().unwrap();
    assert!(status.success());
}

/// A driver in C whose table begins like ours; `rest` is what follows the strings.
fn driver_in_c(abi_major: u16, bytes: usize, name: &str, extra: &str) -> String {
    format!(
        "#include <stdint.h>\n#include <stddef.h>\n{extra}\n
         struct table {{ uint16_t major, minor; uint32_t bytes; const char *name, *version;
                         const void *capture, *input, *clipboard; void *last_error; }};
         #ifndef CAPTURE\n#define CAPTURE 0\n#endif
         static const struct table table = {{ {abi_major}, 7, {bytes}, \"{name}\", \"0.0.1\", CAPTURE, 0, 0, 0 }};
         const struct table *lotse_driver_entry(void) {{ return &table; }}"
    )
}

#[test]
fn the_drivers_of_this_build_load_best_first() {
    let set = DriverSet::load(&driver_folder()).unwrap();
    assert_eq!(set.problems(), []);
    let names: Vec<_> = set.drivers().map(|info| info.name.as_str()).collect();
    assert_eq!(names, ["x11", "scrap"]);
    let parts: Vec<_> = set.drivers().map(|info| (info.capture, info.input, info.clipboard)).collect();
    assert_eq!(parts, [(true, true, true), (true, false, false)]);
    let captures: Vec<_> = set.captures().map(|driver| driver.name().to_owned()).collect();
    assert_eq!(captures, ["x11", "scrap"]);
    assert!(DriverSet::load_default().is_ok());
}

#[test]
fn missing_and_empty_folders_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere");
    assert_eq!(DriverSet::load(&missing).unwrap_err(), DriverError::FolderMissing { folder: missing });
    let error = DriverSet::load(folder.path()).unwrap_err();
    assert!(matches!(error, DriverError::NoDrivers { .. }), "{error}");
    assert!(error.to_string().contains("Install"), "{error}");
    assert_eq!(error.kind(), DriverErrorKind::Installation);
}

#[test]
fn garbage_is_told_and_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("liblotse_driver_garbage.so");
    let real = std::fs::read(driver_folder().join("liblotse_driver_scrap.so")).unwrap();
    // Nothing, text, and the first part of a library.
    for bytes in [&b""[..], b"not a library", &real[..4096]] {
        std::fs::write(&garbage, bytes).unwrap();
        let error = DriverSet::load(folder.path()).unwrap_err();
        assert!(matches!(error, DriverError::Unloadable { .. }), "{error}");
    }
    std::fs::copy(driver_folder().join("liblotse_driver_x11.so"), folder.path().join("liblotse_driver_x11.so"))
        .unwrap();
    let set = DriverSet::load(folder.path()).unwrap();
    assert_eq!(set.drivers().count(), 1);
    assert!(matches!(set.problems(), [DriverError::Unloadable { .. }]));
}

#[test]
fn a_library_that_is_no_driver_is_told() {
    let folder = tempfile::tempdir().unwrap();
    compile(folder.path(), "liblotse_driver_other.so", "int something(void) { return 1; }");
    let error = DriverSet::load(folder.path()).unwrap_err();
    assert!(matches!(error, DriverError::NotADriver { .. }), "{error}");
    compile(folder.path(), "liblotse_driver_other.so", "const void *lotse_driver_entry(void) { return 0; }");
    let folder = tempfile::tempdir().unwrap();
    compile(folder.path(), "liblotse_driver_null.so", "const void *lotse_driver_entry(void) { return 0; }");
    let error = DriverSet::load(folder.path()).unwrap_err();
    assert!(matches!(error, DriverError::NotADriver { .. }), "{error}");
}

#[test]
fn another_version_of_the_interface_is_told() {
    let folder = tempfile::tempdir().unwrap();
    compile(folder.path(), "liblotse_driver_new.so", &driver_in_c(2, 64, "new", ""));
    let error = DriverSet::load(folder.path()).unwrap_err();
    assert!(matches!(error, DriverError::WrongAbi { found: 2, wanted: 1, .. }), "{error}");
}

#[test]
fn a_driver_under_a_wrong_name_is_told() {
    let folder = tempfile::tempdir().unwrap();
    compile(folder.path(), "liblotse_driver_one.so", &driver_in_c(1, 64, "two", ""));
    let error = DriverSet::load(folder.path()).unwrap_err();
    assert!(matches!(&error, DriverError::WrongName { name, .. } if name == "two"), "{error}");
}

/// An older driver's shorter table is read as far as it goes; what it lacks is unsupported and not called.
#[test]
fn a_shorter_table_lacks_what_it_does_not_have() {
    let folder = tempfile::tempdir().unwrap();
    compile(folder.path(), "liblotse_driver_old.so", &driver_in_c(1, 24, "old", "#define CAPTURE ((void *)1)"));
    let set = DriverSet::load(folder.path()).unwrap();
    let info = set.drivers().next().unwrap();
    assert_eq!((info.name.as_str(), info.version.as_str(), info.capture), ("old", "0.0.1", false));
    let error = set.best_capture().unwrap_err();
    assert_eq!(error.kind(), DriverErrorKind::Unsupported, "{error}");
    assert!(set.open_input().is_err() && set.open_clipboard().is_err());
}

/// A driver that lies about sizes and counts is stopped before anything is read beyond its memory.
#[test]
fn a_lying_driver_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let lies = r#"
        struct rect { int32_t x, y, w, h; };
        struct frame { uint32_t w, h, stride, flags; const uint8_t *pixels; size_t bytes;
                       const struct rect *damage; size_t count; };
        static uint8_t pixels[64 * 64 * 4];
        static struct rect damage[2] = {{-2147483647 - 1, -5, 2147483647, 7}, {60, 60, 2147483647, 2147483647}};
        static int turn;
        static int displays(void *buf, size_t capacity, size_t *count) { *count = 1000000; return 0; }
        static int open(uint32_t display, void **handle) { *handle = &turn; return display == 9 ? 77 : 0; }
        static int grab(void *handle, struct frame *f) {
            struct frame good = {64, 64, 256, 0, pixels, sizeof pixels, damage, 2};
            *f = good;
            switch (turn++) {
                case 1: f->h = 65; break;
                case 2: f->stride = 255; break;
                case 3: f->w = f->h = 0xffffffff; f->stride = 0xffffffff; break;
                case 4: f->pixels = 0; break;
                case 5: f->count = 1 << 30; break;
                case 6: f->bytes = (size_t)-1; break;
                case 7: f->w = 0; break;
            }
            return 0;
        }
        struct cursor { int32_t x, y; uint32_t visible, reserved; uint64_t serial; uint32_t w, h; int32_t hx, hy;
                        const uint8_t *pixels; size_t bytes; };
        static int cursor(void *handle, struct cursor *c) {
            struct cursor it = {1, 2, 1, 0, 3, 2000, 2000, 5, 5, pixels, 100};
            *c = it;
            return 0;
        }
        static const struct { uint32_t bytes, reserved; void *displays, *open, *wait, *wake, *grab, *cursor, *track, *close; }
            capture = {72, 0, displays, open, 0, 0, grab, cursor, 0, 0};
        #define CAPTURE &capture
    "#;
    compile(folder.path(), "liblotse_driver_liar.so", &driver_in_c(1, 64, "liar", lies));
    let set = DriverSet::load(folder.path()).unwrap();
    let driver = set.best_capture().unwrap();
    assert!(driver.displays().unwrap().len() <= 64);
    assert!(matches!(driver.open(9).unwrap_err(), DriverError::Nonsense { .. }));
    let mut capture = driver.open(0).unwrap();
    let frame = capture.grab().unwrap();
    let damage: Vec<_> = frame.damage.iter().map(|it| (it.x, it.y, it.width, it.height)).collect();
    assert_eq!(damage, [(60, 60, 4, 4)]);
    for _ in [1, 2, 3, 4] {
        assert!(matches!(capture.grab().unwrap_err(), DriverError::Nonsense { .. }));
    }
    let frame = capture.grab().unwrap();
    assert_eq!((frame.damage.len(), frame.damage[0].width), (1, 64));
    for _ in [6, 7] {
        assert!(matches!(capture.grab().unwrap_err(), DriverError::Nonsense { .. }));
    }
    assert!(matches!(capture.cursor().unwrap_err(), DriverError::Nonsense { .. }));
    assert_eq!(capture.wait(None).unwrap_err().kind(), DriverErrorKind::Unsupported);
    capture.waker().wake();
}

#[test]
fn a_driver_that_everybody_can_change_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("liblotse_driver_x11.so");
    std::fs::copy(driver_folder().join("liblotse_driver_x11.so"), &file).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o777)).unwrap();
    let error = DriverSet::load(folder.path()).unwrap_err();
    assert!(matches!(error, DriverError::Untrusted { .. }), "{error}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(DriverSet::load(folder.path()).is_ok());
}

#[test]
fn without_a_display_server_the_error_says_so() {
    let _server = support::Server::start();
    // SAFETY: the server above gives this test its turn.
    unsafe { std::env::set_var("DISPLAY", ":99999") };
    let set = DriverSet::load(&driver_folder()).unwrap();
    let error = set.best_capture().unwrap_err();
    assert_eq!(error.kind(), DriverErrorKind::Unsupported);
    assert!(error.to_string().contains("DISPLAY"), "{error}");
    assert!(set.open_input().is_err());
}
