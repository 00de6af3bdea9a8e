# shellcheck shell=bash
# Real MySQL 9 with a caching_sha2_password account, plain TCP.

MYSQL9_PASSWORD=Copper-Lantern-17

# mysql9_key NAME: the server's RSA key for password encryption, beside the sample. It is a
# throw-away key of a throw-away server.
mysql9_key() {
  install -m 644 "$MYSQL9_DATA/private_key.pem" "$SAMPLES/$1.pem"
}

record_pymysql_1_1_1_mysql_9_full_auth() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  greeting_relay "$MYSQL9_PORT"
  capture_begin "$SAMPLES/pymysql-1.1.1-mysql-9-full-auth.pcap" "tcp port $RELAY_PORT"
  accepted login "$RELAY_PORT" app "$MYSQL9_PASSWORD" pymysql 1.1.1
  accepted login "$RELAY_PORT" app "$MYSQL9_PASSWORD" pymysql 1.1.1
  capture_end
}

# sqlx hashes in the wrong order: never fast, let in by full authentication.
record_sqlx_mysql_9_full_auth() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  capture_begin "$SAMPLES/sqlx-mysql-9-full-auth.pcap" "tcp port $MYSQL9_PORT"
  accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" sqlx
  accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" sqlx
  capture_end
}

record_mysql_9_caching_sha2_rsa() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  capture_begin "$SAMPLES/mysql-9-caching-sha2-rsa.pcap" "tcp port $MYSQL9_PORT"
  accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" mysql_cli --ssl-mode=DISABLED --get-server-public-key
  capture_end
  mysql9_key mysql-9-caching-sha2-rsa
}

# The server's cache knows the account: a first login before the capture.
record_mysql_9_caching_sha2_fast() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" mysql_cli --ssl-mode=DISABLED --get-server-public-key
  capture_begin "$SAMPLES/mysql-9-caching-sha2-fast.pcap" "tcp port $MYSQL9_PORT"
  accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" mysql_cli --ssl-mode=DISABLED
  accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" mysql2
  capture_end
}

# Full authentication inside TLS: the password itself crosses, readable with the key log alone.
record_mysql_9_full_tls() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  rm -f "$SAMPLES/mysql-9-full-tls.keylog"
  capture_begin "$SAMPLES/mysql-9-full-tls.pcap" "tcp port $MYSQL9_PORT"
  SSLKEYLOGFILE="$SAMPLES/mysql-9-full-tls.keylog" accepted login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" pymysql 1.1.2 --tls
  capture_end
}

record_mysql_9_public_key_refused() {
  mysql9_start
  mysql9_account app "$MYSQL9_PASSWORD"
  capture_begin "$SAMPLES/mysql-9-public-key-refused.pcap" "tcp port $MYSQL9_PORT"
  refused login "$MYSQL9_PORT" app "$MYSQL9_PASSWORD" mysql_cli --ssl-mode=DISABLED
  capture_end
}

sample pymysql-1.1.1-mysql-9-full-auth record_pymysql_1_1_1_mysql_9_full_auth
sample mysql-9-caching-sha2-rsa record_mysql_9_caching_sha2_rsa
sample mysql-9-caching-sha2-fast record_mysql_9_caching_sha2_fast
sample mysql-9-public-key-refused record_mysql_9_public_key_refused
sample mysql-9-full-tls record_mysql_9_full_tls
sample sqlx-mysql-9-full-auth record_sqlx_mysql_9_full_auth
