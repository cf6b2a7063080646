//! Who may be asked, what may be chosen, and how a small picture is made.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

fn offer(source: ShowSource) -> ShowOffer {
    ShowOffer {
        source,
        title: "Invoice".to_owned(),
        program: "Paint".to_owned(),
        process: 4711,
        x: 0,
        y: 0,
        width: 300,
        height: 200,
        thumbnail: None,
    }
}

#[test]
fn m1_only_what_was_offered_can_be_chosen_and_once() {
    let (showing, now) = (Showing::default(), Instant::now());
    let (here, elsewhere) = (ShowSource::Window(7), ShowSource::Window(8));
    assert!(showing.answer(1, Some(here), now).is_none(), "nobody asked");
    showing.open(1, 3, now).unwrap();
    assert!(showing.answer(1, Some(here), now).is_none(), "it is not on offer yet");
    assert!(showing.offer(1, &[offer(here)], false));
    assert!(showing.answer(1, Some(elsewhere), now).is_none());
    assert!(showing.answer(2, Some(here), now).is_none(), "another question");
    let (plugin, chosen) = showing.answer(1, Some(here), now).unwrap();
    assert_eq!((plugin, chosen.map(|offer| offer.source)), (3, Some(here)));
    assert!(showing.answer(1, Some(here), now).is_none(), "it is answered");
    assert!(!showing.offer(1, &[offer(here)], true), "nobody looks any more");
}

#[test]
fn m1_one_chooser_at_a_time_and_none_right_after_an_answer() {
    let (showing, now) = (Showing::default(), Instant::now());
    showing.open(1, 0, now).unwrap();
    for _ in 0..1000 {
        assert_eq!(showing.open(2, 0, now), Err(ErrorCode::Busy));
        assert_eq!(showing.open(3, 1, now), Err(ErrorCode::Busy), "of whatever plugin");
    }
    assert_eq!(showing.answer(1, None, now).map(|(plugin, chosen)| (plugin, chosen.is_none())), Some((0, true)));
    assert_eq!(showing.open(4, 0, now), Err(ErrorCode::Busy), "a no is not worn down");
    assert_eq!(showing.open(5, 0, now + REST), Ok(5));
}

#[test]
fn a_plugin_that_is_gone_takes_its_own_chooser_with_it_and_no_other() {
    let (showing, now) = (Showing::default(), Instant::now());
    showing.open(1, 0, now).unwrap();
    showing.withdraw(1);
    assert!(showing.asked().is_some());
    showing.withdraw(0);
    assert!(showing.asked().is_none());
}

/// A customer's plugin must not have them choose: their screen is asked for in words of the host's.
#[tokio::test]
async fn m1_a_customer_is_not_asked_to_choose() {
    let (shared, _reports) = Shared::bare(1);
    assert_eq!(shared.showing.choose(&shared, 0, Instant::now()), Err(ErrorCode::Unsupported));
    assert!(shared.showing.asked().is_none());
}

#[test]
fn a_small_picture_is_within_its_bounds_and_keeps_colours_and_sides() {
    let picture = |width: u32, height: u32| -> Vec<u8> {
        let pixel = |x: u32| if x < width / 2 { [10, 20, 30, 0] } else { [200, 100, 50, 0] };
        (0..height).flat_map(|_| (0..width).flat_map(pixel)).collect()
    };
    for (width, height) in [(1, 1), (3, 5), (320, 200), (1920, 1080), (5000, 3), (3, 5000)] {
        let small = shrink((width, height), width as usize * 4, &picture(width, height));
        assert!(small.width <= THUMBNAIL.0 && small.height <= THUMBNAIL.1 && small.width > 0 && small.height > 0);
        assert_eq!(small.rgba.len(), small.width as usize * small.height as usize * 4);
        if width > 3 {
            assert_eq!(small.rgba[..4], [30, 20, 10, 255], "{width} x {height}");
            assert_eq!(small.rgba[small.rgba.len() - 4..], [50, 100, 200, 255], "{width} x {height}");
        }
    }
    let cut_short = shrink((100, 100), 400, &[1, 2, 3, 0]);
    assert_eq!(cut_short.rgba.len(), 100 * 100 * 4, "a driver that gives less harms nobody");
}

/// Scar: a window that was chosen closed while the line was lost, another program's got its number, and was shown.
#[test]
fn m1_another_programs_window_with_the_same_number_is_not_what_was_chosen() {
    let owner = Owner::of(&offer(ShowSource::Window(7)));
    let window = |process, program: &str| lotse_drivers::Window {
        id: 7,
        process,
        x: 5,
        y: 5,
        width: 10,
        height: 10,
        title: "Another invoice".to_owned(),
        program: program.to_owned(),
    };
    assert!(owner.is_of(Some(&window(4711, "Paint"))), "its title and place may change");
    assert!(!owner.is_of(Some(&window(4712, "Paint"))) && !owner.is_of(Some(&window(4711, "Bank"))));
    assert!(!owner.is_of(None));
}
