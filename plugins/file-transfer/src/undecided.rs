//! What was dropped while several could get it, until the person here says who does.

/// Asked about at once.
const UNDECIDED_MAX: usize = 8;

#[derive(Debug)]
pub struct Undecided<S> {
    waiting: Vec<(u32, String, S)>,
    last: u32,
}

impl<S> Default for Undecided<S> {
    fn default() -> Self {
        Self { waiting: Vec::new(), last: 0 }
    }
}

impl<S> Undecided<S> {
    /// False: too many wait already, and this one is let go.
    pub fn add(&mut self, name: String, source: S) -> bool {
        if self.waiting.len() >= UNDECIDED_MAX {
            return false;
        }
        self.last = self.last.wrapping_add(1);
        self.waiting.push((self.last, name, source));
        true
    }

    /// By its number; what was decided is asked about no more.
    pub fn take(&mut self, number: u32) -> Option<S> {
        let at = self.waiting.iter().position(|(of, _, _)| *of == number)?;
        Some(self.waiting.remove(at).2)
    }

    /// Numbers, and what each is called.
    pub fn names(&self) -> Vec<(u32, &str)> {
        self.waiting.iter().map(|(number, name, _)| (*number, name.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_what_was_dropped_waits_for_who_gets_it_and_not_without_bounds() {
        let mut undecided = Undecided::default();
        for number in 0..UNDECIDED_MAX {
            assert!(undecided.add(number.to_string(), number));
        }
        assert!(!undecided.add("one more".to_owned(), 99));
        assert_eq!(undecided.take(2), Some(1));
        assert_eq!(undecided.take(2), None, "once");
        assert_eq!(undecided.names().first(), Some(&(1, "0")));
        assert!(undecided.add("another".to_owned(), 7), "there is room again");
        assert_eq!(undecided.take(9), Some(7), "no number means two things");
    }
}
