#!/usr/bin/env bash
# Fuzzes every reader of bytes with libFuzzer under the address and undefined-behaviour sanitizers, two targets at a time.
#
#   tests/fuzz/run.sh [seconds per target, 600] [target ...]
#
# Builds build/fuzz with clang, makes seeds with the ordinary command line (TILTH_EXE, else build/release or build/dev), and keeps what
# it learns in build/fuzz/corpus. Findings lie in build/fuzz/found; the last line counts them, and the exit status is 1 when there are any.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
exe=${TILTH_EXE:-}
for candidate in build/release/bin/tilth build/dev/bin/tilth; do
  [ -z "$exe" ] && [ -x "$candidate" ] && exe=$PWD/$candidate
done
[ -n "$exe" ] || { echo "run.sh: no tilth found; build it first or set TILTH_EXE" >&2; exit 2; }

cmake -S . -B build/fuzz -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTILTH_FUZZ=ON \
  -DTILTH_SANITIZE=address,undefined >/dev/null
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for source in tests/fuzz/fuzz_*.c; do name=$(basename "$source" .c); names+=("${name#fuzz_}"); done
fi
ninja -C build/fuzz "${names[@]/#/fuzz_}" | tail -1
TILTH_EXE=$exe /usr/bin/python3 -B tests/fuzz/make_seeds.py build/fuzz/seeds
mkdir -p build/fuzz/found build/fuzz/log

one() {
  local name=$1
  mkdir -p "build/fuzz/corpus/$name"
  # What libraries keep for the life of the program is no leak of a reader; readers count their own blocks.
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 "build/fuzz/tests/fuzz/fuzz_$name" \
    -max_total_time="$2" -max_len=65536 -rss_limit_mb=2048 -timeout=20 -dict=tests/fuzz/words.dict \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/corpus/$name" "build/fuzz/seeds/$name" \
    >"build/fuzz/log/$name.txt" 2>&1 && result=clean || result=FOUND
  printf '%-16s %-6s %s\n' "$name" "$result" "$(grep -oE '^Done [0-9]+ runs in [0-9]+ second' "build/fuzz/log/$name.txt" || tail -1 "build/fuzz/log/$name.txt")"
}
export -f one
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c "one {} $seconds"
found=$(find build/fuzz/found -type f | wc -l)
echo "$found findings in build/fuzz/found"
[ "$found" -eq 0 ]
