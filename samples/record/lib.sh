# shellcheck shell=bash
# Helpers of record.sh: start something and wait until it listens, capture, clean up.
# Sourced, never run.

LAB=${LAB:-/tmp/lab}
RECORD=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SAMPLES=${SAMPLES:-$(dirname "$RECORD")}
RUN="$LAB/run"
PROXY_PORT=23306
RELAY_PORT=23307

mkdir -p "$RUN"

# Processes of the scenario that runs now; scenario_end stops them. Long-lived
# database servers are kept apart (servers.sh).
HELPERS=()
CAPTURE_PID=

note() { printf '%s\n' "$*" >&2; }
fail() { note "record: $*"; exit 1; }

# wait_listening PORT: until some process listens there (asks the kernel, makes no connection).
wait_listening() {
  local port=$1 _
  for _ in $(seq 1 600); do
    if ss -Hltn "sport = :$port" | grep -q .; then return 0; fi
    sleep 0.1
  done
  fail "nothing listens on port $port"
}

# helper PORT COMMAND…: starts a server for this scenario only.
helper() {
  local port=$1
  shift
  "$@" >>"$RUN/helpers.log" 2>&1 &
  HELPERS+=("$!")
  wait_listening "$port"
}

# eager_proxy PASSWORD [OPTION…]: the RDS-Proxy-like server on PROXY_PORT.
eager_proxy() {
  helper "$PROXY_PORT" python3 "$RECORD/eager_proxy.py" "$PROXY_PORT" "$@"
}

# capture_begin FILE FILTER [INTERFACE]: returns when packets are really being recorded.
capture_begin() {
  local file=$1 filter=$2 interface=${3:-lo} log="$RUN/tcpdump.log" _
  rm -f "$log"
  tcpdump -B 4096 -i "$interface" --immediate-mode -U -s 0 -Z root -w "$file" "$filter" 2>"$log" &
  CAPTURE_PID=$!
  for _ in $(seq 1 100); do
    if grep -qs 'listening on' "$log"; then return 0; fi
    sleep 0.05
  done
  fail "tcpdump does not start: $(cat "$log")"
}

# capture_end: lets the last FIN and ACK arrive, then closes the file. A packet the kernel
# dropped spoils the sample.
capture_end() {
  sleep 0.4
  kill -INT "$CAPTURE_PID"
  wait "$CAPTURE_PID" || true
  CAPTURE_PID=
  if grep -qsE '^[1-9][0-9]* packets? dropped' "$RUN/tcpdump.log"; then fail "packets were dropped, record it again"; fi
}

# accepted COMMAND… / refused COMMAND…: the login has to end this way, or the sample is no good.
accepted() { "$@" >>"$RUN/clients.log" 2>&1 || fail "was refused: $* (see $RUN/clients.log)"; }
refused() { if "$@" >>"$RUN/clients.log" 2>&1; then fail "was let in: $*"; fi; }

# scenario_end: stops what the scenario started.
scenario_end() {
  local pid
  if [ -n "$CAPTURE_PID" ]; then kill -INT "$CAPTURE_PID" 2>/dev/null || true; CAPTURE_PID=; fi
  for pid in "${HELPERS[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  HELPERS=()
}

# greeting_relay SERVER_PORT [OPTION…]: on RELAY_PORT, to a server on this machine.
greeting_relay() {
  helper "$RELAY_PORT" python3 "$RECORD/greeting_relay.py" "$RELAY_PORT" "$@"
}
