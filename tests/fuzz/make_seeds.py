#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seeds of every fuzz target: small valid inputs, and the odd forms that files in the field have.

    make_seeds.py FOLDER        TILTH_EXE names the command line that trains the models among them
"""
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ.get("TILTH_SOURCE", Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tests/kit"))

import made_products  # noqa: E402
import world  # noqa: E402

EXE = os.environ.get("TILTH_EXE", str(ROOT / "build/dev/bin/tilth"))


class Seeds:
    def __init__(self, folder):
        self.folder = Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, target, *contents):
        place = self.folder / target
        place.mkdir(parents=True, exist_ok=True)
        for content in contents:
            number = len(list(place.iterdir()))
            (place / f"{number:02d}").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def asd(version, data_type=1, data_format=2, channels=5):
    """An ASD file: header, spectrum, reference with its description."""
    head = bytearray(484)
    head[0:3] = {1: b"ASD"}.get(version, f"as{version}".encode())
    head[186] = data_type
    struct.pack_into("<ff", head, 191, 350.0, 1.0)
    head[199] = data_format
    struct.pack_into("<H", head, 204, channels)
    struct.pack_into("<ff", head, 444, 351.0, 353.0)
    code = {0: "<%df", 1: "<%di", 2: "<%dd"}[data_format] % channels
    spectrum = struct.pack(code, *[3 + k for k in range(channels)])
    tail = b"" if version == 1 else struct.pack("<H16sH", 1, bytes(16), 5) + b"white" + struct.pack(code, *[9] * channels)
    return bytes(head) + spectrum + tail


def envi_header(**more):
    lines = {"samples": 4, "lines": 3, "bands": 3, "header offset": 0, "data type": 4, "interleave": "bil", "byte order": 0,
             "wavelength units": "Nanometers", "wavelength": "{450.5, 550, 650.25}", "fwhm": "{5, 5, 5}", "bbl": "{1, 0, 1}",
             "band names": "{a, b (0.55 Micrometers),\n c}", "data ignore value": -9999, **more}
    return "ENVI\ndescription = {made\n up}\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def library(data_type, order=0):
    header = ("ENVI\nfile type = ENVI Spectral Library\nsamples = 3\nlines = 2\nbands = 1\nheader offset = 0\n"
              f"data type = {data_type}\ninterleave = bsq\nbyte order = {order}\nwavelength units = Micrometers\n"
              "wavelength = {0.45, 0.55, 0.65}\nspectra names = {sand, loam}\n").encode()
    code = {2: "h", 4: "f", 5: "d", 12: "H"}[data_type]
    data = struct.pack((">" if order else "<") + "6" + code, *[1, 2, 3, 4, 5, 6])
    return struct.pack("<H", len(header)) + header + data


def air_table(order, n_aod=2, n_water=2, n_wavelength=3):
    """A look-up table of an atmosphere: magic, version, counts, axes, four arrays."""
    n = n_aod * n_water * n_wavelength
    axes = [0.1 * (1 + k) for k in range(n_aod)] + [0.5 * (1 + k) for k in range(n_water)] + [0.5 + 0.5 * k for k in range(n_wavelength)]
    values = [0.05] * n + [0.8] * n + [0.9] * n + [0.1] * n
    return struct.pack(f"{order}IIIII{len(axes) + 4 * n}f", 0x4C555400, 1, n_aod, n_water, n_wavelength, *axes, *values)


def models(seeds):
    """Model files as trainmodel and trainfusion write them, small enough for thousands of readings a second."""
    with tempfile.TemporaryDirectory(prefix="tilth-seeds-") as at:
        at = Path(at)
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")

        def run(*words):
            subprocess.run([EXE, *words], cwd=at, check=True, capture_output=True)

        scene = ("--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id")
        run("trainmodel", *scene, "--property", "SOM", "--unit", "g/kg", "--repeats", "1", "--output", "som.json")
        run("trainfusion", *scene, "--lab", "lab.csv", "--output", "ds.json")
        for name, target in (("som", "property_model"), ("ds", "fusion_model")):
            model = json.loads((at / f"{name}.json").read_text(encoding="utf-8"))
            model.pop("about", None)
            seeds.put(target, json.dumps(model))
            if name == "som":
                seeds.put("prediction", json.dumps(model))
            seeds.put("report", ("@" if name == "som" else "A") + json.dumps(model))
        # A small layer of each kind; the first letter chooses between them.
        layer = {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"id": f"S{k}", "SOM": k, "As": "<0.5"}, "geometry": {"type": "Point", "coordinates": [117 + k, 36]}}
            for k in range(3)]}
        seeds.put("sample_layer", "0" + json.dumps(layer))
        (at / "layer.geojson").write_text(json.dumps(layer), encoding="utf-8")
        subprocess.run(["ogr2ogr", "-f", "GPKG", "-nln", "plots", at / "layer.gpkg", at / "layer.geojson"], check=True, capture_output=True)
        seeds.put("sample_layer", b"1" + (at / "layer.gpkg").read_bytes())


def tars():
    """Archives in the three formats, with a name longer than a header holds."""
    made = []
    for format_ in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        to = io.BytesIO()
        with tarfile.open(fileobj=to, mode="w", format=format_) as archive:
            for name, content in (("a/b.txt", b"text"), ("folder" * 12 + "/" + "name" * 20 + ".tif", b"image")):
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        made.append(to.getvalue()[:4096])
    return made


def main():
    seeds = Seeds(sys.argv[1])
    seeds.put("envi_header", envi_header(), envi_header(**{"wavelength units": "Unknown", "reflectance scale factor": 10000}), "ENVI\n",
              envi_header(**{"map info": "{UTM, 1, 1, 500000, 4000000, 30, 30, 50, North, WGS-84}"}))
    seeds.put("envi_library", library(4), library(5), library(2, 1), library(12))
    seeds.put("asd", asd(1), asd(2), asd(6, 0, 0), asd(7), asd(8, 1, 1), asd(7, 2))
    seeds.put("spectra_text", "id,450,550,650\ns1,0.1,0.2,0.3\ns2,,0.2,nan\n", "name;X450;X550\na;0,1;0,2\n",
              "Wavelength\tsoil.asd\n350\t0.1\n351\t0.2\n", "wavelength;a;b\n350;10,5;11\n351;12;13\n", "0.45 0.1\n0.55 0.2\n0.65 0.3\n",
              "\ufeffid,wl450,wl550\r\n\"a,b\",10,20\r\n", "Text conversion of header file\n---\nWavelength  soil\n350  0.1\n351  0.2\n",
              "Wavelength (nm),a,Wavelength (nm),b\n400,0.1,400,0.2\n500,0.2,510,0.3\n600,0.2,610,0.3\n", "A,,B,\nnm,%R,nm,%R\n400,10,400,20\n500,20,500,30\n",
              ",A,B\nX350,0.1,0.2\nX450,0.1,0.2\nX550,0.1,0.2\n", "id,scan_visnir.350_ref,scan_visnir.450_ref,scan_mir.600_abs\nA,0.1,0.2,0.3\n",
              "id,1,2,3\nA,0.1,0.2,0.3\n", "id,7498.0,m3996.4,4.00E+02\nA,0.1,0.2,0.3\n")
    sed = ("Comment: \nVersion: 2.2\nInstrument: X [3]\nDetectors: 512,256\nMeasurement: REFLECTANCE\nLatitude: 45.5,45.5\nLongitude: -73.2,-73.2\n"
           "Columns [4]:\nData:\nWvl\tRad. (Ref.)\tRad. (Target)\tReflect. %\n350.0\t2\t0.5\t25.0\n351.5\t2\t0.6\t30.0\n351.0\t2\t0.6\t30.0\n353.0\t2\t0.6\t30.0\n")
    sig = ("/*** Spectra Vista SIG Data ***/\nname= a.sig\nunits= Radiance, Radiance\nlongitude= 07327.3812W, 07327.3812W\nlatitude= 4530.8521N, 4530.8521N\n"
           "data= \n340.5 2000.0 500.0 25.00\n342.0 2000.0 600.0 30.00\n341.0 2000,0 600,0 30,00\n343.0 2000.0 600.0 30.00\n")
    seeds.put("instrument_text", sed, sig, sed.replace("Reflect. %", "Reflect. [1.0]"), sig.replace(" 25.00", ""))
    seeds.put("band_csv", "band,wavelength,fwhm,good,reason,scale,offset,nodata\n1,450,5,1,,1,0,-9999\n2,550,5,no,\"bad, very\",,,\n",
              "wavelength\n0.45\n0.55\n", "Band;Centre_nm;FWHM_nm\n8;2200;10\n")
    seeds.put("samples_csv", "id,x,y,SOM (g/kg),As\nA,1,2,3.5,<0.5\nB,4,5,n.d.,7\n", "id,lon,lat,SOM,As\nA,117.5,36.25,12,3\n",
              "id;x_32650;y_32650;SOM;As [mg/kg]\nA;500000;4000000;1;2\n", "id,SOM,As\nA,1,2\n")
    table = "样品编号,经度,有机质（g/kg）\n001,东经117°30′15″,<0.5\n2.0,117.5,-9999\n"
    seeds.put("table_text", table, table.encode("gbk"), table.encode("utf-16"), "sep=;\nid;x;y\nA;1.234,5;1,234\n;;\nB;1,5;2\n",
              "Soils of 2020\nid,GPS_LONG,GPS_LAT\nS01,11:30:15 E,N 5 6 7\n", "\"id\" \"x_32633\" \"y_32633\"\n\"1\" \"s 01\" 1e30 2\n",
              "Größe;row_0;col_0;utm_zone\n1'234,5;1;2;33S\n".encode("latin-1"), "id|x|x\nA|1|2\n")
    # The first letter chooses the part of a workbook (A: its sheet) or the input of a report (B: correlations).
    seeds.put("workbook", "A<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c><c r=\"C1\"><v>1e3</v></c></row>"
              "<row r=\"3\"><c r=\"B3\" t=\"b\"><v>1</v></c><c r=\"A3\" t=\"e\"><v>#N/A</v></c></row></sheetData></worksheet>",
              "B<sst><si><t xml:space=\"preserve\"> id </t></si></sst>", "C<workbook><sheets><sheet name=\"a\" r:id=\"rId1\"/></sheets></workbook>",
              "G<office:body><office:spreadsheet><table:table table:name=\"a\"><table:table-row><table:table-cell office:value-type=\"percentage\" "
              "office:value=\"0.5\"/></table:table-row></table:table></office:spreadsheet></office:body>")
    seeds.put("response_table", "nm,b1,b2\n400,0,0.1\n450,1,0.5\n500,0,1\n550,0,0\n", "wavelength;a\n400;1\n410;0,5\n", "x\n1\n", "nm,a\n400,-1\nnan,2\n")
    seeds.put("report", "Bmap,factor,n,pearson_r\nsom,slope,9,0.1\n", "Cclass,distance_m,mean\n1,30,2\n", "Dwavelength_nm,r,p\n450,0.1,0.5\n",
              "Eband,wavelength_nm\n1,450\n", "F{\"rows\": [], \"tilth\": \"1\"}",
              "G{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {\"order\": 1}, "
              "\"geometry\": {\"type\": \"LineString\", \"coordinates\": [[1, 2], [3, 4]]}}]}")
    seeds.put("wavelength_text", "band 1 (0.455400 Micrometers)", "450.5 nm", "B_2 (1.5)", "< 0.5", "SOM [g/kg]", "4000 cm-1", "1e3")
    seeds.put("band_text", "0.01,0.2\n0.02,0.1\n", "1\t450.5\t5\n2\t455.5\t5\n", "gain offset\n0.01\n\n0.02\n", "\ufeff450.5;4.3\r\n",
              "GF5B_AHSI_E121.45_N31.31_20191228_008714_L10000071208_VN.tif", "GF5_AHSI_SWIR_RadCal.raw")
    seeds.put("gf5_facts", "<?xml version=\"1.0\"?><ProductMetaData><SatelliteID>GF5B</SatelliteID><SensorID>AHSI</SensorID>"
              "<StartTime>2022-04-24 11:12:05.25</StartTime><CenterLatitude>32.3</CenterLatitude><CenterLongitude>-102.8</CenterLongitude>"
              "<SolarZenith>30.5</SolarZenith><SolarAzimuth>140</SolarAzimuth><SatelliteZenith>2</SatelliteZenith></ProductMetaData>",
              "2022-04-24 11:12:05.25", "2024-03-01T02:00:00", "2022-01-01 00:00:00")
    seeds.put("tar_file", *tars())
    seeds.put("air_table", air_table("<"), air_table(">"), air_table("<", 1, 1, 2))
    seeds.put("record", json.dumps({"type": "FeatureCollection", "tilth": {"tool": "streams", "version": "1.2.3"}, "features": []}),
              json.dumps({"type": "FeatureCollection", "features": [
                  {"type": "Feature", "properties": {"id": 1}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}))
    # The first letter chooses the tool; an odd second one is followed by JSON, an even one by a recipe for values.
    seeds.put("parameters", *(f"{tool}1{text}" for tool in "AFKP" for text in (
        json.dumps({"scene": "s.tif", "samples": "s.gpkg", "property": "SOM", "components": 3, "output": "m.json"}),
        '{"scene": null, "repeats": -1, "level": 1e999}', '{"dem": NaN, "seed": 2147483648, "memory": -Infinity}', "{}", "[]")),
        *("".join(chr(32 + (31 * k + 7 * j) % 95) for j in range(60)) for k in range(0, 64, 2)))
    seeds.put("source_name", "a.gpkg|layername=p|layerid=1|subset=\"id\" = 'A' || '|'|geometrytype=PointZ|option:A=B", "file:///d/a.gpkg",
              "/vsizip/{a.zip}/b.tif", "/vsicurl/https://h/b.gpkg|layername=p", 'NETCDF:"f.nc":v', "GPKG:f.gpkg:t", "GTIFF_DIR:2:f.tif",
              "vrt://f.tif?bands=1", "PG:dbname=d password='a b' user=c", "dbname='/d/f.sqlite' table=\"s\".\"t\" (geom) sql=a > 1",
              "dbname='d' host=h port=1 user='u' password='p' table=\"t\" (geom) sql=", "memory?geometry=Point", "<VRTDataset/>", '{"type": 1}')
    # The first letter chooses the formula and the number of sources; one argument per line follows.
    seeds.put("pixel_arguments", "0scale=1,0.0174\noffset=0\nsrc_nodata=-9999,none\nNoData=nan", "1method=desmet_govers\ncell=30",
              "2reference=0.1,0.2", "5reference=1,2,3\nsrc_nodta=1", "3scale=1e308,nan,\nNoData=-inf", "4method=moore\nmethod=moore\n=\n==",
              "0model=m.json\nscene=s.tif\nrelative=1\nsize=7,3\nbands=1,2,3\nscene_nm=450,550,650\nwavelength_nm=450,550,650\n"
              "layer=upper\nband=2\nNoData=-9999")
    with tempfile.TemporaryDirectory(prefix="tilth-seeds-") as at:
        bands = made_products.enmap_bands(3, 4)
        seeds.put("product_xml", made_products.enmap(Path(at) / "e", bands=bands).read_bytes(),
                  made_products.desis(Path(at) / "d", centre=bands[0][:3]).read_bytes())
        seeds.put("product_file", Path(made_products.zipped(Path(at) / "d", Path(at) / "d.zip")).read_bytes())
    models(seeds)
    print(f"{sum(1 for path in seeds.folder.rglob('*') if path.is_file())} seeds in {seeds.folder}")


if __name__ == "__main__":
    main()
