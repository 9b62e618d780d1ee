#!/bin/bash
# slow.sh [how many slow ones, ...]: what 1, 50 and 500 clients that stop reading do to a node with
# a heap of 256 MB and to those who read (Slow.java says how). Takes about a minute.
#
# Where it may, it runs in a network of its own, in which the kernel keeps at most 256 KiB for a
# socket: with the usual 4 MiB, 500 of them take 2 GB of the machine, and it takes that much longer
# until the node sees that they are slow.
set -eu
cd "$(dirname "$(realpath "$0")")"
if [ -z "${SLOW_INSIDE:-}" ] && unshare -n true 2>/dev/null; then
  exec env SLOW_INSIDE=1 unshare -n ./slow.sh "$@"
fi
if [ -n "${SLOW_INSIDE:-}" ]; then
  ip link set lo up
  echo "4096 16384 262144" > /proc/sys/net/ipv4/tcp_wmem
fi
JAVA_OPTS="${JAVA_OPTS:--Xmx256m}" ../parley node --listen.address=127.0.0.1 --listen.port=24080 \
  --internal.port=24081 --access.anonymous=true --access.claimed-names=true \
  --limits.commands-per-second=0 ${NODE_OPTS:-} > "${TMPDIR:-/tmp}/slow.log" 2>&1 &
node=$!
trap 'kill $node' EXIT
for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/24080) 2>/dev/null && break; sleep .1; done
[ $# -gt 0 ] || set -- 1 50 500
"${JAVA_HOME:+$JAVA_HOME/bin/}java" Slow.java 24080 24081 $node "$@"
