//! Whether there is room for what comes: looked at before anything does, and again while it does.
//!
//! The sender says how much all of it takes, since it knows where holes are. That is believed until more has come than it can
//! have meant; from then on all that is still to come has to fit.

use crate::end::Halted;
use crate::sparse;
use crate::wire::DATA_BYTES_MAX;

/// What a disk gives out at least.
const BLOCK_BYTES: u64 = 4_096;
/// Written at most before the disk is looked at again,
const LOOK_BYTES: u64 = 16 * 1024 * 1024;
/// and this part of what is left, since as many transfers can run at once.
const LOOK_PART: u64 = 16;
/// Holes that are too short to be left out are written, and some disks squeeze what they keep: so many times as much as was said
/// can come, and a little more.
const SAID_TIMES: u64 = 2;
const SAID_MORE_BYTES: u64 = 64 * 1024 * 1024;
const _: () = assert!(DATA_BYTES_MAX as u64 + BLOCK_BYTES <= LOOK_BYTES);

/// All in bytes.
#[derive(Debug, Default)]
pub(super) struct Room {
    said: u64,
    written: u64,
    /// May be written before the disk is looked at again.
    credit: u64,
}

impl Room {
    /// `said`: what the sender says that all of it takes.
    pub fn new(said: u64) -> Self {
        Self { said, written: 0, credit: 0 }
    }

    /// Whether so much, of which it takes what was said or less, may begin to come. `free`: what may be written, if that is known.
    pub fn holds(&self, missing: u64, free: Option<u64>) -> bool {
        free.is_none_or(|free| missing.min(self.said) <= free)
    }

    /// Before a piece is taken, of `to_come` in all. Can be tried again.
    pub fn ask(&mut self, piece: u64, to_come: u64, free: impl FnOnce() -> Option<u64>) -> Result<(), Halted> {
        let piece = piece.div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES);
        if piece > self.credit {
            let Some(free) = free() else { return Ok(()) };
            let needed = if self.is_refuted() { to_come.max(piece) } else { piece };
            if needed > free {
                return Err(Halted::NoRoom);
            }
            self.credit = (free / LOOK_PART).min(LOOK_BYTES).max(piece);
        }
        self.credit -= piece;
        Ok(())
    }

    /// This was taken.
    pub fn wrote(&mut self, bytes: &[u8]) {
        self.written = self.written.saturating_add(sparse::written(bytes));
    }

    /// More came than what was said can have meant.
    fn is_refuted(&self) -> bool {
        self.written > self.said.saturating_mul(SAID_TIMES).saturating_add(SAID_MORE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const GIB: u64 = 1024 * MIB;

    /// How much of `total` is taken on a disk on which so much may be written.
    fn taken(said: u64, total: u64, free: u64, piece: &[u8]) -> u64 {
        let mut room = Room::new(said);
        assert!(room.holds(total, Some(free)));
        let (mut taken, mut used) = (0, 0);
        while taken < total && room.ask(piece.len() as u64, total - taken, || Some(free - used)).is_ok() {
            room.wrote(piece);
            taken += piece.len() as u64;
            used += sparse::written(piece);
        }
        taken
    }

    #[test]
    fn f4_who_says_that_it_takes_next_to_nothing_is_believed_for_a_little_and_no_longer() {
        let piece = vec![7; 1 << 20];
        let came = taken(0, 50 * GIB, 10 * GIB, &piece);
        assert!(came <= SAID_MORE_BYTES + LOOK_BYTES + MIB, "{came}");
        assert_eq!(taken(0, GIB, 10 * GIB, &piece), GIB, "what fits is taken all the same");
    }

    #[test]
    fn f4_of_a_file_with_holes_what_is_in_them_is_not_asked_for() {
        // Half of each piece is left out, and what is said is true.
        let mut piece = vec![0; 1 << 20];
        piece[..1 << 19].fill(7);
        assert_eq!(taken(GIB, 2 * GIB, GIB + GIB / 8, &piece), 2 * GIB);
        assert!(!Room::new(GIB).holds(2 * GIB, Some(GIB - 1)) && !Room::new(GIB).holds(MIB, Some(MIB - 1)));
        assert!(Room::new(GIB).holds(2 * GIB, None), "a disk that says nothing");
    }

    #[test]
    fn f4_the_disk_is_looked_at_again_before_what_is_left_of_it_is_taken() {
        let (mut room, mut looked) = (Room::new(GIB), 0);
        for _ in 0..1_000 {
            let asked = room.ask(512 * 1024, GIB, || {
                looked += 1;
                Some(GIB)
            });
            assert!(asked.is_ok());
        }
        assert!((20..60).contains(&looked), "{looked}: neither each time nor hardly ever");
        // Others fill it meanwhile: what is taken unseen is a small part of what was left.
        let mut room = Room::new(GIB);
        let mut unseen = 0;
        while room.ask(4_096, GIB, || (unseen == 0).then_some(16 * MIB).or(Some(0))).is_ok() {
            unseen += 4_096;
        }
        assert_eq!(unseen, MIB);
        // Bytes one by one take a block each.
        assert!(Room::new(GIB).ask(1, GIB, || Some(4_095)).is_err());
    }
}
