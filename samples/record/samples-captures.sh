# shellcheck shell=bash
# What a capture can be like: link types, formats, address families, pieces, TLS, no MySQL at all.

FORMS_PASSWORD=Indigo-Kettle-63

# Any interface: link type LINUX_SLL2.
record_sll2_any() {
  eager_proxy "$FORMS_PASSWORD" --seed 301
  capture_begin "$SAMPLES/sll2-any.pcap" "tcp port $PROXY_PORT" any
  refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1
  capture_end
}

record_ipv6() {
  eager_proxy "$FORMS_PASSWORD" --seed 302 --bind ::1
  capture_begin "$SAMPLES/ipv6.pcap" "tcp port $PROXY_PORT"
  LOGIN_HOST=::1 refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1
  capture_end
}

# dumpcap writes pcapng.
record_pcapng() {
  local log="$RUN/dumpcap.log" _
  eager_proxy "$FORMS_PASSWORD" --seed 303
  rm -f "$log" "$RUN/tcpdump.log"
  dumpcap -q -i lo -f "tcp port $PROXY_PORT" -w "$SAMPLES/pcapng.pcapng" 2>"$log" &
  # shellcheck disable=SC2034  # capture_end reads it
  CAPTURE_PID=$!
  for _ in $(seq 1 100); do
    if grep -qs '^File:' "$log"; then break; fi
    sleep 0.1
  done
  sleep 0.5
  refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1
  accepted login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql current
  sleep 1
  capture_end
  chmod 644 "$SAMPLES/pcapng.pcapng"
}

# Two clients at the same time, each waiting before every packet it sends, the second
# half a wait behind the first.
record_interleaved() {
  local start faulty
  eager_proxy "$FORMS_PASSWORD" --seed 304
  capture_begin "$SAMPLES/interleaved.pcap" "tcp port $PROXY_PORT"
  start=$(($(date +%s) + 2))
  refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1 --start-at "$start" --pause 0.2 &
  faulty=$!
  accepted login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql current --start-at "$start.1" --pause 0.2
  wait "$faulty"
  capture_end
}

# A recording without its first packets: handshake, greeting and login are missing, the
# switch and its answer are there.
record_mid_stream() {
  eager_proxy "$FORMS_PASSWORD" --seed 305
  capture_begin "$RUN/whole.pcap" "tcp port $PROXY_PORT"
  refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1
  capture_end
  from_message "$RUN/whole.pcap" "$SAMPLES/mid-stream.pcap" switch
}

# A recording which lost the packet with the switch: a hole in the server's bytes.
record_lost_switch() {
  local lost
  eager_proxy "$FORMS_PASSWORD" --seed 310
  capture_begin "$RUN/whole.pcap" "tcp port $PROXY_PORT"
  refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1
  capture_end
  lost=$(python3 "$RECORD/packets.py" --first switch "$RUN/whole.pcap")
  editcap -F pcap "$RUN/whole.pcap" "$SAMPLES/lost-switch.pcap" "$lost"
}

# Begins after the OK of the login: only statements.
record_mid_stream_after_login() {
  eager_proxy "$FORMS_PASSWORD" --seed 306
  capture_begin "$RUN/whole.pcap" "tcp port $PROXY_PORT"
  accepted login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql current
  capture_end
  from_message "$RUN/whole.pcap" "$SAMPLES/mid-stream-after-login.pcap" COM_QUERY
}

# from_message WHOLE PART LABEL: the packets from the first message so labelled on.
from_message() {
  local first
  first=$(python3 "$RECORD/packets.py" --first "$3" "$1")
  editcap -F pcap -r "$1" "$2" "$first-1000000"
}

# over_tls NAME SEED VERSION: PyMySQL 1.1.1 over TLS, its secrets beside the capture.
over_tls() {
  local name=$1 seed=$2 version=$3
  certificate
  rm -f "$SAMPLES/$name.keylog"
  eager_proxy "$FORMS_PASSWORD" --seed "$seed" --tls "$RUN/cert.pem" "$RUN/key.pem" --tls-only "$version"
  capture_begin "$SAMPLES/$name.pcap" "tcp port $PROXY_PORT"
  SSLKEYLOGFILE="$SAMPLES/$name.keylog" refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1 --tls
  capture_end
}

# Key exchange by RSA: the certificate's key alone decrypts it.
record_tls_1_2_rsa_key_exchange() {
  local name=tls-1.2-rsa-key-exchange suite=AES256-GCM-SHA384
  certificate
  eager_proxy "$FORMS_PASSWORD" --seed 309 --tls "$RUN/cert.pem" "$RUN/key.pem" --tls-only TLSv1_2 --ciphers "$suite"
  capture_begin "$SAMPLES/$name.pcap" "tcp port $PROXY_PORT"
  refused login "$PROXY_PORT" app "$FORMS_PASSWORD" pymysql 1.1.1 --tls --ciphers "$suite"
  capture_end
  install -m 644 "$RUN/key.pem" "$SAMPLES/$name.pem"
}

# certificate: a self-made one, RSA 2048, made once.
certificate() {
  [ -e "$RUN/cert.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
    -keyout "$RUN/key.pem" -out "$RUN/cert.pem" 2>/dev/null
}

record_http_only() {
  local port=23380
  mkdir -p "$RUN/www"
  printf 'Nothing of MySQL here.\n' >"$RUN/www/index.html"
  helper "$port" python3 -m http.server --bind 127.0.0.1 --directory "$RUN/www" "$port"
  capture_begin "$SAMPLES/http-only.pcap" "tcp port $port"
  accepted python3 "$RECORD/clients/http_get.py" "$port" /index.html
  accepted python3 "$RECORD/clients/http_get.py" "$port" /missing
  capture_end
}

sample sll2-any record_sll2_any
sample ipv6 record_ipv6
sample pcapng record_pcapng
sample interleaved record_interleaved
sample mid-stream record_mid_stream
sample mid-stream-after-login record_mid_stream_after_login
sample lost-switch record_lost_switch
sample tls-not-decrypted over_tls tls-not-decrypted 307 TLSv1_3
sample tls-1.2-not-decrypted over_tls tls-1.2-not-decrypted 308 TLSv1_2
sample tls-1.2-rsa-key-exchange record_tls_1_2_rsa_key_exchange
sample http-only record_http_only
