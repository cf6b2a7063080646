//! The picture of a display or window in memory shared with the server, and how damaged boxes get into it.
//!
//! A server that shares pixmaps copies boxes to their place by itself. Others (those that draw on a graphics card) write
//! tight images only: wide boxes are fetched as whole rows, which lie in the picture as they are; narrow ones go to scratch
//! memory behind the picture and are copied from there.

use std::os::fd::OwnedFd;

use lotse_driver::abi::RectI32;
use lotse_driver::{Error, Result};
use x11rb::connection::Connection;
use x11rb::cookie::Cookie;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::shm::{ConnectionExt as _, GetImageReply, Seg};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat, Screen, SubwindowMode};
use x11rb::rust_connection::RustConnection;

use crate::connection::{lost, refused, refused_id};
use crate::displays::Area;
use crate::sys::Mapping;

const PIXEL_BYTES: usize = 4;

/// Shared memory of the picture and, where the server does not write in place, as much scratch.
#[derive(Debug)]
pub struct Picture {
    /// Where it is read from: the root window, or a pixmap.
    source: u32,
    area: Area,
    mapping: Mapping,
    segment: Seg,
    in_place: Option<InPlace>,
}

/// The picture as the server's own pixmap.
#[derive(Debug)]
struct InPlace {
    pixmap: u32,
    context: u32,
}

/// One box on its way: where its pixels arrive, or `None` when that is their place already.
pub struct Asked<'a> {
    cookie: Cookie<'a, RustConnection, GetImageReply>,
    rect: RectI32,
    scratch: Option<usize>,
}

impl Picture {
    /// `in_place`: the server shares pixmaps.
    pub fn new(conn: &RustConnection, screen: &Screen, area: Area, in_place: bool) -> Result<Self> {
        let bytes = usize::from(area.width) * usize::from(area.height) * PIXEL_BYTES * if in_place { 1 } else { 2 };
        let (mapping, file) =
            Mapping::new(bytes).map_err(|error| Error::failed(format!("no shared memory: {error}")))?;
        let segment = attach(conn, file)?;
        let in_place = match in_place {
            true => Some(InPlace::new(conn, screen, area, segment).map_err(refused_id)?),
            false => None,
        };
        Ok(Self { source: screen.root, area, mapping, segment, in_place })
    }

    /// Of a part of a pixmap, which need not have the root window's depth and is never written in place.
    pub fn of_pixmap(conn: &RustConnection, pixmap: u32, area: Area) -> Result<Self> {
        let bytes = usize::from(area.width) * usize::from(area.height) * PIXEL_BYTES * 2;
        let (mapping, file) =
            Mapping::new(bytes).map_err(|error| Error::failed(format!("no shared memory: {error}")))?;
        let segment = attach(conn, file)?;
        Ok(Self { source: pixmap, area, mapping, segment, in_place: None })
    }

    /// Whether the server and we can share memory at all.
    pub fn check(conn: &RustConnection) -> Result<()> {
        let (_mapping, file) = Mapping::new(1).map_err(|error| Error::failed(format!("no shared memory: {error}")))?;
        let segment = attach(conn, file)?;
        conn.shm_detach(segment).map_err(|error| lost(&error)).map(|_| ())
    }

    /// Gives the memory back to the server; the connection's end does so too.
    pub fn detach(self, conn: &RustConnection) {
        if let Some(InPlace { pixmap, context }) = self.in_place {
            let _lost = (conn.free_gc(context), conn.free_pixmap(pixmap));
        }
        let _lost = conn.shm_detach(self.segment);
    }

    pub fn area(&self) -> Area {
        self.area
    }

    pub fn stride(&self) -> usize {
        usize::from(self.area.width) * PIXEL_BYTES
    }

    pub fn pixels(&self) -> &[u8] {
        &self.mapping.bytes()[..self.stride() * usize::from(self.area.height)]
    }

    /// Fetches boxes, which lie within the picture. All requests go out before the first reply is waited for.
    pub fn fetch(&mut self, conn: &RustConnection, boxes: &[RectI32]) -> std::result::Result<(), ReplyError> {
        let asked = self.ask(conn, boxes)?;
        if self.in_place.is_some() && !boxes.is_empty() {
            conn.get_input_focus()?.reply()?;
        }
        self.take(asked)
    }

    /// Asks for boxes as [`Self::fetch`] does, and for nothing else before [`Self::take`]. That comes after the reply to some
    /// later request: a server that writes in place answers nothing itself.
    pub fn ask<'a>(
        &self,
        conn: &'a RustConnection,
        boxes: &[RectI32],
    ) -> std::result::Result<Vec<Asked<'a>>, ReplyError> {
        if let Some(InPlace { pixmap, context }) = self.in_place {
            for rect in boxes {
                let (x, y) = (rect.x as i16, rect.y as i16);
                let (from_x, from_y) = (self.area.x + x, self.area.y + y);
                let (width, height) = (rect.width as u16, rect.height as u16);
                conn.copy_area(self.source, pixmap, context, from_x, from_y, x, y, width, height)?;
            }
            return Ok(Vec::new());
        }
        let stride = self.stride();
        let picture_bytes = stride * usize::from(self.area.height);
        let mut scratch_next = picture_bytes;
        let mut under_way = Vec::with_capacity(boxes.len());
        for &rect in boxes {
            let (x, y) = (rect.x as usize, rect.y as usize);
            let (width, height) = (rect.width as usize, rect.height as usize);
            let bytes = width * height * PIXEL_BYTES;
            let narrow = width * 2 < usize::from(self.area.width) && scratch_next + bytes <= picture_bytes * 2;
            let (x, width, offset) =
                if narrow { (x, width, scratch_next) } else { (0, usize::from(self.area.width), y * stride) };
            let cookie = conn.shm_get_image(
                self.source,
                self.area.x + x as i16,
                self.area.y + y as i16,
                width as u16,
                height as u16,
                !0,
                ImageFormat::Z_PIXMAP.into(),
                self.segment,
                offset as u32,
            )?;
            under_way.push(Asked { cookie, rect, scratch: narrow.then_some(offset) });
            if narrow {
                scratch_next += bytes;
            }
        }
        Ok(under_way)
    }

    /// Waits for boxes that were asked for.
    pub fn take(&mut self, asked: Vec<Asked<'_>>) -> std::result::Result<(), ReplyError> {
        for Asked { cookie, rect, scratch } in asked {
            cookie.reply()?;
            if let Some(scratch) = scratch {
                self.copy(rect, scratch);
            }
        }
        Ok(())
    }

    /// Copies a tight image from scratch to its place.
    fn copy(&mut self, rect: RectI32, scratch: usize) {
        let stride = self.stride();
        let row_bytes = rect.width as usize * PIXEL_BYTES;
        let start = rect.y as usize * stride + rect.x as usize * PIXEL_BYTES;
        let picture_bytes = stride * usize::from(self.area.height);
        let (picture, beyond) = self.mapping.bytes_mut().split_at_mut(picture_bytes);
        let from = beyond[scratch - picture_bytes..].chunks_exact(row_bytes);
        let to = picture[start..].chunks_mut(stride);
        for (to, from) in to.zip(from).take(rect.height as usize) {
            to[..row_bytes].copy_from_slice(from);
        }
    }
}

impl InPlace {
    fn new(
        conn: &RustConnection,
        screen: &Screen,
        area: Area,
        segment: Seg,
    ) -> std::result::Result<Self, ReplyOrIdError> {
        let (pixmap, context) = (conn.generate_id()?, conn.generate_id()?);
        let (width, height) = (area.width, area.height);
        conn.shm_create_pixmap(pixmap, screen.root, width, height, screen.root_depth, segment, 0)?.check()?;
        // With the windows on it, and without a notice of each copy.
        let values = CreateGCAux::new().subwindow_mode(SubwindowMode::INCLUDE_INFERIORS).graphics_exposures(0);
        conn.create_gc(context, screen.root, &values)?;
        Ok(Self { pixmap, context })
    }
}

fn attach(conn: &RustConnection, file: OwnedFd) -> Result<Seg> {
    let segment = conn.generate_id().map_err(refused_id)?;
    let attached = conn.shm_attach_fd(segment, file, false).map_err(|error| lost(&error))?.check();
    match attached {
        Ok(()) => Ok(segment),
        Err(ReplyError::ConnectionError(error)) => Err(lost(&error)),
        Err(error @ ReplyError::X11Error(_)) => {
            let Error { text, .. } = refused(error);
            Err(Error::unsupported(format!("the X server cannot share memory with this program: {text}")))
        }
    }
}
