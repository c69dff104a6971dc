#!/usr/bin/env bash
# The main job with an installed tilth and nothing else of this project: samples to map, terrain, correlation, report,
# virtual raster, and a tool through QGIS. Run by clean_root.sh inside the root.
#
#   main_job.sh <make_dem.py> <folder for the results>
set -euo pipefail
make_dem=$1
mkdir -p "$2"
cd "$2"
export QT_QPA_PLATFORM=offscreen

tilth checkinstall
/usr/bin/python3 "$make_dem" dem.tif
tilth simulatescene --dem dem.tif --seed 7 --scene scene.tif --samples samples.gpkg --lab lab.csv --quiet
tilth trainmodel --scene scene.tif --samples samples.gpkg --id_field id --property SOM_g_kg --unit g/kg --lab lab.csv \
  --output som.json --quiet
tilth mapproperty --scene scene.tif --model som.json --output som.tif --quiet
tilth terrainfactors --dem dem.tif --slope slope.tif --twi twi.tif --quiet
tilth streams --dem dem.tif --output streams.gpkg --quiet
tilth correlatemaps --maps som.tif --factors slope.tif twi.tif --output correlation.csv --quiet
tilth report --models som.json --maps som.tif --streams streams.gpkg --correlation correlation.csv --output report.html --quiet
grep -q 'SOM' report.html

# The virtual raster has the pixels of the map, which also shows that GDAL finds the plugin by itself.
tilth makevrt --scene scene.tif --model som.json --output som.vrt --quiet
gdal_translate -q som.vrt from_vrt.tif
/usr/bin/python3 - <<'PYTHON'
import numpy
from osgeo import gdal
gdal.UseExceptions()
map_, virtual = (gdal.Open(name).ReadAsArray() for name in ("som.tif", "from_vrt.tif"))
assert numpy.array_equal(map_, virtual, equal_nan=True), "the virtual raster differs from the map"
PYTHON

qgis_process.bin plugins enable tilth_qgis >/dev/null
qgis_process.bin run tilth:slope --DEM=dem.tif --OUTPUT=qgis.tif >/dev/null
test -s qgis.tif
echo "main_job.sh: done"
