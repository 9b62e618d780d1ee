# The centrifuge protocol as JSON against the plain one: the same payloads, the same channels (room
# `lobby` and the inbox). Both nodes, or pairs of them, are up at once and take turns; two rounds of
# fresh ones, because no two JVMs compile alike.

both() {   # NODES scene …: and then the arguments for plain clients, --, those for the others
  local nodes=$1 round k scene=("${@:2:4}") plain=(); shift 5
  while [ "$1" != -- ]; do plain+=("$1"); shift; done; shift
  for round in 1 2; do
    up plain "$parley --redis.prefix=p$round:" "$nodes"
    up centrifuge "$parley --redis.prefix=c$round:" "$nodes"
    for k in $(seq $((REPEATS - 1))); do
      load plain "${scene[@]}" "${plain[@]}"; load centrifuge "${scene[@]}" "$@"
    done
    stop plain; stop centrifuge
  done
  ratio "$section, against plain" us "$(warm centrifuge server_cpu_us_per_delivery)" \
    "$(warm plain server_cpu_us_per_delivery)" 1.15
  also "to connect and join, centrifuge" "us each" \
    "$(warm centrifuge server_cpu_us_per_connection)"
  also "plain" "us each" "$(warm plain server_cpu_us_per_connection)"
}

row_centrifuge() {
  local said='{"id":3,"publish":{"channel":"room:lobby","data":"@T%T%P"}}'
  title "centrifuge clients, fan-out, 1 node, 8 under way"
  both 1 fanout 1000 2000 8 "${url[@]}" -- "${centrifuge[@]}" --msg "$said"
  title "centrifuge clients, fan-out, 1 node, 1 under way"
  both 1 fanout 1000 1000 1 "${url[@]}" -- "${centrifuge[@]}" --msg "$said"
  redis_stop; redis_start
  title "centrifuge clients, direct messages, 2 nodes, 64 under way"
  both 2 dm 1000 60000 64 "${acked[@]}" -- "${centrifuge_acked[@]}"
}
