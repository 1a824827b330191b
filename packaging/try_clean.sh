#!/usr/bin/env bash
# Proves that bootstrap.py sets everything up on bare Debian systems that have Python and nothing else.
#
#   sudo packaging/try_clean.sh [SUITE...]        default: bookworm trixie
#
# Needs debootstrap, git and root. What is committed is tried. The bare systems, made once, and the logs of the
# last try stay in $TRY_CLEAN_FOLDER (default /var/tmp/cbr-try-clean). This machine's ways to the package
# registries (apt mirror and proxy, pip configuration, certificate authorities) are handed into each try.
# All mounts and processes of a try live in namespaces of their own and end with it.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")
folder=${TRY_CLEAN_FOLDER:-/var/tmp/cbr-try-clean}
project=/srv/cbr-desktop
row='%-10s %-8s %-22s %-8s %5s %8s  %s\n'

main() {
    [ "$(id -u)" = 0 ] || { echo "Making bare systems needs root." >&2; exit 2; }
    command -v debootstrap >/dev/null || { echo "Please install debootstrap first." >&2; exit 2; }
    [ $# -gt 0 ] || set -- bookworm trixie
    mkdir -p "$folder/log"
    rm -rf "$folder/table" "$folder/clone"
    git clone -q --no-local "$root" "$folder/clone"
    for suite; do
        make_base "$suite"
        unshare --mount --pid --fork --kill-child "$0" --inside "$suite" </dev/null || true
        [ -f "$folder/try-$suite/done" ] ||
            printf "$row" "$suite" "?" "the try itself" FAILED - - "see above" >>"$folder/table"
        rm -rf "$folder/try-$suite"
    done
    printf '\nTried: %s\n' "$(git -C "$folder/clone" log -1 --format='%h %s')"
    printf "$row" system Python step result exit seconds remarks
    cat "$folder/table"
    echo "Logs and pictures: $folder/log"
    ! grep -q FAILED "$folder/table"
}

make_base() {
    local base=$folder/base-$1
    [ ! -d "$base" ] || return 0
    echo "Making a bare $1 (once)"
    rm -rf "$base.part"
    debootstrap --variant=minbase --include=python3 "$1" "$base.part" "$(mirror)" >"$folder/log/$1-debootstrap.log"
    mv "$base.part" "$base"
}

mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sed -n 1p
}

# From here on inside the namespaces of one try

inside() {
    suite=$1
    try=$folder/try-$suite
    system=$try/system
    rm -rf "$try"
    mkdir -p "$try"/{upper,work,system}
    mount -t overlay overlay -o "lowerdir=$folder/base-$suite,upperdir=$try/upper,workdir=$try/work" "$system" ||
        cp -a "$folder/base-$suite/." "$system"
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$system/tmp"
    hand_in_registries
    cp -a "$folder/clone" "$system$project"
    python=$(in_system python3 -c 'import platform; print(platform.python_version())')
    packages_before=$(count_packages)

    step 1 "demo, not as root" as_nobody python3 packaging/bootstrap.py demo
    step 0 "demo" in_system python3 packaging/bootstrap.py demo
    cp "$system$project/build/demo.png" "$folder/log/$suite-demo.png" 2>/dev/null || remark "no picture was drawn"
    remark "$(($(count_packages) - packages_before)) system packages, .venv $(size "$system$project/.venv")"
    step 0 "demo again" in_system python3 packaging/bootstrap.py demo
    step 0 "test" in_system .ci/run
    remark ".venv $(size "$system$project/.venv"); $(grep -E '[0-9]+ (passed|failed|error)' "$log" | tail -1 | tr -d =)"
    step 0 "bench" in_system python3 packaging/bootstrap.py bench
    try_display
    touch "$try/done"
}

try_display() {
    command -v Xvfb >/dev/null || { echo "$suite: no Xvfb here, so no try with a display"; return 0; }
    mkdir -p "$system/tmp/.X11-unix" /tmp/.X11-unix
    mount --bind "$system/tmp/.X11-unix" /tmp/.X11-unix
    Xvfb -displayfd 3 -nolock -nolisten tcp 3>"$try/display" 2>/dev/null &
    until [ -s "$try/display" ]; do sleep 0.1; done
    step 0 "selftest on a display" in_system env DISPLAY=":$(cat "$try/display")" QT_QPA_PLATFORM=xcb \
        python3 packaging/bootstrap.py run -- selftest
    remark "$(($(count_packages) - packages_before)) system packages"
}

hand_in_registries() {
    local file
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf "$HOME/.config/pip/pip.conf"; do
        [ ! -f "$file" ] || install -D -m 644 "$file" "$system${file/#$HOME//root}"
    done
    mkdir -p "$system/usr/local/share/ca-certificates"
    cp -L /usr/local/share/ca-certificates/*.crt "$system/usr/local/share/ca-certificates/" 2>/dev/null || true
    apt-config dump | grep -E '^Acquire::(https?|Check)' >"$system/etc/apt/apt.conf.d/90this-machine" || true
}

in_system() {
    local from_here
    mapfile -t from_here < <(env | grep -E '^(PIP_[A-Z_]+|(https?|no)_proxy|(HTTPS?|NO)_PROXY)=' || true)
    chroot "$system" /usr/bin/env -i "${from_here[@]}" HOME=/root CI=true \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        sh -c 'cd "$1" && shift && exec "$@"' sh "$project" "$@"
}

as_nobody() {
    in_system setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp "$@"
}

step() { # EXPECTED-EXIT NAME COMMAND...
    local expected=$1 name=$2 begin exit=0 result
    shift 2
    log=$folder/log/$suite-${name//[^a-z]/-}.log
    echo "$suite: $name"
    begin=$(date +%s.%N)
    "$@" >"$log" 2>&1 </dev/null || exit=$?
    [ "$exit" = "$expected" ] && result=passed || result=FAILED
    [ "$result" = passed ] || tail -n 5 "$log" | sed 's/^/    /'
    printf "$row" "$suite" "$python" "$name" "$result" "$exit" \
        "$(awk -v begin="$begin" -v end="$(date +%s.%N)" 'BEGIN { printf "%.1f", end - begin }')" "" >>"$folder/table"
}

remark() { # adds to the last row of the table
    sed -i "\$ s|\$|$1; |" "$folder/table"
}

count_packages() { in_system dpkg-query -f '.\n' -W | wc -l; }

size() { du -sh "$1" 2>/dev/null | cut -f 1; }

if [ "${1:-}" = --inside ]; then
    inside "$2"
else
    main "$@"
fi
