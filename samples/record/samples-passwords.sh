# shellcheck shell=bash
# Clients which do not send the password as it is, but what a file, a URL, a shell or a person
# made of it. Half against MariaDB (mysql_native_password), half against the proxy (caching_sha2_password).

# typed_native NAME PASSWORD TYPED / typed_sha2 NAME SEED PASSWORD TYPED: the account has PASSWORD, the
# client uses TYPED. Underscores in TYPED are spaces (the list of samples is split at spaces).
typed_native() {
  mariadb_start
  mariadb_account report "$2"
  capture_begin "$SAMPLES/$1.pcap" "tcp port $MARIADB_PORT"
  refused login "$MARIADB_PORT" report "${3//_/ }" pymysql 1.1.2
  capture_end
}
typed_sha2() {
  eager_proxy "$3" --seed "$2"
  capture_begin "$SAMPLES/$1.pcap" "tcp port $PROXY_PORT"
  refused login "$PROXY_PORT" report "${4//_/ }" pymysql 1.1.2
  capture_end
}

# PyMySQL turns a text into latin1 bytes; the account's password is the UTF-8 one.
record_password_latin1() {
  eager_proxy Café-Rosette-36 --seed 503
  capture_begin "$SAMPLES/password-latin1.pcap" "tcp port $PROXY_PORT"
  refused login "$PROXY_PORT" report Café-Rosette-36 pymysql 1.1.2
  capture_end
}

sample password-trailing-space typed_sha2 password-trailing-space 501 Thistle-Depot-61 Thistle-Depot-61_
sample password-quoted typed_native password-quoted Birch-Signal-27 "'Birch-Signal-27'"
sample password-percent-encoded typed_sha2 password-percent-encoded 502 Maple/Tide@Gate-19 Maple%2FTide%40Gate-19
sample password-percent-decoded typed_native password-percent-decoded Cedar%41Hill-72 CedarAHill-72
sample password-latin1 record_password_latin1
sample password-case-changed typed_native password-case-changed Ivory-Tunnel-83 ivory-Tunnel-83
sample password-cut-at-hash typed_sha2 password-cut-at-hash 504 Pewter#Anchor-58 Pewter
sample password-cut-at-dollar typed_native password-cut-at-dollar 'Hazel$Moon-94' Hazel
sample password-dollar-expanded typed_sha2 password-dollar-expanded 505 'Hazel$Moon-94' Hazel-94
