# The customer's pages: a portal, and the relay's own first page.

portal-language = Language
portal-here = { $count ->
    [0] No rep is available
    [1] One person is here to help
    [2] Two people are here to help
    [3] Three people are here to help
    [4] Four people are here to help
    [5] Five people are here to help
    [6] Six people are here to help
    [7] Seven people are here to help
    [8] Eight people are here to help
    [9] Nine people are here to help
    [10] Ten people are here to help
    [11] Eleven people are here to help
    [12] Twelve people are here to help
   *[other] { $count } people are here to help
}
portal-lost = The connection to the relay is lost. It is being tried again; you need do nothing.
portal-offline = The question did not get through. Check your connection and try again; what you wrote is still here.

portal-name = Your name
portal-question = What can we help with?
portal-question-hint = In a sentence or two; at most 500 characters.
portal-ask = Ask for help
portal-asked = Your question is on its way.
portal-message = Your message
portal-reply-to = How can we reach you?
portal-reply-to-hint = An e-mail address or a telephone number.
portal-send = Send message
portal-message-lead = Leave a message and we will get back to you.
portal-message-keep = Or keep this page open: as soon as somebody is here, you can ask.
portal-here-now = Somebody is here now.
portal-here-now-ask = Ask instead of leaving a message
portal-look-again = Look again whether somebody is here
portal-contact = You can also reach us here:
portal-sent = Thank you
portal-sent-lead = Your message has arrived. { $account } will get back to you.
portal-back = Back to the first page

portal-code-title = Do you have a code?
portal-code-lead = Type the ten digits that you were given. They stay on this computer.
portal-code = Code
portal-code-wrong = A code has ten digits. Have it read to you once more.
portal-code-go = Go on

portal-wait-title = Your question is with us
portal-wait-time = You have been waiting for
portal-wait-keep = Keep this page open. It says when somebody has taken your question, and in its title, too.
portal-wait-nobody = No rep is available. You keep your place. You can also cancel and leave a message.
portal-cancel = Cancel
portal-place = { $place ->
    [1] You are next.
   *[other] You are number { $place } in the queue.
}
portal-taken = { $rep } has accepted and is getting ready.
portal-ready = { $rep } is ready for you.
portal-running = { $rep } is with you in the Lotse window.
portal-gone = This page was away for too long, so your place is gone. Ask once more; you need not write anything anew.

portal-start-title = Start Lotse
portal-start-lead = Your browser asks whether it may open Lotse. Allow it.
portal-start = Start Lotse
portal-start-typed = Lotse is the program that shows you what is going on and lets you say yes or no.
portal-start-elsewhere = Type the code on a computer that Lotse works on.
portal-start-safe = Nobody sees or does anything on your computer before you allow it.
portal-manual = Nothing happened? Get the program
portal-manual-elsewhere = Get the program for another computer
portal-manual-none = There is no program to download at this relay. Ask whoever helps you how to get it.
portal-step-get = Get the program
portal-step-run = Start it
portal-step-type = Type this code there
portal-download = Download for { $target }
portal-file = File
portal-size = Size
portal-megabytes = { $size } MB
portal-kilobytes = { $size } KB
portal-sha256 = SHA-256
portal-steps-linux = Open a terminal and paste this line. It makes the file a program and starts it.
portal-target-linux-x86-64 = Linux with X11, 64 bit
portal-target-linux-aarch64 = Linux with X11, 64 bit ARM
portal-code-none = The code that you were given
portal-expires = The code is good for another
portal-other-code = Another code

portal-running-title = You are connected
portal-running-close = You can close this page. The session goes on without it.
portal-ended = The session has ended
portal-ended-lead = Nothing of it is left on your computer but the program itself.
portal-left = You are not waiting any more
portal-left-lead = Your question was taken back, or this page was away for too long. You can ask again at any time.
portal-closed = Your question was closed
portal-closed-lead = It could not be answered as it was asked. You can ask again in other words, or tell whoever gave you this page.
portal-no-more = This page takes no more questions
portal-no-more-lead = Your question was not answered. Ask whoever gave you this page how to reach them now.
portal-again = Ask again
portal-broken = The code could not be opened
portal-broken-lead = It was made for this page as it was before. Ask once more, and a new one is made.

portal-system-unknown = This system
portal-unsupported = There is no Lotse program for it at this relay yet.
portal-works-on = It works on { $targets }.
portal-unsupported-next = You can ask from here and type the code on such a computer.
portal-browser-unknown = This browser
portal-browser = It cannot make the key that keeps your code secret. Current versions of Chrome, Edge, Firefox and Safari can.
portal-no-script = Asking from this page needs JavaScript: it makes the key that keeps your code secret.
portal-no-key = Your question could not be sent. Asking needs JavaScript and a current version of Chrome, Edge, Firefox or Safari, which makes the key that keeps your code secret. Leave a message instead, or telephone us: a code can be read to you, which you type into Lotse.
portal-by-phone = You can leave a message all the same. Or telephone us: a code can be read to you, which you type into Lotse.

portal-problem-many = That was too often. { $seconds ->
    [0] Wait a little
    [one] Wait a second
   *[other] Wait { $seconds } seconds
} and try again; what you wrote is still here.
portal-problem-crowded = So many people are asking here at this moment that not everybody gets through. { $seconds ->
    [one] Wait a second
   *[other] Wait { $seconds } seconds
} and try again; what you wrote is still here.
portal-problem-full = So many people are waiting that the queue is full. Leave a message, or try again in a few minutes.
portal-problem-nobody = No rep is available any more. Leave a message, or wait on this page until somebody is.
portal-problem-draining = The relay is restarting. Try again in a minute; what you wrote is still here.
portal-problem-text = Write in at most 500 characters what this is about.
portal-problem-message = Write your message, and not more than fits into the field.
portal-problem-name = This name is too long.
portal-problem-reply-to = Say how we can reach you, in at most 200 characters.
portal-problem-field = Something was missing or too long. Load the page again and try once more.

start-title = This is a Lotse relay
start-lead = It brings people who need help together with people who help, and forwards what they say to each other without being able to read it.
start-portal = Whoever helps you has given you a code, or the address of a page of theirs. The addresses are not listed here.
start-center = Do you work for an account at this relay?
start-center-link = Management Center
