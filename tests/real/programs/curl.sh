# A file of three megabytes by its URL, two at once, a part of it, and one that is not there.
needs="curl"

prepare() {
    seq 400000 >data.txt
}

work() {
    $RUN curl -sS "file://$PWD/data.txt" | sha256sum
    $RUN curl -sS -r 100-199 "file://$PWD/data.txt"
    echo "status $?"
    $RUN curl -sS -o a "file://$PWD/data.txt" -o b "file://$PWD/data.txt"
    echo "status $?"
    $RUN curl -sS "file://$PWD/nothing.txt"
    echo "status $?"
    $RUN curl -sS --no-such-option
    echo "status $?"
}
