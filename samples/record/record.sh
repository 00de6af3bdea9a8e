#!/usr/bin/env bash
# Records the samples again: record.sh [NAME…] (all without a NAME), record.sh --list.
# Needs root; README.md beside it says what else.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1

# A host name of its own, since some clients send theirs to the server; and mounts of its own, so
# that the roots' /dev and /proc are gone when this ends.
if [ "${RECORD_UNSHARED:-}" != 1 ]; then
  exec env RECORD_UNSHARED=1 unshare --uts --mount -- bash -c 'hostname lab; exec "$0" "$@"' "${BASH_SOURCE[0]}" "$@"
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
. "$here/clients.sh"

NAMES=()
declare -A HOW

# sample NAME COMMAND…: declares a sample and what records it.
sample() {
  local name=$1
  shift
  NAMES+=("$name")
  HOW[$name]="$*"
}

. "$here/servers.sh"
for file in "$here"/samples-*.sh; do . "$file"; done

if [ "${1:-}" = --list ]; then printf '%s\n' "${NAMES[@]}"; exit 0; fi
[ $# -gt 0 ] || set -- "${NAMES[@]}"

mount_roots
trap 'scenario_end; servers_stop' EXIT
for name in "$@"; do
  [ -n "${HOW[$name]:-}" ] || fail "no such sample: $name (try --list)"
  note "recording $name"
  read -r -a words <<<"${HOW[$name]}"
  "${words[@]}"
  scenario_end
  if [ -e "$SAMPLES/$name.md" ]; then
    python3 "$here/packets.py" "$SAMPLES/$name.md"
    python3 "$here/check.py" "$SAMPLES/$name.md"
  fi
done
