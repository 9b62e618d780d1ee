# History, resume and presence as shipped, against without. Both pairs of nodes are up at once and
# take turns, so that what the machine does otherwise cancels out. Ids are remembered in both.

on_and_off() {   # ROUNDS REPEATS scene …: of fresh nodes, each round
  local round k namespace without off="--namespaces.room.presence=false"
  off+=" --namespaces.room.join-leave=false"
  for namespace in room inbox; do
    off+=" --namespaces.$namespace.history-size=0 --namespaces.$namespace.resume=false"
  done
  for round in $(seq "$1"); do
    up on "$parley --redis.prefix=on$round:" 2
    up off "$parley --redis.prefix=off$round: $off" 2
    for k in $(seq "$2"); do load on "${@:3}"; load off "${@:3}"; done
    without=$(redis_kept "off$round:")
    say "keys of history and presence in Redis: $(redis_kept "on$round:") and $without"
    [ "$without" = 0 ] || { echo "it isn't off" >&2; exit 1; }
    stop on; stop off
  done
}

row_history() {
  local cpu=server_cpu_us_per_delivery redis=redis_cpu_us_per_msg
  title "history, resume and presence, direct messages, 2 nodes, 64 under way"
  # Two rounds, because no two JVMs compile alike.
  on_and_off 2 $((REPEATS - 1)) dm 1000 60000 64 "${acked[@]}"
  ratio "$section, on against off" us "$(warm on $cpu)" "$(warm off $cpu)" 1.5
  also "to connect and join, on" "us each" "$(warm on server_cpu_us_per_connection)"
  also "off" "us each" "$(warm off server_cpu_us_per_connection)"
  # A direct message is two publishes: to the receiver's inbox, and the sender's copy.
  amount "  Redis' CPU per publish, on" us "$(warm on $redis | awk '{print $1 / 2}')" 20
  also "off" us "$(warm off $redis | awk '{print $1 / 2}')"
  redis_stop; redis_start
  title "history, resume and presence, fan-out, 2 nodes, 8 under way"
  on_and_off 1 "$REPEATS" fanout 1000 2000 8 "${url[@]}"
  ratio "$section, on against off" us "$(warm on $cpu)" "$(warm off $cpu)" 1.5
}
