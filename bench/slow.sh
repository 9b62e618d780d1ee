#!/bin/bash
# slow.sh [how many slow ones, ...]: what 1, 50 and 500 clients that stop reading do to a node with
# a heap of 256 MB and to those who read (Slow.java says how). Takes a minute.
set -eu
cd "$(dirname "$(realpath "$0")")"
JAVA_OPTS="${JAVA_OPTS:--Xmx256m}" ../parley node --listen.address=127.0.0.1 --listen.port=24080 \
  --internal.port=24081 --access.anonymous=true --access.claimed-names=true \
  --limits.commands-per-second=0 ${NODE_OPTS:-} > "${TMPDIR:-/tmp}/slow.log" 2>&1 &
node=$!
trap 'kill $node' EXIT
for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/24080) 2>/dev/null && break; sleep .1; done
[ $# -gt 0 ] || set -- 0 1 50 500   # none: what looking and chance do
java=${PARLEY_JAVA_HOME:-$(ls -d /usr/lib/jvm/*25* | head -1)}/bin/java
"$java" Slow.java 24080 24081 $node "$@"
