//! Every word a window shows, in English and German: [`t!`](crate::t) with an id of `i18n/*/*.ftl`.
//!
//! The language belongs to the thread, since all windows of a program are drawn by one. A test over the sources keeps
//! ids, languages and code together; should one still be missing, its id is shown.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::cell::RefCell;
use unic_langid::LanguageIdentifier;

const ENGLISH: [&str; 12] = [
    include_str!("../i18n/en/common.ftl"),
    include_str!("../i18n/en/problems.ftl"),
    include_str!("../i18n/en/console.ftl"),
    include_str!("../i18n/en/session.ftl"),
    include_str!("../i18n/en/customer.ftl"),
    include_str!("../i18n/en/second_factor.ftl"),
    include_str!("../i18n/en/questions.ftl"),
    include_str!("../i18n/en/hand_over.ftl"),
    include_str!("../i18n/en/showing.ftl"),
    include_str!("../i18n/en/files.ftl"),
    include_str!("../i18n/en/desk.ftl"),
    include_str!("../i18n/en/computer.ftl"),
];
const GERMAN: [&str; 12] = [
    include_str!("../i18n/de/common.ftl"),
    include_str!("../i18n/de/problems.ftl"),
    include_str!("../i18n/de/console.ftl"),
    include_str!("../i18n/de/session.ftl"),
    include_str!("../i18n/de/customer.ftl"),
    include_str!("../i18n/de/second_factor.ftl"),
    include_str!("../i18n/de/questions.ftl"),
    include_str!("../i18n/de/hand_over.ftl"),
    include_str!("../i18n/de/showing.ftl"),
    include_str!("../i18n/de/files.ftl"),
    include_str!("../i18n/de/desk.ftl"),
    include_str!("../i18n/de/computer.ftl"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    German,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its name in itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// Reads `de`, `de-AT`, `de_DE.UTF-8` and the like.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set decides, as POSIX has it; English where it names none
    /// of ours.
    #[must_use]
    pub fn from_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        set.and_then(|tag| Self::from_tag(&tag)).unwrap_or_default()
    }

    fn sources(self) -> &'static [&'static str] {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

thread_local! {
    static TEXTS: RefCell<Texts> = RefCell::new(Texts::load(Language::default()));
}

impl Texts {
    fn load(language: Language) -> Self {
        let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![identifier]);
        // Isolation marks are characters of their own, which a search or a screen reader stumbles over.
        bundle.set_use_isolating(false);
        for source in language.sources() {
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) => resource,
                // What could be read is used; the tests do not let it come to this.
                Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }
}

/// Sets the language of this thread's windows.
pub fn set_language(language: Language) {
    TEXTS.with_borrow_mut(|texts| {
        if texts.language != language {
            *texts = Texts::load(language);
        }
    });
}

#[must_use]
pub fn language() -> Language {
    TEXTS.with_borrow(|texts| texts.language)
}

/// The text of `id`; use it by [`t!`](crate::t).
#[must_use]
pub fn text(id: &str, arguments: &[(&'static str, Argument)]) -> String {
    TEXTS.with_borrow(|texts| {
        let Some(pattern) = texts.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, argument) in arguments {
            values.set(*name, argument.value());
        }
        texts.bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    })
}

/// What stands in a text: a word, or a number that decides on its plural.
#[derive(Debug, Clone)]
pub enum Argument {
    Word(String),
    Count(u64),
}

impl Argument {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Word(word) => FluentValue::from(word.as_str()),
            Self::Count(count) => FluentValue::from(*count),
        }
    }
}

impl From<&str> for Argument {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<&String> for Argument {
    fn from(word: &String) -> Self {
        Self::Word(word.clone())
    }
}

impl From<String> for Argument {
    fn from(word: String) -> Self {
        Self::Word(word)
    }
}

impl From<u64> for Argument {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

/// `t!("id")` or `t!("id", "name" => value)`: the text in the windows' language.
#[macro_export]
macro_rules! t {
    ($id:literal) => { $crate::text::text($id, &[]) };
    ($id:literal, $($name:literal => $value:expr),+ $(,)?) => {
        $crate::text::text($id, &[$(($name, $crate::text::Argument::from($value))),+])
    };
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
