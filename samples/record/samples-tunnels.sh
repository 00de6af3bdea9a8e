# shellcheck shell=bash
# Logins through a tunnel: this machine and a network namespace, a wire between them, VXLAN over the wire.

TUNNEL_PASSWORD=Saffron-Jetty-29

# tunnel_begin MTU: 10.9.0.1 (here) and 10.9.0.2 are the ends of the wire, 10.10.0.1 and 10.10.0.2 those of
# the tunnel. The wire takes packets of MTU bytes, the tunnel of 1450: what is longer goes in fragments.
tunnel_begin() {
  ip netns add far
  ip link add wire mtu "$1" type veth peer name wire mtu "$1" netns far
  tunnel_end_of 1 2
  tunnel_end_of 2 1 -n far
}

# tunnel_end_of OWN OTHER [-n NAMESPACE]
tunnel_end_of() {
  local own=$1 other=$2
  shift 2
  ip "$@" address add "10.9.0.$own/24" dev wire
  ip "$@" link set wire up
  ip "$@" link add tunnel mtu 1450 type vxlan id 42 local "10.9.0.$own" remote "10.9.0.$other" dstport 4789
  # No IPv6 of its own; a tunnel over so short a wire may have none anyway.
  ip "$@" link set tunnel addrgenmode none 2>/dev/null || true
  ip "$@" address add "10.10.0.$own/24" dev tunnel
  ip "$@" link set tunnel up
}

tunnel_end() {
  ip link del tunnel
  ip link del wire
  ip netns del far
}

# through_tunnel NAME SEED MTU: PyMySQL 1.1.1, then the current one.
through_tunnel() {
  local name=$1 seed=$2 mtu=$3 _
  tunnel_begin "$mtu"
  ip netns exec far python3 "$RECORD/eager_proxy.py" "$PROXY_PORT" "$TUNNEL_PASSWORD" --seed "$seed" --bind 10.10.0.2 \
    >>"$RUN/helpers.log" 2>&1 &
  HELPERS+=("$!")
  for _ in $(seq 1 100); do
    if ip netns exec far ss -Hltn "sport = :$PROXY_PORT" | grep -q .; then break; fi
    sleep 0.1
  done
  capture_begin "$SAMPLES/$name.pcap" "udp port 4789 or ip[6:2] & 0x1fff != 0" wire
  LOGIN_HOST=10.10.0.2 refused login "$PROXY_PORT" app "$TUNNEL_PASSWORD" pymysql 1.1.1
  LOGIN_HOST=10.10.0.2 accepted login "$PROXY_PORT" app "$TUNNEL_PASSWORD" pymysql current
  capture_end
  tunnel_end
}

sample vxlan through_tunnel vxlan 801 1500
sample vxlan-fragments through_tunnel vxlan-fragments 802 140
