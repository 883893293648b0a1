# shellcheck shell=sh disable=SC2154
# Sourced after .env.sh by programs that start Java with the classes it needs from an archive, where they lie parsed and
# verified: it starts sooner. An archive is of one Java and one place, so it is made where it is used; where it cannot
# be, all works without.

# find_archive KIND: 0 if there is one that is not older than Fish, 1 if one can be made; $archive is its path. Else 2.
find_archive() {
    case "$lib" in *' '*) return 2 ;; esac # flags are words
    set -- "$1" "$lib"/fish-setup-*.jar "$lib"/fish-core-*.jar
    [ -f "$2" ] && [ -f "$3" ] || return 2
    find_java
    release=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")/release
    id=$({ echo "$java $lib" && cat "$release"; } 2>/dev/null | cksum)
    name=$1-${id%% *}.jsa
    for directory in "$lib/../archive" "${XDG_CACHE_HOME:-${HOME:-/nowhere}/.cache}/fish"; do
        archive=$directory/$name
        case $archive in *' '*) continue ;; esac
        [ ! "$archive" -nt "$2" ] || [ ! "$archive" -nt "$3" ] || return 0
        if mkdir -p -- "$directory" 2>/dev/null && [ -w "$directory" ]; then
            return 1
        fi
    done
    return 2
}

# make_archive CLASS: at $archive, of what CLASS loads. An empty one says that there can be none: it is tried once.
make_archive() {
    made=$archive.$$
    # The flags are several words.
    # shellcheck disable=SC2086
    "$java" $tool -XX:ArchiveClassesAtExit="$made" -Xlog:disable -cp "$lib/*" "$1" </dev/null >/dev/null 2>&1 ||
        : >"$made"
    [ -f "$made" ] || : >"$made"
    mv -f -- "$made" "$archive"
}

# with_archive KIND FLAGS: the flags, and those that use the archive if there is one.
with_archive() {
    flags=$2
    if find_archive "$1" && [ -s "$archive" ]; then
        flags="$flags -XX:SharedArchiveFile=$archive -Xshare:auto -Xlog:disable -Xlog:all=warning:stderr -Xlog:cds*=off:stderr"
    fi
}

# prepare KIND CLASS: makes what is missing and can be made.
prepare() {
    if find_archive "$1" || [ $? -ne 1 ]; then
        return 0
    fi
    make_archive "$2"
}

prepare_nodes() {
    prepare node fish.setup.NodeTraining
}
