# Wer an einer Sitzung beteiligt war, und dass das Zusehen vorbei ist.

report-participants = Beteiligte Mitarbeiter
report-part = Rolle
report-part-from = Von
report-part-until = Bis
report-part-still = noch da
part-led = führte
part-beside = half daneben
part-looked-on = sah zu
end-watching = das Konto lässt seine Manager nicht mehr zusehen
