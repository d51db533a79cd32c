# Small tools, a sort on several threads, compression on several threads, make and its children.
needs="sort xz make find gawk"

prepare() {
    awk 'BEGIN { for (i = 0; i < 200000; i++) print i * 7919 % 200003 }' >numbers.txt
    mkdir -p tree/{a,b,c}/{d,e}
    touch tree/{a,b,c}/{d,e}/f{1..20}
    printf 'all: one two\n\t@echo done\none two:\n\t@echo making $@\nbad:\n\t@false\n' >Makefile
}

work() {
    $RUN sort -n --parallel=4 -S 1M numbers.txt | sha256sum
    $RUN xz -T2 -1 --block-size=200KiB -c numbers.txt | $RUN xz -dc | sha256sum
    $RUN find tree -name 'f1*' -size 0 | sort | sha256sum
    $RUN gawk '{ n[$1 % 100]++ } END { for (i in n) s += n[i] * i; print s }' numbers.txt
    $RUN make --no-print-directory
    $RUN make --no-print-directory bad
    echo "status $?"
    $RUN ls -l --time-style=+ tree/a | wc -l
    $RUN date -u -d '2024-01-02 03:04:05' +%s
    $RUN cat /nowhere
    echo "status $?"
}
