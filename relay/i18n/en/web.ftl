# What every page has.

web-skip = Skip to content
web-to-start = To the start page

problem-missing-title = There is no such page
problem-missing = The address may be mistyped, or what was here is gone. Check the address, or begin at the start page.
problem-forbidden-title = You may not see this
problem-forbidden = Your sign-in does not include this page. Ask a manager.
problem-foreign-title = This form is out of date
problem-foreign = The page it was on is too old, or it came from another website. Nothing was changed. Go back, load the page again, and send it once more.
problem-not-understood-title = This was not understood
problem-not-understood = The relay does not know what this browser sent. Go back, load the page again, and try once more.
problem-too-long-title = That is too much at once
problem-too-long = What was sent is longer than any form here takes. Nothing was changed. Go back and shorten it.
problem-slow-title = The form did not arrive
problem-slow = It took too long, so nothing was changed. Check your connection, go back, and send it once more.
problem-slowed-title = Too many attempts
problem-slowed = { $seconds ->
    [0] Wait a little and try again.
    [one] Wait a second and try again.
   *[other] Wait { $seconds } seconds and try again.
}
problem-busy-title = The relay is busy
problem-busy = Too much is being asked of it at this moment. Load the page again in a minute.
problem-disk-title = The relay’s disk is full
problem-disk = Nothing was changed. Whoever runs the relay must free some space; then try again.
problem-trouble-title = The relay cannot do this at the moment
problem-trouble = Nothing was changed. Try again in a minute; if it stays so, ask whoever runs the relay. Its log says what is wrong.
