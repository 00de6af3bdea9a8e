# shellcheck shell=bash
# COM_CHANGE_USER: a second login on the same connection. And compressed connections, where
# it travels inside compressed frames.

# Both accounts have the same one.
CHANGE_PASSWORD=Lagoon-Spire-15

change_user_accounts() {
  mysql9_start
  mysql9_account app "$CHANGE_PASSWORD"
  mysql9_account report "$CHANGE_PASSWORD"
  # Both into the server's cache: the fast path, and no RSA in the way.
  accepted login "$MYSQL9_PORT" app "$CHANGE_PASSWORD" mysql2
  accepted login "$MYSQL9_PORT" report "$CHANGE_PASSWORD" mysql2
}

# change_user NAME accepted|refused PASSWORD CLIENT…: app, then report with that password.
change_user() {
  local name=$1 ending=$2 password=$3
  shift 3
  change_user_accounts
  capture_begin "$SAMPLES/$name.pcap" "tcp port $MYSQL9_PORT"
  "$ending" login "$MYSQL9_PORT" app "$CHANGE_PASSWORD" "$@" report "$password"
  capture_end
}

# compressed NAME ALGORITHM: app, then report, then app with another password.
compressed() {
  change_user_accounts
  capture_begin "$SAMPLES/$1.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$CHANGE_PASSWORD" libmysqlclient --compression "$2" \
    --change-user report "$CHANGE_PASSWORD" --change-user app Plum-Causeway-13
  capture_end
}

record_change_user_mariadb() {
  mariadb_start
  mariadb_account app "$CHANGE_PASSWORD"
  mariadb_account report "$CHANGE_PASSWORD" ed25519
  capture_begin "$SAMPLES/change-user-mariadb.pcap" "tcp port $MARIADB_PORT"
  LOGIN_DATABASE=lab accepted login "$MARIADB_PORT" app "$CHANGE_PASSWORD" \
    mariadb_npm change-user report "$CHANGE_PASSWORD" change-user app "$CHANGE_PASSWORD"
  capture_end
}

# Without a database this driver leaves the database field out of COM_CHANGE_USER altogether,
# and the server takes the next bytes for it.
record_change_user_missing_field() {
  mariadb_start
  mariadb_account app "$CHANGE_PASSWORD"
  mariadb_account report "$CHANGE_PASSWORD" ed25519
  capture_begin "$SAMPLES/change-user-missing-field.pcap" "tcp port $MARIADB_PORT"
  refused login "$MARIADB_PORT" app "$CHANGE_PASSWORD" mariadb_npm change-user report "$CHANGE_PASSWORD"
  capture_end
}

sample change-user-accepted change_user change-user-accepted accepted "$CHANGE_PASSWORD" mysql2 change-user
sample change-user-refused change_user change-user-refused refused Plum-Causeway-13 mysql2 change-user
sample change-user-libmysqlclient change_user change-user-libmysqlclient accepted "$CHANGE_PASSWORD" libmysqlclient --change-user
sample change-user-zlib compressed change-user-zlib zlib
sample change-user-zstd compressed change-user-zstd zstd
sample change-user-mariadb record_change_user_mariadb
sample change-user-missing-field record_change_user_missing_field
