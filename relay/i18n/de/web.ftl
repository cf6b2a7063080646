# Was jede Seite hat.

web-skip = Zum Inhalt springen
web-to-start = Zur Startseite

problem-missing-title = Diese Seite gibt es nicht
problem-missing = Vielleicht ist die Adresse vertippt, oder was hier war, ist nicht mehr da. Prüfen Sie die Adresse oder beginnen Sie auf der Startseite.
problem-forbidden-title = Das dürfen Sie nicht sehen
problem-forbidden = Ihre Anmeldung schließt diese Seite nicht ein. Fragen Sie einen Manager.
problem-foreign-title = Dieses Formular ist veraltet
problem-foreign = Die Seite dazu ist zu alt, oder es kam von einer anderen Website. Nichts wurde geändert. Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.
problem-not-understood-title = Das wurde nicht verstanden
problem-not-understood = Mit dem, was dieser Browser gesendet hat, kann das Relay nichts anfangen. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
problem-too-long-title = Das ist zu viel auf einmal
problem-too-long = Was gesendet wurde, ist länger, als es ein Formular hier sein darf. Nichts wurde geändert. Gehen Sie zurück und kürzen Sie es.
problem-slow-title = Das Formular ist nicht angekommen
problem-slow = Es dauerte zu lange, deshalb wurde nichts geändert. Prüfen Sie Ihre Verbindung, gehen Sie zurück und senden Sie es noch einmal.
problem-slowed-title = Zu viele Versuche
problem-slowed = { $seconds ->
    [0] Warten Sie ein wenig und versuchen Sie es dann noch einmal.
    [one] Warten Sie eine Sekunde und versuchen Sie es dann noch einmal.
   *[other] Warten Sie { $seconds } Sekunden und versuchen Sie es dann noch einmal.
}
problem-busy-title = Das Relay ist beschäftigt
problem-busy = Im Moment wird zu viel auf einmal verlangt. Laden Sie die Seite in einer Minute neu.
problem-disk-title = Die Festplatte des Relays ist voll
problem-disk = Nichts wurde geändert. Wer das Relay betreibt, muss Platz schaffen; versuchen Sie es dann noch einmal.
problem-trouble-title = Das Relay kann das im Moment nicht
problem-trouble = Nichts wurde geändert. Versuchen Sie es in einer Minute noch einmal; bleibt es dabei, fragen Sie, wer das Relay betreibt. Das Protokoll sagt, was nicht stimmt.
