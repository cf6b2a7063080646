//! The two halves of a stream: quinn's, held to the credit of their class.

use std::sync::Arc;

use bytes::Bytes;
use quinn::VarInt;

use crate::class::Class;
use crate::error::StreamError;
use crate::flow::{Flow, GONE};

/// Bytes that one unbounded read may return.
const CHUNK_BYTES_MAX: usize = 64 << 10;

/// The sending half. Dropped without [`Self::reset`], what was written still arrives, followed by the stream's end.
#[derive(Debug)]
pub struct SendStream {
    inner: quinn::SendStream,
    class: Class,
    id: u64,
    flow: Arc<Flow>,
}

/// Gives back credit that was taken for a write which did not happen, also when the writer was cancelled.
struct Taken<'a> {
    flow: &'a Flow,
    id: u64,
    bytes: u64,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.flow.untake(self.id, self.bytes);
        }
    }
}

/// Twenty bits of the link's, above 32 of the stream's.
fn numbered(link: u32, id: u64) -> u64 {
    (u64::from(link & 0xf_ffff) << 32) | (id & u64::from(u32::MAX))
}

impl SendStream {
    pub(crate) fn new(inner: quinn::SendStream, class: Class, flow: Arc<Flow>) -> Self {
        let id = VarInt::from(inner.id()).into_inner();
        // Fails only when the stream is closed already, which the first write says as well.
        let _ = inner.set_priority(class.priority());
        flow.open(id, class);
        Self { inner, class, id, flow }
    }

    /// The class it was opened with.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Number of this stream on its link, the same at both ends.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// A number that no stream of another link has but for one in a million, the same at both ends. Below 2⁵³.
    pub fn number(&self) -> u64 {
        numbered(self.flow.link(), self.id)
    }

    /// Writes some of `bytes` and says how many, once there is room for at least one. Cancel-safe.
    ///
    /// # Errors
    /// When the reader gave the stream up, it is closed here, or the link has ended.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<usize, StreamError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let room = self.flow.take(self.id, self.class, bytes.len() as u64).await?;
        let mut taken = Taken { flow: &self.flow, id: self.id, bytes: room };
        let written = self.inner.write(&bytes[..usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len())]).await?;
        taken.bytes -= (written as u64).min(taken.bytes);
        Ok(written)
    }

    /// Writes all of `bytes`. Not cancel-safe: some may have been written.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_all(&mut self, mut bytes: &[u8]) -> Result<(), StreamError> {
        while !bytes.is_empty() {
            let written = self.write(bytes).await?;
            bytes = &bytes[written..];
        }
        Ok(())
    }

    /// Bytes that this class may take on right now; a frame larger than that will partly wait.
    pub fn room(&self) -> u64 {
        self.flow.room(self.class)
    }

    /// Bytes of this class that may be under way in all: about what the line holds.
    pub fn limit(&self) -> u64 {
        self.flow.limit(self.class)
    }

    /// Waits until there is room for `bytes`, or for as much as there can ever be. Takes none.
    pub async fn ready(&self, bytes: u64) {
        self.flow.wait_room(self.class, bytes).await;
    }

    /// Ends the stream; everything written still arrives.
    ///
    /// # Errors
    /// [`StreamError::Closed`] when it is closed already.
    pub fn finish(&mut self) -> Result<(), StreamError> {
        self.flow.finish(self.id);
        self.inner.finish().map_err(|_| StreamError::Closed)
    }

    /// Gives the stream up: what has not arrived never will, and the reader gets `code`.
    pub fn reset(&mut self, code: u32) {
        self.flow.reset(self.id);
        // Already closed is as good.
        let _ = self.inner.reset(VarInt::from_u32(code));
    }

    /// Waits until the reader has got everything (`None`) or has given it up with a code.
    ///
    /// # Errors
    /// When the link ends before.
    pub async fn stopped(&self) -> Result<Option<u32>, StreamError> {
        match self.inner.stopped().await {
            Ok(code) => Ok(code.map(crate::error::code)),
            Err(quinn::StoppedError::ConnectionLost(lost)) => Err(StreamError::Link(lost.into())),
            Err(quinn::StoppedError::ZeroRttRejected) => Err(StreamError::Closed),
        }
    }
}

impl Drop for SendStream {
    fn drop(&mut self) {
        self.flow.finish(self.id);
    }
}

/// The receiving half. Dropped before its end, the sender is told to stop.
#[derive(Debug)]
pub struct RecvStream {
    inner: quinn::RecvStream,
    class: Class,
    id: u64,
    flow: Arc<Flow>,
    total: u64,
    since_report: u64,
    gone: bool,
}

impl RecvStream {
    pub(crate) fn new(inner: quinn::RecvStream, class: Class, flow: Arc<Flow>) -> Self {
        let id = VarInt::from(inner.id()).into_inner();
        Self { inner, class, id, flow, total: 0, since_report: 0, gone: false }
    }

    /// The class it was opened with.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Number of this stream on its link, the same at both ends.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Reads what is there, `None` at the end. Cancel-safe.
    ///
    /// # Errors
    /// When the sender gave the stream up, it is closed here, or the link has ended.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, StreamError> {
        let read = self.inner.read(buffer).await;
        match &read {
            Ok(Some(bytes)) => self.note(*bytes),
            Ok(None) | Err(_) => self.note_end(),
        }
        Ok(read?)
    }

    /// Reads what is there without copying it, `None` at the end. Cancel-safe. At most 64 KiB at a time.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_chunk(&mut self) -> Result<Option<Bytes>, StreamError> {
        let read = self.inner.read_chunk(CHUNK_BYTES_MAX, true).await;
        match &read {
            Ok(Some(chunk)) => self.note(chunk.bytes.len()),
            Ok(None) | Err(_) => self.note_end(),
        }
        Ok(read?.map(|chunk| chunk.bytes))
    }

    /// Fills `buffer`. Not cancel-safe.
    ///
    /// # Errors
    /// As [`Self::read`], and [`StreamError::EndedEarly`] when the stream is shorter.
    pub async fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), StreamError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..]).await? {
                Some(bytes) => filled += bytes,
                None => return Err(StreamError::EndedEarly),
            }
        }
        Ok(())
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// As [`Self::read`], and [`StreamError::TooLong`] when there are more than `bytes_max`.
    pub async fn read_to_end(&mut self, bytes_max: usize) -> Result<Vec<u8>, StreamError> {
        let mut all = Vec::new();
        while let Some(chunk) = self.read_chunk().await? {
            if all.len() + chunk.len() > bytes_max {
                return Err(StreamError::TooLong(bytes_max));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// Gives the stream up; the sender gets `code`.
    pub fn stop(&mut self, code: u32) {
        self.note_end();
        // Already closed is as good.
        let _ = self.inner.stop(VarInt::from_u32(code));
    }

    fn note(&mut self, bytes: usize) {
        self.total += bytes as u64;
        self.since_report += bytes as u64;
        if self.flow.report(self.id, self.total, self.since_report) {
            self.since_report = 0;
        }
    }

    fn note_end(&mut self) {
        if !std::mem::replace(&mut self.gone, true) {
            self.flow.report(self.id, GONE, 0);
        }
    }
}

impl Drop for RecvStream {
    fn drop(&mut self) {
        self.note_end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scar: a session has a link to each of its reps, whose streams are numbered alike.
    #[test]
    fn streams_of_two_links_have_different_numbers() {
        assert_ne!(numbered(1, 40), numbered(2, 40));
        assert_ne!(numbered(1, 40), numbered(1, 44));
        assert!(numbered(u32::MAX, u64::MAX) < 1 << 53);
    }
}
