//! Whether a connection's program still lives: it must be heard of every so often, or take in what it is being sent.
//!
//! A slow line that swallows a large plugin answers no ping meanwhile, and is not dead; a peer that has vanished soon
//! takes in nothing more. `Watched` sits under TLS and notes both.

use crate::clock::Clock;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Signs of life of one connection.
#[derive(Debug)]
pub struct Alive {
    clock: Clock,
    heard_ms: AtomicU64,
    taken_ms: AtomicU64,
    /// Messages being sent at this moment.
    sending: AtomicU32,
    /// Things the relay itself is busy with for this connection while it reads nothing.
    busy: AtomicU32,
}

impl Alive {
    /// Heard of just now.
    pub fn new(clock: Clock) -> Self {
        let now_ms = clock.now_ms();
        Self { clock, heard_ms: now_ms.into(), taken_ms: now_ms.into(), sending: 0.into(), busy: 0.into() }
    }

    /// How long there was no sign of life, in milliseconds.
    pub fn silent_ms(&self) -> u64 {
        if self.busy.load(Ordering::Relaxed) > 0 {
            return 0;
        }
        let heard_ms = self.heard_ms.load(Ordering::Relaxed);
        let last_ms = match self.sending.load(Ordering::Relaxed) {
            0 => heard_ms,
            _ => heard_ms.max(self.taken_ms.load(Ordering::Relaxed)),
        };
        self.clock.now_ms().saturating_sub(last_ms)
    }

    /// While the value lives, a long message is being sent, and taking it in counts as life. Not for short ones: those go
    /// into the system's buffers even when nobody is there any more.
    pub fn sending(self: &Arc<Self>) -> During {
        self.taken();
        During::new(self.clone(), |alive| &alive.sending)
    }

    /// While the value lives, the relay reads nothing of its own accord.
    pub fn busy(self: &Arc<Self>) -> During {
        During::new(self.clone(), |alive| &alive.busy)
    }

    fn heard(&self) {
        self.heard_ms.store(self.clock.now_ms(), Ordering::Relaxed);
    }

    fn taken(&self) {
        self.taken_ms.store(self.clock.now_ms(), Ordering::Relaxed);
    }
}

/// Counts for as long as it lives.
pub struct During {
    alive: Arc<Alive>,
    counter: fn(&Alive) -> &AtomicU32,
}

impl During {
    fn new(alive: Arc<Alive>, counter: fn(&Alive) -> &AtomicU32) -> Self {
        counter(&alive).fetch_add(1, Ordering::Relaxed);
        Self { alive, counter }
    }
}

impl Drop for During {
    fn drop(&mut self) {
        // What answers are on their way get the full time from here.
        self.alive.heard();
        let counter = self.counter;
        counter(&self.alive).fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream that notes when something came or went, and fails when its peer takes nothing in for too long.
pub struct Watched<S> {
    stream: S,
    alive: Arc<Alive>,
    taken_within: Duration,
    /// Runs while something waits to be taken in.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    /// Watches `stream` for `alive`. `taken_within`: how long the peer may take in nothing of what is there for it.
    pub fn new(stream: S, alive: Arc<Alive>, taken_within: Duration) -> Self {
        Self { stream, alive, taken_within, stuck: None }
    }

    /// Nothing can be written now.
    fn poll_stuck<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let within = self.taken_within;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
        stuck.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if polled.is_ready() && buffer.filled().len() > before {
            self.alive.heard();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if polled.is_pending() {
            return self.poll_stuck(context);
        }
        self.stuck = None;
        if matches!(polled, Poll::Ready(Ok(count)) if count > 0) {
            self.alive.taken();
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const SOON: Duration = Duration::from_secs(20);

    /// Scar: a download that was begun and never read held its place for a quarter of an hour.
    #[tokio::test]
    async fn c3_who_takes_nothing_in_is_hung_up_on_and_who_takes_little_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(16);
        let alive = Arc::new(Alive::new(Clock::start()));
        let mut watched = Watched::new(ours, alive.clone(), SOON);
        let reading = tokio::spawn(async move {
            let mut taken = vec![0; 1000];
            theirs.read_exact(&mut taken).await.unwrap();
            theirs
        });
        watched.write_all(&[7; 1000]).await.unwrap();
        let _theirs = reading.await.unwrap();
        let mut impatient = Watched::new(watched.stream, alive, Duration::from_millis(50));
        let written = tokio::time::timeout(SOON, impatient.write_all(&[7; 1000])).await.unwrap();
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
