# shellcheck shell=bash
# The other authentication plugins.

ED25519_PASSWORD=Heron-Terrace-29

record_ed25519() {
  mariadb_start
  mariadb_account report "$ED25519_PASSWORD" ed25519
  capture_begin "$SAMPLES/ed25519.pcap" "tcp port $MARIADB_PORT"
  accepted login "$MARIADB_PORT" report "$ED25519_PASSWORD" mariadb_cli
  accepted login "$MARIADB_PORT" report "$ED25519_PASSWORD" pymysql current
  refused login "$MARIADB_PORT" report Plum-Causeway-13 pymysql current
  capture_end
}

PARSEC_PASSWORD=Juniper-Canal-74

record_parsec() {
  mariadb11_start
  mariadb11_account report "$PARSEC_PASSWORD" parsec
  capture_begin "$SAMPLES/parsec.pcap" "tcp port $MARIADB11_PORT"
  accepted login "$MARIADB11_PORT" report "$PARSEC_PASSWORD" mariadb11_cli
  refused login "$MARIADB11_PORT" report Plum-Causeway-13 mariadb11_cli
  capture_end
}

OLD_PASSWORD=Walrus-Ledger-67

# npm's mysql does not know plugins: the server asks with the bare 0xFE.
record_old_password() {
  mysql56_start
  mysql56_old_account app "$OLD_PASSWORD"
  capture_begin "$SAMPLES/old-password.pcap" "tcp port $MYSQL56_PORT"
  accepted login "$MYSQL56_PORT" app "$OLD_PASSWORD" npm_mysql insecure-auth
  refused login "$MYSQL56_PORT" app Plum-Causeway-13 npm_mysql insecure-auth
  capture_end
}

# A client which knows plugins is asked by the plugin's name.
record_old_password_switch() {
  mysql56_start
  mysql56_old_account app "$OLD_PASSWORD"
  capture_begin "$SAMPLES/old-password-switch.pcap" "tcp port $MYSQL56_PORT"
  accepted login "$MYSQL56_PORT" app "$OLD_PASSWORD" mariadb_cli --skip-secure-auth
  capture_end
}

# The protocol before 4.1: the relay takes PROTOCOL_41 out of the server's greeting.
record_old_password_320() {
  mysql56_start
  mysql56_old_account app "$OLD_PASSWORD"
  greeting_relay "$MYSQL56_PORT" --without-flags 0x200
  capture_begin "$SAMPLES/old-password-320.pcap" "tcp port $RELAY_PORT"
  accepted login "$RELAY_PORT" app "$OLD_PASSWORD" npm_mysql insecure-auth protocol-40
  capture_end
}

# Before 4.1 the OK has three bytes, and five for a client that says TRANSACTIONS: of both servers that still
# speak it. An ERR has no SQL state.
record_old_protocol() {
  mysql56_start
  mysql56_old_account app "$OLD_PASSWORD"
  mariadb_start
  mariadb_sql "SET GLOBAL secure_auth = 0; DROP USER IF EXISTS app@'%'; CREATE USER app@'%' IDENTIFIED VIA mysql_old_password
    USING '$(mariadb --no-defaults --socket="$LAB/mariadb/lab.sock" --user=root -BN --execute="SELECT OLD_PASSWORD('$OLD_PASSWORD')")'"
  capture_begin "$SAMPLES/old-protocol.pcap" "tcp port $MYSQL56_PORT or tcp port $MARIADB_PORT"
  local port
  for port in "$MYSQL56_PORT" "$MARIADB_PORT"; do
    accepted login "$port" app "$OLD_PASSWORD" raw_client old
    accepted login "$port" app "$OLD_PASSWORD" raw_client old transactions
    refused login "$port" app Plum-Causeway-13 raw_client old
  done
  capture_end
  mariadb_sql "SET GLOBAL secure_auth = 1; DROP USER app@'%'"
}

# A client library whose plugin's file is not installed: it answers with nothing, twice.
record_parsec_plugin_missing() {
  mariadb11_start
  mariadb11_account report "$PARSEC_PASSWORD" parsec
  capture_begin "$SAMPLES/parsec-plugin-missing.pcap" "tcp port $MARIADB11_PORT"
  refused login "$MARIADB11_PORT" report "$PARSEC_PASSWORD" mariadb_cli
  capture_end
}

# Ways to send the password at full authentication that a server refuses; the account anew each time, so that the
# server knows nothing of it.
FULL_AUTH_PASSWORD=Lantern-Quarry-36

# full_auth NAME HOW…
full_auth() {
  local name=$1 how
  shift
  for how in "$@"; do
    mysql9_account app "$FULL_AUTH_PASSWORD"
    SSLKEYLOGFILE="$SAMPLES/$name.keylog" refused login "$MYSQL9_PORT" app "$FULL_AUTH_PASSWORD" raw_client full-auth $how
  done
}

record_full_auth_wrong_form() {
  mysql9_start
  capture_begin "$SAMPLES/full-auth-wrong-form.pcap" "tcp port $MYSQL9_PORT"
  full_auth full-auth-wrong-form clear clear-after-key rsa-sha256
  capture_end
  mysql9_key full-auth-wrong-form
}

record_full_auth_wrong_form_tls() {
  mysql9_start
  rm -f "$SAMPLES/full-auth-wrong-form-tls.keylog"
  install -m 644 "$MYSQL9_DATA/public_key.pem" "$RUN/public_key.pem"
  capture_begin "$SAMPLES/full-auth-wrong-form-tls.pcap" "tcp port $MYSQL9_PORT"
  full_auth full-auth-wrong-form-tls tls-key "tls-rsa $RUN/public_key.pem" tls-no-nul tls-nul
  capture_end
}

SHA256_PASSWORD=Cinder-Vault-51

record_sha256_password_rsa() {
  mysql9_start
  mysql9_account report "$SHA256_PASSWORD" sha256_password
  capture_begin "$SAMPLES/sha256-password-rsa.pcap" "tcp port $MYSQL9_PORT"
  accepted login "$MYSQL9_PORT" report "$SHA256_PASSWORD" mysql_cli --ssl-mode=DISABLED --get-server-public-key
  capture_end
  mysql9_key sha256-password-rsa
}

# Longer than the salt: the 21st byte of the RSA text shows how the salt was repeated.
LONG_PASSWORD=Granite-Orchard-Window-47

record_caching_sha2_rsa_with_key() {
  mysql9_start
  mysql9_account app "$LONG_PASSWORD"
  greeting_relay "$MYSQL9_PORT"
  capture_begin "$SAMPLES/caching-sha2-rsa-with-key.pcap" "tcp port $RELAY_PORT"
  refused login "$RELAY_PORT" app "$LONG_PASSWORD" pymysql 0.9.3
  capture_end
  mysql9_key caching-sha2-rsa-with-key
}

record_npm_mysql_unsupported_plugin() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  capture_begin "$SAMPLES/npm-mysql-unsupported-plugin.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" npm_mysql
  capture_end
}

# An account left over from before MySQL 9, which has no mysql_native_password any more.
record_native_not_loaded() {
  mysql9_start
  mysql9_account legacy "$MYSQL9_PASSWORD"
  mysql9_sql "UPDATE mysql.user SET plugin = 'mysql_native_password' WHERE User = 'legacy'; FLUSH PRIVILEGES"
  capture_begin "$SAMPLES/native-not-loaded.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" legacy "$MYSQL9_PASSWORD" mysql_cli --ssl-mode=DISABLED --get-server-public-key
  refused login "$MYSQL9_PORT" legacy "$MYSQL9_PASSWORD" pymysql 1.1.1
  capture_end
  mysql9_sql "UPDATE mysql.user SET plugin = 'caching_sha2_password' WHERE User = 'legacy'; FLUSH PRIVILEGES; DROP USER legacy@'%'"
}

CLEAR_PASSWORD=Tundra-Chapel-82

record_clear_password() {
  eager_proxy "$CLEAR_PASSWORD" --seed 401 --switch mysql_clear_password
  capture_begin "$SAMPLES/clear-password.pcap" "tcp port $PROXY_PORT"
  accepted login "$PROXY_PORT" app "$CLEAR_PASSWORD" mysql_cli --ssl-mode=DISABLED --enable-cleartext-plugin
  refused login "$PROXY_PORT" app Plum-Causeway-13 pymysql current
  capture_end
}

# iam_token MINUTES: a token in the form AWS gives them, made that long ago. Key id and
# signature are made up.
iam_token() {
  local made day
  made=$(date -u -d "-$1 minutes" +%Y%m%dT%H%M%SZ)
  day=${made%T*}
  printf 'localhost:%s/?Action=connect&DBUser=app&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAMADEUPMADEUP0001%%2F%s%%2Feu-central-1%%2Frds-db%%2Faws4_request&X-Amz-Date=%s&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=%s' \
    "$PROXY_PORT" "$day" "$made" "$(printf %s "made up $made" | sha256sum | cut -c1-64)"
}

# record_iam_token NAME MINUTES accepted|refused
record_iam_token() {
  local token
  token=$(iam_token "$2")
  if [ "$3" = accepted ]; then eager_proxy "$token" --seed 402 --switch mysql_clear_password
  else eager_proxy another --seed 403 --switch mysql_clear_password; fi
  capture_begin "$SAMPLES/$1.pcap" "tcp port $PROXY_PORT"
  "$3" login "$PROXY_PORT" app "$token" mysql_cli --ssl-mode=DISABLED --enable-cleartext-plugin
  capture_end
}

# Salts as no MySQL server makes them.
UNUSUAL_PASSWORD=Osprey-Mantel-40

record_salt_with_nul_inside() {
  eager_proxy "$UNUSUAL_PASSWORD" --seed 404 --embedded-nul
  capture_begin "$SAMPLES/salt-with-nul-inside.pcap" "tcp port $PROXY_PORT"
  accepted login "$PROXY_PORT" app "$UNUSUAL_PASSWORD" pymysql current
  refused login "$PROXY_PORT" app "$UNUSUAL_PASSWORD" pymysql 1.1.1
  capture_end
}

record_salt_without_terminator() {
  eager_proxy "$UNUSUAL_PASSWORD" --seed 405 --no-nul
  capture_begin "$SAMPLES/salt-without-terminator.pcap" "tcp port $PROXY_PORT"
  accepted login "$PROXY_PORT" app "$UNUSUAL_PASSWORD" pymysql 1.1.1
  capture_end
}

sample ed25519 record_ed25519
sample parsec record_parsec
sample old-password record_old_password
sample old-password-switch record_old_password_switch
sample old-password-320 record_old_password_320
sample old-protocol record_old_protocol
sample parsec-plugin-missing record_parsec_plugin_missing
sample full-auth-wrong-form record_full_auth_wrong_form
sample full-auth-wrong-form-tls record_full_auth_wrong_form_tls
sample sha256-password-rsa record_sha256_password_rsa
sample caching-sha2-rsa-with-key record_caching_sha2_rsa_with_key
sample npm-mysql-unsupported-plugin record_npm_mysql_unsupported_plugin
sample native-not-loaded record_native_not_loaded
sample clear-password record_clear_password
sample iam-token record_iam_token iam-token 2 accepted
sample iam-token-expired record_iam_token iam-token-expired 47 refused
sample salt-with-nul-inside record_salt_with_nul_inside
sample salt-without-terminator record_salt_without_terminator
