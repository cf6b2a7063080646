//! What the rep prefers in every session, kept in this plugin's storage.

/// Storage key.
pub const KEY: &str = "preferences";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Keys like Alt+Tab go to the customer's computer while the viewer has the focus.
    pub pass_system_keys: bool,
    /// F9 to F12 act in the viewer. Otherwise they reach the customer.
    pub hotkeys: bool,
}

impl Preferences {
    pub const DEFAULT: Self = Self { pass_system_keys: false, hotkeys: true };

    pub fn parse(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [pass_system_keys @ 0..=1, hotkeys @ 0..=1] => {
                Some(Self { pass_system_keys: *pass_system_keys == 1, hotkeys: *hotkeys == 1 })
            }
            _ => None,
        }
    }

    pub fn encode(self) -> Vec<u8> {
        let Self { pass_system_keys, hotkeys } = self;
        vec![u8::from(pass_system_keys), u8::from(hotkeys)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn come_back_and_nonsense_is_none() {
        for preferences in [Preferences::DEFAULT, Preferences { pass_system_keys: true, hotkeys: false }] {
            assert_eq!(Preferences::parse(&preferences.encode()), Some(preferences));
        }
        assert_eq!(Preferences::parse(&[]), None);
        assert_eq!(Preferences::parse(&[1, 2]), None);
    }
}
