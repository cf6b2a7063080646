# Die Konsole des Mitarbeiters.

signin-title = Anmelden
signin-lead = und Ihren Kunden helfen
signin-relay = Relay
signin-user = Benutzer-ID
signin-password = Passwort
signin-button = Anmelden
signin-trying = Anmeldung läuft …
signin-other = Als jemand anderes anmelden
password-title = Ihr neues Passwort
password-new = Neues Passwort
password-again = Neues Passwort noch einmal
password-button = Speichern und anmelden
seats-title = Alle Plätze sind vergeben
seats-lead = { $seats ->
    [one] Ihr Konto hat einen Platz. Sie sind angemeldet und können warten, bis er frei ist, oder eine andere Anmeldung beenden und ihren Platz übernehmen.
   *[other] Ihr Konto hat { $seats } Plätze. Sie sind angemeldet und können warten, bis einer frei ist, oder eine andere Anmeldung beenden und ihren Platz übernehmen.
}
seats-none = Ihr Konto hat keinen Platz. Fragen Sie einen Manager.
seats-since = seit { $since }
seats-in-session = in einer Sitzung
seats-free-of-session = in keiner Sitzung
seats-away = nicht verbunden
seats-take = Anmeldung beenden und Platz übernehmen
seats-take-name = Anmeldung von { $name } beenden und Platz übernehmen
seats-more = { $count ->
    [one] Noch jemand hat einen Platz.
   *[other] { $count } weitere haben einen Platz.
}
seats-wait = Warten
seats-waiting = Warten auf einen freien Platz.
seats-waiting-next = Bis dahin bekommen Sie keine Fragen und können keinen Code erzeugen. Es geht von selbst weiter.
seats-show = Wer die Plätze hat
seats-came = Sie haben jetzt einen Platz.
seats-came-next = Sie bekommen Fragen und können Codes erzeugen.
seats-no-code = Um einen Code zu erzeugen, brauchen Sie einen Platz.
seats-confirm-title = Anmeldung von { $name } beenden?
seats-confirm-body = { $name } wird abgemeldet und erfährt, dass Sie den Platz übernommen haben.
seats-confirm-session = { $name } ist in einer Sitzung mit einem Kunden. Sie endet sofort, auch für den Kunden. { $name } wird abgemeldet und erfährt, dass Sie den Platz übernommen haben.
seats-confirm-yes = Beenden und Platz übernehmen
list-ready = Bereit
list-offline = Offline
list-no-seat = Wartet auf Platz
list-sign-out = Abmelden
list-reconnecting = Das Relay ist nicht erreichbar.
list-reconnecting-next = Lotse versucht es weiter. Laufende Sitzungen gehen weiter; neue Codes müssen warten.
list-waiting = Wartend ({ $count })
list-sessions = Sitzungen ({ $count })
list-new-code = Neuer Code
list-no-codes = Niemand wartet
list-no-codes-next = Erzeugen Sie einen neuen Code und lesen Sie ihn Ihrem Kunden vor. Er gibt ihn in Lotse auf seinem Computer ein.
list-codes-title = Warten auf ihre Kunden
list-no-sessions = Keine Sitzungen
list-no-sessions-next = Eine Sitzung beginnt, wenn ein Kunde Ihren Code eingibt.
list-sessions-title = Ihre Sitzungen
list-open = Öffnen
list-remove = Aus der Liste entfernen
list-lost-left = wartet noch { $left }
code-read-out = Lesen Sie Ihrem Kunden diesen Code vor
code-how = Er gilt einmal. Der Kunde startet Lotse und gibt ihn ein.
code-name = Zugangscode: { $digits }
code-copy = Kopieren
code-waiting = Wartet auf den Kunden
code-customer-left = Ein Kunde kam mit diesem Code und ging, bevor die Sitzung begann. Er gilt weiter.
code-valid = gültig noch { $left }
code-take-back = Zurücknehmen
code-expired = Dieser Code ist abgelaufen
code-expired-next = Niemand hat ihn rechtzeitig eingegeben. Lesen Sie Ihrem Kunden einen neuen vor.
leave-title = Lotse verlassen?
leave-body = { $count ->
    [one] Eine Sitzung läuft. Sie endet, wenn Sie gehen.
   *[other] { $count } Sitzungen laufen. Sie enden, wenn Sie gehen.
}
leave-yes = Verlassen
sign-out-title = Abmelden?
sign-out-body = { $count ->
    [one] Eine Sitzung läuft. Sie endet, wenn Sie sich abmelden.
   *[other] { $count } Sitzungen laufen. Sie enden, wenn Sie sich abmelden.
}
monitor-window = Lotse · Plugin-Monitor
monitor-title = Plugin-Monitor
monitor-lead = Was jedes Plugin auf diesem Computer tut und kostet, seit seine Sitzung begann.
monitor-none = Es laufen keine Plugins
monitor-none-next = Sie werden geladen, wenn eine Sitzung beginnt.
monitor-plugin = Plugin
monitor-state = Zustand
monitor-calls = Aufrufe
monitor-cpu = CPU
monitor-memory = Speicher
monitor-traffic = Datenverkehr
monitor-restarts = Neustarts
monitor-signer = Signiert von
monitor-milliseconds = { $ms } ms
monitor-bytes = ↑ { $sent }  ↓ { $received }
monitor-unsigned = nicht signiert
preferences-window = Lotse · Voreinstellungen
preferences-title = Voreinstellungen
preferences-look = Fenster
preferences-language = Sprache
preferences-as-system = Wie das System
preferences-theme = Farben
preferences-light = Hell
preferences-dark = Dunkel
preferences-scale = Größe
preferences-signer = Signiert von { $signer }
preferences-plugins-none = Plugins zeigen ihre Voreinstellungen hier, solange eine Sitzung läuft.
help-window = Lotse · Hilfe
help-entry = Hilfe zu Lotse
help-version = Lotse, Version { $version }
