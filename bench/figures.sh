#!/bin/bash
# figures.sh [ROW ...]: the figures of docs/performance.md in one run, beside the floor (limit), the
# seed's own server (ws) and Socket.IO. ROW: fanout centrifuge dm api history nodes latency memory
# start; none: all of them, in about 28 minutes. Nothing else should run meanwhile. Loopback only.
# OUT=FILE: where all lines go. QUICK=1: little of everything, to see that it works; its figures
# mean nothing. Needs gcc, Node.js 20, npm, JDK 25, and the built server and dev modules
# (mvn package -DskipTests).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(dirname "$here")
all="fanout centrifuge dm api history nodes latency memory start"
[ $# -gt 0 ] || set -- $all
for row in "$@"; do
  [[ " $all " == *" $row "* ]] || { echo "$row (expected: some of $all)" >&2; exit 2; }
done
work=${TMPDIR:-/tmp}/parley-bench; mkdir -p "$work"; out=${OUT:-$work/figures.txt}
export TMPDIR=$work
REPEATS=${REPEATS:-6}   # of a JVM; the first SKIP of them warm it up, the median of the rest counts
SKIP=${SKIP:-3}; DIVISOR=1
[ -z "${QUICK:-}" ] || { REPEATS=3 SKIP=1 DIVISOR=20; }
REDIS_PORT=${REDIS_PORT:-6379}; REDIS_PID=

gcc -O2 -o "$work/wsload" "$here/wsload.c"; gcc -O2 -o "$work/limit" "$here/limit.c"
cp "$here"/*.mjs "$work"
[ -d "$work/node_modules/socket.io" ] ||
  (cd "$work" && npm i --silent ws redis socket.io @socket.io/redis-adapter)
cd "$work"; ulimit -n "$(ulimit -Hn)"
. "$here/servers.sh"
. "$here/redis.sh"
. "$here/verdict.sh"
for row in $all; do . "$here/rows/$row.sh"; done
trap 'stop_all; redis_stop' EXIT
trap 'exit 130' INT TERM

java=${PARLEY_JAVA_HOME:-$(ls -d /usr/lib/jvm/*25* | head -1)}/bin/java
target=$root/server/target; aot=$target/parley-server.aot   # as ./parley takes it
if [ "$aot" -nt "$target/parley-server.jar" ]; then aot=-XX:AOTCache=$aot; else aot=; fi
# What every node of a run gets; commands add --redis.prefix, and what they are about.
node_flags="--node.name=n@I@ --listen.port=@PORT@ --redis.url=redis://127.0.0.1:$REDIS_PORT \
--access.anonymous=true --access.claimed-names=true --limits.commands-per-second=0 \
--limits.connections-per-address=0"
parley="$java @$target/node.options $aot -jar $target/parley-server.jar node $node_flags \
--internal.port=0"
ws="node seed.mjs @PORT@ $REDIS_PORT"
sio="node sio.mjs @PORT@ $REDIS_PORT"

# What clients say. A direct message with an id is acknowledged; before the first of them, what
# Parley tells once a second about joins is over.
url=(--url '/?user=%d' --pad 80)
acked=("${url[@]}" --msg '{"to":"%d","id":"%T","text":"@T%T%P"}' --settle 1500)
bare=("${url[@]}" --msg '{"to":"%d","text":"@T%T%P"}')
# The same in the centrifuge protocol as JSON: in the same room, with the same payloads.
in_lobby='{"id":1,"connect":{"data":{"user":"%d"}}}'$'\036'
in_lobby+='{"id":2,"subscribe":{"channel":"room:lobby"}}'
centrifuge=(--url /connection/websocket --pad 80 --hello "$in_lobby" --reply '{}=>{}'
  --wait '"subscribe":{')
centrifuge_acked=("${centrifuge[@]}" --settle 1500
  --msg '{"id":3,"rpc":{"method":"direct","data":{"to":"%d","id":"%T","data":{"text":"@T%T%P"}}}}')
sio_url=(--url '/socket.io/?EIO=4&transport=websocket&user=%d' --pad 80 --hello 40 --reply '2=>3'
  --wait '40{')

say() { echo "$*" | tee -a "$out"; }
title() { section=$*; say "# $*"; }
up() {   # NAME COMMAND NODES [LABEL]: Parley takes a moment more than its port
  case $2 in "$java"*) WARM=2 start "$@" ;; *) start "$@" ;; esac
}
load() {   # NAME scene …: REPEAT times; no pipe, in which the repeats would not be counted
  local k
  for ((k = 0; k < ${REPEAT:-1}; k++)); do
    REPEAT=1 run "$1" "$2" "$3" $(($4 / DIVISOR)) "${@:5}" > "$work/line.txt"
    tee -a "$out" < "$work/line.txt"
  done
}
series() {   # HOW_OFTEN NAME COMMAND NODES scene …: from start to stop
  up "$2" "$3" "$4"; REPEAT=$1 load "$2" "${@:5}"; stop "$2"
}

: > "$out"; : > "$work/verdicts.txt"
[ -n "$aot" ] || say "no AOT cache, or not of this jar: mvn package -DskipTests makes one"
[ -z "${QUICK:-}" ] || say "QUICK: these figures mean nothing"
for row in "$@"; do
  began=$SECONDS; redis_start; "row_$row"; redis_stop
  say "$row took $((SECONDS - began)) s"
done
say; say "summary: medians (of a JVM's: after $SKIP repeats), ratio to the mark, goal"
tee -a "$out" < "$work/verdicts.txt"
failed=$(grep -c ' failed=' "$out" || true)
[ "$failed" = 0 ] || say "$failed runs failed and don't count (failed= above)"
