//! The system's clipboard on two threads: one waits for changes, one reads and writes.
//!
//! What plugins want of it is asked about again when it is carried out: the customer may have taken their word back
//! meanwhile, or the session may be paused. Then it is dropped.

use crate::guard::Guard;
use lotse_drivers::{Clipboard, DriverError, Image, Waker};
use lotse_runtime::ErrorCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Orders that may wait.
const QUEUE_MAX: usize = 16;
/// Pixels of the largest image taken from or put on the clipboard: two 4K screens.
const PIXELS_MAX: u64 = 2 * 3840 * 2160;
/// Bytes of the largest text.
const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What the clipboard has to say.
#[derive(Debug, Clone)]
pub(crate) enum Heard {
    Changed(Vec<String>),
    Content { format: &'static str, data: Vec<u8> },
}

enum Order {
    Fetch(&'static str),
    Write(&'static str, Vec<u8>),
    /// The same for the person at this computer, whom nobody has to be asked about.
    WriteOwn(&'static str, Vec<u8>),
}

pub(crate) struct ClipboardService {
    orders: SyncSender<Order>,
    guard: Arc<dyn Guard>,
    waker: Waker,
    ended: Arc<AtomicBool>,
}

impl ClipboardService {
    pub(crate) fn start(
        worker: Clipboard,
        mut watcher: Clipboard,
        guard: Arc<dyn Guard>,
        heard: Arc<dyn Fn(Heard) + Send + Sync>,
    ) -> std::io::Result<Self> {
        let (orders, incoming) = sync_channel::<Order>(QUEUE_MAX);
        let waker = watcher.waker();
        let ended = Arc::new(AtomicBool::new(false));
        let (tell, over) = (heard.clone(), ended.clone());
        std::thread::Builder::new().name("lotse-clip-watch".into()).spawn(move || {
            while !over.load(Ordering::Acquire) {
                match watcher.wait_changed(None) {
                    Ok(true) => tell(Heard::Changed(formats(&mut watcher))),
                    Ok(false) => {}
                    Err(problem) => return tracing::warn!(%problem, "the clipboard is no longer watched"),
                }
            }
        })?;
        let asked = guard.clone();
        std::thread::Builder::new().name("lotse-clipboard".into()).spawn(move || {
            let mut worker = worker;
            work(incoming, &*asked, |order| {
                if let Err(problem) = carry_out(&mut worker, order, &*heard) {
                    tracing::warn!(%problem, "the clipboard did not take part");
                }
            });
        })?;
        Ok(Self { orders, guard, waker, ended })
    }

    /// For a plugin. `busy` while the session is paused.
    pub(crate) fn fetch(&self, format: &str) -> Result<(), ErrorCode> {
        self.order(Order::Fetch(known(format)?))
    }

    /// For a plugin. `busy` while the session is paused.
    pub(crate) fn write(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode> {
        self.order(Order::Write(known(format)?, data))
    }

    /// For the person at this computer, who wanted it of the host itself.
    pub(crate) fn write_own(&self, format: &str, data: Vec<u8>) -> Result<(), ErrorCode> {
        self.order(Order::WriteOwn(known(format)?, data))
    }

    fn order(&self, order: Order) -> Result<(), ErrorCode> {
        if !order.may(&*self.guard) {
            return Err(ErrorCode::Busy);
        }
        self.orders.try_send(order).map_err(|_| ErrorCode::Busy)
    }
}

impl Order {
    fn may(&self, guard: &dyn Guard) -> bool {
        match self {
            Self::Fetch(_) | Self::Write(..) => guard.allows_clipboard(),
            Self::WriteOwn(..) => true,
        }
    }
}

/// Carries out what may still be done when its turn comes.
fn work(orders: Receiver<Order>, guard: &dyn Guard, carry_out: impl FnMut(Order)) {
    orders.into_iter().filter(|order| order.may(guard)).for_each(carry_out);
}

impl Drop for ClipboardService {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.waker.wake();
    }
}

fn known(format: &str) -> Result<&'static str, ErrorCode> {
    match format {
        "text" => Ok("text"),
        "image" => Ok("image"),
        _ => Err(ErrorCode::Unsupported),
    }
}

fn formats(clipboard: &mut Clipboard) -> Vec<String> {
    let formats = clipboard.formats().unwrap_or_default();
    [(formats.text, "text"), (formats.image, "image")]
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, name)| name.to_owned())
        .collect()
}

fn carry_out(
    clipboard: &mut Clipboard,
    order: Order,
    heard: &(dyn Fn(Heard) + Send + Sync),
) -> Result<(), DriverError> {
    match order {
        Order::Fetch("image") => {
            if let Some(data) = to_png(&clipboard.read_image()?) {
                heard(Heard::Content { format: "image", data });
            }
            Ok(())
        }
        Order::Fetch(format) => {
            let text = clipboard.read_text()?;
            if text.len() <= TEXT_BYTES_MAX {
                heard(Heard::Content { format, data: text.into_bytes() });
            }
            Ok(())
        }
        Order::Write("image", data) | Order::WriteOwn("image", data) => match from_png(&data) {
            Some(image) => clipboard.write_image(image.width, image.height, &image.rgba),
            None => Ok(()),
        },
        Order::Write(_, data) | Order::WriteOwn(_, data) => match String::from_utf8(data) {
            Ok(text) => clipboard.write_text(&text),
            Err(_) => Ok(()),
        },
    }
}

/// RGBA as PNG; `None` for a size that no PNG has.
pub(crate) fn to_png(image: &Image) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, image.width, image.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&image.rgba).ok()?;
    writer.finish().ok()?;
    Some(out)
}

/// PNG from the other side as RGBA, bounded; `None` for what is no such picture.
pub(crate) fn from_png(data: &[u8]) -> Option<Image> {
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(data), png::Limits { bytes: 64 << 20 });
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return None;
    }
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::GrayscaleAlpha => {
            pixels.chunks_exact(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect()
        }
        png::ColorType::Rgb | png::ColorType::Grayscale | png::ColorType::Indexed => return None,
    };
    Some(Image { width, height, rgba })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn images_survive_png() {
        let image = Image { width: 3, height: 2, rgba: (0..24).collect() };
        assert_eq!(from_png(&to_png(&image).unwrap()).unwrap(), image);
    }

    /// Allows two orders, and nothing after them.
    #[derive(Default)]
    struct AllowsTwo(std::sync::atomic::AtomicU32);

    impl Guard for AllowsTwo {
        fn allows_pointer(&self, _x: i32, _y: i32) -> bool {
            false
        }
        fn allows_keys(&self) -> bool {
            false
        }
        fn allows_clipboard(&self) -> bool {
            self.0.fetch_add(1, Ordering::SeqCst) < 2
        }
    }

    /// Scar: sixteen orders that waited were carried out after the customer had taken their word back.
    #[test]
    fn what_waits_is_dropped_once_the_word_is_taken_back() {
        let (orders, incoming) = sync_channel(QUEUE_MAX);
        for number in 0..5 {
            orders.send(Order::Write("text", vec![number])).unwrap();
        }
        orders.send(Order::Fetch("text")).unwrap();
        orders.send(Order::WriteOwn("text", vec![9])).unwrap();
        drop(orders);
        let mut done = Vec::new();
        work(incoming, &AllowsTwo::default(), |order| match order {
            Order::Write(_, data) | Order::WriteOwn(_, data) => done.extend(data),
            Order::Fetch(_) => done.push(99),
        });
        assert_eq!(done, [0, 1, 9], "what the person at this computer wants needs nobody's word");
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let good = to_png(&Image { width: 9, height: 9, rgba: vec![7; 324] }).unwrap();
        for at in 0..good.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[at] ^= flip;
                let _ = from_png(&bad);
            }
            let _ = from_png(&good[..at]);
        }
    }
}
