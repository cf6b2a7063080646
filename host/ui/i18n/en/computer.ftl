# What is told of the customer's computer, and restarting it.

access-system = system information
access-restart = restart
prompt-system = { $rep } from { $account } wants to know what computer this is
prompt-system-body = Sent are its name and system, processor, memory, disks with their sizes, screens, and network connections with their addresses. Nothing of your files.
prompt-restart = { $rep } from { $account } wants to restart your computer
prompt-restart-body = Save your work first: all programs are closed. You have 10 seconds more to stop it. After you have signed in again, Lotse comes back by itself into this session.
switch-system = Can read what computer this is
restart-counting = { $seconds ->
    [one] Your computer restarts in { $seconds } second
   *[other] Your computer restarts in { $seconds } seconds
}
restart-counting-body = Save your work now: all programs are closed. After you have signed in again, Lotse comes back by itself and the session with { $rep } goes on.
restart-cancel = Do not restart
restart-going = Your computer is restarting
restart-going-body = After you have signed in again, Lotse comes back by itself and the session with { $rep } goes on.
copy-text = Copy as text
plugin-window = { $title } – { $peer }
copied-text = Copied
feature-canned-replies = Team Replies
feature-diagnostics = System Information
feature-remote-reboot = Restart
