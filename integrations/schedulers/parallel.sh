#!/bin/bash
# ./parallel.sh plan.ndjson results/ [OPTIONS OF GNU PARALLEL, such as --sshloginfile hosts]
set -euo pipefail
plan=$1
results=$2
shift 2
# The first line is the plan itself.
tasks=$(($(wc -l < "$plan") - 1))
seq 0 $((tasks - 1)) |
    parallel "$@" --jobs 4 --retries 3 --joblog parallel.log \
        unscramble scan --plan "$plan" --task {} -o "$results" --threads 1 --no-progress --quiet
