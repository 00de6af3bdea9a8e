# shellcheck shell=bash
# Servers which refuse for another reason than the password.

REFUSAL_PASSWORD=Basalt-Pavilion-23

# too_many_connections NAME HELD: the server is full. MariaDB lets one more in than it should, for an
# administrator, and finds out after authentication that it is none; the next gets no greeting.
too_many_connections() {
  mariadb_start
  mariadb_account app "$REFUSAL_PASSWORD"
  mariadb_sql "SET GLOBAL max_connections = 10"
  rm -f "$RUN/hold.log"
  python3 "$RECORD/clients/hold_connections.py" "$MARIADB_PORT" "$2" >"$RUN/hold.log" &
  HELPERS+=("$!")
  until grep -qs holding "$RUN/hold.log"; do sleep 0.1; done
  capture_begin "$SAMPLES/$1.pcap" "tcp port $MARIADB_PORT"
  refused login "$MARIADB_PORT" app "$REFUSAL_PASSWORD" mariadb_cli
  capture_end
  scenario_end
  sleep 0.5
  mariadb_sql "SET GLOBAL max_connections = DEFAULT"
}

# No account at all may come from 127.0.0.1, which without name resolution is not localhost.
record_host_not_allowed() {
  server_stop mysql9
  mysql9_start --skip-name-resolve
  mysql9_sql "DROP USER IF EXISTS app@'%', report@'%', legacy@'%'; FLUSH PRIVILEGES"
  capture_begin "$SAMPLES/host-not-allowed.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$REFUSAL_PASSWORD" mysql_cli --ssl-mode=DISABLED
  capture_end
  server_stop mysql9
}

record_password_expired() {
  mysql9_start
  mysql9_account app "$REFUSAL_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$REFUSAL_PASSWORD" mysql2
  mysql9_sql "ALTER USER app@'%' PASSWORD EXPIRE"
  capture_begin "$SAMPLES/password-expired.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$REFUSAL_PASSWORD" mysql2
  capture_end
}

record_account_locked() {
  mysql9_start
  mysql9_account app "$REFUSAL_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$REFUSAL_PASSWORD" mysql2
  mysql9_sql "ALTER USER app@'%' ACCOUNT LOCK"
  capture_begin "$SAMPLES/account-locked.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$REFUSAL_PASSWORD" mysql2
  capture_end
}

sample too-many-connections too_many_connections too-many-connections 11
sample too-many-connections-late too_many_connections too-many-connections-late 10
sample host-not-allowed record_host_not_allowed
sample password-expired record_password_expired
sample account-locked record_account_locked
