//! When the next picture may be made: never so early that it waits in a queue behind others.
//!
//! Pictures are encoded as late as possible, so each shows the latest screen. Under way at a time is one packet per
//! round trip or what the link delivers in a round trip and a little more, whichever is more. Two pictures may follow
//! each other closely, since a window is often caught half painted, and then the limit of their rate holds again. Pure:
//! fed with what was sent and acknowledged, in the caller's microseconds.

use std::collections::VecDeque;

/// Small packets that a viewer may leave unanswered until the next comes.
const UNANSWERED_MAX: usize = 3;
/// Bytes of a small packet, and of one with its frame.
const SMALL: usize = 1000;
const SMALL_FRAMED: u64 = 1024;
/// Most pictures under way, whatever their size, beside unanswered ones: more only lengthen the way back after a stall.
const UNDER_WAY_MAX: u64 = 8 + UNANSWERED_MAX as u64;
/// Most packets noted as under way: one picture of the largest size takes some hundred.
const NOTED_MAX: usize = 4096;
/// Bytes that may be under way beside what the measured rate allows: small packets should not wait for each other.
const BYTES_FREE: u64 = 8 * 1024;
/// How much more than delivery rate × round trip may be under way, in quarters; below 5 a rising rate is never seen.
const BUDGET_QUARTERS: u64 = 5;
/// A round trip this old is forgotten: the path may have changed.
const RTT_AGE_US: u64 = 10_000_000;
/// A packet that is not acknowledged for so long no longer holds others up; a viewer may have dropped it.
const LOST_AFTER_US: u64 = 5_000_000;

/// The answer to "may a picture be made now?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Ready,
    /// Not before a picture under way has been acknowledged.
    WaitAck,
    /// Not before this time, in the caller's microseconds.
    WaitUntil(u64),
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    frame: u64,
    /// Number of the picture it belongs to.
    picture: u64,
    bytes: u64,
    sent_us: u64,
    /// Bytes acknowledged in all when this was sent, and when that count was reached.
    delivered: u64,
    delivered_us: u64,
}

/// The viewer's side: which packets are acknowledged, each for all before it.
///
/// An answer costs both programs a wake-up and two packets, so small ones share one. The last few may stay unanswered.
#[derive(Debug, Default)]
pub struct Receipts {
    unanswered: usize,
}

impl Receipts {
    /// A packet of so many bytes was shown: whether to acknowledge it now.
    pub fn is_due(&mut self, bytes: usize) -> bool {
        let due = bytes > SMALL || self.unanswered == UNANSWERED_MAX;
        self.unanswered = if due { 0 } else { self.unanswered + 1 };
        due
    }
}

/// Paces the pictures of one stream.
#[derive(Debug)]
pub struct Pacer {
    interval_us: u64,
    /// When the last picture was begun and the one before it.
    begun_us: [Option<u64>; 2],
    /// Pictures made so far.
    pictures: u64,
    under_way: VecDeque<UnderWay>,
    delivered: u64,
    delivered_us: u64,
    /// Bytes per second, smoothed.
    rate: u64,
    rtt_min_us: Option<(u64, u64)>,
    rtt_us: u64,
}

impl Pacer {
    /// `frames_per_second_max`: 1 to 1000.
    #[must_use]
    pub fn new(frames_per_second_max: u32) -> Self {
        let mut pacer = Self {
            interval_us: 0,
            begun_us: [None; 2],
            pictures: 0,
            under_way: VecDeque::new(),
            delivered: 0,
            delivered_us: 0,
            rate: 0,
            rtt_min_us: None,
            rtt_us: 0,
        };
        pacer.set_frames_per_second_max(frames_per_second_max);
        pacer
    }

    /// Takes another limit from the next picture on.
    pub fn set_frames_per_second_max(&mut self, frames_per_second_max: u32) {
        self.interval_us = 1_000_000 / u64::from(frames_per_second_max.clamp(1, 1000));
    }

    /// What was handed to the stream since the last call was one picture, begun at `begun_us`.
    pub fn on_picture(&mut self, begun_us: u64) {
        self.begun_us = [Some(begun_us), self.begun_us[0]];
        self.pictures += 1;
    }

    /// Packet `frame` with so many bytes was handed to the stream.
    pub fn on_sent(&mut self, frame: u64, bytes: usize, now_us: u64) {
        let small = self.under_way.iter().all(|sent| sent.bytes <= SMALL_FRAMED);
        if small && self.under_way.len() <= UNANSWERED_MAX {
            // After a rest nothing was delivered because nothing was sent: the rate starts from here.
            self.delivered_us = now_us;
        }
        if self.under_way.len() >= NOTED_MAX {
            // Only a viewer that stopped answering gets here; the oldest were given up long ago.
            self.under_way.pop_front();
        }
        let (delivered, delivered_us) = (self.delivered, self.delivered_us);
        let picture = self.pictures;
        self.under_way.push_back(UnderWay {
            frame,
            picture,
            bytes: bytes as u64,
            sent_us: now_us,
            delivered,
            delivered_us,
        });
    }

    /// The viewer has shown packet `frame`, and so has all before it. Unknown ones are ignored.
    pub fn on_ack(&mut self, frame: u64, now_us: u64) {
        let mut last = None;
        while let Some(first) = self.under_way.front().copied().filter(|first| first.frame <= frame) {
            self.under_way.pop_front();
            self.delivered += first.bytes;
            last = Some(first);
        }
        let Some(shown) = last else { return };
        let rtt = now_us.saturating_sub(shown.sent_us).max(1);
        self.rtt_us = if self.rtt_us == 0 { rtt } else { (self.rtt_us * 7 + rtt) / 8 };
        self.rtt_min_us = match self.rtt_min_us {
            Some((least, since)) if least < rtt && now_us.saturating_sub(since) < RTT_AGE_US => Some((least, since)),
            _ => Some((rtt, now_us)),
        };
        let span = now_us.saturating_sub(shown.delivered_us).max(1);
        let rate = (self.delivered - shown.delivered).saturating_mul(1_000_000) / span;
        // Small pictures do not fill the link, so a lower figure counts for little, a higher one at once.
        self.rate = if rate > self.rate { rate } else { (self.rate * 15 + rate) / 16 };
        self.delivered_us = now_us;
    }

    /// Whether the next picture may be made now.
    #[must_use]
    pub fn may_send(&self, now_us: u64) -> Verdict {
        let mut open = self.under_way.iter().filter(|sent| now_us.saturating_sub(sent.sent_us) < LOST_AFTER_US);
        if let Some(oldest) = open.next() {
            let (newest, bytes) = open.fold((oldest, oldest.bytes), |(_, bytes), sent| (sent, bytes + sent.bytes));
            if newest.picture - oldest.picture + 1 >= UNDER_WAY_MAX || bytes >= self.budget_bytes() {
                return Verdict::WaitAck;
            }
        }
        if let [Some(last), Some(before)] = self.begun_us {
            let due = last.saturating_add(self.interval_us).min(before.saturating_add(2 * self.interval_us));
            if due > now_us {
                return Verdict::WaitUntil(due);
            }
        }
        Verdict::Ready
    }

    /// Bytes that may be under way when a further picture is made.
    #[must_use]
    pub fn budget_bytes(&self) -> u64 {
        let rtt = self.rtt_min_us.map_or(0, |(least, _)| least);
        let product = u128::from(self.rate) * u128::from(rtt) / 1_000_000;
        let product = u64::try_from(product).unwrap_or(u64::MAX / 8).min(u64::MAX / 8);
        product * BUDGET_QUARTERS / 4 + BYTES_FREE
    }

    /// Smoothed time from handing over a picture to its acknowledgement, in microseconds; 0 before the first.
    #[must_use]
    pub fn rtt_us(&self) -> u64 {
        self.rtt_us
    }

    /// Delivery rate in bytes per second as last seen.
    #[must_use]
    pub fn rate_bytes_per_second(&self) -> u64 {
        self.rate
    }

    /// Packets sent and not acknowledged.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// The stream was opened anew: nothing is under way.
    pub fn restart(&mut self) {
        self.under_way.clear();
        self.begun_us = [None; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link of `rate` bytes per second and `delay_us` each way; returns pictures shown and their greatest age.
    fn run(rate: u64, delay_us: u64, bytes: u64, packets: u64, seconds: u64) -> (u64, u64) {
        let mut pacer = Pacer::new(60);
        let mut acks: VecDeque<(u64, u64, u64)> = VecDeque::new();
        let (mut free_us, mut frame, mut shown, mut oldest) = (0, 0, 0, 0);
        let mut now = 0;
        while now < seconds * 1_000_000 {
            while let Some(&(at, frame, sent)) = acks.front().filter(|ack| ack.0 <= now) {
                acks.pop_front();
                pacer.on_ack(frame, at);
                shown += 1;
                oldest = oldest.max(at - delay_us - sent);
            }
            if pacer.may_send(now) == Verdict::Ready {
                for _ in 0..packets {
                    free_us = now.max(free_us) + bytes / packets * 1_000_000 / rate;
                    acks.push_back((free_us + 2 * delay_us, frame, now));
                    pacer.on_sent(frame, (bytes / packets) as usize, now);
                    frame += 1;
                }
                pacer.on_picture(now);
            }
            now += 500;
        }
        (shown, oldest)
    }

    #[test]
    fn a_fast_link_is_used_to_the_frame_limit() {
        let (shown, oldest) = run(100_000_000, 1_000, 5_000, 1, 5);
        assert!(shown >= 290, "{shown}");
        assert!(oldest < 5_000, "{oldest}");
    }

    #[test]
    fn a_slow_link_never_queues() {
        // 5 Mbit/s and 50 ms: 20 KB take 32 ms, so the link gives 31 pictures a second.
        let (shown, oldest) = run(625_000, 25_000, 20_000, 1, 10);
        assert!(shown >= 250, "{shown}");
        assert!(oldest < 150_000, "{oldest}");
    }

    /// Somebody types over a long way: pictures that wait for their answer must not hold up the next.
    #[test]
    fn small_packets_share_an_answer_and_wait_for_none() {
        let (mut pacer, mut receipts) = (Pacer::new(60), Receipts::default());
        let (mut answers, mut waits) = (VecDeque::new(), 0);
        for frame in 0..600 {
            let now = frame * 16_667;
            while let Some(&(_, shown)) = answers.front().filter(|(at, _)| *at <= now) {
                answers.pop_front();
                pacer.on_ack(shown, now);
            }
            waits += u32::from(pacer.may_send(now) == Verdict::WaitAck);
            pacer.on_sent(frame, 200, now);
            pacer.on_picture(now);
            if receipts.is_due(190) {
                answers.push_back((now + 100_000, frame));
            }
        }
        assert_eq!(waits, 0);
        assert!(pacer.rtt_us() < 120_000, "{}", pacer.rtt_us());
        let due: Vec<_> = [10, 10, 10, 10, 10, 5000, 10].map(|bytes| receipts.is_due(bytes)).into();
        assert_eq!(due, [false, false, false, true, false, true, false]);
    }

    /// A picture of many packets is one picture: a long way must not make it one a round trip.
    #[test]
    fn large_pictures_use_a_long_link_as_small_ones_do() {
        let (packets_shown, oldest) = run(20_000_000, 50_000, 80_000, 16, 5);
        assert!(packets_shown / 16 >= 200, "{packets_shown}");
        assert!(oldest < 200_000, "{oldest}");
    }

    /// Scar: the frame limit was asked before the room, so that changes that came a little slower than it never waited.
    #[test]
    fn room_counts_before_time() {
        let mut pacer = Pacer::new(60);
        for picture in 0..2 {
            pacer.on_sent(picture, 1_000_000, picture * 1_000);
            pacer.on_picture(picture * 1_000);
        }
        assert_eq!(pacer.may_send(2_000), Verdict::WaitAck);
    }

    #[test]
    fn waits_are_told() {
        let mut pacer = Pacer::new(50);
        assert_eq!(pacer.may_send(0), Verdict::Ready);
        pacer.on_sent(0, 1_000_000, 1_000);
        pacer.on_picture(0);
        assert_eq!(pacer.may_send(2_000), Verdict::WaitAck);
        assert_eq!(pacer.may_send(30_000), Verdict::WaitAck);
        pacer.on_ack(7_000_000, 31_000);
        assert_eq!(pacer.may_send(31_000), Verdict::Ready);
        pacer.on_sent(1, 1_000, 32_000);
        pacer.on_picture(31_000);
        assert_eq!(pacer.may_send(35_000), Verdict::WaitUntil(40_000));
        pacer.on_sent(2, 1_000_000, 36_000);
        assert_eq!(
            pacer.may_send(6_000_000),
            Verdict::Ready,
            "a picture dropped by the viewer holds nobody up for ever"
        );
    }
}
