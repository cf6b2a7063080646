# Das Management Center.

center-pages = Seiten
center-pages-shut = Liste schließen
center-group-relay = Relay
center-group-you = Sie
center-overview = Übersicht
center-sessions = Laufende Sitzungen
center-people = Personen
center-audit = Prüfprotokoll
center-account = Konto
center-accounts = Konten
center-relay-audit = Prüfprotokoll des Relays
center-relay = Relay
center-me = Meine Anmeldungen
center-sign-out = Abmelden
center-save = Speichern
center-cancel = Abbrechen
center-action = Aktion
center-time-zone = Zeiten gelten für { $zone }.
center-live-lost = Die Verbindung ist unterbrochen, die Anzeige kann veraltet sein. Es wird weiter versucht.
center-live-busy = Es sind zu viele Seiten offen, um auch diese aktuell zu halten; die Anzeige kann veraltet sein. Es wird weiter versucht; es hilft, andere Seiten des Centers zu schließen.
center-live-refused = Das Relay konnte den aktuellen Stand nicht liefern; die Anzeige kann veraltet sein. Es wird weiter versucht; wenn das so bleibt, laden Sie die Seite neu.
center-no-script = Diese Seite hält sich mit einem kleinen Skript aktuell. Ohne es laden Sie die Seite neu.
center-more = { $count ->
    [one] Und eine weitere Zeile.
   *[other] Und { $count } weitere.
}

done-saved = Gespeichert. Es wirkt innerhalb von zwei Sekunden auf laufende Programme.
done-added = Hinzugefügt.
done-ended = Beendet.
done-gone = Diese war schon beendet.

field-user = Benutzer-ID
field-password = Passwort
field-old-password = Bisheriges Passwort
field-new-password = Neues Passwort
field-new-password-hint = Mindestens 8 Zeichen. Gut sind mehrere Wörter, die nicht zusammengehören.
field-password-again = Noch einmal dasselbe
field-name = Name
field-name-missing = Geben Sie einen Namen ein.
field-name-long = Ein Name hat höchstens 80 Zeichen. Kürzen Sie ihn.
field-role = Rolle
field-status = Status
field-account = Konto
field-seats = Plätze
field-contact = Kontakt
field-language = Sprache
field-time-zone = Zeitzone
field-set-up-code = Einrichtungscode

sign-in-title = Anmelden
sign-in-lead = Management Center: für Manager eines Kontos und den Betreiber dieses Relays.
sign-in-button = Anmelden
sign-in-set-up = Dieses Relay hat noch keinen Betreiber.
sign-in-not-an-email = Eine Benutzer-ID sieht aus wie eine E-Mail-Adresse, etwa anna@example.com.
sign-in-wrong = Diese Benutzer-ID und dieses Passwort gehören nicht zusammen. Prüfen Sie beides; ein Manager kann das Passwort zurücksetzen.
sign-in-not-active = Dieses Konto oder diese Benutzer-ID ist gesperrt. Fragen Sie einen Manager.
sign-in-too-many = { $seconds ->
    [one] Zu viele Versuche. Versuchen Sie es in einer Sekunde wieder.
   *[other] Zu viele Versuche. Versuchen Sie es in { $seconds } Sekunden wieder.
}
field-code = Code Ihrer Authenticator-App
field-code-hint = Nur wenn Sie eine eingerichtet haben. Ein Wiederherstellungscode geht auch.
sign-in-code-wanted = Sie haben einen zweiten Faktor: Geben Sie das Passwort noch einmal ein und den Code, den Ihre Authenticator-App jetzt zeigt.
sign-in-code-set-up = Ihr Konto verlangt einen zweiten Faktor. Melden Sie sich einmal mit dem Programm Lotse an, das ihn mit Ihnen einrichtet; kommen Sie dann hierher zurück.
sign-in-code-wrong = Dieser Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten, den Ihre App zeigt.
sign-in-locked = { $minutes ->
    [one] Zu viele falsche Versuche mit dieser Benutzer-ID. Versuchen Sie es in einer Minute wieder, oder bitten Sie einen Manager, das Passwort zurückzusetzen.
   *[other] Zu viele falsche Versuche mit dieser Benutzer-ID. Versuchen Sie es in { $minutes } Minuten wieder, oder bitten Sie einen Manager, das Passwort zurückzusetzen.
}
sign-in-address-locked = { $minutes ->
    [one] Zu viele falsche Versuche aus Ihrem Netz. Versuchen Sie es in einer Minute wieder.
   *[other] Zu viele falsche Versuche aus Ihrem Netz. Versuchen Sie es in { $minutes } Minuten wieder.
}
sign-in-over = Ihre Anmeldung in diesem Browser ist beendet. Melden Sie sich noch einmal an.
sign-in-again = Melden Sie sich noch einmal an.
sign-in-must-change = Wählen Sie zuerst ein eigenes Passwort.
sign-in-no-manager = Das Management Center ist für Manager. Kunden helfen Sie mit dem Programm Lotse auf Ihrem Computer; fragen Sie einen Manager Ihres Kontos, wenn Sie es auch verwalten sollen.

password-title = Ihr neues Passwort
password-lead = Ihr Passwort hat jemand anderes gewählt. Wählen Sie eines, das nur Sie kennen.
password-button = Speichern und anmelden
password-too-short = Wählen Sie eines mit mindestens 8 Zeichen.
password-too-long = Wählen Sie ein kürzeres: 1000 Zeichen genügen.
password-same = Es ist das bisherige. Wählen Sie ein anderes.
password-common = Viele haben es, deshalb wird es zuerst erraten. Wählen Sie eines aus mehreren Wörtern, die nicht zusammengehören.
password-pattern = Benachbarte Tasten, Wiederholungen und Daten werden zuerst probiert. Wählen Sie eines aus mehreren Wörtern, die nicht zusammengehören.
password-word = Namen und einzelne Wörter werden zuerst probiert. Wählen Sie eines aus mehreren Wörtern, die nicht zusammengehören.
password-guessable = Machen Sie es länger: Gut sind mehrere Wörter, die nicht zusammengehören.
password-differ = Die beiden Passwörter sind verschieden. Geben Sie das neue zweimal ein.
password-once-title = Passwort für eine Anmeldung
password-once-lead = Geben Sie dieses Passwort an { $user }. Es wird nur jetzt gezeigt.
password-once-hint = Es gilt für eine Anmeldung; dann wird ein anderes gewählt. Frühere Anmeldungen sind beendet.
password-once-button = Ich habe es weitergegeben

me-lead = In diesen Browsern ist { $user } angemeldet. Jede Anmeldung endet 12 Stunden nach ihrem Beginn oder nach einer halben Stunde ohne Gebrauch.
me-browser = Browser
me-address = Adresse
me-since = Seit
me-used = Zuletzt gebraucht
me-this = dieser hier
me-end = Anmeldung beenden

set-up-title = Erster Betreiber
set-up-lead = Wer dieses Relay betreibt, verwaltet seine Konten. Der Code steht auf der Konsole des Relays und ändert sich mit jedem Start.
set-up-code-hint = Vier Gruppen aus vier Buchstaben und Ziffern.
set-up-wrong-code = Das ist nicht der Code auf der Konsole des Relays. Er ändert sich mit jedem Start.
set-up-button = Betreiber werden
set-up-over = Dieses Relay hat schon einen Betreiber. Wer Zugang zu seinem Rechner hat, fügt weitere mit „lotse-relay operator add“ hinzu.

overview-seats = Belegte Plätze
overview-seats-of = { $taken } von { $seats }
overview-waiting = Warten auf einen Platz
overview-running = Laufende Sitzungen
overview-codes = Unbenutzte Codes
overview-people = Angemeldet
overview-nobody = Niemand ist angemeldet. Mitarbeiter melden sich mit dem Programm Lotse auf ihren Computern an.
overview-held = Platz seit
overview-waits = wartet auf einen Platz
overview-away = nicht verbunden
overview-in-session = in einer Sitzung
overview-ready = bereit
overview-absent = abwesend

sessions-none = Keine Sitzung läuft. Sie erscheint hier, sobald ein Kunde mit dem Code eines Mitarbeiters kommt.
sessions-customer = Kunde
sessions-rep = Mitarbeiter
sessions-system = Computer des Kunden
sessions-since = Seit
sessions-begins = beginnt
sessions-runs = läuft
sessions-rep-away = Verbindung des Mitarbeiters unterbrochen
sessions-customer-away = Verbindung des Kunden unterbrochen

people-add = Person hinzufügen
people-none = In diesem Konto ist noch niemand.
people-used = Zuletzt im Programm gesehen
people-active = aktiv
people-suspended = gesperrt
people-must-change = wählt bei der nächsten Anmeldung ein Passwort
people-not-signed-in = nicht angemeldet

role-rep = Mitarbeiter
role-manager = Manager
role-hint = Manager sehen und ändern hier auch das Konto.
status-hint = Wer gesperrt ist, wird abgemeldet und kann sich nicht anmelden.

person-new-title = Person hinzufügen
person-new-lead = Die nächste Seite zeigt ein Passwort für die erste Anmeldung.
person-name-hint = So sehen ihn Kunden.
person-user-hint = Eine E-Mail-Adresse, für die Anmeldung.
person-user-taken = { $user } ist schon jemandes Benutzer-ID. Wählen Sie eine andere.
person-user = Benutzer-ID: { $user }
person-back = Alle Personen
person-own = Das sind Sie. Ein anderer Manager kann Ihre Rolle ändern oder Sie sperren.
person-not-oneself = Sie können sich nicht selbst die Rolle nehmen oder sperren. Fragen Sie einen anderen Manager.
field-own-password = Ihr eigenes Passwort
own-password-hint = Nur nötig, um jemanden zum Manager zu machen.
own-password-missing = Geben Sie Ihr eigenes Passwort ein: Hier wird jedes Mal danach gefragt.
own-password-wrong = Das ist nicht Ihr Passwort. Versuchen Sie es noch einmal.
person-own-password = Ihr eigenes Passwort ändern Sie im Programm. Wo Sie angemeldet sind, steht unter „Meine Anmeldungen“.
person-own-factor = Ihren eigenen zweiten Faktor ändern Sie im Programm. Ist Ihr Telefon verloren, entfernt ihn ein anderer Manager.
person-password-title = Passwort
person-password-lead = Ein neues Passwort wird einmal gezeigt und gilt für eine Anmeldung. Alles, was mit dem alten angemeldet ist, endet.
person-password-button = Passwort zurücksetzen
person-sign-ins-title = Anmeldungen
person-sign-ins = Angemeldete Programme
person-sign-ins-end = Alle Anmeldungen beenden

changed-title = Jemand anderes hat das inzwischen geändert.
changed-lead = Ihre Eingaben stehen unten und sind nicht gespeichert. Jetzt steht dort dies; speichern Sie noch einmal, um es zu ersetzen:

account-status-active = aktiv
account-status-suspended = gesperrt
account-status-closed = geschlossen
account-status-hint = Personen eines Kontos, das nicht aktiv ist, werden abgemeldet und können sich nicht anmelden.
account-seats-any = beliebig viele
account-seats-hint = Wie viele zugleich arbeiten dürfen; leer: beliebig viele. Sind mehr belegt, wird niemand abgemeldet.
account-no-seats = Geben Sie eine Zahl von 0 bis 1000000 ein oder nichts.
account-contact-hint = An wen sich Personen des Kontos wenden, wenn etwas nicht lizenziert ist.
account-zone-hint = Name aus der IANA-Liste, etwa Europe/Berlin.
account-no-zone = Diese Zeitzone ist nicht bekannt. Geben Sie eine wie Europe/Berlin ein.
account-by-operator = Status, Plätze und Kontakt setzt, wer das Relay betreibt.
account-new-title = Konto hinzufügen
account-taken = Ein Konto mit diesem Namen gibt es schon. Wählen Sie einen anderen.

accounts-add = Konto hinzufügen
accounts-none = Es gibt noch kein Konto. Fügen Sie eines hinzu, dann seinen ersten Manager.
accounts-people = Personen

relay-ready = bereit
relay-draining = wird beendet: Neues beginnt nicht mehr
relay-store = die Datenbank antwortet nicht; siehe Protokoll des Relays
relay-unvouched = keine Zertifizierungsstelle bürgt für den Namen des Relays; siehe Protokoll des Relays
relay-certificate-until = Zertifikat gültig bis
relay-developer = Der Entwicklermodus ist an: Dieses Relay lässt unsignierte Plugins und im Voraus gegebene Zustimmung zu.
relay-version = Version
relay-started = Gestartet
relay-reps = Verbundene Programme von Mitarbeitern
relay-customers = Verbundene Programme von Kunden
relay-signed-in = Anmeldungen mit Verbindung
relay-store-errors = Datenbankfehler seit dem Start
relay-audit-lost = Verlorene Prüfzeilen seit dem Start
relay-metrics = Starten Sie das Relay mit --metrics, um dies und mehr als Prometheus-Metriken auf einer eigenen Adresse zu haben.

audit-csv = Als CSV speichern
audit-kind = Was
audit-any = Alles
audit-anybody = Alle
audit-person = Wer
audit-from = Von
audit-until = Bis einschließlich
audit-no-date = Geben Sie ein Datum wie 2026-11-29 ein.
audit-filter = Zeigen
audit-none = Dazu steht nichts im Protokoll. Versuchen Sie es mit mehr Tagen oder weniger Bedingungen.
audit-at = Wann
audit-session = Sitzung
audit-detail = Einzelheiten
audit-older = Ältere Zeilen

audit-kind-account-added = Konto hinzugefügt
audit-kind-account-changed = Konto geändert
audit-kind-rep-added = Person hinzugefügt
audit-kind-rep-changed = Person geändert
audit-kind-password-reset = Passwort zurückgesetzt
audit-kind-password-changed = Passwort geändert
audit-kind-signed-in = angemeldet
audit-kind-sign-in-failed = Anmeldung fehlgeschlagen
audit-kind-sign-in-slowed = Anmeldung verlangsamt
audit-kind-signed-out = abgemeldet
audit-kind-sign-in-ended = Anmeldung von jemand anderem beendet
audit-kind-seat-taken = Platz belegt
audit-kind-seat-waited = auf einen Platz gewartet
audit-kind-seat-gained = Platz erhalten
audit-kind-seat-taken-over = Platz übernommen
audit-kind-code-given = Code ausgegeben
audit-kind-joined = Kunde gekommen
audit-kind-join-slowed = falsche Codes verlangsamt
audit-kind-pairing-failed = falscher Code
audit-kind-session-started = Sitzung begonnen
audit-kind-session-resumed = Sitzung wieder aufgenommen
audit-kind-resume-refused = Wiederaufnahme abgelehnt
audit-kind-session-ended = Sitzung beendet
audit-kind-plugin-granted = Plugin freigegeben
audit-kind-plugin-denied = Plugin abgelehnt
audit-kind-plugin-revoked = Freigabe eines Plugins entzogen
audit-kind-plugin-crashed = Plugin abgestürzt
audit-kind-customer-allowed = Kunde hat zugestimmt
audit-kind-customer-refused = Kunde hat abgelehnt
audit-kind-sign-in-locked = Anmeldung gesperrt
audit-kind-second-factor-failed = falscher Code des zweiten Faktors
audit-kind-second-factor-enrolled = zweiter Faktor eingerichtet
audit-kind-second-factor-removed = zweiter Faktor entfernt
audit-kind-recovery-code-used = Wiederherstellungscode benutzt
audit-kind-rep-unlocked = Anmeldung entsperrt
audit-kind-rep-signed-out = von jemand anderem abgemeldet
audit-kind-team-changed = Team geändert
audit-kind-portal-changed = Portal geändert
audit-kind-question-asked = Frage gestellt
audit-kind-question-offered = Frage angeboten
audit-kind-question-passed = Frage weitergegeben
audit-kind-question-taken = Frage angenommen
audit-kind-question-left = Kunde hat die Warteschlange verlassen
audit-kind-question-returned = Frage wieder in der Warteschlange
audit-kind-question-closed = Frage geschlossen
audit-kind-files-offered = Dateien angeboten
audit-kind-files-accepted = Dateien angenommen
audit-kind-files-declined = Dateien abgelehnt
audit-kind-files-whole = Dateien übertragen
audit-kind-files-broken = Dateien nicht übertragen
audit-kind-hand-over-asked = anderer Mitarbeiter gefragt
audit-kind-hand-over-declined = anderer Mitarbeiter hat abgelehnt
audit-kind-hand-over-taken = anderer Mitarbeiter hat angenommen
audit-kind-hand-over-ended = kein anderer Mitarbeiter gekommen
audit-kind-joined-beside = zweite Sitzung begonnen
audit-kind-shared-changed = Gemeinsames aller Mitarbeiter geändert
audit-kind-message-left = Nachricht hinterlassen
audit-kind-ask-slowed = Fragen verlangsamt
audit-kind-plugin-added = Plugin hinzugefügt
audit-kind-plugin-removed = Plugin entfernt
audit-kind-plugin-rule-changed = Plugin-Version eines Kontos geändert
audit-kind-licence-changed = Lizenz geändert
audit-kind-licence-expired = Lizenz abgelaufen
audit-kind-lines-lost = Zeilen verloren
audit-kind-operator-added = Betreiber hinzugefügt
audit-kind-operator-removed = Betreiber entfernt
audit-kind-operator-password = Passwort eines Betreibers gesetzt
audit-kind-pages-signed-in = am Center angemeldet
audit-kind-pages-signed-out = vom Center abgemeldet
audit-kind-api-token-added = API-Token angelegt
audit-kind-api-token-revoked = API-Token widerrufen
audit-kind-api-token-refused = API-Token von woanders benutzt
audit-kind-webhook-added = Webhook angelegt
audit-kind-webhook-removed = Webhook entfernt
audit-kind-webhook-off = Webhook abgeschaltet
