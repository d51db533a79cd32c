#!/usr/bin/env bash
# Installs what a goal needs and this machine lacks, from the system's package manager.
#   make/deps.sh [--check] build | demo | test | bench
# As root or through sudo; otherwise, and with --check, it prints the one command to run, and fails.
# Debian's names are in daily use. Of the others those of the libraries were looked up (spec files,
# PKGBUILDs, scripts that install them), the rest is from memory; none was tried on such a system.
set -u

# goals | probe: a header (h:), a program (p:), a module of Python (y:), a sanitizer that clang links (s:clang:) | apt | dnf | pacman | zypper
needs='
build demo test | p:make                  | make | make | make | make
build demo test | p:cc                    | gcc libc6-dev | gcc glibc-devel | gcc | gcc glibc-devel
build demo test | p:pkg-config            | pkg-config | pkgconf-pkg-config | pkgconf | pkg-config
build demo test | h:elfutils/libdwfl.h    | libdw-dev | elfutils-devel | libelf | libdw-devel
build demo test | h:libelf.h              | libelf-dev | elfutils-libelf-devel | libelf | libelf-devel
build demo test | h:cjson/cJSON.h         | libcjson-dev | cjson-devel | cjson | cJSON-devel
build demo test | h:zlib.h                | zlib1g-dev | zlib-devel | zlib | zlib-devel
build demo test | p:c++                   | g++ | gcc-c++ | gcc | gcc-c++
demo test       | h:check.h               | check | check-devel | check | check-devel
build demo test | h:uthash.h              | uthash-dev | uthash-devel | uthash | uthash-devel
test bench      | p:clang                 | clang | clang | clang | clang
test            | p:gdb                   | gdb | gdb | gdb | gdb
test            | p:strace                | strace | strace | strace | strace
test bench      | p:valgrind              | valgrind | valgrind | valgrind | valgrind
test            | p:chromium              | chromium | chromium | chromium | chromium
test            | p:zsh                   | zsh | zsh | zsh | zsh
test            | p:fish                  | fish | fish | fish | fish
test            | p:script                | bsdutils | /usr/bin/script | util-linux | util-linux
test            | p:xmllint               | libxml2-utils | libxml2 | libxml2 | libxml2-tools
test            | p:vim                   | vim | vim-enhanced | vim | vim
test            | p:prove                 | perl | perl-Test-Harness | perl | perl
test            | p:python3               | python3 | python3 | python | python3
test            | p:go                    | golang-go | golang | go | go
test            | y:jsonschema            | python3-jsonschema | python3-jsonschema | python-jsonschema | python3-jsonschema
test            | p:ld.gold               | binutils-gold binutils | binutils-gold | binutils | binutils-gold
test            | p:ld.lld                | lld | lld | lld | lld
test            | h:libunwind.h           | libunwind-dev | libunwind-devel | libunwind | libunwind-devel
test            | p:shellcheck            | shellcheck | ShellCheck | shellcheck | ShellCheck
test            | p:cppcheck              | cppcheck | cppcheck | cppcheck | cppcheck
test            | p:clang-tidy            | clang-tidy | clang-tools-extra | clang | clang-tools
test            | s:clang:fuzzer          | libclang-rt-dev | compiler-rt | compiler-rt | clang
bench           | p:heaptrack             | heaptrack | heaptrack | heaptrack | heaptrack
bench           | p:sqlite3               | sqlite3 | sqlite | sqlite | sqlite3
bench           | p:jq                    | jq | jq | jq | jq
'

has() {
    case $1 in
    p:*) command -v "${1#p:}" >/dev/null 2>&1 ;;
    y:*) python3 -c "import ${1#y:}" 2>/dev/null ;;
    h:*) echo "#include <${1#h:}>" | ${CC:-cc} -E -x c - >/dev/null 2>&1 ;;
    s:clang:*) echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize="${1#s:clang:}" -x c - -o /dev/null >/dev/null 2>&1 ;;
    esac
}

column() { # name of the package manager → its column
    case $1 in apt-get) echo 3 ;; dnf) echo 4 ;; pacman) echo 5 ;; zypper) echo 6 ;; esac
}

manager() {
    for m in apt-get dnf pacman zypper; do
        command -v "$m" >/dev/null 2>&1 && { echo "$m"; return; }
    done
}

install_command() {
    case $1 in
    apt-get) echo "apt-get install -y --no-install-recommends" ;;
    dnf) echo "dnf install -y" ;;
    pacman) echo "pacman -S --noconfirm --needed" ;;
    zypper) echo "zypper --non-interactive install" ;;
    esac
}

only_check=0
[[ ${1:-} == --check ]] && { only_check=1; shift; }
goal=${1:?usage: make/deps.sh build|demo|test|bench}
if ! ${CC:-cc} -E -dM -include features.h -x c /dev/null 2>/dev/null | grep -q __GLIBC__ && ldd --version 2>&1 | grep -qi musl; then
    echo "csan: it stands on glibc, and this system's C library is musl" >&2
    exit 1
fi
pm=$(manager)
col=$(column "${pm:-apt-get}")
missing=() packages=()
while IFS= read -r row; do
    IFS='|' read -ra f <<<"$row"
    [[ ${#f[@]} -ge 6 && " ${f[0]} " == *" $goal "* ]] || continue
    probe=${f[1]// /}
    has "$probe" && continue
    missing+=("${probe#?:}")
    read -ra p <<<"${f[$((col - 1))]}"
    packages+=("${p[@]}")
done <<<"$needs"
if [[ $goal == test && -f tests/real/packages.txt && $pm == apt-get ]]; then
    while read -r p; do
        dpkg -s "$p" >/dev/null 2>&1 || { missing+=("$p"); packages+=("$p"); }
    done < <(sed 's/#.*//' tests/real/packages.txt | tr -s ' \t' '\n' | sed '/^$/d')
fi
((${#missing[@]})) || exit 0

if [[ -z $pm ]]; then
    echo "csan: missing: ${missing[*]}; install them with this system's package manager" >&2
    exit 1
fi
command="$(install_command "$pm") ${packages[*]}"
as_root=
if [[ $only_check == 1 || $(id -u) != 0 ]]; then
    if [[ $only_check == 1 ]] || ! sudo -n true 2>/dev/null; then
        echo "csan: missing: ${missing[*]}. Run this, then make again:" >&2
        echo "    $([[ $(id -u) == 0 ]] || echo 'sudo ')$command" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "csan: installing ${packages[*]}"
[[ $pm == apt-get ]] && $as_root apt-get update -qq
# shellcheck disable=SC2086 # words, not one word
DEBIAN_FRONTEND=noninteractive $as_root $command >/tmp/csan-deps.$$ 2>&1 || {
    tail -n 20 /tmp/csan-deps.$$ >&2
    rm -f /tmp/csan-deps.$$
    echo "csan: could not install ${packages[*]}" >&2
    exit 1
}
rm -f /tmp/csan-deps.$$
