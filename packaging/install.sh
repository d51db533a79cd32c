#!/bin/sh
# Puts csan in place, or takes it away: make install, make uninstall.
#
#   install.sh install | uninstall | list
#
# From the environment: O (the build tree), VERSION, ABI, PREFIX, BINDIR, LIBDIR, INCLUDEDIR,
# DATADIR, MANDIR, DESTDIR (put before each of them; nothing of the running system is touched then) and
# LDCONFIG. One list of files, so that what is removed is what was installed.
set -eu
umask 022
cd "$(dirname "$0")/.."
pkgconfigdir=$LIBDIR/pkgconfig
cmakedir=$LIBDIR/cmake/csan
tab=$(printf '\t')

row() { # HOW FROM TO. HOW: a mode, `fill` (a template), `link` (FROM is what it points to)
    printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}

# The functions of csan.h and csan_share.h, each of which is a man page's name.
functions() {
    sed -n 's/^\(CSAN_UNREAD \)*static inline .*[ *]\(csan_[a-z_]*\)(.*/\2/p' include/csan*.h | sort -u
}

files() {
    row 755 "$O/bin/csan" "$BINDIR/csan"
    row 755 "$O/lib/libcsan.so.$ABI" "$LIBDIR/libcsan.so.$VERSION"
    row link "libcsan.so.$VERSION" "$LIBDIR/libcsan.so.$ABI"
    for name in libcsan.so csan_start.o libcsan.a libcsan_static.a libcsan_check.a; do
        row 644 "$O/lib/$name" "$LIBDIR/$name"
    done
    row fill packaging/csan.pc.in "$pkgconfigdir/csan.pc"
    row fill packaging/csan-check.pc.in "$pkgconfigdir/csan-check.pc"
    row fill packaging/csanConfig.cmake.in "$cmakedir/csanConfig.cmake"
    row fill packaging/csanConfigVersion.cmake.in "$cmakedir/csanConfigVersion.cmake"
    row 644 "$O/completions/csan.bash" "$DATADIR/bash-completion/completions/csan"
    row 644 "$O/completions/csan.zsh" "$DATADIR/zsh/site-functions/_csan"
    row 644 "$O/completions/csan.fish" "$DATADIR/fish/vendor_completions.d/csan.fish"
    row 644 packaging/csan-gdb.py "$DATADIR/csan/csan-gdb.py"
    # gdb looks there for what belongs to a library; the name is that of the file, not of a link.
    row link "$DATADIR/csan/csan-gdb.py" "$DATADIR/gdb/auto-load$LIBDIR/libcsan.so.$VERSION-gdb.py"
    for header in include/*.h; do
        row 644 "$header" "$INCLUDEDIR/${header#include/}"
    done
    for header in include/*/*.h; do
        [ ! -e "$header" ] || row 644 "$header" "$INCLUDEDIR/csan/${header#include/}"
    done
    for page in docs/man/*.[1-8]; do
        row 644 "$O/man/${page##*/}" "$MANDIR/man${page##*.}/${page##*/}"
    done
    for function in $(functions); do
        row link csan.3 "$MANDIR/man3/$function.3"
    done
}

complain() {
    echo "csan: $1" >&2
    exit 1
}

# The programs that csan watches find it by these paths, in LD_PRELOAD among others.
check_paths() {
    for path in "$PREFIX" "$BINDIR" "$LIBDIR" "$INCLUDEDIR" "$DATADIR" "$MANDIR"; do
        case $path in
        *[[:space:]:]*) complain "cannot install to \"$path\": LD_PRELOAD ends a path at a blank or colon" ;;
        /*) ;;
        *) complain "cannot install to \"$path\": PREFIX and the folders below it are absolute paths" ;;
        esac
    done
}

escaped() { # a text, as the right side of sed's s|||
    printf '%s' "$1" | sed 's/[&|\\]/\\&/g'
}

# In .pc files the folders are relative to ${prefix}, so that it alone need be redefined.
fill() { # TEMPLATE
    case $1 in *.pc.in) under="\${prefix}" ;; *) under=$PREFIX ;; esac
    set -- "$1" "$BINDIR" "$LIBDIR" "$INCLUDEDIR"
    sed -e "s|@VERSION@|$(escaped "$VERSION")|g" -e "s|@ABI@|$(escaped "$ABI")|g" \
        -e "s|@PREFIX@|$(escaped "$PREFIX")|g" \
        -e "s|@BINDIR@|$(escaped "$(below "$under" "$2")")|g" \
        -e "s|@LIBDIR@|$(escaped "$(below "$under" "$3")")|g" \
        -e "s|@INCLUDEDIR@|$(escaped "$(below "$under" "$4")")|g" "$1"
}

below() { # a folder, with what stands for PREFIX in its place
    case $2 in "$PREFIX"/*) printf '%s%s' "$1" "${2#"$PREFIX"}" ;; *) printf '%s' "$2" ;; esac
}

put() { # HOW FROM TO
    target=$DESTDIR$3
    mkdir -p "${target%/*}"
    case $1 in
    link) ln -sf "$2" "$target" ;;
    fill)
        fill "$2" >"$O/filled"
        install -m 644 "$O/filled" "$target"
        rm -f "$O/filled"
        ;;
    *) install -m "$1" "$2" "$target" ;;
    esac
}

# So that programs which were linked without -rpath find the library.
tell_linker() {
    if [ -z "$DESTDIR" ] && [ "$(id -u)" = 0 ] && command -v "$LDCONFIG" >/dev/null 2>&1; then
        "$LDCONFIG"
    fi
}

check_paths
case ${1:-} in
install)
    files | while IFS=$tab read -r how from to; do put "$how" "$from" "$to"; done
    tell_linker
    ;;
uninstall)
    files | while IFS=$tab read -r _ _ to; do rm -f "$DESTDIR$to"; done
    # Folders of csan's own; others may be somebody else's.
    for folder in "$DESTDIR$cmakedir" "$DESTDIR$INCLUDEDIR"/csan/* "$DESTDIR$INCLUDEDIR/csan" "$DESTDIR$DATADIR/csan"; do
        [ ! -d "$folder" ] || rmdir "$folder" 2>/dev/null || true
    done
    tell_linker
    ;;
list)
    files | while IFS=$tab read -r _ _ to; do printf '%s\n' "$DESTDIR$to"; done
    ;;
*) complain "usage: install.sh install|uninstall|list" ;;
esac
