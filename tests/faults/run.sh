#!/usr/bin/env bash
# The whole of what tests/run.sh samples: every call and every allocation of a small run of every tool fails in turn, every output
# format meets ten amounts of space on a full disk, every tool is cancelled ten times, ten tools are killed twenty times each.
#
#   tests/faults/run.sh [part ...]        parts: allocations calls disk cancel kill; all of them without words
#
# Takes about two hours on two processors. Needs the build of the preset release; disk needs the right to mount.
set -uo pipefail
cd "$(dirname "$0")/../.."
export TILTH_SOURCE=$PWD TILTH_EXE=$PWD/build/release/bin/tilth
export TILTH_FAULTS_LIB=$PWD/build/release/tests/faults/libtilth_faults.so
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(allocations calls disk cancel kill)
bad=0
for part in "${parts[@]}"; do
  case $part in
    allocations) words=(points.py --kinds memory) ;;
    calls) words=(points.py --kinds open,read,write,sync,rename,close) ;;
    disk) words=(disk.py 10) ;;
    cancel) words=(stops.py cancel 10) ;;
    kill) words=(stops.py kill 20) ;;
    *) echo "run.sh: there is no part '$part'" >&2; exit 2 ;;
  esac
  echo "== $part"
  /usr/bin/python3 -B "tests/faults/${words[0]}" "${words[@]:1}" || bad=$((bad + 1))
done
echo "${#parts[@]} parts, $bad with faults"
[ "$bad" -eq 0 ]
