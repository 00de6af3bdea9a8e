# shellcheck shell=bash
# MariaDB 10.11, mysql_native_password, plain TCP.

MARIADB_PASSWORD=Amber-Quarry-88

record_mariadb_native_accepted() {
  mariadb_start
  mariadb_account app "$MARIADB_PASSWORD"
  capture_begin "$SAMPLES/mariadb-native-accepted.pcap" "tcp port $MARIADB_PORT"
  accepted login "$MARIADB_PORT" app "$MARIADB_PASSWORD" mariadb_cli
  capture_end
}

record_mariadb_native_refused() {
  mariadb_start
  mariadb_account app "$MARIADB_PASSWORD"
  capture_begin "$SAMPLES/mariadb-native-refused.pcap" "tcp port $MARIADB_PORT"
  refused login "$MARIADB_PORT" app Cobalt-Meadow-31 pymysql current
  capture_end
}

# The anonymous account for localhost is more exact than app@'%', so the server takes it
# and its (other) password.
record_right_password_rejected() {
  mariadb_start
  mariadb_account app "$MARIADB_PASSWORD"
  mariadb_sql "CREATE USER ''@'localhost' IDENTIFIED BY 'Walnut-Ferry-06'"
  capture_begin "$SAMPLES/right-password-rejected.pcap" "tcp port $MARIADB_PORT"
  refused login "$MARIADB_PORT" app "$MARIADB_PASSWORD" pymysql current
  capture_end
  mariadb_sql "DROP USER ''@'localhost'"
}

# 1049 is for those who may see every database; the others get 1044.
record_unknown_database() {
  mariadb_start
  mariadb_account app "$MARIADB_PASSWORD"
  mariadb_sql "GRANT ALL ON *.* TO app@'%'"
  capture_begin "$SAMPLES/unknown-database.pcap" "tcp port $MARIADB_PORT"
  LOGIN_DATABASE=no_such_schema refused login "$MARIADB_PORT" app "$MARIADB_PASSWORD" pymysql current
  capture_end
}

# Two clients read the password with the line ending of its file: from MariaDB, and
# (in password-file-trailing-newline-sha2) from the proxy.
record_password_file_trailing_newline() {
  mariadb_start
  mariadb_account report Saffron-Bridge-55
  printf 'Saffron-Bridge-55\n' >"$RUN/password.txt"
  capture_begin "$SAMPLES/password-file-trailing-newline.pcap" "tcp port $MARIADB_PORT"
  refused login "$MARIADB_PORT" report - pymysql current --password-file "$RUN/password.txt"
  capture_end
}

record_password_file_trailing_newline_sha2() {
  printf 'Saffron-Bridge-55\n' >"$RUN/password.txt"
  eager_proxy Saffron-Bridge-55 --seed 201
  capture_begin "$SAMPLES/password-file-trailing-newline-sha2.pcap" "tcp port $PROXY_PORT"
  refused login "$PROXY_PORT" report - pymysql current --password-file "$RUN/password.txt"
  capture_end
}

# The relay makes the server switch; this old client then hashes the terminator and sends one, too.
record_pymysql_0_7_11_native_switch() {
  mariadb_start
  mariadb_account app "$MARIADB_PASSWORD"
  greeting_relay "$MARIADB_PORT" --greet caching_sha2_password
  capture_begin "$SAMPLES/pymysql-0.7.11-native-switch.pcap" "tcp port $RELAY_PORT"
  refused login "$RELAY_PORT" app "$MARIADB_PASSWORD" pymysql 0.7.11
  capture_end
}

sample mariadb-native-accepted record_mariadb_native_accepted
sample mariadb-native-refused record_mariadb_native_refused
sample right-password-rejected record_right_password_rejected
record_database_denied() {
  mariadb_start
  mariadb_account app "$MARIADB_PASSWORD"
  capture_begin "$SAMPLES/database-denied.pcap" "tcp port $MARIADB_PORT"
  LOGIN_DATABASE=no_such_schema refused login "$MARIADB_PORT" app "$MARIADB_PASSWORD" pymysql current
  capture_end
}

sample unknown-database record_unknown_database
sample database-denied record_database_denied
sample password-file-trailing-newline record_password_file_trailing_newline
sample password-file-trailing-newline-sha2 record_password_file_trailing_newline_sha2
sample pymysql-0.7.11-native-switch record_pymysql_0_7_11_native_switch
