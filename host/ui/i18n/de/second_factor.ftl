# Der zweite Faktor, seine Wiederherstellungscodes, und Sperren nach zu vielen falschen Versuchen.

signin-locked = Zu viele falsche Versuche.
signin-locked-next = Mit dieser Benutzer-ID können Sie sich in { $wait } wieder anmelden. Ein Manager kann Ihr Passwort zurücksetzen, dann geht es sofort.
signin-address-locked = Zu viele falsche Versuche aus Ihrem Netzwerk.
signin-address-locked-next = Versuchen Sie es in { $wait } wieder. Stammen die Versuche nicht von Ihnen, sagen Sie es einem Manager.
signin-ended = Ihre Anmeldung wurde beendet.
signin-ended-next = Ein Manager hat sie beendet. Melden Sie sich wieder an, oder fragen Sie nach dem Grund.
factor-title = Ihr zweiter Faktor
factor-wanted = Ihr Passwort stimmt.
factor-wanted-next = Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App jetzt für Lotse zeigt.
factor-wrong = Der Code stimmt nicht.
factor-wrong-next = Jeder Code gilt nur einmal und nur eine halbe Minute lang: Nehmen Sie den nächsten. Geht die Uhr Ihres Telefons richtig?
factor-must = Ihr Konto verlangt von allen einen zweiten Faktor.
factor-must-next = Richten Sie ihn einmal ein; von da an fragt jede Anmeldung nach einem Code Ihrer Authenticator-App.
factor-code = Code aus Ihrer Authenticator-App
factor-recovery-code = Wiederherstellungscode
factor-not-six = Ein Code hat sechs Ziffern.
factor-not-six-next = Ihre Authenticator-App zeigt einen; er wechselt jede halbe Minute.
factor-no-recovery-code = Der Wiederherstellungscode fehlt.
factor-no-recovery-code-next = Geben Sie einen von denen ein, die Sie beim Einrichten aufbewahrt haben. Jeder gilt einmal.
factor-button = Anmelden
factor-use-recovery = Stattdessen einen Wiederherstellungscode verwenden
factor-use-app = Stattdessen die Authenticator-App verwenden
factor-setup-title = Zweiten Faktor einrichten
factor-scan = Scannen Sie dies mit einer Authenticator-App auf Ihrem Telefon und geben Sie dann die sechs Ziffern ein, die sie zeigt.
factor-qr = QR-Code für eine Authenticator-App
factor-no-qr = Das Bild lässt sich nicht zeichnen. Tippen Sie den Schlüssel in Ihre App.
factor-key = Oder tippen Sie diesen Schlüssel in die App:
factor-key-name = Schlüssel: { $letters }
factor-key-copy = Schlüssel kopieren
factor-no-copy = Kopieren geht nicht, solange eine Sitzung läuft: Über eine geteilte Zwischenablage bekäme es auch der Kunde.
factor-offer-over = Das hat zu lange gedauert; es wurde nichts eingerichtet.
factor-offer-over-next = Schalten Sie den zweiten Faktor noch einmal ein und geben Sie den Code innerhalb einer Viertelstunde ein.
factor-setup-button = Einrichten und anmelden
factor-codes-title = Bewahren Sie Ihre Wiederherstellungscodes auf
factor-codes-lead = Mit jedem können Sie sich einmal anmelden, wenn Ihr Telefon nicht zur Hand ist. Sie werden nur dieses eine Mal gezeigt: Schreiben Sie sie auf, drucken Sie sie aus oder bewahren Sie sie sicher auf.
factor-codes-name = Wiederherstellungscode: { $code }
factor-codes-copy = Kopieren
factor-codes-copied = Sie sind in der Zwischenablage.
factor-codes-save = In eine Datei speichern
factor-codes-saved = Gespeichert, nur für Sie lesbar: { $path }
factor-codes-not-saved = Sie ließen sich nicht speichern.
factor-codes-not-saved-next = { $detail } Kopieren Sie sie oder schreiben Sie sie auf.
factor-codes-no-folder = Es gibt keinen persönlichen Ordner.
factor-codes-kept = Ich habe sie aufbewahrt
factor-code-used = Sie haben einen Wiederherstellungscode verwendet.
factor-code-used-next = { $left ->
    [0] Es ist keiner mehr übrig. Neue bekommen Sie in den Voreinstellungen, mit einem Code Ihrer Authenticator-App; ist sie verloren, fragen Sie einen Manager.
    [one] Ein Wiederherstellungscode ist übrig. Neue bekommen Sie in den Voreinstellungen.
   *[other] { $left } Wiederherstellungscodes sind übrig.
}
preferences-factor = Anmeldung
preferences-factor-switch = Zweiter Faktor
preferences-factor-off = Ein Code Ihres Telefons zusätzlich zum Passwort
preferences-factor-on = { $left ->
    [one] Ein Wiederherstellungscode ist übrig
   *[other] { $left } Wiederherstellungscodes sind übrig
}
preferences-factor-required = Ihr Konto verlangt ihn; einen verlorenen kann ein Manager zurücksetzen.
preferences-factor-codes = Ihre Wiederherstellungscodes stehen in der Listenansicht, bis Sie sie aufbewahrt haben.
preferences-factor-prove = Einschalten
preferences-factor-cancel = Abbrechen
preferences-factor-password = Ihr Passwort
preferences-factor-code = Code aus Ihrer Authenticator-App oder ein Wiederherstellungscode
preferences-factor-go-on = Weiter
preferences-factor-set-up-lead = Bestätigen Sie zuerst, dass Sie es sind.
preferences-factor-remove = Ausschalten
preferences-factor-remove-lead = Danach genügt Ihr Passwort, um sich anzumelden.
preferences-factor-renew = Neue Wiederherstellungscodes
preferences-factor-renew-lead = Sie werden einmal gezeigt; die bisherigen gelten dann nicht mehr.
