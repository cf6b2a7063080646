# Dateien: was gefragt, abgelegt und gewählt wird.

feature-file-transfer = Dateiübertragung
files-wants = { $from } möchte Ihnen senden:
files-one = { $name } ({ $bytes })
files-many = { $name } und mehr: { $count }, { $bytes }
files-count = { $files ->
    [0] { $folders ->
        [one] 1 Ordner
       *[other] { $folders } Ordner
    }
    [one] { $folders ->
        [0] 1 Datei
        [one] 1 Datei, 1 Ordner
       *[other] 1 Datei, { $folders } Ordner
    }
   *[other] { $folders ->
        [0] { $files } Dateien
        [one] { $files } Dateien, 1 Ordner
       *[other] { $files } Dateien, { $folders } Ordner
    }
}
files-unnamed = Dateien
files-room = In { $place } sind { $room } frei.
files-room-unknown = Gespeichert würde in { $place }.
files-too-little = In { $place } sind nur { $room } frei. Es fehlen { $missing }: Wählen Sie einen anderen Ordner, oder schaffen Sie erst Platz.
files-trust = Nehmen Sie nur an, was Sie erwarten, von jemandem, dem Sie vertrauen.
files-save = In { $place } speichern
files-choose = Ordner wählen …
files-not-now = Jetzt nicht
files-asked-by = Gefragt von „{ $plugin }“
files-more-questions = { $count ->
    [one] Noch eine Frage wartet auf Ihre Antwort.
   *[other] Noch { $count } Fragen warten auf Ihre Antwort.
}
drop-to-send = Loslassen, um an { $peer } zu senden
drop-to-send-several = Loslassen, um zu senden
drop-to-send-several-next = Mehrere Personen helfen Ihnen. Das Menü Dateien sagt, wer es bekommt.
drop-not-now = Hier können jetzt keine Dateien gesendet werden
drop-not-now-next = Die Dateiübertragung läuft in dieser Sitzung nicht. Das Menü Werkzeuge sagt, warum.
chooser-files = Dateien zum Senden wählen
chooser-folder = Ordner zum Senden wählen
chooser-place = Ort zum Speichern wählen
chooser-up = Nach oben
chooser-path = Pfad des Ordners
chooser-filter = Tippen, um zu suchen
chooser-hidden = Versteckte Dateien
chooser-home = Persönlicher Ordner
chooser-desktop = Schreibtisch
chooser-documents = Dokumente
chooser-downloads = Downloads
chooser-computer = Computer
chooser-row-folder = { $name }, Ordner
chooser-reading = Wird gelesen …
chooser-room = Hier sind { $room } frei.
chooser-too-little = Hier sind nur { $room } frei; es fehlen { $missing }.
chooser-empty = Dieser Ordner ist leer.
chooser-none = Nichts hier heißt so.
chooser-nothing-to-choose = Hier ist nichts zu wählen außer Verstecktem.
chooser-not-there = { $path } gibt es nicht. Prüfen Sie den Pfad, oder gehen Sie nach oben.
chooser-not-allowed = In { $path } dürfen Sie nicht hineinsehen. Wählen Sie einen anderen Ordner.
chooser-busy = Andere Ordner antworten noch nicht. Warten Sie einen Augenblick, und versuchen Sie es dann noch einmal.
chooser-failed = { $path } lässt sich nicht lesen: { $why }
chooser-more = Nur die ersten { $count } sind zu sehen. Geben Sie den Pfad ein, wenn etwas fehlt.
chooser-choose-files = { $count ->
    [0] Öffnen
    [one] 1 Datei wählen
   *[other] { $count } Dateien wählen
}
chooser-choose-folder = „{ $name }“ wählen
