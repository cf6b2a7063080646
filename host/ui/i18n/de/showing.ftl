# Was ein Mitarbeiter zeigt, und was ein Kunde sieht.

chooser-window = Meinen Bildschirm freigeben · { $peer }
chooser-title = Was möchten Sie zeigen?
chooser-lead = Gefragt von „{ $plugin }“. { $peer } sieht, was Sie auswählen, und nichts anderes, bis Sie es beenden.
chooser-screens = Ganzer Bildschirm
chooser-screens-note = Alles darauf ist zu sehen, auch die Fenster und Meldungen von Lotse.
chooser-windows = Ein einzelnes Fenster
chooser-windows-note = Nur sein eigenes Bild, auch wo andere Fenster es verdecken. Die Fenster von Lotse stehen nicht in dieser Liste.
chooser-no-windows = Es ist kein Fenster offen, das sich einzeln zeigen ließe.
chooser-screen = Bildschirm { $number } · { $name }
chooser-size = { $width } × { $height }
chooser-looking = Es wird nachgesehen, was sich zeigen lässt …
chooser-looking-next = Das dauert einen Augenblick.
chooser-nothing = Es lässt sich nichts zeigen
chooser-nothing-next = Der Bildschirm dieses Computers lässt sich nicht aufnehmen. Sind die Treiber von Lotse neben dem Programm installiert?
chooser-show = Zeigen
chooser-tile = { $title }, { $program }

showing-now = { $peer } sieht: { $what }
showing-hidden = { $what } ist minimiert. { $peer } sieht das letzte Bild.
showing-stop = Freigabe beenden
showing-tab = Sie zeigen Ihren Bildschirm · Zum Beenden hier klicken
showing-tab-short = Zum Beenden hier klicken

watch-title = Sie sehen den Bildschirm von { $rep }
watch-banner = Bildschirm von { $rep }. Sie sehen nur zu.
watch-lost = { $rep } ist nicht verbunden: Das Bild steht und geht von selbst weiter.
watch-fit = Einpassen
watch-actual = 1:1
watch-full-screen = Vollbild
watch-stop = Nicht mehr zusehen
watch-waiting = Das Bild ist unterwegs
watch-waiting-next = Es erscheint hier, sobald es ankommt.
