# shellcheck shell=bash
# What stands between client and server: HAProxy and MySQL Router.

MIDDLE_PASSWORD=Falcon-Orchid-38
HAPROXY_PORT=23320
ROUTER_PORT=23321

# haproxy_before SERVER_PORT OPTIONS…: HAProxy on HAPROXY_PORT, with these words on its server line.
haproxy_before() {
  local port=$1
  shift
  cat >"$RUN/haproxy.cfg" <<CONFIG
global
  maxconn 50
defaults
  mode tcp
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen mysql
  bind 127.0.0.1:$HAPROXY_PORT
  ${HAPROXY_CHECK:-}
  server db 127.0.0.1:$port $*
CONFIG
  helper "$HAPROXY_PORT" haproxy -db -f "$RUN/haproxy.cfg"
}

# proxy_header NAME WORD: the side between HAProxy and server; one login right, one wrong.
proxy_header() {
  mariadb11_start
  mariadb11_account app "$MIDDLE_PASSWORD"
  haproxy_before "$MARIADB11_PORT" "$2"
  capture_begin "$SAMPLES/$1.pcap" "tcp port $MARIADB11_PORT"
  accepted login "$HAPROXY_PORT" app "$MIDDLE_PASSWORD" mariadb_cli
  refused login "$HAPROXY_PORT" app Plum-Causeway-13 pymysql 1.1.2
  capture_end
}

# The check logs in as this user without a password, does not wait for the greeting and quits.
record_haproxy_check() {
  mariadb_start
  mariadb_sql "DROP USER IF EXISTS haproxy@'%'; CREATE USER haproxy@'%'"
  capture_begin "$SAMPLES/haproxy-check.pcap" "tcp port $MARIADB_PORT"
  HAPROXY_CHECK='option mysql-check user haproxy' haproxy_before "$MARIADB_PORT" check inter 60s
  sleep 2
  capture_end
  mariadb_sql "DROP USER haproxy@'%'"
}

# The same check in the form before protocol 4.1.
record_haproxy_check_old() {
  mariadb_start
  mariadb_sql "DROP USER IF EXISTS haproxy@'%'; CREATE USER haproxy@'%'"
  capture_begin "$SAMPLES/haproxy-check-pre-41.pcap" "tcp port $MARIADB_PORT"
  HAPROXY_CHECK='option mysql-check user haproxy pre-41' haproxy_before "$MARIADB_PORT" check inter 60s
  sleep 2
  capture_end
  mariadb_sql "DROP USER haproxy@'%'"
}

# router_before_mysql9: MySQL Router on ROUTER_PORT, which shares connections to the server.
router_before_mysql9() {
  certificate
  install -m 644 "$RUN/cert.pem" "$RUN/key.pem" "$MYSQL9_ROOT/tmp/"
  cat >"$MYSQL9_ROOT/tmp/router.conf" <<CONFIG
[DEFAULT]
logging_folder = /tmp
runtime_folder = /tmp
data_folder = /tmp
[logger]
level = INFO
[routing:lab]
bind_address = 127.0.0.1
bind_port = $ROUTER_PORT
destinations = 127.0.0.1:$MYSQL9_PORT
routing_strategy = first-available
protocol = classic
client_ssl_mode = PREFERRED
client_ssl_cert = /tmp/cert.pem
client_ssl_key = /tmp/key.pem
server_ssl_mode = DISABLED
connection_sharing = 1
CONFIG
  helper "$ROUTER_PORT" chroot "$MYSQL9_ROOT" mysqlrouter --user=root --config=/tmp/router.conf
}

# Both sides of the router in one file: client to router, router to server.
record_mysql_router() {
  mysql9_start
  mysql9_account app "$MIDDLE_PASSWORD"
  accepted login "$MYSQL9_PORT" app "$MIDDLE_PASSWORD" mysql2
  router_before_mysql9
  capture_begin "$SAMPLES/mysql-router.pcap" "tcp port $ROUTER_PORT or tcp port $MYSQL9_PORT"
  accepted login "$ROUTER_PORT" app "$MIDDLE_PASSWORD" mysql2
  refused login "$ROUTER_PORT" app Plum-Causeway-13 mysql2
  capture_end
}

# The same with three users, whose logins run at the same time and one behind the other.
record_mysql_router_users() {
  local user
  mysql9_start
  for user in app batch report; do mysql9_account "$user" "$MIDDLE_PASSWORD"; done
  # Making an account empties the server's cache; the router knows only the fast path without TLS.
  for user in app batch report; do accepted login "$MYSQL9_PORT" "$user" "$MIDDLE_PASSWORD" mysql2; done
  router_before_mysql9
  capture_begin "$SAMPLES/mysql-router-users.pcap" "tcp port $ROUTER_PORT or tcp port $MYSQL9_PORT"
  accepted login "$ROUTER_PORT" app "$MIDDLE_PASSWORD" mysql2
  accepted login "$ROUTER_PORT" app "$MIDDLE_PASSWORD" mysql2
  for user in app app batch; do
    login "$ROUTER_PORT" "$user" "$MIDDLE_PASSWORD" mysql2 >>"$RUN/clients.log" 2>&1 &
  done
  accepted login "$ROUTER_PORT" report "$MIDDLE_PASSWORD" mysql2
  sleep 3
  capture_end
}

# Both sides of HAProxy in one file: two clients at the same time, one of them with another password.
record_haproxy_both_sides() {
  mariadb_start
  mariadb_account app "$MIDDLE_PASSWORD"
  haproxy_before "$MARIADB_PORT"
  capture_begin "$SAMPLES/haproxy-both-sides.pcap" "tcp port $HAPROXY_PORT or tcp port $MARIADB_PORT"
  accepted login "$HAPROXY_PORT" app "$MIDDLE_PASSWORD" mariadb_cli
  login "$HAPROXY_PORT" app "$MIDDLE_PASSWORD" pymysql 1.1.2 >>"$RUN/clients.log" 2>&1 &
  refused login "$HAPROXY_PORT" app Plum-Causeway-13 pymysql 1.1.2
  wait $! || fail "was refused: pymysql 1.1.2"
  capture_end
}

sample proxy-v1 proxy_header proxy-v1 send-proxy
sample proxy-v2 proxy_header proxy-v2 send-proxy-v2
sample haproxy-check record_haproxy_check
sample haproxy-check-pre-41 record_haproxy_check_old
sample mysql-router record_mysql_router
sample mysql-router-users record_mysql_router_users
sample haproxy-both-sides record_haproxy_both_sides
