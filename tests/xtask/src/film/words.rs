//! What is said, written and looked for in each language of the film. What is typed by hand has small letters, digits and
//! spaces alone; titles of windows are those of the programs' own texts.

use crate::Result;

pub struct Words {
    pub language: &'static str,
    /// As `LANG` has it.
    pub locale: &'static str,
    /// What is said, and whether the rep says it.
    pub talk: [(&'static str, bool); 4],
    pub drawn: &'static str,
    pub replies: [&'static str; 2],
    /// What the second customer says meanwhile.
    pub meanwhile: &'static str,
    /// Noted about the session, typed by hand.
    pub noted: &'static str,
    /// For the colleague.
    pub note: &'static str,
    /// Parts of windows' titles.
    pub screen: &'static str,
    pub system: &'static str,
    pub preferences: &'static str,
    pub chooser: &'static str,
    pub watching: &'static str,
    pub alert: &'static str,
}

static ALL: [Words; 2] = [
    Words {
        language: "en",
        locale: "en_US.UTF-8",
        talk: [
            ("The printer stays silent.", false),
            ("Good morning! May I have a look at your screen?", true),
            ("Yes, please.", false),
            ("Thank you. You will be asked in a moment.", true),
        ],
        drawn: "here",
        replies: ["Hello {customer}, how can I help?", "Please switch the printer off and on again."],
        meanwhile: "Are you still there?",
        noted: "feed roller of office 2 is worn",
        note: "Needs a new roller. Can you take it from here?",
        screen: "screen",
        system: "System Information",
        preferences: "Lotse \u{b7} Preferences",
        chooser: "Share My Screen",
        watching: "You are watching Anna Berg",
        alert: "A colleague asks for you",
    },
    Words {
        language: "de",
        locale: "de_DE.UTF-8",
        talk: [
            ("Der Drucker bleibt stumm.", false),
            ("Guten Morgen! Darf ich mir Ihren Bildschirm ansehen?", true),
            ("Ja, bitte.", false),
            ("Danke. Sie werden gleich gefragt.", true),
        ],
        drawn: "hier",
        replies: ["Hallo {customer}, wie kann ich helfen?", "Bitte den Drucker aus- und wieder einschalten."],
        meanwhile: "Sind Sie noch da?",
        noted: "einzugsrolle von office 2 ist abgenutzt",
        note: "Braucht eine neue Rolle. Können Sie übernehmen?",
        screen: "Bildschirm",
        system: "Systeminformationen",
        preferences: "Lotse \u{b7} Voreinstellungen",
        chooser: "Meinen Bildschirm freigeben",
        watching: "Sie sehen den Bildschirm von Anna Berg",
        alert: "Ein Kollege braucht Sie",
    },
];

/// Those that `--lang` names; without it all.
pub fn chosen(arguments: &[String]) -> Result<Vec<&'static Words>> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(ALL.iter().collect()),
        ["--lang", language] => match ALL.iter().find(|words| words.language == *language) {
            Some(found) => Ok(vec![found]),
            None => Err(format!("there is no film in \u{201c}{language}\u{201d}; there are en and de").into()),
        },
        [..] => Err("film takes --lang de or --lang en, or nothing for both".into()),
    }
}
