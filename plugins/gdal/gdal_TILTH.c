/* SPDX-License-Identifier: GPL-2.0-or-later
 * The entry of the GDAL plugin: registers tilth's pixel functions. It runs inside other people's
 * programs (gdal_translate, QGIS, Python), so nothing here or below prints, exits or aborts. */
#include <gdal.h>
#include <stdatomic.h>

#include "index_rasters.h"
#include "processed.h"
#include "tilth_formulas.h"
#include "tilth_fuse.h"
#include "tilth_map.h"

/* Returns 1 everywhere and needs no source: a program that reads the 1 knows that the plugin is
 * loaded. */
static CPLErr tl_gdal_ping(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                           GDALDataType source_type, GDALDataType out_type, int pixel_space,
                           int line_space, CSLConstList args) {
    (void)sources;
    (void)n_sources;
    (void)source_type;
    (void)args;
    const float one = 1.0F;
    for (int row = 0; row < n_rows; row++) {
        GDALCopyWords64(&one, GDT_Float32, 0, (char *)out + (ptrdiff_t)row * line_space, out_type,
                        pixel_space, n_cols);
    }
    return CE_None;
}

__attribute__((visibility("default"))) void GDALRegister_TILTH(void);

/* Every GDALAllRegister() of the process calls this function; only the first call registers. */
__attribute__((visibility("default"))) void GDALRegister_TILTH(void) {
    static atomic_flag done = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&done)) {
        return;
    }
    tl_gdal_make_index_rasters();
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_ping", tl_gdal_ping, NULL);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_map", tl_gdal_map, TL_GDAL_MAP_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_fuse", tl_gdal_fuse, TL_GDAL_FUSE_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_wetness", tl_gdal_wetness,
                                              TL_GDAL_WETNESS_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_lsfactor", tl_gdal_lsfactor,
                                              TL_GDAL_LSFACTOR_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_angle", tl_gdal_angle,
                                              TL_GDAL_ANGLE_ARGUMENTS);
    tl_gdal_register_processed();
}
