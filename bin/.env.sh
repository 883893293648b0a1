# shellcheck shell=sh disable=SC2034
# Sourced by the programs beside it: finds Fish and Java, and runs one of Fish's classes.
# A release has lib/ beside bin/; a checkout has it in target/fish once it is built.

home=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
lib=$home/lib
[ -f "$home/pom.xml" ] && lib=$home/target/fish/lib

# Java reads arguments and paths in the locale's character set: in the C locale, and in one that this machine does not
# have, it knows no letters beyond ASCII.
case $(locale charmap 2>/dev/null || echo none) in
    none) case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in C | POSIX) export LC_ALL=C.UTF-8 ;; esac ;;
    ANSI_X3.4-1968 | US-ASCII | 646) export LC_ALL=C.UTF-8 ;;
esac

fail() {
    echo "${0##*/}: $1" >&2
    exit 2
}

# Java takes a colon for the end of a path.
case $home in
    *:*) fail "Fish cannot run from $home, for its path has a colon: move it" ;;
esac

is_built() {
    ls "$lib"/fish-setup-*.jar >/dev/null 2>&1
}

# The number before the first dot, from the file that JDKs have since Java 8; 1 for Java 8 itself.
java_major() {
    java_home=$(dirname -- "$(dirname -- "$(readlink -f -- "$1")")")
    if [ -f "$java_home/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java_home/release"
    else
        "$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
    fi
}

find_java() {
    java=$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java") ||
        fail "there is no ${JAVA_HOME:+$JAVA_HOME/bin/}java: install Java 17 or later, or set JAVA_HOME"
    major=$(java_major "$java")
    [ "${major:-17}" -ge 17 ] || fail "$java is Java $major; Fish needs 17 or later: set JAVA_HOME"
}

# In one order everywhere: an archive of classes is of this path.
class_path() (
    LC_ALL=C
    IFS=:
    set -- "$lib"/*.jar
    echo "$*"
)

# run CLASS FLAGS ARGUMENTS…: becomes the program. FISH_JAVA_OPTS comes last, and so it wins.
run() {
    class=$1
    flags=$2
    shift 2
    is_built || fail "Fish is not built: run bin/demo, or mvn package, in $home"
    find_java
    # A library of the HTTP server's uses what Java 24 and later warn about at every start.
    [ "${major:-17}" -lt 24 ] || flags="$flags --sun-misc-unsafe-memory-access=allow"
    # The flags are several words each.
    # shellcheck disable=SC2086
    exec "$java" $flags ${FISH_JAVA_OPTS-} \
        "-Dfish.home=$home" \
        "-Djava.util.logging.config.file=$home/conf/logging.properties" \
        -cp "$(class_path)" "$class" "$@"
}

# A server: the heap is as large as it says, and without memory it ends rather than limps. In smaller regions a value of
# 1 MiB would take two of its own.
server="-Xmx512m -XX:+ExitOnOutOfMemoryError -XX:G1HeapRegionSize=4m"

# A tool that lives for seconds: it starts quickly and stays small.
tool="-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
