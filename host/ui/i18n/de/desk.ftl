# Mehrere Sitzungen zugleich.

menu-arrange = Anordnen
arrange-cascade = Überlappend
arrange-tile = Nebeneinander
arrange-stack = Stapeln: ein Fenster mit Reitern
arrange-apart = Eigene Fenster
tab-name = { $peer }, { $state }
tab-name-unread = { $count ->
    [one] { $peer }, eine ungelesene Nachricht, { $state }
   *[other] { $peer }, { $count } ungelesene Nachrichten, { $state }
}
unread-count = { $count ->
    [one] 1 ungelesen
   *[other] { $count } ungelesen
}
preferences-unread = Neue Nachrichten in anderen Fenstern
preferences-unread-attention = In der Taskleiste auf sich aufmerksam machen
preferences-unread-sound = Bei Nachrichten einen Ton abspielen
