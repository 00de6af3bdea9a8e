# shellcheck shell=bash
# One login that works and one that does not in one capture, for `compare`.

PAIR_PASSWORD=Copper-Lantern-17
PAIR_WRONG=Basalt-Pavilion-23

# tls_and_clear NAME: the same client, account and password, first inside TLS and then in the clear.
tls_and_clear() {
  rm -f "$SAMPLES/$1.keylog"
  capture_begin "$SAMPLES/$1.pcap" "tcp port $MYSQL9_PORT"
  with_keys "$1" accepted login "$MYSQL9_PORT" app "$PAIR_PASSWORD" pymysql 1.1.2 --tls
  refused login "$MYSQL9_PORT" app "$PAIR_PASSWORD" pymysql 1.1.2
  capture_end
}

record_server_demands_tls() {
  mysql9_start
  mysql9_account app "$PAIR_PASSWORD"
  mysql9_sql "SET GLOBAL require_secure_transport = ON"
  tls_and_clear server-demands-tls
  mysql9_sql "SET GLOBAL require_secure_transport = OFF"
}

record_account_demands_tls() {
  mysql9_start
  mysql9_account app "$PAIR_PASSWORD"
  mysql9_sql "ALTER USER app@'%' REQUIRE SSL"
  tls_and_clear account-demands-tls
}

# The wrong password makes the server ask for the password whole, and outside TLS this client leaves then.
record_wrong_password_gives_up() {
  mysql9_start
  mysql9_account app "$PAIR_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$PAIR_PASSWORD" mysql2
  capture_begin "$SAMPLES/wrong-password-gives-up.pcap" "tcp port $MYSQL9_PORT"
  accepted login "$MYSQL9_PORT" app "$PAIR_PASSWORD" mysql_cli --ssl-mode=DISABLED
  refused login "$MYSQL9_PORT" app "$PAIR_WRONG" mysql_cli --ssl-mode=DISABLED
  capture_end
}

# Without name resolution 127.0.0.1 is no localhost, and 127.0.0.2 another host.
record_host_mask() {
  server_stop mysql9
  mysql9_start --skip-name-resolve
  mysql9_account app "$PAIR_PASSWORD"
  mysql9_sql "RENAME USER app@'%' TO app@'127.0.0.2'; DROP USER IF EXISTS other@'%'; CREATE USER other@'%'"
  accepted login "$MYSQL9_PORT" app "$PAIR_PASSWORD" pymysql 1.1.2 --from 127.0.0.2
  capture_begin "$SAMPLES/host-mask.pcap" "tcp port $MYSQL9_PORT"
  accepted login "$MYSQL9_PORT" app "$PAIR_PASSWORD" pymysql 1.1.2 --from 127.0.0.2
  refused login "$MYSQL9_PORT" app "$PAIR_PASSWORD" pymysql 1.1.2 --from 127.0.0.1
  capture_end
  mysql9_sql "DROP USER app@'127.0.0.2', other@'%'"
  server_stop mysql9
}

sample server-demands-tls record_server_demands_tls
sample account-demands-tls record_account_demands_tls
sample wrong-password-gives-up record_wrong_password_gives_up
sample host-mask record_host_mask
