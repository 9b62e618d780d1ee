# How long direct messages take over two nodes, with acks, beside ws (without), taking turns: so
# many a second, whether or not those before have arrived. They begin a moment after the clients
# have connected, so that joins are not in it. Parley is warmed up with 3 x 60,000 as fast as they
# go, ws with 60,000. The summary has the medians of the three.

row_latency() {
  local rate goal
  title "direct messages, 2 nodes: warm-up"
  up ws "$ws" 2; up parley "$parley" 2
  load ws dm 1000 60000 64 "${bare[@]}"
  REPEAT=$SKIP load parley dm 1000 60000 64 "${acked[@]}"
  for rate in 2000 15000; do
    title "direct messages, 2 nodes, $rate a second"
    local often=(dm 1000 $((5 * rate)) 1000000)   # five seconds
    for _ in 1 2 3; do
      load parley "${often[@]}" "${acked[@]}" --rate $rate
      load ws "${often[@]}" "${bare[@]}" --settle 1500 --rate $rate
    done
    goal=1.0; [ $rate = 2000 ] || goal=0.5
    ratio "$section, p99 against ws" ms "$(med parley p99_ms)" "$(med ws p99_ms)" $goal
    ratio "  p50" ms "$(med parley p50_ms)" "$(med ws p50_ms)"
    ratio "  so many a second got through" "" "$(med parley deliveries_per_s)" \
      "$(med ws deliveries_per_s)"
  done
  stop ws; stop parley
}
