#!/usr/bin/env bash
# Installs the Debian packages that tilth needs, and only those that are missing.
#
#   tests/install.sh [build] [run] [test] [bench]      (no word: build run test)
#
# build  compiler and development files of the libraries under the core
# run    what the sample study and the QGIS plugin need at run time
# test   sanitizers, formatters and the desktop under Xvfb
# bench  the peers that tests/bench measures against
set -euo pipefail

build_packages="build-essential cmake ninja-build pkg-config git ca-certificates
  libgdal-dev libproj-dev libgeos-dev libgsl-dev libjansson-dev librandom123-dev libsvm-dev qttools5-dev-tools file"
run_packages="gdal-bin python3 python3-gdal python3-numpy python3-plotly python3-jinja2
  qgis python3-qgis python-matplotlib-data fonts-dejavu-core"
test_packages="libcmocka-dev python3-h5py clang libomp-dev clang-format clang-tidy locales
  xvfb xauth x11-utils imagemagick chromium mkdocs mypy r-cran-jsonlite"
bench_packages="saga grass-core python3-torch libopenblas0 python3-sklearn r-cran-pls time"

wanted=""
for set_name in "${@:-build run test}"; do
  for word in $set_name; do
    case "$word" in
      build) wanted="$wanted $build_packages" ;;
      run) wanted="$wanted $run_packages" ;;
      test) wanted="$wanted $test_packages" ;;
      bench) wanted="$wanted $bench_packages" ;;
      *) echo "install.sh: unknown set '$word'; wanted one of: build run test bench" >&2; exit 2 ;;
    esac
  done
done

missing=""
for package in $wanted; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "install.sh: every Debian package is there"
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install.sh: not root and no sudo; install by hand:$missing" >&2; exit 3; }
  as_root="sudo"
fi
echo "install.sh: installing$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # the package list is split on purpose
DEBIAN_FRONTEND=noninteractive $as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends $missing >/dev/null
