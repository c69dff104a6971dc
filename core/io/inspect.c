/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is installed, for the tool that checks an installation; see source/store.h. */
#include <gdal.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/version.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/python.h"
#include "json/json.h"

static void add(json_t *list, const char *name, const char *version, int found,
                const char *remedy) {
    tl_json_append(
        list, tl_json_pack("{s:s, s:o, s:b, s:s}", "name", name, "version", tl_json_text(version),
                           "found", found, "remedy", found ? "" : remedy));
}

static void add_driver(json_t *list, const char *driver, const char *remedy) {
    char name[64];
    (void)snprintf(name, sizeof name, "GDAL driver %s", driver);
    add(list, name, "", GDALGetDriverByName(driver) != NULL, remedy);
}

static void add_proj(json_t *list) {
    int major = 0;
    int minor = 0;
    int patch = 0;
    OSRGetPROJVersion(&major, &minor, &patch);
    char version[32];
    (void)snprintf(version, sizeof version, "%d.%d.%d", major, minor, patch);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    const int found = OSRImportFromEPSG(crs, 32633) == OGRERR_NONE;
    OSRDestroySpatialReference(crs);
    add(list, "PROJ data", version, found, "sudo apt-get install proj-data");
}

/* Runs one line of Python that prints a version. */
static void add_python(json_t *list, const char *name, const char *line, const char *remedy) {
    char output[256] = "";
    char complaints[256] = "";
    int status = -1;
    const char *const argv[] = {tl_io_python(), "-I", "-X", "utf8", "-c", line, NULL};
    const tl_code code =
        tl_io_run_program(argv, NULL, NULL, output, complaints, sizeof output, &status, NULL);
    output[strcspn(output, "\r\n")] = '\0';
    add(list, name, output, code == TL_OK && status == 0, remedy);
}

/* A program on the search path. It is not started, because starting QGIS takes seconds. */
static int on_path(const char *program) {
    const char *path = getenv("PATH");
    char candidate[4096];
    for (const char *part = path == NULL ? "/usr/bin" : path; *part != '\0';) {
        const size_t n = strcspn(part, ":");
        (void)snprintf(candidate, sizeof candidate, "%.*s/%s", (int)(n < 3000 ? n : 3000), part,
                       program);
        if (tl_io_exists(candidate)) {
            return 1;
        }
        part += n;
        part += *part == ':';
    }
    return 0;
}

/* The plugin is found through a virtual raster without sources: GDAL either knows its function or
 * does not. */
static int plugin_answers(void) {
    static const char vrt[] =
        "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\">"
        "<VRTRasterBand dataType=\"Float32\" band=\"1\" subClass=\"VRTDerivedRasterBand\">"
        "<NoDataValue>-9999</NoDataValue>"
        "<PixelFunctionType>tilth_ping</PixelFunctionType>"
        "</VRTRasterBand></VRTDataset>";
    GDALDatasetH dataset = GDALOpenEx(vrt, GDAL_OF_RASTER, NULL, NULL, NULL);
    float value = 0.0F;
    const int ok = dataset != NULL && GDALRasterIO(GDALGetRasterBand(dataset, 1), GF_Read, 0, 0, 1,
                                                   1, &value, 1, 1, GDT_Float32, 0, 0) == CE_None;
    GDALClose(dataset);
    return ok;
}

tl_code tl_io_inspect_system(char **json, tl_err *err) {
    *json = NULL;
    json_t *list = tl_json_array();
    tl_io_call call;
    tl_io_begin(&call);
    add(list, "tilth", tl_version(), 1, "");
    add(list, "GDAL", GDALVersionInfo("RELEASE_NAME"), 1, "");
    add_driver(list, "GTiff", "install GDAL with GeoTIFF");
    add_driver(list, "ENVI", "install GDAL with ENVI");
    add_driver(list, "GPKG", "install GDAL with SQLite (sudo apt-get install libgdal-dev)");
    add_driver(list, "HDF5", "install GDAL with HDF5; needed only for PRISMA products");
    add_driver(list, "netCDF", "install GDAL with netCDF; needed only for EMIT products");
    add_proj(list);
    add(list, "GDAL plugin of tilth (pixel functions)", "", plugin_answers(),
        "set GDAL_DRIVER_PATH to the folder of gdal_TILTH.so, or install tilth for this GDAL");
    tl_io_end(&call);
    add_python(list, "Python", "import platform; print(platform.python_version())",
               "sudo apt-get install python3");
    add_python(list, "Python module plotly", "import plotly; print(plotly.__version__)",
               "sudo apt-get install python3-plotly");
    add_python(list, "Python module jinja2", "import jinja2; print(jinja2.__version__)",
               "sudo apt-get install python3-jinja2");
    add_python(list, "Python module numpy", "import numpy; print(numpy.__version__)",
               "sudo apt-get install python3-numpy");
    add(list, "QGIS (qgis_process)", "", on_path("qgis_process.bin") || on_path("qgis_process"),
        "sudo apt-get install qgis; needed only for the QGIS toolbox");
    *json = tl_json_print(list, JSON_COMPACT);
    json_decref(list);
    return *json == NULL ? tl_no_memory(err, "the list of components") : TL_OK;
}
