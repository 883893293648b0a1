# shellcheck shell=sh disable=SC2154
# Sourced after .env.sh by what runs from a checkout alone: builds Fish, and runs what is among its tests.

# shellcheck source=bin/.needs.sh
. "$home/bin/.needs.sh"

need_to_build() {
    need jdk "build Fish"
    need maven "build Fish"
}

# Maven compiles with the JDK that was found, though another java may stand first in the PATH.
use_jdk() {
    [ -z "${JAVA_HOME-}" ] || return 0
    java_home=$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac)")")")
    if [ -f "$java_home/release" ]; then
        export JAVA_HOME="$java_home"
    fi
}

build() {
    need_to_build
    supply
    use_jdk
    tell "building Fish, which takes a minute or two, and some more the first time"
    log=$home/target/build.log
    mkdir -p "$home/target"
    ended=$({
        # Jars have the modes of what goes into them: whoever builds, they are to have the same bytes.
        if (cd "$home" && umask 022 && mvn -B package -DskipTests </dev/null 2>&1); then
            echo well >&3
        fi | tee "$log" | progress
    } 3>&1)
    if [ -z "$ended" ]; then
        awk '/^\[[A-Z]+\]/ { shown = /^\[(ERROR|WARNING)\]/ } shown' "$log" | tail -n 100 >&2
        tell "Fish could not be built; all that Maven said is in $log"
        exit 1
    fi
}

# Of what Maven says: each part of Fish as it begins, and how much was fetched.
progress() {
    fetched=0
    while IFS= read -r line; do
        case $line in
            '[INFO] Building '*/*']')
                tell "$(echo "$line" | sed 's/^.* Building \(.*\) [^ ][^ ]* *\[\(.*\)\/\(.*\)\]$/  part \2 of \3: \1/')"
                ;;
            *'Downloaded from '*)
                fetched=$((fetched + 1))
                [ $((fetched % 100)) -ne 0 ] || tell "  $fetched files fetched for Maven"
                ;;
        esac
    done
}

# Whether a source is younger than what was made of all of them.
is_stale() {
    made=$(find "$lib" -name 'fish-setup-*.jar' | head -n 1)
    [ -n "$(find "$home/src" "$home/back" "$home/front" "$home/setup" -name target -prune -o \
        -name '*.java' -newer "$made" -print | head -n 1)" ]
}

# run_tool CLASS ARGUMENTS…: becomes a program that lies among the tests.
run_tool() {
    class=$1
    shift
    cd "$home" || exit
    if ! is_built || is_stale || [ ! -f "setup/target/test-classes/$(echo "$class" | tr . /).class" ]; then
        build
    fi
    find_java
    exec "$java" "-Dfish.home=$home" -cp "setup/target/test-classes:src/target/test-classes:$lib/*" \
        "$class" "$@"
}

# Debian's is unpacked below target/ and not installed, since its package starts a server. Where that cannot be
# done, the tests that need it are skipped and say so.
fetch_prometheus() {
    there=$home/target/prometheus
    if [ -x "$there/usr/bin/promtool" ] || command -v promtool >/dev/null; then
        return 0
    fi
    tell "fetching Prometheus, to scrape nodes in tests"
    mkdir -p "$there"
    if ! unpack_prometheus && { [ "$(id -u)" -ne 0 ] || ! apt-get update -qq </dev/null >&2 || ! unpack_prometheus; }; then
        tell "Prometheus could not be fetched: the tests that need it are skipped"
    fi
}

unpack_prometheus() (
    cd "$there" &&
        apt-get download -qq prometheus </dev/null >/dev/null 2>&1 &&
        dpkg-deb -x prometheus_*.deb . &&
        rm -f prometheus_*.deb
)
