//! A thread that looks at the newest view whenever there is one: prints events and carries out what the command line
//! asked for. It does not wait for windows to be drawn, so scripts are served even where drawing is slow.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

/// Tells a [`Watch`] that something changed. Cheap to clone; calls between two looks are merged.
#[derive(Clone)]
pub struct Bell {
    sender: SyncSender<()>,
}

impl Bell {
    pub fn ring(&self) {
        match self.sender.try_send(()) {
            Ok(()) | Err(TrySendError::Full(())) => {}
            // Nobody looks any more: the program is ending.
            Err(TrySendError::Disconnected(())) => {}
        }
    }
}

/// The looking end.
pub struct Watch {
    receiver: Receiver<()>,
}

/// Both ends.
#[must_use]
pub fn watch() -> (Bell, Watch) {
    let (sender, receiver) = sync_channel(1);
    (Bell { sender }, Watch { receiver })
}

impl Watch {
    /// Calls `look` once, and again after each ring, until it answers `false` or every bell is gone.
    pub fn run(self, mut look: impl FnMut() -> bool) {
        while look() {
            if self.receiver.recv().is_err() {
                return;
            }
        }
    }

    /// [`Watch::run`] on a thread of its own.
    ///
    /// # Errors
    /// If the operating system gives no thread.
    pub fn spawn(self, look: impl FnMut() -> bool + Send + 'static) -> std::io::Result<()> {
        std::thread::Builder::new().name("lotse-watch".into()).spawn(move || self.run(look))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_once_and_then_at_each_ring_and_ends() {
        let (bell, watch) = watch();
        for _ in 0..100 {
            bell.ring();
        }
        let mut looks = 0;
        watch.run(|| {
            looks += 1;
            looks < 2
        });
        assert_eq!(looks, 2);
        bell.ring();

        let (bell, watch) = super::watch();
        drop(bell);
        let mut looks = 0;
        watch.run(|| {
            looks += 1;
            true
        });
        assert_eq!(looks, 1, "no bell, no more looks");
    }
}
