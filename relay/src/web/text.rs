//! Every word a page shows, in English and German: ids of `i18n/*/*.ftl`.
//!
//! A test keeps ids, languages, code and templates together; should an id still be missing, it is shown itself.

use super::language::Language;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::cell::RefCell;
use unic_langid::LanguageIdentifier;

/// One file a part of the pages; a new part adds its own here, in both languages.
const ENGLISH: &[&str] = &[
    include_str!("../../i18n/en/web.ftl"),
    include_str!("../../i18n/en/center.ftl"),
    include_str!("../../i18n/en/center_more.ftl"),
    include_str!("../../i18n/en/participants.ftl"),
    include_str!("../../i18n/en/portal.ftl"),
];
const GERMAN: &[&str] = &[
    include_str!("../../i18n/de/web.ftl"),
    include_str!("../../i18n/de/center.ftl"),
    include_str!("../../i18n/de/center_more.ftl"),
    include_str!("../../i18n/de/participants.ftl"),
    include_str!("../../i18n/de/portal.ftl"),
];

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    /// One of each language a thread: a bundle cannot be shared between threads.
    static BUNDLES: RefCell<Vec<(Language, Bundle)>> =
        RefCell::new(Language::ALL.into_iter().map(|language| (language, load(language))).collect());
}

fn sources(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
    }
}

fn load(language: Language) -> Bundle {
    let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![identifier]);
    // Isolation marks are characters of their own, which a search or a screen reader stumbles over.
    bundle.set_use_isolating(false);
    for source in sources(language) {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) => resource,
            // What could be read is used; the tests do not let it come to this.
            Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// What stands in a text: a word, or a number that decides on its plural.
#[derive(Debug, Clone, Copy)]
pub enum Argument<'a> {
    Word(&'a str),
    Count(u64),
}

/// The text of `id` with what stands in it, by name.
pub fn t(language: Language, id: &str, arguments: &[(&str, Argument<'_>)]) -> String {
    BUNDLES.with_borrow(|bundles| {
        let bundle = bundles.iter().find(|(of, _)| *of == language).map(|(_, bundle)| bundle);
        let pattern = bundle.and_then(|bundle| bundle.get_message(id)).and_then(|message| message.value());
        let (Some(bundle), Some(pattern)) = (bundle, pattern) else { return id.to_owned() };
        let mut values = FluentArgs::new();
        for (name, argument) in arguments {
            let value = match argument {
                Argument::Word(word) => FluentValue::from((*word).to_owned()),
                Argument::Count(count) => FluentValue::from(*count),
            };
            values.set((*name).to_owned(), value);
        }
        bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    })
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
