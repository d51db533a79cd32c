# Two megabytes of JSON: selected, grouped, sorted, rewritten; and one that is malformed.
needs="jq awk"

prepare() {
    awk 'BEGIN {
        print "["
        for (i = 1; i <= 12000; i++)
            printf "%s{\"id\": %d, \"name\": \"user %d\", \"tags\": [\"a%d\", \"b%d\"], \"score\": %d.25, \"deep\": {\"x\": {\"y\": [%d, null, true]}}}\n", (i > 1 ? "," : ""), i, i * 7919 % 12001, i % 17, i % 5, i % 1000, i
        print "]"
    }' >data.json
    echo '{"broken": [1, 2' >broken.json
}

work() {
    $RUN jq 'map(select(.score > 500)) | group_by(.tags[0]) | map({tag: .[0].tags[0], n: length, sum: (map(.score) | add)})' data.json
    $RUN jq -c 'sort_by(.name) | .[] | {name, y: .deep.x.y[0]}' data.json | sha256sum
    $RUN jq -r '[paths(type == "boolean")] | length' data.json
    $RUN jq -r '.[] | .name | test("9{2}") | tostring' data.json | sort | uniq -c
    $RUN jq -n 'def f(n): if n < 2 then n else f(n - 1) + f(n - 2) end; f(15), ("text" | ascii_upcase | explode), (now | type)'
    $RUN jq . broken.json
    echo "status $?"
    $RUN jq '.[0] | .name + 3' data.json
    echo "status $?"
    $RUN jq 'this is no filter' data.json
    echo "status $?"
}
