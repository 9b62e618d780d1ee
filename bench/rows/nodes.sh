# What a direct message costs all nodes together, eight against two, of the same 1,000 users. 32 are
# under way per node: that is what the other row of direct messages has (64 over two). To warm up,
# each node gets 30,000 in a repeat; then both clusters get the same 120,000. Both are up at once and
# take turns.

row_nodes() {
  local cpu=server_cpu_us_per_delivery each=${UNDER_WAY:-32} k few many
  title "direct messages, 8 nodes against 2, $each under way per node"
  up two "$parley --redis.prefix=two:" 2; up eight "$parley --redis.prefix=eight:" 8
  for k in $(seq "$REPEATS"); do
    few=120000 many=120000
    [ "$k" -gt "$SKIP" ] || { few=60000 many=240000; }
    load two dm 1000 $few $((2 * each)) "${acked[@]}"
    load eight dm 1000 $many $((8 * each)) "${acked[@]}" --timeout 150
  done
  stop two; stop eight
  ratio "$section" us "$(warm eight $cpu)" "$(warm two $cpu)" 1.15
  also "to connect and join, 8 nodes" "us each" "$(warm eight server_cpu_us_per_connection)"
  also "2 nodes" "us each" "$(warm two server_cpu_us_per_connection)"
}
