/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the arguments of the plugin's pixel functions, which come from files that anybody may have written. The formulas compute
 * a block of cells with them. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>

#include "gdal/map_args.h"
#include "gdal/tilth_formulas.h"

#include "fuzz.h"

enum { COLS = 7, ROWS = 3, SOURCES = 3 };

/* One argument per line. */
static char **read_lines(const uint8_t *bytes, size_t length) {
    char *text = CPLMalloc(length + 1);
    memcpy(text, bytes, length);
    text[length] = '\0';
    char **lines = CSLTokenizeString2(text, "\n", 0);
    CPLFree(text);
    return lines;
}

static void run_formula(unsigned which, char **arguments) {
    static const GDALDerivedPixelFuncWithArgs formulas[] = {tl_gdal_wetness, tl_gdal_lsfactor,
                                                            tl_gdal_angle};
    float in[SOURCES][ROWS * COLS];
    float out[ROWS * COLS];
    void *sources[SOURCES];
    for (int s = 0; s < SOURCES; s++) {
        for (int i = 0; i < ROWS * COLS; i++) {
            in[s][i] = (float)(i - 3) * (s == 1 ? 0.05F : 11.0F);
        }
        sources[s] = in[s];
    }
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    const CPLErr result = formulas[which % 3](sources, 2 + (int)(which / 3 % 2), out, COLS, ROWS,
                                              GDT_Float32, GDT_Float32, 4, 4 * COLS, arguments);
    if (result != CE_None && CPLGetLastErrorMsg()[0] == '\0') {
        abort();
    }
    CPLPopErrorHandler();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    if (length < 1) {
        return 0;
    }
    tl_err err = {0};
    tl_gdal_map_args args;
    char **arguments = read_lines(bytes + 1, length - 1);
    run_formula(bytes[0], arguments);
    tl_code code = tl_gdal_map_args_read(arguments, &args, &err);
    if (code == TL_OK) {
        (void)tl_gdal_map_args_read_layer(arguments, &args, NULL);
        code = tl_gdal_map_args_read_band(arguments, &args, &err);
        tl_gdal_map_args_free(&args);
    }
    CSLDestroy(arguments);
    fuzz_check(code, &err, live);
    return 0;
}
