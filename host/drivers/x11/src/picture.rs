//! The picture of a display in memory shared with the server, and how damaged boxes get into it.
//!
//! The server writes tight images only. Wide boxes are fetched as whole rows, which lie in the picture as they are; narrow
//! ones go to scratch memory behind the picture and are copied from there.

use std::os::fd::OwnedFd;

use lotse_driver::abi::RectI32;
use lotse_driver::{Error, Result};
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::shm::{ConnectionExt as _, Seg};
use x11rb::protocol::xproto::ImageFormat;
use x11rb::rust_connection::RustConnection;

use crate::connection::{lost, refused};
use crate::displays::Area;
use crate::sys::Mapping;

const PIXEL_BYTES: usize = 4;

/// Shared memory of picture and scratch, as large as the picture each.
#[derive(Debug)]
pub struct Picture {
    area: Area,
    mapping: Mapping,
    segment: Seg,
}

/// One box on its way: where its pixels arrive, or `None` when that is their place already.
struct Fetched<C> {
    cookie: C,
    rect: RectI32,
    scratch: Option<usize>,
}

impl Picture {
    pub fn new(conn: &RustConnection, area: Area) -> Result<Self> {
        let bytes = usize::from(area.width) * usize::from(area.height) * PIXEL_BYTES * 2;
        let (mapping, file) =
            Mapping::new(bytes).map_err(|error| Error::failed(format!("no shared memory: {error}")))?;
        let segment = attach(conn, file)?;
        Ok(Self { area, mapping, segment })
    }

    /// Whether the server and we can share memory at all.
    pub fn check(conn: &RustConnection) -> Result<()> {
        let (_mapping, file) = Mapping::new(1).map_err(|error| Error::failed(format!("no shared memory: {error}")))?;
        let segment = attach(conn, file)?;
        conn.shm_detach(segment).map_err(|error| lost(&error)).map(|_| ())
    }

    /// Gives the memory back to the server; the connection's end does so too.
    pub fn detach(self, conn: &RustConnection) {
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
    pub fn fetch(
        &mut self,
        conn: &RustConnection,
        root: u32,
        boxes: &[RectI32],
    ) -> std::result::Result<(), ReplyError> {
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
                root,
                self.area.x + x as i16,
                self.area.y + y as i16,
                width as u16,
                height as u16,
                !0,
                ImageFormat::Z_PIXMAP.into(),
                self.segment,
                offset as u32,
            )?;
            under_way.push(Fetched { cookie, rect, scratch: narrow.then_some(offset) });
            if narrow {
                scratch_next += bytes;
            }
        }
        for Fetched { cookie, rect, scratch } in under_way {
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

fn attach(conn: &RustConnection, file: OwnedFd) -> Result<Seg> {
    let segment = conn.generate_id().map_err(crate::connection::refused_id)?;
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
