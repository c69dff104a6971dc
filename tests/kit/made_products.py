# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated products of EnMAP, PRISMA, EMIT and DESIS: the layout of the agencies around a cube that the test knows.

Every cube is an array [bands, rows, columns] of physical values (radiance in W m-2 sr-1 um-1, or reflectance 0..1) with NaN where
the product has no data; what is written are the stored numbers of the product, so the reader has to undo every step.
"""
import os
import zipfile
from pathlib import Path

import h5py
import numpy
from osgeo import gdal, osr

gdal.UseExceptions()
osr.UseExceptions()

WEST, NORTH, CELL, EPSG = 500000.0, 4000000.0, 30.0, 32650
UTC = "2023-05-04T03:12:05.250000Z"


def spectrum(wavelength):
    """Bare soil as reflectance 0..1: increasing, with an absorption at 2200 nm."""
    wavelength = numpy.asarray(wavelength, float)
    return 0.08 + 0.3 * (1 - numpy.exp(-(wavelength - 350) / 600)) - 0.04 * numpy.exp(-((wavelength - 2200) / 40) ** 2)


def soil(wavelength, rows, columns):
    """Reflectance [bands, rows, columns] that differs in every pixel."""
    i, j = numpy.mgrid[0:rows, 0:columns]
    bright = 1 + 0.2 * numpy.sin(i / 3.0) * numpy.cos(j / 4.0) + 0.001 * i - 0.002 * j
    return spectrum(wavelength)[:, None, None] * bright[None]


def sunlight(wavelength):
    """Irradiance at the top of the air, W m-2 um-1, of a black body of 5772 K as large in the sky as the sun."""
    metres = numpy.asarray(wavelength, float) * 1e-9
    return 6.794e-5 * 1e-6 * 1.191043e-16 / metres ** 5 / numpy.expm1(0.01438777 / (metres * 5772.0))


def radiance(wavelength, rows, columns, zenith=29.75):
    """What soil() sends up without air, W m-2 sr-1 um-1."""
    up = sunlight(wavelength) * numpy.cos(numpy.radians(zenith)) / numpy.pi
    return soil(wavelength, rows, columns) * up[:, None, None]


def utm(epsg=EPSG):
    made = osr.SpatialReference()
    made.ImportFromEPSG(epsg)
    return made


def lonlat(rows, columns, west=WEST, north=NORTH, cell=CELL, epsg=EPSG):
    """Longitude and latitude [rows, columns] of the cell centres of a UTM grid."""
    to = osr.SpatialReference()
    to.ImportFromEPSG(4326)
    to.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    move = osr.CoordinateTransformation(utm(epsg), to)
    points = [(west + cell * (j + 0.5), north - cell * (i + 0.5)) for i in range(rows) for j in range(columns)]
    moved = numpy.array(move.TransformPoints(points))
    return moved[:, 0].reshape(rows, columns), moved[:, 1].reshape(rows, columns)


def stored(cube, scale, offset, kind, nodata):
    """Whole numbers of a cube; scale and offset one value or one per band."""
    scale = numpy.broadcast_to(numpy.asarray(scale, float), cube.shape[:1])[:, None, None]
    offset = numpy.broadcast_to(numpy.asarray(offset, float), cube.shape[:1])[:, None, None]
    value = numpy.rint((cube - offset) / scale)
    return numpy.where(numpy.isnan(cube), nodata, numpy.nan_to_num(value)).astype(kind)


def write_geotiff(path, numbers, nodata=None, options=("INTERLEAVE=PIXEL", "COMPRESS=DEFLATE"), epsg=EPSG):
    bands, rows, columns = numbers.shape
    kinds = {"int16": gdal.GDT_Int16, "uint16": gdal.GDT_UInt16, "float32": gdal.GDT_Float32, "uint8": gdal.GDT_Byte}
    made = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, bands, kinds[numbers.dtype.name], list(options))
    made.SetGeoTransform((WEST, CELL, 0.0, NORTH, 0.0, -CELL))
    if epsg:
        made.SetProjection(utm(epsg).ExportToWkt())
    if nodata is not None:
        made.GetRasterBand(1).SetNoDataValue(nodata)
    made.WriteArray(numbers)
    made = None


# --- EnMAP ---

def enmap_bands(n_vnir=12, n_swir=16):
    """Centres and widths in file order: VNIR, then SWIR, which overlap between 900 and 1000 nm."""
    centre = numpy.concatenate([numpy.linspace(420, 993, n_vnir), numpy.linspace(902, 2445, n_swir)])
    return centre, numpy.where(numpy.arange(n_vnir + n_swir) < n_vnir, 6.5, 10.0), n_vnir


def enmap(folder, level="L2A", cube=None, bands=None, lower=False, suffix=".TIF", empty=(), image=True):
    """Writes an EnMAP product into folder and returns the path of its metadata file. empty: 0-based bands without values."""
    centre, width, n_vnir = bands or enmap_bands()
    cube = soil(centre, 20, 24) if cube is None else cube
    cube = numpy.array(cube, float)
    cube[list(empty)] = numpy.nan
    name = f"ENMAP01-____{level}-DT0000001867_20230504T031205Z_008_V010302_20230628T165614Z"
    Path(folder).mkdir(parents=True, exist_ok=True)
    if level == "L2A":
        gain, offset = numpy.full(len(centre), 1e-4), numpy.zeros(len(centre))
        numbers = stored(cube, gain, offset, numpy.int16, -32768)
    else:
        # The agency's gains are for W m-2 sr-1 nm-1.
        gain, offset = numpy.linspace(1.0e-5, 2.0e-6, len(centre)), numpy.full(len(centre), -1e-6)
        numbers = stored(cube, 1000 * gain, 1000 * offset, numpy.int16, -32768)
    table = "".join(
        f'<bandID number="{k + 1}"><wavelengthCenterOfBand>{centre[k]:.4f}</wavelengthCenterOfBand><FWHMOfBand>{width[k]:.3f}</FWHMOfBand>'
        f'<GainOfBand>{gain[k]:.9g}</GainOfBand><OffsetOfBand>{offset[k]:.9g}</OffsetOfBand></bandID>\n' for k in range(len(centre)))
    statistics = "".join(
        f'<bandID number="{k + 1}"><minimum>0</minimum><mean>{-1000000 if k in empty else 2000}</mean>'
        f'<stdDeviation>{0 if k in empty else 300}</stdDeviation></bandID>\n' for k in range(len(centre)))
    corners = lonlat(cube.shape[1], cube.shape[2])
    points = "".join(f"<point><frame>{w}</frame><longitude>{corners[0][r, c]:.7f}</longitude><latitude>{corners[1][r, c]:.7f}</latitude></point>"
                     for w, r, c in (("upper_left", 0, 0), ("upper_right", 0, -1), ("lower_left", -1, 0), ("lower_right", -1, -1)))
    middle = f"<point><frame>center</frame><longitude>{corners[0].mean():.7f}</longitude><latitude>{corners[1].mean():.7f}</latitude></point>"
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<level_X xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<metadata><schema><processingLevel>{level}</processingLevel></schema></metadata>
<base><temporalCoverage><startTime>{UTC}</startTime><stopTime>{UTC}</stopTime></temporalCoverage>
<spatialCoverage><boundingPolygon>{points}{middle}</boundingPolygon></spatialCoverage><level>{level}</level></base>
<specific><datatakeStart>{UTC}</datatakeStart><backgroundValue>-32768</backgroundValue>
<sunElevationAngle><upper_left>60.1</upper_left><center>60.25</center></sunElevationAngle>
<sunAzimuthAngle><center>151.5</center></sunAzimuthAngle>
<acrossOffNadirAngle><center>-4.0</center></acrossOffNadirAngle><alongOffNadirAngle><center>3.0</center></alongOffNadirAngle>
<sceneAzimuthAngle><center>13.5</center></sceneAzimuthAngle><meanGroundElevation>123.0</meanGroundElevation>
<qualityFlag><sceneAOT>125</sceneAOT><sceneWV>1430</sceneWV></qualityFlag>
<bandCharacterisation>{table}</bandCharacterisation>
<vnirProductQuality><expectedChannelsList>{",".join(str(k + 1) for k in range(n_vnir))}</expectedChannelsList></vnirProductQuality>
<swirProductQuality><expectedChannelsList>{",".join(str(k + 1) for k in range(n_vnir, len(centre)))}</expectedChannelsList></swirProductQuality>
</specific>
<product><bandStatistics>{statistics}</bandStatistics></product></level_X>
"""
    metadata = Path(folder) / (f"{name}-METADATA.xml" if lower else f"{name}-METADATA.XML")
    metadata.write_text(text, encoding="utf-8")
    picture = Path(folder) / f"{name}-SPECTRAL_IMAGE{suffix.lower() if lower else suffix}"
    if image and suffix.upper() == ".TIF":
        write_geotiff(picture, numbers, -32768)
    elif image:
        write_geotiff(Path(folder) / "copied.tif", numbers, -32768)
        gdal.Translate(str(picture), str(Path(folder) / "copied.tif"), format="ENVI")
        for left in ("copied.tif", picture.name + ".aux.xml"):
            (Path(folder) / left).unlink(missing_ok=True)
    return metadata


def zipped(folder, archive):
    """Puts a folder into an archive with the folder's name inside, as the agencies do."""
    folder = Path(folder)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            made.write(path, os.path.join(folder.name, path.relative_to(folder)))
    return archive


# --- PRISMA ---

def prisma_bands(n_vnir=9, n_swir=14):
    """Centres and widths as stored: decreasing, with unused entries (0) at the ends where the instrument has them."""
    vnir = numpy.concatenate([[0.0, 0.0], numpy.linspace(972.5, 402.5, n_vnir - 2)])
    swir = numpy.concatenate([numpy.linspace(2496.5, 943.0, n_swir - 1), [0.0]])
    return vnir, swir


def prisma(path, level="L2D", vnir=None, swir=None, bands=None, low=0.05, high=0.95, rows=18, columns=22, offset=0.0, attributes=None,
           chunks="lines", compress=True, error=None):
    """Writes a PRISMA file. vnir and swir are cubes of the bands that are used, in increasing order of wavelength; low and high the range
    of reflectance that 0..65535 stands for; error: marks [rows, columns] of broken pixels in every used VNIR band."""
    centre = bands or prisma_bands()
    cubes = []
    for which, wavelength in zip((vnir, swir), centre):
        used = numpy.sort(wavelength[wavelength > 0])
        cubes.append(soil(used, rows, columns) if which is None else numpy.asarray(which, float))
    rows, columns = cubes[0].shape[1:]
    with h5py.File(path, "w") as file:
        swath = file.create_group(f"HDFEOS/SWATHS/PRS_{level}_HCO")
        fields = swath.create_group("Data Fields")
        place = swath.create_group("Geolocation Fields")
        for name, cube, wavelength in zip(("VNIR", "SWIR"), cubes, centre):
            order = numpy.argsort(numpy.argsort(wavelength[wavelength > 0]))
            scale, start = ((1.0 / 100.0, 0.0) if level == "L1" else ((high - low) / 65535.0, low))
            numbers = numpy.zeros((rows, len(wavelength), columns), "<u2")
            numbers[:, wavelength > 0, :] = stored(cube[order], scale, start, numpy.uint16, 0).transpose(1, 0, 2)
            shape = {"lines": (1, len(wavelength), columns), "pixels": (min(rows, 8), 1, columns), "none": None}[chunks]
            fields.create_dataset(f"{name}_Cube", data=numbers, chunks=shape, compression="gzip" if compress and shape else None)
            flags = numpy.zeros(numbers.shape, "u1")
            if error is not None and name == "VNIR":
                flags[:, wavelength > 0, :] = numpy.asarray(error, "u1")[:, None, :]
            matrix = f"{name}_PIXEL_SAT_ERR_MATRIX" if level == "L1" else f"{name}_PIXEL_L2_ERR_MATRIX"
            fields.create_dataset(matrix, data=flags, chunks=shape, compression="gzip" if compress and shape else None)
            word = name.title()
            file.attrs[f"List_Cw_{word}"] = wavelength.astype("f4")
            file.attrs[f"List_Cw_{word}_Flags"] = (wavelength > 0).astype("u1")
            file.attrs[f"List_Fwhm_{word}"] = numpy.where(wavelength > 0, 10.0, 0.0).astype("f4")
            if level == "L1":
                file.attrs[f"ScaleFactor_{word}"] = numpy.float32(100.0)
                file.attrs[f"Offset_{word}"] = numpy.float32(offset)
            else:
                file.attrs[f"L2Scale{word}Min"] = numpy.float32(low)
                file.attrs[f"L2Scale{word}Max"] = numpy.float32(high)
        if level != "L1":
            swath.create_dataset("Geometric Fields/Observing_Angle", data=numpy.full((rows, columns), 12.5, "f4"))
        longitude, latitude = lonlat(rows, columns)
        for name in (("_VNIR", "_SWIR") if level == "L1" else ("",)):
            place.create_dataset(f"Latitude{name}", data=latitude.astype("f4"))
            place.create_dataset(f"Longitude{name}", data=longitude.astype("f4"))
        file.attrs["Product_StartTime"] = numpy.bytes_("2023-05-04T03:12:05.250000")
        file.attrs["Product_center_lat"] = numpy.float32(latitude.mean())
        file.attrs["Product_center_long"] = numpy.float32(longitude.mean())
        file.attrs["Sun_zenith_angle"] = numpy.float32(29.75)
        file.attrs["Sun_azimuth_angle"] = numpy.float32(151.5)
        file.attrs["Processing_Level"] = numpy.bytes_(level[1:])
        if level == "L2D":
            file.attrs["Epsg_Code"] = numpy.uint32(EPSG)
            east, south = WEST + CELL * (columns - 0.5), NORTH - CELL * (rows - 0.5)
            for corner, x, y in (("UL", WEST + CELL / 2, NORTH - CELL / 2), ("LR", east, south), ("UR", east, NORTH - CELL / 2),
                                 ("LL", WEST + CELL / 2, south)):
                file.attrs[f"Product_{corner}corner_easting"] = numpy.float32(x)
                file.attrs[f"Product_{corner}corner_northing"] = numpy.float32(y)
        for name, value in (attributes or {}).items():
            if value is None:
                del file.attrs[name]
            else:
                file.attrs[name] = value
    return path


# --- EMIT ---

def emit_bands(n=24):
    return numpy.linspace(381.0, 2493.0, n)


def emit(path, cube=None, centre=None, good=None, level="RFL", rows=14, columns=16):
    """Writes an EMIT file: [downtrack, crosstrack, band], with the table that leads from a grid in degrees to the pixels."""
    centre = emit_bands() if centre is None else centre
    cube = soil(centre, rows, columns) if cube is None else numpy.asarray(cube, float)
    rows, columns = cube.shape[1:]
    good = numpy.where((centre > 1325) & (centre < 1430), 0, 1) if good is None else good
    x, y = emit_table(rows, columns)
    values = cube if level == "RFL" else cube / 10.0
    with h5py.File(path, "w") as file:
        name = "reflectance" if level == "RFL" else "radiance"
        numbers = numpy.where(numpy.isnan(values), -9999.0, values).astype("<f4").transpose(1, 2, 0)
        made = file.create_dataset(name, data=numpy.ascontiguousarray(numbers), chunks=(min(8, rows), min(8, columns), len(centre)),
                                   compression="gzip", fillvalue=numpy.float32(-9999.0))
        made.attrs["_FillValue"] = numpy.array([-9999.0], "f4")
        made.attrs["units"] = numpy.bytes_("unitless" if level == "RFL" else "uW/cm^2/SR/nm")
        sensor = file.create_group("sensor_band_parameters")
        sensor.create_dataset("wavelengths", data=centre.astype("f4")).attrs["units"] = numpy.bytes_("nm")
        sensor.create_dataset("fwhm", data=numpy.full(len(centre), 8.5, "f4"))
        if level == "RFL":
            sensor.create_dataset("good_wavelengths", data=numpy.asarray(good, "u1"))
        place = file.create_group("location")
        place.create_dataset("glt_x", data=x, fillvalue=0)
        place.create_dataset("glt_y", data=y, fillvalue=0)
        place.create_dataset("lon", data=numpy.full((rows, columns), 117.0))
        place.create_dataset("lat", data=numpy.full((rows, columns), 36.0))
        place.create_dataset("elev", data=numpy.full((rows, columns), 321.0))
        degrees = osr.SpatialReference()
        degrees.ImportFromEPSG(4326)
        file.attrs["geotransform"] = numpy.array([117.0, 0.0005, 0.0, 36.0, 0.0, -0.0005])
        file.attrs["spatial_ref"] = numpy.bytes_(degrees.ExportToWkt())
        file.attrs["time_coverage_start"] = numpy.bytes_("2023-05-04T03:12:05+0000")
        file.attrs["easternmost_longitude"], file.attrs["westernmost_longitude"] = 117.0 + 0.0005 * x.shape[1], 117.0
        file.attrs["northernmost_latitude"], file.attrs["southernmost_latitude"] = 36.0, 36.0 - 0.0005 * x.shape[0]
    return path


def emit_table(rows, columns):
    """Column and row (1-based, 0 = none) of the pixel for every cell of a grid that is larger by a slanting margin."""
    height, width = rows + 2, columns + rows
    x, y = numpy.zeros((height, width), "i4"), numpy.zeros((height, width), "i4")
    for i in range(rows):
        for j in range(columns):
            x[i + 1, j + i] = j + 1
            y[i + 1, j + i] = i + 1
    return x, y


# --- DESIS ---

def desis(folder, level="L2A", cube=None, centre=None, header=True, rows=16, columns=20):
    """Writes a DESIS product and returns the path of its metadata file."""
    centre = numpy.linspace(401.9, 999.5, 18) if centre is None else centre
    cube = soil(centre, rows, columns) if cube is None else numpy.asarray(cube, float)
    name = f"DESIS-HSI-{level}-DT1203190212_025-20230504T031205-V0210"
    Path(folder).mkdir(parents=True, exist_ok=True)
    if level == "L2A":
        gain, offset, factor = numpy.full(len(centre), 1e-4), numpy.zeros(len(centre)), 1.0
    else:
        # The agency's gains are for mW cm-2 sr-1 um-1.
        gain, offset, factor = numpy.linspace(2e-3, 3e-3, len(centre)), numpy.full(len(centre), 1e-3), 10.0
    numbers = stored(cube, factor * gain, factor * offset, numpy.int16, -32768)
    write_geotiff(Path(folder) / f"{name}-SPECTRAL_IMAGE.tif", numbers)
    corners = lonlat(cube.shape[1], cube.shape[2])
    points = "".join(f"<point><frame>{k + 1}</frame><latitude>{corners[1][r, c]:.7f}</latitude><longitude>{corners[0][r, c]:.7f}</longitude></point>"
                     for k, (r, c) in enumerate(((0, 0), (0, -1), (-1, -1), (-1, 0))))
    table = "".join(
        f"<band><bandNumber>{k + 1}</bandNumber><wavelengthCenterOfBand>{centre[k]:.3f}</wavelengthCenterOfBand>"
        f"<wavelengthWidthOfBand>3.5</wavelengthWidthOfBand><gainOfBand>{gain[k]:.9g}</gainOfBand><offsetOfBand>{offset[k]:.9g}</offsetOfBand>"
        f"<response>0.1, 0.8, 0.1</response></band>\n" for k in range(len(centre)))
    metadata = Path(folder) / f"{name}-METADATA.xml"
    metadata.write_text(f"""<?xml version="1.0" encoding="UTF-8"?>
<hsi_doc><metadata/><mission>DESIS</mission><base><temporalCoverage><startTime>{UTC}</startTime><endTime>{UTC}</endTime></temporalCoverage>
<spatialCoverage><boundingPolygon>{points}</boundingPolygon></spatialCoverage></base>
<specific><productType>{level}</productType><backgroundValue>-32768</backgroundValue><numberOfBands>{len(centre)}</numberOfBands>
<sunZenithAngle>29.75</sunZenithAngle><sunAzimuthAngle>151.5</sunAzimuthAngle>
<sceneIncidenceAngle>5.0</sceneIncidenceAngle><sceneAzimuthAngle>13.5</sceneAzimuthAngle>
<bandCharacterisation>{table}</bandCharacterisation></specific></hsi_doc>
""", encoding="utf-8")
    if header:
        def listed(values):
            return "{\n" + ",\n".join(f"{v:.9g}" for v in values) + "}"
        (Path(folder) / f"{name}-SPECTRAL_IMAGE.hdr").write_text(
            f"ENVI\nsamples = {cube.shape[2]}\nlines = {cube.shape[1]}\nbands = {len(centre)}\nheader offset = 0\ndata type = 2\n"
            f"interleave = bip\nbyte order = 0\nwavelength units = nanometers\nwavelength = {listed(centre)}\n"
            f"fwhm = {listed(numpy.full(len(centre), 3.5))}\ndata gain values = {listed(gain)}\ndata offset values = {listed(offset)}\n",
            encoding="ascii")
    return metadata
