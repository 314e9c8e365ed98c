/** Folder inside the container, in memory, in which each server has its own. */
export const slotsFolder = '/portside';

/** Variable by which the script is told the password of the server that takes orders. */
export const secretVariable = 'PORTSIDE_SECRET';

/**
 * The program of a container with several servers, for any POSIX shell. Its arguments: the port for orders, the first server's port,
 * the number of servers, then the words that start a server. A small Redis of its own takes the orders, as its client is in the
 * image anyway and answers in milliseconds, where a command run by the engine takes seventy:
 * - `begin`, a list: the length of what stands under `seed`, the data that every server begins with; 0 for none;
 * - `order:PORT`, a list: `TOKEN LENGTH`: end the server, and start another one with the data under `data:TOKEN`, or with the seed when
 *   the length is 0; `done:TOKEN` is pushed when the old one is gone.
 * A server that ends of itself stays ended until its next order. The lengths are given because the client adds a line break.
 */
export const slotsScript = String.raw`
control=$1 first=$2 count=$3
shift 3
secret=$PORTSIDE_SECRET
unset PORTSIDE_SECRET
base=/portside
server=$(command -v redis-server || command -v valkey-server) || exit 64
client=$(command -v redis-cli || command -v valkey-cli) || exit 64
command -v "$1" >/dev/null || exit 64

ask() { REDISCLI_AUTH=$secret "$client" -p "$control" --raw "$@" 2>/dev/null; }

serve() {
  port=$1 turn=0 data=$base/seed.rdb old= done=PING
  shift
  while :; do
    turn=$((turn + 1))
    folder=$base/$port.$turn
    mkdir "$folder" && cd "$folder" || exit 1
    if [ -f "$data" ]; then
      cp "$data" dump.rdb
      cp "$data" appendonly.aof
    fi
    "$@" --port "$port" --dir "$folder" --dbfilename dump.rdb --appendfilename appendonly.aof \
      --daemonize no --logfile '' --pidfile '' &
    pid=$!
    [ -z "$old" ] || rm -rf "$old" "$base/$port.rdb"
    order=$(printf '%s\n' "$done" "BLPOP order:$port 0" | ask | tail -n 1)
    read -r token length <<END
$order
END
    [ "$length" -ge 0 ] 2>/dev/null || exit 1
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    old=$folder data=$base/seed.rdb done="LPUSH done:$token $turn"
    if [ "$length" -gt 0 ]; then
      data=$base/$port.rdb
      ask GET "data:$token" | head -c "$length" >"$data"
    fi
  done
}

printf 'requirepass %s\n' "$secret" |
  "$server" - --port "$control" --dir "$base" --save '' --appendonly no --daemonize no --loglevel warning &
orders=$!
until ask PING >/dev/null; do sleep 0.02; done
length=$(ask BLPOP begin 0 | tail -n 1)
[ -n "$length" ] || exit 1
[ "$length" -eq 0 ] || ask GET seed | head -c "$length" >"$base/seed.rdb"
port=$first
while [ "$port" -lt $((first + count)) ]; do
  serve "$port" "$@" &
  port=$((port + 1))
done
wait "$orders"
exit 1
`;
