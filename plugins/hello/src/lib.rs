//! The smallest useful plugin: the rep greets the customer from a menu, and both sides count.
use lotse_sdk::prelude::*;
struct Hello(usize);
impl Plugin for Hello {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        Self(0)
    }
}
impl Channels for Hello {
    fn datagram(&mut self, _peer: ParticipantId, greeting: Vec<u8>) {
        self.0 += 1;
        let greeting = String::from_utf8_lossy(&greeting);
        ui::notify(&greeting, &self.0.to_string(), &[]);
    }
}
impl Ui for Hello {
    fn render(&mut self, place: Place) -> Option<Node> {
        let label = format!("{} ({})", text("Say hello", "Grüßen"), self.0);
        let menu = ui::menu("Hello").child(ui::item("greet", &label));
        (place == Place::Menu && session::is_rep()).then_some(menu)
    }
    fn action(&mut self, _node: &str, _what: Settings) {
        let greet = |who: Participant| usize::from(channel::datagram(who.id, b"Hello!").is_ok());
        self.0 += session::others().into_iter().map(greet).sum::<usize>();
        ui::invalidate();
    }
}
plugin!(Hello: Ui, Channels);
