/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_fuse; see tilth_fuse.h. It may be called from many threads at once, with
 * any block shape, also resampled. */
#include "tilth_fuse.h"

#include "base/alloc.h"
#include "model_cache.h"
#include "scene_block.h"
#include "source_args.h"
#include "spectra/scene_scale.h"

/* A fusion model that is ready for the pixels of one call. */
typedef struct fuser {
    const tl_gdal_fusion_model *fused;
    tl_generator
        generator; /* that of fused, which owns its memory, with the factor of this scene */
    tl_training_scale scale;
    float *scratch; /* for tl_fusion_generate */
    float *unused;  /* for bands that are not requested */
    ptrdiff_t n_unused;
    float **to; /* [p] */
} fuser;

static void free_fuser(fuser *f) {
    tl_release(f->scratch);
    tl_release(f->unused);
    tl_release((void *)f->to);
}

static tl_code prepare(const tl_gdal_fusion_model *fused, double factor, fuser *f, tl_err *err) {
    f->fused = fused;
    f->generator = fused->generator;
    f->generator.factor = factor;
    f->scale = tl_spectra_training_scale(fused->model.about, fused->model.p);
    f->scratch = tl_acquire(tl_fusion_generator_scratch(&fused->generator), sizeof *f->scratch);
    f->to = tl_acquire(fused->model.p, sizeof *f->to);
    return f->scratch == NULL || f->to == NULL ? tl_no_memory(err, "%td bands", fused->model.p)
                                               : TL_OK;
}

/* A generator computes whole spectra: every band needs memory of its own. */
static tl_code generate(void *self, const float *const *band, ptrdiff_t n, float *const *layer,
                        tl_err *err) {
    fuser *f = self;
    const ptrdiff_t p = f->fused->model.p;
    TL_TRY(tl_spectra_check_scale(&f->scale, band, NULL, n, f->generator.factor, err));
    for (ptrdiff_t k = 0; k < p; k++) {
        if (layer[k] == NULL && f->n_unused < p * n) {
            tl_release(f->unused);
            f->unused = tl_acquire(p * n, sizeof *f->unused);
            f->n_unused = f->unused == NULL ? 0 : p * n;
            if (f->unused == NULL) {
                return tl_no_memory(err, "%td bands", p);
            }
        }
        f->to[k] = layer[k] == NULL ? f->unused + k * n : layer[k];
    }
    tl_fusion_generate(&f->generator, band, n, f->to, f->scratch);
    return TL_OK;
}

static tl_code fuse_block(void *const *sources, int n_sources, GDALDataType source_type,
                          CSLConstList texts, const tl_gdal_target *t, tl_err *err) {
    tl_gdal_map_args args = {0};
    tl_gdal_block_paths paths = {0};
    fuser f = {0};
    tl_gdal_block_producer producer = {.self = &f, .produce = generate};
    const tl_gdal_fusion_model *fused = NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_gdal_map_args_read(texts, &args, err));
    TL_CHECK(tl_gdal_map_args_read_band(texts, &args, err));
    TL_CHECK(tl_gdal_source_refuse_unknown(texts, TL_GDAL_FUSE_ARGUMENTS, err));
    TL_CHECK(tl_gdal_block_paths_find(&args, sources, n_sources, source_type, &paths, err));
    TL_CHECK(tl_gdal_model_cache_borrow_fusion(paths.model, &fused, &producer.model, err));
    TL_CHECK(tl_gdal_map_args_check_model(&args, fused->model.p, fused->model.wavelength_nm, err));
    TL_CHECK(prepare(fused, args.scene_scale, &f, err));
    producer.layers = args.p;
    TL_CHECK(tl_gdal_fill_block(&args, paths.scene, &producer, sources, t, err));
done:
    free_fuser(&f);
    tl_gdal_model_cache_return(fused);
    tl_gdal_block_paths_free(&paths);
    tl_gdal_map_args_free(&args);
    return code;
}

CPLErr tl_gdal_fuse(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                    GDALDataType source_type, GDALDataType out_type, int pixel_space,
                    int line_space, CSLConstList args) {
    const tl_gdal_target t = {.data = out,
                              .n_cols = n_cols,
                              .n_rows = n_rows,
                              .type = out_type,
                              .pixel_space = pixel_space,
                              .line_space = line_space};
    tl_err err = {0};
    if (n_cols < 1 || n_rows < 1) {
        return CE_None;
    }
    if (fuse_block(sources, n_sources, source_type, args, &t, &err) != TL_OK) {
        CPLError(CE_Failure, CPLE_AppDefined, "tilth_fuse: %s", err.text);
        return CE_Failure;
    }
    return CE_None;
}
