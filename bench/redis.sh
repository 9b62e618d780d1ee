# Sourced by figures.sh: a Redis of its own for each row, empty and without persistence.
redis_binary=$(command -v redis-server || true)
if [ -z "$redis_binary" ]; then   # the binary that comes with the development cluster
  arch=$(uname -m); case $arch in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; esac
  redis_binary=$work/redis-server
  python3 -m zipfile -e "$(ls "$root"/dev/target/lib/embedded-redis-*.jar)" "$work/redis-jar"
  cp "$work/redis-jar/redis-server-7.0.15-linux-$arch" "$redis_binary"; chmod +x "$redis_binary"
fi

redis_start() {
  "$redis_binary" --port "$REDIS_PORT" --save "" --appendonly no > "$work/redis.log" 2>&1 &
  REDIS_PID=$!
  sleep 0.5
  kill -0 $REDIS_PID 2>/dev/null || { tail -n 3 "$work/redis.log"; exit 1; }
}

redis_stop() {
  [ -n "$REDIS_PID" ] || return 0
  kill "$REDIS_PID" 2>/dev/null || true; wait "$REDIS_PID" 2>/dev/null || true
  REDIS_PID=
}

# redis_kept PREFIX: how many keys there are that history and presence make.
redis_kept() {
  local answer
  exec 3<>/dev/tcp/127.0.0.1/"$REDIS_PORT"
  printf 'EVAL "%s" 0 %s\r\n' "local n = 0 for _, k in ipairs({'log', 'top', 'here', 'users', \
'who'}) do n = n + #redis.call('KEYS', ARGV[1] .. k .. ':*') end return n" "$1" >&3
  read -r -t 10 answer <&3; exec 3>&-
  answer=${answer#:}; echo "${answer%$'\r'}"
}
