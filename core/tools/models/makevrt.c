/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `makevrt`: a virtual raster whose bands GDAL computes from the scene, with the pixel
 * functions of tilth, whenever they are read. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/index_raster_names.h"
#include "base/text.h"
#include "job/algorithm.h"
#include "recipes/model_files.h"
#include "recipes/model_scale.h"
#include "recipes/property_layers.h"
#include "recipes/shared_args.h"

static const tl_arg arguments[] = {
    {TL_SHARED_SCENE_TO_MAP},
    {.id = "model",
     .kind = TL_ARG_MODEL,
     .label = "Property model or fusion model",
     .help = "Model file from trainmodel, with the features scene, fused or mixed, or from "
             "trainfusion. The virtual raster reads it whenever it is drawn, so it must stay where "
             "it is."},
    {TL_SHARED_SCENE_SCALE},
    {.id = "form",
     .kind = TL_ARG_CHOICE,
     .label = "Form",
     .help =
         "By default every band has its own pixel function, which all versions of GDAL can read. "
         "processed computes all bands in one step and needs GDAL 3.9 or later.",
     .fallback = "derived",
     .choices = "derived,processed",
     .labels = "Pixel functions (every GDAL)|Processing step (GDAL 3.9 or later)",
     .advanced = 1},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_VRT_OUT,
     .label = "Virtual raster",
     .help = "File with the extension .vrt. Its bands are the five layers that mapproperty writes, "
             "or the lab-like bands that fusescene writes, byte for byte."},
};

/* The contents of the virtual raster. */
typedef struct vrt_content {
    int processed; /* 1: a VRTProcessedDataset; 0: bands with pixel functions */
    int fusion;    /* 1: fused is filled; 0: model and layers are */
    tl_property_model model;
    tl_property_layers layers;
    tl_fusion_model fused;
    double scene_scale;
    ptrdiff_t p;                 /* bands of the model */
    const double *wavelength_nm; /* [p] borrowed from it */
    tl_raster *raster;
    const tl_raster_info *info; /* of raster */
    ptrdiff_t *index;           /* [p] positions in info->bands */
    char *model_path;           /* absolute, or relative like the scene */
    char *scene_path;           /* as the source names it */
    int keep_zeros;             /* 1: cells that are 0 in every band hold values */
    int relative;               /* 1: scene_path is relative to the folder of the output */
} vrt_content;

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

/* The part of a real path behind the folder, owned; NULL when the file is not in that folder. */
static char *path_below(const char *folder, const char *path) {
    const size_t length = folder == NULL ? 0 : strlen(folder);
    return path != NULL && length > 0 && strncmp(path, folder, length) == 0
               ? tl_copy_text(path + length)
               : NULL;
}

/* Paths of scene and model are relative when the files are in the folder of the virtual raster or below
 * it, so that all of them can be moved together. Anything but a plain file (subdatasets, /vsi paths) is
 * written as the user gave it. The plugin finds the folder from GDAL's path of the scene, so the model
 * is relative only if the scene is. */
static tl_code name_files(const tl_job *job, vrt_content *p, tl_err *err) {
    const char *model = tl_job_text(job, "model");
    const char *scene = tl_job_text(job, "scene");
    char *folder = real_folder(tl_job_target(job, "output"));
    char *found = real_path(scene);
    char *found_model = strncmp(model, "/vsi", 4) == 0 ? tl_copy_text(model) : real_path(model);
    p->scene_path = path_below(folder, found);
    p->relative = p->scene_path != NULL;
    p->model_path = p->relative ? path_below(folder, found_model) : NULL;
    if (p->scene_path == NULL) {
        p->scene_path = tl_copy_text(found == NULL ? scene : found);
    }
    if (p->model_path == NULL) {
        p->model_path = tl_copy_text(found_model);
    }
    tl_release(folder);
    tl_release(found);
    tl_release(found_model);
    if (p->model_path == NULL || p->scene_path == NULL) {
        return tl_fail(err, TL_IO, "model: the absolute path of '%s' cannot be found", model);
    }
    return TL_OK;
}

/* The model of either kind, and its bands in the scene. */
static tl_code read_model(const tl_job *job, vrt_content *p, tl_err *err) {
    TL_TRY(tl_recipes_is_fusion_model(job, "model", &p->fusion, err));
    if (p->fusion) {
        TL_TRY(tl_recipes_read_fusion_model(job, "model", &p->fused, err));
    } else {
        TL_TRY(tl_recipes_read_property_model(job, "model", &p->model, err));
    }
    p->p = p->fusion ? p->fused.p : p->model.p;
    p->wavelength_nm = p->fusion ? p->fused.wavelength_nm : p->model.wavelength_nm;
    p->index = tl_acquire(p->p, sizeof *p->index);
    return p->index == NULL ? tl_no_memory(err, "a model of %td bands", p->p) : TL_OK;
}

static tl_code read_form(const tl_job *job, vrt_content *p, tl_err *err) {
    p->processed = strcmp(tl_job_text(job, "form"), "processed") == 0;
    return p->processed && !TILTH_GDAL_PROCESSED
               ? tl_fail(
                     err, TL_ARG,
                     "form: processed needs GDAL 3.9 or later, but tilth was built with an older "
                     "version; use derived, which is as fast")
               : TL_OK;
}

static tl_code read_inputs(const tl_job *job, vrt_content *p, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    TL_TRY(read_form(job, p, err));
    TL_TRY(read_model(job, p, err));
    p->keep_zeros = tl_job_choice(job, "zeros") == TL_ZEROS_VALUES;
    TL_TRY(store->open_raster(tl_job_text(job, "scene"), "scene", &p->raster, err));
    p->info = store->raster_info(p->raster);
    if (p->info->ncol > TL_INDEX_RASTER_LENGTH || p->info->nrow > TL_INDEX_RASTER_LENGTH) {
        return tl_fail(
            err, TL_DATA,
            "scene: '%s' has %td x %td pixels; a virtual raster can have at most %d columns "
            "and rows, so use mapproperty or fusescene",
            tl_job_text(job, "scene"), p->info->ncol, p->info->nrow, TL_INDEX_RASTER_LENGTH);
    }
    if (p->fusion) {
        TL_TRY(tl_recipes_match_scene(p->wavelength_nm, p->fused.fwhm_nm, p->p, &p->info->bands,
                                      p->index, err));
    } else {
        TL_TRY(tl_recipes_match_model(&p->model, &p->info->bands, p->index, err));
        TL_TRY(tl_recipes_property_layers_init(&p->layers, &p->model, err));
    }
    const tl_training_scale scale =
        tl_spectra_training_scale(p->fusion ? p->fused.about : p->model.about, p->p);
    p->scene_scale = tl_job_number(job, "scene_scale");
    TL_TRY(tl_recipes_check_scale(job, p->raster, &scale, p->index, p->scene_scale, err));
    return name_files(job, p, err);
}

static void free_content(const tl_job *job, vrt_content *p) {
    tl_job_store(job)->close_raster(p->raster);
    tl_pipeline_property_model_free(&p->model);
    tl_fusion_model_free(&p->fused);
    tl_recipes_property_layers_free(&p->layers);
    tl_release(p->index);
    tl_release(p->model_path);
    tl_release(p->scene_path);
}

static void add_element(tl_text *out, const char *indent, const char *name, const char *content) {
    tl_text_addf(out, "%s<%s>", indent, name);
    tl_text_add_escaped(out, content);
    tl_text_addf(out, "</%s>\n", name);
}

/* 1 for the transform of a scene without georeference: columns, and rows downwards. */
static int is_unit_grid(const double *t) {
    static const double unit[6] = {0, 1, 0, 0, 0, -1};
    int same = 1;
    for (int i = 0; i < 6; i++) {
        same = same && !(fabs(t[i] - unit[i]) > 0.0);
    }
    return same;
}

/* Georeference and reference system as in the file of the scene. In tilth row 0 is in the north; the
 * rows of the sources keep the order of the file. */
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

typedef enum list_kind { LIST_BANDS, LIST_SCENE, LIST_MODEL } list_kind;

/* The text before the name of an argument, between name and value, and after the value. */
typedef struct argument_form {
    const char *before;
    const char *between;
    const char *after;
} argument_form;

/* One argument with an entry per band of the model. */
static void add_list(tl_text *out, const argument_form *f, const char *name, list_kind kind,
                     const vrt_content *p) {
    tl_text_addf(out, "%s%s%s", f->before, name, f->between);
    for (ptrdiff_t j = 0; j < p->p; j++) {
        const tl_band *b = &p->info->bands.band[p->index[j]];
        const double entry[] = {(double)b->index, b->centre_nm, p->wavelength_nm[j]};
        tl_text_add(out, j > 0 ? "," : "");
        tl_text_add_number(out, entry[kind]);
    }
    tl_text_add(out, f->after);
}

/* A source that stretches a rectangle of its band to the whole raster; exact, because nearest values are
 * used. */
static void add_source(tl_text *out, const vrt_content *p, const char *path, int relative, int band,
                       const ptrdiff_t rectangle[4]) {
    tl_text_addf(out, "    <SimpleSource>\n      <SourceFilename relativeToVRT=\"%d\">", relative);
    tl_text_add_escaped(out, path);
    tl_text_addf(out,
                 "</SourceFilename>\n      <SourceBand>%d</SourceBand>\n"
                 "      <SrcRect xOff=\"%td\" yOff=\"%td\" xSize=\"%td\" ySize=\"%td\"/>\n"
                 "      <DstRect xOff=\"0\" yOff=\"0\" xSize=\"%td\" ySize=\"%td\"/>\n"
                 "    </SimpleSource>\n",
                 band, rectangle[0], rectangle[1], rectangle[2], rectangle[3], p->info->ncol,
                 p->info->nrow);
}

/* Three sources: column and row of every pixel, with which the plugin reads the scene itself; and one
 * pixel of the scene, so that GDAL finds, opens and lists its file. */
static void add_sources(tl_text *out, const vrt_content *p) {
    const ptrdiff_t ncol = p->info->ncol;
    const ptrdiff_t nrow = p->info->nrow;
    add_source(out, p, TL_INDEX_RASTER_COLUMNS, 0, 1, (const ptrdiff_t[4]){0, 0, ncol, 1});
    add_source(out, p, TL_INDEX_RASTER_ROWS, 0, 1, (const ptrdiff_t[4]){0, 0, 1, nrow});
    add_source(out, p, p->scene_path, p->relative, p->info->bands.band[p->index[0]].index,
               (const ptrdiff_t[4]){ncol / 2, nrow / 2, 1, 1});
}

/* Name and unit of the band. */
static void add_property_names(tl_text *out, const vrt_content *p, int layer) {
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
static void add_fusion_names(tl_text *out, const vrt_content *p, ptrdiff_t band) {
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

/* The block size of the scene, so that programs request whole tiles. GDAL accepts 32 to 16384 pixels. */
static void add_blocks(tl_text *out, const tl_raster_info *info) {
    if (info->block_cols < info->ncol && info->block_cols >= 32 && info->block_rows >= 32 &&
        info->block_cols <= 16384 && info->block_rows <= 16384) {
        tl_text_addf(out, " blockXSize=\"%td\" blockYSize=\"%td\"", info->block_cols,
                     info->block_rows);
    }
}

/* The arguments that the plugin reads, which are the same in both forms. */
static void add_argument_texts(tl_text *out, const vrt_content *p, const argument_form *f) {
    tl_text_addf(out, "%s%s%s", f->before, "model", f->between);
    tl_text_add_escaped(out, p->model_path);
    tl_text_addf(out, "%s%s%s%s", f->after, f->before, "scene", f->between);
    tl_text_add_escaped(out, p->scene_path);
    tl_text_addf(out, "%s%s%s%s%d%s%s%s%s%td,%td%s", f->after, f->before, "relative", f->between,
                 p->relative, f->after, f->before, "size", f->between, p->info->ncol, p->info->nrow,
                 f->after);
    if (p->scene_scale < 1.0 || p->scene_scale > 1.0) {
        tl_text_addf(out, "%s%s%s", f->before, "scene_scale", f->between);
        tl_text_add_number(out, p->scene_scale);
        tl_text_add(out, f->after);
    }
    add_list(out, f, "bands", LIST_BANDS, p);
    add_list(out, f, "scene_nm", LIST_SCENE, p);
    add_list(out, f, "wavelength_nm", LIST_MODEL, p);
    if (p->keep_zeros) {
        tl_text_addf(out, "%s%s%s%s%s", f->before, "zeros", f->between, "values", f->after);
    }
}

/* The arguments of a pixel function are attributes. */
static void add_arguments(tl_text *out, const vrt_content *p, int band) {
    static const char *const words[] = {"value", "lower", "upper", "di", "applicable"};
    static const argument_form attributes = {"\n        ", "=\"", "\""};
    tl_text_add(out, "    <PixelFunctionArguments ");
    if (p->fusion) {
        tl_text_addf(out, "band=\"%d\"", band + 1);
    } else {
        tl_text_addf(out, "layer=\"%s\"", words[band]);
    }
    add_argument_texts(out, p, &attributes);
    tl_text_add(out, "/>\n");
}

/* One step that computes all bands from all bands of the scene, as they are stored. */
static void add_step(tl_text *out, const vrt_content *p) {
    static const argument_form elements = {"      <Argument name=\"", "\">", "</Argument>\n"};
    tl_text_addf(out, "  <Input unscale=\"NO\">\n    <SourceFilename relativeToVRT=\"%d\">",
                 p->relative);
    tl_text_add_escaped(out, p->scene_path);
    tl_text_addf(out,
                 "</SourceFilename>\n  </Input>\n  <ProcessingSteps>\n    <Step>\n"
                 "      <Algorithm>%s</Algorithm>\n",
                 p->fusion ? "tilth_fuse" : "tilth_map");
    add_argument_texts(out, p, &elements);
    tl_text_add(out, "    </Step>\n  </ProcessingSteps>\n");
}

/* NoDataValue is always written, because GDAL 3.6 needs it for the NoData argument of the pixel
 * function. */
static void add_band(tl_text *out, const vrt_content *p, int band) {
    tl_text_addf(out, "  <VRTRasterBand dataType=\"Float32\" band=\"%d\"", band + 1);
    add_blocks(out, p->info);
    tl_text_addf(out, " subClass=\"%s\">\n",
                 p->processed ? "VRTProcessedRasterBand" : "VRTDerivedRasterBand");
    if (p->fusion) {
        add_fusion_names(out, p, band);
    } else {
        add_property_names(out, p, band);
    }
    tl_text_add(out, "    <NoDataValue>nan</NoDataValue>\n");
    if (!p->processed) {
        tl_text_addf(out, "    <PixelFunctionType>%s</PixelFunctionType>\n",
                     p->fusion ? "tilth_fuse" : "tilth_map");
        add_arguments(out, p, band);
        tl_text_add(out, "    <SourceTransferType>Float32</SourceTransferType>\n");
        add_sources(out, p);
    }
    tl_text_add(out, "  </VRTRasterBand>\n");
}

static tl_code write_vrt(tl_job *job, const vrt_content *p, tl_err *err) {
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    tl_text out = {0};
    tl_text_addf(&out, "<VRTDataset rasterXSize=\"%td\" rasterYSize=\"%td\"%s>\n", p->info->ncol,
                 p->info->nrow, p->processed ? " subClass=\"VRTProcessedDataset\"" : "");
    add_georef(&out, p->info);
    tl_text_add(&out, "  <Metadata domain=\"TILTH\">\n    <MDI key=\"RECORD\">");
    tl_text_add_escaped(&out, record);
    tl_text_add(&out, "</MDI>\n  </Metadata>\n");
    const int n_band = p->fusion ? (int)p->p : tl_property_layer_count;
    for (int band = 0; band < n_band; band++) {
        add_band(&out, p, band);
    }
    if (p->processed) {
        add_step(&out, p);
    }
    tl_text_add(&out, "</VRTDataset>\n");
    const tl_code code =
        out.failed ? tl_no_memory(err, "the virtual raster")
                   : tl_job_store(job)->write_bytes(tl_job_output(job, "output"), "output",
                                                    tl_text_data(&out), (size_t)out.length, err);
    tl_text_free(&out);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    vrt_content p = {0};
    tl_code code = TL_OK;
    TL_CHECK(read_inputs(job, &p, err));
    TL_CHECK(write_vrt(job, &p, err));
    tl_job_log(
        job, TL_INFO,
        "GDAL draws the virtual raster with its plugin gdal_TILTH; 'tilth checkinstall' shows "
        "whether it is installed");
    if (!p.fusion) {
        tl_job_put_text(job, "property", p.model.property);
        tl_job_put_text(job, "unit", p.model.unit);
        tl_recipes_style_property(job, "output", p.model.property);
    }
    tl_job_put_number(job, "bands_used", (double)p.p);
done:
    free_content(job, &p);
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
        "the model applies. tilth's GDAL plugin computes each pixel when it is needed, with the same "
        "code as mapproperty, so the bytes are the same. With a fusion model the bands are those of "
        "fusescene, one per band of the model.\n"
        "Scene bands are matched to the model by wavelength when the file is written. If the scene "
        "or the model is later replaced by one with other bands, reading fails with a message that "
        "explains it.\n"
        "It is as fast as mapproperty for every interleave of the scene, because each block is read "
        "once for all bands. If scene and model are in the folder of the file or below it, their "
        "paths are relative, so that all files can be moved together.",
    .example = "tilth makevrt --scene scene.tif --model som.json --output som.vrt",
    .citation = "docs/guide/vrt.md",
    .tags = "VRT,virtual raster,map,pixel function,GDAL",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
