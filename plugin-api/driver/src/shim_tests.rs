//! Calls a little driver through its C tables, as a host would, and as a careless one would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::Absent;
use std::ffi::CStr;

struct Typewriter(String);
struct Test;

impl Driver for Test {
    const NAME: &'static CStr = c"test";
    const VERSION: &'static CStr = c"1.2.3";
    type Capture = Absent;
    type Input = Typewriter;
    type Clipboard = Absent;
}

impl Input for Typewriter {
    fn open() -> Result<Self> {
        Ok(Self(String::new()))
    }
    fn pointer(&mut self, _: u32, _: i32, _: i32) -> Result<()> {
        panic!("a driver's bug")
    }
    fn button(&mut self, index: u32, _: bool) -> Result<()> {
        Err(Error::denied(format!("button {index} is not for you, Müller")))
    }
    fn wheel(&mut self, _: i32, _: i32) -> Result<()> {
        Ok(())
    }
    fn key(&mut self, _: u32, _: bool) -> Result<()> {
        Ok(())
    }
    fn text(&mut self, text: &str) -> Result<()> {
        self.0.push_str(text);
        if self.0 == "ähm" { Ok(()) } else { Err(Error::failed(self.0.clone())) }
    }
    fn release_all(&mut self) -> Result<()> {
        Ok(())
    }
}

fn error_text() -> String {
    let mut buf = [0; 200];
    // SAFETY: the buffer is as long as said.
    let len = unsafe { last_error(buf.as_mut_ptr(), buf.len()) };
    String::from_utf8(buf[..len].to_vec()).unwrap()
}

#[test]
fn a_table_states_what_a_driver_has() {
    let table = table::<Test>();
    assert_eq!((table.abi_major, table.table_bytes as usize), (ABI_MAJOR, size_of::<DriverTable>()));
    assert!(table.capture.is_null() && table.clipboard.is_null() && !table.input.is_null());
}

#[test]
fn panics_errors_and_nulls_become_statuses_with_a_text() {
    // SAFETY: the table is static, the handle is open until `close`, and the buffers are as long as said.
    unsafe {
        let input = *table::<Test>().input;
        let mut handle: RawHandle = std::ptr::null_mut();
        assert_eq!(input.open.unwrap()(std::ptr::null_mut()), Status::Invalid.raw());
        assert_eq!(input.open.unwrap()(&raw mut handle), Status::Ok.raw());
        assert_eq!(input.text.unwrap()(handle, "ähm".as_ptr(), 4), Status::Ok.raw());
        assert_eq!(input.text.unwrap()(handle, b"\xff".as_ptr(), 1), Status::Invalid.raw());
        assert_eq!(input.text.unwrap()(handle, std::ptr::null(), 1), Status::Invalid.raw());
        assert_eq!(input.button.unwrap()(handle, 7, 1), Status::Denied.raw());
        assert_eq!(error_text(), "button 7 is not for you, Müller");
        assert_eq!(input.pointer.unwrap()(handle, 0, 0, 0), Status::Failed.raw());
        assert!(error_text().contains("bug"));
        assert_eq!(input.key.unwrap()(std::ptr::null_mut(), 30, 1), Status::Invalid.raw());
        input.close.unwrap()(handle);
        input.close.unwrap()(std::ptr::null_mut());
    }
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let name = format!("{}ß and more", "x".repeat(62));
    let info = display_info(DisplayDescription {
        id: 1,
        x: 0,
        y: 0,
        width: 1,
        height: 1,
        scale_percent: 100,
        primary: true,
        name,
    });
    assert_eq!(&info.name[..62], "x".repeat(62).as_bytes());
    assert_eq!(info.name[62..], [0, 0]);
}

#[test]
fn a_window_that_has_no_end_of_a_title_is_cut_to_fit() {
    let window = WindowDescription {
        id: u64::MAX,
        process: 7,
        x: -5,
        y: 0,
        width: 1,
        height: 1,
        title: "ä".repeat(1000),
        program: "xterm".to_owned(),
    };
    let info = window_info(window);
    assert_eq!((info.id, info.process, info.title[255]), (u64::MAX, 7, 0));
    assert_eq!(&info.title[..254], "ä".repeat(127).as_bytes());
    assert_eq!(info.program[..6], *b"xterm\0");
}

#[test]
fn every_status_survives_its_number_and_nothing_else_does() {
    let known: Vec<_> = (-2..20).filter_map(Status::from_raw).collect();
    assert_eq!(known.len(), 7);
    assert!(known.iter().all(|status| Status::from_raw(status.raw()) == Some(*status)));
}
