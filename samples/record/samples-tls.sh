# shellcheck shell=bash
# Logins inside TLS, each with its key log beside the capture: versions, suites, resumption, keys
# inside the capture, another session's keys, refused handshakes, TLS from the first byte.

TLS_PASSWORD=Linden-Harbour-58
TLS_WRONG=Plum-Causeway-13
TLS_FIRST_PORT=23330

# with_keys NAME accepted|refused COMMAND…: runs a client which writes its keys to NAME.keylog.
with_keys() {
  local name=$1
  shift
  SSLKEYLOGFILE="$SAMPLES/$name.keylog" "$@"
}

# record_with_keys NAME PORT COMMAND…: captures while with_keys runs the command.
record_with_keys() {
  local name=$1 port=$2
  shift 2
  rm -f "$SAMPLES/$name.keylog"
  capture_begin "$SAMPLES/$name.pcap" "tcp port $port"
  with_keys "$name" "$@"
  capture_end
}

# tls_proxy SEED OPTION…: the proxy with TLS.
tls_proxy() {
  local seed=$1
  shift
  certificate
  eager_proxy "$TLS_PASSWORD" --seed "$seed" --tls "$RUN/cert.pem" "$RUN/key.pem" "$@"
}

# through_tls_proxy NAME SEED VERSION accepted|refused CLIENT…: PyMySQL with the right password.
through_tls_proxy() {
  local name=$1 seed=$2 version=$3 ending=$4
  shift 4
  tls_proxy "$seed" --tls-only "$version"
  record_with_keys "$name" "$PROXY_PORT" "$ending" login "$PROXY_PORT" app "$TLS_PASSWORD" "$@" --tls
}

# wrong_through_tls_proxy NAME SEED VERSION: a right client, a wrong password.
wrong_through_tls_proxy() {
  tls_proxy "$2" --tls-only "$3"
  record_with_keys "$1" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_WRONG" pymysql current --tls
}

# suite NAME SEED VERSION SUITE [CLIENT-OPTION…]: TLS up to 1.2. Versions before 1.2 need security
# level 0: their signatures are SHA-1.
suite() {
  local name=$1 seed=$2 version=$3 list="$4:@SECLEVEL=0"
  shift 4
  tls_proxy "$seed" --tls-only "$version" --ciphers "$list"
  record_with_keys "$name" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls \
    --tls-version "$version" --ciphers "$list" "$@"
}

# suite_ecdsa NAME SEED SUITE: the same with TLS 1.2 and a certificate with an elliptic key.
suite_ecdsa() {
  [ -e "$RUN/ec-cert.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj /CN=localhost -keyout "$RUN/ec-key.pem" -out "$RUN/ec-cert.pem" 2>/dev/null
  eager_proxy "$TLS_PASSWORD" --seed "$2" --tls "$RUN/ec-cert.pem" "$RUN/ec-key.pem" --tls-only TLSv1_2 --ciphers "$3"
  record_with_keys "$1" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls --ciphers "$3"
}

# suite_1_3 NAME SEED SUITE: TLS 1.3. Python's ssl cannot choose its suites, OpenSSL's configuration can.
suite_1_3() {
  printf '%s\n' 'openssl_conf = init' '[init]' 'ssl_conf = ssl' '[ssl]' 'system_default = tls' '[tls]' "Ciphersuites = $3" >"$RUN/suite.cnf"
  OPENSSL_CONF="$RUN/suite.cnf" tls_proxy "$2" --tls-only TLSv1_3
  OPENSSL_CONF="$RUN/suite.cnf" record_with_keys "$1" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls
}

# resumed NAME SEED VERSION [SERVER-OPTION…]: two connections, the second with the session of the first.
resumed() {
  local name=$1 seed=$2 version=$3
  shift 3
  tls_proxy "$seed" --tls-only "$version" "$@"
  record_with_keys "$name" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls --resume
  [ "$(grep '^TLS:' "$RUN/clients.log" | tail -n 2 | grep -c ' resumed$')" = 1 ] || fail "no session was resumed"
}

# The keys inside the capture, before the packets (as editcap puts them) or behind them.
keys_inside() { # NAME SEED before|behind
  local name=$1
  tls_proxy "$2" --tls-only TLSv1_3
  rm -f "$RUN/inside.keylog"
  capture_begin "$RUN/whole.pcap" "tcp port $PROXY_PORT"
  SSLKEYLOGFILE="$RUN/inside.keylog" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls
  SSLKEYLOGFILE="$RUN/inside.keylog" accepted login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql current --tls
  capture_end
  editcap -F pcapng --inject-secrets "tls,$RUN/inside.keylog" "$RUN/whole.pcap" "$SAMPLES/$name.pcapng"
  [ "$3" = before ] || python3 "$RECORD/secrets_behind.py" "$SAMPLES/$name.pcapng"
}

# The key log is that of other connections: one with each version.
record_keys_of_another_session() {
  local name=keys-of-another-session
  tls_proxy 541
  record_with_keys "$name" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls
  rm "$SAMPLES/$name.keylog"
  with_keys "$name" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls
  with_keys "$name" refused login "$PROXY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls --tls-version TLSv1_2
}

# The client does not trust the proxy's self-made certificate.
certificate_refused() { # NAME SEED VERSION CLIENT…
  local name=$1 seed=$2 version=$3
  shift 3
  tls_proxy "$seed" --tls-only "$version"
  record_with_keys "$name" "$PROXY_PORT" refused login "$PROXY_PORT" app "$TLS_PASSWORD" "$@"
  grep -q '^[A-Z]' "$SAMPLES/$name.keylog" || rm "$SAMPLES/$name.keylog"
}

# MySQL 9 wants TLS 1.2 at least.
record_tls_version_refused() {
  mysql9_start
  mysql9_account app "$TLS_PASSWORD"
  capture_begin "$SAMPLES/tls-version-refused.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$TLS_PASSWORD" pymysql current --tls --tls-version TLSv1_1 --ciphers 'ALL:@SECLEVEL=0'
  capture_end
}

# The server's cache knows the account: a first login before the capture.
record_mysql_9_fast_tls() {
  mysql9_start
  mysql9_account app "$TLS_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$TLS_PASSWORD" pymysql current --tls
  record_with_keys mysql-9-fast-tls "$MYSQL9_PORT" accepted login "$MYSQL9_PORT" app "$TLS_PASSWORD" pymysql current --tls
}

# The scramble is wrong, so the server asks for full authentication and reads the wrong password itself.
record_mysql_9_wrong_password_tls() {
  mysql9_start
  mysql9_account app "$TLS_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$TLS_PASSWORD" pymysql current --tls
  record_with_keys mysql-9-wrong-password-tls "$MYSQL9_PORT" refused login "$MYSQL9_PORT" app "$TLS_WRONG" pymysql current --tls
}

# The faulty client is let in: its scramble fails, full authentication inside TLS helps it.
record_pymysql_1_1_1_mysql_9_tls() {
  mysql9_start
  mysql9_account app "$TLS_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$TLS_PASSWORD" pymysql current --tls
  greeting_relay "$MYSQL9_PORT"
  record_with_keys pymysql-1.1.1-mysql-9-tls "$RELAY_PORT" accepted login "$RELAY_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls
}

# sha256_password has no scramble: inside TLS the password itself crosses.
record_sha256_password_tls() {
  mysql9_start
  mysql9_account report "$TLS_PASSWORD" sha256_password
  record_with_keys sha256-password-tls "$MYSQL9_PORT" accepted login "$MYSQL9_PORT" report "$TLS_PASSWORD" pymysql current --tls
}

# mariadb_with_tls: MariaDB 10.11 has no certificate of its own.
mariadb_with_tls() {
  certificate
  server_stop mariadb
  mariadb_start --ssl-cert="$RUN/cert.pem" --ssl-key="$RUN/key.pem"
  mariadb_account app "$TLS_PASSWORD"
}

record_mariadb_native_tls() {
  mariadb_with_tls
  record_with_keys mariadb-native-tls "$MARIADB_PORT" accepted login "$MARIADB_PORT" app "$TLS_PASSWORD" pymysql current --tls
  server_stop mariadb
}

record_mariadb_wrong_password_tls() {
  mariadb_with_tls
  record_with_keys mariadb-wrong-password-tls "$MARIADB_PORT" refused login "$MARIADB_PORT" app "$TLS_WRONG" pymysql current --tls
  server_stop mariadb
}

# MariaDB 11.8 makes itself a certificate.
record_mariadb_ed25519_tls() {
  mariadb11_start
  mariadb11_account report "$TLS_PASSWORD" ed25519
  record_with_keys mariadb-ed25519-tls "$MARIADB11_PORT" accepted login "$MARIADB11_PORT" report "$TLS_PASSWORD" pymysql current --tls
}

# An old server whose yaSSL knows no more than TLS 1.0. Its Diffie-Hellman group has 512 bits, which
# OpenSSL 3 takes at no security level, so RSA key exchange it is.
record_mysql_5_6_tls_1_0() {
  certificate
  openssl rsa -traditional -in "$RUN/key.pem" -out "$RUN/key-pkcs1.pem" 2>/dev/null
  server_stop mysql56
  mysql56_start --ssl-ca="$RUN/cert.pem" --ssl-cert="$RUN/cert.pem" --ssl-key="$RUN/key-pkcs1.pem"
  mysql56_native_account app "$TLS_PASSWORD"
  record_with_keys mysql-5.6-tls-1.0 "$MYSQL56_PORT" accepted login "$MYSQL56_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls \
    --tls-version TLSv1 --ciphers AES256-SHA:@SECLEVEL=0 --old-server
  server_stop mysql56
  install -m 644 "$RUN/key.pem" "$SAMPLES/mysql-5.6-tls-1.0.pem"
}

# Left to choose, server and client agree on Diffie-Hellman, and the client finds the group too small.
record_tls_dh_refused() {
  certificate
  openssl rsa -traditional -in "$RUN/key.pem" -out "$RUN/key-pkcs1.pem" 2>/dev/null
  server_stop mysql56
  mysql56_start --ssl-ca="$RUN/cert.pem" --ssl-cert="$RUN/cert.pem" --ssl-key="$RUN/key-pkcs1.pem"
  mysql56_native_account app "$TLS_PASSWORD"
  capture_begin "$SAMPLES/tls-1.0-dh-group-refused.pcap" "tcp port $MYSQL56_PORT"
  refused login "$MYSQL56_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls --tls-version TLSv1 --ciphers ALL:@SECLEVEL=0 --old-server
  capture_end
  server_stop mysql56
}

# tls_in_front PORT: TLS from the first byte on TLS_FIRST_PORT, what is inside goes on to the port.
tls_in_front() {
  certificate
  helper "$TLS_FIRST_PORT" socat "openssl-listen:$TLS_FIRST_PORT,bind=127.0.0.1,reuseaddr,fork,verify=0,cert=$RUN/cert.pem,key=$RUN/key.pem" \
    "tcp:127.0.0.1:$1"
}

record_tls_first_mariadb() {
  mariadb_start
  mariadb_account app "$TLS_PASSWORD"
  tls_in_front "$MARIADB_PORT"
  record_with_keys tls-from-first-byte "$TLS_FIRST_PORT" accepted login "$TLS_FIRST_PORT" app "$TLS_PASSWORD" pymysql current --tls-first
}

record_tls_first_proxy() {
  eager_proxy "$TLS_PASSWORD" --seed 551
  tls_in_front "$PROXY_PORT"
  record_with_keys tls-from-first-byte-1.2 "$TLS_FIRST_PORT" refused login "$TLS_FIRST_PORT" app "$TLS_PASSWORD" pymysql 1.1.1 --tls-first \
    --tls-version TLSv1_2
}

sample pymysql-1.1.1-tls-1.3   through_tls_proxy pymysql-1.1.1-tls-1.3   501 TLSv1_3 refused  pymysql 1.1.1
sample pymysql-current-tls-1.3 through_tls_proxy pymysql-current-tls-1.3 502 TLSv1_3 accepted pymysql current
sample pymysql-1.1.1-tls-1.2   through_tls_proxy pymysql-1.1.1-tls-1.2   503 TLSv1_2 refused  pymysql 1.1.1
sample pymysql-current-tls-1.2 through_tls_proxy pymysql-current-tls-1.2 504 TLSv1_2 accepted pymysql current
sample tls-1.3-wrong-password wrong_through_tls_proxy tls-1.3-wrong-password 505 TLSv1_3
sample tls-1.2-wrong-password wrong_through_tls_proxy tls-1.2-wrong-password 506 TLSv1_2

sample tls-1.3-aes-128-gcm suite_1_3 tls-1.3-aes-128-gcm 511 TLS_AES_128_GCM_SHA256
sample tls-1.3-chacha20    suite_1_3 tls-1.3-chacha20    512 TLS_CHACHA20_POLY1305_SHA256
sample tls-1.3-ccm         suite_1_3 tls-1.3-ccm         513 TLS_AES_128_CCM_SHA256
sample tls-1.3-ccm-8       suite_1_3 tls-1.3-ccm-8       514 TLS_AES_128_CCM_8_SHA256
sample tls-1.2-aes-128-gcm suite tls-1.2-aes-128-gcm 515 TLSv1_2 ECDHE-RSA-AES128-GCM-SHA256
sample tls-1.2-chacha20    suite tls-1.2-chacha20    516 TLSv1_2 ECDHE-RSA-CHACHA20-POLY1305
sample tls-1.2-ccm         suite_ecdsa tls-1.2-ccm   517 ECDHE-ECDSA-AES128-CCM
sample tls-1.2-ccm-8       suite_ecdsa tls-1.2-ccm-8 518 ECDHE-ECDSA-AES256-CCM8
sample tls-1.2-cbc-sha1                      suite tls-1.2-cbc-sha1                      521 TLSv1_2 ECDHE-RSA-AES128-SHA
sample tls-1.2-cbc-sha1-mac-then-encrypt     suite tls-1.2-cbc-sha1-mac-then-encrypt     522 TLSv1_2 ECDHE-RSA-AES128-SHA --mac-then-encrypt
sample tls-1.2-cbc-sha256                    suite tls-1.2-cbc-sha256                    523 TLSv1_2 AES256-SHA256
sample tls-1.2-cbc-sha256-mac-then-encrypt   suite tls-1.2-cbc-sha256-mac-then-encrypt   524 TLSv1_2 AES256-SHA256 --mac-then-encrypt
sample tls-1.2-cbc-sha384                    suite tls-1.2-cbc-sha384                    525 TLSv1_2 ECDHE-RSA-AES256-SHA384
sample tls-1.2-cbc-sha384-mac-then-encrypt   suite tls-1.2-cbc-sha384-mac-then-encrypt   526 TLSv1_2 ECDHE-RSA-AES256-SHA384 --mac-then-encrypt
sample tls-1.1                  suite tls-1.1                  527 TLSv1_1 ECDHE-RSA-AES128-SHA
sample tls-1.1-mac-then-encrypt suite tls-1.1-mac-then-encrypt 528 TLSv1_1 ECDHE-RSA-AES256-SHA --mac-then-encrypt
sample tls-1.0                  suite tls-1.0                  529 TLSv1 ECDHE-RSA-AES128-SHA
sample tls-1.0-mac-then-encrypt suite tls-1.0-mac-then-encrypt 530 TLSv1 ECDHE-RSA-AES256-SHA --mac-then-encrypt

sample tls-1.2-resumed-ticket resumed tls-1.2-resumed-ticket 531 TLSv1_2
sample tls-1.2-resumed-id     resumed tls-1.2-resumed-id     532 TLSv1_2 --no-tickets
sample tls-1.3-resumed        resumed tls-1.3-resumed        533 TLSv1_3

sample keys-in-pcapng        keys_inside keys-in-pcapng        534 before
sample keys-behind-in-pcapng keys_inside keys-behind-in-pcapng 535 behind
sample keys-of-another-session record_keys_of_another_session

sample tls-1.2-certificate-refused    certificate_refused tls-1.2-certificate-refused    542 TLSv1_2 pymysql current --verify
sample tls-1.3-certificate-refused    certificate_refused tls-1.3-certificate-refused    543 TLSv1_3 pymysql current --verify
sample tls-1.3-certificate-refused-go certificate_refused tls-1.3-certificate-refused-go 544 TLSv1_3 go_driver
sample tls-version-refused record_tls_version_refused

sample mysql-9-fast-tls record_mysql_9_fast_tls
sample mysql-9-wrong-password-tls record_mysql_9_wrong_password_tls
sample pymysql-1.1.1-mysql-9-tls record_pymysql_1_1_1_mysql_9_tls
sample sha256-password-tls record_sha256_password_tls
sample mariadb-native-tls record_mariadb_native_tls
sample mariadb-wrong-password-tls record_mariadb_wrong_password_tls
sample mariadb-ed25519-tls record_mariadb_ed25519_tls
sample mysql-5.6-tls-1.0 record_mysql_5_6_tls_1_0
sample tls-1.0-dh-group-refused record_tls_dh_refused
sample tls-from-first-byte record_tls_first_mariadb
sample tls-from-first-byte-1.2 record_tls_first_proxy
