# Sitzungsfenster und Viewer des Mitarbeiters.

session-customer = Kunde
session-title = { $peer } · Lotse
header-may = darf:
menu-session = Sitzung
menu-pause = Pausieren
menu-resume = Fortsetzen
menu-end = Sitzung beenden
menu-tools = Werkzeuge
menu-monitor = Plugin-Monitor
menu-preferences = Voreinstellungen
menu-help = Hilfe
await-title = { $peer } wird gefragt
await-body = Die Sitzung beginnt, wenn Ihr Kunde zustimmt. Vorher wird nichts geteilt.
connecting-title = Verbindung zu { $peer }
lost-title = Die Verbindung zu { $peer } ist verloren.
lost-body = Sie wird von selbst wieder aufgenommen. Die Sitzung wartet noch { $left }, samt ihrem Chat.
ended-title = Die Sitzung ist zu Ende.
ended-close = Schließen
end-title = Sitzung mit { $peer } beenden?
end-body = Es wird nichts mehr gezeigt oder gesteuert, und der Kunde braucht einen neuen Code, um wiederzukommen.
end-yes = Sitzung beenden
chat-none-next = Der Chat ist ein Plugin: Der Plugin-Monitor im Menü Werkzeuge sagt, warum es nicht läuft.
viewer-title = { $title } · Lotse
viewer-waiting = Wartet auf das Bild
viewer-waiting-next = Es kommt, wenn der Kunde es erlaubt hat.
