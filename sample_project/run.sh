#!/usr/bin/env bash
# The whole study on the sample area: installs what is missing, builds tilth, makes scene, models, maps, terrain,
# streams, correlations, a report and a QGIS project in sample_project/output. Safe to run again.
#
#   sample_project/run.sh              everything
#   TILTH_EXE=/usr/bin/tilth sample_project/run.sh     with an installed tilth: nothing is built
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
output="$here/output"
export QT_QPA_PLATFORM=offscreen
XDG_RUNTIME_DIR=$(mktemp -d)
export XDG_RUNTIME_DIR
trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT

if [ -z "${TILTH_EXE:-}" ]; then
  "$root/tests/install.sh" build run
  cmake -S "$root" -B "$root/build/sample" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTILTH_TESTS=OFF >/dev/null
  cmake --build "$root/build/sample" -j "$(nproc)"
  TILTH_EXE="$root/build/sample/bin/tilth"
  export TILTH_STYLES="$root/build/sample/share/tilth/styles"
else
  "$root/tests/install.sh" run
  export TILTH_STYLES="$root/styles"
fi

mkdir -p "$output"
cd "$output"

# Every step is one tool of tilth, printed as it would be typed.
tilth() {
  echo
  echo "\$ tilth $*"
  "$TILTH_EXE" "$@"
}

/usr/bin/python3 "$here/make_dem.py" dem.tif

tilth simulatescene --dem dem.tif --seed 7 --width_km 7.5 --height_km 7.5 --scene scene.tif --samples samples.gpkg --lab lab.csv --truth truth.tif
tilth maskscene --scene scene.tif --output masks.tif
tilth sceneinfo --scene scene.tif --output bands.csv --quiet
tilth samplespectra --scene scene.tif --samples samples.gpkg --id_field id --output spectra.csv
tilth trainfusion --scene scene.tif --samples samples.gpkg --id_field id --lab lab.csv --output fusion.json
tilth trainfusion --scene scene.tif --samples samples.gpkg --id_field id --lab lab.csv --method vae --output network.json
tilth fusespectra --spectra spectra.csv --model network.json --output fused.csv

for property in som:SOM_g_kg:g/kg as:As_mg_kg:mg/kg cu:Cu_mg_kg:mg/kg; do
  IFS=: read -r name field unit <<<"$property"
  tilth trainmodel --scene scene.tif --samples samples.gpkg --id_field id --property "$field" --unit "$unit" \
    --lab lab.csv --output "$name.json"
  tilth mapproperty --scene scene.tif --model "$name.json" --output "$name.tif"
  tilth spectracorrelation --spectra spectra.csv --samples samples.gpkg --id_field id --property "$field" --output "spectral_$name.csv"
done
tilth comparemodels --scene scene.tif --samples samples.gpkg --id_field id --lab lab.csv --property SOM_g_kg --repeats 1 \
  --output comparison.csv --document comparison.json
tilth makevrt --scene scene.tif --model som.json --output som.vrt

tilth fillsinks --dem dem.tif --output filled.tif
tilth slope --dem filled.tif --output slope.tif
tilth flowaccumulation --dem dem.tif --output accumulation.tif
tilth wetness --dem dem.tif --output twi.tif
tilth lsfactor --dem dem.tif --output ls.tif
tilth streams --dem dem.tif --threshold 300 --output streams.gpkg --basins subbasins.gpkg
tilth correlatemaps --maps som.tif as.tif cu.tif --factors slope.tif twi.tif ls.tif --halves yes \
  --output correlation.csv
tilth streamprofile --map som.tif --streams streams.gpkg --output profile.csv
tilth report --models som.json as.json cu.json --fusion network.json --comparisons comparison.json --maps som.tif as.tif cu.tif --masks masks.tif \
  --terrain slope.tif twi.tif ls.tif --streams streams.gpkg --correlation correlation.csv \
  --profiles profile.csv --spectral spectral_som.csv spectral_as.csv spectral_cu.csv --title "Jacksboro sample study" --output report.html

echo
/usr/bin/python3 "$here/make_project.py"
/usr/bin/python3 "$here/check_figures.py"
echo
echo "Look at $output/report.html and open $output/sample.qgz in QGIS."
