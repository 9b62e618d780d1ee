# From `parley node` to the first 200 of /health/ready, asked every hundredth of a second. Ten
# starts, one after the other.

ready() {   # PORT: whether it says so
  local status=
  { exec 3<>/dev/tcp/127.0.0.1/"$1"; } 2>/dev/null || return 1
  printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r -t 1 status <&3; exec 3>&-
  [[ $status == *" 200 "* ]]
}

row_start() {
  local k port began took cores
  title "start to ready"
  for k in $(seq 10); do
    port=$((NEXT_PORT++)); began=${EPOCHREALTIME/./}
    "$root/parley" node --listen.port=0 --internal.port=$port --redis.prefix=s$k: \
      --redis.url=redis://127.0.0.1:"$REDIS_PORT" > "$work/start.log" 2>&1 &
    PIDS[start]=$!
    until ready $port; do
      sleep .01
      [ $((${EPOCHREALTIME/./} - began)) -lt 30000000 ] || { cat "$work/start.log" >&2; exit 1; }
    done
    took=$((${EPOCHREALTIME/./} - began))
    say "start x1 repeat=$k ready_s=$(awk -v t=$took 'BEGIN {print t / 1e6}')" \
      "cpu_s=$(awk -v t="$(cpu ${PIDS[start]})" 'BEGIN {print t / 100}')"
    stop start
  done
  amount "$section, median of ten" s "$(med start ready_s)" 1
  also "its CPU" s "$(med start cpu_s)"
}
