# A room of 1,000. The mark (limit) is measured before and after, as the machine changes.

fanout_row() {   # GOAL NODES MESSAGES UNDER_WAY: fewer for the peers, which take longer
  local cpu=server_cpu_us_per_delivery few=$(($3 / 2))
  title "fan-out, $2 node$([ "$2" = 1 ] || echo s), $4 under way"
  series 2 limit "$work/limit @PORT@" 1 fanout 1000 "$3" "$4" "${url[@]}"
  series "$REPEATS" parley "$parley" "$2" fanout 1000 "$3" "$4" "${url[@]}"
  series 2 ws "$ws" "$2" fanout 1000 "$few" "$4" "${url[@]}"
  series 2 sio "$sio" "$2" fanout 1000 "$few" "$4" "${sio_url[@]}" --msg '42["msg","@T%T%P"]'
  series 1 limit "$work/limit @PORT@" 1 fanout 1000 "$3" "$4" "${url[@]}"
  ratio "$section, against limit" us "$(warm parley $cpu)" "$(med limit $cpu)" "$1"
  also ws us "$(med ws $cpu)"; also Socket.IO us "$(med sio $cpu)"
}

row_fanout() {
  fanout_row 0.3 1 2000 8
  fanout_row 1.2 1 1000 1
  fanout_row 0.35 2 2000 8
}
