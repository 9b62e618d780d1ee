#!/bin/bash
# storm.sh [how many clients, how often]: 10,000 clients of one room are cut off at once and come
# back (Storm.java says how), to one node with its Redis. Needs the built server and dev modules.
# Takes a minute; ulimit -n of at least 12,000. Loopback only.
set -eu
cd "$(dirname "$(realpath "$0")")"
work=${TMPDIR:-/tmp}/parley-storm; mkdir -p "$work"
redis=$(command -v redis-server || true)
if [ -z "$redis" ]; then
  arch=$(uname -m); case $arch in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; esac
  name=redis-server-7.0.15-linux-$arch; redis=$work/redis-server
  python3 -m zipfile -e "$(ls ../dev/target/lib/embedded-redis-*.jar)" "$work/redis-jar"
  cp "$work/redis-jar/$name" "$redis"; chmod +x "$redis"
fi
"$redis" --port 24079 --save "" --appendonly no > "$work/redis.log" 2>&1 &
redis_pid=$!
ulimit -n "$(ulimit -Hn)"
../parley node --listen.address=127.0.0.1 --listen.port=24080 --internal.port=24081 \
  --redis.url=redis://127.0.0.1:24079 --access.anonymous=true --access.claimed-names=true \
  --limits.connections-per-address=0 ${NODE_OPTS:-} > "$work/node.log" 2>&1 &
node=$!
trap 'kill $node $redis_pid' EXIT
for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/24080) 2>/dev/null && break; sleep .1; done
[ $# -gt 0 ] || set -- 10000 3
java=${PARLEY_JAVA_HOME:-$(ls -d /usr/lib/jvm/*25* | head -1)}/bin/java
"$java" -Xmx2g Storm.java 24080 24079 $node "$@"
