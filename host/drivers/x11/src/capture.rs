//! One display or window: XDamage says where, [`crate::picture`] fetches what, [`crate::subject`] says of what.
//!
//! A round trip takes the damaged region off the server, and one more fetches all boxes. The server's notices tell the box
//! round the damage: a small one is fetched along with the question for the region, and mostly that is all there was.
//! While nothing changes the thread sleeps in `poll` and neither side does anything.

use std::time::{Duration, Instant};

use lotse_driver::abi::RectI32;
use lotse_driver::{Capture, CursorView, DisplayDescription, Error, FrameView, Result, Wake, WindowDescription};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyError;
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xfixes::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ImageFormat, ImageOrder};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

use crate::connection::{Link, Woken, lost, refused, refused_id};
use crate::cursor::Cursor;
use crate::displays::{self, Area};
use crate::picture::Picture;
use crate::subject::{Followed, Subject};
use crate::window::Window;
use crate::{boxes, connection, window, window_list};

/// Shortest time between two waits that end for a moved pointer: 125 Hz, what most mice report.
const POINTER_INTERVAL: Duration = Duration::from_millis(8);
/// Longest time between two looks at where the pointer is, while something changes.
const POINTER_LOOK: Duration = Duration::from_millis(250);
/// A box of no more pixels is cheaper to fetch than to wait for what of it was damaged.
const GUESS_MAX: i64 = 32 << 10;
/// A window that was just given a picture of its own is painted anew by its program: how long it may be still before it is
/// taken as done, and how long is waited at most.
const PAINT_PAUSE: Duration = Duration::from_millis(60);
const PAINT_MAX: Duration = Duration::from_millis(300);
/// When this is set in the environment, shared pixmaps are left unused, as on servers that draw on a graphics card.
const NO_SHARED_PIXMAPS: &str = "LOTSE_X11_NO_SHARED_PIXMAPS";
/// MIT-SHM's first version that takes memory as a file.
const SHM: (u16, u16) = (1, 2);

/// An open display or window.
#[derive(Debug)]
pub struct X11Capture {
    link: Link,
    subject: Subject,
    damage: damage::Damage,
    region: xfixes::Region,
    picture: Picture,
    boxes: Vec<RectI32>,
    guess: Vec<RectI32>,
    cursor: Cursor,
    news: News,
    /// Number of the request that last took damage; notices from before it are old.
    taken: u64,
    pointer_told: Instant,
    /// Whether motions are told of, whether there was one since the place was looked at, and when that was.
    tracked: bool,
    pointer_moved: bool,
    pointer_seen: Instant,
    /// Something changed since, so that it may have been put elsewhere: one more look is due.
    pointer_unsure: bool,
}

/// What the server told since it was last dealt with.
#[derive(Debug, Default)]
struct News {
    /// Nothing of the picture is known.
    all: bool,
    /// The box round what was damaged, in the root window or in the one that is captured.
    damage: Option<RectI32>,
    geometry: bool,
    cursor: bool,
    pointer: bool,
}

impl Capture for X11Capture {
    fn displays() -> Result<Vec<DisplayDescription>> {
        let link = Link::connect()?;
        check(&link)?;
        let monitors = displays::has_monitors(&link.conn)?;
        let found = displays::list(&link.conn, link.screen.root, monitors)?;
        Ok(found.into_iter().map(|(display, _)| display).collect())
    }

    fn open(display: u32) -> Result<Self> {
        let link = Link::connect()?;
        let shares_pixmaps = check(&link)?;
        let (conn, root) = (&link.conn, link.screen.root);
        let monitors = displays::has_monitors(conn)?;
        if monitors {
            displays::watch(conn, root)?;
        }
        let (found, area) = displays::find(displays::list(conn, root, monitors)?, display)?;
        let picture = Picture::new(conn, &link.screen, area, shares_pixmaps)?;
        let subject = Subject::Display { id: found.id, monitors, shares_pixmaps };
        Self::begin(link, subject, picture, root)
    }

    fn windows() -> Result<Vec<WindowDescription>> {
        let link = Link::connect()?;
        check(&link)?;
        window::check(&link.conn)?;
        window_list::list(&link.conn, link.screen.root)
    }

    fn open_window(id: u64) -> Result<Self> {
        let link = Link::connect()?;
        check(&link)?;
        window::check(&link.conn)?;
        let id = u32::try_from(id).map_err(|_| window::closed())?;
        let (window, picture) = Window::open(&link.conn, link.screen.root, id)?;
        let mut capture = Self::begin(link, Subject::Window(window), picture, id)?;
        capture.wait_until_painted(false)?;
        Ok(capture)
    }

    fn waker(&self) -> Wake {
        self.link.waker()
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Result<bool> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            self.take_events()?;
            let mut until = deadline;
            if self.news.pointer {
                let due = self.pointer_told + POINTER_INTERVAL;
                until = Some(until.map_or(due, |until| until.min(due)));
            }
            if self.pointer_unsure {
                let due = self.pointer_seen + POINTER_LOOK;
                if Instant::now() >= due {
                    (self.pointer_unsure, self.pointer_moved) = (false, true);
                    return Ok(true);
                }
                until = Some(until.map_or(due, |until| until.min(due)));
            }
            if self.tell(Instant::now()) {
                return Ok(true);
            }
            match self.link.sleep(until)? {
                Woken::Bell => return Ok(false),
                Woken::Server => {}
                Woken::Deadline if until == deadline => return Ok(false),
                Woken::Deadline => {}
            }
        }
    }

    fn grab(&mut self) -> Result<FrameView<'_>> {
        self.take_events()?;
        let displays_changed = self.news.geometry && self.subject.is_display();
        let looked = self.look();
        if looked.is_err() {
            // What was taken off the server and not fetched is known to nobody any more.
            (self.news.all, self.news.geometry) = (true, true);
        }
        let resized = looked?;
        let Area { width, height, .. } = self.picture.area();
        Ok(FrameView {
            width: width.into(),
            height: height.into(),
            stride: self.picture.stride() as u32,
            resized,
            displays_changed,
            hidden: self.subject.is_hidden(),
            pixels: self.picture.pixels(),
            damage: &self.boxes,
        })
    }

    fn cursor(&mut self) -> Result<CursorView<'_>> {
        let now = Instant::now();
        // Programs may put the pointer elsewhere without a motion that is told of, so it is looked for now and then.
        let told = !self.tracked || self.pointer_moved;
        self.pointer_unsure = !told && now.saturating_duration_since(self.pointer_seen) < POINTER_LOOK;
        if !self.pointer_unsure {
            self.cursor.find(&self.link.conn, self.link.screen.root)?;
            (self.pointer_moved, self.pointer_seen) = (false, now);
        }
        self.cursor.look(&self.link.conn, self.subject.place(self.picture.area()))
    }

    fn track_pointer(&mut self, on: bool) -> Result<()> {
        self.news.pointer = false;
        (self.tracked, self.pointer_moved) = (false, true);
        Cursor::watch_moves(&self.link.conn, self.link.screen.root, on)?;
        self.tracked = on;
        Ok(())
    }
}

impl X11Capture {
    /// Watches `drawable` for what is drawn there.
    fn begin(link: Link, subject: Subject, picture: Picture, drawable: u32) -> Result<Self> {
        let conn = &link.conn;
        let damage = conn.generate_id().map_err(refused_id)?;
        conn.damage_create(damage, drawable, ReportLevel::BOUNDING_BOX)
            .map_err(|error| lost(&error))?
            .check()
            .map_err(refused)?;
        let region = conn.generate_id().map_err(refused_id)?;
        conn.xfixes_create_region(region, &[]).map_err(|error| lost(&error))?;
        Cursor::watch_shape(conn, link.screen.root)?;
        let news = News { all: true, cursor: true, ..News::default() };
        let now = Instant::now();
        Ok(Self {
            link,
            subject,
            damage,
            region,
            picture,
            boxes: Vec::new(),
            guess: Vec::new(),
            cursor: Cursor::default(),
            news,
            taken: 0,
            pointer_told: now,
            tracked: false,
            pointer_moved: true,
            pointer_seen: now,
            pointer_unsure: false,
        })
    }

    /// Until then what lay over the window may be seen in it, which nobody chose to show: servers begin a window's own picture
    /// with what is on the screen there. `begins`: nothing counts as done before something was painted.
    fn wait_until_painted(&mut self, begins: bool) -> Result<()> {
        let until = Instant::now() + PAINT_MAX;
        let mut waits = begins;
        let mut before = begins;
        loop {
            self.take_events()?;
            let painted = std::mem::take(&mut self.news.damage).is_some();
            if painted || before {
                // What was painted before is of the picture before.
                waits = before;
                before = false;
                // Told once until it is taken off the server.
                self.link.conn.damage_subtract(self.damage, x11rb::NONE, x11rb::NONE).map_err(|error| lost(&error))?;
            }
            let pause = if waits { until } else { (Instant::now() + PAINT_PAUSE).min(until) };
            if self.link.sleep(Some(pause))? == Woken::Deadline {
                self.news.all = true;
                return Ok(());
            }
        }
    }

    /// Brings the picture up to date; true when the display has another size or place.
    fn look(&mut self) -> Result<bool> {
        let mut resized = self.follow_geometry()?;
        self.boxes.clear();
        if self.subject.is_hidden() {
            // All of it is fetched when it is back.
            (self.news.damage, self.news.all) = (None, false);
            return Ok(resized);
        }
        if let Err(error) = self.renew() {
            // The geometry changed while we asked; the notice of it is on its way.
            if !is_misfit(&error) {
                return Err(refused(error));
            }
            self.news.geometry = true;
            resized |= self.follow_geometry()?;
            self.boxes.clear();
            if self.subject.is_hidden() {
                return Ok(resized);
            }
            self.boxes.push(whole(self.picture.area()));
            self.picture.fetch(&self.link.conn, &self.boxes).map_err(refused)?;
        }
        Ok(resized)
    }

    fn take_events(&mut self) -> Result<()> {
        while let Some((event, sequence)) =
            self.link.conn.poll_for_event_with_sequence().map_err(|error| lost(&error))?
        {
            match event {
                Event::DamageNotify(notice) if sequence >= self.taken => {
                    let area = boxes::rect(notice.area);
                    self.news.damage = Some(self.news.damage.map_or(area, |damage| boxes::union(damage, area)));
                }
                Event::DamageNotify(_) => {}
                Event::XfixesCursorNotify(_) => {
                    self.cursor.stale();
                    self.news.cursor = true;
                }
                event if displays::changed(&event) || self.subject.heard(&event) => self.news.geometry = true,
                Event::XinputRawMotion(_) => (self.news.pointer, self.pointer_moved) = (true, true),
                // Nothing else was asked for; a keyboard's new mapping is told to everybody.
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a wait ends now. Damage and geometry stay until they are grabbed, the pointer is told once.
    fn tell(&mut self, now: Instant) -> bool {
        let mut pointer = std::mem::take(&mut self.news.cursor);
        if self.news.pointer && now.saturating_duration_since(self.pointer_told) >= POINTER_INTERVAL {
            self.news.pointer = false;
            self.pointer_told = now;
            pointer = true;
        }
        pointer || self.news.all || self.news.damage.is_some() || self.news.geometry
    }

    /// Looks where the display is when it may have changed; true when it has another size or place.
    fn follow_geometry(&mut self) -> Result<bool> {
        if !std::mem::take(&mut self.news.geometry) {
            return Ok(false);
        }
        self.pointer_moved = true;
        match self.subject.follow(&self.link, self.picture.area())? {
            Followed::Same => Ok(false),
            Followed::Anew { picture, resized } => {
                std::mem::replace(&mut self.picture, picture).detach(&self.link.conn);
                self.news.all = true;
                if !self.subject.is_display() {
                    self.wait_until_painted(true)?;
                }
                Ok(resized)
            }
        }
    }

    /// Takes what was damaged off the server into `boxes` and fetches it.
    fn renew(&mut self) -> std::result::Result<(), ReplyError> {
        let (conn, area) = (&self.link.conn, self.picture.area());
        let damaged = self.news.damage.take();
        if std::mem::take(&mut self.news.all) {
            self.taken = conn.damage_subtract(self.damage, x11rb::NONE, x11rb::NONE)?.sequence_number();
            self.boxes.push(whole(area));
            return self.picture.fetch(conn, &self.boxes);
        }
        let Some(damaged) = damaged else { return Ok(()) };
        let (left, top) = self.subject.damage_origin(area);
        let cut = |rects: &mut dyn Iterator<Item = RectI32>, into: &mut Vec<RectI32>| {
            let moved = |rect: RectI32| RectI32 { x: rect.x - left, y: rect.y - top, ..rect };
            boxes::merge(rects.map(moved), area.width.into(), area.height.into(), into);
        };
        self.guess.clear();
        if boxes::area(damaged) <= GUESS_MAX {
            cut(&mut [damaged].into_iter(), &mut self.guess);
        }
        self.taken = conn.damage_subtract(self.damage, x11rb::NONE, self.region)?.sequence_number();
        let guessed = self.picture.ask(conn, &self.guess)?;
        let region = conn.xfixes_fetch_region(self.region)?.reply()?;
        self.picture.take(guessed)?;
        cut(&mut region.rectangles.iter().map(|rect| boxes::rect(*rect)), &mut self.boxes);
        let (guess, boxes) = (&self.guess, &self.boxes);
        if boxes.iter().all(|rect| guess.iter().any(|guess| boxes::union(*guess, *rect) == *guess)) {
            return Ok(());
        }
        self.picture.fetch(conn, boxes)
    }
}

fn whole(area: Area) -> RectI32 {
    RectI32 { x: 0, y: 0, width: area.width.into(), height: area.height.into() }
}

fn is_misfit(error: &ReplyError) -> bool {
    matches!(error, ReplyError::X11Error(error) if matches!(error.error_kind, ErrorKind::Match | ErrorKind::Value))
}

/// Says why this driver cannot capture from that server, if it cannot, or else whether it shares pixmaps. Announces the
/// versions that the extensions ask for.
fn check(link: &Link) -> Result<bool> {
    let conn = &link.conn;
    for (name, what) in [
        (xfixes::X11_EXTENSION_NAME, "XFIXES"),
        (damage::X11_EXTENSION_NAME, "DAMAGE"),
        (shm::X11_EXTENSION_NAME, "MIT-SHM"),
    ] {
        if conn.extension_information(name).map_err(|error| lost(&error))?.is_none() {
            return Err(Error::unsupported(format!("the X server lacks the extension {what}")));
        }
    }
    let fixes = conn.xfixes_query_version(5, 0).map_err(|error| lost(&error))?;
    let damage = conn.damage_query_version(1, 1).map_err(|error| lost(&error))?;
    let shared = conn.shm_query_version().map_err(|error| lost(&error))?;
    fixes.reply().map_err(refused)?;
    damage.reply().map_err(refused)?;
    let shared = shared.reply().map_err(refused)?;
    if (shared.major_version, shared.minor_version) < SHM {
        return Err(Error::unsupported("the X server's MIT-SHM is older than version 1.2"));
    }
    check_pixels(conn, link)?;
    Picture::check(conn)?;
    let wanted = std::env::var_os(NO_SHARED_PIXMAPS).is_none();
    Ok(wanted && shared.shared_pixmaps && shared.pixmap_format == u8::from(ImageFormat::Z_PIXMAP))
}

/// Four bytes to the pixel, blue first: what nearly every server has, and all that the codec takes.
fn check_pixels(conn: &RustConnection, link: &connection::Link) -> Result<()> {
    let setup = conn.setup();
    let depth = link.screen.root_depth;
    let format = setup.pixmap_formats.iter().find(|format| format.depth == depth);
    let visuals = link.screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let visual = visuals.into_iter().find(|visual| visual.visual_id == link.screen.root_visual);
    let good = setup.image_byte_order == ImageOrder::LSB_FIRST
        && matches!(depth, 24 | 32)
        && format.is_some_and(|format| format.bits_per_pixel == 32 && format.scanline_pad <= 32)
        && visual.is_some_and(|it| (it.red_mask, it.green_mask, it.blue_mask) == (0xff_0000, 0xff00, 0xff));
    if good {
        return Ok(());
    }
    Err(Error::unsupported(format!("the X server's pixels ({depth} bits) are not blue, green, red in four bytes")))
}
