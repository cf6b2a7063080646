# The Management Center: reports, messages, teams, portals, licences, plugins, and how people sign in.

center-reports = Reports
center-messages = Messages
center-teams = Teams
center-portals = Portals
center-licences = Licences
center-plugins = Plugins
center-relay-plugins = Plugins of the relay

done-removed = Removed.
done-unlocked = Unlocked. The next attempt to sign in is looked at again.
done-not-locked = This user ID was not locked.
done-no-factor = There was no second factor any more.
remove-changed = Somebody else changed this meanwhile, so nothing was removed. This is what stands there now.

field-portal = Portal
customer-unnamed = Customer without a name

overview-questions = Questions waiting
overview-ready-reps = Reps who take questions
overview-no-questions = No question waits. It shows here as soon as a customer asks at a portal.
question-text = Question
question-waited = Waits for
question-waits = waits
question-offered = offered to { $rep }
question-handed = Running session, handed over by { $rep }

reports-words = Search
reports-words-hint = Searches the customer’s name, the customer’s computer and the notes. Ended sessions are kept for 90 days.
reports-all = Show all
reports-none = No session has been held yet. Each has its report here from its beginning.
reports-none-found = No session is like that. Try fewer words or more days.
reports-older = Older sessions
report-title = Session with { $customer }
report-back = All reports
report-missing-title = There is no report of this session
report-missing = A report begins when rep and customer are connected, so a code that nobody used has none. Reports are kept for 90 days after the end.
report-came = How the customer came
report-by-code = with a code that the rep gave
report-begin = Begin
report-end = End
report-length = Length
report-reason = How it ended
report-plugins = Plugins
report-no-plugins = None.
report-not-licensed = { $plugin } (not licensed)
report-notes = Notes
report-no-notes = Nothing was noted.
report-notes-changed = Last changed { $time }
report-timeline = Timeline
report-no-lines = The audit log has no line of this session any more.
report-cut = More happened than is shown here; the audit log has the rest.
told-rep = rep: { $what }
told-customer = customer: { $what }

end-rep = ended by the rep
end-customer = ended by the customer
end-customer-stopped = everything stopped by the customer
end-customer-declined = declined by the customer
end-customer-gone = the customer did not come back
end-rep-gone = the rep did not come back
end-incompatible = the programs’ versions do not fit
end-not-trusted = the code or the keys did not match
end-plugins = the plugins could not be made ready
end-handed-over = another rep took it over

messages-unread = { $count ->
    [one] 1 new
   *[other] { $count } new
}
messages-none = No message. Customers can leave one at a portal while nobody is there.
messages-no-older = There are no older messages.
messages-older = Older messages
messages-newest = Newest messages
messages-kept = Messages are kept for 90 days.
message-new = new
message-done = done
message-mark-done = Done
message-mark-not-done = Not done
message-reply-to = How to reply

team-add = Add team
team-new-title = Add team
team-back = All teams
teams-none = There is no team. Without one, a portal leads to every rep of the account.
team-people = People
team-nobody = nobody
team-no-portal = no portal leads here
team-name-hint = As managers and reps see it.
team-taken = There is a team of this name already. Choose another.
team-too-many = An account has at most 100 teams. Remove one first.
team-in-use = The portal { $portal } leads to this team. Let it lead to another first.
team-more = { $count ->
    [one] One more person is not shown. “lotse-relay team set” changes whether they are in the team.
   *[other] { $count } more people are not shown. “lotse-relay team set” changes whether they are in the team.
}
team-remove = Remove team
team-remove-title = Remove the team { $team }?
team-remove-lead = Its people stay in the account.

portal-add = Add portal
portal-new-title = Add portal
portals-back = All portals
portals-none = There is no portal. Customers come by it with a question, and wait there for a rep.
portals-everybody = Every rep
portal-address = Address
portal-address-hint = Put it on your website, or tell it to customers.
portal-copy = Copy
portal-copied = Copied.
portal-open = Open the page
portal-slug = Last part of the address
portal-slug-hint = Lower-case letters, digits and dashes, such as acme-help. It stays as it is.
portal-no-slug = Enter 1 to 40 lower-case letters, digits and dashes.
portals-taken = This address is taken. Choose another.
portal-too-many = An account has at most 100 portals. Remove one first.
portal-name-hint = As customers and reps see it.
portal-greeting = Greeting
portal-greeting-hint = A few words to customers, under the title; may be empty.
portal-team = Leads to
portal-accounts-language = The account’s language
portal-language-hint = For customers whose browser asks for neither English nor German.
portal-waiting = Waiting now
portal-nobody = Nobody takes questions of this portal now. Customers can leave a message.
portal-remove = Remove portal
portal-remove-title = Remove the portal { $portal }?
portal-remove-lead = Its address leads nowhere then, and questions that wait there end. Messages and reports stay.

licences-soon = This ends soon: { $features }.
licences-by-operator = What your account has is set by whoever runs the relay.
licences-contact = Ask there for more: { $contact }
licences-no-contact = Whom to ask has not been set.
licences-none = This relay has no feature that needs a licence.
licences-utc = Days are in UTC.
licence-feature = Feature
licence-terms = Terms
licence-off = not licensed
licence-on = licensed
licence-over = ended
licence-not-yet = not begun yet
licence-days = { $days ->
    [one] licensed, the last day
   *[other] licensed, { $days } days left
}
licence-from = from { $first }
licence-until = to { $last }
licence-from-until = from { $first } to { $last }
licence-change = Change
licence-change-which = Change { $feature }
licence-back = All licences
licence-has = The account has this feature
licence-has-hint = Without it, days and limits are forgotten. Reps see it greyed out, with whom to ask.
licence-first-day = First day
licence-first-day-hint = Empty: it has begun. Days are in UTC.
licence-last-day = Last day
licence-last-day-hint = Empty: without an end. People are told from 14 days before.
licence-no-date = none
licence-ends-first = It would end before it begins. Enter a later day.
licence-limit-hint = Empty: any number.
licence-no-number = Enter a whole number, or nothing.
licence-any-number = any number
licence-acts = What is switched on appears in running sessions within two seconds. What is switched off stays in them to their end.
limit-sessions = Sessions at once

feature-chat-title = Chat
feature-chat = Rep and customer write to each other.
feature-screen-sharing-title = Screen Sharing
feature-screen-sharing = The rep sees the customer’s screen, and helps there with mouse and keyboard.
feature-share-my-screen-title = Share My Screen
feature-share-my-screen = The rep shows a display or one window to the customer.
feature-clipboard-title = Clipboard
feature-clipboard = What one side copies, the other can paste.
feature-file-transfer-title = File Transfer
feature-file-transfer = Either side sends files and folders; the other agrees and chooses the place.
feature-annotations-title = Annotations
feature-annotations = Rep and customer draw on the screen that is shown, and point at it.
feature-session-handoff-title = Hand over the session
feature-session-handoff = A running session goes to another rep, or a second one comes into it.
hand-over-take = to take over
hand-over-join = to join
hand-over-observe = to look on
feature-canned-replies-title = Team Replies
feature-canned-replies = Ready-made replies that all reps of the account have in common.
feature-diagnostics-title = System Information
feature-diagnostics = The rep reads what computer the customer has, with their word.
feature-remote-reboot-title = Restart
feature-remote-reboot = The customer’s computer is restarted with their word, and comes back into the session.
feature-multi-chat-title = Several sessions at once
feature-multi-chat = A rep helps more than one customer at a time.

plugins-lead = What the next sessions of this account get. Running sessions keep what they began with.
plugins-none = There is no plugin here. Add one with “lotse-relay plugin add” on the relay’s machine.
plugin-back = All plugins
plugin-name = Plugin
plugin-id = ID
plugin-version = Version
plugin-versions = Versions here
plugin-gets = Sessions get
plugin-gets-none = none
plugin-why = Why
plugin-rule = Rule
plugin-range = Range of versions
plugin-range-hint = For “Versions of a range”, such as ^1.2, =1.4.2 or >=1.2, <3. The newest of them that is here is taken.
plugin-no-range = Enter a range of versions such as ^1.2.
plugin-too-many = This account has as many rules as one can have. Take some away first.
plugin-acts = It acts on the next session.
plugin-not-here = no package of it is here yet
plugin-unsigned = nobody
plugin-signer = Signed by
plugin-size = Size
plugin-current = what sessions get without a rule
plugin-unfit = needs another version of the plugin interface
relay-plugins-lead = Every package that is here. They are added and removed on the relay’s machine, with “lotse-relay plugin add” and “plugin remove”.
rule-none = The newest version
rule-range = Versions of a range
rule-off = Off
why-newest = the newest
why-rule = the newest of { $range }
why-contract = newer ones need another version of the plugin interface
why-requires = newer ones require plugins that are not handed out beside them
why-unmet = it requires plugins that are not handed out beside it, and will not start
why-off = turned off
why-no-version = no version that is here fits { $range }

factor-title = Second factor
factor-on = { $codes ->
    [0] On since { $time }. No recovery code is left.
    [one] On since { $time }, with one recovery code left.
   *[other] On since { $time }, with { $codes } recovery codes left.
}
factor-off = Not set up.
factor-wanted = Not set up. The account wants one, so it is set up at the next sign-in with the program Lotse.
factor-remove = Remove second factor
factor-remove-lead = For somebody who lost their telephone. Everything that is signed in ends; where the account wants a second factor, another is set up at the next sign-in.
me-factor-hint = You set it up and remove it in the program Lotse, under Preferences.

account-factor-required = required
account-factor-required-lead = Everybody of the account signs in with a password and a code of an authenticator app.
account-factor-let-off = No longer require it
account-factor-optional = not required
account-factor-optional-lead = Everybody may set one up for themselves. If you require it, whoever has none sets one up at the next sign-in; you, too.
account-factor-require = Require it of everybody
account-licences = What the account has, and for how long

person-locked = After too many wrong attempts nobody can sign in with this user ID until { $time }.
person-unlock = Unlock
person-nowhere = Not signed in with the program.
person-seat = Seat
person-has-seat = has a seat
person-no-seat = no seat
person-password-ask = Reset the password of { $name }?
person-password-ask-lead = { $user } gets a new password, which is shown once and is good for one sign-in. Everything signed in with the old one ends.
person-sign-ins-ask = End all sign-ins of { $name }?
person-sign-ins-ask-lead = { $user } is signed out of every program and browser, and what runs there ends. The password stays as it is.
person-sign-ins-hint = Browsers that are signed in to the Center end with “End all sign-ins”, too.

center-watching = Looking on
account-watching = Whether managers may look on at sessions
watching-allowed = Managers may look on
watching-not-allowed = Managers may not look on
watching-lead = A manager then asks on the page of live sessions, and their own console rings. The session’s rep sees who comes, and the customer is asked each time. Whoever looks on steers nothing. Where it is taken back, whoever looks on as a manager is out of the session at once.
watching-allow = Let managers look on
watching-forbid = Let managers look on no more
watching-back = Back to the account
done-watching = Asked. Your console rings in a moment; the customer is asked before you see anything.
watch-link = Look on
watch-title = Look on at this session
watch-lead = { $rep } helps { $customer }. { $rep } sees that you come, and { $customer } is asked before you see anything. Your console rings; take the call there.
watch-button = Ask to look on
watch-over = This session is not running any more.
watch-own = This is a session of your own.
watch-manager = Only managers of this account look on at its sessions, in their own console.
watch-not-allowed = This account does not let its managers look on. Its settings say so, and change that.
watch-not-licensed = The account’s licence does not cover a second rep in a session.
watch-rep-away = The rep’s connection is lost. Try again when it is back.
watch-busy = Somebody else is just being asked into this session, or it is full. Try again in a moment.
watch-no-console = You are not signed in to a console that could take one more session. Sign in there, and try again.
