//! What may be drawn where, by whom, and when it goes.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::drawing::{OnOverlay, Overlay, OverlayEvent, PenCursor};
use crate::pipeline::PipelineOptions;
use crate::surface::SurfaceSink;
use lotse_ink::{Point, Shape, Stroke};
use lotse_runtime::{ErrorCode, Rect};
use std::time::Instant;
use tokio::sync::mpsc;

/// At the other ends of the pictures.
const REP: u32 = 1;
const OTHER: u32 = 3;

/// Remembers what was to be shown and grabbed, by surface, or 0 for the overlay.
#[derive(Default)]
struct Windows {
    shown: Mutex<BTreeMap<u64, Vec<u64>>>,
    grabbed: Mutex<BTreeMap<u64, Option<PenCursor>>>,
    overlays: Mutex<usize>,
    told: Mutex<Option<OnOverlay>>,
}

fn ids(strokes: &Strokes) -> Vec<u64> {
    strokes.iter().map(|laid| laid.stroke.id).collect()
}

struct Desktop(Arc<Windows>);
struct Cover(Arc<Windows>);

impl Desktop {
    fn cover(&self, told: OnOverlay) -> Option<Box<dyn Overlay>> {
        *self.0.overlays.lock() += 1;
        *self.0.told.lock() = Some(told);
        Some(Box::new(Cover(self.0.clone())))
    }
}

impl DrawingHost for Desktop {
    fn open(&self, _x: i32, _y: i32, _width: u32, _height: u32, told: OnOverlay) -> Option<Box<dyn Overlay>> {
        self.cover(told)
    }
    fn open_window(&self, _window: u64, told: OnOverlay) -> Option<Box<dyn Overlay>> {
        self.cover(told)
    }
}

impl Overlay for Cover {
    fn show(&self, strokes: Strokes) {
        self.0.shown.lock().insert(0, ids(&strokes));
    }
    fn grab(&self, cursor: Option<PenCursor>) {
        self.0.grabbed.lock().insert(0, cursor);
    }
}

impl Drop for Cover {
    fn drop(&mut self) {
        *self.0.overlays.lock() -= 1;
    }
}

impl SurfaceHost for Desktop {
    fn open(&self, _surface: u64) -> Option<Box<dyn SurfaceSink>> {
        None
    }
    fn draw(&self, surface: u64, strokes: Strokes) {
        self.0.shown.lock().insert(surface, ids(&strokes));
    }
    fn grab(&self, surface: u64, cursor: Option<PenCursor>) {
        self.0.grabbed.lock().insert(surface, cursor);
    }
}

struct Bench {
    boards: Boards,
    windows: Arc<Windows>,
    shared: Arc<Shared>,
    _reports: mpsc::Receiver<Inner>,
}

/// A board of this screen with the number 4, and one in window 9 with the number 8.
fn bench() -> Bench {
    let windows = Arc::new(Windows::default());
    let (shared, reports) = Shared::bare(8);
    let boards = Boards::new(Some(Arc::new(Desktop(windows.clone()))), Some(Arc::new(Desktop(windows.clone()))), false);
    let mailbox = Arc::new(Mailbox::new(PipelineOptions::default(), false));
    let area = Rect { x: 0, y: 0, width: 640, height: 480 };
    let place = Place::Screen { pipeline: 1, capture: 2, over: Over::Display { id: 3, area }, mailbox, overlay: None };
    boards.insert(4, "one".to_owned(), (640, 480), (place, REP));
    boards.present(&shared, 8, (9, OTHER), "theirs".to_owned(), (800, 600));
    Bench { boards, windows, shared, _reports: reports }
}

fn line(id: u64) -> Stroke {
    let shape = Shape::Line(Point { x: 1, y: 2 }, Point { x: 30, y: 40 });
    Stroke { id, shape, color: 0xff_0000, width: 4, opacity_percent: 100 }
}

impl Bench {
    fn open(&self, plugin: usize, board: u64) -> Result<u64, ErrorCode> {
        self.boards.open(&self.shared, plugin, board)
    }

    fn put(&self, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        self.boards.put(&self.shared, layer, strokes)
    }

    fn shown(&self, place: u64) -> Vec<u64> {
        self.windows.shown.lock().get(&place).cloned().unwrap_or_default()
    }

    fn grabbed(&self, place: u64) -> Option<PenCursor> {
        self.windows.grabbed.lock().get(&place).copied().flatten()
    }
}

#[tokio::test]
async fn a2_layers_of_several_plugins_lie_over_both_kinds_of_board() {
    let bench = bench();
    let list = bench.boards.list();
    assert_eq!(
        list.iter().map(|board| (board.id, board.here, board.width)).collect::<Vec<_>>(),
        [(4, true, 640), (8, false, 800)]
    );
    let (first, second, over) = (bench.open(0, 4).unwrap(), bench.open(1, 4).unwrap(), bench.open(0, 8).unwrap());
    bench.put(first, vec![line(1), line(2)]).unwrap();
    bench.put(second, vec![line(1)]).unwrap();
    bench.put(first, vec![line(2), line(3)]).unwrap();
    assert_eq!(bench.shown(0), [1, 2, 3, 1], "the same number on another layer is another stroke");
    bench.put(over, vec![line(7)]).unwrap();
    assert_eq!(bench.shown(9), [7]);
    bench.boards.remove(&bench.shared, first, &[1, 3, 99]);
    assert_eq!(bench.shown(0), [2, 1]);
    bench.boards.close(&bench.shared, second);
    assert_eq!(bench.shown(0), [2]);
    bench.boards.close(&bench.shared, first);
    assert_eq!(*bench.windows.overlays.lock(), 0, "nothing is left on the screen");
    assert_eq!(bench.put(first, vec![line(1)]), Err(ErrorCode::Gone));
    assert_eq!(bench.open(0, 5), Err(ErrorCode::Gone));
}

#[tokio::test]
async fn a1_a_layer_takes_all_strokes_or_none_and_no_more_than_it_may() {
    let bench = bench();
    let layer = bench.open(0, 8).unwrap();
    bench.put(layer, (0..1_000).map(line).collect()).unwrap();
    assert_eq!(bench.put(layer, vec![line(5), line(5_000)]), Err(ErrorCode::Limit));
    assert_eq!(bench.shown(9).len(), 1_000);
    bench.boards.clear(&bench.shared, layer);
    let far = |y| Shape::Line(Point { x: 0, y }, Point { x: 65_536, y });
    let wide = |id| Stroke { shape: far(3), width: 100, ..line(id) };
    assert_eq!(
        bench.put(layer, vec![Stroke { width: 512, ..wide(1) }]),
        Err(ErrorCode::Limit),
        "one that costs too much"
    );
    assert_eq!(bench.put(layer, (0..20).map(wide).collect()), Err(ErrorCode::Limit), "all together");
    bench.put(layer, vec![wide(1)]).unwrap();
    let points = |count: i32| Shape::Path((0..count).map(|x| Point { x, y: 1 }).collect());
    let pens = (2..10).map(|id| Stroke { shape: points(8_192), ..line(id) }).collect();
    assert_eq!(bench.put(layer, pens), Err(ErrorCode::Limit), "too many points");
    assert_eq!(bench.shown(9), [1]);
    // One plugin's layers, and everybody's.
    bench.open(0, 8).unwrap();
    assert_eq!(bench.open(0, 8), Err(ErrorCode::Limit));
    bench.open(1, 8).unwrap();
    bench.open(1, 8).unwrap();
    assert_eq!(bench.open(2, 8), Err(ErrorCode::Limit));
}

#[tokio::test]
async fn a2_drawings_go_with_a_pause_with_their_picture_and_with_the_line() {
    let bench = bench();
    let (here, there) = (bench.open(0, 4).unwrap(), bench.open(0, 8).unwrap());
    bench.put(here, vec![line(1)]).unwrap();
    bench.put(there, vec![line(1)]).unwrap();
    bench.boards.pause(&bench.shared, true);
    assert!(bench.boards.list().is_empty() && bench.boards.views().is_empty());
    assert_eq!((bench.shown(9), *bench.windows.overlays.lock()), (Vec::new(), 0));
    assert_eq!(bench.open(0, 4), Err(ErrorCode::Gone));
    bench.boards.pause(&bench.shared, false);
    assert_eq!(bench.put(here, vec![line(1)]), Err(ErrorCode::Gone), "layers are opened anew");
    let (here, there) = (bench.open(0, 4).unwrap(), bench.open(0, 8).unwrap());
    bench.put(there, vec![line(1)]).unwrap();
    bench.put(here, vec![line(1)]).unwrap();
    bench.boards.end_capture(&bench.shared, 2);
    assert_eq!((bench.boards.list().len(), *bench.windows.overlays.lock()), (1, 0));
    bench.boards.end_all(&bench.shared);
    assert!(bench.boards.list().is_empty() && bench.shown(9).is_empty());
}

/// Scar: whoever left took everybody's drawings along.
#[tokio::test]
async fn a2_who_leaves_takes_the_drawings_on_their_pictures_and_no_others() {
    let bench = bench();
    let (here, there) = (bench.open(0, 4).unwrap(), bench.open(0, 8).unwrap());
    bench.put(here, vec![line(1)]).unwrap();
    bench.put(there, vec![line(2)]).unwrap();
    bench.boards.end_of(&bench.shared, OTHER);
    assert_eq!((bench.shown(9), bench.shown(0)), (Vec::new(), vec![1]));
    assert_eq!(bench.put(there, vec![line(3)]), Err(ErrorCode::Gone));
    bench.boards.end_of(&bench.shared, REP);
    assert!(bench.boards.list().is_empty());
    assert_eq!(*bench.windows.overlays.lock(), 0);
}

/// A window's picture is its own: what lies over it is not captured, and whoever looks draws it to the end.
#[tokio::test]
async fn a2_one_window_is_drawn_on_and_its_picture_contains_nothing_of_it() {
    let bench = bench();
    let published = |over| {
        let mailbox = Arc::new(Mailbox::new(PipelineOptions::default(), false));
        let place = Place::Screen { pipeline: 5, capture: 6, over, mailbox: mailbox.clone(), overlay: None };
        bench.boards.insert(12, "Invoice".to_owned(), (300, 200), (place, REP));
        let layer = bench.open(0, 12).unwrap();
        bench.put(layer, vec![line(1)]).unwrap();
        let told = bench.windows.told.lock().clone().unwrap();
        told(OverlayEvent::Shown(vec![line(1).look()]));
        mailbox.has_drawn()
    };
    let area = Rect { x: 0, y: 0, width: 300, height: 200 };
    assert!(published(Over::Display { id: 9, area }));
    assert!(!published(Over::Window(4711)));
    bench.boards.sized(&bench.shared, 6, (420, 260));
    let size_of = |id| bench.boards.list().iter().find(|board| board.id == id).map(|board| (board.width, board.height));
    assert_eq!((size_of(12), size_of(4)), (Some((420, 260)), Some((640, 480))));
}

#[tokio::test]
async fn a2_one_plugin_draws_at_a_time_and_whoever_leaves_is_left_alone() {
    let bench = bench();
    let (first, second) = (bench.open(0, 4).unwrap(), bench.open(1, 4).unwrap());
    let now = Instant::now();
    let grab = |layer, cursor, now| bench.boards.grab(&bench.shared, layer, cursor, now);
    grab(first, Some(PenCursor::Text), now).unwrap();
    assert_eq!((bench.grabbed(0), bench.boards.owner(4)), (Some(PenCursor::Text), Some(0)));
    assert_eq!(grab(second, Some(PenCursor::Pen), now), Err(ErrorCode::Busy));
    assert_eq!(bench.boards.left(&bench.shared, 4, now), Some(0));
    assert_eq!((bench.grabbed(0), bench.boards.owner(4)), (None, None));
    assert_eq!(grab(second, Some(PenCursor::Pen), now), Err(ErrorCode::Busy), "they just pressed Escape");
    grab(second, Some(PenCursor::Pen), now + LEFT_PAUSE).unwrap();
    bench.boards.close(&bench.shared, second);
    assert_eq!(bench.grabbed(0), None, "a plugin that is gone draws no more");
}

/// A drawing could hide what is asked, or look like it.
#[tokio::test]
async fn c5_while_a_question_is_open_nothing_lies_on_the_screen_and_nobody_draws() {
    let bench = bench();
    let layer = bench.open(0, 4).unwrap();
    bench.put(layer, vec![line(1)]).unwrap();
    bench.boards.grab(&bench.shared, layer, Some(PenCursor::Pen), Instant::now()).unwrap();
    bench.boards.hold(&bench.shared, true);
    assert_eq!((bench.shown(0), bench.grabbed(0)), (Vec::new(), None));
    bench.put(layer, vec![line(2)]).unwrap();
    assert_eq!(bench.shown(0), Vec::<u64>::new());
    assert_eq!(bench.boards.grab(&bench.shared, layer, Some(PenCursor::Pen), Instant::now()), Err(ErrorCode::Busy));
    bench.boards.hold(&bench.shared, false);
    assert_eq!((bench.shown(0), bench.grabbed(0)), (vec![1, 2], None));
}
