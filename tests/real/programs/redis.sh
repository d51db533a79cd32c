# The server on a socket of its own under a bounded load, asked, saved and shut down; with threads.
needs="redis-server redis-benchmark redis-cli"

prepare() {
    :
}

work() {
    local socket=$PWD/s
    $RUN redis-server --port 0 --unixsocket "$socket" --save '' --io-threads 2 --logfile "$PWD/server.log" --dir "$PWD" --appendonly no &
    local server=$!
    until redis-cli -s "$socket" ping >/dev/null 2>&1; do
        kill -0 "$server" || return 9
    done
    $RUN redis-benchmark -s "$socket" -q -n 2000 -c 10 -t set,get,lpush,lrange_100,hset,zadd >bench.out 2>&1
    echo "benchmark $?"
    for i in $(seq 50); do
        echo "set key$i $(printf 'v%.0s' $(seq "$i"))"
        echo "rpush list a$i b$i"
        echo "hset hash f$i $i"
        echo "expire key$i 1000"
    done | $RUN redis-cli -s "$socket" | sort | uniq -c
    $RUN redis-cli -s "$socket" eval 'local n = 0; for i = 1, 1000 do n = n + i end; return n' 0
    $RUN redis-cli -s "$socket" lrange list 0 9
    $RUN redis-cli -s "$socket" get nothing
    $RUN redis-cli -s "$socket" not a command
    $RUN redis-cli -s "$socket" save
    $RUN redis-cli -s "$socket" shutdown nosave
    wait "$server"
    echo "server $?"
    rm -f server.log bench.out dump.rdb
}
