# The customer's program.

entry-title = Let somebody help you
entry-lead = Type in the code that you were told.
entry-code = Code
entry-name = Your name (if you like)
entry-name-hint = How shall we call you?
entry-connect = Connect
entry-safe = Nobody sees or does anything on this computer before you allow it.
entry-length = { $count ->
    [0] The code is missing.
    [one] A code has ten digits; this has one.
   *[other] A code has ten digits; this has { $count }.
}
entry-length-next = Ask for the code again and type all ten digits.
entry-character = A code has only digits, not “{ $character }”.
entry-character-next = Is it perhaps a zero or a one?
entry-no-relay = This program does not know its relay.
entry-no-relay-next = Start it by the link that you were sent, or with --relay URL.
waiting-title = Connecting …
waiting-body = This takes a few seconds.
prompt-allow = Allow
prompt-not-now = Not now
prompt-begin = { $rep } from { $account } wants to help you
prompt-begin-body = If you allow it, you can write to each other. Seeing your screen or controlling your computer is asked for separately.
prompt-view = May your screen be seen?
prompt-view-body = Everything on your screen can be seen then. A red frame shows it as long as it lasts.
prompt-control = May your computer be controlled?
prompt-control-body = The rep can use your mouse and keyboard then. You can go on using them, too.
prompt-clipboard = May the clipboard be shared?
prompt-clipboard-body = What one side copies, the other can paste, in both directions.
prompt-why = The reason
prompt-signed = Asked by { $plugin }, signed by { $signer }
prompt-unsigned = Asked by { $plugin }, which nobody signed
prompt-compare = The other side sees the same safety code. Have it read to you if you want to be sure.
active-title = { $rep } from { $account } is helping
switch-view = Can see your screen
switch-control = Can control your computer
switch-clipboard = Shares the clipboard
chat-none-customer = You can talk by telephone; everything else works.
customer-lost-title = The connection is lost.
customer-lost-body = It is taken up again by itself; you need do nothing. { $rep } waits { $left } more.
stop-everything = Stop everything
stop-here-only = The key works only while this window is in front: another program uses it.
close-title = End the session?
close-body = Closing this window ends the session. Nothing more is seen or controlled then.
close-yes = End session
outcome-title = The session is over
outcome-nothing = { $rep } can neither see nor do anything on your computer any more.
outcome-nobody = Nobody can see or do anything on your computer.
outcome-again = Enter another code
outcome-close = Close Lotse
