#!/usr/bin/env bash
# Runs the tests of the QGIS plugin on another QGIS than this machine's: builds tilth inside a root folder that holds
# one, such as a Debian 13 made with debootstrap (QGIS 3.40), and runs the suites there.
#
#   tests/qgis/run_in.sh ROOT [SUITE...]        suites: wrapper tools styles package process relation chains desktop ...
#
# The root needs: build-essential cmake ninja-build pkg-config libgdal-dev libproj-dev libgeos-dev libgsl-dev
# libjansson-dev librandom123-dev libsvm-dev qgis python3-qgis python3-gdal gdal-bin fonts-dejavu-core xvfb xauth.
# Run as root. The sources are copied to ROOT/srv/tilth; what is mounted is unmounted at the end.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
root=${1:?usage: run_in.sh ROOT [SUITE...]}
shift
suites=${*:-wrapper tools styles package process wizard chains relation desktop}
[ -x "$root/usr/bin/qgis" ] || { echo "run_in.sh: there is no QGIS in '$root'; install its packages qgis and python3-qgis" >&2; exit 2; }

mkdir -p "$root/srv/tilth"
(cd "$here" && git ls-files -z | tar --null --files-from=- --create --file=-) | tar --extract --file=- -C "$root/srv/tilth"

export suites root
exec unshare --mount --fork bash -euo pipefail -c '
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
  exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 suites="$suites" bash -euo pipefail -c "
    cd /srv/tilth
    cmake -S . -B build/other -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTILTH_TESTS=OFF >/dev/null
    cmake --build build/other -j 2 >build/other/log 2>&1 || { tail -30 build/other/log; exit 1; }
    cmake --build build/other --target tilth_qgis_zip >/dev/null
    python3 -c \"from qgis.core import Qgis; print(\\\"QGIS\\\", Qgis.version())\"
    failed=
    for suite in \$suites; do
      echo \"== \$suite\"
      TILTH_BUILD=/srv/tilth/build/other timeout 300 python3 tests/qgis/test_\$suite.py >build/other/\$suite.log 2>&1 || failed=\"\$failed \$suite\"
      grep -E \"^(Ran|OK|FAILED|FAIL:|ERROR:|SKIPPED)|Error\" build/other/\$suite.log || true
    done
    [ -z \"\$failed\" ] || { echo \"failed:\$failed (logs in build/other)\"; exit 1; }
  "
'
