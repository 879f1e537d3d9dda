# Sourced by bin/reaper and bin/test: `ready ROOT EXTRAS PURPOSE` makes ROOT/.venv hold the project with EXTRAS, once.
# A stamp per purpose tells what that was made from. What was cut short, moved or lost its Python is made anew.

ready() {
  local root=$1 extras=$2 venv=$1/.venv purpose=$3
  up_to_date && return
  if ! [ -w "$root" ]; then
    give_up "$venv must be made or brought up to date, and $(id -un) may not write in $root."
  fi
  (
    # One at a time: two first runs side by side must not share a half-made environment.
    if command -v flock >/dev/null; then
      exec 9>"$root/.venv.lock"
      flock --nonblock 9 || { echo "Waiting for another command that prepares $venv ..." >&2 && flock 9; }
    fi
    up_to_date || prepare
  ) || exit $?
}

up_to_date() {
  [ -x "$venv/bin/python" ] && ! [ -e "$venv/.unfinished" ] &&
    [ "$(cat "$venv/.ready-$purpose" 2>/dev/null)" = "$(origin)" ]
}

# Scripts hold absolute paths and packages belong to one Python: both are part of what the environment was made from.
origin() {
  echo "$root $(readlink -f "$venv/bin/python") [$extras]"
  cat "$root/pyproject.toml" "$root/constraints.txt" "$root/setup.py" "$root/reaper/__init__.py" | sha256sum
}

prepare() {
  local fresh="" home
  home="$root $(readlink -f "$venv/bin/python" || true)"
  if [ -e "$venv/.unfinished" ] || { [ -e "$venv/.home" ] && [ "$(cat "$venv/.home")" != "$home" ]; } ||
    ! "$venv/bin/python" -I -m pip --version >/dev/null 2>&1; then
    fresh=yes
  fi
  echo "Preparing $venv ($extras); this is done once and takes about a minute ..." >&2
  if [ -n "$fresh" ]; then
    make_environment
  fi
  # An installation cut short may leave a package that only looks complete.
  touch "$venv/.unfinished"
  # setuptools comes first and stays, so that after a change in pyproject.toml nothing has to be fetched again.
  if ! install setuptools || ! install --no-build-isolation --editable "$root[$extras]"; then
    # pip gave up by itself and left everything as it was; only being cut short leaves the mark.
    rm -f "$venv/.unfinished"
    if grep -q "connection broken" "$venv/install.log"; then
      give_up "The Python packages could not be fetched: no package index answers (network? proxy? PIP_INDEX_URL?)." \
        "pip's words are in $venv/install.log. When it is within reach run the same command again."
    fi
    tail -n 3 "$venv/install.log" >&2
    give_up "The Python packages could not be installed; pip's last words are above, all of them in $venv/install.log."
  fi
  echo "$root $(readlink -f "$venv/bin/python")" >"$venv/.home"
  origin >"$venv/.ready-$purpose"
  rm -f "$venv/.unfinished"
}

make_environment() {
  local python
  python=$(find_python) || exit $?
  rm -rf "$venv"
  mkdir "$venv"
  touch "$venv/.unfinished"
  if ! "$python" -I -m venv "$venv" >"$venv/install.log" 2>&1; then
    tail -n 5 "$venv/install.log" >&2
    give_up "$python could not make the virtual environment $venv; its last words are above."
  fi
}

find_python() {
  local candidate without_venv=""
  set -- python3 python3.14 python3.13 python3.12 python3.11
  [ -z "${PYTHON:-}" ] || set -- "$PYTHON"
  for candidate in "$@"; do
    "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    "$candidate" -I -c 'import ensurepip, venv' 2>/dev/null && echo "$candidate" && return
    without_venv=${without_venv:-$candidate}
  done
  if [ -n "$without_venv" ]; then
    give_up "$without_venv cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
  fi
  give_up "Python 3.11 or newer is needed on the PATH, or its path in PYTHON; ${PYTHON:-python3} is missing or older."
}

install() {
  PIP_USER=0 "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input \
    --constraint "$root/constraints.txt" "$@" >"$venv/install.log" 2>&1
}

give_up() {
  printf '%s\n' "$@" >&2
  exit 2
}
