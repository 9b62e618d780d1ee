#!/bin/bash
# figures.sh [OUT]: the figures of docs/performance.md in one run, beside the floor (limit), the seed's own
# server (ws) and Socket.IO. Takes about ten minutes; nothing else should run meanwhile. Loopback only.
# Needs gcc, Node.js 20, npm, JDK 25, and the built server and dev modules (mvn package -DskipTests).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(dirname "$here")
work=${TMPDIR:-/tmp}/parley-bench; mkdir -p "$work"; out=${1:-$work/figures.txt}
export TMPDIR=$work DIR=$work
REPEATS=${REPEATS:-6}   # the first three warm a JVM up; the median of the rest counts
gcc -O2 -o "$work/wsload" "$here/wsload.c"; gcc -O2 -o "$work/limit" "$here/limit.c"
cp "$here"/*.mjs "$work"
[ -d "$work/node_modules/socket.io" ] || (cd "$work" && npm i --silent ws redis socket.io @socket.io/redis-adapter)

redis=$(command -v redis-server || true)
if [ -z "$redis" ]; then   # the binary that comes with the development cluster
  arch=$(uname -m); case $arch in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; esac
  name=redis-server-7.0.15-linux-$arch; redis=$work/redis-server
  python3 -m zipfile -e "$(ls "$root"/dev/target/lib/embedded-redis-*.jar)" "$work/redis-jar"
  cp "$work/redis-jar/$name" "$redis"; chmod +x "$redis"
fi
"$redis" --port 6379 --save "" --appendonly no > "$work/redis.log" 2>&1 & redis_pid=$!
trap 'kill $redis_pid' EXIT
sleep 0.5; kill -0 $redis_pid || { tail -n 3 "$work/redis.log"; exit 1; }

java=${PARLEY_JAVA_HOME:-$(ls -d /usr/lib/jvm/*25* | head -1)}/bin/java
aot=$root/server/target/parley-server.aot   # as ./parley takes it
[ "$aot" -nt "$root/server/target/parley-server.jar" ] && aot=-XX:AOTCache=$aot || aot=
parley="$java @$root/server/target/node.options $aot -jar $root/server/target/parley-server.jar node --node.name=n@I@ --listen.port=@PORT@ --internal.port=0 --redis.url=redis://127.0.0.1:6379 --access.anonymous=true --access.claimed-names=true --limits.commands-per-second=0 --limits.connections-per-address=0"
m() { "$here/measure.sh" "$@" | tee -a "$out"; }
url=(--url '/?user=%d' --pad 80)
sio=(--url '/socket.io/?EIO=4&transport=websocket&user=%d' --pad 80 --hello 40 --reply '2=>3' --wait '40{')

fanout() {   # messages, window
  REPEAT=2 m limit "$work/limit @PORT@" 1 fanout 1000 "$1" "$2" "${url[@]}"
  WARM=2 REPEAT=$REPEATS m parley "$parley" 1 fanout 1000 "$1" "$2" "${url[@]}"
  REPEAT=2 m ws 'node seed.mjs @PORT@' 1 fanout 1000 $(($1 / 2)) "$2" "${url[@]}"
  REPEAT=2 m sio 'node sio.mjs @PORT@' 1 fanout 1000 $(($1 / 2)) "$2" "${sio[@]}" --msg '42["msg","@T%T%P"]'
  REPEAT=2 m limit "$work/limit @PORT@" 1 fanout 1000 "$1" "$2" "${url[@]}"
}
: > "$out"
echo "# fan-out, 1 node, 8 under way" | tee -a "$out"; fanout 2000 8
echo "# fan-out, 1 node, 1 under way" | tee -a "$out"; fanout 1000 1
echo "# fan-out, 2 nodes, 8 under way" | tee -a "$out"
REPEAT=2 m limit "$work/limit @PORT@" 1 fanout 1000 2000 8 "${url[@]}"
WARM=2 REPEAT=$REPEATS m parley "$parley" 2 fanout 1000 2000 8 "${url[@]}"
REPEAT=2 m ws 'node seed.mjs @PORT@' 2 fanout 1000 1000 8 "${url[@]}"
REPEAT=2 m sio 'node sio.mjs @PORT@' 2 fanout 1000 1000 8 "${sio[@]}" --msg '42["msg","@T%T%P"]'
echo "# direct messages, 2 nodes, 64 under way" | tee -a "$out"
REPEAT=3 m ws 'node seed.mjs @PORT@' 2 dm 1000 60000 64 "${url[@]}" --msg '{"to":"%d","text":"@T%T%P"}'
WARM=2 REPEAT=$REPEATS m parley "$parley" 2 dm 1000 60000 64 "${url[@]}" --msg '{"to":"%d","id":"%T","text":"@T%T%P"}'
WARM=2 REPEAT=$REPEATS m parley-noack "$parley" 2 dm 1000 60000 64 "${url[@]}" --msg '{"to":"%d","text":"@T%T%P"}'
REPEAT=2 m sio 'node sio.mjs @PORT@' 2 dm 1000 30000 64 "${sio[@]}" --msg '42["dm","%d","@T%T%P"]'
REPEAT=2 m ws 'node seed.mjs @PORT@' 2 dm 1000 60000 64 "${url[@]}" --msg '{"to":"%d","text":"@T%T%P"}'
echo; echo "summary, medians of the server's CPU us per delivery (parley: after three repeats)"
awk '/^#/ {title=$0; print title; next}
  {n=$1; match($0,/server_cpu_us_per_delivery=[0-9.]+/); v=substr($0,RSTART+27,RLENGTH-27); k[title,n]++; if (n ~ /parley/ && k[title,n] <= 3) next; printf "  %-14s %s\n", n, v}' "$out"
