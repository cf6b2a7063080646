//! Takes the forwarder's own messages out of a batch of received packets, and leaves QUIC's where QUIC looks for them.

use crate::bind::is_bind_message;

/// Sorts one buffer of `length` bytes that holds packets of `stride` bytes, the last of which may be shorter. Bind
/// messages go to `on_message`; the rest is moved together. Returns how many bytes are left.
pub(super) fn sort_batch(buffer: &mut [u8], length: usize, stride: usize, mut on_message: impl FnMut(&[u8])) -> usize {
    let length = length.min(buffer.len());
    let stride = if stride == 0 { length.max(1) } else { stride };
    let mut kept = 0;
    let mut start = 0;
    while start < length {
        let end = (start + stride).min(length);
        if is_bind_message(&buffer[start..end]) {
            on_message(&buffer[start..end]);
        } else {
            if kept != start {
                buffer.copy_within(start..end, kept);
            }
            kept += end - start;
        }
        start = end;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;

    #[test]
    fn messages_are_taken_out_wherever_they_stand() {
        let mut batch = [0x40, 1, 1, 0x12, 9, 9, 0x41, 2, 2, 0x16];
        let mut messages = Vec::new();
        let kept = sort_batch(&mut batch, 10, 3, |message| messages.push(message.to_vec()));
        assert_eq!(batch[..kept], [0x40, 1, 1, 0x41, 2, 2]);
        assert_eq!(messages, [vec![0x12, 9, 9], vec![0x16]]);
    }

    #[test]
    fn fuzz_batches() {
        let mut random = Seeded::new(3);
        for _ in 0..20_000 {
            let mut buffer: Vec<u8> = (0..random.below(64)).map(|_| random.next_u64() as u8).collect();
            let (length, stride) = (random.below(80), random.below(20));
            let mut taken = 0;
            let total = length.min(buffer.len());
            let kept = sort_batch(&mut buffer, length, stride, |message| taken += message.len());
            assert_eq!(kept + taken, total);
        }
    }
}
