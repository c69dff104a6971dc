#!/usr/bin/env bash
# Two processes write one output at the same time, each in a PID namespace of its own, as two containers on one volume do: they may have
# the same process number. Both end with status 0, the file is one whole result, and nothing hidden is left.
#
#   tests/faults/namespaces.sh [runs]        24 runs without a word
#
# Needs the build of the preset release and the right to make namespaces (root).
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-24}
tilth=$PWD/build/release/bin/tilth
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
PYTHONPATH=tests/kit TILTH_EXE=$tilth TILTH_SOURCE=$PWD /usr/bin/python3 -B -c "
import sys, world
world.write_raster(sys.argv[1], world.elevation(200, 200) / 10.0)" "$folder/dem.tif"
cd "$folder"
"$tilth" terrainfactors --dem dem.tif --quiet --slope slope.tif --twi wanted.tif
"$tilth" streams --dem dem.tif --threshold 50 --quiet --output wanted.geojson
bad=0
for run in $(seq "$runs"); do
  ends=()
  for side in 1 2; do
    if [ $((run % 2)) -eq 0 ]; then
      unshare --pid --fork "$tilth" terrainfactors --dem dem.tif --quiet --slope slope.tif --twi twi.tif 2>"said.$side" &
    else
      unshare --pid --fork "$tilth" streams --dem dem.tif --threshold 50 --quiet --output streams.geojson 2>"said.$side" &
    fi
    ends+=($!)
  done
  status=0
  for process in "${ends[@]}"; do wait "$process" || status=1; done
  if [ "$status" -ne 0 ] || [ -s said.1 ] || [ -s said.2 ]; then
    bad=$((bad + 1))
    echo "run $run failed: $(cat said.1 said.2)" >&2
  fi
  if [ $((run % 2)) -eq 0 ]; then made=twi.tif wanted=wanted.tif; else made=streams.geojson wanted=wanted.geojson; fi
  cmp -s "$made" "$wanted" || { bad=$((bad + 1)); echo "run $run: $made is not the whole result" >&2; }
  [ -z "$(find . -mindepth 1 -name '.*')" ] || { bad=$((bad + 1)); echo "run $run left $(find . -mindepth 1 -name '.*')" >&2; }
done
echo "namespaces.sh: $runs runs of two processes, $bad faults"
[ "$bad" -eq 0 ]
