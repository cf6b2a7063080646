# What can go wrong, what to do next, and why sessions end.

signin-not-an-email = That is not a user ID.
signin-not-an-email-next = A user ID looks like an e-mail address: anna.berg@example.com
signin-wrong = User ID or password is wrong.
signin-wrong-next = Is caps lock on? If you have forgotten the password, a manager can reset it.
signin-not-active = This account is not active.
signin-not-active-next = Ask whoever manages your account to reactivate it.
signin-too-many = Too many attempts.
signin-too-many-next = Try again in { $wait }. A manager can reset your password meanwhile.
signin-again = You were signed out.
signin-again-next = Enter your password to go on.
signin-no-relay = The relay's address is missing.
signin-no-relay-next = It looks like https://relay.example.com; your administrator knows it.
signin-no-password = The password is missing.
signin-no-password-next = Enter it; a manager can reset one you have forgotten.
problem-relay-unreachable = The relay cannot be reached.
problem-relay-unreachable-next = Check your network, the firewall and the relay's address. Tried: { $detail }
problem-relay-not-trusted = The relay is not the one it should be.
problem-relay-not-trusted-next = Its certificate does not fit the address. Do not go on; ask your administrator.
problem-code-unknown = Nobody is waiting with this code.
problem-code-unknown-next = Compare it digit by digit with the one you were given.
problem-code-expired = This code has expired.
problem-code-used = This code has been used already.
problem-code-new-next = A code works once and only for a while. Ask for a new one.
problem-code-void = This code no longer works.
problem-code-void-next = The relay has lost it. Make a new one and read it to your customer.
problem-code-wrong = { $left ->
    [0] That code is not right.
    [one] That code is not right. You can try once more.
   *[other] That code is not right. You can try { $left } more times.
}
problem-code-wrong-next = Have it read out once more, digit by digit.
problem-too-many = Too many wrong codes.
problem-too-many-next = Try again in { $wait }, with a new code.
problem-rep-gone = Nobody is there on the other side.
problem-rep-gone-next = Ask whoever gave you the code to make a new one.
problem-keys-differ = Somebody may be listening in, so nothing was started.
problem-keys-differ-next = The keys of the two sides do not fit together. Start again with a new code; if it happens again, tell your administrator.
problem-incompatible = The two programs do not understand each other: { $detail }
problem-incompatible-next = Update Lotse on both sides and start again.
problem-refused = The relay cannot do this now: { $detail }
problem-refused-next = Do what it says, then try again. If it stays so, tell your administrator these words.
problem-plugins = The plugins of this session could not be got ready: { $detail }
problem-plugins-next = Update Lotse on this computer and start again with a new code. If it stays so, tell your administrator these words.
problem-other = It did not work: { $detail }
problem-other-next = Try again. If it stays so, tell your administrator these words.
end-rep-by-you = You ended the session.
end-rep-by-customer = The customer ended the session.
end-rep-stopped = The customer stopped everything.
end-rep-declined = The customer did not want to begin.
end-rep-customer-gone = The customer did not come back within ten minutes.
end-rep-gone = The connection to the relay was lost for too long.
end-customer-by-rep = The rep ended the session.
end-customer-by-you = You ended the session.
end-customer-stopped = You stopped everything.
end-customer-declined = You did not want to begin.
end-customer-gone = The connection was lost for more than ten minutes.
end-customer-rep-gone = The rep did not come back.
end-incompatible = The two programs' versions do not fit together. Update Lotse on both sides.
end-not-trusted = The two sides' keys did not fit together, so the session was ended.
end-plugins = One of the two sides could not get the session's plugins ready. Update Lotse on both sides and start again with a new code.
