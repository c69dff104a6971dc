# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated folders of AHSI scenes in the naming styles of GF-5 and GF5B, with a known radiance and a known position."""
import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy
from osgeo import gdal

gdal.UseExceptions()

BEIJING = datetime(2022, 4, 24, 11, 12, 5)
LAT, LON = 32.3, 102.8

RPB = """satId = "GF5";
bandId = "P";
SpecId = "RPC00B";
BEGIN_GROUP = IMAGE
\terrBias = 0;
\terrRand = 0;
\tlineOffset = {line};
\tsampOffset = {samp};
\tlatOffset = {lat};
\tlongOffset = {lon};
\theightOffset = {height};
\tlineScale = {line_scale};
\tsampScale = {samp_scale};
\tlatScale = {lat_scale};
\tlongScale = {lon_scale};
\theightScale = {height_scale};
\tlineNumCoef = (
{line_num});
\tlineDenCoef = (
{one});
\tsampNumCoef = (
{samp_num});
\tsampDenCoef = (
{one});
END_GROUP = IMAGE
END;
"""

XML = """<?xml version="1.0" encoding="UTF-8"?>
<ProductMetaData>
  <SatelliteID>{satellite}</SatelliteID>
  <SensorID>AHSI</SensorID>
  <StartTime>{time:%Y-%m-%d %H:%M:%S}.500</StartTime>
  <ProductLevel>LEVEL1</ProductLevel>
  <CenterLatitude>{lat}</CenterLatitude>
  <CenterLongitude>{lon}</CenterLongitude>
  <SolarZenith>{zenith:.4f}</SolarZenith>
  <SatelliteZenith>3.5</SatelliteZenith>
</ProductMetaData>
"""


def sun_zenith(beijing=BEIJING, lat=LAT, lon=LON):
    """Degrees, within a tenth: Spencer's declination and equation of time (1971)."""
    utc = beijing - timedelta(hours=8)
    g = 2 * math.pi / 365 * (utc.timetuple().tm_yday - 1 + (utc.hour - 12) / 24)
    declination = (0.006918 - 0.399912 * math.cos(g) + 0.070257 * math.sin(g) - 0.006758 * math.cos(2 * g)
                   + 0.000907 * math.sin(2 * g) - 0.002697 * math.cos(3 * g) + 0.00148 * math.sin(3 * g))
    minutes = 229.18 * (0.000075 + 0.001868 * math.cos(g) - 0.032077 * math.sin(g) - 0.014615 * math.cos(2 * g)
                        - 0.040849 * math.sin(2 * g))
    hour = math.radians((utc.hour * 60 + utc.minute + utc.second / 60 + minutes + 4 * lon) / 4 - 180)
    phi = math.radians(lat)
    return math.degrees(math.acos(math.sin(phi) * math.sin(declination)
                                  + math.cos(phi) * math.cos(declination) * math.cos(hour)))


def sunlight(nm):
    """W m-2 um-1 above the air: a black body of 5778 K seen from one astronomical unit."""
    m = numpy.asarray(nm, float) * 1e-9
    radiance = 2 * 6.62607e-34 * 2.99792e8 ** 2 / m ** 5 / numpy.expm1(6.62607e-34 * 2.99792e8 / (m * 1.38065e-23 * 5778))
    return radiance * 1e-6 * math.pi * (6.957e8 / 1.495979e11) ** 2


class Ground:
    """The way from longitude, latitude and height to line and sample: linear, so that it is known exactly."""

    def __init__(self, rows, columns, lat=LAT, lon=LON, cell=30.0, turn=10.0, lean=0.1):
        self.rows, self.columns, self.lat, self.lon, self.lean = rows, columns, lat, lon, lean
        self.metres = 111000.0, 111000.0 * math.cos(math.radians(lat))  # of one degree, close enough
        a = math.radians(turn)
        self.turn, self.cell = (math.cos(a), math.sin(a)), cell

    def to_pixel(self, lon, lat, height):
        """Line and sample; 0, 0 is the centre of the first pixel, as in RPC."""
        north, east = (lat - self.lat) * self.metres[0], (lon - self.lon) * self.metres[1]
        samp = (east * self.turn[0] - north * self.turn[1] + self.lean * height) / self.cell
        line = (-north * self.turn[0] - east * self.turn[1]) / self.cell
        return line + (self.rows - 1) / 2, samp + (self.columns - 1) / 2

    def to_ground(self, line, samp, height_at):
        """Longitude and latitude where the ray of a pixel meets the ground."""
        height = 0.0
        for _ in range(50):
            u = (samp - (self.columns - 1) / 2) * self.cell - self.lean * height
            v = (line - (self.rows - 1) / 2) * self.cell
            east = u * self.turn[0] - v * self.turn[1]
            north = -u * self.turn[1] - v * self.turn[0]
            lon, lat = self.lon + east / self.metres[1], self.lat + north / self.metres[0]
            height = height_at(lon, lat)
        return lon, lat

    def rpb(self):
        scale = 0.5

        def coefficients(constant, lon, lat, height):
            values = [constant, lon * scale, lat * scale, height * 1000.0] + [0.0] * 16
            return ",\n".join(f"\t\t\t{value:+.15E}" for value in values)

        def row(function):
            at = numpy.array(function(self.lon, self.lat, 0.0))
            step = [numpy.array(function(self.lon + 1, self.lat, 0.0)) - at,
                    numpy.array(function(self.lon, self.lat + 1, 0.0)) - at,
                    numpy.array(function(self.lon, self.lat, 1.0)) - at]
            return at, step

        at, step = row(self.to_pixel)
        nums = [coefficients(0.0, *(s[k] / 1000.0 for s in step)) for k in (0, 1)]
        return RPB.format(line=at[0], samp=at[1], lat=self.lat, lon=self.lon, height=0.0, line_scale=1000.0,
                          samp_scale=1000.0, lat_scale=scale, lon_scale=scale, height_scale=1000.0, line_num=nums[0],
                          samp_num=nums[1], one=",\n".join(f"\t\t\t{float(k == 0):+.1E}" for k in range(20)))


def write_image(path, dn):
    bands, rows, columns = dn.shape
    image = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, bands, gdal.GDT_UInt16, ["INTERLEAVE=BAND"])
    image.WriteArray(dn)
    image.FlushCache()


def make(folder, style, vnir, swir, centres, gains, ground=None, offset=0.0, zenith=None, time=BEIJING):
    """Writes a folder. vnir, swir: digital numbers [bands, rows, columns]; centres: two lists in nm; gains: two lists.
    style: GF5 (one gain a line) or GF5B (gain,offset)."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    if style == "GF5":
        base, end = "GF5_AHSI_E102.80_N32.30_20220424_008714_L10000071208", ".geotiff"
        gain_name, response_name = "GF5_AHSI_{}_RadCal.raw", "GF5_AHSI_{}_Spectralresponse.raw"
    else:
        base, end = f"{style}_AHSI_E102.8_N32.3_20220424_003345_L10000118222", ".tif"
        gain_name, response_name = style + "_AHSI_RadCal_{}.raw", style + "_AHSI_Spectralresponse_{}.raw"
    for name, short, dn, nm, gain in (("VNIR", "VN", vnir, centres[0], gains[0]), ("SWIR", "SW", swir, centres[1], gains[1])):
        if dn is not None:
            write_image(folder / f"{base}_{short}{end}", dn)
        if ground is not None:
            (folder / f"{base}_{short}.rpb").write_text(ground.rpb())
        lines = [f"{g:.12g}" if style == "GF5" else f"{g:.12g},{offset:.12g}" for g in gain]
        (folder / gain_name.format(name)).write_text("\r\n".join(lines) + "\r\n")
        width = 4.32 if name == "VNIR" else 8.42
        split = "\t" if style == "GF5" else ","
        (folder / response_name.format(name)).write_text("\n".join(f"{c:.4f}{split}{width}" for c in nm) + "\n")
    (folder / f"{base}.xml").write_text(XML.format(satellite=style, time=time, lat=LAT, lon=LON,
                                                   zenith=sun_zenith(time) if zenith is None else zenith))
    return base
