/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `importscene`: a satellite product becomes one scene with its whole band table. */
#include "tools/scenes/importscene.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "json/json.h"
#include "recipes/scene_args.h"
#include "recipes/shared_args.h"

static const tl_arg arguments[] = {
    {.id = "product",
     .kind = TL_ARG_FILE,
     .label = "Product",
     .help =
         "Folder as delivered (GF-5, GF5B, ZY-1, EnMAP, PRISMA, EMIT, DESIS, Tanager), an archive of "
         "it, its metadata file or one of its images. Any other image is accepted when its "
         "header or <image>.bands.csv has the wavelengths."},
    {.id = "dem",
     .kind = TL_ARG_RASTER,
     .label = "Elevation",
     .help = "Elevation in metres. With it, products with rational polynomial coefficients (RPC) "
             "are orthorectified. RPC refer to heights above the ellipsoid; near nadir, an error "
             "of 100 m moves a pixel by at most 10 m.",
     .optional = 1},
    {.id = "gains",
     .kind = TL_ARG_FILE,
     .label = "Gains",
     .help = "Text file with the gain, or gain and offset, of one band per line (VNIR first, then "
             "SWIR), in W m-2 sr-1 um-1 per digital number. It replaces the file of a GF-5, GF5B "
             "or ZY-1 product, for example by vicarious coefficients.",
     .optional = 1,
     .advanced = 1},
    {.id = "response",
     .kind = TL_ARG_FILE,
     .label = "Wavelengths",
     .help = "Text file with the centre and the full width at half maximum in nm of one band per "
             "line. It replaces the file of a GF-5, GF5B or ZY-1 product.",
     .optional = 1,
     .advanced = 1},
    {.id = "detectors",
     .kind = TL_ARG_CHOICE,
     .label = "Detectors",
     .help = "Which detectors of a GF-5, GF5B or ZY-1 product are imported. By default both.",
     .fallback = "all",
     .choices = "all,vnir,swir",
     .labels = "Both|VNIR only|SWIR only",
     .advanced = 1},
    {.id = "geocode",
     .kind = TL_ARG_CHOICE,
     .label = "Geocode",
     .help = "Whether the scene is put on a map grid. By default products with RPC are when a DEM "
             "is an input, and other products when they have coordinates. Choose yes to use RPC "
             "with one mean elevation, and no to keep the rows and columns of the sensor.",
     .fallback = "auto",
     .choices = "auto,yes,no",
     .labels = "Automatic|Yes|No"},
    {.id = "cell",
     .kind = TL_ARG_NUMBER,
     .label = "Cell size",
     .unit = "m",
     .help = "Cell size of the output in the UTM zone of the centre. Used when the product has no "
             "grid of its own.",
     .fallback = "30",
     .min = 0.1,
     .max = 10000},
    {.id = "grid",
     .kind = TL_ARG_RASTER,
     .label = "Grid of this raster",
     .help = "The scene is put on the grid (extent, cell size and CRS) of this raster.",
     .optional = 1,
     .advanced = 1},
    {.id = "resampling",
     .kind = TL_ARG_CHOICE,
     .label = "Resampling",
     .help = "The default, nearest, keeps every spectrum as it was measured. Bilinear is smoother "
             "but mixes four spectra.",
     .fallback = "nearest",
     .choices = "nearest,bilinear",
     .labels = "Nearest neighbour|Bilinear"},
    {.id = "shift",
     .kind = TL_ARG_CHOICE,
     .label = "Shift between the detectors",
     .help = "The shift is measured by phase correlation of the two bands that are closest in "
             "wavelength. By default it is only reported; it can be corrected by moving the "
             "second detector on the grid.",
     .fallback = "report",
     .choices = "report,apply,none",
     .labels = "Report|Correct|Do not measure",
     .advanced = 1},
    {.id = "windows",
     .kind = TL_ARG_TEXT,
     .label = "Water vapour windows",
     .help = "Pairs of first and last wavelength (nm) of the regions in which bands are not used, "
             "or none. The defaults are the two strong water vapour bands.",
     .fallback = "1342 1451 1771 1977",
     .advanced = 1},
    {.id = "lowest",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum wavelength",
     .unit = "nm",
     .help = "Bands with a shorter wavelength are not used.",
     .fallback = "400",
     .advanced = 1,
     .min = 0,
     .max = 30000},
    {.id = "highest",
     .kind = TL_ARG_NUMBER,
     .label = "Maximum wavelength",
     .unit = "nm",
     .help = "Bands with a longer wavelength are not used.",
     .fallback = "2500",
     .advanced = 1,
     .min = 0,
     .max = 30000},
    {.id = "overlap",
     .kind = TL_ARG_CHOICE,
     .label = "Detector used in the overlap",
     .help = "Which detector is used where both have bands. By default SWIR for EnMAP and VNIR "
             "for all others.",
     .fallback = "auto",
     .choices = "auto,vnir,swir,both",
     .labels = "Automatic|VNIR|SWIR|Both",
     .advanced = 1},
    {.id = "drop",
     .kind = TL_ARG_TEXT,
     .label = "Additional bands not used",
     .help = "Band numbers, ranges and wavelengths, for example 1-3 330 2450-2500nm.",
     .optional = 1,
     .advanced = 1},
    {.id = "bad_bands",
     .kind = TL_ARG_CHOICE,
     .label = "Unused bands",
     .help = "By default unused bands stay in the file, flagged with their reason, and every tool "
             "ignores them. They can also be left out of the file.",
     .fallback = "keep",
     .choices = "keep,drop",
     .labels = "Keep and flag|Leave out"},
    {.id = "quantity",
     .kind = TL_ARG_CHOICE,
     .label = "Quantity of the values",
     .help = "By default what the product states. Choose another when it states it wrongly or not "
             "at all.",
     .fallback = "auto",
     .choices = "auto,dn,radiance,toa_reflectance,reflectance,other",
     .labels = "As the product states|Digital numbers|Radiance|Reflectance at the top of the "
               "atmosphere|Surface reflectance|Other",
     .advanced = 1},
    {.id = "scale",
     .kind = TL_ARG_NUMBER,
     .label = "Scale",
     .unit = "",
     .help = "All values are multiplied by it, for example by 0.0001 for reflectance stored as "
             "whole numbers. Needed when the values are not what the product states.",
     .optional = 1,
     .min = 1e-9,
     .max = 1e9},
    {.id = "type",
     .kind = TL_ARG_CHOICE,
     .label = "Stored as",
     .help = "Number type of the output. 16 bits need half the space: signed numbers store "
             "reflectance in steps of 0.0001 and radiance in steps of 0.02, and unsigned numbers "
             "keep the digital numbers and gains of a product without loss.",
     .fallback = "float32",
     .choices = "float32,int16,uint16",
     .labels = "32-bit numbers (4 bytes per value)|16-bit whole numbers, signed (2 bytes per "
               "value)|16-bit whole numbers, unsigned (2 bytes per value)",
     .advanced = 1},
    TL_SCENE_ARG_INTERLEAVE,
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Scene",
     .help = "GeoTIFF (.tif) or ENVI (.dat, .img, .bsq, .bil) with wavelengths, widths, reasons "
             "for unused bands, quantity, time, sun and view."},
};

void tl_importscene_decide(tl_import *m, tl_level level, const char *format, ...) {
    char words[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    tl_job_log(m->job, level, "%s", words);
    tl_json_append(m->decisions, tl_json_text(words));
}

static tl_code open_product(tl_import *m, tl_err *err) {
    static const char *const only[] = {NULL, "VNIR", "SWIR"};
    const tl_product_wish wish = {.gains = tl_job_text(m->job, "gains"),
                                  .response = tl_job_text(m->job, "response"),
                                  .only = only[tl_job_choice(m->job, "detectors")]};
    TL_TRY(
        m->store->open_product(tl_job_text(m->job, "product"), "product", &wish, &m->product, err));
    m->info = m->store->product_info(m->product);
    tl_importscene_decide(m, TL_INFO, "the product is read as %s", m->info->kind);
    for (ptrdiff_t i = 0; i < m->info->n_notes; i++) {
        tl_importscene_decide(m, TL_INFO, "%s", m->info->note[i]);
    }
    return TL_OK;
}

static tl_code import_scene(tl_import *m, tl_err *err) {
    TL_TRY(open_product(m, err));
    tl_importscene_facts(m);
    TL_TRY(tl_importscene_gather_bands(m, err));
    TL_TRY(tl_importscene_check_values(m, err));
    TL_TRY(tl_importscene_flag_bands(m, err));
    TL_TRY(tl_progress_at(tl_job_progress(m->job), 0.03, err));
    TL_TRY(tl_importscene_position(m, err));
    return tl_importscene_write(m, err);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_import m = {.job = job,
                   .store = tl_job_store(job),
                   .facts = tl_source_scene_facts_none(),
                   .decisions = tl_json_array()};
    const tl_code code =
        m.decisions == NULL ? tl_no_memory(err, "the decisions") : import_scene(&m, err);
    if (code == TL_OK) {
        tl_job_put_json(job, "decisions", json_incref(m.decisions));
    }
    m.store->close_product(m.product);
    tl_bands_free(&m.bands);
    tl_georef_free(&m.grid.geo);
    tl_release(m.part);
    tl_release(m.number);
    json_decref(m.decisions);
    return code;
}

const tl_algorithm tl_alg_importscene = {
    .id = "importscene",
    .title = "Import a satellite product",
    .group = "Prepare",
    .summary = "A product folder becomes one scene with wavelengths, bad bands and the sun.",
    .help =
        "Reads a satellite product as it was delivered and writes one scene: radiance (W m-2 "
        "sr-1 um-1) of level 1 products, reflectance (0..1) of level 2 products, and digital "
        "numbers where gains are missing. Wavelengths, widths, reasons for unused bands, "
        "quantity, time (UTC), sun, view and position are stored with it, so calibrate, "
        "correctatmosphere and all other tools need no further input.\n\n"
        "Both detectors of GF-5, GF5B and ZY-1 are put on one grid by their RPC and a DEM. "
        "Bands in the water vapour windows, below the minimum or above the maximum "
        "wavelength, in the overlap of the detectors, without any value, or listed by the "
        "user are reported and flagged.\n\n"
        "The values are checked against physics: when reflectance from 450 to 900 nm, or "
        "radiance converted to reflectance at the top of the atmosphere, is not between 0 "
        "and 1.2, the import stops and names the factor that would fit. The sun is computed "
        "from time and position and compared with the metadata.",
    .example = "tilth importscene --product scene.tif --output imported.tif",
    .citation = "docs/guide/products.md",
    .tags =
        "import,GF-5,GF5B,ZY1,AHSI,EnMAP,PRISMA,EMIT,DESIS,Tanager,hyperspectral,radiance,RPC,"
        "orthorectify,bad bands,gain,georeference",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
