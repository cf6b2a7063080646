# Several sessions at once.

menu-arrange = Arrange
arrange-cascade = Cascade
arrange-tile = Tile
arrange-stack = Stack: one window with tabs
arrange-apart = Windows of their own
tab-name = { $peer }, { $state }
tab-name-unread = { $count ->
    [one] { $peer }, one unread message, { $state }
   *[other] { $peer }, { $count } unread messages, { $state }
}
unread-count = { $count ->
    [one] 1 unread
   *[other] { $count } unread
}
preferences-unread = New messages in other windows
preferences-unread-attention = Ask for attention in the taskbar
preferences-unread-sound = Play the sound for messages
