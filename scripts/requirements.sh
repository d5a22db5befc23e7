#!/usr/bin/env bash
# Installs the packages that building and testing need, after naming them. Sourced by demo and test.
#
# The table: purpose, name, check, and the package for apt, dnf, pacman, zypper and Homebrew
# ('-': nothing to install there).
#   cc, make    compile SQLite and, on Linux, jemalloc
#   pkg-config  finds system libraries
#   libclang    lets the camera crate read the kernel's video header (Linux only)
#   dunst, Xvfb, dbus   a real notification service on a bus and a screen for the tests only
#   picom, sway, grim   an X11 and a Wayland compositor and pictures of it, for the edges that dim
#   dbusmock    a desktop that locks, sleeps and idles at a test's command
#   chromium    the browser in which the dashboard is tested (Linux only)
#   ffmpeg      reads videos
#   the rest    a small guest system with virtual cameras, see scripts/test-camera

set -euo pipefail

requirements() {
    cat <<'TABLE'
build   cc          command:cc              build-essential  gcc                       base-devel        gcc                       -
build   make        command:make            build-essential  make                      make              make                      -
build   pkg-config  command:pkg-config      pkg-config       pkgconf                   pkgconf           pkg-config                pkg-config
build   libclang    libclang                libclang-dev     clang-devel               clang             clang-devel               -
test    dunst       command:dunst           dunst            dunst                     dunst             dunst                     -
test    Xvfb        command:Xvfb            xvfb             xorg-x11-server-Xvfb      xorg-server-xvfb  xorg-x11-server-Xvfb      -
test    dbus        command:dbus-run-session  dbus           dbus-daemon               dbus              dbus-1                    -
test    dbusmock    python:dbusmock         python3-dbusmock python3-dbusmock          python-dbusmock   python3-python-dbusmock   -
test    picom       command:picom           picom            picom                     picom             picom                     -
test    sway        command:sway            sway             sway                      sway              sway                      -
test    grim        command:grim            grim             grim                      grim              grim                      -
test    chromium    command:chromium        chromium         chromium                  chromium          chromium                  -
test    ffmpeg      command:ffmpeg          ffmpeg           ffmpeg-free               ffmpeg            ffmpeg                    ffmpeg
camera  busybox     command:busybox         busybox-static   busybox                   busybox           busybox-static            -
camera  kmod        command:modprobe        kmod             kmod                      kmod              kmod                      -
camera  v4l2-ctl    command:v4l2-ctl        v4l-utils        v4l-utils                 v4l-utils         v4l-utils                 -
camera  file        command:file            file             file                      file              file                      -
TABLE
}

is_there() {
    case $1 in
        command:*) PATH=$PATH:/usr/sbin:/sbin command -v "${1#command:}" >/dev/null ;;
        python:*)
            # Debian's own Python: others may come first in the path. Only Linux has mocks.
            [ "$(uname)" != Linux ] || /usr/bin/python3 -c "import ${1#python:}" 2>/dev/null ||
                python3 -c "import ${1#python:}" 2>/dev/null
            ;;
        libclang)
            [ "$(uname)" != Linux ] || [ -n "${LIBCLANG_PATH:-}" ] || {
                # Not libclang-cpp, which lies there too and is another library.
                local folder
                for folder in '/usr/lib*' '/usr/lib/llvm-*/lib' '/usr/lib/*'; do
                    compgen -G "$folder/libclang.so*" >/dev/null && return
                    compgen -G "$folder/libclang-[0-9]*.so*" >/dev/null && return
                done
                return 1
            }
            ;;
    esac
}

# Prints the column of the table and the install command.
package_manager() {
    if command -v apt-get >/dev/null; then echo "4 apt-get install -y --no-install-recommends"
    elif command -v dnf >/dev/null; then echo "5 dnf install -y"
    elif command -v pacman >/dev/null; then echo "6 pacman -S --needed --noconfirm"
    elif command -v zypper >/dev/null; then echo "7 zypper --non-interactive install"
    elif command -v brew >/dev/null; then echo "8 brew install"
    fi
}

# install_missing PURPOSE...: installs everything for these purposes that is missing.
install_missing() {
    local missing=() packages=() kind name check row manager column install package sudo=
    while read -r row; do
        read -r kind name check _ <<<"$row"
        [[ " $* " == *" $kind "* ]] || continue
        is_there "$check" || missing+=("$row")
    done < <(requirements)
    [ ${#missing[@]} -eq 0 ] && return

    manager=$(package_manager)
    column=${manager%% *} install=${manager#* }
    for row in "${missing[@]}"; do
        package=$(awk -v column="${column:-0}" '{ print $column }' <<<"$row")
        [ "$package" = - ] || packages+=("$package")
    done
    [ ${#packages[@]} -eq 0 ] && return
    if [ -z "$manager" ]; then
        echo "These are missing, and none of apt, dnf, pacman, zypper and brew was found:" >&2
        awk '{ print "  " $2 }' < <(printf '%s\n' "${missing[@]}") >&2
        echo "Install them by hand and run this again." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ] && [ "${install%% *}" != brew ]; then sudo="sudo "; fi
    echo "Missing: $(awk '{ print $2 }' < <(printf '%s\n' "${missing[@]}") | xargs)" >&2
    echo "Installing with: $sudo$install ${packages[*]}" >&2
    # shellcheck disable=SC2086  # the commands are words
    {
        if [ "${install%% *}" = apt-get ]; then ${sudo}apt-get update -qq; fi
        $sudo$install "${packages[@]}"
    } >&2
}

need_cargo() {
    # rustup's folder, for shells that were open before it was installed.
    command -v cargo >/dev/null || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    if ! command -v cargo >/dev/null; then
        echo "cargo is not installed; get Rust from https://rustup.rs and run this again" >&2
        exit 1
    fi
}
