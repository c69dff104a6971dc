/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `makevrt`: a virtual raster whose bands are computed from the scene by the GDAL pixel
 * function tilth_map whenever somebody reads them. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algs/algorithm.h"
#include "algs/model_files.h"
#include "algs/property_layers.h"
#include "base/alloc.h"
#include "base/text.h"

/* From so many bands on, GDAL reads a pixel-interleaved GeoTIFF anew for every band. */
enum { slow_pixel_interleave = 128 };

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene with wavelengths. Its bands are matched to the model by "
             "wavelength, now and once."},
    {.id = "model",
     .kind = TL_ARG_MODEL,
     .label = "Property model or fusion model",
     .help = "Model file written by trainmodel with features scene, fused or mixed, or by "
             "trainfusion. The virtual raster keeps its absolute path and reads it whenever it is "
             "drawn."},
    {.id = "output",
     .kind = TL_ARG_VRT_OUT,
     .label = "Virtual raster",
     .help =
         "File with the extension .vrt. Its bands are the five layers that mapproperty writes, or "
         "the lab-like bands that fusescene writes, byte for byte."},
};

/* All that the text of the virtual raster is made of. */
typedef struct parts {
    int fusion; /* 1: fused is there; 0: model and layers are */
    tl_property_model model;
    tl_property_layers layers;
    tl_fusion_model fused;
    ptrdiff_t p;                 /* bands of the model */
    const double *wavelength_nm; /* [p] borrowed from it */
    tl_raster *raster;
    const tl_raster_info *info; /* of raster */
    ptrdiff_t *index;           /* [p] positions in info->bands */
    char *model_path;           /* absolute */
    char *scene_path;           /* as the source names it */
    int relative;               /* 1: scene_path is relative to the folder of the output */
} parts;

/* The real path of a file on disk as an owned text; NULL when there is no such file. */
static char *real_path(const char *path) {
    char *found = realpath(path, NULL);
    char *copy = tl_copy_text(found);
    free(found);
    return copy;
}

/* The folder of a path as an owned absolute text ending in '/', or NULL. */
static char *real_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    tl_text folder = {0};
    tl_text_addf(&folder, "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
                 slash == NULL ? "." : path);
    char *real = real_path(tl_text_data(&folder));
    tl_text_free(&folder);
    tl_text_addf(&folder, "%s%s", real == NULL ? "" : real,
                 real == NULL || strcmp(real, "/") == 0 ? "" : "/");
    char *copy = real == NULL ? NULL : tl_copy_text(tl_text_data(&folder));
    tl_text_free(&folder);
    tl_release(real);
    return copy;
}

/* The model by its absolute path, since a pixel function is not told where its VRT lies. The scene
 * relative to the VRT when it lies in the same folder or below, so that both can be moved together;
 * anything that is no plain file (subdatasets, /vsi paths) stays as the user wrote it. */
static tl_code name_files(const tl_job *job, parts *p, tl_err *err) {
    const char *model = tl_job_text(job, "model");
    const char *scene = tl_job_text(job, "scene");
    char *folder = real_folder(tl_job_target(job, "output"));
    char *found = real_path(scene);
    p->model_path = strncmp(model, "/vsi", 4) == 0 ? tl_copy_text(model) : real_path(model);
    const size_t length = folder == NULL ? 0 : strlen(folder);
    p->relative = found != NULL && length > 0 && strncmp(found, folder, length) == 0;
    p->scene_path = tl_copy_text(p->relative ? found + length : found == NULL ? scene : found);
    tl_release(folder);
    tl_release(found);
    if (p->model_path == NULL || p->scene_path == NULL) {
        return tl_fail(err, TL_IO, "model: the absolute path of '%s' cannot be found", model);
    }
    return TL_OK;
}

/* The model of either kind, and its bands in the scene. */
static tl_code read_model(const tl_job *job, parts *p, tl_err *err) {
    TL_TRY(tl_algs_is_fusion_model(job, "model", &p->fusion, err));
    if (p->fusion) {
        TL_TRY(tl_algs_read_fusion_model(job, "model", &p->fused, err));
    } else {
        TL_TRY(tl_algs_read_property_model(job, "model", &p->model, err));
    }
    p->p = p->fusion ? p->fused.p : p->model.p;
    p->wavelength_nm = p->fusion ? p->fused.wavelength_nm : p->model.wavelength_nm;
    p->index = tl_acquire(p->p, sizeof *p->index);
    return p->index == NULL ? tl_fail(err, TL_NOMEM, "out of memory for a model of %td bands", p->p)
                            : TL_OK;
}

static tl_code read_parts(const tl_job *job, parts *p, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    TL_TRY(read_model(job, p, err));
    TL_TRY(store->open_raster(tl_job_text(job, "scene"), "scene", &p->raster, err));
    p->info = store->raster_info(p->raster);
    if (p->fusion) {
        TL_TRY(tl_algs_match_scene(p->wavelength_nm, p->fused.fwhm_nm, p->p, &p->info->bands,
                                   p->index, err));
    } else {
        TL_TRY(tl_algs_match_model(&p->model, &p->info->bands, p->index, err));
        TL_TRY(tl_property_layers_init(&p->layers, &p->model, err));
    }
    return name_files(job, p, err);
}

static void free_parts(const tl_job *job, parts *p) {
    tl_job_store(job)->close_raster(p->raster);
    tl_property_model_free(&p->model);
    tl_fusion_model_free(&p->fused);
    tl_property_layers_free(&p->layers);
    tl_release(p->index);
    tl_release(p->model_path);
    tl_release(p->scene_path);
}

static void add_element(tl_text *out, const char *indent, const char *name, const char *content) {
    tl_text_addf(out, "%s<%s>", indent, name);
    tl_text_add_escaped(out, content);
    tl_text_addf(out, "</%s>\n", name);
}

/* What a scene without georeference has instead of one: columns, and rows downwards. */
static int is_unit_grid(const double *t) {
    static const double unit[6] = {0, 1, 0, 0, 0, -1};
    int same = 1;
    for (int i = 0; i < 6; i++) {
        same = same && !(fabs(t[i] - unit[i]) > 0.0);
    }
    return same;
}

/* Place and reference system as they stand in the file: the georeference of tilth has row 0 in the
 * north, the rows of the sources lie as the file has them. */
static void add_georef(tl_text *out, const tl_raster_info *info) {
    const double *t = info->geo.transform;
    const double n = (double)info->nrow;
    const double turned[6] = {t[0] + n * t[2], t[1], -t[2], t[3] + n * t[5], t[4], -t[5]};
    if (info->geo.crs_wkt != NULL) {
        add_element(out, "  ", "SRS", info->geo.crs_wkt);
    } else if (is_unit_grid(t)) {
        return;
    }
    tl_text_add(out, "  <GeoTransform>");
    for (int i = 0; i < 6; i++) {
        tl_text_add(out, i > 0 ? ", " : "");
        tl_text_add_number(out, info->south_up ? turned[i] : t[i]);
    }
    tl_text_add(out, "</GeoTransform>\n");
}

typedef enum list_kind { LIST_WAVELENGTH, LIST_SCALE, LIST_OFFSET, LIST_NODATA } list_kind;

static double list_entry(const parts *p, list_kind kind, ptrdiff_t j) {
    const tl_band *b = &p->info->bands.band[p->index[j]];
    const double entry[] = {p->wavelength_nm[j], b->scale, b->offset, b->nodata};
    return kind == LIST_NODATA && !b->has_nodata ? (double)INFINITY : entry[kind];
}

/* 1 when one entry stands for all sources. A virtual raster of a fusion model has a list for every
 * band and source. */
static int is_uniform(const parts *p, list_kind kind) {
    const double first = list_entry(p, kind, 0);
    int same = p->fusion && kind != LIST_WAVELENGTH;
    for (ptrdiff_t j = 1; j < p->p; j++) {
        const double entry = list_entry(p, kind, j);
        same = same && entry >= first && entry <= first;
    }
    return same;
}

/* One attribute with an entry per source, in the order of the model bands. */
static void add_list(tl_text *out, const char *name, list_kind kind, const parts *p) {
    const ptrdiff_t n = is_uniform(p, kind) ? 1 : p->p;
    tl_text_addf(out, "\n        %s=\"", name);
    for (ptrdiff_t j = 0; j < n; j++) {
        const double entry = list_entry(p, kind, j);
        tl_text_add(out, j > 0 ? "," : "");
        if (isinf(entry)) {
            tl_text_add(out, "none");
        } else if (isnan(entry)) {
            tl_text_add(out, "nan");
        } else {
            tl_text_add_number(out, entry);
        }
    }
    tl_text_add(out, "\"");
}

static void add_source(tl_text *out, const parts *p, const tl_band *b) {
    const tl_raster_info *info = p->info;
    tl_text_addf(out, "    <SimpleSource>\n      <SourceFilename relativeToVRT=\"%d\">",
                 p->relative);
    tl_text_add_escaped(out, p->scene_path);
    tl_text_addf(out, "</SourceFilename>\n      <SourceBand>%d</SourceBand>\n", b->index);
    if (info->block_cols > 0 && info->block_rows > 0) {
        /* With these GDAL need not open the scene once per source to open the VRT. */
        tl_text_addf(out,
                     "      <SourceProperties RasterXSize=\"%td\" RasterYSize=\"%td\" "
                     "DataType=\"%s\" BlockXSize=\"%td\" BlockYSize=\"%td\"/>\n",
                     info->ncol, info->nrow, info->data_type, info->block_cols, info->block_rows);
    }
    tl_text_addf(out,
                 "      <SrcRect xOff=\"0\" yOff=\"0\" xSize=\"%td\" ySize=\"%td\"/>\n"
                 "      <DstRect xOff=\"0\" yOff=\"0\" xSize=\"%td\" ySize=\"%td\"/>\n"
                 "    </SimpleSource>\n",
                 info->ncol, info->nrow, info->ncol, info->nrow);
}

/* What the band is called and which part of the model it is. */
static void add_property_names(tl_text *out, const parts *p, int layer) {
    add_element(out, "    ", "Description", p->layers.description[layer]);
    if (p->layers.unit[layer][0] != '\0') {
        add_element(out, "    ", "UnitType", p->layers.unit[layer]);
    }
}

static void add_item(tl_text *out, const char *key, double value) {
    tl_text_addf(out, "      <MDI key=\"%s\">", key);
    tl_text_add_number(out, value);
    tl_text_add(out, "</MDI>\n");
}

/* Names and metadata as fusescene writes them. */
static void add_fusion_names(tl_text *out, const parts *p, ptrdiff_t band) {
    const double width = p->fused.fwhm_nm[band];
    tl_text_add(out, "    <Description>lab-like, ");
    tl_text_add_number(out, p->wavelength_nm[band]);
    tl_text_add(out, " nm</Description>\n    <Metadata>\n");
    add_item(out, "wavelength", p->wavelength_nm[band]);
    tl_text_add(out, "      <MDI key=\"wavelength_units\">Nanometers</MDI>\n");
    if (!isnan(width)) {
        add_item(out, "fwhm", width);
    }
    tl_text_add(out, "    </Metadata>\n");
}

/* NoDataValue is always there: GDAL 3.6 wants it for the pixel function's NoData argument. */
static void add_band(tl_text *out, const parts *p, int band) {
    static const char *const words[] = {"value", "lower", "upper", "di", "applicable"};
    tl_text_addf(out,
                 "  <VRTRasterBand dataType=\"Float32\" band=\"%d\" "
                 "subClass=\"VRTDerivedRasterBand\">\n",
                 band + 1);
    if (p->fusion) {
        add_fusion_names(out, p, band);
    } else {
        add_property_names(out, p, band);
    }
    tl_text_addf(out,
                 "    <NoDataValue>nan</NoDataValue>\n"
                 "    <PixelFunctionType>%s</PixelFunctionType>\n"
                 "    <PixelFunctionArguments ",
                 p->fusion ? "tilth_fuse" : "tilth_map");
    if (p->fusion) {
        tl_text_addf(out, "band=\"%d\"", band + 1);
    } else {
        tl_text_addf(out, "layer=\"%s\"", words[band]);
    }
    tl_text_add(out, " model=\"");
    tl_text_add_escaped(out, p->model_path);
    tl_text_add(out, "\"");
    add_list(out, "wavelength_nm", LIST_WAVELENGTH, p);
    add_list(out, "scale", LIST_SCALE, p);
    add_list(out, "offset", LIST_OFFSET, p);
    add_list(out, "src_nodata", LIST_NODATA, p);
    tl_text_add(out, "/>\n    <SourceTransferType>Float32</SourceTransferType>\n");
    for (ptrdiff_t j = 0; j < p->p; j++) {
        add_source(out, p, &p->info->bands.band[p->index[j]]);
    }
    tl_text_add(out, "  </VRTRasterBand>\n");
}

static tl_code write_vrt(tl_job *job, const parts *p, tl_err *err) {
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    tl_text out = {0};
    tl_text_addf(&out, "<VRTDataset rasterXSize=\"%td\" rasterYSize=\"%td\">\n", p->info->ncol,
                 p->info->nrow);
    add_georef(&out, p->info);
    tl_text_add(&out, "  <Metadata domain=\"TILTH\">\n    <MDI key=\"RECORD\">");
    tl_text_add_escaped(&out, record);
    tl_text_add(&out, "</MDI>\n  </Metadata>\n");
    const int n_band = p->fusion ? (int)p->p : tl_property_layer_count;
    for (int band = 0; band < n_band; band++) {
        add_band(&out, p, band);
    }
    tl_text_add(&out, "</VRTDataset>\n");
    const tl_code code =
        out.failed ? tl_fail(err, TL_NOMEM, "out of memory for the virtual raster")
                   : tl_job_store(job)->write_bytes(tl_job_output(job, "output"), "output",
                                                    tl_text_data(&out), (size_t)out.length, err);
    tl_text_free(&out);
    return code;
}

/* What a user would otherwise learn by waiting. */
static void advise(const tl_job *job, const parts *p) {
    if (strcmp(p->info->format, "GTiff") == 0 && strcmp(p->info->interleave, "PIXEL") == 0 &&
        p->info->bands.n >= slow_pixel_interleave) {
        tl_job_say(
            job, TL_WARNING,
            "The scene is a pixel-interleaved GeoTIFF of %td bands, which GDAL reads anew for "
            "every band: drawing the virtual raster will be very slow. Rewrite the scene first "
            "with 'gdal_translate -co INTERLEAVE=BAND -co TILED=YES', or use %s, which reads it "
            "once.",
            p->info->bands.n, p->fusion ? "fusescene" : "mapproperty");
    }
    tl_job_say(job, TL_INFO,
               "The virtual raster is drawn by GDAL's plugin gdal_TILTH; 'tilth checkinstall' "
               "tells whether it is installed.");
}

static tl_code run(tl_job *job, tl_err *err) {
    parts p = {0};
    tl_code code = TL_OK;
    TL_CHECK(read_parts(job, &p, err));
    TL_CHECK(write_vrt(job, &p, err));
    advise(job, &p);
    if (!p.fusion) {
        tl_job_put_text(job, "property", p.model.property);
        tl_job_put_text(job, "unit", p.model.unit);
        tl_algs_style_property(job, "output", p.model.property);
    }
    tl_job_put_number(job, "bands_used", (double)p.p);
done:
    free_parts(job, &p);
    return code;
}

const tl_algorithm tl_alg_makevrt = {
    .id = "makevrt",
    .title = "Property map or lab-like scene as virtual raster",
    .group = "Models and maps",
    .summary =
        "A virtual raster that computes a property map or a lab-like scene when it is drawn.",
    .help =
        "Writes a small file that QGIS and every GDAL program open as a raster of five bands: "
        "value, lower and upper bound of the prediction interval, dissimilarity index, and whether "
        "the model applies. Each pixel is computed by "
        "tilth's GDAL plugin when it is asked for, by the same code as mapproperty, so the bytes "
        "are the same. With a fusion model the bands are those of fusescene, one per band of the "
        "model.\n"
        "Scene bands are matched to the model by wavelength when the file is made. If the model "
        "file is replaced by one with other bands, reading fails with a sentence that says so.\n"
        "For a large scene mapproperty and fusescene are faster, because they read all bands once "
        "for all layers; the virtual raster is for looking, for windows and for models that still change.",
    .example = "tilth makevrt --scene scene.tif --model som.json --output som.vrt",
    .citation = "docs/guide/vrt.md",
    .tags = "VRT,virtual raster,map,pixel function,GDAL",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
