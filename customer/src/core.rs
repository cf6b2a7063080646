//! What the window needs of the program core. [`Customer`] is it; tests and screenshots put views made by hand in its
//! place.

use lotse_engine::customer::{Customer, CustomerCommand, CustomerView};
use std::sync::Arc;

pub trait Core {
    fn view(&self) -> Arc<CustomerView>;
    fn send(&self, command: CustomerCommand);
}

impl Core for Customer {
    fn view(&self) -> Arc<CustomerView> {
        Customer::view(self)
    }

    fn send(&self, command: CustomerCommand) {
        Customer::send(self, command);
    }
}
