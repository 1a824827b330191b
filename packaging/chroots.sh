# Bare Debian systems to try things in; sourced by the scripts that do. They set $folder, and $project for what they
# start in the system. All mounts and processes of a try live in namespaces of their own and end with it.

row='%-10s %-8s %-32s %-8s %5s %8s  %s\n'

need_root() {
    [ "$(id -u)" = 0 ] || { echo "Making bare systems needs root." >&2; exit 2; }
    command -v debootstrap >/dev/null || { echo "Please install debootstrap first." >&2; exit 2; }
    mkdir -p "$folder/log"
    rm -f "$folder/table"
}

make_base() { # SUITE BASE [PACKAGES]
    local base=$folder/$2
    [ ! -d "$base" ] || return 0
    echo "Making a bare $1 (once)"
    rm -rf "$base.part"
    debootstrap --variant=minbase ${3:+--include="$3"} "$1" "$base.part" "$(mirror)" >"$folder/log/$1-debootstrap.log"
    mv "$base.part" "$base"
}

mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sed -n 1p
}

in_namespaces() { # NAME COMMAND...: starts it so that all it mounts and starts ends with it
    local name=$1
    shift
    unshare --mount --pid --fork --kill-child "$@" </dev/null || true
    [ -f "$folder/try-$name/done" ] ||
        printf "$row" "$name" "?" "the try itself" FAILED - - "see above" >>"$folder/table"
    rm -rf "$folder/try-$name"
}

# From here on inside the namespaces of one try

open_system() { # NAME BASE: a throw-away copy of a base
    suite=$1
    try=$folder/try-$suite
    system=$try/system
    rm -rf "$try"
    mkdir -p "$try"/{upper,work,system}
    mount -t overlay overlay -o "lowerdir=$folder/$2,upperdir=$try/upper,workdir=$try/work" "$system" ||
        cp -a "$folder/$2/." "$system"
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$system/tmp"
    hand_in_registries
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

open_display() { # an X server of this machine that the system reaches; its name is in $display
    mkdir -p "$system/tmp/.X11-unix" /tmp/.X11-unix
    mount --bind "$system/tmp/.X11-unix" /tmp/.X11-unix
    Xvfb -displayfd 3 -nolock -noreset -nolisten tcp -screen 0 1400x900x24 3>"$try/display" 2>/dev/null &
    until [ -s "$try/display" ]; do sleep 0.1; done
    display=:$(cat "$try/display")
}

open_wayland() { # UID: a Wayland compositor of this machine that a user of the system reaches, at /tmp/wayland/$wayland
    wayland=wayland-try
    mkdir -m 700 "$system/tmp/wayland"
    XDG_RUNTIME_DIR=$system/tmp/wayland weston --backend=headless-backend.so --socket="$wayland" --idle-time=0 \
        --width=1400 --height=900 >"$try/weston" 2>&1 &
    until [ -S "$system/tmp/wayland/$wayland" ]; do sleep 0.1; done
    chown -R "$1" "$system/tmp/wayland"
}

in_system() {
    local from_here
    mapfile -t from_here < <(env | grep -E '^(PIP_[A-Z_]+|(https?|no)_proxy|(HTTPS?|NO)_PROXY)=' || true)
    chroot "$system" /usr/bin/env -i "${from_here[@]}" HOME=/root CI=true \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        sh -c 'cd "$1" && shift && exec "$@"' sh "$project" "$@"
}

step() { # EXPECTED-EXIT NAME COMMAND...
    local expected=$1 name=$2 begin exit=0 result
    shift 2
    log=$folder/log/$suite-${name//[^A-Za-z0-9]/-}.log
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
