# Words that both programs use.

common-cancel = Cancel
notice-dismiss = Dismiss this message
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
step-relay = Reaching the relay
step-keys = Agreeing on keys
step-plugins = Fetching plugins
step-link = Opening the line
state-waiting = waiting
state-connecting = connecting
state-awaiting-consent = asking the customer
state-active = active
state-lost = connection lost
state-ended = ended
state-failed = failed
access-view = see screen
access-control = control
access-clipboard = clipboard
access-files = receive files
consent-not-asked = not asked
consent-asked = asked
consent-granted = allowed
consent-refused = refused
chip-name = { $access }: { $state }
link-unknown = measuring
link-good = good
link-slow = slow
link-stalled = stalled
link-here = your side
link-relay = the relay
link-there = their side
link-milliseconds = { $ms } ms
line-name = Line: { $words }
line-rate = { $rate } per second
safety-code = Safety code
safety-code-name = Safety code: { $code }
safety-code-hint = Both sides see the same code. Read it aloud: if it differs, end the session.
developer-title = Developer mode
developer-body = Consent may have been given ahead, and unsigned plugins may run. Not for work with real customers.
paused-title = Paused
paused-body-here = You paused: nothing is shown or controlled until you go on (Session, Resume).
paused-body-there = The customer paused: nothing is shown or controlled until they go on.
paused-body-both = You and the customer paused: nothing is shown or controlled until both of you go on.
paused-body-customer = You have paused: nothing is seen, controlled or pasted, and files wait.
message-sending = sending
message-sent = sent
message-delivered = delivered
message-failed = not sent
chat-send = Send
chat-none = No chat in this session
signer-key = key { $start }…
signer-named = { $name } (key { $start }…)
plugin-loading = loading
plugin-running = running
plugin-restarting = restarting
plugin-stopped = stopped
plugin-other-side = on the other side
plugin-not-licensed = not licensed
plugin-restarting-why = was stopped and is starting again: { $why }
plugin-stopped-why = was stopped for this session: { $why }
plugin-other-side-why = runs on the other side alone, as its package says.
plugin-not-licensed-why = is not in your licence. Ask { $contact }.

# Licences
plugin-not-licensed-ask = is not in your licence. Ask a manager.
licence-over = is no longer licensed. This session keeps it to its end.
licence-ends = { $minutes ->
    [one] is licensed for one more minute.
   *[other] is licensed for { $minutes } more minutes.
 } A session that runs then keeps it to its end.
licence-refused = The licence is not taken: { $why }. What was licensed before still counts until it is out of date.
date-long = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[other] December
 } { $year }
feature-chat = Chat
feature-clipboard = Clipboard
feature-annotations = Annotations
feature-screen-sharing = Screen Sharing
feature-share-my-screen = Share My Screen
feature-multi-chat = Several sessions at once
licence-ends-title = { $feature }: licensed until { $day }
licence-ends-contact = Sessions after that do not have it. Ask { $contact }.
licence-ends-ask = Sessions after that do not have it. Ask a manager.
licence-refused-title = Your licence cannot be checked
licence-no-key = the relay signs none, and its operator must bring it up to date
licence-forged = it is not signed by this relay
licence-malformed = this version of Lotse cannot read it
licence-other-account = it is another account's
licence-not-yet = it is not valid yet
licence-expired = it is out of date
