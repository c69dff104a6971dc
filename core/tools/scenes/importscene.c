/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `importscene`: a satellite product becomes one scene with its whole band table. */
#include "tools/scenes/importscene.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "recipes/scene_args.h"

static const tl_arg arguments[] = {
    {.id = "product",
     .kind = TL_ARG_FILE,
     .label = "Product",
     .help =
         "Folder as it was delivered (GF-5, GF5B, ZY-1, EnMAP, PRISMA, EMIT, DESIS), an archive "
         "of it, its metadata file or one of its images; or any image with wavelengths in its "
         "header or in <image>.bands.csv."},
    {.id = "dem",
     .kind = TL_ARG_RASTER,
     .label = "Elevation",
     .help = "Heights in metres. With it, products with RPC are put on the map. RPC count from the "
             "ellipsoid: near nadir, 100 m of height move a pixel by 10 m or less.",
     .optional = 1},
    {.id = "gains",
     .kind = TL_ARG_FILE,
     .label = "Gains",
     .help =
         "Text with gain, or gain and offset, of one band per line (first VNIR, then SWIR) in W "
         "m-2 sr-1 um-1 per digital number; replaces that of a GF-5, GF5B or "
         "ZY-1 product, for example by vicarious coefficients.",
     .optional = 1,
     .advanced = 1},
    {.id = "response",
     .kind = TL_ARG_FILE,
     .label = "Wavelengths",
     .help = "Text with centre and full width at half maximum in nm of one band per line; replaces "
             "that of a GF-5, GF5B or ZY-1 product.",
     .optional = 1,
     .advanced = 1},
    {.id = "detectors",
     .kind = TL_ARG_CHOICE,
     .label = "Detectors",
     .help = "Both, or one of them alone (GF-5, GF5B, ZY-1).",
     .fallback = "all",
     .choices = "all,vnir,swir",
     .advanced = 1},
    {.id = "geocode",
     .kind = TL_ARG_CHOICE,
     .label = "Put on the map",
     .help = "auto: products with RPC where a dem is given, others where they bring coordinates; "
             "yes: RPC also at one mean height; no: rows and columns of the sensor.",
     .fallback = "auto",
     .choices = "auto,yes,no"},
    {.id = "cell",
     .kind = TL_ARG_NUMBER,
     .label = "Cell size",
     .unit = "m",
     .help = "Of the grid in the UTM zone of the centre, where the product brings none.",
     .fallback = "30",
     .min = 0.1,
     .max = 10000},
    {.id = "grid",
     .kind = TL_ARG_RASTER,
     .label = "Grid of",
     .help = "The scene is put on the grid (extent, cells, CRS) of this raster.",
     .optional = 1,
     .advanced = 1},
    {.id = "resampling",
     .kind = TL_ARG_CHOICE,
     .label = "Resampling",
     .help =
         "nearest keeps every spectrum as it was measured; bilinear is smoother and mixes four.",
     .fallback = "nearest",
     .choices = "nearest,bilinear"},
    {.id = "shift",
     .kind = TL_ARG_CHOICE,
     .label = "Shift of the detectors",
     .help = "Phase correlation of the two bands that are nearest to each other: only told, or the "
             "second detector moved back on the grid.",
     .fallback = "report",
     .choices = "report,apply,none",
     .advanced = 1},
    {.id = "windows",
     .kind = TL_ARG_TEXT,
     .label = "Water vapour windows",
     .help = "Pairs of first and last wavelength (nm) of regions that are not used, or none.",
     .fallback = "1342 1451 1771 1977",
     .advanced = 1},
    {.id = "lowest",
     .kind = TL_ARG_NUMBER,
     .label = "Lowest wavelength",
     .unit = "nm",
     .help = "Shorter bands are not used.",
     .fallback = "400",
     .advanced = 1,
     .min = 0,
     .max = 30000},
    {.id = "highest",
     .kind = TL_ARG_NUMBER,
     .label = "Highest wavelength",
     .unit = "nm",
     .help = "Longer bands are not used.",
     .fallback = "2500",
     .advanced = 1,
     .min = 0,
     .max = 30000},
    {.id = "overlap",
     .kind = TL_ARG_CHOICE,
     .label = "Where both detectors see",
     .help = "Which one is used; auto takes SWIR for EnMAP and VNIR for the others.",
     .fallback = "auto",
     .choices = "auto,vnir,swir,both",
     .advanced = 1},
    {.id = "drop",
     .kind = TL_ARG_TEXT,
     .label = "Further bands not used",
     .help = "Numbers, ranges and wavelengths, for example 1-3 330 2450-2500nm.",
     .optional = 1,
     .advanced = 1},
    {.id = "bad_bands",
     .kind = TL_ARG_CHOICE,
     .label = "Bands not used",
     .help = "keep: stay in the file, flagged with their reason, and every tool passes over them; "
             "drop: are left out of the file.",
     .fallback = "keep",
     .choices = "keep,drop"},
    {.id = "quantity",
     .kind = TL_ARG_CHOICE,
     .label = "Values are",
     .help = "auto: what the product says.",
     .fallback = "auto",
     .choices = "auto,dn,radiance,toa_reflectance,reflectance,other",
     .advanced = 1},
    {.id = "scale",
     .kind = TL_ARG_NUMBER,
     .label = "Scale",
     .unit = "",
     .help = "All values are multiplied by it, for example 0.0001 for reflectance x 10000. Needed "
             "where the values are not what the product says.",
     .optional = 1,
     .min = 1e-9,
     .max = 1e9},
    {.id = "type",
     .kind = TL_ARG_CHOICE,
     .label = "Stored as",
     .help =
         "float32; int16 and uint16 need half the room (reflectance in steps of 0.0001, radiance "
         "in steps of 0.02). uint16 keeps the digital numbers and gains of a product that has "
         "them and loses nothing.",
     .fallback = "float32",
     .choices = "float32,int16,uint16",
     .advanced = 1},
    TL_SCENE_ARG_INTERLEAVE,
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Scene",
     .help = "GeoTIFF (.tif) or ENVI (.dat, .img, .bsq, .bil) with wavelengths, widths, bands not "
             "used and why, quantity, time, sun and view."},
};

void tl_importscene_decide(tl_import *m, tl_level level, const char *format, ...) {
    char words[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    tl_job_log(m->job, level, "%s", words);
    (void)json_array_append_new(m->decisions, json_string(words));
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
                   .decisions = json_array()};
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
    .summary = "A product folder becomes one scene with wavelengths, bad bands and sun.",
    .help =
        "Reads a satellite product as it was delivered and writes one scene: radiance (W m-2 sr-1 "
        "um-1) of products at level 1, reflectance (0..1) of those at level 2, digital numbers where "
        "the gains are missing. Wavelengths, widths, bands that are not used and why, quantity, time "
        "(UTC), sun, view and place go with it, so calibrate, correctatmosphere and all other tools "
        "need nothing besides.\n\n"
        "Both detectors of GF-5 and its sisters are put on one grid by their RPC and a DEM. Bands "
        "in the water vapour windows, beyond the lowest and highest wavelength, where detectors "
        "overlap, without any value, or named in drop are listed in the log and flagged.\n\n"
        "The values are checked against physics: when reflectance from 450 to 900 nm, or radiance "
        "turned into reflectance above the air, is not between 0 and 1.2, the import stops and "
        "names the factor that would fit. The sun is computed from time and place and compared "
        "with the metadata.",
    .example = "tilth importscene --product scene.tif --output imported.tif",
    .citation = "docs/guide/products.md",
    .tags =
        "import,GF-5,GF5B,ZY1,AHSI,EnMAP,PRISMA,EMIT,DESIS,hyperspectral,radiance,RPC,"
        "orthorectify,bad bands,gain,georeference",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
