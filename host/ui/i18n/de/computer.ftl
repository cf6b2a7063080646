# Was vom Computer des Kunden gesagt wird, und sein Neustart.

access-system = Systeminformationen
access-restart = Neustart
prompt-system = { $rep } von { $account } möchte wissen, was für ein Computer das ist
prompt-system-body = Übertragen werden sein Name und System, Prozessor, Arbeitsspeicher, Datenträger mit ihrer Größe, Bildschirme und Netzwerkverbindungen mit ihren Adressen. Nichts von Ihren Dateien.
prompt-restart = { $rep } von { $account } möchte Ihren Computer neu starten
prompt-restart-body = Speichern Sie vorher Ihre Arbeit: Alle Programme werden geschlossen. Sie haben dann noch 10 Sekunden, um es abzubrechen. Nach Ihrer Anmeldung kommt Lotse von selbst in diese Sitzung zurück.
switch-system = Liest, was für ein Computer das ist
restart-counting = { $seconds ->
    [one] Ihr Computer startet in { $seconds } Sekunde neu
   *[other] Ihr Computer startet in { $seconds } Sekunden neu
}
restart-counting-body = Speichern Sie jetzt Ihre Arbeit: Alle Programme werden geschlossen. Nach Ihrer Anmeldung kommt Lotse von selbst zurück, und die Sitzung mit { $rep } geht weiter.
restart-cancel = Nicht neu starten
restart-going = Ihr Computer startet neu
restart-going-body = Nach Ihrer Anmeldung kommt Lotse von selbst zurück, und die Sitzung mit { $rep } geht weiter.
copy-text = Als Text kopieren
plugin-window = { $title } – { $peer }
copied-text = Kopiert
feature-canned-replies = Team-Textbausteine
feature-diagnostics = Systeminformationen
feature-remote-reboot = Neustart
