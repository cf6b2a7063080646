# Die Seiten des Kunden: ein Portal und die erste Seite des Relays.

portal-language = Sprache
portal-here = { $count ->
    [0] Zurzeit ist niemand verfügbar
    [1] Eine Person ist für Sie da
    [2] Zwei Personen sind für Sie da
    [3] Drei Personen sind für Sie da
    [4] Vier Personen sind für Sie da
    [5] Fünf Personen sind für Sie da
    [6] Sechs Personen sind für Sie da
    [7] Sieben Personen sind für Sie da
    [8] Acht Personen sind für Sie da
    [9] Neun Personen sind für Sie da
    [10] Zehn Personen sind für Sie da
    [11] Elf Personen sind für Sie da
    [12] Zwölf Personen sind für Sie da
   *[other] { $count } Personen sind für Sie da
}
portal-lost = Die Verbindung zum Relay ist unterbrochen. Es wird wieder versucht; Sie müssen nichts tun.
portal-offline = Die Frage ist nicht durchgekommen. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal; was Sie geschrieben haben, ist noch da.

portal-name = Ihr Name
portal-question = Wobei können wir helfen?
portal-question-hint = In ein, zwei Sätzen; höchstens 500 Zeichen.
portal-ask = Um Hilfe bitten
portal-asked = Ihre Frage ist unterwegs.
portal-message = Ihre Nachricht
portal-reply-to = Wie erreichen wir Sie?
portal-reply-to-hint = Eine E-Mail-Adresse oder eine Telefonnummer.
portal-send = Nachricht senden
portal-message-lead = Hinterlassen Sie eine Nachricht, und wir melden uns.
portal-message-keep = Oder lassen Sie diese Seite offen: Sobald jemand da ist, können Sie fragen.
portal-here-now = Jetzt ist jemand da.
portal-here-now-ask = Fragen statt eine Nachricht hinterlassen
portal-look-again = Noch einmal nachsehen, ob jemand da ist
portal-contact = Sie erreichen uns auch so:
portal-sent = Danke
portal-sent-lead = Ihre Nachricht ist angekommen. { $account } meldet sich bei Ihnen.
portal-back = Zurück zum Anfang

portal-code-title = Haben Sie einen Code?
portal-code-lead = Geben Sie die zehn Ziffern ein, die Ihnen genannt wurden. Sie bleiben auf diesem Computer.
portal-code = Code
portal-code-wrong = Ein Code hat zehn Ziffern. Lassen Sie ihn sich noch einmal vorlesen.
portal-code-go = Weiter

portal-wait-title = Ihre Frage ist bei uns
portal-wait-time = Sie warten seit
portal-wait-keep = Lassen Sie diese Seite offen. Sobald jemand Ihre Frage annimmt, steht es hier und im Titel dieser Seite.
portal-wait-nobody = Zurzeit ist niemand verfügbar. Sie behalten Ihren Platz. Sie können auch abbrechen und eine Nachricht hinterlassen.
portal-cancel = Abbrechen
portal-place = { $place ->
    [1] Als Nächstes sind Sie an der Reihe.
   *[other] Sie sind Nummer { $place } in der Warteschlange.
}
portal-taken = { $rep } hat angenommen und macht sich bereit.
portal-ready = { $rep } ist für Sie bereit.
portal-running = { $rep } ist im Fenster von Lotse bei Ihnen.
portal-gone = Diese Seite war zu lange nicht verbunden, deshalb ist Ihr Platz verfallen. Fragen Sie noch einmal; neu schreiben müssen Sie nichts.

portal-start-title = Starten Sie Lotse
portal-start-lead = Ihr Browser fragt, ob er Lotse öffnen darf. Erlauben Sie es.
portal-start = Lotse starten
portal-start-typed = Lotse ist das Programm, das Ihnen zeigt, was geschieht, und in dem Sie Ja oder Nein sagen.
portal-start-elsewhere = Geben Sie den Code an einem Computer ein, auf dem Lotse läuft.
portal-start-safe = Niemand sieht oder tut etwas auf Ihrem Computer, bevor Sie es erlauben.
portal-manual = Nichts passiert? Holen Sie das Programm
portal-manual-elsewhere = Das Programm für einen anderen Computer holen
portal-manual-none = Auf diesem Relay gibt es kein Programm zum Herunterladen. Fragen Sie die Person, die Ihnen hilft, wie Sie es bekommen.
portal-step-get = Holen Sie das Programm
portal-step-run = Starten Sie es
portal-step-type = Geben Sie dort diesen Code ein
portal-download = Herunterladen für { $target }
portal-file = Datei
portal-size = Größe
portal-megabytes = { $size } MB
portal-kilobytes = { $size } KB
portal-sha256 = SHA-256
portal-steps-linux = Öffnen Sie ein Terminal und fügen Sie diese Zeile ein. Sie macht aus der Datei ein Programm und startet es.
portal-target-linux-x86-64 = Linux mit X11, 64 Bit
portal-target-linux-aarch64 = Linux mit X11, 64 Bit ARM
portal-code-none = Der Code, der Ihnen genannt wurde
portal-expires = Der Code gilt noch
portal-other-code = Ein anderer Code

portal-running-title = Sie sind verbunden
portal-running-close = Sie können diese Seite schließen. Die Sitzung geht ohne sie weiter.
portal-ended = Die Sitzung ist beendet
portal-ended-lead = Auf Ihrem Computer bleibt davon nur das Programm selbst.
portal-left = Sie warten nicht mehr
portal-left-lead = Ihre Frage wurde zurückgezogen, oder diese Seite war zu lange nicht verbunden. Sie können jederzeit wieder fragen.
portal-closed = Ihre Frage wurde geschlossen
portal-closed-lead = So, wie sie gestellt war, ließ sie sich nicht beantworten. Fragen Sie noch einmal in anderen Worten, oder wenden Sie sich an die Stelle, von der Sie diese Adresse haben.
portal-no-more = Diese Seite nimmt keine Fragen mehr an
portal-no-more-lead = Ihre Frage wurde nicht beantwortet. Fragen Sie dort, woher Sie diese Adresse haben, wie man Ihnen jetzt helfen kann.
portal-again = Noch einmal fragen
portal-broken = Der Code ließ sich nicht öffnen
portal-broken-lead = Er wurde für diese Seite gemacht, wie sie vorher war. Fragen Sie noch einmal, dann wird ein neuer gemacht.

portal-system-unknown = Dieses System
portal-unsupported = Dafür gibt es auf diesem Relay noch kein Programm von Lotse.
portal-works-on = Es läuft auf { $targets }.
portal-unsupported-next = Sie können von hier aus fragen und den Code an einem solchen Computer eingeben.
portal-browser-unknown = Dieser Browser
portal-browser = Er kann den Schlüssel nicht erzeugen, der Ihren Code geheim hält. Aktuelle Versionen von Chrome, Edge, Firefox und Safari können es.
portal-no-script = Um auf dieser Seite zu fragen, braucht Ihr Browser JavaScript: Es erzeugt den Schlüssel, der Ihren Code geheim hält.
portal-no-key = Ihre Frage konnte nicht gesendet werden. Zum Fragen braucht es JavaScript und eine aktuelle Version von Chrome, Edge, Firefox oder Safari, die den Schlüssel erzeugt, der Ihren Code geheim hält. Hinterlassen Sie stattdessen eine Nachricht, oder rufen Sie uns an: Man kann Ihnen einen Code vorlesen, den Sie in Lotse eingeben.
portal-by-phone = Eine Nachricht können Sie trotzdem hinterlassen. Oder rufen Sie uns an: Man kann Ihnen einen Code vorlesen, den Sie in Lotse eingeben.

portal-problem-many = Das waren zu viele Versuche. { $seconds ->
    [0] Warten Sie ein wenig
    [one] Warten Sie eine Sekunde
   *[other] Warten Sie { $seconds } Sekunden
} und versuchen Sie es noch einmal; was Sie geschrieben haben, ist noch da.
portal-problem-crowded = Im Augenblick fragen hier so viele, dass nicht alle durchkommen. Warten Sie { $seconds ->
    [one] eine Sekunde
   *[other] { $seconds } Sekunden
} und versuchen Sie es noch einmal; was Sie geschrieben haben, steht noch da.
portal-problem-full = Es warten so viele, dass die Warteschlange voll ist. Hinterlassen Sie eine Nachricht oder versuchen Sie es in ein paar Minuten noch einmal.
portal-problem-nobody = Jetzt ist niemand mehr verfügbar. Hinterlassen Sie eine Nachricht oder warten Sie auf dieser Seite, bis jemand da ist.
portal-problem-draining = Das Relay wird neu gestartet. Versuchen Sie es in einer Minute noch einmal; was Sie geschrieben haben, ist noch da.
portal-problem-text = Schreiben Sie in höchstens 500 Zeichen, worum es geht.
portal-problem-message = Schreiben Sie Ihre Nachricht, und nicht mehr, als in das Feld passt.
portal-problem-name = Dieser Name ist zu lang.
portal-problem-reply-to = Sagen Sie in höchstens 200 Zeichen, wie wir Sie erreichen.
portal-problem-field = Etwas fehlte oder war zu lang. Laden Sie die Seite neu und versuchen Sie es noch einmal.

start-title = Dies ist ein Lotse-Relay
start-lead = Es bringt Menschen, die Hilfe brauchen, mit Menschen zusammen, die helfen, und leitet weiter, was sie einander sagen, ohne es lesen zu können.
start-portal = Wer Ihnen hilft, hat Ihnen einen Code gegeben oder die Adresse einer eigenen Seite. Die Adressen stehen nicht hier.
start-center = Arbeiten Sie für ein Konto an diesem Relay?
start-center-link = Management Center
