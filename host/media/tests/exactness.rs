//! The promises of the codec as a whole: exact pictures, small scrolls, photos that become exact, and survival.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lotse_media::{DecodeError, Decoder, EncodeReport, Encoder, EncoderOptions, PictureMut, PictureRef, Rect};

struct Random(u32);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(self.0 >> 4) * u64::from(end)) >> 28) as u32
    }
}

#[derive(Clone)]
struct Screen {
    width: u32,
    height: u32,
    padding: usize,
    pixels: Vec<u8>,
}

impl Screen {
    fn new(width: u32, height: u32, padding: usize) -> Self {
        Self { width, height, padding, pixels: vec![0; (width as usize * 4 + padding) * height as usize] }
    }

    fn stride(&self) -> usize {
        self.width as usize * 4 + self.padding
    }

    fn view(&self) -> PictureRef<'_> {
        PictureRef { width: self.width, height: self.height, stride: self.stride(), pixels: &self.pixels }
    }

    fn view_mut(&mut self) -> PictureMut<'_> {
        PictureMut { width: self.width, height: self.height, stride: self.stride(), pixels: &mut self.pixels }
    }

    fn get(&self, x: u32, y: u32) -> [u8; 3] {
        let at = y as usize * self.stride() + x as usize * 4;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }

    fn set(&mut self, x: u32, y: u32, colour: [u8; 3], unused: u8) {
        let at = y as usize * self.stride() + x as usize * 4;
        self.pixels[at..at + 3].copy_from_slice(&colour);
        self.pixels[at + 3] = unused;
    }

    fn paint(&mut self, rect: Rect, mut colour: impl FnMut(u32, u32) -> [u8; 3]) {
        for y in rect.y as u32..rect.y as u32 + rect.height {
            for x in rect.x as u32..rect.x as u32 + rect.width {
                // The fourth byte means nothing, so it may be anything.
                self.set(x, y, colour(x, y), (x * y) as u8);
            }
        }
    }

    fn whole(&self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    /// Letter-like marks on white, different in each line.
    fn text(&mut self, rect: Rect, first_line: u32) {
        let top = rect.y as u32;
        self.paint(rect, |x, y| {
            let (line, row) = ((y - top) / 16 + first_line, (y - top) % 16);
            let letter = (x / 9).wrapping_mul(2_654_435_761).wrapping_add(line.wrapping_mul(40_503)) >> 9;
            let ink = (letter.wrapping_mul(x % 9 * 31 + row * 17 + 1) >> 3) % 3 == 0 && row < 12 && letter % 6 > 0;
            if ink { [(letter % 60) as u8; 3] } else { [255; 3] }
        });
    }

    fn photo(&mut self, rect: Rect, shift: f32, random: &mut Random) {
        self.paint(rect, |x, y| {
            let (u, v) = (x as f32 + shift, y as f32 - shift);
            let hills = (u * 0.05).sin() * (v * 0.043).cos() * 60.0 + (u * 0.3).sin() * 12.0;
            let noise = random.below(6) as f32;
            [(110.0 + hills + noise) as u8, (120.0 + hills * 0.8 + noise) as u8, (90.0 - hills * 0.5 + noise) as u8]
        });
    }
}

fn packets_of(encoder: &mut Encoder, screen: &Screen, damage: &[Rect], now_us: u64) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    encoder.encode(screen.view(), damage, now_us, &mut |packet| packets.push(packet.to_vec()));
    packets
}

fn assert_same(a: &Screen, b: &Screen, when: &str) {
    for y in 0..a.height {
        for x in 0..a.width {
            assert_eq!(a.get(x, y), b.get(x, y), "at {x}, {y} {when}");
        }
    }
}

/// Both ends of a stream.
struct Pair {
    encoder: Encoder,
    decoder: Decoder,
    far: Screen,
}

impl Pair {
    fn new(options: EncoderOptions, screen: &Screen) -> Self {
        let far = Screen::new(screen.width, screen.height, 12);
        Self { encoder: Encoder::new(options), decoder: Decoder::new(), far }
    }

    fn show(&mut self, screen: &Screen, damage: &[Rect], now_us: u64) -> EncodeReport {
        let mut packets = Vec::new();
        let report = self.encoder.encode(screen.view(), damage, now_us, &mut |packet| packets.push(packet.to_vec()));
        assert_eq!(report.bytes, packets.iter().map(Vec::len).sum::<usize>());
        packets.iter().for_each(|packet| self.take(packet));
        report
    }

    fn take(&mut self, packet: &[u8]) {
        if !packet.is_empty() {
            let before = self.far.clone();
            let mut written = Vec::new();
            self.decoder.decode(packet, &mut self.far.view_mut(), &mut written).unwrap();
            for y in 0..before.height {
                for x in 0..before.width {
                    let told = written.iter().any(|rect| rect.contains(&Rect::new(x as i32, y as i32, 1, 1)));
                    assert!(told || before.get(x, y) == self.far.get(x, y), "untold damage at {x}, {y}");
                }
            }
        }
    }

    /// Refreshes until there is nothing to do, in slices of at most about `budget` bytes.
    fn rest(&mut self, now_us: u64, budget: usize) -> Vec<usize> {
        let mut slices = Vec::new();
        let mut now_us = now_us;
        while let Some(due) = self.encoder.refresh_due_us() {
            now_us = now_us.max(due);
            let mut packet = Vec::new();
            self.encoder.refresh(now_us, budget, &mut |bytes| packet.extend_from_slice(bytes));
            self.take(&packet);
            slices.push(packet.len());
            assert!(slices.len() < 1000, "the refresh never ends");
        }
        slices
    }
}

fn exact() -> EncoderOptions {
    EncoderOptions { photo_quality: 100, ..EncoderOptions::default() }
}

/// One random change of the screen; returns where it was.
fn edit(screen: &mut Screen, random: &mut Random) -> Rect {
    let (width, height) = (1 + random.below(screen.width - 1), 1 + random.below(screen.height - 1));
    let (x, y) = (random.below(screen.width - width + 1), random.below(screen.height - height + 1));
    let rect = Rect::new(x as i32, y as i32, width, height);
    match random.below(6) {
        0 => screen.paint(rect, |_, _| [9, 8, 7]),
        1 => screen.text(rect, random.below(9)),
        2 => screen.photo(rect, random.below(99) as f32, random),
        3 => {
            let mut noise = Random(random.below(u32::MAX >> 4));
            screen.paint(rect, |_, _| [noise.below(256) as u8, noise.below(256) as u8, noise.below(256) as u8]);
        }
        4 => {
            let before = screen.clone();
            let by = 1 + random.below(40);
            screen.paint(rect, |x, y| before.get(x, (y + by).min(before.height - 1)));
        }
        _ => {
            let before = screen.clone();
            let (right, down) = (random.below(30), random.below(30));
            screen.paint(rect, |x, y| before.get(x.saturating_sub(right), y.saturating_sub(down)));
        }
    }
    rect
}

#[test]
fn random_edits_are_exact_at_quality_100() {
    for seed in 0..12 {
        let mut random = Random(seed * 7919 + 1);
        let mut screen = Screen::new(200 + random.below(150), 180 + random.below(150), 20);
        let mut pair = Pair::new(exact(), &screen);
        for frame in 0..25u64 {
            let damage: Vec<Rect> = (0..random.below(3)).map(|_| edit(&mut screen, &mut random)).collect();
            if random.below(12) == 0 {
                pair.encoder.request_key();
            }
            pair.show(&screen, &damage, frame * 30_000);
            assert_same(&screen, &pair.far, &format!("seed {seed} frame {frame}"));
            assert_eq!(pair.encoder.refresh_due_us(), None);
        }
    }
}

#[test]
fn random_edits_are_exact_after_the_refresh() {
    for seed in 0..12 {
        let mut random = Random(seed * 104_729 + 5);
        let mut screen = Screen::new(200 + random.below(150), 180 + random.below(150), 4);
        let mut pair = Pair::new(EncoderOptions::default(), &screen);
        for frame in 0..30u64 {
            let damage: Vec<Rect> = (0..random.below(3)).map(|_| edit(&mut screen, &mut random)).collect();
            pair.show(&screen, &damage, frame * 30_000);
            if random.below(5) == 0 {
                pair.rest(frame * 30_000 + 400_000, 5_000);
                assert_same(&screen, &pair.far, &format!("seed {seed} frame {frame}"));
            }
        }
    }
}

#[test]
fn a_scroll_is_a_copy_and_small() {
    let mut screen = Screen::new(800, 600, 0);
    let mut pair = Pair::new(EncoderOptions::default(), &screen);
    screen.text(screen.whole(), 0);
    pair.show(&screen, &[], 0);
    for step in 1..6 {
        screen.text(screen.whole(), step * 3);
        let report = pair.show(&screen, &[screen.whole()], u64::from(step) * 30_000);
        assert!(report.copied > 800 * 540, "{report:?}");
        assert!(report.exact <= 800 * 64 && report.bytes < 12_000, "{report:?}");
        assert_same(&screen, &pair.far, "after a scroll");
    }
}

#[test]
fn a_dragged_window_is_a_copy_and_small() {
    let mut desktop = Screen::new(800, 600, 0);
    desktop.paint(desktop.whole(), |x, y| [(x / 4) as u8, (y / 4) as u8, 90]);
    let mut window = Screen::new(400, 300, 0);
    window.text(window.whole(), 0);
    let at = |left: u32, top: u32| {
        let mut screen = desktop.clone();
        screen.paint(Rect::new(left as i32, top as i32, 400, 300), |x, y| window.get(x - left, y - top));
        screen
    };
    let mut pair = Pair::new(exact(), &desktop);
    pair.show(&at(50, 40), &[], 0);
    for step in 1..8 {
        let screen = at(50 + step * 23, 40 + step * 7);
        let report = pair.show(&screen, &[screen.whole()], u64::from(step) * 30_000);
        assert!(report.copied >= 400 * 280, "{report:?}");
        assert!(report.bytes < 12_000, "{report:?}");
        assert_same(&screen, &pair.far, "after a drag");
    }
}

#[test]
fn text_is_never_lossy_and_nothing_is_sent_when_idle() {
    let mut screen = Screen::new(640, 400, 0);
    let mut pair = Pair::new(EncoderOptions::default(), &screen);
    screen.text(screen.whole(), 0);
    let report = pair.show(&screen, &[], 0);
    assert!(report.key && report.lossy == 0, "{report:?}");
    assert_eq!(pair.encoder.refresh_due_us(), None);
    assert_eq!(pair.show(&screen, &[screen.whole()], 1), EncodeReport::default());
    let nothing = &mut |_: &[u8]| panic!("a packet without need");
    assert_eq!(pair.encoder.refresh(u64::MAX, 1 << 20, nothing), EncodeReport::default());
}

#[test]
fn a_photo_is_lossy_first_and_exact_after_rest() {
    let mut random = Random(3);
    let mut screen = Screen::new(640, 400, 0);
    let mut pair = Pair::new(EncoderOptions::default(), &screen);
    pair.show(&screen, &[], 0);
    let place = Rect::new(101, 77, 333, 222);
    screen.photo(place, 0.0, &mut random);
    let report = pair.show(&screen, &[place], 1_000_000);
    assert!(report.lossy > place.area() * 8 / 10, "{report:?}");
    assert!(report.bytes < place.area() as usize * 3 / 10, "{report:?}");
    let due = pair.encoder.refresh_due_us().expect("something lossy is left");
    assert_eq!(due, 1_300_000);
    let early = pair.encoder.refresh(due - 1, 1 << 20, &mut |_| panic!("not before it has rested"));
    assert_eq!(early.bytes, 0);
    let slices = pair.rest(due, 20_000);
    assert!(slices.len() > 2 && slices.iter().all(|&bytes| bytes < 40_000), "{slices:?}");
    assert_same(&screen, &pair.far, "after the refresh");
}

#[test]
fn video_costs_little_and_stays_near() {
    let mut random = Random(3);
    let mut screen = Screen::new(640, 400, 0);
    let mut pair = Pair::new(EncoderOptions::default(), &screen);
    pair.show(&screen, &[], 0);
    let place = Rect::new(100, 60, 320, 240);
    let mut last = EncodeReport::default();
    for frame in 1..20u64 {
        screen.photo(place, frame as f32 * 2.3, &mut random);
        last = pair.show(&screen, &[place], frame * 33_000);
        assert!(pair.encoder.refresh_due_us().unwrap() > frame * 33_000);
    }
    assert!(last.bytes < 320 * 240 / 10, "{last:?}");
    let mut worst = 0;
    for y in 60..300 {
        for x in 100..420 {
            let (a, b) = (screen.get(x, y), pair.far.get(x, y));
            worst = (0..3).map(|k| a[k].abs_diff(b[k])).max().unwrap().max(worst);
        }
    }
    assert!(worst < 80, "{worst}");
    pair.rest(2_000_000, 50_000);
    assert_same(&screen, &pair.far, "after the video");
}

#[test]
fn a_lossy_area_that_scrolls_stays_known_as_lossy() {
    let mut random = Random(11);
    let mut screen = Screen::new(512, 512, 0);
    let mut pair = Pair::new(EncoderOptions::default(), &screen);
    screen.text(screen.whole(), 0);
    pair.show(&screen, &[], 0);
    screen.photo(Rect::new(64, 200, 300, 200), 0.0, &mut random);
    pair.show(&screen, &[screen.whole()], 30_000);
    let before = screen.clone();
    screen.paint(screen.whole(), |x, y| before.get(x, (y + 37).min(511)));
    let report = pair.show(&screen, &[screen.whole()], 60_000);
    assert!(report.copied > 300 * 200 && report.lossy < 4_000, "{report:?}");
    pair.rest(1_000_000, 50_000);
    assert_same(&screen, &pair.far, "after scrolling a photo");
}

#[test]
fn sizes_change_and_tiny_pictures_work() {
    let mut random = Random(8);
    let mut encoder = Encoder::new(EncoderOptions::default());
    let mut decoder = Decoder::new();
    for (width, height) in [(1, 1), (17, 3), (3, 300), (300, 200), (299, 201), (300, 200)] {
        let mut screen = Screen::new(width, height, 0);
        screen.photo(screen.whole(), 5.0, &mut random);
        let packets = packets_of(&mut encoder, &screen, &[], 0);
        assert_eq!(Decoder::is_key(&packets[0]), Ok(true));
        assert_eq!(Decoder::size_of(&packets[0]), Ok((width, height)));
        let mut wrong = Screen::new(width + 1, height, 0);
        assert_eq!(decoder.decode(&packets[0], &mut wrong.view_mut(), &mut Vec::new()), Err(DecodeError::Target));
        let mut far = Screen::new(width, height, 0);
        for packet in &packets {
            decoder.decode(packet, &mut far.view_mut(), &mut Vec::new()).unwrap();
        }
        let mut slice = Vec::new();
        encoder.refresh(10_000_000, usize::MAX, &mut |bytes| slice.extend_from_slice(bytes));
        if !slice.is_empty() {
            decoder.decode(&slice, &mut far.view_mut(), &mut Vec::new()).unwrap();
        }
        assert_same(&screen, &far, "after a change of size");
    }
}

#[test]
fn damage_outside_the_picture_and_false_pictures_are_harmless() {
    let mut screen = Screen::new(100, 100, 0);
    let mut pair = Pair::new(exact(), &screen);
    pair.show(&screen, &[], 0);
    screen.paint(Rect::new(90, 90, 10, 10), |_, _| [1, 2, 3]);
    let wild = [Rect::new(-50, -50, 1000, 1000), Rect::new(i32::MAX, i32::MIN, u32::MAX, u32::MAX), Rect::default()];
    pair.show(&screen, &wild, 1);
    assert_same(&screen, &pair.far, "with wild damage");
    let short = PictureRef { width: 100, height: 100, stride: 400, pixels: &screen.pixels[..39_999] };
    assert_eq!(pair.encoder.encode(short, &wild, 2, &mut |_| panic!("a packet")), EncodeReport::default());
}

#[test]
fn hostile_packets_are_survived_and_a_key_brings_it_back() {
    let mut random = Random(77);
    let mut screen = Screen::new(250, 190, 0);
    let mut encoder = Encoder::new(EncoderOptions::default());
    let mut packets = Vec::new();
    for frame in 0..8u64 {
        let damage = [edit(&mut screen, &mut random), edit(&mut screen, &mut random)];
        packets.extend(packets_of(&mut encoder, &screen, &damage, frame * 30_000));
        encoder.refresh(frame * 30_000 + 10_000_000, 3_000, &mut |slice| packets.push(slice.to_vec()));
    }
    let mut far = Screen::new(250, 190, 0);
    for round in 0..3_000u32 {
        let mut decoder = Decoder::new();
        for packet in &packets {
            let mut hostile = packet.clone();
            if random.below(3) == 0 {
                for _ in 0..=random.below(4) {
                    // The head is where sizes and places stand, so it is hit as often as all the rest.
                    let end = if random.below(2) == 0 { 24.min(hostile.len()) } else { hostile.len() };
                    let at = random.below(end as u32) as usize;
                    match random.below(4) {
                        0 => hostile[at] ^= 1 << random.below(8),
                        1 => hostile[at] = random.below(256) as u8,
                        2 => hostile.truncate(at + 1),
                        _ => hostile.insert(at, random.below(256) as u8),
                    }
                }
            }
            let mut damage = Vec::new();
            let outcome = decoder.decode(&hostile, &mut far.view_mut(), &mut damage);
            let whole = far.whole();
            assert!(damage.iter().all(|rect| whole.contains(rect)), "round {round}");
            if outcome.is_err() && hostile.len() == packet.len() && &hostile != packet {
                break;
            }
        }
        if round % 500 == 0 {
            encoder.request_key();
            encoder.set(exact());
            for packet in packets_of(&mut encoder, &screen, &[], 0) {
                decoder.decode(&packet, &mut far.view_mut(), &mut Vec::new()).unwrap();
            }
            assert_same(&screen, &far, "after the key");
        }
    }
}

#[test]
fn packets_after_an_error_need_a_key() {
    let mut random = Random(4);
    let mut screen = Screen::new(64, 64, 0);
    let mut encoder = Encoder::new(exact());
    let mut decoder = Decoder::new();
    let mut far = Screen::new(64, 64, 0);
    let packet = |screen: &Screen, encoder: &mut Encoder| packets_of(encoder, screen, &[screen.whole()], 0).remove(0);
    screen.photo(screen.whole(), 0.0, &mut random);
    let key = packet(&screen, &mut encoder);
    assert_eq!(Decoder::is_key(&key), Ok(true));
    decoder.decode(&key, &mut far.view_mut(), &mut Vec::new()).unwrap();
    screen.photo(screen.whole(), 1.0, &mut random);
    let next = packet(&screen, &mut encoder);
    let damaged = &next[..next.len() - 1];
    assert!(decoder.decode(damaged, &mut far.view_mut(), &mut Vec::new()).is_err());
    assert_eq!(decoder.decode(&next, &mut far.view_mut(), &mut Vec::new()), Err(DecodeError::NeedsKey));
    assert_eq!(decoder.decode(&[0x20, 1, 1], &mut far.view_mut(), &mut Vec::new()), Err(DecodeError::Version));
    assert_eq!(decoder.decode(&[], &mut far.view_mut(), &mut Vec::new()), Err(DecodeError::Truncated));
}

/// A whole screen is not one long wait: what was drawn comes first, and no packet is a large part of the picture.
#[test]
fn a_large_change_goes_out_in_parts_drawn_before_photo() {
    let mut random = Random(12);
    let mut screen = Screen::new(1280, 960, 0);
    let photo = Rect::new(0, 320, 1280, 640);
    screen.text(Rect::new(0, 0, 1280, 320), 0);
    screen.photo(photo, 0.0, &mut random);
    let mut encoder = Encoder::new(EncoderOptions::default());
    let packets = packets_of(&mut encoder, &screen, &[], 0);
    assert!(packets.len() > 3, "{} packets", packets.len());
    let (mut decoder, mut far) = (Decoder::new(), Screen::new(1280, 960, 0));
    let mut written: Vec<Vec<Rect>> = Vec::new();
    for packet in &packets {
        assert!(!decoder.is_whole());
        let mut damage = Vec::new();
        decoder.decode(packet, &mut far.view_mut(), &mut damage).unwrap();
        written.push(damage);
    }
    assert!(decoder.is_whole(), "the last packet says that it is the last");
    assert_eq!(written.pop(), Some(Vec::new()));
    let is_photo = |rects: &Vec<Rect>| rects.iter().all(|rect| photo.contains(rect));
    let first_photo = written.iter().position(is_photo).expect("the photo");
    assert!(first_photo > 0 && written[first_photo..].iter().all(is_photo));
    let area = |rects: &Vec<Rect>| rects.iter().map(Rect::area).sum::<u64>();
    assert!(written[1..].iter().all(|rects| area(rects) <= 400_000), "no part is larger than about 512 × 512 pixels");
    for y in 0..320 {
        for x in 0..1280 {
            assert_eq!(screen.get(x, y), far.get(x, y), "text at {x}, {y}");
        }
    }
}

/// Scar: a cell of a long video was taken for one for ever, and what was written where it had been stayed blurred.
#[test]
fn what_is_drawn_where_a_video_was_is_exact_at_once() {
    let mut random = Random(5);
    let mut screen = Screen::new(640, 400, 0);
    let mut pair = Pair::new(EncoderOptions::default(), &screen);
    pair.show(&screen, &[], 0);
    let place = Rect::new(64, 48, 256, 160);
    for frame in 0..270_u64 {
        screen.photo(place, frame as f32, &mut random);
        pair.show(&screen, &[place], frame * 16_000);
    }
    screen.text(place, 3);
    let report = pair.show(&screen, &[place], 270 * 16_000);
    assert_eq!(report.lossy, 0, "{report:?}");
    assert_same(&screen, &pair.far, "after the video");
}
