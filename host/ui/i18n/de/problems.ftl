# Was schiefgehen kann, was dann zu tun ist, und warum Sitzungen enden.

signin-not-an-email = Das ist keine Benutzer-ID.
signin-not-an-email-next = Eine Benutzer-ID sieht aus wie eine E-Mail-Adresse: anna.berg@example.com
signin-wrong = Benutzer-ID oder Passwort ist falsch.
signin-wrong-next = Ist die Feststelltaste an? Wenn Sie das Passwort vergessen haben, kann ein Manager es zurücksetzen.
signin-not-active = Dieses Konto ist nicht aktiv.
signin-not-active-next = Bitten Sie die Verwaltung Ihres Kontos, es wieder zu aktivieren.
signin-too-many = Zu viele Versuche.
signin-too-many-next = Versuchen Sie es in { $wait } wieder. Ein Manager kann inzwischen Ihr Passwort zurücksetzen.
signin-again = Sie wurden abgemeldet.
signin-again-next = Geben Sie Ihr Passwort ein, um fortzufahren.
signin-no-relay = Die Adresse des Relays fehlt.
signin-no-relay-next = Sie sieht aus wie https://relay.example.com; Ihre Administration kennt sie.
signin-no-password = Das Passwort fehlt.
signin-no-password-next = Geben Sie es ein; ein vergessenes kann ein Manager zurücksetzen.
problem-relay-unreachable = Das Relay ist nicht erreichbar.
problem-relay-unreachable-next = Prüfen Sie Netzwerk, Firewall und die Adresse des Relays. Versucht: { $detail }
problem-relay-not-trusted = Das Relay ist nicht das, was es sein sollte.
problem-relay-not-trusted-next = Sein Zertifikat passt nicht zur Adresse. Machen Sie nicht weiter; fragen Sie Ihre Administration.
problem-code-unknown = Mit diesem Code wartet niemand.
problem-code-unknown-next = Vergleichen Sie ihn Ziffer für Ziffer mit dem, den Sie bekommen haben.
problem-code-expired = Dieser Code ist abgelaufen.
problem-code-used = Dieser Code wurde schon benutzt.
problem-code-new-next = Ein Code gilt einmal und nur für eine Weile. Bitten Sie um einen neuen.
problem-code-void = Dieser Code gilt nicht mehr.
problem-code-void-next = Das Relay hat ihn verloren. Erzeugen Sie einen neuen und lesen Sie ihn Ihrem Kunden vor.
problem-code-wrong = { $left ->
    [0] Der Code stimmt nicht.
    [one] Der Code stimmt nicht. Noch ein Versuch ist möglich.
   *[other] Der Code stimmt nicht. Noch { $left } Versuche sind möglich.
}
problem-code-wrong-next = Lassen Sie ihn sich noch einmal vorlesen, Ziffer für Ziffer.
problem-too-many = Zu viele falsche Codes.
problem-too-many-next = Versuchen Sie es in { $wait } mit einem neuen Code wieder.
problem-rep-gone = Auf der anderen Seite ist niemand.
problem-rep-gone-next = Bitten Sie die Person, die Ihnen den Code gegeben hat, um einen neuen.
problem-keys-differ = Jemand hört vielleicht mit, darum wurde nichts begonnen.
problem-keys-differ-next = Die Schlüssel der beiden Seiten passen nicht zusammen. Beginnen Sie neu mit einem neuen Code; geschieht es wieder, sagen Sie es Ihrer Administration.
problem-incompatible = Die beiden Programme verstehen einander nicht: { $detail }
problem-incompatible-next = Aktualisieren Sie Lotse auf beiden Seiten und beginnen Sie neu.
problem-refused = Das Relay kann das jetzt nicht tun: { $detail }
problem-refused-next = Tun Sie, was es sagt, und versuchen Sie es dann wieder. Bleibt es so, geben Sie diese Worte an Ihre Administration weiter.
problem-plugins = Die Plugins dieser Sitzung ließen sich nicht bereitstellen: { $detail }
problem-plugins-next = Aktualisieren Sie Lotse auf diesem Computer und beginnen Sie mit einem neuen Code. Bleibt es so, geben Sie diese Worte an Ihre Administration weiter.
problem-other = Das hat nicht geklappt: { $detail }
problem-other-next = Versuchen Sie es noch einmal. Bleibt es so, geben Sie diese Worte an Ihre Administration weiter.
end-rep-by-you = Sie haben die Sitzung beendet.
end-rep-by-customer = Der Kunde hat die Sitzung beendet.
end-rep-stopped = Der Kunde hat alles gestoppt.
end-rep-declined = Der Kunde wollte nicht beginnen.
end-rep-customer-gone = Der Kunde kam innerhalb von zehn Minuten nicht zurück.
end-rep-gone = Die Verbindung zum Relay war zu lange unterbrochen.
end-customer-by-rep = Der Mitarbeiter hat die Sitzung beendet.
end-customer-by-you = Sie haben die Sitzung beendet.
end-customer-stopped = Sie haben alles gestoppt.
end-customer-declined = Sie wollten nicht beginnen.
end-customer-gone = Die Verbindung war länger als zehn Minuten unterbrochen.
end-customer-rep-gone = Der Mitarbeiter kam nicht zurück.
end-incompatible = Die Versionen der beiden Programme passen nicht zusammen. Aktualisieren Sie Lotse auf beiden Seiten.
end-not-trusted = Die Schlüssel der beiden Seiten passten nicht zusammen, darum wurde die Sitzung beendet.
end-plugins = Eine der beiden Seiten konnte die Plugins der Sitzung nicht bereitstellen. Aktualisieren Sie Lotse auf beiden Seiten und beginnen Sie mit einem neuen Code.
