# Sourced by bin/reaper and bin/test: `ready ROOT EXTRAS STAMP` makes ROOT/.venv hold the project with EXTRAS.
# A stamp per purpose holds a checksum of what the installation came from, so that nothing is done twice.
ready() {
  local root=$1 extras=$2 stamp="$1/.venv/.ready-$3" python="" want candidate
  want=$(cat "$root/pyproject.toml" "$root/constraints.txt" "$root/setup.py" | sha256sum | cut -d' ' -f1)-$extras
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return 0
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$candidate && break
  done
  if [ -z "$python" ]; then
    echo "reaper needs Python 3.11 or newer on the PATH (or in \$PYTHON); none was found." >&2
    exit 2
  fi
  (
    # One at a time: two first runs side by side must not share a half-made environment.
    command -v flock >/dev/null 2>&1 && exec 9>"$root/.venv.lock" && flock 9
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0
    echo "Preparing $root/.venv (once, about a minute) ..." >&2
    if ! [ -x "$root/.venv/bin/python" ] && ! "$python" -m venv "$root/.venv" >&2; then
      echo "$python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2
      exit 2
    fi
    "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      --constraint "$root/constraints.txt" --editable "$root[$extras]" >&2
    printf '%s' "$want" >"$stamp"
  ) || exit $?
}
