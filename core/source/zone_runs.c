/* SPDX-License-Identifier: GPL-2.0-or-later
 * Polygons as cells of a grid; see zone_runs.h. */
#include "source/zone_runs.h"

#include "base/alloc.h"
#include "base/assumptions.h"

void tl_source_zones_free(tl_zones *zones) {
    if (zones == NULL) {
        return;
    }
    for (ptrdiff_t z = 0; z < zones->n && zones->name != NULL; z++) {
        tl_release(zones->name[z]);
    }
    tl_release((void *)zones->name);
    tl_release(zones->first);
    tl_release(zones->run);
    *zones = (tl_zones){0};
}

void tl_source_zones_fill(const tl_zones *zones, ptrdiff_t z, int value, int *cell) {
    for (ptrdiff_t k = zones->first[z]; k < zones->first[z + 1]; k++) {
        for (ptrdiff_t i = 0; i < zones->run[k].n; i++) {
            cell[zones->run[k].cell + i] = value;
        }
    }
}

ptrdiff_t tl_source_zones_count(const tl_zones *zones, ptrdiff_t z) {
    ptrdiff_t n = 0;
    for (ptrdiff_t k = zones->first[z]; k < zones->first[z + 1]; k++) {
        n += zones->run[k].n;
    }
    return n;
}

/* label must be zero everywhere. */
static ptrdiff_t put_labels(const tl_zones *zones, ptrdiff_t pair[2], int *label) {
    ptrdiff_t shared = 0;
    for (ptrdiff_t z = 0; z < zones->n; z++) {
        for (ptrdiff_t k = zones->first[z]; k < zones->first[z + 1]; k++) {
            const int *at = &label[zones->run[k].cell];
            for (ptrdiff_t i = 0; i < zones->run[k].n; i++) {
                if (at[i] != 0 && shared++ == 0) {
                    pair[0] = at[i] - 1;
                    pair[1] = z;
                }
            }
        }
        tl_source_zones_fill(zones, z, (int)z + 1, label);
    }
    return shared;
}

tl_code tl_source_zones_overlap(const tl_zones *zones, ptrdiff_t n_cells, ptrdiff_t pair[2],
                                ptrdiff_t *shared, tl_err *err) {
    *shared = 0;
    int *label = tl_acquire(n_cells, sizeof *label);
    if (label == NULL) {
        return tl_no_memory(err, "%td cells in zones", n_cells);
    }
    *shared = put_labels(zones, pair, label);
    tl_release(label);
    return TL_OK;
}

tl_code tl_source_zones_label(const tl_zones *zones, ptrdiff_t n_cells, const char *parameter,
                              const char *path, int *label, tl_err *err) {
    ptrdiff_t pair[2] = {0, 0};
    for (ptrdiff_t i = 0; i < n_cells; i++) {
        label[i] = 0;
    }
    const ptrdiff_t shared = put_labels(zones, pair, label);
    return shared == 0
               ? TL_OK
               : tl_assume(err, TL_WARNING,
                           "%s: the polygons of '%.200s' overlap, for example '%.60s' and "
                           "'%.60s'; %td cells in more than one belong to the last one that "
                           "contains them; use polygons without overlap to decide it yourself",
                           parameter, path, zones->name[pair[0]], zones->name[pair[1]], shared);
}
