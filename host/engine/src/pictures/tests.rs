//! What plugins may have of surfaces and what they may ask of them.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::surface::{SinkError, SurfaceSink};
use lotse_media::{Cursor, PictureMut, Rect};
use lotse_runtime::Value;

struct Blank;

impl SurfaceSink for Blank {
    fn resize(&mut self, _width: u32, _height: u32) -> Result<(), SinkError> {
        Ok(())
    }
    fn picture(&mut self) -> PictureMut<'_> {
        PictureMut { width: 0, height: 0, stride: 0, pixels: &mut [] }
    }
    fn present(&mut self, _damage: &[Rect]) -> Result<(), SinkError> {
        Ok(())
    }
    fn cursor(&mut self, _shape: Option<&Cursor>) {}
    fn cursor_at(&mut self, _x: i32, _y: i32) {}
}

pub(crate) struct Windows;

impl SurfaceHost for Windows {
    fn open(&self, _surface: u64) -> Option<Box<dyn SurfaceSink>> {
        Some(Box::new(Blank))
    }
}

fn open(pictures: &Pictures, shared: &Arc<Shared>, plugin: usize) -> Result<u64, ErrorCode> {
    pictures.open(shared, plugin, "a.b", "Screen".to_owned(), &Vec::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_plugin_takes_all_surfaces_of_a_session() {
    let (shared, _reports) = Shared::bare(8);
    let pictures = Pictures::new(Some(Arc::new(Windows)));
    for plugin in 0..SURFACES_MAX / PLUGIN_SURFACES_MAX {
        for _ in 0..PLUGIN_SURFACES_MAX {
            open(&pictures, &shared, plugin).unwrap();
        }
        assert_eq!(open(&pictures, &shared, plugin), Err(ErrorCode::Limit), "its own part");
    }
    assert_eq!(open(&pictures, &shared, 7), Err(ErrorCode::Limit), "all of the session's");
    pictures.close_all();
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_a_customer_watches_and_no_plugin_makes_more_of_it() {
    let (shared, _reports) = Shared::bare(1);
    let pictures = Pictures::new(Some(Arc::new(Windows)));
    let wish = vec![("interactive".to_owned(), Value::Flag(true)), ("hotkeys".to_owned(), Value::Flag(true))];
    let id = pictures.open(&shared, 0, "a.b", "Screen".to_owned(), &wish).unwrap();
    pictures.set(&shared, id, &wish);
    let options = pictures.views(|_| false)[0].options;
    assert!(!options.interactive && !options.hotkeys && !options.pass_system_keys);
    pictures.close_all();
}

/// Scar: each call copied the whole picture and left it to a thread, as many as a plugin liked.
#[tokio::test(flavor = "multi_thread")]
async fn one_snapshot_at_a_time() {
    let (shared, _reports) = Shared::bare(1);
    let pictures = Pictures::new(Some(Arc::new(Windows)));
    let id = open(&pictures, &shared, 0).unwrap();
    let saving = pictures.entries.lock().get(&id).map(|entry| entry.saving.clone()).unwrap();
    saving.store(true, Ordering::Release);
    assert_eq!(pictures.snapshot(id, "file"), Err(ErrorCode::Busy));
    saving.store(false, Ordering::Release);
    assert_eq!(pictures.snapshot(id, "nowhere"), Err(ErrorCode::Invalid));
    assert_eq!(pictures.snapshot(id + 1, "file"), Err(ErrorCode::Gone));
    pictures.snapshot(id, "file").unwrap();
    let done = async {
        while saving.load(Ordering::Acquire) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), done).await.unwrap();
    pictures.snapshot(id, "file").unwrap();
    pictures.close_all();
}
