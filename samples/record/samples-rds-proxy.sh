# shellcheck shell=bash
# Clients through a proxy which checks the fast scramble itself and knows no full
# authentication. Every client has the right password.

RDS_PASSWORD=Violet-Harbor-42

# through_rds_proxy NAME SEED accepted|refused CLIENT…
through_rds_proxy() {
  local name=$1 seed=$2 ending=$3
  shift 3
  eager_proxy "$RDS_PASSWORD" --seed "$seed"
  capture_begin "$SAMPLES/$name.pcap" "tcp port $PROXY_PORT"
  "$ending" login "$PROXY_PORT" app "$RDS_PASSWORD" "$@"
  capture_end
}

sample pymysql-1.1.1-rds-proxy    through_rds_proxy pymysql-1.1.1-rds-proxy    101 refused  pymysql 1.1.1
sample pymysql-1.1.2-rds-proxy    through_rds_proxy pymysql-1.1.2-rds-proxy    102 accepted pymysql 1.1.2
sample pymysql-current-rds-proxy  through_rds_proxy pymysql-current-rds-proxy  103 accepted pymysql current
sample aiomysql-0.3.2-rds-proxy   through_rds_proxy aiomysql-0.3.2-rds-proxy   104 refused  aiomysql
sample asyncmy-0.2.18-rds-proxy   through_rds_proxy asyncmy-0.2.18-rds-proxy   105 refused  asyncmy
sample go-sql-driver-rds-proxy    through_rds_proxy go-sql-driver-rds-proxy    106 refused  go_driver
sample mysql2-rds-proxy           through_rds_proxy mysql2-rds-proxy           107 accepted mysql2
sample connector-python-rds-proxy through_rds_proxy connector-python-rds-proxy 108 accepted connector_python
sample mariadb-cli-rds-proxy      through_rds_proxy mariadb-cli-rds-proxy      109 accepted mariadb_cli
sample sqlx-rds-proxy             through_rds_proxy sqlx-rds-proxy             110 refused  sqlx
