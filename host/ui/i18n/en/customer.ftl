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
prompt-view = { $rep } from { $account } wants to see your screen
prompt-view-body = Everything on your screen can be seen then. A red frame shows it as long as it lasts.
prompt-view-body-frameless = Everything on your screen can be seen then. This desktop cannot show a frame round it: look at this window to know whether it lasts.
prompt-control = { $rep } from { $account } wants to control your computer
prompt-control-body = { $rep } can use your mouse and keyboard then. You can go on using them, too.
prompt-clipboard = { $rep } from { $account } wants to share the clipboard
prompt-clipboard-body = What one side copies, the other can paste, in both directions.
prompt-why = The reason
prompt-signed = Asked by { $plugin }, signed by { $signer }
prompt-unsigned = Asked by { $plugin }, which nobody signed
prompt-compare = The other side sees the same safety code. Have it read to you if you want to be sure.
active-title = { $rep } from { $account } is helping
switch-view = Can see your screen
switch-control = Can control your computer
switch-clipboard = Shares the clipboard
seen-now = Your screen is being seen
pause-start = Pause
pause-hint = Nothing is seen, controlled or pasted until you go on.
pause-go-on = Go on
paused-body-by-rep = { $rep } has paused and can go on at any moment. Pause, too, if that is not to be.
tab-sees = { $rep } sees
tab-controls = { $rep } sees and controls
tab-key = Stop: { $key }
tab-click = Click here to stop
chat-none-customer = You can talk by telephone; everything else works.
customer-lost-title = The connection is lost.
customer-lost-body = It is taken up again by itself; you need do nothing. { $rep } waits { $left } more.
stop-everything = Stop everything
stop-here-only = The key works only while this window is in front.
frame-missing = No red frame can be shown here: look at this window to know whether your screen is seen.
close-title = End the session?
close-body = Closing this window ends the session. Nothing more is seen or controlled then.
close-yes = End session
outcome-title = The session is over
outcome-nothing = { $rep } can neither see nor do anything on your computer any more.
outcome-nobody = Nobody can see or do anything on your computer.
outcome-again = Enter another code
outcome-close = Close Lotse
