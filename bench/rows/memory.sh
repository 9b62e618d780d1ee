# What an idle connection takes of a node's resident memory: 15,000 of them, each with a user of its
# own, its inbox, and the room `lobby` with presence, in which all of them are: plain clients, and
# those of the centrifuge protocol as JSON, in turns. The node is warm: it has carried 3 x 60,000
# direct messages of 1,000 such users. It is looked at while they are there, five seconds after the
# last has come; three starts each.

row_memory() {
  local k conns=$((15000 / DIVISOR))
  title "memory, $conns idle connections on one node"
  for k in $(seq "${STARTS:-3}"); do
    idle idle "${acked[@]}" -- --url '/?user=%d'
    idle idle-centrifuge "${centrifuge_acked[@]}" -- "${centrifuge[@]}"
  done
  amount "$section, each" KiB "$(med idle kib_per_connection)" 4
  ratio "  of centrifuge clients, against plain" KiB "$(med idle-centrifuge kib_per_connection)" \
    "$(med idle kib_per_connection)" 1.15
}

idle() {   # NAME [arguments to warm up] -- [arguments]
  local name=$1 before after loader warm=(); shift
  while [ "$1" != -- ]; do warm+=("$1"); shift; done; shift
  up warmed "$parley --redis.prefix=$name$k:" 1
  REPEAT=$SKIP load warmed dm 1000 60000 64 "${warm[@]}"
  sleep 8   # until those have left (presence.leave-delay)
  before=$(rss warmed)
  timeout 120 "$work/wsload" --ports "${PORTS[warmed]}" --scene idle --conns $conns \
    --secs 8 "$@" > "$work/idle.log" 2>&1 &
  loader=$!; PIDS[wsload]=$loader   # so that it ends, whatever happens
  for _ in $(seq 600); do
    grep -q '^going' "$work/idle.log" && break; kill -0 $loader || break; sleep .1
  done
  sleep 5
  after=$(rss warmed)
  kill -0 $loader || { echo "wsload is gone:" >&2; cat "$work/idle.log" >&2; exit 1; }
  wait $loader || true; unset "PIDS[wsload]"
  say "$name x1 repeat=$k $(tail -n 1 "$work/idle.log")" \
    "rss_before_kib=$before rss_after_kib=$after" \
    "kib_per_connection=$(awk -v a="$before" -v b="$after" -v n=$conns \
      'BEGIN {print (b - a) / n}')"
  stop warmed
}
