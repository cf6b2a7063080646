# Questions of customers who come by a portal.

availability-away = Away
availability-name = { $state }: how you take questions
availability-ready-hint = Questions are offered to you.
availability-away-hint = Questions go to your colleagues. You can still answer from the list.
questions-title = Customers who wait
questions-nobody = Nobody is waiting on your portals.
questions-nobody-next = Customers who ask on a portal of yours wait here. You can also make a new code and read it to your customer.
questions-no-portal = With a portal customers ask on a web page of yours and wait here; a manager sets one up.
questions-offline = Who waits is unknown
questions-offline-next = It is shown when the relay is there again.
questions-away = You are away.
questions-away-next = Questions go to your colleagues. You can still answer from this list.
questions-away-end = I am ready
questions-more = { $count ->
    [one] One more waits.
   *[other] { $count } more wait.
}
question-nobody = A customer
question-waited = Waiting for { $time }
question-all = more
question-less = less
question-all-name = Show the whole question of { $name }
question-less-name = Show less of the question of { $name }
question-offered-you = offered to you
question-offered-other = offered to { $name }
question-answer = Answer
question-answer-name = Answer { $name }
question-answering = Answering …
question-pass = Pass
question-pass-name = Pass the question of { $name }
question-no-seat = You need a seat to answer.
question-left-name = { $left } until it goes to the next rep
news-time-over = The question of { $name } went to the next rep.
news-taken = { $by } took the question of { $name }.
news-left = { $name } has left.
news-not-come = The program of { $name } did not come. The question waits again.
alert-window = Incoming question
asked-line = Asked on { $portal }: { $text }
asked-waiting = Waiting for { $peer }'s program to start
asked-waiting-next = Their page has the code and offers the program. The session then begins by itself.
asked-left = The program came and left before the session began. The code still works.
asked-read = Read the code aloud instead
asked-give-back = Give the question back
you-asked = You asked: { $text }
preferences-questions = Incoming questions
preferences-offer = How long a question is offered to you before it goes to the next rep
preferences-seconds = s
preferences-sound = Play the sound
preferences-sound-try = Try the sound
preferences-sound-none = No way to play sounds was found here. Install pw-play, paplay or aplay; until then the display's bell rings.
preferences-session-alert = Show the popup alert during a session
preferences-session-sound = Play the sound during a session
preferences-session-none = With both off no question is offered to you during a session.
