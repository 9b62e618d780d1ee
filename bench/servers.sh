# Sourced by figures.sh and measure.sh: starts servers, runs a scene of wsload against them and says
# what it cost their processes. Several groups of servers may run at once, each under its own name.
declare -A PIDS PORTS LABELS
WORK=${TMPDIR:-/tmp}
NEXT_PORT=${BASE:-$((21000 + RANDOM % 8000))}

# start NAME 'COMMAND with @PORT@ and @I@' NODES [LABEL]: on consecutive ports. LABEL: what the
# lines are called, if not NAME.
start() {
  local name=$1 command=$2 nodes=$3 i port pids=() ports=
  LABELS[$name]=${4:-$name}
  for ((i = 0; i < nodes; i++)); do
    port=$((NEXT_PORT++)); ports+=${ports:+,}$port
    setsid bash -c "exec $(sed "s/@PORT@/$port/g; s/@I@/$i/g" <<< "$command")" \
      > "$WORK/measure.$name.$i.log" 2>&1 &
    pids+=($!); PIDS[$name]=${pids[*]}   # at once, so that a trap finds it
  done
  PORTS[$name]=$ports
  for port in ${ports//,/ }; do
    for i in $(seq 300); do (exec 3<>/dev/tcp/127.0.0.1/"$port") 2>/dev/null && break; sleep .1; done
  done
  sleep "${WARM:-0.5}"
  for i in "${pids[@]}"; do
    [ -d "/proc/$i" ] && continue
    echo "$name did not start:" >&2; tail -qn 3 "$WORK/measure.$name".*.log >&2; return 1
  done
}

# run NAME SCENE CONNS MSGS WINDOW [wsload's arguments]: REPEAT times (1). Prints wsload's JSON, the
# servers' own CPU for each delivery and Redis' for each message, both from when all clients are
# there; the servers' CPU for each client until then; and the servers' memory, which is meant
# while no clients are there (rows/memory.sh looks while they are). A run of which not all
# arrived ends in failed=, and doesn't count.
declare -A RUNS
run() {
  local name=$1 scene=$2 conns=$3 msgs=$4 window=$5; shift 5
  local began c0 c1 r0 r1 m0 m1 out d k redis=${REDIS_PID:-$(pgrep -x redis-server | head -1)}
  local x=(${PIDS[$name]})
  for ((k = 0; k < ${REPEAT:-1}; k++)); do
    RUNS[$name]=$((${RUNS[$name]:-0} + 1))
    m0=$(rss "$name"); began=$(cpu ${PIDS[$name]})
    exec {from}< <(timeout 180 "${WSLOAD:-$WORK/wsload}" --ports "${PORTS[$name]}" --scene "$scene" \
      --conns "$conns" --msgs "$msgs" --window "$window" "$@" 2>&1 || echo " failed=$?")
    read -r out <&"$from" || true   # going, or what is wrong
    c0=$(cpu ${PIDS[$name]}); r0=$(cpu $redis)
    if [ "$out" = going ]; then out=; fi
    out+=$(tr '\n' ' ' <&"$from"); exec {from}<&-
    c1=$(cpu ${PIDS[$name]}); r1=$(cpu $redis); m1=$(rss "$name")
    d=$(sed -n 's/.*"delivered":\([0-9]*\).*/\1/p' <<< "$out")
    printf '%s x%d repeat=%d %s' "${LABELS[$name]}" ${#x[@]} "${RUNS[$name]}" "$out"
    awk -v c=$((c1 - c0)) -v r=$((r1 - r0)) -v j=$((c0 - began)) -v d="${d:-0}" -v m="$msgs" \
      -v n="$conns" 'BEGIN {
      printf " server_cpu_us_per_delivery=%s", d ? c * 10000 / d : "-"
      printf " redis_cpu_us_per_msg=%s", r * 10000 / m
      printf " server_cpu_us_per_connection=%s", j * 10000 / n }'
    printf ' rss_before_kib=%d rss_after_kib=%d\n' "$m0" "$m1"
  done
}

# The CPU of the processes in hundredths of a second; of none: 0.
cpu() {
  local p s=0
  for p in "$@"; do s=$((s + $(awk '{print $14 + $15}' "/proc/$p/stat" || echo 0))); done
  echo $s
}

# The resident memory of a group in KiB.
rss() {
  local p s=0
  for p in ${PIDS[$1]}; do s=$((s + $(awk '/VmRSS/ {print $2}' "/proc/$p/status"))); done
  echo $s
}

# stop NAME: by pid, and for good after ten seconds.
stop() {
  local p
  kill ${PIDS[$1]:-} 2>/dev/null || true
  for p in ${PIDS[$1]:-}; do
    for _ in $(seq 100); do [ -d "/proc/$p" ] || break; sleep .1; done
    [ -d "/proc/$p" ] && kill -9 "$p"
    wait "$p" 2>/dev/null || true
  done
  unset "PIDS[$1]" "RUNS[$1]"
}

stop_all() { local name; for name in "${!PIDS[@]}"; do stop "$name"; done; }
