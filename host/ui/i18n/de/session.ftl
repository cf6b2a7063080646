# Sitzungsfenster und Viewer des Mitarbeiters.

session-customer = Kunde
session-title = { $peer } · Lotse
header-may = darf:
menu-session = Sitzung
menu-pause = Pausieren
menu-resume = Fortsetzen
menu-resume-why = Der Kunde hat pausiert; nur er kann fortsetzen.
menu-end = Sitzung beenden
menu-tools = Werkzeuge
menu-monitor = Plugin-Monitor
menu-preferences = Voreinstellungen
menu-help = Hilfe
await-title = { $peer } wird gefragt
await-body = Die Sitzung beginnt, wenn Ihr Kunde zustimmt. Vorher wird nichts geteilt.
connecting-title = Verbindung zu { $peer }
lost-title = Die Verbindung zu { $peer } ist verloren.
lost-body = Sie wird von selbst wieder aufgenommen. Die Sitzung wartet noch { $left }, samt ihrem Chat.
ended-title = Die Sitzung ist zu Ende.
ended-close = Schließen
end-title = Sitzung mit { $peer } beenden?
end-body = Es wird nichts mehr gezeigt oder gesteuert, und der Kunde braucht einen neuen Code, um wiederzukommen.
end-yes = Sitzung beenden
chat-none-next = Der Chat ist ein Plugin: Der Plugin-Monitor im Menü Werkzeuge sagt, warum es nicht läuft.
viewer-title = { $title } · Lotse
viewer-lost = Verbindung verloren: Das Bild steht. Es geht von selbst weiter; die Sitzung wartet noch { $left }.
viewer-waiting = Wartet auf das Bild
viewer-waiting-next = Es kommt, wenn der Kunde es erlaubt hat.

# Notizen unter dem Chat.
notes-title = Notizen (für den Kunden nicht sichtbar)
notes-fold = Notizen einklappen
notes-unfold = Notizen anzeigen
notes-hint = Was Sie gefunden und getan haben
notes-saved = Gespeichert
notes-saving = Wird gespeichert …
notes-away = Noch nicht gespeichert: Das Relay ist nicht erreichbar. Gespeichert wird, sobald es wieder da ist.
notes-not-now = Noch nicht gespeichert: Das Relay kann die Notizen zurzeit nicht sichern. Es wird weiter versucht.
notes-too-long =
    { $over ->
        [one] Nicht gespeichert: ein Zeichen zu viel. Kürzen Sie Ihre Notizen.
       *[other] Nicht gespeichert: { $over } Zeichen zu viel. Kürzen Sie Ihre Notizen.
    }
notes-over = Nicht gespeichert: Die Sitzung liegt zu lange zurück oder gehört jetzt einem anderen Mitarbeiter. Kopieren Sie, was Sie noch brauchen.
notes-unsupported = Nicht gespeichert: Dieses Relay ist zu alt, um Notizen zu behalten. Sein Betreiber muss es aktualisieren.
notes-merged = Jemand anderes hat inzwischen Notizen zu dieser Sitzung geschrieben. Sie stehen über Ihren.
