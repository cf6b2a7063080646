# Fragen von Kunden, die über ein Portal kommen.

availability-away = Abwesend
availability-name = { $state }: wie Sie Fragen annehmen
availability-ready-hint = Fragen werden Ihnen angeboten.
availability-away-hint = Fragen gehen an Ihre Kollegen. Aus der Liste können Sie weiterhin antworten.
questions-title = Kunden, die warten
questions-nobody = Auf Ihren Portalen wartet niemand.
questions-nobody-next = Wer auf einem Ihrer Portale fragt, wartet hier. Sie können auch einen neuen Code erzeugen und Ihrem Kunden vorlesen.
questions-no-portal = Mit einem Portal fragen Kunden auf einer Webseite von Ihnen und warten hier; ein Manager richtet eines ein.
questions-offline = Wer wartet, ist zurzeit nicht bekannt
questions-offline-next = Die Liste erscheint, sobald das Relay wieder erreichbar ist.
questions-away = Sie sind abwesend.
questions-away-next = Fragen gehen an Ihre Kollegen. Aus dieser Liste können Sie weiterhin antworten.
questions-away-end = Ich bin bereit
questions-more = { $count ->
    [one] Noch jemand wartet.
   *[other] { $count } weitere warten.
}
question-nobody = Ein Kunde
question-waited = Wartet seit { $time }
question-all = mehr
question-less = weniger
question-all-name = Die ganze Frage von { $name } zeigen
question-less-name = Weniger von der Frage von { $name } zeigen
question-offered-you = Ihnen angeboten
question-offered-other = { $name } angeboten
question-answer = Antworten
question-answer-name = { $name } antworten
question-answering = Wird angenommen …
question-pass = Weitergeben
question-pass-name = Die Frage von { $name } weitergeben
question-no-seat = Um zu antworten, brauchen Sie einen Platz.
question-left-name = Noch { $left }, dann geht sie an den nächsten Mitarbeiter
news-time-over = Die Frage von { $name } ging an den nächsten Mitarbeiter.
news-taken = { $by } hat die Frage von { $name } übernommen.
news-left = { $name } ist gegangen.
news-not-come = Das Programm von { $name } hat sich nicht gemeldet. Die Frage wartet wieder.
alert-window = Eingehende Frage
asked-line = Gefragt auf { $portal }: { $text }
asked-waiting = Wartet, bis das Programm von { $peer } startet
asked-waiting-next = Die Seite des Kunden hat den Code und bietet das Programm an. Die Sitzung beginnt dann von selbst.
asked-left = Das Programm wurde gestartet und wieder beendet, bevor die Sitzung begann. Der Code gilt weiter.
asked-read = Stattdessen den Code vorlesen
asked-give-back = Die Frage zurückgeben
you-asked = Ihre Frage: { $text }
preferences-questions = Eingehende Fragen
preferences-offer = Wie lange Ihnen eine Frage angeboten wird, bevor sie an den nächsten Mitarbeiter geht
preferences-seconds = s
preferences-sound = Ton abspielen
preferences-sound-try = Ton anhören
preferences-sound-none = Hier wurde kein Programm gefunden, das Töne abspielt. Installieren Sie pw-play, paplay oder aplay; bis dahin ertönt der Signalton des Bildschirms.
preferences-session-alert = Popup-Warnung während einer Sitzung zeigen
preferences-session-sound = Ton während einer Sitzung abspielen
preferences-session-none = Ist beides aus, wird Ihnen während einer Sitzung keine Frage angeboten.
