# The second factor, its recovery codes, and locks after too many wrong attempts.

signin-locked = Too many wrong attempts.
signin-locked-next = You can sign in with this user ID again in { $wait }. A manager can reset your password; then you can at once.
signin-address-locked = Too many wrong attempts from your network.
signin-address-locked-next = Try again in { $wait }. Were they not yours, tell a manager.
signin-ended = Your sign-in was ended.
signin-ended-next = A manager ended it. Sign in again, or ask why.
factor-title = Your second factor
factor-wanted = Your password is right.
factor-wanted-next = Enter the six digits that your authenticator app shows for Lotse now.
factor-wrong = The code is not right.
factor-wrong-next = Each code works once and for half a minute: take the next one. Is the clock of your telephone right?
factor-must = Your account wants a second factor of everybody.
factor-must-next = Set it up once; from then on each sign-in asks for a code of your authenticator app.
factor-code = Code from your authenticator app
factor-recovery-code = Recovery code
factor-not-six = A code has six digits.
factor-not-six-next = Your authenticator app shows one, which changes every half minute.
factor-no-recovery-code = The recovery code is missing.
factor-no-recovery-code-next = Enter one of those that you kept when you set up the second factor. Each works once.
factor-button = Sign in
factor-use-recovery = Use a recovery code instead
factor-use-app = Use the authenticator app instead
factor-setup-title = Set up a second factor
factor-scan = Scan this with an authenticator app on your telephone, then enter the six digits that it shows.
factor-qr = QR code for an authenticator app
factor-no-qr = The picture cannot be drawn. Type the key into your app.
factor-key = Or type this key into the app:
factor-key-name = Key: { $letters }
factor-key-copy = Copy the key
factor-no-copy = Not to be copied while a session runs: over a shared clipboard the customer would get it, too.
factor-offer-over = That took too long, and nothing was set up.
factor-offer-over-next = Switch the second factor on again, and enter the code within a quarter of an hour.
factor-setup-button = Set up and sign in
factor-codes-title = Keep your recovery codes
factor-codes-lead = Each gets you in once when your telephone is out of reach. They are shown this once: write them down, print them or keep them in a safe place.
factor-codes-name = Recovery code: { $code }
factor-codes-copy = Copy
factor-codes-copied = They are on the clipboard.
factor-codes-save = Save to a file
factor-codes-saved = Saved, readable by you alone: { $path }
factor-codes-not-saved = They could not be saved.
factor-codes-not-saved-next = { $detail } Copy them or write them down.
factor-codes-no-folder = There is no home folder.
factor-codes-kept = I have kept them
factor-code-used = You used a recovery code.
factor-code-used-next = { $left ->
    [0] None is left. You get new ones in the preferences, with a code of your authenticator app; if it is lost, ask a manager.
    [one] One recovery code left. You get new ones in the preferences.
   *[other] { $left } recovery codes left.
}
preferences-factor = Sign-in
preferences-factor-switch = Second factor
preferences-factor-off = A code of your telephone beside the password
preferences-factor-on = { $left ->
    [one] One recovery code left
   *[other] { $left } recovery codes left
}
preferences-factor-required = Your account requires it; a manager can reset a lost one.
preferences-factor-codes = Your recovery codes are shown in the list view until you have kept them.
preferences-factor-prove = Switch on
preferences-factor-cancel = Cancel
preferences-factor-password = Your password
preferences-factor-code = Code from your authenticator app, or a recovery code
preferences-factor-go-on = Go on
preferences-factor-set-up-lead = First confirm that it is you.
preferences-factor-remove = Switch off
preferences-factor-remove-lead = After this your password alone signs you in.
preferences-factor-renew = New recovery codes
preferences-factor-renew-lead = They are shown once, and those of before no longer work.
