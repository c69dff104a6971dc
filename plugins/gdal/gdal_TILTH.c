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

/* Answers 1 everywhere and needs no source: whoever gets the 1 knows that the plugin is loaded. */
static CPLErr tilth_ping(void **sources, int n_sources, void *out, int n_cols, int n_rows,
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

/* Every GDALAllRegister() of the process comes here again; only the first call registers. */
__attribute__((visibility("default"))) void GDALRegister_TILTH(void) {
    static atomic_flag done = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&done)) {
        return;
    }
    ramps_make();
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_ping", tilth_ping, NULL);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_map", tilth_map, TILTH_MAP_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_fuse", tilth_fuse, TILTH_FUSE_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_wetness", tilth_wetness,
                                              TILTH_WETNESS_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_lsfactor", tilth_lsfactor,
                                              TILTH_LSFACTOR_ARGUMENTS);
    (void)GDALAddDerivedBandPixelFuncWithArgs("tilth_angle", tilth_angle, TILTH_ANGLE_ARGUMENTS);
    processed_register();
}
