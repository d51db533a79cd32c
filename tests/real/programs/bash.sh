# A script with functions, arrays, pipes, here-documents, traps, job control and sub-shells.
needs="bash"

prepare() {
    cat >work.sh <<'END'
set -u
declare -A seen
words() { for i in $(seq 300); do echo "word$((i * 7919 % 101))"; done; }
while read -r w; do seen[$w]=$((${seen[$w]:-0} + 1)); done < <(words)
echo "${#seen[@]}"
for w in "${!seen[@]}"; do echo "$w ${seen[$w]}"; done | sort | head -n 3
text=$(cat <<TEXT
$(echo nested "$(echo deeper)")
TEXT
)
echo "${text^^} ${text//e/E} ${#text}"
trap 'echo at exit' EXIT
trap 'echo usr1' USR1
kill -USR1 $$
(exit 4); echo "sub $?"
sleep 0 & wait $!; echo "job $?"
f() { local n=$1; [[ $n -le 1 ]] && { echo 1; return; }; echo $((n * $(f $((n - 1))))); }
f 8
a=(); for i in {1..2000}; do a+=("x$i"); done; echo "${a[@]: -2}"
eval 'echo evaluated'
printf '%05d %s\n' 42 "$(printf '%q' "a b")"
[[ "abc123" =~ ([a-z]+)([0-9]+) ]] && echo "${BASH_REMATCH[2]}"
exit 3
END
}

work() {
    $RUN bash work.sh
    echo "status $?"
    $RUN bash -c 'echo "syntax'
    echo "status $?"
    $RUN bash -c 'exec echo replaced'
}
