# What a publish of the backend costs a node, 16 connections with a request each under way, to the
# room of one client, who gets all of them; and as many at a time, 100 in a request. Beside it a
# direct message between 1,000 users of another node, with acks, as many under way. Both nodes are
# up at once and take turns.

row_api() {
  local cpu=server_cpu_us_per_delivery redis=redis_cpu_us_per_msg key=0123456789abcdef01234567
  local internal=$((NEXT_PORT++)) k command='{"channel":"room:lobby","data":"@T%T%P"}'
  title "server API, 1 node, 16 under way"
  up api "${parley/--internal.port=0/--internal.port=$internal} --redis.prefix=a: \
--api.keys=bench=$key" 1
  up direct "$parley --redis.prefix=d:" 1
  for k in $(seq "$REPEATS"); do
    publishes post publish 16 --msg "$command"
    publishes batch batch 1600 --each 100 --around '{"commands":[=>]}' \
      --msg "{\"publish\":$command}"
    load direct dm 1000 60000 16 "${acked[@]}"
  done
  stop api; stop direct
  ratio "$section, publish against a direct message" us "$(warm post $cpu)" "$(warm direct $cpu)"
  ratio "  100 publishes in a request against a direct message" us "$(warm batch $cpu)" \
    "$(warm direct $cpu)"
  # A direct message is two publishes: to the receiver's inbox, and the sender's copy.
  also "Redis for each publish" us "$(warm post $redis)"
  also "in a batch" us "$(warm batch $redis)"
  also "for each direct message" us "$(warm direct $redis)"
  also "through the API, one by one" "a second" "$(warm post deliveries_per_s)"
  also "in batches" "a second" "$(warm batch deliveries_per_s)"
}

publishes() {   # NAME METHOD UNDER_WAY [wsload's arguments]: 100,000 of them. The repeats count.
  LABELS[api]=$1; RUNS[api]=$((k - 1))
  load api fanout 1 100000 "$3" "${url[@]}" --settle 1500 --post "$internal /api/$2 $key" "${@:4}"
}
