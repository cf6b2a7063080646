# Das Programm des Kunden.

entry-title = Lassen Sie sich helfen
entry-lead = Geben Sie den Code ein, der Ihnen genannt wurde.
entry-code = Code
entry-name = Ihr Name (wenn Sie mögen)
entry-name-hint = Wie dürfen wir Sie nennen?
entry-connect = Verbinden
entry-safe = Niemand sieht oder tut etwas auf diesem Computer, bevor Sie es erlauben.
entry-length = { $count ->
    [0] Der Code fehlt.
    [one] Ein Code hat zehn Ziffern; dieser hat eine.
   *[other] Ein Code hat zehn Ziffern; dieser hat { $count }.
}
entry-length-next = Lassen Sie sich den Code noch einmal nennen und geben Sie alle zehn Ziffern ein.
entry-character = Ein Code hat nur Ziffern, kein „{ $character }“.
entry-character-next = Ist es vielleicht eine Null oder eine Eins?
entry-no-relay = Dieses Programm kennt sein Relay nicht.
entry-no-relay-next = Starten Sie es über den Link, den Sie bekommen haben, oder mit --relay URL.
waiting-title = Verbindung wird aufgebaut …
waiting-body = Das dauert ein paar Sekunden.
prompt-allow = Erlauben
prompt-not-now = Jetzt nicht
prompt-begin = { $rep } von { $account } möchte Ihnen helfen
prompt-begin-body = Wenn Sie es erlauben, können Sie einander schreiben. Ihren Bildschirm zu sehen oder Ihren Computer zu steuern wird jeweils eigens erfragt.
prompt-view = { $rep } von { $account } möchte Ihren Bildschirm sehen
prompt-view-body = Dann ist alles auf Ihrem Bildschirm zu sehen. Ein roter Rahmen zeigt es an, solange es dauert.
prompt-view-body-frameless = Dann ist alles auf Ihrem Bildschirm zu sehen. Diese Oberfläche kann keinen Rahmen zeigen: Ob es noch dauert, sagt dieses Fenster.
prompt-control = { $rep } von { $account } möchte Ihren Computer steuern
prompt-control-body = Dann kann { $rep } Ihre Maus und Tastatur benutzen. Sie können es weiterhin auch.
prompt-clipboard = { $rep } von { $account } möchte die Zwischenablage teilen
prompt-clipboard-body = Was eine Seite kopiert, kann die andere einfügen, in beide Richtungen.
prompt-why = Der Grund
prompt-signed = Gefragt von { $plugin }, signiert von { $signer }
prompt-unsigned = Gefragt von { $plugin }, das niemand signiert hat
prompt-compare = Die andere Seite sieht denselben Sicherheitscode. Lassen Sie ihn sich vorlesen, wenn Sie sicher sein wollen.
active-title = { $rep } von { $account } hilft Ihnen
switch-view = Sieht Ihren Bildschirm
switch-control = Steuert Ihren Computer
switch-clipboard = Teilt die Zwischenablage
seen-now = Ihr Bildschirm wird gesehen
pause-start = Pause
pause-hint = Nichts wird gesehen, gesteuert oder eingefügt, bis Sie fortsetzen.
pause-go-on = Fortsetzen
paused-body-by-rep = { $rep } hat pausiert und kann jederzeit fortsetzen. Wenn das nicht sein soll, pausieren Sie auch.
tab-sees = { $rep } sieht zu
tab-controls = { $rep } sieht zu und steuert
tab-key = Stopp: { $key }
tab-click = Zum Stoppen hier klicken
chat-none-customer = Sie können telefonieren; alles andere geht.
customer-lost-title = Die Verbindung ist verloren.
customer-lost-body = Sie wird von selbst wieder aufgenommen; Sie müssen nichts tun. { $rep } wartet noch { $left }.
stop-everything = Alles stoppen
stop-here-only = Die Taste wirkt nur, solange dieses Fenster vorn ist.
frame-missing = Ein roter Rahmen lässt sich hier nicht zeigen: Ob Ihr Bildschirm gesehen wird, sagt dieses Fenster.
close-title = Sitzung beenden?
close-body = Wenn Sie dieses Fenster schließen, endet die Sitzung. Dann wird nichts mehr gesehen oder gesteuert.
close-yes = Sitzung beenden
outcome-title = Die Sitzung ist zu Ende
outcome-nothing = { $rep } kann auf Ihrem Computer nichts mehr sehen oder tun.
outcome-nobody = Niemand kann auf Ihrem Computer etwas sehen oder tun.
outcome-again = Anderen Code eingeben
outcome-close = Lotse schließen
