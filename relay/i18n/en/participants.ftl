# Who took part in a session, and that looking on has ended.

report-participants = Reps who took part
report-part = Role
report-part-from = From
report-part-until = Until
report-part-still = still there
part-led = led
part-beside = helped beside
part-looked-on = looked on
end-watching = the account lets its managers look on no more
