# Das Management Center: Berichte, Nachrichten, Teams, Portale, Lizenzen, Plugins, und wie Personen sich anmelden.

center-reports = Berichte
center-messages = Nachrichten
center-teams = Teams
center-portals = Portale
center-licences = Lizenzen
center-plugins = Plugins
center-relay-plugins = Plugins des Relays

done-removed = Entfernt.
done-unlocked = Entsperrt. Der nächste Versuch, sich anzumelden, wird wieder geprüft.
done-not-locked = Diese Benutzer-ID war nicht gesperrt.
done-no-factor = Es gab keinen zweiten Faktor mehr.
remove-changed = Jemand anderes hat dies inzwischen geändert, deshalb wurde nichts entfernt. So steht es jetzt da.

field-portal = Portal
customer-unnamed = Kunde ohne Namen

overview-questions = Wartende Fragen
overview-ready-reps = Mitarbeiter, die Fragen annehmen
overview-no-questions = Keine Frage wartet. Sie erscheint hier, sobald ein Kunde an einem Portal fragt.
question-text = Frage
question-waited = Wartet seit
question-waits = wartet
question-offered = angeboten: { $rep }
question-handed = Laufende Sitzung, übergeben von { $rep }

reports-words = Suche
reports-words-hint = Gesucht wird im Namen des Kunden, in seinem System und in den Notizen. Beendete Sitzungen werden 90 Tage aufbewahrt.
reports-all = Alle zeigen
reports-none = Noch gab es keine Sitzung. Jede hat hier von Anfang an ihren Bericht.
reports-none-found = Keine Sitzung passt dazu. Versuchen Sie es mit weniger Wörtern oder mehr Tagen.
reports-older = Ältere Sitzungen
report-title = Sitzung mit { $customer }
report-back = Alle Berichte
report-missing-title = Zu dieser Sitzung gibt es keinen Bericht
report-missing = Ein Bericht beginnt, wenn Mitarbeiter und Kunde verbunden sind; ein Code, den niemand benutzt hat, hat keinen. Berichte werden nach dem Ende 90 Tage aufbewahrt.
report-came = Wie der Kunde kam
report-by-code = mit einem Code des Mitarbeiters
report-begin = Beginn
report-end = Ende
report-length = Dauer
report-reason = Wie sie endete
report-plugins = Plugins
report-no-plugins = Keine.
report-not-licensed = { $plugin } (nicht lizenziert)
report-notes = Notizen
report-no-notes = Nichts wurde notiert.
report-notes-changed = Zuletzt geändert { $time }
report-timeline = Verlauf
report-no-lines = Das Prüfprotokoll hat keine Zeile dieser Sitzung mehr.
report-cut = Es geschah mehr, als hier steht; den Rest hat das Prüfprotokoll.
told-rep = Mitarbeiter: { $what }
told-customer = Kunde: { $what }

end-rep = vom Mitarbeiter beendet
end-customer = vom Kunden beendet
end-customer-stopped = vom Kunden alles gestoppt
end-customer-declined = vom Kunden abgelehnt
end-customer-gone = der Kunde kam nicht zurück
end-rep-gone = der Mitarbeiter kam nicht zurück
end-incompatible = die Versionen der Programme passen nicht zusammen
end-not-trusted = Code oder Schlüssel passten nicht
end-plugins = die Plugins konnten nicht bereitgestellt werden
end-handed-over = ein anderer Mitarbeiter hat übernommen

messages-unread = { $count ->
    [one] 1 neue
   *[other] { $count } neue
}
messages-none = Keine Nachricht. Kunden können an einem Portal eine hinterlassen, während niemand da ist.
messages-no-older = Es gibt keine älteren Nachrichten.
messages-older = Ältere Nachrichten
messages-newest = Neueste Nachrichten
messages-kept = Nachrichten werden 90 Tage aufbewahrt.
message-new = neu
message-done = erledigt
message-mark-done = Als erledigt markieren
message-mark-not-done = Als nicht erledigt markieren
message-reply-to = Antwort an

team-add = Team hinzufügen
team-new-title = Team hinzufügen
team-back = Alle Teams
teams-none = Es gibt kein Team. Ohne eines führt ein Portal zu allen Mitarbeitern des Kontos.
team-people = Personen
team-nobody = niemand
team-no-portal = kein Portal führt hierher
team-name-hint = So sehen es Manager und Mitarbeiter.
team-taken = Ein Team dieses Namens gibt es schon. Wählen Sie einen anderen.
team-too-many = Ein Konto hat höchstens 100 Teams. Entfernen Sie zuerst eines.
team-in-use = Das Portal { $portal } führt zu diesem Team. Lassen Sie es zuerst zu einem anderen führen.
team-more = { $count ->
    [one] Eine weitere Person wird nicht gezeigt. Ob sie zum Team gehört, ändert „lotse-relay team set“.
   *[other] { $count } weitere Personen werden nicht gezeigt. Ob sie zum Team gehören, ändert „lotse-relay team set“.
}
team-remove = Team entfernen
team-remove-title = Das Team { $team } entfernen?
team-remove-lead = Seine Personen bleiben im Konto.

portal-add = Portal hinzufügen
portal-new-title = Portal hinzufügen
portals-back = Alle Portale
portals-none = Es gibt kein Portal. Kunden kommen darüber mit einer Frage und warten dort auf einen Mitarbeiter.
portals-everybody = Alle Mitarbeiter
portal-address = Adresse
portal-address-hint = Verlinken Sie sie auf Ihrer Website, oder nennen Sie sie Ihren Kunden.
portal-copy = Kopieren
portal-copied = Kopiert.
portal-open = Seite öffnen
portal-slug = Letzter Teil der Adresse
portal-slug-hint = Kleinbuchstaben, Ziffern und Bindestriche, etwa acme-hilfe. Er lässt sich später nicht ändern.
portal-no-slug = Geben Sie 1 bis 40 Kleinbuchstaben, Ziffern und Bindestriche ein.
portals-taken = Diese Adresse ist vergeben. Wählen Sie eine andere.
portal-too-many = Ein Konto hat höchstens 100 Portale. Entfernen Sie zuerst eines.
portal-name-hint = So sehen es Kunden und Mitarbeiter.
portal-greeting = Begrüßung
portal-greeting-hint = Ein paar Worte an Kunden, unter dem Titel; darf leer sein.
portal-team = Führt zu
portal-accounts-language = Die Sprache des Kontos
portal-language-hint = Für Kunden, deren Browser weder Deutsch noch Englisch verlangt.
portal-waiting = Warten jetzt
portal-nobody = Niemand nimmt jetzt Fragen dieses Portals an. Kunden können eine Nachricht hinterlassen.
portal-remove = Portal entfernen
portal-remove-title = Das Portal { $portal } entfernen?
portal-remove-lead = Seine Adresse führt dann nirgendwohin, und dort wartende Fragen enden. Nachrichten und Berichte bleiben.

licences-soon = Läuft bald ab: { $features }.
licences-by-operator = Was Ihr Konto hat, legt fest, wer das Relay betreibt.
licences-contact = Für mehr wenden Sie sich an: { $contact }
licences-no-contact = Wen Sie fragen können, ist noch nicht festgelegt.
licences-none = Dieses Relay hat keine Funktion, die eine Lizenz braucht.
licences-utc = Tage gelten in UTC.
licence-feature = Funktion
licence-terms = Bedingungen
licence-off = nicht lizenziert
licence-on = lizenziert
licence-over = abgelaufen
licence-not-yet = noch nicht begonnen
licence-days = { $days ->
    [one] lizenziert, letzter Tag
   *[other] lizenziert, noch { $days } Tage
}
licence-from = ab { $first }
licence-until = bis { $last }
licence-from-until = { $first } bis { $last }
licence-change = Ändern
licence-change-which = { $feature } ändern
licence-back = Alle Lizenzen
licence-has = Das Konto hat diese Funktion
licence-has-hint = Ohne Haken werden Tage und Grenzen verworfen. Mitarbeiter sehen die Funktion ausgegraut, mit dem Hinweis, wen sie fragen können.
licence-first-day = Erster Tag
licence-first-day-hint = Leer: gilt schon. Tage gelten in UTC.
licence-last-day = Letzter Tag
licence-last-day-hint = Leer: unbefristet. 14 Tage vorher wird darauf hingewiesen.
licence-no-date = keiner
licence-ends-first = Sie würde enden, bevor sie beginnt. Geben Sie einen späteren Tag ein.
licence-limit-hint = Leer: beliebig viele.
licence-no-number = Geben Sie eine ganze Zahl oder nichts ein.
licence-any-number = beliebig viele
licence-acts = Was eingeschaltet wird, erscheint innerhalb von zwei Sekunden in laufenden Sitzungen. Was ausgeschaltet wird, bleibt in ihnen bis zu ihrem Ende.
limit-sessions = Sitzungen zugleich

feature-chat-title = Chat
feature-chat = Mitarbeiter und Kunde schreiben einander.
feature-screen-sharing-title = Bildschirmfreigabe
feature-screen-sharing = Der Mitarbeiter sieht den Bildschirm des Kunden und hilft dort mit Maus und Tastatur.
feature-share-my-screen-title = Meinen Bildschirm freigeben
feature-share-my-screen = Der Mitarbeiter zeigt dem Kunden einen Bildschirm oder ein einzelnes Fenster.
feature-clipboard-title = Zwischenablage
feature-clipboard = Was die eine Seite kopiert, kann die andere einfügen.
feature-file-transfer-title = Dateiübertragung
feature-file-transfer = Jede Seite sendet Dateien und Ordner; die andere stimmt zu und wählt den Ort.
feature-annotations-title = Zeichnungen
feature-annotations = Mitarbeiter und Kunde zeichnen auf den gezeigten Bildschirm und zeigen darauf.
feature-session-handoff-title = Sitzung übergeben
feature-session-handoff = Eine laufende Sitzung geht an einen anderen Mitarbeiter, oder ein zweiter kommt dazu.
hand-over-take = zum Übernehmen
hand-over-join = zum Dazukommen
hand-over-observe = zum Zusehen
feature-canned-replies-title = Team-Textbausteine
feature-canned-replies = Textbausteine, die alle Mitarbeiter des Kontos gemeinsam haben.
feature-diagnostics-title = Systeminformationen
feature-diagnostics = Der Mitarbeiter liest mit Zustimmung des Kunden, was für einen Computer dieser hat.
feature-remote-reboot-title = Neustart
feature-remote-reboot = Der Computer des Kunden wird mit dessen Zustimmung neu gestartet und kommt in die Sitzung zurück.
feature-multi-chat-title = Mehrere Sitzungen zugleich
feature-multi-chat = Ein Mitarbeiter hilft mehr als einem Kunden zugleich.

plugins-lead = Das bekommen die nächsten Sitzungen dieses Kontos. Laufende Sitzungen behalten, womit sie begannen.
plugins-none = Hier ist kein Plugin. Fügen Sie eines mit „lotse-relay plugin add“ auf dem Rechner des Relays hinzu.
plugin-back = Alle Plugins
plugin-name = Plugin
plugin-id = ID
plugin-version = Version
plugin-versions = Versionen hier
plugin-gets = Sitzungen bekommen
plugin-gets-none = keines
plugin-why = Warum
plugin-rule = Regel
plugin-range = Bereich von Versionen
plugin-range-hint = Für „Versionen eines Bereichs“, etwa ^1.2, =1.4.2 oder >=1.2, <3. Die neueste davon, die hier ist, wird genommen.
plugin-no-range = Geben Sie einen Bereich von Versionen wie ^1.2 ein.
plugin-too-many = Dieses Konto hat so viele Regeln, wie es haben kann. Nehmen Sie zuerst welche weg.
plugin-acts = Es wirkt auf die nächste Sitzung.
plugin-not-here = noch ist kein Paket davon hier
plugin-unsigned = niemand
plugin-signer = Unterzeichner
plugin-size = Größe
plugin-current = bekommen Sitzungen ohne Regel
plugin-unfit = braucht eine andere Version der Plugin-Schnittstelle
relay-plugins-lead = Alle Pakete auf diesem Relay. Hinzugefügt und entfernt werden sie auf dem Rechner des Relays mit „lotse-relay plugin add“ und „plugin remove“.
rule-none = Die neueste Version
rule-range = Versionen eines Bereichs
rule-off = Aus
why-newest = die neueste
why-rule = die neueste aus { $range }
why-contract = neuere brauchen eine andere Version der Plugin-Schnittstelle
why-requires = neuere brauchen Plugins, die nicht daneben ausgegeben werden
why-unmet = es braucht Plugins, die nicht daneben ausgegeben werden, und startet nicht
why-off = ausgeschaltet
why-no-version = keine Version, die hier ist, passt zu { $range }

factor-title = Zweiter Faktor
factor-on = { $codes ->
    [0] Eingerichtet seit { $time }. Kein Wiederherstellungscode ist übrig.
    [one] Eingerichtet seit { $time }, ein Wiederherstellungscode ist übrig.
   *[other] Eingerichtet seit { $time }, { $codes } Wiederherstellungscodes sind übrig.
}
factor-off = Nicht eingerichtet.
factor-wanted = Nicht eingerichtet. Das Konto verlangt einen, deshalb wird er bei der nächsten Anmeldung mit dem Programm Lotse eingerichtet.
factor-remove = Zweiten Faktor entfernen
factor-remove-lead = Falls das Telefon verloren ist. Alle Anmeldungen enden; verlangt das Konto einen zweiten Faktor, wird bei der nächsten Anmeldung ein anderer eingerichtet.
me-factor-hint = Einrichten und entfernen können Sie ihn im Programm Lotse unter „Voreinstellungen“.

account-factor-required = verlangt
account-factor-required-lead = Alle im Konto melden sich mit einem Passwort und einem Code einer Authenticator-App an.
account-factor-let-off = Nicht mehr verlangen
account-factor-optional = nicht verlangt
account-factor-optional-lead = Jeder kann für sich einen einrichten. Verlangen Sie ihn, so richtet ihn bei der nächsten Anmeldung ein, wer keinen hat; auch Sie.
account-factor-require = Von allen verlangen
account-licences = Was das Konto hat, und wie lange

person-locked = Nach zu vielen falschen Versuchen kann sich mit dieser Benutzer-ID bis { $time } niemand anmelden.
person-unlock = Entsperren
person-nowhere = Im Programm nicht angemeldet.
person-seat = Platz
person-has-seat = hat einen Platz
person-no-seat = kein Platz
person-password-ask = Das Passwort von { $name } zurücksetzen?
person-password-ask-lead = { $user } bekommt ein neues Passwort, das einmal gezeigt wird und für eine Anmeldung gilt. Alles, was mit dem alten angemeldet ist, endet.
person-sign-ins-ask = Alle Anmeldungen von { $name } beenden?
person-sign-ins-ask-lead = { $user } wird in jedem Programm und Browser abgemeldet, und was dort läuft, endet. Das Passwort bleibt, wie es ist.
person-sign-ins-hint = „Alle Anmeldungen beenden“ gilt auch für Browser, die am Center angemeldet sind.

center-watching = Zusehen
account-watching = Ob Manager bei Sitzungen zusehen dürfen
watching-allowed = Manager dürfen zusehen
watching-not-allowed = Manager dürfen nicht zusehen
watching-lead = Ein Manager fragt dann auf der Seite der laufenden Sitzungen an, und seine eigene Konsole klingelt. Der Mitarbeiter der Sitzung sieht, wer kommt, und der Kunde wird jedes Mal gefragt. Wer zusieht, steuert nichts. Wird es zurückgenommen, ist ein zusehender Manager sofort aus der Sitzung.
watching-allow = Manager zusehen lassen
watching-forbid = Manager nicht mehr zusehen lassen
watching-back = Zurück zum Konto
done-watching = Angefragt. Ihre Konsole klingelt gleich; der Kunde wird gefragt, bevor Sie etwas sehen.
watch-link = Zusehen
watch-title = Bei dieser Sitzung zusehen
watch-lead = { $rep } hilft { $customer }. { $rep } sieht, dass Sie kommen, und { $customer } wird gefragt, bevor Sie etwas sehen. Ihre Konsole klingelt; nehmen Sie dort an.
watch-button = Zusehen anfragen
watch-over = Diese Sitzung läuft nicht mehr.
watch-own = Das ist Ihre eigene Sitzung.
watch-manager = Nur Manager dieses Kontos sehen bei seinen Sitzungen zu, in ihrer eigenen Konsole.
watch-not-allowed = Dieses Konto lässt seine Manager nicht zusehen. Das steht in seinen Einstellungen und ist dort zu ändern.
watch-not-licensed = Die Lizenz des Kontos deckt keinen zweiten Mitarbeiter in einer Sitzung ab.
watch-rep-away = Die Verbindung des Mitarbeiters ist unterbrochen. Versuchen Sie es, wenn sie wieder da ist.
watch-busy = Gerade wird jemand anderes in diese Sitzung gebeten, oder sie ist voll. Versuchen Sie es gleich noch einmal.
watch-no-console = Sie sind an keiner Konsole angemeldet, die noch eine Sitzung annehmen könnte. Melden Sie sich dort an und versuchen Sie es wieder.
