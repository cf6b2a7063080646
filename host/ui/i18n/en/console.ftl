# The rep's console.

signin-title = Sign in
signin-lead = to help your customers
signin-relay = Relay
signin-user = User ID
signin-password = Password
signin-button = Sign in
signin-trying = Signing in …
signin-other = Sign in as somebody else
password-title = Your new password
password-new = New password
password-again = New password again
password-button = Save and sign in
seats-title = All seats are in use
seats-lead = { $seats ->
    [one] Your account has one seat. You are signed in and can wait until it is free, or end another sign-in and take its seat.
   *[other] Your account has { $seats } seats. You are signed in and can wait until one is free, or end another sign-in and take its seat.
}
seats-none = Your account has no seat. Ask a manager.
seats-since = since { $since }
seats-in-session = in a session
seats-free-of-session = in no session
seats-away = not connected
seats-take = End their sign-in and take the seat
seats-take-name = End the sign-in of { $name } and take the seat
seats-more = { $count ->
    [one] One more has a seat.
   *[other] { $count } more have a seat.
}
seats-wait = Wait
seats-waiting = Waiting for a free seat.
seats-waiting-next = You get no questions and can make no code until then. It goes on by itself.
seats-show = Who has the seats
seats-came = You have a seat now.
seats-came-next = You get questions and can make codes.
seats-no-code = You need a seat to make a code.
seats-confirm-title = End the sign-in of { $name }?
seats-confirm-body = { $name } is signed out and told that you took the seat.
seats-confirm-session = { $name } is in a session with a customer. It ends at once, for the customer, too. { $name } is signed out and told that you took the seat.
seats-confirm-yes = End it and take the seat
list-ready = Ready
list-offline = Offline
list-no-seat = Waiting for a seat
list-sign-out = Sign out
list-reconnecting = The relay is out of reach.
list-reconnecting-next = Lotse keeps trying. Sessions that run go on; new codes have to wait.
list-waiting = Waiting ({ $count })
list-sessions = Sessions ({ $count })
list-new-code = New code
list-no-codes = Nobody is waiting
list-no-codes-next = Make a new code and read it to your customer. They type it into Lotse on their computer.
list-codes-title = Waiting for their customers
list-no-sessions = No sessions
list-no-sessions-next = A session begins when a customer types in your code.
list-sessions-title = Your sessions
list-open = Open
list-remove = Remove from the list
list-lost-left = waiting { $left } more
code-read-out = Read this code to your customer
code-how = It works once. The customer starts Lotse and types it in.
code-name = Join code: { $digits }
code-copy = Copy
code-waiting = Waiting for the customer
code-customer-left = A customer came with this code and left before the session began. It still works.
code-valid = valid for { $left }
code-take-back = Take back
code-expired = This code has expired
code-expired-next = Nobody came with it in time. Read a new one to your customer.
leave-title = Leave Lotse?
leave-body = { $count ->
    [one] A session is running. It ends when you leave.
   *[other] { $count } sessions are running. They end when you leave.
}
leave-yes = Leave
sign-out-title = Sign out?
sign-out-body = { $count ->
    [one] A session is running. It ends when you sign out.
   *[other] { $count } sessions are running. They end when you sign out.
}
monitor-window = Lotse · Plugin monitor
monitor-title = Plugin monitor
monitor-lead = What each plugin does and costs on this computer, since its session began.
monitor-none = No plugins are running
monitor-none-next = They are loaded when a session begins.
monitor-plugin = Plugin
monitor-state = State
monitor-calls = Calls
monitor-cpu = CPU
monitor-memory = Memory
monitor-traffic = Traffic
monitor-restarts = Restarts
monitor-signer = Signed by
monitor-milliseconds = { $ms } ms
monitor-bytes = ↑ { $sent }  ↓ { $received }
monitor-unsigned = unsigned
preferences-window = Lotse · Preferences
preferences-title = Preferences
preferences-look = Windows
preferences-language = Language
preferences-as-system = As the system
preferences-theme = Colours
preferences-light = Light
preferences-dark = Dark
preferences-scale = Size
preferences-signer = Signed by { $signer }
preferences-plugins-none = Plugins show their preferences here while a session runs.
help-window = Lotse · Help
help-entry = Lotse Help
help-version = Lotse, version { $version }
