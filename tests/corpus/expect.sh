#!/bin/sh
# Writes the table that tests/corpus_capture.rs compares with, out of what tshark says of the corpus:
#   UNSCRAMBLE_CORPUS=../shared/captures tests/corpus/expect.sh > tests/corpus/tshark.tsv
# The committed table is of tshark 4.0.17. A capture that tshark refuses has no row.
set -eu
cd "$UNSCRAMBLE_CORPUS"
printf 'file\tframes\tfirst\tlast\twire\tcaptured\tsegments\tpayload\n'
find . -name '*.pcap' -o -name '*.pcapng' | LC_ALL=C sort | while read -r file; do
    # Fragments are put together, by default. encap_type is missing on frames that are
    # no packet: they count as frames and have nothing else that is compared.
    rows=$(tshark -n -r "$file" -T fields -E occurrence=f \
        -e frame.number -e frame.encap_type -e frame.time_epoch -e frame.len -e frame.cap_len \
        -e tcp.stream -e tcp.len 2>/dev/null) || continue
    printf '%s\n' "$rows" | awk -F '\t' -v file="${file#./}" '
        $1 != "" { frames = $1 }
        $1 != "" && ($2 != "") {
            if ($3 != "") { if (first == "") first = $3; last = $3 }
            wire += $4; captured += $5
            if ($6 != "") { segments++; payload += $7 }
        }
        END { printf "%s\t%d\t%s\t%s\t%d\t%d\t%d\t%d\n", file, frames, first, last, wire, captured, segments, payload }'
done
