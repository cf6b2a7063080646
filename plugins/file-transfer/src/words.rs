//! Sizes, times and outcomes as people read them, in their language and with its comma.

use crate::item::{End, Item, Way};
use crate::protocol::{Facts, Refusal};
use lotse_sdk::session::text;

const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];

/// A number of a unit's, with one digit behind the comma while it is small.
fn in_unit(bytes: u64, unit: usize) -> String {
    let unit_bytes = 1000_u64.saturating_pow(u32::try_from(unit).unwrap_or(0));
    let whole = bytes / unit_bytes;
    if unit == 0 || whole >= 100 {
        return whole.to_string();
    }
    let tenth = bytes % unit_bytes / (unit_bytes / 10).max(1);
    format!("{whole}{}{tenth}", text(".", ","))
}

fn unit_of(bytes: u64) -> usize {
    (1..UNITS.len()).take_while(|unit| bytes >= 1000_u64.saturating_pow(u32::try_from(*unit).unwrap_or(0))).count()
}

/// `8.4 MB`
pub fn size(bytes: u64) -> String {
    let unit = unit_of(bytes);
    format!("{} {}", in_unit(bytes, unit), UNITS.get(unit).copied().unwrap_or_default())
}

/// `3.1 of 8.4 MB`: both in the larger one's unit.
pub fn so_far(bytes: u64, of: u64) -> String {
    let unit = unit_of(of);
    let name = UNITS.get(unit).copied().unwrap_or_default();
    format!("{} {} {} {name}", in_unit(bytes.min(of), unit), text("of", "von"), in_unit(of, unit))
}

/// `4 s left`, `noch 12 min`
pub fn left(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=89 => (seconds, "s"),
        90..=5399 => (seconds.div_ceil(60), "min"),
        _ => (seconds.div_ceil(3600), "h"),
    };
    match text("en", "de") {
        "de" => format!("noch {number} {unit}"),
        _ => format!("{number} {unit} left"),
    }
}

/// `12 files, 3 folders`; nothing for one file or one empty folder, whose name says it.
pub fn count(facts: &Facts) -> Option<String> {
    let files = match facts.files {
        1 => text("1 file", "1 Datei").to_owned(),
        files => format!("{files} {}", text("files", "Dateien")),
    };
    let folders = match facts.folders {
        1 => text("1 folder", "1 Ordner").to_owned(),
        folders => format!("{folders} {}", text("folders", "Ordner")),
    };
    match (facts.files, facts.folders) {
        (0 | 1, 0) | (0, 1) => None,
        (_, 0) => Some(files),
        (0, _) => Some(folders),
        (_, _) => Some(format!("{files}, {folders}")),
    }
}

/// What became of it, and what to do next where something is to be done. `who`: the other side.
pub fn end(item: &Item, end: End, who: &str) -> String {
    match end {
        End::Whole => whole(item),
        End::Cancelled => text("Cancelled", "Abgebrochen").to_owned(),
        End::CancelledThere => format!("{} {who}", text("Cancelled by", "Abgebrochen von")),
        End::Broken => text(
            "It broke off again and again. Try again when the line is better.",
            "Es ist immer wieder abgerissen. Versuchen Sie es noch einmal, wenn die Leitung besser ist.",
        )
        .to_owned(),
        End::DiskFull => full(item),
        End::Gone if item.way == Way::Out => text(
            "The files or the chosen place are no longer there. Choose the files again to send them.",
            "Die Dateien oder der gewählte Ort sind nicht mehr da. Wählen Sie die Dateien neu aus, um sie zu senden.",
        )
        .to_owned(),
        End::Gone => text(
            "The files or the place are no longer there. Have them sent again.",
            "Die Dateien oder der Ort sind nicht mehr da. Lassen Sie sie noch einmal senden.",
        )
        .to_owned(),
        End::Changed => text(
            "A file changed while it was read. Try again when nobody writes to it.",
            "Eine Datei hat sich beim Lesen geändert. Versuchen Sie es noch einmal, wenn niemand mehr daran schreibt.",
        )
        .to_owned(),
        End::Denied => text(
            "Not allowed on this computer. Choose another file or place.",
            "Auf diesem Computer nicht erlaubt. Wählen Sie eine andere Datei oder einen anderen Ort.",
        )
        .to_owned(),
        End::Wrong => text(
            "Stopped: what the other side sent makes no sense. Nothing of it was kept.",
            "Angehalten: Was die andere Seite geschickt hat, ergibt keinen Sinn. Nichts davon wurde behalten.",
        )
        .to_owned(),
        End::Refused(why) => refused(item.way, why, who),
        End::TakenBack => taken_back(item.way).to_owned(),
        End::Left if item.way == Way::Out => text(
            "The person it was for has left. Send it again if whoever is there now is to have it.",
            "Die Person, für die es war, ist nicht mehr da. Senden Sie es noch einmal, wenn die neue es auch bekommen soll.",
        )
        .to_owned(),
        End::Left => text(
            "The person who wanted to send it has left. Have it sent again if you still need it.",
            "Die Person, die es senden wollte, ist nicht mehr da. Lassen Sie es noch einmal senden, wenn Sie es noch brauchen.",
        )
        .to_owned(),
    }
}

/// How much was under way with somebody who has left, and what to do about it. What it was the customer's own rows say.
pub fn stopped_with(who: &str, count: u32) -> String {
    let what = match count {
        1 => text("1 transfer was", "1 Übertragung wurde").to_owned(),
        count => format!("{count} {}", text("transfers were", "Übertragungen wurden")),
    };
    match text("en", "de") {
        "de" => format!(
            "{who} hat die Sitzung verlassen, und {what} nicht fertig. Im Chat des Kunden steht, was es war: Senden Sie es selbst, oder lassen Sie es sich vom Kunden senden."
        ),
        _ => format!(
            "{who} has left, and {what} not finished. The customer's chat says what it was: send it yourself, or have the customer send it to you."
        ),
    }
}

fn taken_back(way: Way) -> &'static str {
    match way {
        Way::Out => text(
            "The customer took back the permission to send without asking. Send it again, and they are asked.",
            "Der Kunde hat die Erlaubnis, ohne Rückfrage zu senden, zurückgenommen. Senden Sie es noch einmal, dann wird er gefragt.",
        ),
        Way::In => text(
            "Ended: you no longer allow files to come without a question. What was not whole is removed.",
            "Beendet: Sie erlauben nicht mehr, dass Dateien ohne Rückfrage kommen. Was nicht vollständig war, ist entfernt.",
        ),
    }
}

fn whole(item: &Item) -> String {
    let size = size(item.facts.bytes);
    let mut parts = vec![match item.way {
        Way::Out => format!("{} · {size}", text("Sent", "Gesendet")),
        Way::In if item.place.is_empty() => format!("{} · {size}", text("Received", "Empfangen")),
        Way::In => format!("{} {} · {size}", text("Received into", "Empfangen in"), item.place),
    }];
    parts.extend(count(&item.facts));
    match item.renamed {
        0 => {}
        1 => parts.push(text("1 name was changed", "1 Name wurde geändert").to_owned()),
        names => parts.push(format!("{names} {}", text("names were changed", "Namen wurden geändert"))),
    }
    parts.extend(left_out(item));
    parts.join(" · ")
}

/// What was not sent of it.
pub fn left_out(item: &Item) -> Option<String> {
    let words = text("left out (links, or not readable)", "ausgelassen (Verknüpfungen oder nicht lesbar)");
    (item.left_out > 0).then(|| format!("{} {words}", item.left_out))
}

/// Whose disk it is, how much lacks, and what to do.
pub fn full(item: &Item) -> String {
    let disk = match item.way {
        Way::In => text("The disk is full", "Der Datenträger ist voll"),
        Way::Out => text("The other side's disk is full", "Der Datenträger der anderen Seite ist voll"),
    };
    let next = text("Make room, then try again.", "Schaffen Sie Platz, dann versuchen Sie es noch einmal.");
    if item.missing == 0 {
        return format!("{disk}. {next}");
    }
    match text("en", "de") {
        "de" => format!("{disk}: Es fehlen {}. {next}", size(item.missing)),
        _ => format!("{disk}: {} more are needed. {next}", size(item.missing)),
    }
}

fn refused(way: Way, why: Refusal, who: &str) -> String {
    let line = match (why, way) {
        (Refusal::Declined, Way::Out) => return format!("{who} {}", text("declined", "hat abgelehnt")),
        (Refusal::Declined, Way::In) => text("You declined", "Sie haben abgelehnt"),
        (Refusal::Enough, _) => text(
            "It was declined several times. Wait half a minute, and ask in the chat first.",
            "Es wurde mehrmals abgelehnt. Warten Sie eine halbe Minute und fragen Sie erst im Chat.",
        ),
        (Refusal::Busy, _) => text(
            "Too many files wait there already. Send this one later.",
            "Dort warten schon zu viele Dateien. Senden Sie diese später.",
        ),
        (Refusal::Gone, _) => text(
            "The chosen place is no longer there. Send it again.",
            "Der gewählte Ort ist nicht mehr da. Senden Sie es noch einmal.",
        ),
        (Refusal::Unable, _) => text(
            "The receiving side cannot take files in this session.",
            "Die empfangende Seite kann in dieser Sitzung keine Dateien annehmen.",
        ),
    };
    line.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn f2_sizes_and_times_are_short_and_never_wrong_by_much() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (8_400_000, "8.4 MB"),
            (99_999_999, "99.9 MB"),
            (123_456_789, "123 MB"),
            (1_500_000_000_000, "1.5 TB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(size(bytes), words);
        }
        assert_eq!(so_far(3_100_000, 8_400_000), "3.1 of 8.4 MB");
        assert_eq!(so_far(9, 5), "5 of 5 B", "never more than all");
        for (seconds, words) in [(4, "4 s left"), (90, "2 min left"), (7_000, "2 h left")] {
            assert_eq!(left(seconds), words);
        }
        let facts = |files, folders| Facts { name: "x".to_owned(), files, folders, bytes: 0 };
        assert_eq!(count(&facts(1, 0)), None);
        assert_eq!(count(&facts(0, 1)), None);
        assert_eq!(count(&facts(12, 1)).as_deref(), Some("12 files, 1 folder"));
    }

    /// Scar: who sent was told that their own file was gone, where it was the other side's folder that somebody had removed.
    #[test]
    fn f4_what_is_gone_may_be_at_either_side() {
        let facts = Facts { name: "x".to_owned(), files: 1, folders: 0, bytes: 9 };
        for way in [Way::Out, Way::In] {
            let said = end(&Item::new(way, 1, 1, facts.clone()), End::Gone, "Bo");
            assert!(said.contains("files") && said.contains("place") && said.contains("no longer there"), "{said}");
        }
    }

    #[test]
    fn h1_what_stopped_since_somebody_left_says_what_to_do() {
        let said = stopped_with("Bo", 1);
        assert!(
            said.starts_with("Bo has left, and 1 transfer was not finished.") && said.contains("send it"),
            "{said}"
        );
        assert!(stopped_with("Bo", 2).contains("2 transfers were not finished."));
    }

    #[test]
    fn f4_a_full_disk_says_how_much_is_missing_and_whose_it_is() {
        let facts = Facts { name: "x".to_owned(), files: 1, folders: 0, bytes: 9 };
        let mut item = Item::new(Way::In, 1, 1, facts);
        item.missing = 1_200_000_000;
        assert!(end(&item, End::DiskFull, "Bo").starts_with("The disk is full: 1.2 GB more are needed."));
        item.way = Way::Out;
        assert!(end(&item, End::DiskFull, "Bo").starts_with("The other side's disk is full"));
        assert_eq!(end(&item, End::Refused(Refusal::Declined), "Bo"), "Bo declined");
    }
}
