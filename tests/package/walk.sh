#!/usr/bin/env bash
# Types every line of the tutorial that is set off, as a newcomer would, with an installed tilth and nothing else of this
# project; then looks at what came out. Run by clean_root.sh inside the root.
#
#   walk.sh <tutorial.md> <empty folder>
set -euo pipefail
tutorial=$(realpath "$1")
mkdir -p "$2"
cd "$2"
export QT_QPA_PLATFORM=offscreen

tilth checkinstall
sed -n 's/^    //p' "$tutorial" >typed.sh
bash -euo pipefail -v typed.sh

for result in som.tif som.vrt report.html correlation.csv profile.csv streams.gpkg; do test -s "$result"; done
/usr/bin/python3 - <<'PYTHON'
import numpy
from osgeo import gdal
gdal.UseExceptions()
soil, virtual, qgis = (gdal.Open(name).ReadAsArray() for name in ("som.tif", "som.vrt", "som_qgis.tif"))
assert numpy.array_equal(soil, virtual, equal_nan=True), "the virtual raster differs from the map"
assert numpy.array_equal(soil, qgis, equal_nan=True), "the map made through QGIS differs from that of the command line"
print("the map is the same from the command line, from the virtual raster and from QGIS")
PYTHON
echo "walk.sh: $(wc -l <typed.sh) lines typed"
