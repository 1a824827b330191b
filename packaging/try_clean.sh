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
. "$here/chroots.sh"

main() {
    need_root
    [ $# -gt 0 ] || set -- bookworm trixie
    rm -rf "$folder/clone"
    git clone -q --no-local "$root" "$folder/clone"
    for suite; do
        make_base "$suite" "base-$suite" python3
        in_namespaces "$suite" "$0" --inside "$suite"
    done
    printf '\nTried: %s\n' "$(git -C "$folder/clone" log -1 --format='%h %s')"
    printf "$row" system Python step result exit seconds remarks
    cat "$folder/table"
    echo "Logs and pictures: $folder/log"
    ! grep -q FAILED "$folder/table"
}

# From here on inside the namespaces of one try

inside() {
    open_system "$1" "base-$1"
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
    open_display
    step 0 "selftest on a display" in_system env DISPLAY="$display" QT_QPA_PLATFORM=xcb \
        python3 packaging/bootstrap.py run -- selftest
    remark "$(($(count_packages) - packages_before)) system packages"
}

as_nobody() {
    in_system setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp "$@"
}

if [ "${1:-}" = --inside ]; then
    inside "$2"
else
    main "$@"
fi
