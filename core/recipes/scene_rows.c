/* SPDX-License-Identifier: GPL-2.0-or-later
 * Blocks of rows of a scene; see scene_rows.h. */
#include "recipes/scene_rows.h"

#include <math.h>
#include <string.h>

/* A block of rows is never larger than this, whatever the memory limit: larger ones are not read
 * faster. */
static const double max_block_bytes = 96.0 * 1024.0 * 1024.0;

/* Memory that a tool needs in addition to its blocks and the tiles: the rows that the writer gathers
 * (48 MiB), the libraries, and what the allocator keeps. */
static const double rest_bytes = 192.0 * 1024.0 * 1024.0;

static double stored_bytes(const tl_raster_info *info) {
    const char *type = info->data_type;
    return strcmp(type, "Byte") == 0 || strcmp(type, "Int8") == 0            ? 1.0
           : strcmp(type, "Int16") == 0 || strcmp(type, "UInt16") == 0       ? 2.0
           : strcmp(type, "Float64") == 0 || strncmp(type, "CFloat", 6) == 0 ? 8.0
                                                                             : 4.0;
}

static double tile_bytes(const tl_raster_info *info, ptrdiff_t n_bands) {
    return (double)n_bands * (double)info->block_cols * (double)info->block_rows *
           stored_bytes(info);
}

/* Memory that GDAL uses outside its cache where bands are interleaved by pixel: one tile of all bands
 * as it is stored in the file, and the same tile unpacked. */
static double unpacked_bytes(const tl_raster_info *info) {
    return strcmp(info->interleave, "PIXEL") == 0 ? 2.0 * tile_bytes(info, info->bands.n) : 0.0;
}

/* One row of tiles, and a twentieth more for the bookkeeping of the cache. For files that are
 * interleaved by pixel the cache may hold the other bands too. */
static double tile_row_bytes(const tl_raster_info *info, ptrdiff_t n_bands) {
    const int by_pixel = strcmp(info->interleave, "PIXEL") == 0;
    const double across = ceil((double)info->ncol / (double)info->block_cols);
    return 1.05 * across * tile_bytes(info, by_pixel ? info->bands.n : n_bands);
}

/* The largest divisor of whole that is above limit / 2 and at most limit; limit when there is none. */
static ptrdiff_t even_part(ptrdiff_t whole, ptrdiff_t limit) {
    for (ptrdiff_t part = limit; 2 * part > limit; part--) {
        if (whole % part == 0) {
            return part;
        }
    }
    return limit;
}

/* Limits the cache for tiles that are higher than a block of rows.
 *
 * bytes    in and out: of a block; reduced where the tiles need the memory
 * returns  1 when a row of tiles is cached, 0 when it is too large for that */
static int keep_tiles(const tl_job *job, const tl_raster_info *info, ptrdiff_t n_bands,
                      int n_buffers, double *bytes) {
    const tl_store *store = tl_job_store(job);
    const double memory = tl_job_memory_bytes(job);
    const double row_bytes = (double)n_bands * (double)info->ncol * sizeof(float);
    const double free_bytes = memory - fmin(rest_bytes, memory / 4.0) - unpacked_bytes(info);
    const double tiles = tile_row_bytes(info, n_bands);
    const int fits = free_bytes - tiles >= (double)n_buffers * row_bytes;
    const double cache = fits ? tiles : memory / 16.0;
    *bytes = fmin(*bytes, fmax((free_bytes - cache) / (double)n_buffers, memory / 64.0));
    if (store->limit_cache != NULL) {
        (void)store->limit_cache(cache);
    }
    return fits;
}

ptrdiff_t tl_recipes_scene_rows(const tl_job *job, const tl_raster_info *info, ptrdiff_t n_bands,
                                int n_buffers) {
    const double row_bytes = (double)n_bands * (double)info->ncol * sizeof(float);
    double bytes = fmin(tl_job_memory_bytes(job) / 8.0, max_block_bytes);
    const int is_deep = info->block_rows > 1 && info->block_cols > 0 && info->nrow > 1 &&
                        bytes / row_bytes < (double)info->block_rows;
    const int is_kept = !is_deep || keep_tiles(job, info, n_bands, n_buffers, &bytes);
    ptrdiff_t rows = (ptrdiff_t)fmin(fmax(1.0, floor(bytes / row_bytes)), (double)info->nrow);
    if (info->block_rows > 1 && rows < info->nrow) {
        rows = rows > info->block_rows ? rows - rows % info->block_rows
                                       : even_part(info->block_rows, rows);
    }
    if (!is_kept && rows < info->nrow) {
        tl_job_log(
            job, TL_WARNING,
            "the scene has tiles of %td x %td cells; the memory limit is too small to hold a "
            "row of them, so each tile is read %td times; allow more memory, or write the "
            "scene again with lower tiles",
            info->block_cols, info->block_rows, (info->block_rows + rows - 1) / rows);
    }
    return rows;
}
