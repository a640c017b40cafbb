# Sourced by the scripts in bin/. Written for bash 3.2, the version of macOS.

# Prints the path of the Python for the environment: PYTHON=/path/to/python, or else the first of the
# usual names that is new enough. On macOS 3.12 is the oldest that gevent is built for.
find_python() {
  local oldest=11 candidate
  [ "$(uname -s)" = Darwin ] && oldest=12
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.14 python3.11; do
    if [ -n "$candidate" ] && _is_new_enough "$candidate" "$oldest"; then
      command -v "$candidate"
      return
    fi
  done
  if command -v uv >/dev/null 2>&1 && candidate=$(uv python find ">=3.$oldest" 2>/dev/null); then
    echo "$candidate"
    return
  fi
  {
    echo "Palabre needs Python 3.$oldest or newer, and found none."
    echo "  Debian, Ubuntu:  apt install python3 python3-venv"
    echo "  macOS:           brew install python"
    echo "  anywhere:        uv python install 3.13"
    echo "Then start again; PYTHON=/path/to/python3 chooses a particular one."
  } >&2
  return 1
}

_is_new_enough() {
  "$1" -c "import sys; sys.exit(sys.version_info < (3, $2))" >/dev/null 2>&1
}
