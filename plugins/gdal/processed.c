/* SPDX-License-Identifier: GPL-2.0-or-later
 * The steps of a VRTProcessedDataset; see processed.h. The arguments are those of map_args.h except
 * layer and band; here GDAL passes the folder of the virtual raster. */
#include "processed.h"

#include <gdal.h>

#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 9, 0)

#include <cpl_conv.h>
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "map_args.h"
#include "model_cache.h"
#include "pipeline/predict.h"
#include "scene_pool.h"
#include "source_args.h"
#include "spectra/scene_scale.h"

/* Pixels computed at once. */
enum { PIECE = 4096 };

/* One step of an open virtual raster. Read-only while GDAL passes blocks. */
typedef struct step {
    tl_gdal_map_args args;
    char *scene; /* path on this machine, as model */
    char *model;
    int fuse;         /* 1: fused is set; 0: predictor is set */
    int has_border;   /* 1: pixels that are 0 in every band are outside the scene */
    tl_bands bands;   /* of the scene */
    const void *held; /* held model, to be returned to the cache; NULL = none */
    const tl_gdal_fusion_model *fused;
    tl_generator generator; /* that of fused, which owns its memory, with the factor of the scene */
    tl_predictor predictor;
    tl_training_scale scale;
} step;

static void free_step(step *s) {
    if (s != NULL) {
        tl_pipeline_predictor_free(&s->predictor);
        tl_gdal_model_cache_return(s->held);
        tl_bands_free(&s->bands);
        tl_gdal_map_args_free(&s->args);
        tl_release(s->scene);
        tl_release(s->model);
        tl_release(s);
    }
}

static char *path_of(const char *path, int relative, const char *folder) {
    tl_text whole = {0};
    const int in_folder =
        relative && folder != NULL && folder[0] != '\0' && CPLIsFilenameRelative(path);
    tl_text_addf(&whole, "%s%s%s", in_folder ? folder : "", in_folder ? "/" : "", path);
    char *copy = whole.failed ? NULL : tl_copy_text(tl_text_data(&whole));
    tl_text_free(&whole);
    return copy;
}

/* Reads scale, offset and NoData of the bands of the scene. */
static tl_code read_scene(step *s, int n_bands, tl_err *err) {
    tl_gdal_scene *opened = NULL;
    tl_code code = TL_OK;
    TL_TRY(tl_gdal_scene_borrow(s->scene, &opened, err));
    const tl_raster_info *info = tl_io_raster_info(tl_gdal_scene_raster(opened));
    TL_CHECK(tl_gdal_map_args_check_scene(&s->args, info, err));
    TL_CHECK(info->bands.n == n_bands
                 ? TL_OK
                 : tl_fail(err, TL_SHAPE,
                           "the input has %d bands but the scene %s has %td; they must be the same "
                           "file",
                           n_bands, s->args.scene, info->bands.n));
    TL_CHECK(
        tl_gdal_scene_raster(opened)->validity == NULL
            ? TL_OK
            : tl_fail(err, TL_DATA,
                      "the scene %s has a mask, which GDAL does not pass to processing steps; run "
                      "tilth makevrt again with the form derived",
                      s->args.scene));
    s->has_border = !s->args.keep_zeros && tl_bands_have_wavelengths(&info->bands) && n_bands >= 3;
    code = tl_bands_copy(&s->bands, &info->bands, err);
done:
    tl_gdal_scene_return(opened);
    return code;
}

static tl_code borrow_model(step *s, tl_err *err) {
    uint64_t serial = 0;
    const tl_property_model *model = NULL;
    if (s->fuse) {
        TL_TRY(tl_gdal_model_cache_borrow_fusion(s->model, &s->fused, &serial, err));
        s->held = s->fused;
        s->generator = s->fused->generator;
        s->generator.factor = s->args.scene_scale;
        s->scale = tl_spectra_training_scale(s->fused->model.about, s->fused->model.p);
        return tl_gdal_map_args_check_model(&s->args, s->fused->model.p,
                                            s->fused->model.wavelength_nm, err);
    }
    TL_TRY(tl_gdal_model_cache_borrow(s->model, &model, &serial, err));
    s->held = model;
    s->scale = tl_spectra_training_scale(model->about, model->p);
    TL_TRY(tl_gdal_map_args_check_model(&s->args, model->p, model->wavelength_nm, err));
    ptrdiff_t *index = tl_acquire(model->p, sizeof *index);
    if (index == NULL) {
        return tl_no_memory(err, "%td bands", model->p);
    }
    for (ptrdiff_t i = 0; i < model->p; i++) {
        index[i] = s->args.band[i] - 1;
    }
    const tl_code code = tl_pipeline_predictor_init(&s->predictor, model, &s->bands, index, err);
    s->predictor.factor = s->args.scene_scale;
    tl_release(index);
    return code;
}

/* The description of the arguments of both functions for GDAL. */
static const char arguments[] =
    "<ProcessedDatasetFunctionArgumentsList>"
    "<Argument name='model' type='string' required='true'/>"
    "<Argument name='scene' type='string' required='true'/>"
    "<Argument name='relative' type='string'/>"
    "<Argument name='size' type='string' required='true'/>"
    "<Argument name='bands' type='string' required='true'/>"
    "<Argument name='scene_nm' type='string' required='true'/>"
    "<Argument name='wavelength_nm' type='string' required='true'/>"
    "<Argument name='scene_scale' type='string'/>"
    "<Argument name='zeros' type='string'/>"
    "</ProcessedDatasetFunctionArgumentsList>";

static tl_code init_step(step *s, CSLConstList texts, int n_in, const char *folder, tl_err *err) {
    TL_TRY(tl_gdal_map_args_read(texts, &s->args, err));
    TL_TRY(tl_gdal_source_refuse_unknown(texts, arguments, err));
    s->scene = path_of(s->args.scene, s->args.relative, folder);
    s->model = path_of(s->args.model, s->args.relative, folder);
    if (s->scene == NULL || s->model == NULL) {
        return tl_no_memory(err, "the paths of model and scene");
    }
    TL_TRY(read_scene(s, n_in, err));
    return borrow_model(s, err);
}

/* The user data of tilth_fuse is a text, that of tilth_map NULL. */
static CPLErr begin(const char *name, void *user, CSLConstList args, int n_in, GDALDataType in_type,
                    double *in_nodata, int *n_out, GDALDataType *out_type, double **out_nodata,
                    const char *folder, VRTPDWorkingDataPtr *working) {
    (void)in_type;
    (void)in_nodata;
    tl_err err = {0};
    step *s = tl_acquire(1, sizeof *s);
    tl_code code = s == NULL ? tl_no_memory(&err, "a processing step") : TL_OK;
    *working = NULL;
    if (s != NULL) {
        s->fuse = user != NULL;
        code = init_step(s, args, n_in, folder, &err);
    }
    if (code != TL_OK) {
        CPLError(CE_Failure, CPLE_AppDefined, "%s: %s", name, err.text);
        free_step(s);
        return CE_Failure;
    }
    const int layers = s->fuse ? (int)s->args.p : (int)tl_prediction_layers;
    if (*n_out != 0 && *n_out != layers) {
        CPLError(CE_Failure, CPLE_AppDefined,
                 "%s: the VRT has %d bands but the model produces %d; run tilth makevrt again",
                 name, *n_out, layers);
        free_step(s);
        return CE_Failure;
    }
    if (*out_nodata == NULL) {
        *out_nodata = CPLMalloc((size_t)layers * sizeof **out_nodata);
        for (int i = 0; i < layers; i++) {
            (*out_nodata)[i] = (double)NAN;
        }
    }
    *n_out = layers;
    *out_type = GDT_Float32;
    *working = s;
    return CE_None;
}

static void end(const char *name, void *user, VRTPDWorkingDataPtr working) {
    (void)name;
    (void)user;
    free_step(working);
}

/* A block that GDAL passes. */
typedef struct block {
    const float *in; /* [pixels, n_in] */
    float *out;      /* [pixels, n_out] */
    ptrdiff_t pixels;
    int n_in;
    int n_out;
    const double *nodata; /* [n_out] */
} block;

/* Working memory of one call. */
typedef struct buffers {
    float *value;       /* [p, PIECE] */
    float *result;      /* [layers, PIECE] */
    const float **band; /* [p] */
    float **layer;      /* [layers] */
    double *map;        /* for tl_pipeline_predict_block */
    float *fuse;        /* for tl_fusion_generate */
} buffers;

static void free_buffers(buffers *r) {
    tl_release(r->value);
    tl_release(r->result);
    tl_release((void *)r->band);
    tl_release((void *)r->layer);
    tl_release(r->map);
    tl_release(r->fuse);
}

static tl_code get_buffers(const step *s, int layers, buffers *r, tl_err *err) {
    const ptrdiff_t p = s->args.p;
    r->value = tl_acquire(p * PIECE, sizeof *r->value);
    r->result = tl_acquire((ptrdiff_t)layers * PIECE, sizeof *r->result);
    r->band = tl_acquire(p, sizeof *r->band);
    r->layer = tl_acquire(layers, sizeof *r->layer);
    if (s->fuse) {
        r->fuse = tl_acquire(tl_fusion_generator_scratch(&s->fused->generator), sizeof *r->fuse);
    } else {
        r->map = tl_acquire(tl_pipeline_predict_scratch(&s->predictor), sizeof *r->map);
    }
    return r->value == NULL || r->result == NULL || r->band == NULL || r->layer == NULL ||
                   (r->map == NULL && r->fuse == NULL)
               ? tl_no_memory(err, "%td bands", p)
               : TL_OK;
}

static int is_outside(const float *pixel, int n) {
    for (int k = 0; k < n; k++) {
        if (!(pixel[k] >= 0.0F && pixel[k] <= 0.0F)) {
            return 0;
        }
    }
    return 1;
}

/* Computes n pixels, the first being at. A predictor uses stored values, a generator physical
 * ones. */
static tl_code compute_pixels(const step *s, const block *b, ptrdiff_t at, ptrdiff_t n, buffers *r,
                              tl_err *err) {
    for (ptrdiff_t j = 0; j < s->args.p; j++) {
        const int k = s->args.band[j] - 1;
        float *to = r->value + j * n;
        for (ptrdiff_t i = 0; i < n; i++) {
            const float stored = b->in[(at + i) * b->n_in + k];
            to[i] = s->fuse ? tl_band_value(&s->bands.band[k], stored) : stored;
        }
        r->band[j] = to;
    }
    TL_TRY(tl_spectra_check_scale(&s->scale, r->band, s->fuse ? NULL : s->predictor.band, n,
                                  s->args.scene_scale, err));
    tl_prediction wanted = {0};
    for (int k = 0; k < b->n_out; k++) {
        r->layer[k] = r->result + k * n;
        if (!s->fuse) {
            *tl_pipeline_prediction_layer(&wanted, k) = r->layer[k];
        }
    }
    if (s->fuse) {
        tl_fusion_generate(&s->generator, r->band, n, r->layer, r->fuse);
    } else {
        TL_TRY(tl_pipeline_predict_block(&s->predictor, r->band, n, &wanted, r->map, err));
    }
    for (ptrdiff_t i = 0; i < n && s->has_border; i++) {
        for (int k = 0; is_outside(b->in + (at + i) * b->n_in, b->n_in) && k < b->n_out; k++) {
            r->layer[k][i] = NAN;
        }
    }
    for (int k = 0; k < b->n_out; k++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            const float v = r->layer[k][i];
            b->out[(at + i) * b->n_out + k] = isnan(v) ? (float)b->nodata[k] : v;
        }
    }
    return TL_OK;
}

static CPLErr process(const char *name, void *user, VRTPDWorkingDataPtr working, CSLConstList args,
                      int n_cols, int n_rows, const void *in, size_t in_bytes, GDALDataType in_type,
                      int n_in, const double *in_nodata, void *out, size_t out_bytes,
                      GDALDataType out_type, int n_out, const double *out_nodata, double col0,
                      double row0, double src_cols, double src_rows, const double *transform,
                      const char *folder, CSLConstList extra) {
    (void)user;
    (void)args;
    (void)in_nodata;
    (void)col0;
    (void)row0;
    (void)src_cols;
    (void)src_rows;
    (void)transform;
    (void)folder;
    (void)extra;
    const step *s = working;
    const block b = {.in = in,
                     .out = out,
                     .pixels = (ptrdiff_t)n_cols * n_rows,
                     .n_in = n_in,
                     .n_out = n_out,
                     .nodata = out_nodata};
    const int layers = s->fuse ? (int)s->args.p : (int)tl_prediction_layers;
    buffers r = {0};
    tl_err err = {0};
    tl_code code = TL_OK;
    if (in_type != GDT_Float32 || out_type != GDT_Float32 || n_in != (int)s->bands.n ||
        n_out != layers || in_bytes < (size_t)b.pixels * (size_t)n_in * sizeof(float) ||
        out_bytes < (size_t)b.pixels * (size_t)n_out * sizeof(float)) {
        code = tl_fail(
            &err, TL_SHAPE,
            "GDAL passed a block of another type or size than was agreed; please report this");
    } else {
        code = get_buffers(s, layers, &r, &err);
    }
    for (ptrdiff_t at = 0; code == TL_OK && at < b.pixels; at += PIECE) {
        const ptrdiff_t n = tl_min(b.pixels - at, PIECE);
        code = compute_pixels(s, &b, at, n, &r, &err);
    }
    free_buffers(&r);
    if (code != TL_OK) {
        CPLError(CE_Failure, CPLE_AppDefined, "%s: %s", name, err.text);
        return CE_Failure;
    }
    return CE_None;
}

void tl_gdal_register_processed(void) {
    static char fuse[] = "fuse";
    (void)GDALVRTRegisterProcessedDatasetFunc("tilth_map", NULL, arguments, GDT_Float32, NULL, 0,
                                              NULL, 0, begin, end, process, NULL);
    (void)GDALVRTRegisterProcessedDatasetFunc("tilth_fuse", fuse, arguments, GDT_Float32, NULL, 0,
                                              NULL, 0, begin, end, process, NULL);
}

#else

void tl_gdal_register_processed(void) {
}

#endif
