# What a rep shows, and what a customer watches.

chooser-window = Share My Screen · { $peer }
chooser-title = What do you want to show?
chooser-lead = Asked by “{ $plugin }”. { $peer } sees what you choose, and nothing else, until you stop.
chooser-screens = Whole screen
chooser-screens-note = Everything on it is seen, Lotse’s own windows and messages too.
chooser-windows = One window
chooser-windows-note = Its own picture alone, also where other windows cover it. Lotse’s windows are not in this list.
chooser-no-windows = No window is open that could be shown on its own.
chooser-screen = Screen { $number } · { $name }
chooser-size = { $width } × { $height }
chooser-looking = Looking for what can be shown …
chooser-looking-next = This takes a moment.
chooser-nothing = Nothing can be shown
chooser-nothing-next = This computer’s screen cannot be captured. Are Lotse’s drivers installed beside the program?
chooser-show = Show
chooser-tile = { $title }, { $program }

showing-now = { $peer } sees: { $what }
showing-hidden = { $what } is minimised. { $peer } sees its last picture.
showing-stop = Stop sharing
showing-tab = You are showing your screen · Click here to stop
showing-tab-short = Click here to stop

watch-title = You are watching { $rep }’s screen
watch-banner = { $rep }’s screen. You only watch.
watch-lost = { $rep } is not connected: the picture stands still, and goes on by itself.
watch-fit = Fit
watch-actual = 1:1
watch-full-screen = Full screen
watch-stop = Stop watching
watch-waiting = The picture is on its way
watch-waiting-next = It appears here as soon as it arrives.
