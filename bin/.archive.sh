# shellcheck shell=sh disable=SC2154
# Sourced after .env.sh by programs that start Java with the classes it needs from an archive, where they lie parsed and
# verified: it starts sooner. An archive is of one Java and one place, so it is made where it is used; where it cannot
# be, all works without.

# identify KIND: $name, of this Java and of the very bytes of Fish. Java looks at sizes and times alone, and those of two
# builds can be the same.
identify() {
    case "$lib" in *[[:space:]]*) return 1 ;; esac # flags are words
    set -- "$1" "$lib"/fish-setup-*.jar
    [ -f "$2" ] || return 1
    find_java
    release=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")/release
    id=$({ echo "$java $lib" && cat "$release" && cksum "$lib"/fish-*.jar; } 2>/dev/null | cksum)
    name=$1-${id%% *}.jsa
}

# Beside what is installed; else the user's own. An archive is code: of the latter nobody else's is taken.
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}

# find_archive KIND: $archive, which may be empty: that says that there can be none.
find_archive() {
    identify "$1" || return 1
    archive=$lib/../archive/$name
    [ ! -f "$archive" ] || return 0
    archive=$cache/fish/$name
    case $archive in *[[:space:]]*) return 1 ;; esac
    [ -n "$cache" ] && [ -f "$archive" ] && [ -O "$archive" ]
}

# make_archive KIND CLASS: of what CLASS loads, in place of those that were made of other jars or by another Java.
make_archive() (
    for directory in "$lib/../archive" "${cache:+$cache/fish}"; do
        case $directory in '' | *[[:space:]]*) continue ;; esac
        umask 022
        if ! mkdir -p -- "$directory" 2>/dev/null || [ ! -w "$directory" ]; then
            continue
        fi
        made=$directory/.$name.$$
        trap 'rm -f -- "$made"' EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        # The flags are several words.
        # shellcheck disable=SC2086
        if ! "$java" $tool -XX:ArchiveClassesAtExit="$made" -Xlog:disable -cp "$(class_path)" "$2" \
            </dev/null >/dev/null 2>&1 || [ ! -f "$made" ]; then
            rm -f -- "$made"
            true >"$made"
        fi
        rm -f -- "$directory/$1"-*.jsa
        mv -f -- "$made" "$directory/$name"
        return 0
    done
)

# with_archive KIND FLAGS: the flags, and those that use the archive if there is one.
with_archive() {
    flags=$2
    if find_archive "$1" && [ -s "$archive" ]; then
        flags="$flags -XX:SharedArchiveFile=$archive -Xshare:auto -Xlog:disable -Xlog:all=warning:stderr -Xlog:cds*=off:stderr"
    fi
}

# prepare KIND CLASS: makes what is missing and can be made.
prepare() {
    if identify "$1" && ! find_archive "$1"; then
        ended=0
        make_archive "$1" "$2" 2>/dev/null || ended=$?
        [ "$ended" -lt 128 ] || exit "$ended" # a signal is for the whole program
    fi
}

# prepare_nodes ARGUMENT…: unless all that is wanted is help.
prepare_nodes() {
    case " $* " in *' --help '* | *' -h '* | *' --version '* | *' -V '*) return 0 ;; esac
    prepare node fish.setup.NodeTraining
}
