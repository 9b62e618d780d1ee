# Direct messages between 1,000 users on two nodes; ws gives neither acks nor sender's copies.
# The first repeat is that of a fresh pair of nodes; two more pairs do that alone.

row_dm() {
  local cpu=server_cpu_us_per_delivery
  title "direct messages, 2 nodes, 64 under way"
  series 3 ws "$ws" 2 dm 1000 60000 64 "${bare[@]}"
  series "$REPEATS" parley "$parley" 2 dm 1000 60000 64 "${acked[@]}"
  for _ in 1 2; do series 1 parley "$parley" 2 dm 1000 60000 64 "${acked[@]}"; done
  series "$REPEATS" parley-noack "$parley" 2 dm 1000 60000 64 "${bare[@]}"
  series 2 sio "$sio" 2 dm 1000 30000 64 "${sio_url[@]}" --msg '42["dm","%d","@T%T%P"]'
  series 2 ws "$ws" 2 dm 1000 60000 64 "${bare[@]}"
  ratio "$section, with acks, against ws" us "$(warm parley $cpu)" "$(med ws $cpu)" 0.7
  ratio "the same without acks" us "$(warm parley-noack $cpu)" "$(med ws $cpu)"
  also Socket.IO us "$(med sio $cpu)"
  ratio "the first 60,000 direct messages of fresh nodes, against warm ones" us \
    "$(med parley $cpu 1 1)" "$(warm parley $cpu)" 2.5
  ratio "  the same without acks" us "$(med parley-noack $cpu 1 1)" "$(warm parley-noack $cpu)"
}
