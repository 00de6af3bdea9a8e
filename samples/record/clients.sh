# shellcheck shell=bash
# How each client is called. All of them read LOGIN_HOST, LOGIN_PORT, LOGIN_USER,
# LOGIN_PASSWORD and LOGIN_DATABASE, log in, send one short statement and quit;
# exit 0 = let in. Sourced by record.sh.

export LOGIN_HOST=127.0.0.1 LOGIN_PORT=23306 LOGIN_USER=app LOGIN_PASSWORD='' LOGIN_DATABASE=''
export NODE_PATH="$LAB/npm/node_modules"

# login PORT USER PASSWORD COMMAND…: sets where and who, then runs the client.
login() {
  local port=$1 user=$2 password=$3
  shift 3
  LOGIN_PORT=$port LOGIN_USER=$user LOGIN_PASSWORD=$password "$@"
}

pymysql() { # VERSION [ARGUMENT…]
  local version=$1
  shift
  "$LAB/venv/pymysql-$version/bin/python" "$RECORD/clients/pymysql_login.py" "$@"
}
aiomysql() { "$LAB/venv/aiomysql-0.3.2/bin/python" "$RECORD/clients/aiomysql_login.py"; }
asyncmy() { "$LAB/venv/asyncmy-0.2.18/bin/python" "$RECORD/clients/asyncmy_login.py"; }
raw_client() { "$LAB/venv/pymysql-1.1.1/bin/python" "$RECORD/clients/raw_login.py" "$@"; }
connector_python() { "$LAB/venv/connector-python/bin/python" "$RECORD/clients/connector_login.py" "$@"; }
mysql2() { node "$RECORD/clients/mysql2_login.js" "$@"; }
mariadb_npm() { node "$RECORD/clients/mariadb_npm_login.js" "$@"; }
npm_mysql() { node "$RECORD/clients/npm_mysql_login.js" "$@"; }
go_driver() {
  [ "$LAB/go_login" -nt "$RECORD/clients/go_login.go" ] || (cd "$RECORD/clients" && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$LAB/go-cache" go build -o "$LAB/go_login" go_login.go)
  "$LAB/go_login"
}
mariadb_cli() { # [OPTION…]
  MYSQL_PWD="$LOGIN_PASSWORD" mariadb --no-defaults --protocol=TCP --host="$LOGIN_HOST" --port="$LOGIN_PORT" \
    --user="$LOGIN_USER" --skip-ssl "$@" --execute='DO 1' ${LOGIN_DATABASE:+"$LOGIN_DATABASE"}
}
mysql_cli() { # [OPTION…]: the command line of MySQL 9, in its own root
  MYSQL_PWD="$LOGIN_PASSWORD" chroot "$LAB/sid" mysql --no-defaults --protocol=TCP --host="$LOGIN_HOST" --port="$LOGIN_PORT" \
    --user="$LOGIN_USER" "$@" --execute='DO 1' ${LOGIN_DATABASE:+"$LOGIN_DATABASE"}
}
mariadb11_cli() { # [OPTION…]: the command line of MariaDB 11.8, in its own root
  MYSQL_PWD="$LOGIN_PASSWORD" chroot "$LAB/trixie" mariadb --no-defaults --protocol=TCP --host="$LOGIN_HOST" --port="$LOGIN_PORT" \
    --user="$LOGIN_USER" --skip-ssl "$@" --execute='DO 1' ${LOGIN_DATABASE:+"$LOGIN_DATABASE"}
}
libmysqlclient() { # [ARGUMENT…]: the C library of MySQL 9, in its own root
  install -m 644 "$RECORD/clients/libmysqlclient_login.py" "$LAB/sid/tmp/libmysqlclient_login.py"
  chroot "$LAB/sid" python3 /tmp/libmysqlclient_login.py "$@"
}

# rust_client NAME: one of the Rust clients, built outside of this folder when first used.
rust_client() {
  if [ ! -x "$LAB/rust/target/debug/$1" ]; then
    mkdir -p "$LAB/rust"
    cp -r "$RECORD/clients/$1" "$LAB/rust/"
    nice cargo build --quiet --manifest-path "$LAB/rust/$1/Cargo.toml" --target-dir "$LAB/rust/target"
  fi
  "$LAB/rust/target/debug/$1"
}
sqlx() { rust_client sqlx_login; }
