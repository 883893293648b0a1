# shellcheck shell=sh disable=SC2154
# Sourced after .env.sh by the programs that set up this machine: what they need and do not find is
# installed with Debian's apt where they run as root; else they say the line that does it, and end.

needed=

tell() {
    echo "${0##*/}: $1" >&2
}

# need THING PURPOSE: notes a thing that is not there, and says so. supply does the rest.
need() {
    has "$1" && return
    needed="$needed $1"
    tell "there is no $(words "$1"), which is needed to $2"
}

has() {
    case $1 in
        jre) (find_java) >/dev/null 2>&1 ;;
        jdk) is_jdk "$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}javac")" ;;
        maven) is_maven ;;
        kill) env kill -l >/dev/null 2>&1 ;; # the program; shells have their own
        *) command -v "$1" >/dev/null ;;
    esac
}

is_jdk() {
    [ -n "$1" ] || return
    major=$(java_major "$1")
    [ "${major:-17}" -ge 17 ]
}

# Without a JDK it cannot tell its version: then it counts, and is asked again once there is one.
is_maven() {
    command -v mvn >/dev/null || return
    version=$(mvn -v 2>/dev/null </dev/null | sed -n 's/.*Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    [ -z "$version" ] || [ "${version% *}" -gt 3 ] || { [ "${version% *}" -eq 3 ] && [ "${version#* }" -ge 8 ]; }
}

words() {
    case $1 in
        jre) echo "Java 17 or later" ;;
        jdk) echo "JDK 17 or later" ;;
        maven) echo "Maven 3.8 or later" ;;
        *) echo "$1" ;;
    esac
}

package() {
    case $1 in
        jre | jdk) java_package "$1" ;;
        ip) echo iproute2 ;;
        kill) echo procps ;;
        chromedriver) echo chromium-driver ;;
        node) echo nodejs ;;
        dpkg-deb) echo dpkg ;;
        systemd-analyze) echo systemd ;;
        *) echo "$1" ;;
    esac
}

# The oldest that will do and that apt knows: what Fish is tried on most.
java_package() {
    for major in 17 21 25; do
        if LC_ALL=C apt-cache policy "openjdk-$major-$1-headless" 2>/dev/null | grep -q 'Candidate: [0-9]'; then
            echo "openjdk-$major-$1-headless"
            return
        fi
    done
    echo "default-$1-headless"
}

packages() {
    for thing in $needed; do
        printf ' %s' "$(package "$thing")"
    done
}

supply() {
    [ -n "$needed" ] || return 0
    case " $needed " in
        *" jre "* | *" jdk "*)
            [ -z "${JAVA_HOME-}" ] || fail "JAVA_HOME is $JAVA_HOME: set it to one that will do, or unset it"
            ;;
    esac
    command -v apt-get >/dev/null || fail "install what is missing and run this again"
    if [ "$(id -u)" -ne 0 ]; then
        tell "only root can install that; run this line, and then this program again:"
        line_for_root
        exit 2
    fi
    install
    for thing in $needed; do
        has "$thing" || fail "apt-get installed $(package "$thing"), but there is no $(words "$thing") yet"
    done
    needed=
}

line_for_root() {
    install="apt-get install -y --no-install-recommends$(packages)"
    if command -v sudo >/dev/null; then
        echo "sudo apt-get update && sudo $install" >&2
    else
        echo "su -c 'apt-get update && $install'" >&2
    fi
}

install() {
    tell "fetching the lists of packages"
    apt-get update -qq </dev/null >&2 || tell "not all of them could be fetched"
    packages=$(packages)
    tell "installing$packages"
    # The packages are several words.
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $packages </dev/null >&2 ||
        fail "apt-get could not install$packages"
}
