//! Blending, cutting, taking away.

use super::*;

/// Two rows of four pixels, of which some are covered.
fn sample() -> Spans {
    Spans::of(Rect::new(10, 4, 4, 2), &[0, 255, 255, 100, 128, 128, 0, 255])
}

#[test]
fn runs_are_found_by_row() {
    let spans = sample();
    assert_eq!(spans.bounds(), Rect::new(10, 4, 4, 2));
    let runs: Vec<(i32, i32, u32, u8)> = spans.iter().map(|span| (span.y, span.x, span.len, span.cover)).collect();
    assert_eq!(runs, [(4, 11, 2, 255), (4, 13, 1, 100), (5, 10, 2, 128), (5, 13, 1, 255)]);
}

#[test]
fn blending_covers_what_is_covered_and_nothing_else() {
    let mut pixels = [9_u8; 8 * 4];
    sample().blend(0x00_33_22_11, 100, 4, 8, &mut pixels);
    let at = |x: usize| [pixels[x * 4], pixels[x * 4 + 1], pixels[x * 4 + 2]];
    assert_eq!((at(2), at(3), at(4), at(6)), ([9; 3], [0x11, 0x22, 0x33], [0x11, 0x22, 0x33], [9; 3]));
    // A part of a row, and nothing beyond.
    let mut pixels = [0_u8; 4];
    sample().blend(0xff_ff_ff, 50, 4, 12, &mut pixels);
    assert_eq!(pixels, [127; 4], "half as dense, premultiplied");
    sample().blend(0xff_ff_ff, 100, 99, 12, &mut pixels);
    assert_eq!(pixels, [127; 4]);
}

#[test]
fn cuts_are_whole_runs_or_a_pattern_as_dense_as_it_is_opaque() {
    let opaque = [Rect::new(11, 4, 2, 1), Rect::new(10, 5, 2, 1), Rect::new(13, 5, 1, 1)];
    assert_eq!(sample().cut(100), opaque);
    let square = Spans::of(Rect::new(0, 0, 40, 40), &[255; 1_600]);
    for (opacity, dots) in [(25, 400), (50, 800), (75, 1_200), (1, 400), (99, 1_200)] {
        let cut = square.cut(opacity);
        assert_eq!(cut.iter().map(|rect| rect.width * rect.height).sum::<u32>(), dots, "{opacity}");
    }
    // What is large is cut in rows: a spotlight has a rectangle for each, not one for each pixel.
    let (width, height) = (1_000, 400);
    let large = Spans::of(Rect::new(0, 0, width, height), &vec![255; (width * height) as usize]);
    let cut = large.cut(50);
    assert_eq!(cut.len(), 200);
    assert!(cut.iter().all(|rect| rect.width == width));
}

#[test]
fn what_is_there_already_is_taken_away() {
    let left = sample().without(&Spans::of(Rect::new(12, 4, 2, 2), &[255, 0, 255, 127]));
    let runs: Vec<(i32, i32, u32, u8)> = left.iter().map(|span| (span.y, span.x, span.len, span.cover)).collect();
    assert_eq!(runs, [(4, 11, 1, 255), (4, 13, 1, 100), (5, 10, 2, 128), (5, 13, 1, 128)]);
    assert_eq!(sample().without(&Spans::default()), sample());
    assert!(sample().without(&sample().without(&Spans::default())).iter().all(|span| span.cover < 128));
}

#[test]
fn a_difference_holds_each_pixel_that_differs_and_little_else() {
    let area = Rect::new(0, 0, 6, 3);
    let one = Spans::of(area, &[9, 9, 0, 0, 0, 0, 0, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 5]);
    assert!(one.difference(&one.clone()).is_empty());
    assert_eq!(one.difference(&Spans::default()), one.bounds());
    assert_eq!(Spans::default().difference(&one), one.bounds());
    // One pixel more in the middle row, one less in the last.
    let other = Spans::of(area, &[9, 9, 0, 0, 0, 0, 0, 7, 7, 7, 3, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(one.difference(&other), Rect::new(4, 1, 2, 2));
    assert_eq!(other.difference(&one), Rect::new(4, 1, 2, 2));
    let shade = Spans::of(area, &[9, 8, 0, 0, 0, 0, 0, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 5]);
    assert_eq!(one.difference(&shade), Rect::new(1, 0, 1, 1));
    let longer = Spans::of(Rect::new(0, 0, 6, 1), &[9, 9, 9, 9, 0, 0]);
    assert_eq!(longer.difference(&Spans::of(Rect::new(0, 0, 6, 1), &[9, 9, 0, 0, 0, 0])), Rect::new(2, 0, 2, 1));
}

proptest::proptest! {
    #[test]
    fn beside_the_difference_all_is_the_same(
        a in proptest::collection::vec(0_u8..3, 24), b in proptest::collection::vec(0_u8..3, 24),
    ) {
        let area = Rect::new(-2, 5, 6, 4);
        let found = Spans::of(area, &a).difference(&Spans::of(area, &b));
        for (at, (a, b)) in a.iter().zip(&b).enumerate() {
            let pixel = Rect::new(-2 + (at % 6) as i32, 5 + (at / 6) as i32, 1, 1);
            proptest::prop_assert!(a == b || !found.intersect(&pixel).is_empty());
        }
    }
}
