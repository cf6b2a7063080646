//! Key-value lists: how the contract stays extensible.

use crate::{Settings, Value};

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// `settings([("scale", "fit".into()), ("interactive", true.into())])`
pub fn settings<const N: usize>(entries: [(&str, Value); N]) -> Settings {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Reads a key of a type; none if it is missing or of another type. The first of two equal keys counts.
pub trait ReadSettings {
    fn value(&self, key: &str) -> Option<&Value>;

    fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Flag(flag) => Some(*flag),
            Value::Number(_) | Value::Real(_) | Value::Text(_) | Value::Bytes(_) => None,
        }
    }

    fn number(&self, key: &str) -> Option<i64> {
        match self.value(key)? {
            Value::Number(number) => Some(*number),
            Value::Flag(_) | Value::Real(_) | Value::Text(_) | Value::Bytes(_) => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            Value::Flag(_) | Value::Number(_) | Value::Real(_) | Value::Bytes(_) => None,
        }
    }
}

impl ReadSettings for [(String, Value)] {
    fn value(&self, key: &str) -> Option<&Value> {
        self.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_nothing_of_another_type() {
        let list = settings([("on", true.into()), ("count", 3.into()), ("scale", "fit".into())]);
        assert_eq!((list.flag("on"), list.number("count"), list.text("scale")), (Some(true), Some(3), Some("fit")));
        assert_eq!((list.flag("count"), list.number("scale"), list.text("gone")), (None, None, None));
    }
}
