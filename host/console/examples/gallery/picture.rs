//! A picture as the engine would put it into the viewer: a desktop's worth of coloured fields.

use lotse_engine::surface::{Rect, SurfaceHost, SurfaceSink};
use lotse_viewer::{ViewerConfig, ViewerHost};
use std::sync::Arc;

const SIZE: (u32, u32) = (1280, 800);

/// `None` without an X11 display.
pub fn show(surface: u64) -> Option<(Arc<ViewerHost>, Box<dyn SurfaceSink>)> {
    let on_input = Arc::new(|surface, input| println!("{surface}: {input:?}"));
    let host = ViewerHost::new(ViewerConfig::default(), on_input).inspect_err(|error| eprintln!("{error}")).ok()?;
    let mut sink = host.open(surface)?;
    sink.resize(SIZE.0, SIZE.1).ok()?;
    let picture = sink.picture();
    for (y, row) in picture.pixels.chunks_mut(picture.stride).enumerate() {
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let field = if (x / 160 + y / 160) % 2 == 0 { 30 } else { 0 };
            pixel.copy_from_slice(&[150 + field, (90 + y / 10) as u8, (40 + x / 10) as u8, 0]);
        }
    }
    sink.present(&[Rect::new(0, 0, SIZE.0, SIZE.1)]).ok()?;
    Some((host, sink))
}
