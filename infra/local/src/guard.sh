# Runs "$@" and makes sure that nothing of it outlives whoever started us: our standard input is a pipe that the parent
# holds open and never writes to, so it ends with the parent, however that went (also by SIGKILL).
# We are the leader of a process group of our own; the engine and every function it runs are in it.
exec 3<&0
"$@" </dev/null 3<&- &
engine=$!
(
  cat <&3 >/dev/null
  kill -TERM "$engine" 2>/dev/null
  sleep 2
  kill -KILL 0
) &
exec 3<&-
wait "$engine"
rm -rf "$RUN_FOLDER"
kill -KILL 0
