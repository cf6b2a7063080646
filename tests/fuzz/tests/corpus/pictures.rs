//! Small screens through the real encoder: exact pictures, photos with their refresh, and scrolling.

use crate::seeds::{Seeds, joined};
use lotse_engine::fuzzing::clipboard_png;
use lotse_media::framing::{Kind, encode_ack, write};
use lotse_media::{Cursor, CursorPosition, Encoder, EncoderOptions, PictureRef, Rect};

/// Packets beyond this are left out, so that an example stays small.
const STREAM_BYTES_MAX: usize = 2_000;
const REFRESH_BYTES: usize = 400;
const SECOND_US: u64 = 1_000_000;

struct Screen {
    width: u32,
    pixels: Vec<u8>,
}

impl Screen {
    fn new(width: u32, height: u32) -> Self {
        Self { width, pixels: vec![240; (width * height * 4) as usize] }
    }

    fn paint(&mut self, rect: Rect, colour: impl Fn(u32, u32) -> [u8; 3]) {
        for y in rect.y as u32..rect.y as u32 + rect.height {
            for x in rect.x as u32..rect.x as u32 + rect.width {
                let at = ((y * self.width + x) * 4) as usize;
                self.pixels[at..at + 3].copy_from_slice(&colour(x, y));
            }
        }
    }

    fn view(&self) -> PictureRef<'_> {
        let stride = self.width as usize * 4;
        let height = (self.pixels.len() / stride) as u32;
        PictureRef { width: self.width, height, stride, pixels: &self.pixels }
    }
}

/// Collects what an encoder says of a screen.
struct Recording {
    encoder: Encoder,
    packets: Vec<Vec<u8>>,
}

impl Recording {
    fn new(photo_quality: u8) -> Self {
        let options = EncoderOptions { photo_quality, ..EncoderOptions::default() };
        Self { encoder: Encoder::new(options), packets: Vec::new() }
    }

    fn show(&mut self, screen: &Screen, damage: Rect, now_us: u64) {
        let mut packets = Vec::new();
        self.encoder.encode(screen.view(), &[damage], now_us, &mut |packet| packets.push(packet.to_vec()));
        packets.into_iter().for_each(|packet| self.keep(packet));
    }

    fn refresh(&mut self, now_us: u64) {
        let mut packets = Vec::new();
        self.encoder.refresh(now_us, REFRESH_BYTES, &mut |packet| packets.push(packet.to_vec()));
        packets.into_iter().for_each(|packet| self.keep(packet));
    }

    fn keep(&mut self, packet: Vec<u8>) {
        let bytes: usize = self.packets.iter().map(|packet| packet.len() + 2).sum();
        if bytes + packet.len() + 2 <= STREAM_BYTES_MAX {
            self.packets.push(packet);
        }
    }
}

fn letters(x: u32, y: u32) -> [u8; 3] {
    if (x * 7 + y * 3) % 5 < 2 { [20, 20, 20] } else { [255, 255, 255] }
}

fn hills(x: u32, y: u32, shift: u32) -> [u8; 3] {
    let (u, v) = ((x + shift) as f32, y as f32);
    let height = (u * 0.15).sin() * (v * 0.11).cos() * 60.0 + (u * 0.5).sin() * 9.0;
    [(110.0 + height) as u8, (120.0 + height * 0.8) as u8, (90.0 - height * 0.5) as u8]
}

fn exact() -> Recording {
    let mut screen = Screen::new(96, 64);
    let mut recording = Recording::new(100);
    recording.show(&screen, Rect::new(0, 0, 96, 64), 0);
    for (at, rect) in [(1, Rect::new(10, 10, 50, 16)), (2, Rect::new(40, 30, 33, 9))] {
        screen.paint(rect, letters);
        recording.show(&screen, rect, at * SECOND_US);
    }
    let button = Rect::new(5, 40, 30, 20);
    screen.paint(button, |_, _| [200, 120, 40]);
    recording.show(&screen, button, 3 * SECOND_US);
    recording
}

fn photo() -> Recording {
    let mut screen = Screen::new(64, 64);
    let mut recording = Recording::new(70);
    recording.show(&screen, Rect::new(0, 0, 64, 64), 0);
    let place = Rect::new(5, 7, 48, 40);
    for shift in 0..2 {
        screen.paint(place, |x, y| hills(x, y, shift * 3));
        recording.show(&screen, place, SECOND_US + u64::from(shift) * 30_000);
    }
    (2..5).for_each(|at| recording.refresh(at * SECOND_US));
    recording
}

fn scroll() -> Recording {
    let mut screen = Screen::new(128, 96);
    let mut recording = Recording::new(100);
    let whole = Rect::new(0, 0, 128, 96);
    for step in 0..3 {
        screen.paint(whole, |_, y| [((y + step * 9) * 7) as u8, ((y + step * 9) * 13) as u8, 90]);
        recording.show(&screen, whole, u64::from(step) * SECOND_US);
    }
    recording
}

pub fn picture() -> Seeds {
    let seeds = [("exact", exact()), ("photo", photo()), ("scroll", scroll())];
    seeds.into_iter().map(|(name, recording)| (name, joined(&recording.packets))).collect()
}

fn arrow() -> Cursor {
    Cursor { width: 9, height: 12, hot_x: 1, hot_y: 2, pixels: (0..9 * 12 * 4).map(|at| at as u8).collect() }
}

pub fn pointer() -> Seeds {
    let shape = |cursor: Cursor| {
        let mut out = Vec::new();
        cursor.encode(&mut out).unwrap();
        out
    };
    let position = |x, y, visible| {
        let mut out = Vec::new();
        CursorPosition { x, y, visible }.encode(&mut out);
        out
    };
    vec![
        ("arrow", shape(arrow())),
        ("hidden", shape(Cursor::default())),
        ("position", position(-5, 70_000, true)),
        ("farthest", position(i32::MIN, i32::MAX, false)),
    ]
}

pub fn screen_stream() -> Seeds {
    let (mut customers, mut reps, mut small) = (Vec::new(), Vec::new(), Vec::new());
    CursorPosition { x: 3, y: 4, visible: true }.encode(&mut small);
    write(Kind::CursorPosition, &small, &mut customers).unwrap();
    small.clear();
    arrow().encode(&mut small).unwrap();
    write(Kind::CursorShape, &small, &mut customers).unwrap();
    for packet in exact().packets.iter().take(2) {
        write(Kind::Picture, packet, &mut customers).unwrap();
    }
    (0..3).for_each(|picture| encode_ack(picture, &mut reps));
    write(Kind::KeyRequest, &[], &mut reps).unwrap();
    vec![("from-the-customer", customers), ("from-the-rep", reps)]
}

pub fn clipboard_image() -> Seeds {
    vec![("rgba", clipboard_png(3, 2, (0..24).collect()).unwrap())]
}
