//! Pages and their cursors.

#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn a_page_knows_whether_there_is_a_next_one() {
    let page = Page::of(vec![3_i64, 5, 8], 2, |number: &i64| *number);
    assert_eq!((page.items, page.next.as_deref()), (vec![3, 5], Some("5")));
    let last = Page::of(vec![8_i64], 2, |number: &i64| *number);
    assert_eq!((last.items, last.next), (vec![8], None));
}

#[test]
fn a_cursor_is_read_as_it_was_given_and_nothing_else_is() {
    assert_eq!(behind(None), Ok(None));
    assert_eq!(behind(Some("120")), Ok(Some(120)));
    let key = ReportKey { started_s: 1_796_000_000, session: SessionId([0xa7; 16]) };
    assert_eq!(report_key(Some(&report_cursor(&key))), Ok(Some(key)));
    for place in [LivePlace { front: true, number: 0 }, LivePlace { front: false, number: 412 }] {
        assert_eq!(super::place(Some(&place_cursor(place))), Ok(Some(place)));
    }
    for bad in ["", "f", "ff1", "f-1", "1f", "x"] {
        assert!(place(Some(bad)).is_err(), "{bad}");
    }
    for bad in ["", "-1", "+1", "1 ", "99999999999999999999", "x", "1;2"] {
        assert!(behind(Some(bad)).is_err(), "{bad}");
    }
    let hex = "00112233445566778899aabbccddeeff";
    for bad in ["", "-", "1", &format!("1-{}", &hex[..30]), &format!("x-{hex}"), &format!("1-{hex}0"), "1-ü"] {
        assert!(report_key(Some(bad)).is_err(), "{bad}");
    }
    assert_eq!(session_id(&hex[..31]), None);
    assert_eq!(session_id(hex).unwrap().0[..3], [0, 0x11, 0x22]);
}

#[test]
fn fuzz_any_cursor_is_one_or_none() {
    let mut seed = 1_u64;
    for _ in 0..20_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let text: String = seed
            .to_le_bytes()
            .iter()
            .map(|byte| char::from(b"0123456789abcdefA-+ \xc3"[usize::from(byte % 21)]))
            .collect();
        if let Ok(Some(number)) = behind(Some(&text)) {
            assert_eq!(number.to_string().trim_start_matches('0'), text.trim_start_matches('0'));
        }
        if let Ok(Some(key)) = report_key(Some(&text)) {
            assert_eq!(report_key(Some(&report_cursor(&key))), Ok(Some(key)));
        }
    }
}
