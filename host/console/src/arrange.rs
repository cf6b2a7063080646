//! Where session windows stand when they are arranged: rectangles in points, out of the room that there is.
//!
//! Knows no window. Every window is whole within the room as long as that is as large as the smallest window.

use egui::{Rect, Vec2, pos2, vec2};

/// The smallest session window, in points.
pub(crate) const LEAST: Vec2 = vec2(420.0, 400.0);
/// How far a cascading window stands to the right of and below the one before: its title is seen.
const STEP: f32 = 36.0;
/// Windows whose titles are to be seen where the room allows it.
const STEPS: f32 = 5.0;

/// The place of window `at` of those that stand one behind the other, of this size where the room allows it.
pub(crate) fn cascade(room: Rect, size: Vec2, at: usize) -> Rect {
    let spare = Vec2::splat(STEP * STEPS);
    let size = size.min((room.size() - spare).max(LEAST)).min(room.size());
    let left = room.size() - size;
    let steps = (left.x.min(left.y) / STEP).floor().max(0.0) as usize + 1;
    Rect::from_min_size(room.min + Vec2::splat((at % steps) as f32 * STEP), size)
}

/// Places for so many windows beside one another. Where they are too many for the room they lie over each other, evenly.
pub(crate) fn tile(room: Rect, count: usize) -> Vec<Rect> {
    let most = (room.width() / LEAST.x).floor().max(1.0) as usize;
    let columns = ((count as f32).sqrt().ceil() as usize).clamp(1, most);
    let rows = count.div_ceil(columns);
    let mut places = Vec::with_capacity(count);
    for row in 0..rows {
        let in_row = columns.min(count - row * columns);
        let (y, height) = share(room.height(), LEAST.y, row, rows);
        for column in 0..in_row {
            let (x, width) = share(room.width(), LEAST.x, column, in_row);
            places.push(Rect::from_min_size(pos2(room.left() + x, room.top() + y), vec2(width, height)));
        }
    }
    places
}

/// Beginning and length of part `at` of so many that share a length, none shorter than `least`.
fn share(length: f32, least: f32, at: usize, of: usize) -> (f32, f32) {
    let part = (length / of as f32).max(least).min(length);
    let step = if of > 1 { (length - part) / (of - 1) as f32 } else { 0.0 };
    (at as f32 * step, part)
}

/// The largest room beside the viewers that a session window fits into; without one all of it, and windows lie over them.
pub(crate) fn beside(room: Rect, viewers: &[Rect]) -> Rect {
    let Some(all) = viewers.iter().copied().reduce(|a, b| a.union(b)) else { return room };
    let all = all.intersect(room);
    if !all.is_positive() {
        return room;
    }
    let strips = [
        Rect::from_min_max(room.min, pos2(all.left(), room.bottom())),
        Rect::from_min_max(pos2(all.right(), room.top()), room.max),
        Rect::from_min_max(room.min, pos2(room.right(), all.top())),
        Rect::from_min_max(pos2(room.left(), all.bottom()), room.max),
    ];
    let fits = |strip: &Rect| strip.width() >= LEAST.x && strip.height() >= LEAST.y;
    strips.into_iter().filter(fits).max_by(|a, b| a.area().total_cmp(&b.area())).unwrap_or(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height))
    }

    #[test]
    fn t2_tiles_fill_the_room_and_none_covers_another() {
        for count in 1..=6 {
            let places = tile(room(1680.0, 1000.0), count);
            assert_eq!(places.len(), count);
            let covered: f32 = places.iter().map(|place| place.area()).sum();
            assert!((covered - 1680.0 * 1000.0).abs() < 10.0, "{count}: {covered}");
            for (at, place) in places.iter().enumerate() {
                let others = places.iter().skip(at + 1);
                assert!(others.clone().all(|other| !place.shrink(0.5).intersects(other.shrink(0.5))), "{count}");
            }
        }
    }

    #[test]
    fn t2_too_many_tiles_keep_their_least_size_within_the_room() {
        for (room, count) in [(room(1280.0, 800.0), 10), (room(500.0, 450.0), 7), (room(300.0, 200.0), 3)] {
            for place in tile(room, count) {
                assert!(room.expand(0.1).contains_rect(place), "{place:?} in {room:?}");
                let least = LEAST.min(room.size()) - Vec2::splat(0.1);
                assert!(place.width() >= least.x && place.height() >= least.y, "{place:?}");
            }
        }
        assert!(tile(room(800.0, 600.0), 0).is_empty());
    }

    #[test]
    fn t2_cascading_windows_show_their_titles_and_begin_anew_at_the_edge() {
        let room = room(1280.0, 800.0);
        let places: Vec<Rect> = (0..30).map(|at| cascade(room, vec2(560.0, 640.0), at)).collect();
        assert!(places.iter().all(|place| room.contains_rect(*place)), "{places:?}");
        for pair in places[..5].windows(2) {
            assert_eq!(pair[1].min - pair[0].min, Vec2::splat(STEP));
        }
        assert_eq!(places[0].min, room.min);
        assert!(places[1..].iter().any(|place| place.min == room.min), "it begins anew");
        let small = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 100.0));
        assert_eq!(cascade(small, vec2(560.0, 640.0), 3), small);
    }

    #[test]
    fn t2_windows_are_arranged_beside_a_viewer_where_they_fit() {
        let room = room(1900.0, 1000.0);
        let viewer = Rect::from_min_size(room.min, vec2(1100.0, 700.0));
        let strip = beside(room, &[viewer]);
        assert_eq!((strip.left(), strip.right()), (viewer.right(), room.right()));
        assert_eq!(beside(room, &[]), room);
        assert_eq!(beside(room, &[room]), room, "a viewer that is everywhere is covered");
        assert_eq!(beside(room, &[Rect::from_min_size(pos2(5000.0, 0.0), vec2(10.0, 10.0))]), room);
    }
}
