# A repository from its beginning: commits, a branch, a merge, a conflict, log, diff, gc, fsck, clone.
needs="git"

prepare() {
    for i in $(seq 60); do
        seq "$i" $((i * 20)) >"file$i.txt"
    done
}

work() {
    export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
    export GIT_AUTHOR_DATE='2024-01-02T03:04:05Z' GIT_COMMITTER_DATE='2024-01-02T03:04:05Z'
    export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD GIT_PAGER=cat
    $RUN git init -q -b main repo
    cp file*.txt repo
    cd repo || return
    $RUN git add .
    $RUN git commit -q -m first
    $RUN git checkout -q -b side
    sed -i 's/^1/one/' file1.txt
    $RUN git commit -q -a -m side
    $RUN git checkout -q main
    sed -i 's/^20$/twenty/' file1.txt file2.txt
    $RUN git commit -q -a -m change
    $RUN git merge -q -m merged side
    echo "status $?"
    $RUN git checkout -q -b other HEAD~1
    seq 3 >file2.txt
    $RUN git commit -q -a -m other
    $RUN git merge main
    echo "status $?"
    $RUN git log --oneline --graph --all --stat | cat
    $RUN git diff HEAD~1 | sha256sum
    $RUN git status --short
    $RUN git blame file1.txt | head -n 3
    $RUN git tag -a v1 -m one
    $RUN git gc -q --prune=now
    $RUN git fsck --full
    $RUN git rev-parse HEAD v1
    $RUN git clone -q . ../copy
    $RUN git -C ../copy log --format=%H -n 1
    $RUN git show no-such-thing
    echo "status $?"
    cd ..
    rm -rf repo copy
}
