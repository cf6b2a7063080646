# Worte, die beide Programme benutzen.

common-cancel = Abbrechen
notice-dismiss = Meldung schließen
duration-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
duration-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
step-relay = Relay erreichen
step-keys = Schlüssel vereinbaren
step-plugins = Plugins laden
step-link = Leitung aufbauen
state-waiting = wartet
state-connecting = verbindet
state-awaiting-consent = Kunde wird gefragt
state-active = läuft
state-lost = Verbindung verloren
state-ended = beendet
state-failed = fehlgeschlagen
access-view = Bildschirm sehen
access-control = steuern
access-clipboard = Zwischenablage
access-files = Dateien empfangen
consent-not-asked = nicht gefragt
consent-asked = gefragt
consent-granted = erlaubt
consent-refused = abgelehnt
chip-name = { $access }: { $state }
link-unknown = wird gemessen
link-good = gut
link-slow = langsam
link-stalled = stockt
link-here = Ihre Seite
link-relay = das Relay
link-there = die andere Seite
link-milliseconds = { $ms } ms
line-name = Leitung: { $words }
line-rate = { $rate } pro Sekunde
safety-code = Sicherheitscode
safety-code-name = Sicherheitscode: { $code }
safety-code-hint = Beide Seiten sehen denselben Code. Lesen Sie ihn vor: Weicht er ab, beenden Sie die Sitzung.
developer-title = Entwicklermodus
developer-body = Zustimmungen können vorab erteilt sein, und nicht signierte Plugins können laufen. Nicht für die Arbeit mit echten Kunden.
paused-title = Pausiert
paused-body-here = Sie haben pausiert: Nichts wird gezeigt oder gesteuert, bis Sie fortsetzen (Sitzung, Fortsetzen).
paused-body-there = Der Kunde hat pausiert: Nichts wird gezeigt oder gesteuert, bis er fortsetzt.
paused-body-both = Sie und der Kunde haben pausiert: Nichts wird gezeigt oder gesteuert, bis beide fortsetzen.
paused-body-customer = Sie haben pausiert: Nichts wird gesehen, gesteuert oder eingefügt, und Dateien warten.
message-sending = wird gesendet
message-sent = gesendet
message-delivered = zugestellt
message-failed = nicht gesendet
chat-send = Senden
chat-none = Kein Chat in dieser Sitzung
signer-key = Schlüssel { $start }…
signer-named = { $name } (Schlüssel { $start }…)
plugin-loading = wird geladen
plugin-running = läuft
plugin-restarting = startet neu
plugin-stopped = angehalten
plugin-other-side = auf der anderen Seite
plugin-not-licensed = nicht lizenziert
plugin-restarting-why = wurde angehalten und startet neu: { $why }
plugin-stopped-why = wurde für diese Sitzung angehalten: { $why }
plugin-other-side-why = läuft nur auf der anderen Seite, so steht es in seinem Paket.
plugin-not-licensed-why = gehört nicht zu Ihrer Lizenz. Fragen Sie { $contact }.

# Lizenzen
plugin-not-licensed-ask = gehört nicht zu Ihrer Lizenz. Fragen Sie einen Manager.
licence-over = ist nicht mehr lizenziert. In dieser Sitzung läuft alles weiter bis zu ihrem Ende.
licence-ends = { $minutes ->
    [one] ist noch eine Minute lizenziert.
   *[other] ist noch { $minutes } Minuten lizenziert.
 } Sitzungen, die dann laufen, sind davon nicht betroffen.
licence-refused = Die Lizenz wird nicht angenommen: { $why }. Was vorher lizenziert war, gilt weiter, bis es abläuft.
date-long = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[other] Dezember
 } { $year }
feature-chat = Chat
feature-clipboard = Zwischenablage
feature-annotations = Zeichnungen
feature-screen-sharing = Bildschirmfreigabe
feature-share-my-screen = Meinen Bildschirm freigeben
feature-multi-chat = Mehrere Sitzungen gleichzeitig
licence-ends-title = { $feature }: lizenziert bis zum { $day }
licence-ends-contact = Neue Sitzungen haben das danach nicht mehr. Fragen Sie { $contact }.
licence-ends-ask = Neue Sitzungen haben das danach nicht mehr. Fragen Sie einen Manager.
licence-refused-title = Ihre Lizenz kann nicht geprüft werden
licence-no-key = das Relay stellt keine aus, und sein Betreiber muss es aktualisieren
licence-forged = sie ist nicht von diesem Relay signiert
licence-malformed = diese Version von Lotse kann sie nicht lesen
licence-other-account = sie gehört einem anderen Konto
licence-not-yet = sie gilt noch nicht
licence-expired = sie ist abgelaufen
