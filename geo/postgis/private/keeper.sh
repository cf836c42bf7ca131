# Runs a server for tests: keeper LOCK DIR RUN COMMAND...
# COMMAND runs as a child for as long as some process holds a flock on the file LOCK, or a process listed in it (one
# pid a line) lives. Then it is made to quit, and DIR and RUN are deleted, all while LOCK is held, so that newcomers
# wait and then find a file that is gone. When COMMAND ends by itself nothing is deleted.
lock=$1 dir=$2 run=$3
shift 3
exec 9<"$lock"
"$@" 9<&- &
server=$!

# A subshell: the flock(1) that it calls locks descriptor 9, which all of this script shares.
watch() {
	child=
	trap 'kill "$child" 2>/dev/null; exit 0' TERM
	while :; do
		flock -x 9 & child=$!
		wait "$child"
		waiting=
		while read -r pid; do
			if [ -d "/proc/$pid" ]; then waiting=yes; fi
		done <"$lock"
		if [ -z "$waiting" ]; then break; fi
		flock -u 9
		sleep 0.2 & child=$!
		wait "$child"
	done
	trap '' TERM
	kill -QUIT "$server"
	exit 7
}

watch & watcher=$!
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
wait "$watcher"
if [ $? -eq 7 ]; then rm -rf "$dir" "$run" 2>/dev/null; fi
exit "$status"
