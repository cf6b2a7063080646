//! One plugin's strokes over one board, within bounds.

use crate::drawing::PenCursor;
use lotse_ink::{Point, Rect, Shape, Stroke};
use lotse_runtime::ErrorCode;
use std::collections::HashMap;
use std::sync::Arc;

/// Strokes of a layer: a lesson's worth. And the points in them.
pub(super) const STROKES_MAX: usize = 1_000;
const POINTS_MAX: usize = 64 * 1_024;
/// Pixels that drawing a stroke looks at, and a layer: a full screen of 4K twice over, and eight times. What is more would
/// hold up the person's own windows.
const STROKE_COST_MAX: u64 = 16 << 20;
const COST_MAX: u64 = 64 << 20;

pub(super) struct Layer {
    pub plugin: usize,
    pub grab: Option<PenCursor>,
    /// The lowest first.
    strokes: Vec<Weighed>,
}

/// A stroke with what it keeps and costs, which would take long to count for all of them whenever one grows.
#[derive(Clone)]
struct Weighed {
    stroke: Arc<Stroke>,
    points: usize,
    cost: u64,
}

impl Weighed {
    fn new(stroke: Stroke) -> Self {
        let (points, cost) = (stroke.points(), stroke.cost());
        Self { stroke: Arc::new(stroke), points, cost }
    }
}

impl Layer {
    pub(super) fn new(plugin: usize) -> Self {
        Self { plugin, grab: None, strokes: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.strokes.len()
    }

    pub(super) fn strokes(&self) -> impl Iterator<Item = &Arc<Stroke>> {
        self.strokes.iter().map(|weighed| &weighed.stroke)
    }

    /// Strokes with an id that is there take its place. All are taken, or none.
    pub(super) fn put(&mut self, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        let mut all = self.strokes.clone();
        let mut places: HashMap<u64, usize> =
            all.iter().enumerate().map(|(at, weighed)| (weighed.stroke.id, at)).collect();
        for weighed in strokes.into_iter().map(Weighed::new) {
            if weighed.cost > STROKE_COST_MAX {
                return Err(ErrorCode::Limit);
            }
            let id = weighed.stroke.id;
            match places.get(&id).and_then(|at| all.get_mut(*at)) {
                Some(old) => *old = weighed,
                None => {
                    places.insert(id, all.len());
                    all.push(weighed);
                }
            }
        }
        let points: usize = all.iter().map(|weighed| weighed.points).sum();
        let cost = all.iter().fold(0_u64, |cost, weighed| cost.saturating_add(weighed.cost));
        if all.len() > STROKES_MAX || points > POINTS_MAX || cost > COST_MAX {
            return Err(ErrorCode::Limit);
        }
        self.strokes = all;
        Ok(())
    }

    pub(super) fn remove(&mut self, ids: &[u64]) {
        self.strokes.retain(|weighed| !ids.contains(&weighed.stroke.id));
    }

    pub(super) fn clear(&mut self) {
        self.strokes.clear();
    }
}

/// A stroke as a plugin gives it, for those who draw.
pub(crate) fn stroke(stroke: lotse_runtime::Stroke) -> Stroke {
    let lotse_runtime::Stroke { id, shape, color, width, opacity_percent } = stroke;
    let shape = match shape {
        lotse_runtime::Shape::Path(points) => Shape::Path(points.into_iter().map(point).collect()),
        lotse_runtime::Shape::Line(from, to) => Shape::Line(point(from), point(to)),
        lotse_runtime::Shape::Arrow(from, to) => Shape::Arrow(point(from), point(to)),
        lotse_runtime::Shape::Rectangle(area) => Shape::Rectangle(rect(area)),
        lotse_runtime::Shape::Ellipse(area) => Shape::Ellipse(rect(area)),
        lotse_runtime::Shape::Words(at, words) => Shape::Words(point(at), words),
        lotse_runtime::Shape::Spotlight(area) => Shape::Spotlight(rect(area)),
        lotse_runtime::Shape::Pointer(at, name) => Shape::Pointer(point(at), name),
    };
    Stroke { id, shape, color, width, opacity_percent }
}

fn point(lotse_runtime::Point { x, y }: lotse_runtime::Point) -> Point {
    Point { x, y }
}

fn rect(lotse_runtime::Rect { x, y, width, height }: lotse_runtime::Rect) -> Rect {
    Rect { x, y, width, height }
}
