#!/usr/bin/env bash
# Proves that the packages for Linux install, start, upgrade and go away again on bare Debian systems without Python.
#
#   sudo packaging/try_packages.sh [--twice] [SUITE...]        default: bookworm trixie
#
# What is committed is built and tried; --twice builds it once more in another folder and compares every byte. The
# package that is upgraded from is the same one with a lower number. The bare systems, made once, and the logs and
# pictures of the last try stay in $TRY_PACKAGES_FOLDER (default /var/tmp/cbr-try-packages).
# With PACKAGES=folder and OLD_PACKAGES=folder nothing is built, and what is in these folders is tried.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")
folder=${TRY_PACKAGES_FOLDER:-/var/tmp/cbr-try-packages}
project=/
python=-
. "$here/chroots.sh"

# What the bundle that brings most libraries along finds on every desktop
desktop_libraries="libegl1 libgl1 libfontconfig1 libfreetype6 libx11-6 libx11-xcb1 libxcb1 libwayland-client0 libwayland-cursor0 xz-utils"
# what the older packages say of who publishes them; a name that cannot be anybody's outside of a house
publisher="Müller und Söhne"
maintainer="Backups <backups@backups.home.arpa>"
homepage="https://backups.home.arpa/cbr-desktop"
tools="Xvfb:xvfb weston:weston xev:x11-utils import:imagemagick lintian:lintian appstreamcli:appstream desktop-file-validate:desktop-file-utils rpm:rpm"

main() {
    local twice="" suite
    need_root
    [ "${1:-}" != --twice ] || { twice=1; shift; }
    [ $# -gt 0 ] || set -- bookworm trixie
    install_tools
    [ -n "${PACKAGES:-}" ] || build_all "$twice"
    export PACKAGES=${PACKAGES:-$folder/new/build/packages} OLD_PACKAGES=${OLD_PACKAGES:-$folder/old/build/packages}
    look_at_files
    for suite; do
        make_base "$suite" "bare-$suite"
        in_namespaces "$suite" "$0" --inside "$suite"
    done
    printf "\n$row" system "" step result exit seconds remarks
    cat "$folder/table"
    echo "Logs and pictures: $folder/log"
    ! grep -q FAILED "$folder/table"
}

install_tools() {
    local tool missing=""
    for tool in $tools; do
        command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"
    done
    [ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
}

build_all() {
    suite=builds
    rm -rf "$folder/new" "$folder/old" "$folder/again"
    git clone -q --no-local "$root" "$folder/new"
    step 0 "build all" python3 "$folder/new/packaging/bootstrap.py" package deb rpm appimage tar
    remark "$(grep -E '^ *[0-9.]+ s ' "$log" | sed -E 's/^ *([0-9.]+ s) +/\1 /; s/,.*//' | paste -sd ';')"
    git clone -q --no-local "$root" "$folder/old"
    sed -i 's/^__version__ = .*/__version__ = "0.0.1"/' "$folder/old/cbr_desktop/__init__.py"
    # the older one is as if somebody had published it
    sed -i '/^\[tool.cbr-desktop.release\]/r /dev/stdin' "$folder/old/pyproject.toml" <<END
publisher = "$publisher"
maintainer = "$maintainer"
homepage = "$homepage"
END
    step 0 "build an older one of each" python3 "$folder/old/packaging/bootstrap.py" package deb rpm appimage tar --quick
    step 0 "who publishes the older ones" publishers_are_named
    [ -n "$1" ] || return 0
    git clone -q --no-local "$root" "$folder/again"
    step 0 "build all again" python3 "$folder/again/packaging/bootstrap.py" package deb rpm appimage tar
    step 0 "the same bytes" diff "$folder/new/build/packages/SHA256SUMS" "$folder/again/build/packages/SHA256SUMS"
}

publishers_are_named() {
    local packages=$folder/old/build/packages
    diff <(printf '%s\n' "Maintainer: $maintainer" "Homepage: $homepage") \
        <(dpkg-deb -f "$packages"/*.deb Maintainer Homepage) &&
    diff <(printf '%s\n' "$publisher" "$maintainer" "$homepage") \
        <(rpm -qp --qf '%{VENDOR}\n%{PACKAGER}\n%{URL}\n' "$packages"/*.rpm) &&
    tar -xOf "$packages"/*.tar.xz --wildcards '*/org.cbr.Desktop.metainfo.xml' |
        grep -F "<url type=\"homepage\">$homepage</url>" &&
    ! grep "Not for publication" "$folder/log/builds-build-an-older-one-of-each.log" &&
    grep "Not for publication" "$folder/log/builds-build-all.log"
}

look_at_files() {
    local unpacked=$folder/unpacked
    suite=files
    rm -rf "$unpacked"
    dpkg-deb -x "$PACKAGES"/*.deb "$unpacked"
    step 0 "sums" sh -c "cd '$PACKAGES' && sha256sum --check SHA256SUMS"
    step 0 "lintian, no errors" lintian --fail-on error --tag-display-limit 0 "$PACKAGES"/*.deb
    step 0 "desktop file" desktop-file-validate "$unpacked/usr/share/applications/cbr-desktop.desktop"
    step 0 "AppStream" appstreamcli validate --no-net "$unpacked/usr/share/metainfo/org.cbr.Desktop.metainfo.xml"
    step 0 "manual" sh -c "zcat '$unpacked/usr/share/man/man1/cbr-desktop.1.gz' | man -l --warnings -E UTF-8 -Tutf8 - 2>&1 >/dev/null | (! grep .)"
    step 0 "completion" bash -c ". '$unpacked/usr/share/bash-completion/completions/cbr-desktop'; \
        COMP_WORDS=(cbr-desktop self); COMP_CWORD=1; _cbr_desktop; [ \"\${COMPREPLY[*]}\" = selftest ]"
    step 0 "MIME type" sh -c "cp -r '$unpacked/usr/share/mime' '$folder/mime' && update-mime-database '$folder/mime' && \
        grep -q '60:application/vnd.cbr.request+json:\*.cbr.json' '$folder/mime/globs2'; e=\$?; rm -rf '$folder/mime'; exit \$e"
}

# From here on inside the namespaces of one try

inside() {
    open_system "$1" "bare-$1"
    cp "$PACKAGES"/* "$system/srv/"
    mkdir "$system/srv/old"
    cp "$OLD_PACKAGES"/* "$system/srv/old/"
    in_system useradd --create-home --shell /bin/bash somebody
    home=$system/home/somebody
    (in_system apt-get -qq update) >/dev/null 2>&1 </dev/null
    open_display
    open_wayland "$(in_system id -u somebody)"
    if in_system sh -c 'command -v python3' >/dev/null; then echo "There is a Python in $suite." >&2; exit 1; fi
    try_portable
    try_rpm
    try_deb
    touch "$try/done"
}

try_portable() {
    step 0 "libraries of a desktop" apt_install $desktop_libraries
    before=$(list_files)
    try_tar
    try_appimage
}

try_tar() {
    local new old program=/home/somebody/cbr-desktop/bin/cbr-desktop
    local unpack="mkdir cbr-desktop && tar -C cbr-desktop --strip-components=1 -xf"
    new=$(cd "$PACKAGES" && ls *.tar.xz) old=$(cd "$OLD_PACKAGES" && ls *.tar.xz)
    step 0 "tar: install the older one" as_somebody sh -c "$unpack /srv/old/$old"
    use_older tar "$program"
    step 0 "tar: upgrade" as_somebody sh -c "rm -rf cbr-desktop && $unpack /srv/$new"
    all_is_kept tar "$program"
    try_program tar "$program"
    step 0 "tar: remove" as_somebody rm -rf cbr-desktop
    only_user_data tar
}

try_appimage() {
    local program=/home/somebody/cbr-desktop.AppImage
    step 0 "AppImage: install the older one" as_somebody sh -c "install -m 755 /srv/old/*.AppImage $program"
    use_older AppImage "$program"
    step 0 "AppImage: upgrade" as_somebody sh -c "install -m 755 /srv/*.AppImage $program"
    all_is_kept AppImage "$program"
    step 0 "AppImage: mounted" in_system env HOME=/root QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 \
        /home/somebody/cbr-desktop.AppImage selftest
    [ -z "$(find "$system/tmp" -maxdepth 1 -name '.mount*')" ] || remark "left its mount"
    try_program AppImage "$program"
    step 0 "AppImage: remove" as_somebody rm "$program"
    in_system sh -c 'rm -rf /root/.config/cbr-desktop /root/.local /root/.cache /root/.config'
    only_user_data AppImage
}

try_rpm() {
    local new old
    new=$(cd "$PACKAGES" && ls *.rpm) old=$(cd "$OLD_PACKAGES" && ls *.rpm)
    step 0 "rpm itself" apt_install rpm
    before=$(list_files)
    # the names of libraries that it requires are those of rpm systems, which this one is not
    step 0 "rpm: install the older one" in_system rpm -i --nodeps "/srv/old/$old"
    use_older rpm /usr/bin/cbr-desktop
    step 0 "rpm: upgrade" in_system rpm -U --nodeps "/srv/$new"
    all_is_kept rpm /usr/bin/cbr-desktop
    try_program rpm /usr/bin/cbr-desktop
    step 0 "rpm: remove" in_system rpm -e cbr-desktop
    only_user_data rpm
}

try_deb() {
    local new old packages
    new=$(cd "$PACKAGES" && ls *.deb) old=$(cd "$OLD_PACKAGES" && ls *.deb)
    in_system sh -c "apt-get -qq purge -y rpm && apt-get -qq autoremove -y --purge" >/dev/null 2>&1 </dev/null
    packages=$(count_packages)
    step 0 "deb: install the older one" apt_install "/srv/old/$old"
    remark "$(($(count_packages) - packages - 1)) other packages"
    use_older deb /usr/bin/cbr-desktop
    step 0 "deb: upgrade" apt_install "/srv/$new"
    all_is_kept deb /usr/bin/cbr-desktop
    try_program deb /usr/bin/cbr-desktop
    step 0 "deb: remove" in_system apt-get -qq purge -y cbr-desktop
    before=""
    only_user_data deb
}

try_program() { # KIND PROGRAM
    step 0 "$1: selftest, offscreen" as_somebody env QT_QPA_PLATFORM=offscreen "$2" selftest
    step 0 "$1: selftest, X11" as_somebody env DISPLAY="$display" QT_QPA_PLATFORM=xcb "$2" selftest \
        --screenshot /tmp/selftest.png
    cp "$system/tmp/selftest.png" "$folder/log/$suite-$1-selftest.png" 2>/dev/null || remark "no picture"
    rm -f "$system/tmp/selftest.png"
    step 0 "$1: selftest, Wayland" as_somebody env XDG_RUNTIME_DIR=/tmp/wayland WAYLAND_DISPLAY="$wayland" \
        QT_QPA_PLATFORM=wayland "$2" selftest
    step 0 "$1: other commands" as_somebody sh -c "$2 vaults --demo && $2 check --help && $2 simulator --help"
    ! grep -q "libraries\|Traceback" "$log" || remark "it complains"
    step 0 "$1: start" start_in_system "$2"
    remark "$(grep -o '[0-9]* ms' "$log" || true)"
    step 0 "$1: picture" picture_of "$2" "$folder/log/$suite-$1-window.png"
}

start_in_system() {
    DISPLAY=$display "$here/measure_start.py" --repeats 5 "it=chroot --userspec=somebody:somebody $system \
        /usr/bin/env -i HOME=/home/somebody LC_ALL=C.UTF-8 DISPLAY=$display QT_QPA_PLATFORM=xcb $1 --demo"
}

picture_of() { # PROGRAM FILE
    local program
    chroot --userspec=somebody:somebody "$system" /usr/bin/env -i HOME=/home/somebody LC_ALL=C.UTF-8 \
        DISPLAY="$display" QT_QPA_PLATFORM=xcb "$1" --demo &
    program=$!
    sleep 6
    DISPLAY=$display import -window root "$2"
    kill "$program"
    wait "$program" || true
    [ -s "$2" ]
}

use_older() { # KIND PROGRAM
    step 0 "$1: it is version 0.0.1" as_somebody sh -c "$2 --version | grep -F 0.0.1"
    make_user_data
    step 0 "$1: a user works with it" as_somebody sh -c "$2 drafts new later --vault 3b5816b5-f29c-4172-9d9a-76c719a659ce &&
        $2 outbox list && $2 journal verify | grep 'The journal is whole'"
    in_system sh -c 'cd /home/somebody && find .config Documents -type f -exec sha256sum {} + >/srv/kept'
}

all_is_kept() { # KIND PROGRAM
    local number
    number=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$root/cbr_desktop/__init__.py")
    step 0 "$1: profiles and drafts kept" as_somebody sh -c "$2 --version | grep -F $number && sha256sum --check /srv/kept &&
        $2 drafts list && $2 drafts list | grep -c cbr.json | grep -x 2 &&
        $2 vaults --profile Kept 2>&1 | grep 'No password is known' && $2 journal verify | grep 'The journal is whole'"
}

make_user_data() {
    as_somebody sh -c 'rm -rf .config .local .cache Documents && mkdir -p .config/cbr-desktop "Documents/CBR requests" &&
        cat >.config/cbr-desktop/profiles.toml &&
        echo "{\"checkpoint\": {\"vault_id\": \"3b5816b5-f29c-4172-9d9a-76c719a659ce\"}}" >"Documents/CBR requests/a.cbr.json"' <<'END'
# kept by hand
[[profile]]
name = "Kept"
iam_endpoint = "https://iam.example"
cbr_endpoint = "https://cbr.example"
project = "eu-de"
domain = "d"
user = "u"
END
}

only_user_data() { # KIND
    step 0 "$1: only user data is left" check_leftovers
}

check_leftovers() {
    local now
    # what a user has made of his own accord is his
    now=$(find "$system" -xdev -iname '*cbr*' -not -path '*/home/somebody/*' -not -path '*/srv/*' -not -path '*/proc/*' \
        -not -path '*/dev/*' -not -path '*/tmp/*' -not -path '*/var/log/*' -not -path '*/var/cache/*')
    [ -z "$now" ] || { echo "Left behind:"; echo "$now"; return 1; }
    [ -z "$before" ] || diff <(echo "$before") <(list_files) || return 1
    as_somebody sha256sum --check --quiet /srv/kept
}

list_files() { # not the folders, which on a system of that kind belong to other packages
    in_system find /usr /opt /etc -xdev -not -type d -not -name '*.cache' | sort
}

apt_install() {
    in_system env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@"
}

as_somebody() {
    chroot --userspec=somebody:somebody "$system" /usr/bin/env -i HOME=/home/somebody LC_ALL=C.UTF-8 \
        PATH=/usr/local/bin:/usr/bin:/bin sh -c 'cd && exec "$@"' sh "$@"
}

if [ "${1:-}" = --inside ]; then
    inside "$2"
else
    main "$@"
fi
