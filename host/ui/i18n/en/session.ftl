# The rep's session windows and viewer.

session-customer = Customer
session-title = { $peer } · Lotse
header-may = may:
menu-session = Session
menu-pause = Pause
menu-resume = Resume
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
viewer-waiting = Waiting for the picture
viewer-waiting-next = It comes when the customer has allowed it.
