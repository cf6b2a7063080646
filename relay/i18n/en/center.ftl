# The Management Center.

center-pages = Pages
center-pages-shut = Close this list
center-group-relay = Relay
center-group-you = You
center-overview = Overview
center-sessions = Live sessions
center-people = People
center-audit = Audit log
center-account = Account
center-accounts = Accounts
center-relay-audit = Audit log of the relay
center-relay = Relay
center-me = My sign-ins
center-sign-out = Sign out
center-save = Save
center-cancel = Cancel
center-action = Action
center-time-zone = Times are those of { $zone }.
center-live-lost = The connection is lost, so what you see may be old. It is tried again.
center-live-busy = Too many pages are open for the relay to keep this one up to date, so what you see may be old. It is tried again; closing other pages of the Center helps.
center-live-refused = The relay could not say how things stand, so what you see may be old. It is tried again; if this stays, load the page anew.
center-no-script = This page keeps itself up to date with a small script. Without it, load the page again.
center-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}

done-saved = Saved. It acts on running programs within two seconds.
done-added = Added.
done-ended = Ended.
done-gone = That one was over already.

field-user = User ID
field-password = Password
field-old-password = Password you came with
field-new-password = New password
field-new-password-hint = At least 8 characters. Several words that do not belong together are good.
field-password-again = The same once more
field-name = Name
field-name-missing = Enter a name.
field-name-long = A name has at most 80 characters. Shorten it.
field-role = Role
field-status = Status
field-account = Account
field-seats = Seats
field-contact = Contact
field-language = Language
field-time-zone = Time zone
field-set-up-code = Set-up code

sign-in-title = Sign in
sign-in-lead = Management Center: for managers of an account and whoever runs this relay.
sign-in-button = Sign in
sign-in-set-up = This relay has no operator yet.
sign-in-not-an-email = A user ID looks like an e-mail address, such as anna@example.com.
sign-in-wrong = This user ID and password do not go together. Check both; a manager can reset the password.
sign-in-not-active = This account or user ID is suspended. Ask a manager.
sign-in-too-many = { $seconds ->
    [one] Too many attempts. Try again in a second.
   *[other] Too many attempts. Try again in { $seconds } seconds.
}
field-code = Code of your authenticator app
field-code-hint = Only if you have set one up. A recovery code works, too.
sign-in-code-wanted = You have a second factor: enter the password once more, and the code that your authenticator app shows now.
sign-in-code-set-up = Your account wants a second factor. Sign in once with the program Lotse, which sets it up with you; then come back here.
sign-in-code-wrong = This code is not right, or was used already. Wait for the next one that your app shows.
sign-in-locked = { $minutes ->
    [one] Too many wrong attempts with this user ID. Try again in a minute, or ask a manager to reset the password.
   *[other] Too many wrong attempts with this user ID. Try again in { $minutes } minutes, or ask a manager to reset the password.
}
sign-in-address-locked = { $minutes ->
    [one] Too many wrong attempts from your network. Try again in a minute.
   *[other] Too many wrong attempts from your network. Try again in { $minutes } minutes.
}
sign-in-over = Your sign-in in this browser has ended. Sign in again.
sign-in-again = Sign in once more.
sign-in-must-change = Choose a password of your own first.
sign-in-no-manager = The Management Center is for managers. You help customers with the program Lotse on your computer; ask a manager of your account if you should manage it, too.

password-title = Your new password
password-lead = Somebody else chose your password. Choose one that only you know.
password-button = Save and sign in
password-too-short = Choose one with at least 8 characters.
password-too-long = Choose a shorter one: 1000 characters are enough.
password-same = It is the one you came with. Choose another.
password-common = Many people have it, so guessers try it first. Choose one of several words that do not belong together.
password-pattern = Keys side by side, repeats and dates are tried first. Choose one of several words that do not belong together.
password-word = Names and single words are tried first. Choose one of several words that do not belong together.
password-guessable = Make it longer: several words that do not belong together are good.
password-differ = The two passwords differ. Type the new one twice.
password-once-title = Password for one sign-in
password-once-lead = Give this password to { $user }. It is shown only now.
password-once-hint = It is good for one sign-in; then another is chosen. Earlier sign-ins are over.
password-once-button = I have passed it on

me-lead = Browsers where { $user } is signed in. Each ends 12 hours after signing in, or when unused for half an hour.
me-browser = Browser
me-address = Address
me-since = Since
me-used = Last used
me-this = this one
me-end = End sign-in

set-up-title = First operator
set-up-lead = Whoever runs this relay manages its accounts. The code stands on the relay’s own console and changes with each start.
set-up-code-hint = Four groups of four letters and digits.
set-up-wrong-code = That is not the code on the relay’s console. It changes with each start of the relay.
set-up-button = Become the operator
set-up-over = This relay has an operator already. Whoever has access to its machine can add more with “lotse-relay operator add”.

overview-seats = Seats in use
overview-seats-of = { $taken } of { $seats }
overview-waiting = Waiting for a seat
overview-running = Running sessions
overview-codes = Unused codes
overview-people = Signed in
overview-nobody = Nobody is signed in. Reps sign in with the program Lotse on their computers.
overview-held = Seat for
overview-waits = waits for a seat
overview-away = not connected
overview-in-session = in a session
overview-ready = ready
overview-absent = away

sessions-none = No session is running. It shows here as soon as a customer comes with a rep’s code.
sessions-customer = Customer
sessions-rep = Rep
sessions-system = Customer’s computer
sessions-since = Since
sessions-begins = beginning
sessions-runs = running
sessions-rep-away = rep’s connection is lost
sessions-customer-away = customer’s connection is lost

people-add = Add person
people-none = Nobody is in this account yet.
people-used = Last seen in the program
people-active = active
people-suspended = suspended
people-must-change = chooses a password at the next sign-in
people-not-signed-in = not signed in

role-rep = Rep
role-manager = Manager
role-hint = Managers also see and change the account here.
status-hint = Who is suspended is signed out and cannot sign in.

person-new-title = Add person
person-new-lead = The next page shows a password for the first sign-in.
person-name-hint = As customers see it.
person-user-hint = An e-mail address, to sign in with.
person-user-taken = { $user } is somebody’s user ID already. Choose another.
person-user = User ID: { $user }
person-back = All people
person-own = This is you. Another manager can change your role or suspend you.
person-not-oneself = You cannot take away your own role or suspend yourself. Ask another manager.
field-own-password = Your own password
own-password-hint = Only needed to make somebody a manager.
own-password-missing = Enter your own password: this is asked anew each time.
own-password-wrong = This is not your password. Try again.
person-own-password = You change your own password in the program. Where you are signed in is under “My sign-ins”.
person-own-factor = You change your own second factor in the program. If your telephone is lost, another manager removes it.
person-password-title = Password
person-password-lead = A new password is shown once, for one sign-in. Everything signed in with the old one ends.
person-password-button = Reset password
person-sign-ins-title = Sign-ins
person-sign-ins = Programs signed in
person-sign-ins-end = End all sign-ins

changed-title = Somebody else changed this meanwhile.
changed-lead = What you typed is kept below and not saved. This is what stands there now; save again to replace it:

account-status-active = active
account-status-suspended = suspended
account-status-closed = closed
account-status-hint = People of an account that is not active are signed out and cannot sign in.
account-seats-any = any number
account-seats-hint = How many may work at once; empty: any number. With fewer than are in use nobody is signed out.
account-no-seats = Enter a number from 0 to 1000000, or nothing.
account-contact-hint = Whom people of the account ask about what is not licensed.
account-zone-hint = By its name in the IANA list, such as Europe/Berlin.
account-no-zone = No such time zone is known. Enter one such as Europe/Berlin.
account-by-operator = Status, seats and contact are set by whoever runs the relay.
account-new-title = Add account
account-taken = There is an account of this name already. Choose another.

accounts-add = Add account
accounts-none = There is no account yet. Add one, then its first manager.
accounts-people = People

relay-ready = ready
relay-draining = about to end: nothing new begins
relay-store = the database does not answer; see the relay’s log
relay-unvouched = no authority vouches for the relay’s name; see the relay’s log
relay-certificate-until = Certificate good until
relay-developer = Developer mode is on: this relay takes unsigned plugins and consent given ahead.
relay-version = Version
relay-started = Started
relay-reps = Reps’ programs connected
relay-customers = Customers’ programs connected
relay-signed-in = Sign-ins with a connection
relay-store-errors = Database errors since the start
relay-audit-lost = Audit lines lost since the start
relay-metrics = Start the relay with --metrics to have these and more as Prometheus metrics on an address of your own.

audit-csv = Save as CSV
audit-kind = What
audit-any = Everything
audit-anybody = Everybody
audit-person = Who
audit-from = From
audit-until = Up to and with
audit-no-date = Enter a date such as 2026-11-29.
audit-filter = Show
audit-none = Nothing of that kind is in the log. Try more days or fewer conditions.
audit-at = When
audit-session = Session
audit-detail = Details
audit-older = Older lines

audit-kind-account-added = account added
audit-kind-account-changed = account changed
audit-kind-rep-added = person added
audit-kind-rep-changed = person changed
audit-kind-password-reset = password reset
audit-kind-password-changed = password changed
audit-kind-signed-in = signed in
audit-kind-sign-in-failed = sign-in failed
audit-kind-sign-in-slowed = sign-in slowed
audit-kind-signed-out = signed out
audit-kind-sign-in-ended = sign-in ended by somebody else
audit-kind-seat-taken = seat taken
audit-kind-seat-waited = waited for a seat
audit-kind-seat-gained = seat gained
audit-kind-seat-taken-over = seat taken over
audit-kind-code-given = code given out
audit-kind-joined = customer joined
audit-kind-join-slowed = wrong codes slowed
audit-kind-pairing-failed = wrong code
audit-kind-session-started = session started
audit-kind-session-resumed = session resumed
audit-kind-resume-refused = resuming refused
audit-kind-session-ended = session ended
audit-kind-plugin-granted = plugin granted
audit-kind-plugin-denied = plugin denied
audit-kind-plugin-revoked = plugin revoked
audit-kind-plugin-crashed = plugin crashed
audit-kind-customer-allowed = customer allowed
audit-kind-customer-refused = customer refused
audit-kind-sign-in-locked = sign-in locked
audit-kind-second-factor-failed = wrong code of a second factor
audit-kind-second-factor-enrolled = second factor set up
audit-kind-second-factor-removed = second factor removed
audit-kind-recovery-code-used = recovery code used
audit-kind-rep-unlocked = sign-in unlocked
audit-kind-rep-signed-out = signed out by somebody else
audit-kind-team-changed = team changed
audit-kind-portal-changed = portal changed
audit-kind-question-asked = question asked
audit-kind-question-offered = question offered
audit-kind-question-passed = question passed
audit-kind-question-taken = question answered
audit-kind-question-left = customer left the queue
audit-kind-question-returned = question back in the queue
audit-kind-question-closed = question closed
audit-kind-files-offered = files offered
audit-kind-files-accepted = files accepted
audit-kind-files-declined = files declined
audit-kind-files-whole = files transferred
audit-kind-files-broken = files not transferred
audit-kind-hand-over-asked = another rep asked for
audit-kind-hand-over-declined = another rep declined
audit-kind-hand-over-taken = another rep accepted
audit-kind-hand-over-ended = no other rep came
audit-kind-joined-beside = second session begun
audit-kind-shared-changed = shared by all reps: changed
audit-kind-message-left = message left
audit-kind-ask-slowed = questions slowed
audit-kind-plugin-added = plugin added
audit-kind-plugin-removed = plugin removed
audit-kind-plugin-rule-changed = plugin version of an account changed
audit-kind-licence-changed = licence changed
audit-kind-licence-expired = licence expired
audit-kind-lines-lost = lines lost
audit-kind-operator-added = operator added
audit-kind-operator-removed = operator removed
audit-kind-operator-password = operator’s password set
audit-kind-pages-signed-in = signed in to the Center
audit-kind-pages-signed-out = signed out of the Center
audit-kind-api-token-added = API token added
audit-kind-api-token-revoked = API token revoked
audit-kind-api-token-refused = API token used from elsewhere
audit-kind-webhook-added = webhook added
audit-kind-webhook-removed = webhook removed
audit-kind-webhook-off = webhook switched off
