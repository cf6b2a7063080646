# The rep's session windows and viewer.

session-customer = Customer
session-title = { $peer } · Lotse
header-may = may:
menu-session = Session
menu-pause = Pause
menu-resume = Resume
menu-resume-why = The customer paused; only they can go on.
menu-end = End session
menu-tools = Tools
menu-monitor = Plugin monitor
menu-preferences = Preferences
menu-help = Help
await-title = { $peer } is being asked
await-body = The session begins when your customer agrees. Nothing is shared before.
connecting-title = Connecting to { $peer }
lost-title = The connection to { $peer } is lost.
lost-body = It is taken up again by itself. The session waits { $left } more, with its chat.
ended-title = The session is over.
ended-close = Close
end-title = End the session with { $peer }?
end-body = Nothing more is shown or controlled, and the customer needs a new code to come back.
end-yes = End session
chat-none-next = The chat is a plugin: the plugin monitor in the Tools menu says why it does not run.
viewer-title = { $title } · Lotse
viewer-lost = Connection lost: the picture stands still. It goes on by itself; the session waits { $left }.
viewer-waiting = Waiting for the picture
viewer-waiting-next = It comes when the customer has allowed it.

# Notes under the chat.
notes-title = Notes (not seen by the customer)
notes-fold = Fold the notes
notes-unfold = Show the notes
notes-hint = What you found and did
notes-saved = Saved
notes-saving = Saving …
notes-away = Not saved yet: the relay is away. It is saved when the relay is back.
notes-not-now = Not saved yet: the relay cannot write it down at present. It is tried again.
notes-too-long =
    { $over ->
        [one] Not saved: one character too many. Shorten your notes.
       *[other] Not saved: { $over } characters too many. Shorten your notes.
    }
notes-over = Not saved: the session ended too long ago or is another rep's now. Copy what you still need.
notes-unsupported = Not saved: this relay is too old to keep notes. Its operator must update it.
notes-merged = Somebody else wrote notes of this session meanwhile. Theirs stand above yours.
