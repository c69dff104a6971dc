#!/usr/bin/env bash
# The test command: installs what is missing, builds, runs every test.
#
#   tests/run.sh            what continuous integration runs, at most 25 minutes on 2 cores
#   tests/run.sh --all      all of that, then the builds and searches that take longer; for a release
#   tests/run.sh -R regex   words after the script go to CTest of every run
#
# Two builds: `release` runs every test, `asan` runs the C tests and the command-line tests again under the
# address and undefined-behaviour sanitizers. With --all also `gcc` and `clang` (the same bytes from both compilers), `tsan`
# (the thread sanitizer), `coverage` with its table of modules, clang-tidy, and one minute of fuzzing for every reader.
# The closing line counts the tests of all builds.
set -euo pipefail
cd "$(dirname "$0")/.."
all=0
if [ "${1:-}" = --all ]; then
  all=1
  shift
fi

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

# A step that is no CTest counts as one test.
run_step() {
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "tests/run.sh: failed: $*" >&2; fi
}

run_preset release "$@"
run_preset asan "$@"
if [ "$all" -eq 1 ]; then
  for preset in gcc clang tsan coverage; do run_preset "$preset" "$@"; done
  run_step tests/coverage.py
  run_step run-clang-tidy -quiet -p build/clang '(core|plugins)/.*\.c$'
  run_step tests/fuzz/run.sh 60
fi

echo
echo "$passed passed, $failed failed, $skipped skipped"
if [ "$passed" -eq 0 ]; then
  echo "tests/run.sh: no test ran" >&2
  exit 1
fi
[ "$failed" -eq 0 ]
