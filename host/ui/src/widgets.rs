//! Controls and signs both programs use. Each has a name that a screen reader can say, shows its focus by a ring, and
//! can be worked by keyboard.

mod button;
mod card;
mod chips;
mod dialog;
mod empty;
mod field;
mod line;
mod notice;
mod obstacle;
mod slider;
mod switch;

pub use button::{Button, Kind, focus_ring, icon_button};
pub use card::{card, card_of_rows, heading, muted, section, separator};
pub(crate) use chips::plain;
pub use chips::{badge, consent_chips, sign};
pub use dialog::{Answer, confirm, dialog};
pub use empty::empty;
pub use field::Field;
pub use line::{CODE_HEIGHT, line_sign, line_sign_plain, safety_code};
pub use notice::{notice, notices, trouble};
pub use obstacle::obstacle;
pub use slider::slider;
pub use switch::switch;
