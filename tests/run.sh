#!/usr/bin/env bash
# The test command: installs what is missing, builds, runs every test.
#
#   tests/run.sh            everything
#   tests/run.sh -R regex   words after the script go to CTest of both runs
#
# Two builds: `release` runs every test, `asan` runs the C tests and the command-line tests again under the
# address and undefined-behaviour sanitizers. The closing line counts both.
set -euo pipefail
cd "$(dirname "$0")/.."

tests/install.sh build run test

# A pass counts only when CTest reports it; skipped tests are named and counted apart.
passed=0 failed=0 skipped=0
run_preset() {
  local preset=$1 log
  shift
  log="build/$preset/ctest.log"
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" -j "$(nproc)"
  local status=0
  ctest --preset "$preset" --output-log "$log" -j "$(nproc)" "$@" || status=$?
  passed=$((passed + $(grep -cE '^ *[0-9]+/[0-9]+ Test .* Passed ' "$log" || true)))
  skipped=$((skipped + $(grep -cE '^ *[0-9]+/[0-9]+ Test .*\*\*\*Skipped ' "$log" || true)))
  local bad
  bad=$(grep -cE '^ *[0-9]+/[0-9]+ Test .*\*\*\*(Failed|Timeout|Exception|Not Run)' "$log" || true)
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  failed=$((failed + bad))
}

run_preset release "$@"
run_preset asan "$@"

echo
echo "$passed passed, $failed failed, $skipped skipped"
if [ "$passed" -eq 0 ]; then
  echo "tests/run.sh: no test ran" >&2
  exit 1
fi
[ "$failed" -eq 0 ]
