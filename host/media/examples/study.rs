//! Measures the codec on synthetic screens or on recorded ones, and checks what the far side shows.
//!
//! `study` runs all synthetic workloads at 1920 × 1080; `study --raw FILE WxH` takes raw BGRX frames. Further options:
//! `--photo N` and `--video N` (qualities), `--fps N`, `--rounds N` (recorded frames forwards, backwards, forwards …). Printed: bytes and CPU per frame, and how near the far picture is.

use std::{env, error::Error, fs, time::Instant};

use lotse_media::{Decoder, Encoder, EncoderOptions, PictureMut, PictureRef, Rect};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;

struct Screen {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

fn random(state: &mut u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *state >> 8
}

impl Screen {
    fn new() -> Self {
        Self { width: WIDTH, height: HEIGHT, pixels: vec![255; WIDTH * HEIGHT * 4] }
    }

    fn set(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.width && y < self.height {
            let at = (y * self.width + x) * 4;
            self.pixels[at..at + 3].copy_from_slice(&colour);
        }
    }

    fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, colour: [u8; 3]) {
        (y..y + height).for_each(|y| (x..x + width).for_each(|x| self.set(x, y, colour)));
    }

    /// A glyph-like blob with soft edges, the same for the same code.
    fn glyph(&mut self, x: usize, y: usize, code: u32) {
        let mut state = code.wrapping_mul(77_777);
        for stroke in 0..3 {
            let (from, length) = (random(&mut state) as usize % 8, 4 + random(&mut state) as usize % 8);
            for k in 0..length {
                let (px, py) = if stroke % 2 == 0 { (from, k) } else { (k.min(7), from + 2) };
                self.set(x + px, y + py, [20, 20, 20]);
                self.set(x + px + 1, y + py, [(random(&mut state) % 200) as u8; 3]);
            }
        }
    }

    fn text_line(&mut self, x: usize, y: usize, columns: usize, number: u32) {
        let mut state = number.wrapping_mul(2_654_435_761);
        for column in 0..columns {
            let code = random(&mut state) % 40;
            if code > 6 {
                self.glyph(x + column * 9, y, code);
            }
        }
    }

    /// Soft hills and sensor noise; `shift` pans.
    fn photo(&mut self, x: usize, y: usize, width: usize, height: usize, shift: f32, seed: u32) {
        let mut state = seed;
        for py in 0..height {
            for px in 0..width {
                let (u, v) = (px as f32 + shift, py as f32 + shift * 0.4);
                let hills = (u * 0.021).sin() * (v * 0.017).cos()
                    + 0.5 * (u * 0.11 + v * 0.07).sin()
                    + 0.25 * (u * 0.5).sin() * (v * 0.43).cos();
                let noise = (random(&mut state) % 7) as f32;
                let of = |gain: f32, base: f32| (base + gain * hills + noise).clamp(0.0, 255.0) as u8;
                self.set(x + px, y + py, [of(40.0, 110.0), of(55.0, 120.0), of(30.0, 90.0)]);
            }
        }
    }
}

type Frames<'a> = Box<dyn FnMut(usize, &mut Screen) -> Vec<Rect> + 'a>;

fn rect(x: usize, y: usize, width: usize, height: usize) -> Rect {
    Rect::new(x as i32, y as i32, width as u32, height as u32)
}

fn workload(name: &str) -> Frames<'static> {
    match name {
        "typing" => Box::new(|frame, screen| {
            let (column, row) = (frame % 100, frame / 100);
            screen.glyph(300 + column * 9, 200 + row * 18, frame as u32 % 31 + 7);
            vec![rect(300 + column * 9, 200 + row * 18, 10, 18)]
        }),
        "scroll" => Box::new(|frame, screen| {
            screen.fill(256, 64, 1400, 900, [255; 3]);
            (0..50).for_each(|line| screen.text_line(262, 64 + line * 18, 120, (frame * 3 + line) as u32));
            vec![rect(256, 64, 1400, 900)]
        }),
        "drag" => {
            let mut wall = Screen::new();
            wall.photo(0, 0, WIDTH, HEIGHT, 0.0, 5);
            Box::new(move |frame, screen| {
                screen.pixels.copy_from_slice(&wall.pixels);
                let (x, y) = (100 + frame * 11, 60 + frame * 5);
                screen.fill(x, y, 800, 600, [246, 245, 244]);
                screen.fill(x, y, 800, 30, [90, 70, 60]);
                (0..25).for_each(|line| screen.text_line(x + 16, y + 44 + line * 19, 70, line as u32));
                vec![rect(x.saturating_sub(11), y.saturating_sub(5), 811, 605)]
            })
        }
        "video" => Box::new(|frame, screen| {
            screen.photo(633, 317, 640, 360, frame as f32 * 1.7, frame as u32);
            vec![rect(633, 317, 640, 360)]
        }),
        _ => Box::new(|frame, screen| {
            screen.fill(0, 0, WIDTH, HEIGHT, [[250, 253, 253], [74, 48, 32]][frame % 2]);
            (0..6).for_each(|line| screen.text_line(160, 300 + line * 60, 80, (line + frame * 6) as u32));
            screen.photo(1080, 520, 720, 405, frame as f32 * 300.0, frame as u32);
            vec![rect(0, 0, WIDTH, HEIGHT)]
        }),
    }
}

/// Seconds of CPU this thread has had would need the operating system; wall time of a single thread is near enough.
fn timed<T>(total: &mut f64, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *total += start.elapsed().as_secs_f64();
    result
}

fn psnr(a: &[u8], b: &[u8], rects: &[Rect], width: usize) -> f64 {
    let (mut sum, mut count) = (0.0, 0usize);
    for rect in rects {
        for y in rect.y as usize..rect.y as usize + rect.height as usize {
            let at = (y * width + rect.x as usize) * 4;
            for k in (at..at + rect.width as usize * 4).filter(|k| k % 4 != 3) {
                sum += f64::from(a[k].abs_diff(b[k])).powi(2);
                count += 1;
            }
        }
    }
    10.0 * (65025.0 * count.max(1) as f64 / sum.max(1e-9)).log10()
}

fn study(
    name: &str,
    options: EncoderOptions,
    fps: u64,
    screen: &mut Screen,
    count: usize,
    frames: &mut Frames,
) -> Result<(), Box<dyn Error>> {
    let (width, height) = (screen.width, screen.height);
    let (mut encoder, mut decoder) = (Encoder::new(options), Decoder::new());
    let mut far = vec![0; width * height * 4];
    let (mut encode_s, mut decode_s, mut total, mut first, mut worst) = (0.0, 0.0, 0, 0, 0);
    let (mut quality, mut measured) = (0.0, 0);
    let mut sums = [0u64; 4];
    for frame in 0..count {
        let damage = frames(frame, screen);
        let now_us = frame as u64 * 1_000_000 / fps;
        let picture =
            PictureRef { width: width as u32, height: height as u32, stride: width * 4, pixels: &screen.pixels };
        let mut packets = Vec::new();
        let (mut encode, mut decode) = (0.0, 0.0);
        let report = timed(&mut encode, || {
            encoder.encode(picture, &damage, now_us, &mut |packet| packets.push(packet.to_vec()))
        });
        let mut written = Vec::new();
        for packet in &packets {
            let mut target =
                PictureMut { width: width as u32, height: height as u32, stride: width * 4, pixels: &mut far };
            timed(&mut decode, || decoder.decode(packet, &mut target, &mut written))?;
        }
        if frame == 0 {
            first = report.bytes;
            continue;
        }
        encode_s += encode;
        decode_s += decode;
        total += report.bytes;
        worst = worst.max(report.bytes);
        for (sum, part) in sums.iter_mut().zip([report.copied, report.filled, report.exact, report.lossy]) {
            *sum += part;
        }
        if env::var_os("STUDY_FRAMES").is_some() {
            println!("  {frame}: {} packets, {:.1} ms, {report:?}", packets.len(), encode * 1e3);
        }
        if report.lossy > 0 {
            quality += psnr(&screen.pixels, &far, &damage, width);
            measured += 1;
        }
    }
    let (mut refresh_s, mut refreshed, mut slices, mut pixels) = (0.0, 0, 0, 0);
    let mut now_us = count as u64 * 1_000_000 / fps;
    while let Some(due) = encoder.refresh_due_us() {
        now_us = now_us.max(due);
        let mut packet = Vec::new();
        pixels +=
            timed(&mut refresh_s, || encoder.refresh(now_us, 64 << 10, &mut |bytes| packet.extend_from_slice(bytes)))
                .refreshed;
        if !packet.is_empty() {
            let mut target =
                PictureMut { width: width as u32, height: height as u32, stride: width * 4, pixels: &mut far };
            decoder.decode(&packet, &mut target, &mut Vec::new())?;
            slices += 1;
        }
        refreshed += packet.len();
    }
    let exact = far.chunks_exact(4).zip(screen.pixels.chunks_exact(4)).all(|(a, b)| a[..3] == b[..3]);
    let n = (count - 1).max(1) as f64;
    println!(
        "{name:8} first {first:8}  mean {:8.0}  worst {worst:8}  encode {:5.2} ms  decode {:5.2} ms  psnr {:5.1}  refresh {refreshed} B in {slices}, {:.1} ms, {:.1} bits/px  exact {exact}   px copied {:.0} filled {:.0} exact {:.0} lossy {:.0}",
        total as f64 / n,
        encode_s * 1e3 / n,
        decode_s * 1e3 / n,
        quality / f64::from(measured.max(1)),
        refresh_s * 1e3,
        refreshed as f64 * 8.0 / (pixels as f64).max(1.0),
        sums[0] as f64 / n,
        sums[1] as f64 / n,
        sums[2] as f64 / n,
        sums[3] as f64 / n,
    );
    Ok(())
}

/// The damaged rectangle as a capture would tell it: all rows and columns with a difference.
fn changed(before: &[u8], now: &[u8], width: usize) -> Vec<Rect> {
    let row = width * 4;
    let rows: Vec<usize> =
        (0..now.len() / row).filter(|y| before[y * row..(y + 1) * row] != now[y * row..(y + 1) * row]).collect();
    let (Some(&top), Some(&bottom)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let (mut left, mut right) = (width, 0);
    for y in rows {
        let differs =
            |x: &usize| before[y * row + x * 4..y * row + x * 4 + 3] != now[y * row + x * 4..y * row + x * 4 + 3];
        left = (0..left).find(differs).unwrap_or(left);
        right = (right..width).rev().find(differs).map_or(right, |x| x + 1);
    }
    vec![rect(left, top, right.saturating_sub(left), bottom + 1 - top)]
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let mut options = EncoderOptions::default();
    if let Some(quality) = value("--photo") {
        options.photo_quality = quality.parse()?;
    }
    if let Some(quality) = value("--video") {
        options.video_quality = quality.parse()?;
    }
    let fps = value("--fps").map_or(Ok(30), |fps| fps.parse())?;
    if let Some(at) = arguments.iter().position(|a| a == "--raw") {
        let file = arguments.get(at + 1).ok_or("--raw FILE WxH")?;
        let (width, height) = arguments.get(at + 2).and_then(|size| size.split_once('x')).ok_or("--raw FILE WxH")?;
        let (width, height): (usize, usize) = (width.parse()?, height.parse()?);
        let bytes = fs::read(file)?;
        let all: Vec<&[u8]> = bytes.chunks_exact(width * height * 4).collect();
        let mut screen = Screen { width, height, pixels: all.first().ok_or("no frame")?.to_vec() };
        let rounds: usize = value("--rounds").map_or(Ok(1), |rounds| rounds.parse())?;
        let source = all.clone();
        let turn = (all.len() - 1).max(1);
        let place =
            move |frame: usize| if (frame / turn).is_multiple_of(2) { frame % turn } else { turn - frame % turn };
        let mut frames: Frames = Box::new(move |frame, screen| {
            let (before, now) = (source[place(frame.saturating_sub(1))], source[place(frame)]);
            screen.pixels.copy_from_slice(now);
            changed(before, now, width)
        });
        let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".raw").to_owned();
        return study(&name, options, fps, &mut screen, turn * rounds + 1, &mut frames);
    }
    for name in ["typing", "scroll", "drag", "video", "slides"] {
        let mut screen = Screen::new();
        screen.photo(0, 0, WIDTH, HEIGHT, 0.0, 5);
        study(name, options, fps, &mut screen, if name == "slides" { 8 } else { 40 }, &mut workload(name))?;
    }
    Ok(())
}
