//! The keyboard's layout as the core protocol tells it: which key, with which modifiers, gives a character.
//!
//! Columns of a key are group 1 level 1, level 2, group 2 level 1, level 2, then levels 3 and 4 of each group.

use xkeysym::Keysym;

const LEVELS: [[usize; 4]; 2] = [[0, 1, 4, 5], [2, 3, 6, 7]];

/// One key press that gives a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    pub keycode: u8,
    pub shift: bool,
    pub level3: bool,
    /// The group it must be typed in: 0 or 1.
    pub group: u8,
}

/// Key symbols by keycode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    keycode_min: u8,
    width: usize,
    keysyms: Vec<u32>,
}

impl Keymap {
    pub fn new(keycode_min: u8, width: u8, keysyms: Vec<u32>) -> Self {
        Self { keycode_min, width: usize::from(width).max(1), keysyms }
    }

    fn keys(&self) -> impl Iterator<Item = (u8, &[u32])> {
        (self.keycode_min..=u8::MAX).zip(self.keysyms.chunks(self.width))
    }

    /// The symbols of one key; empty when there is no such key.
    pub fn of(&self, keycode: u8) -> &[u32] {
        let at = usize::from(keycode.saturating_sub(self.keycode_min)) * self.width;
        self.keysyms.get(at..at + self.width).unwrap_or(&[])
    }

    /// The key whose first symbol that is.
    pub fn key(&self, keysym: Keysym) -> Option<u8> {
        self.keys().find(|(_, syms)| syms.first() == Some(&keysym.raw())).map(|(keycode, _)| keycode)
    }

    /// Keys without any symbol. Keycode 8 is none to most programs.
    pub fn spare(&self) -> Vec<u8> {
        self.keys()
            .filter(|(keycode, syms)| *keycode > 8 && syms.iter().all(|&sym| sym == 0))
            .map(|(code, _)| code)
            .collect()
    }

    /// The simplest stroke for a character while no lock is on, in the active group if it is there at all.
    pub fn stroke(&self, character: char, active_group: u8, level3_key: bool) -> Option<Stroke> {
        let active = active_group.min(1);
        // A group that the core protocol does not show cannot be typed in, but the first can be switched to.
        let groups = if active_group > 1 { [0, 0] } else { [active, 1 - active] };
        groups.into_iter().find_map(|group| {
            (0..4).filter(|level| *level < 2 || level3_key).find_map(|level| {
                let column = LEVELS[usize::from(group)][level];
                let (keycode, _) = self.keys().find(|(_, syms)| gives(syms.get(column), character))?;
                Some(Stroke { keycode, shift: level % 2 == 1, level3: level >= 2, group })
            })
        })
    }
}

fn gives(keysym: Option<&u32>, character: char) -> bool {
    let Some(keysym) = keysym.map(|raw| Keysym::new(*raw)) else {
        return false;
    };
    // Keys of the number pad depend on Num Lock.
    !keysym.is_keypad_key() && keysym.key_char() == Some(character)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Keys 8 and up of a German-Russian keyboard: nothing; 7 / {; e E €; ё (second group); spare; number pad 1; AltGr.
    fn keymap() -> Keymap {
        let euro = Keysym::from_char('€').raw();
        let (small, large) = (Keysym::from_char('у').raw(), Keysym::from_char('У').raw());
        let keys = [
            [0, 0, 0, 0, 0, 0],
            ['7' as u32, '/' as u32, 0, 0, '{' as u32, 0],
            ['e' as u32, 'E' as u32, small, large, euro, 0],
            [0, 0, 0, 0, 0, 0],
            [Keysym::KP_End.raw(), Keysym::KP_1.raw(), 0, 0, 0, 0],
            [Keysym::ISO_Level3_Shift.raw(), 0, 0, 0, 0, 0],
        ];
        Keymap::new(8, 6, keys.concat())
    }

    #[test]
    fn characters_are_found_at_each_level_and_group() {
        let stroke = |c, group| keymap().stroke(c, group, true).map(|s| (s.keycode, s.shift, s.level3, s.group));
        assert_eq!(stroke('7', 0), Some((9, false, false, 0)));
        assert_eq!(stroke('/', 0), Some((9, true, false, 0)));
        assert_eq!(stroke('{', 0), Some((9, false, true, 0)));
        assert_eq!(stroke('€', 0), Some((10, false, true, 0)));
        assert_eq!(stroke('E', 0), Some((10, true, false, 0)));
        assert_eq!(stroke('У', 1), Some((10, true, false, 1)));
        assert_eq!(stroke('у', 0), Some((10, false, false, 1)));
        assert_eq!(stroke('e', 1), Some((10, false, false, 0)));
        assert_eq!(stroke('e', 3), Some((10, false, false, 0)));
        assert_eq!(stroke('1', 0), None);
        assert_eq!(stroke('漢', 0), None);
        assert_eq!(keymap().stroke('€', 0, false), None);
    }

    #[test]
    fn spare_keys_and_named_keys_are_found() {
        assert_eq!(keymap().spare(), [11]);
        assert_eq!(keymap().key(Keysym::ISO_Level3_Shift), Some(13));
        assert_eq!(keymap().key(Keysym::Return), None);
        assert_eq!(keymap().of(200), [0_u32; 0]);
    }
}
