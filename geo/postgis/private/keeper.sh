# Runs a server for tests: keeper LOCK DIR RUN COMMAND...
# COMMAND runs as a child for as long as some process holds a flock on the file LOCK, or a process listed in it lives
# (each line a pid and the start time of proc(5), /proc/PID/stat field 22: pids are used again). Then it is made to
# quit, and DIR and RUN are deleted, all while LOCK is held. When COMMAND ends by itself nothing is deleted.
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
		while read -r pid began; do
			if [ "$(cut -d ' ' -f 22 "/proc/$pid/stat" 2>/dev/null)" = "$began" ]; then waiting=yes; fi
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
if [ $? -ne 7 ]; then exit "$status"; fi

# The folder vanishes at once, by a rename: newcomers find either the locked file, and wait, or none, and make a new
# folder, of which nothing must be deleted here.
case $run in
"$dir"/*) ;;
*) rm -rf "$run" ;;
esac
gone=$dir.gone.$$
mv "$dir" "$gone" 2>/dev/null || gone=$dir
rm -rf "$gone" 2>/dev/null
