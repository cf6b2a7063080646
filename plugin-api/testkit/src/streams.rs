//! Streams and datagrams between the halves, over a line that takes its time.

use lotse_runtime::{Class, ErrorCode, Event};

use crate::state::{Parcel, State};

/// Who has one end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Plugin,
    /// It was published onto, presented, or joined to files.
    Host,
    Nobody,
}

#[derive(Debug)]
struct End {
    who: u32,
    holder: Holder,
    /// Written here and not yet read at the other end.
    under_way: usize,
    wants_room: bool,
    finished: bool,
    /// Nothing that is sent later arrives before this.
    last_due_ms: u64,
}

#[derive(Debug)]
pub(crate) struct Stream {
    label: String,
    class: Class,
    ends: [End; 2],
    reset: bool,
}

impl Stream {
    fn end(&mut self, who: u32) -> Option<&mut End> {
        self.ends.iter_mut().find(|end| end.who == who)
    }

    fn other(&self, who: u32) -> Option<u32> {
        let there = self.ends.iter().any(|end| end.who == who);
        self.ends.iter().find(|end| there && end.who != who).map(|end| end.who)
    }
}

impl State {
    pub fn open_stream(&mut self, from: u32, to: u32, label: String, class: Class) -> Result<u64, ErrorCode> {
        if !self.are_linked(from, to) {
            return Err(ErrorCode::Gone);
        }
        let id = self.seat(from).new_id();
        let due = self.send(from, to, 0, Parcel::Opened(id));
        let end = |who, last_due_ms| End {
            who,
            holder: Holder::Plugin,
            under_way: 0,
            wants_room: false,
            finished: false,
            last_due_ms,
        };
        self.seat(from).note(format!("open {label}"));
        let stream = Stream { label, class, ends: [end(from, due), end(to, 0)], reset: false };
        self.streams.insert(id, stream);
        Ok(id)
    }

    pub fn write(&mut self, who: u32, id: u64, data: &[u8]) -> Result<u32, ErrorCode> {
        let (window, piece) = (self.line.window_bytes, self.line.piece_bytes.max(1));
        let stream = self.streams.get_mut(&id).filter(|stream| !stream.reset).ok_or(ErrorCode::Gone)?;
        let to = stream.other(who).ok_or(ErrorCode::Gone)?;
        let end = stream.end(who).filter(|end| !end.finished).ok_or(ErrorCode::Gone)?;
        let taken = data.len().min(window.saturating_sub(end.under_way));
        end.under_way += taken;
        end.wants_room = taken < data.len();
        let mut last = end.last_due_ms;
        let (taken_now, _) = data.split_at(taken);
        for some in taken_now.chunks(piece) {
            last = self.send(who, to, last, Parcel::Data(id, some.to_vec()));
        }
        self.set_last_due(id, who, last);
        u32::try_from(taken).map_err(|_| ErrorCode::Limit)
    }

    fn set_last_due(&mut self, id: u64, who: u32, last: u64) {
        if let Some(end) = self.streams.get_mut(&id).and_then(|stream| stream.end(who)) {
            end.last_due_ms = last;
        }
    }

    pub fn finish(&mut self, who: u32, id: u64) {
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.reset) else { return };
        let (Some(to), Some(end)) = (stream.other(who), stream.end(who)) else { return };
        if !std::mem::replace(&mut end.finished, true) {
            let last = end.last_due_ms;
            self.send(who, to, last, Parcel::Finished(id));
        }
    }

    /// Both directions end; what is under way is lost.
    pub fn reset(&mut self, who: u32, id: u64) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let Some(to) = stream.other(who) else { return };
        if !std::mem::replace(&mut stream.reset, true) {
            // A stream is never closed at the other end before it was opened there.
            let opened = stream.end(who).map_or(0, |end| end.last_due_ms);
            self.send(who, to, opened, Parcel::Reset(id));
        }
    }

    /// The plugin holds it no longer. What it finished still arrives.
    pub fn let_go(&mut self, who: u32, id: u64) {
        let Some(end) = self.streams.get_mut(&id).and_then(|stream| stream.end(who)) else { return };
        end.holder = Holder::Nobody;
        if !end.finished {
            self.reset(who, id);
        }
    }

    /// The host has it from here on.
    pub fn take(&mut self, who: u32, id: u64) -> Result<(), ErrorCode> {
        let stream = self.streams.get_mut(&id).filter(|stream| !stream.reset).ok_or(ErrorCode::Gone)?;
        let end = stream.end(who).filter(|end| end.holder == Holder::Plugin && !end.finished).ok_or(ErrorCode::Gone)?;
        end.holder = Holder::Host;
        Ok(())
    }

    pub fn datagram(&mut self, from: u32, to: u32, data: &[u8]) -> Result<(), ErrorCode> {
        if !self.are_linked(from, to) {
            return Err(ErrorCode::Gone);
        }
        let loss = u64::from(self.line.loss_percent);
        if self.seat(from).line_random.up_to(99) >= loss {
            self.send(from, to, 0, Parcel::Datagram(data.to_vec()));
        }
        Ok(())
    }

    pub fn arrive_opened(&self, from: u32, id: u64) -> Option<Event> {
        let stream = self.streams.get(&id)?;
        Some(Event::StreamOpened { peer: from, label: stream.label.clone(), stream: id, heard: None })
    }

    pub fn arrive_data(&mut self, from: u32, to: u32, id: u64, bytes: Vec<u8>) -> Option<Event> {
        let stream = self.streams.get_mut(&id).filter(|stream| !stream.reset)?;
        let holder = stream.end(to)?.holder;
        let end = stream.end(from)?;
        end.under_way = end.under_way.saturating_sub(bytes.len());
        if std::mem::take(&mut end.wants_room) {
            self.send(to, from, 0, Parcel::Room(id));
        }
        match holder {
            Holder::Plugin => Some(Event::StreamData { stream: id, bytes }),
            Holder::Host | Holder::Nobody => None,
        }
    }

    pub fn arrive_end(&mut self, to: u32, id: u64, complete: bool) -> Option<Event> {
        let holder = self.streams.get_mut(&id)?.end(to)?.holder;
        if !complete {
            self.streams.remove(&id);
            self.end_picture(id);
            self.break_transfers(to, id);
        }
        match holder {
            Holder::Plugin => Some(Event::StreamClosed { stream: id, complete }),
            Holder::Host | Holder::Nobody => None,
        }
    }

    /// The link is gone, and all streams with it: each half hears of its own.
    pub fn end_all_streams(&mut self) {
        for (id, stream) in std::mem::take(&mut self.streams) {
            self.end_picture(id);
            for end in stream.ends {
                self.break_transfers(end.who, id);
                if end.holder == Holder::Plugin {
                    self.post_here(end.who, 0, Parcel::Here(Event::StreamClosed { stream: id, complete: false }));
                }
            }
        }
    }

    /// Labels and classes of the streams that are open.
    pub fn labels(&self) -> Vec<(String, Class)> {
        self.streams.values().filter(|it| !it.reset).map(|it| (it.label.clone(), it.class)).collect()
    }
}
