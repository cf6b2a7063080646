//! What a half knows of its transfers when it is started again within the session. Damaged state gives what could be read of
//! it: the other half knows the rest.

use crate::item::{End, Item, State, Way};
use crate::peers::PEERS_MAX;
use crate::protocol::{Allowed, NAME_CHARS_MAX, Refusal, read_facts, read_token, write_facts};
use crate::transfers::{OPEN_MAX, OVER_MAX, Transfers};
use lotse_sdk::wire::{Reader, Writer};

const VERSION: u8 = 3;
const ITEMS_MAX: usize = 2 * OPEN_MAX + OVER_MAX;
/// A place's name for people, cut.
const PLACE_CHARS_MAX: usize = 4 * NAME_CHARS_MAX;
/// What the host keeps of a plugin, in bytes.
const _: () = assert!(ITEMS_MAX * 12 * 1024 < 1024 * 1024);

/// All that is kept together, in bytes: what the host keeps, and some room.
const ALL_BYTES_MAX: usize = 1_000_000;
const ALL_VERSION: u8 = 4;

/// Everything that a restarted half can go on with, whoever it is with. What has no room is left out, the last first.
pub fn save_all<'a>(all: impl Iterator<Item = &'a Transfers>) -> Vec<u8> {
    let mut kept = vec![ALL_VERSION];
    for transfers in all {
        let one = save(transfers);
        let Ok(length) = u32::try_from(one.len()) else {
            return kept;
        };
        if kept.len() + one.len() > ALL_BYTES_MAX {
            return kept;
        }
        kept.extend_from_slice(&length.to_be_bytes());
        kept.extend(one);
    }
    kept
}

pub fn restore_all(customer: bool, bytes: &[u8]) -> Vec<Transfers> {
    let Some((&ALL_VERSION, mut rest)) = bytes.split_first() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    while all.len() < PEERS_MAX
        && let Some((length, behind)) = rest.split_first_chunk::<4>()
    {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (one, behind) = behind.split_at(length.min(behind.len()));
        all.push(restore(customer, one));
        rest = behind;
    }
    all
}

/// What was agreed with one.
pub fn save(transfers: &Transfers) -> Vec<u8> {
    let (id, name) = transfers.with.clone().unwrap_or_default();
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    let start = Writer::new(VERSION).flag(transfers.allowed() == Allowed::Yes).u32(id).text(&name);
    let items = transfers.items().iter().take(ITEMS_MAX);
    items.fold(start, write).finish()
}

pub fn restore(customer: bool, bytes: &[u8]) -> Transfers {
    let mut transfers = Transfers::new(customer);
    let mut reader = Reader::new(bytes);
    if reader.u8() != Some(VERSION) {
        return transfers;
    }
    transfers.allowed = if reader.flag() == Some(true) { Allowed::Yes } else { Allowed::No };
    let (Some(id), Some(name)) = (reader.u32(), reader.text(NAME_CHARS_MAX)) else {
        return transfers;
    };
    // Nobody has the number 0.
    transfers.with = (id > 0).then_some((id, name));
    while let Some(item) = read(&mut reader, transfers.numbers + 1) {
        transfers.numbers += 1;
        if item.way == Way::In && !item.token.is_empty() {
            transfers.given.push(item.token.clone());
        }
        transfers.items.push(item);
        if transfers.items.len() >= ITEMS_MAX {
            break;
        }
    }
    transfers
}

fn write(writer: Writer, item: &Item) -> Writer {
    let Item {
        way,
        id,
        number: _,
        facts,
        left_out,
        token,
        token_there,
        place,
        unasked,
        state,
        paused_here,
        paused_there: _,
        progress,
        renamed,
        missing,
        breaks: _,
        broke_at: _,
    } = item;
    let place: String = place.chars().take(PLACE_CHARS_MAX).collect();
    let writer = write_facts(writer.flag(*way == Way::Out).u64(*id), facts).u32(*left_out).text(token);
    let writer = writer.text(token_there).text(&place).flag(*unasked).u8(number(*state)).flag(*paused_here);
    writer.u64(progress.bytes).u32(*renamed).u64(*missing)
}

fn read(reader: &mut Reader<'_>, number: u32) -> Option<Item> {
    let way = if reader.flag()? { Way::Out } else { Way::In };
    let mut item = Item::new(way, reader.u64()?, number, read_facts(reader)?);
    (item.left_out, item.token, item.token_there) = (reader.u32()?, read_token(reader)?, read_token(reader)?);
    item.place = reader.text(PLACE_CHARS_MAX)?;
    item.unasked = reader.flag()?;
    item.state = state(way, reader.u8()?)?;
    item.paused_here = reader.flag()?;
    item.progress.bytes = reader.u64()?;
    (item.renamed, item.missing) = (reader.u32()?, reader.u64()?);
    Some(item)
}

/// What ran has broken off, and who was asked is asked anew.
fn number(state: State) -> u8 {
    match state {
        State::Waiting | State::Asked(_) => 0,
        State::Queued | State::Running(_) | State::Broken => 1,
        State::Ended(End::Whole) => 2,
        State::Ended(End::Cancelled) => 3,
        State::Ended(End::CancelledThere) => 4,
        State::Ended(End::Broken) => 5,
        State::Ended(End::DiskFull) => 6,
        State::Ended(End::Gone) => 7,
        State::Ended(End::Changed) => 8,
        State::Ended(End::Denied) => 9,
        State::Ended(End::Wrong) => 10,
        State::Ended(End::Refused(why)) => 11 + why.number(),
        State::Ended(End::Left) => 100,
        State::Ended(End::TakenBack) => 101,
    }
}

fn state(way: Way, number: u8) -> Option<State> {
    Some(match (number, way) {
        (0, Way::Out) => State::Asked(0),
        (0, Way::In) => State::Waiting,
        (1, _) => State::Broken,
        (2, _) => State::Ended(End::Whole),
        (3, _) => State::Ended(End::Cancelled),
        (4, _) => State::Ended(End::CancelledThere),
        (5, _) => State::Ended(End::Broken),
        (6, _) => State::Ended(End::DiskFull),
        (7, _) => State::Ended(End::Gone),
        (8, _) => State::Ended(End::Changed),
        (9, _) => State::Ended(End::Denied),
        (10, _) => State::Ended(End::Wrong),
        (100, _) => State::Ended(End::Left),
        (101, _) => State::Ended(End::TakenBack),
        (other, _) => State::Ended(End::Refused(Refusal::from_number(other.checked_sub(11)?)?)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::protocol::{Facts, TOKEN_CHARS_MAX};

    fn item(way: Way, id: u64, state: State) -> Item {
        let facts = Facts { name: "scan.pdf".to_owned(), files: 1, folders: 0, bytes: 8_400_000 };
        let mut item = Item::new(way, id, 1, facts);
        (item.token, item.place, item.state) = ("t".to_owned(), "Downloads".to_owned(), state);
        item
    }

    #[test]
    fn every_state_comes_back_and_what_ran_has_broken_off() {
        let ends = [
            End::Whole,
            End::Cancelled,
            End::CancelledThere,
            End::Broken,
            End::DiskFull,
            End::Gone,
            End::Changed,
            End::Denied,
            End::Wrong,
            End::Refused(Refusal::Declined),
            End::Refused(Refusal::Unable),
            End::Left,
            End::TakenBack,
        ];
        let mut transfers = Transfers::new(true);
        transfers.allowed = Allowed::Yes;
        transfers.with = Some((1, "Anna Berg".to_owned()));
        transfers.items = ends.into_iter().map(|end| item(Way::In, 1, State::Ended(end))).collect();
        transfers.items.push(item(Way::Out, 2, State::Running(9)));
        transfers.items.push(item(Way::In, 3, State::Asked(4)));
        transfers.items[0].unasked = true;
        let kept = save(&transfers);
        let restored = restore(true, &kept);
        let states: Vec<State> = restored.items().iter().map(|item| item.state).collect();
        assert_eq!(states[..ends.len()], ends.map(State::Ended));
        assert_eq!(states[ends.len()..], [State::Broken, State::Waiting]);
        assert_eq!((restored.allowed(), restored.items()[0].place.as_str()), (Allowed::Yes, "Downloads"));
        assert_eq!(restored.with, transfers.with);
        assert!(restored.items()[0].unasked && !restored.items()[1].unasked);
        assert_eq!(restore(true, &kept[..kept.len() - 1]).items().len(), ends.len() + 1);
        assert!(restore(true, &[]).items().is_empty() && restore(true, &[9, 9]).items().is_empty());
    }

    #[test]
    fn what_is_kept_of_several_comes_back_as_far_as_there_is_room() {
        let with = |id, name: &str| {
            let mut transfers = Transfers::with(true, id, name, 0);
            transfers.items.push(item(Way::Out, u64::from(id), State::Queued));
            transfers
        };
        let all = [with(1, "Anna Berg"), with(3, "Bo Lind")];
        let kept = save_all(all.iter());
        let restored = restore_all(true, &kept);
        let names: Vec<_> = restored.iter().filter_map(|transfers| transfers.with.clone()).collect();
        assert_eq!(names, [(1, "Anna Berg".to_owned()), (3, "Bo Lind".to_owned())]);
        assert!(restored.iter().all(|transfers| transfers.items()[0].state == State::Broken));
        for cut in 0..kept.len() {
            assert!(restore_all(true, &kept[..cut]).len() <= 2);
        }
        assert!(restore_all(true, &[VERSION, 0]).is_empty());
        let mut long = with(1, "Anna Berg");
        let long_name = "\u{1f600}".repeat(NAME_CHARS_MAX);
        for _ in 0..ITEMS_MAX {
            let mut row = item(Way::Out, 1, State::Queued);
            (row.facts.name, row.place) = (long_name.clone(), "\u{1f600}".repeat(PLACE_CHARS_MAX));
            long.items.push(row);
        }
        let many = std::iter::repeat_n(&long, 8);
        assert!(save_all(many).len() <= ALL_BYTES_MAX);
    }

    #[test]
    fn the_longest_state_fits() {
        let mut transfers = Transfers::new(false);
        let mut longest = item(Way::Out, u64::MAX, State::Queued);
        let long = |chars| "\u{1f600}".repeat(chars);
        longest.facts.name = long(NAME_CHARS_MAX);
        (longest.token, longest.token_there, longest.place) =
            (long(TOKEN_CHARS_MAX), long(TOKEN_CHARS_MAX), long(PLACE_CHARS_MAX));
        transfers.items = vec![longest; ITEMS_MAX + 5];
        let kept = save(&transfers);
        assert!(kept.len() < 1024 * 1024, "{}", kept.len());
        assert_eq!(restore(false, &kept).items().len(), ITEMS_MAX);
    }
}
