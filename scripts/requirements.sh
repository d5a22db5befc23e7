#!/usr/bin/env bash
# Installs what building Sitwell needs, after saying so. Sourced by demo and test.
#
# The table: what must be there, how to see that it is, and its package for
# apt, dnf, pacman, zypper and Homebrew ('-': nothing to install there).
#   cc          compiles SQLite
#   pkg-config  finds system libraries
#   libclang    lets the camera crate read the kernel's video header (Linux only)

set -euo pipefail

requirements() {
    cat <<'TABLE'
cc          command:cc           build-essential  gcc         base-devel  gcc         -
pkg-config  command:pkg-config   pkg-config       pkgconf     pkgconf     pkg-config  pkg-config
libclang    libclang             libclang-dev     clang-devel clang       clang-devel -
TABLE
}

is_there() {
    case $1 in
        command:*) command -v "${1#command:}" >/dev/null ;;
        libclang)
            [ "$(uname)" != Linux ] || [ -n "${LIBCLANG_PATH:-}" ] ||
                compgen -G '/usr/lib*/libclang*.so*' >/dev/null ||
                compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null ||
                compgen -G '/usr/lib/*/libclang*.so*' >/dev/null
            ;;
    esac
}

# Prints which column of the table fits, and the command that installs.
package_manager() {
    if command -v apt-get >/dev/null; then echo "3 apt-get install -y --no-install-recommends"
    elif command -v dnf >/dev/null; then echo "4 dnf install -y"
    elif command -v pacman >/dev/null; then echo "5 pacman -S --needed --noconfirm"
    elif command -v zypper >/dev/null; then echo "6 zypper --non-interactive install"
    elif command -v brew >/dev/null; then echo "7 brew install"
    fi
}

# install_missing: everything in `requirements` that is not there.
install_missing() {
    local missing=() packages=() row manager column install name check package sudo=()
    while read -r row; do
        read -r name check _ <<<"$row"
        is_there "$check" || missing+=("$row")
    done < <(requirements)
    [ ${#missing[@]} -eq 0 ] && return

    manager=$(package_manager)
    if [ -z "$manager" ]; then
        echo "Building needs these, and no package manager known here was found:" >&2
        printf '  %s\n' "${missing[@]%% *}" >&2
        echo "Please install them by hand and run this again." >&2
        exit 1
    fi
    column=${manager%% *} install=${manager#* }
    for row in "${missing[@]}"; do
        package=$(awk -v column="$column" '{ print $column }' <<<"$row")
        [ "$package" = - ] || packages+=("$package")
    done
    [ ${#packages[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ] && [ "${install%% *}" != brew ]; then sudo=(sudo); fi
    echo "Building needs ${missing[*]%% *}. Installing with: ${sudo[*]} $install ${packages[*]}" >&2
    if [ "${install%% *}" = apt-get ]; then "${sudo[@]}" apt-get update -qq >&2; fi
    # shellcheck disable=SC2086  # the command is words
    "${sudo[@]}" $install "${packages[@]}" >&2
}

need_cargo() {
    # rustup's own place, for shells that were open before it was installed.
    command -v cargo >/dev/null || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    if ! command -v cargo >/dev/null; then
        echo "cargo is not installed; get Rust from https://rustup.rs and run this again" >&2
        exit 1
    fi
}
