# What the customer of the demo is stuck with. Nothing here is run on a printer; what is typed afterwards is echoed.
g='\033[1;38;5;114m' r='\033[1;38;5;203m' n='\033[0m'
printf "${g}weber@front-desk${n}:~\$ lpstat -p -o\n"
printf "printer Office-2 ${r}disabled${n} since 09:12 -\n        Paper jam in tray 2\nprinter Copy-room is idle.  enabled since 07:58\n\n"
for job in '41  09:10  invoice-0412.pdf    3 pages' '42  09:15  invoice-0412.pdf    3 pages' '43  09:31  delivery-note.pdf   1 page' '44  09:48  invoice-0412.pdf    3 pages'; do printf '  Office-2-%s\n' "$job"; done
printf "\n${g}weber@front-desk${n}:~\$ lp -d Office-2 invoice-0412.pdf\nrequest id is Office-2-45 (1 file)\n"
printf "${g}weber@front-desk${n}:~\$ "
exec cat
