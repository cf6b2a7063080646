//! Pictures that one side shows and the other looks at, as far as plugins know of them: windows, boards and layers.

use lotse_runtime::{Board, ErrorCode, Event, Stroke};

use crate::seat::Layer;
use crate::state::State;

/// What a simulated display or window measures.
const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;

/// A picture on a stream, or one that the test put there.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The stream's.
    id: u64,
    owner: Option<u32>,
    title: String,
    /// Somebody looks at it: it is a board from then on.
    seen: bool,
}

impl Shared {
    fn is_board(&self) -> bool {
        self.seen && self.owner.is_some()
    }
}

impl State {
    fn picture(&mut self, id: u64) -> &mut Shared {
        let at = match self.shared.iter().position(|shared| shared.id == id) {
            Some(at) => at,
            None => {
                self.shared.push(Shared { id, owner: None, title: String::new(), seen: false });
                self.shared.len() - 1
            }
        };
        &mut self.shared[at]
    }

    /// Somebody publishes onto this stream.
    pub fn show(&mut self, who: u32, stream: u64, title: &str) {
        let picture = self.picture(stream);
        (picture.owner, picture.title) = (Some(who), title.to_owned());
        self.tell_boards_of(stream);
    }

    /// Somebody looks at what comes on it.
    pub fn look(&mut self, stream: u64) {
        self.picture(stream).seen = true;
        self.tell_boards_of(stream);
    }

    fn tell_boards_of(&mut self, stream: u64) {
        if self.picture(stream).is_board() {
            self.tell_boards();
        }
    }

    fn tell_boards(&mut self) {
        let everybody: Vec<u32> = self.seats.iter().map(|seat| seat.who.id).collect();
        everybody.into_iter().for_each(|who| self.tell(who, Event::BoardsChanged));
    }

    /// The picture is over, and with it every layer.
    pub fn end_picture(&mut self, stream: u64) {
        let Some(at) = self.shared.iter().position(|shared| shared.id == stream) else { return };
        let picture = self.shared.remove(at);
        for seat in &mut self.seats {
            seat.layers.retain(|_, layer| layer.board != stream);
            seat.windows.values_mut().filter(|it| it.stream == Some(stream)).for_each(|it| it.stream = None);
        }
        if picture.is_board() {
            self.tell_boards();
        }
    }

    pub fn boards(&self, who: u32) -> Vec<Board> {
        let board = |shared: &Shared| Board {
            id: shared.id,
            here: shared.owner == Some(who),
            title: shared.title.clone(),
            width: WIDTH,
            height: HEIGHT,
        };
        self.shared.iter().filter(|shared| shared.is_board()).map(board).collect()
    }

    pub fn open_layer(&mut self, who: u32, board: u64) -> Result<u64, ErrorCode> {
        if self.boards(who).iter().all(|there| there.id != board) {
            return Err(ErrorCode::Gone);
        }
        let seat = self.seat(who);
        let id = seat.new_id();
        seat.layers.insert(id, Layer { board, ..Layer::default() });
        Ok(id)
    }

    pub fn put(&mut self, who: u32, layer: u64, strokes: Vec<Stroke>) -> Result<(), ErrorCode> {
        let layer = self.seat(who).layers.get_mut(&layer).ok_or(ErrorCode::Gone)?;
        for stroke in strokes {
            layer.strokes.retain(|there| there.id != stroke.id);
            layer.strokes.push(stroke);
        }
        Ok(())
    }

    /// What is drawn over a board at this side.
    pub fn strokes(&self, who: u32, board: u64) -> Vec<Stroke> {
        let layers = self.seat_of(who).into_iter().flat_map(|seat| seat.layers.values());
        layers.filter(|layer| layer.board == board).flat_map(|layer| layer.strokes.clone()).collect()
    }
}
