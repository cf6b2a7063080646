# Files: what is asked, dropped and chosen.

feature-file-transfer = File Transfer
files-wants = { $from } wants to send you:
files-one = { $name } ({ $bytes })
files-many = { $name } and more: { $count }, { $bytes }
files-count = { $files ->
    [0] { $folders ->
        [one] 1 folder
       *[other] { $folders } folders
    }
    [one] { $folders ->
        [0] 1 file
        [one] 1 file, 1 folder
       *[other] 1 file, { $folders } folders
    }
   *[other] { $folders ->
        [0] { $files } files
        [one] { $files } files, 1 folder
       *[other] { $files } files, { $folders } folders
    }
}
files-unnamed = Files
files-room = { $room } are free in { $place }.
files-room-unknown = They would go into { $place }.
files-too-little = Only { $room } are free in { $place }. { $missing } more are needed: choose another folder, or make room first.
files-trust = Take only what you expect, from somebody you trust.
files-save = Save to { $place }
files-choose = Choose folder …
files-not-now = Not now
files-asked-by = Asked by “{ $plugin }”
files-more-questions = { $count ->
    [one] One more waits for your answer.
   *[other] { $count } more wait for your answer.
}
drop-to-send = Drop to send to { $peer }
drop-to-send-several = Drop to send
drop-to-send-several-next = Several people help you. The Files menu says who gets it.
drop-not-now = Files cannot be sent here now
drop-not-now-next = File transfer does not run in this session. The Tools menu says why.
chooser-files = Choose files to send
chooser-folder = Choose a folder to send
chooser-place = Choose where to save
chooser-up = Up
chooser-path = Path of the folder
chooser-filter = Type to find
chooser-hidden = Hidden files
chooser-home = Home
chooser-desktop = Desktop
chooser-documents = Documents
chooser-downloads = Downloads
chooser-computer = Computer
chooser-row-folder = { $name }, folder
chooser-reading = Reading …
chooser-room = { $room } are free here.
chooser-too-little = Only { $room } are free here; { $missing } more are needed.
chooser-empty = This folder is empty.
chooser-none = Nothing here is called that.
chooser-nothing-to-choose = Nothing to choose in here but what is hidden.
chooser-not-there = { $path } is not there. Check the path, or go up.
chooser-not-allowed = You may not look into { $path }. Choose another folder.
chooser-busy = Other folders do not answer yet. Wait a moment, then try again.
chooser-failed = { $path } cannot be read: { $why }
chooser-more = Only the first { $count } are shown. Type the path of what is missing.
chooser-choose-files = { $count ->
    [0] Open
    [one] Choose 1 file
   *[other] Choose { $count } files
}
chooser-choose-folder = Choose “{ $name }”
