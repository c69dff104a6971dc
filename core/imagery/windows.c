/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of the spectrum that masks use; see windows.h. */
#include "imagery/windows.h"

#include <math.h>

#include "base/alloc.h"

typedef struct range {
    const char *name;
    double from_nm;
    double to_nm;
    int absorbed; /* 1: inside a band of water vapour */
} range;

/* T1 to T4 of the GF-5 cloud test are those of public code for its sensor; the others are
 * those of Landsat 8 (Zhu and Woodcock 2012), of the cirrus bands (Gao et al. 1998) and of the
 * cellulose absorption index (Nagler et al. 2003). */
static const range ranges[TL_WINDOWS] = {
    [TL_WINDOW_DEEP_BLUE] = {"deep blue", 433.0, 471.0, 0},
    [TL_WINDOW_VISIBLE] = {"visible", 510.0, 640.0, 0},
    [TL_WINDOW_BLUE] = {"blue", 450.0, 510.0, 0},
    [TL_WINDOW_GREEN] = {"green", 530.0, 590.0, 0},
    [TL_WINDOW_RED] = {"red", 640.0, 680.0, 0},
    [TL_WINDOW_NEAR] = {"near infrared", 845.0, 885.0, 0},
    [TL_WINDOW_CLEAR] = {"1250 nm", 1235.0, 1265.0, 0},
    [TL_WINDOW_EDGE] = {"1350 nm", 1342.0, 1360.0, 1},
    [TL_WINDOW_CIRRUS] = {"1380 nm", 1365.0, 1390.0, 1},
    [TL_WINDOW_SHORT] = {"1610 nm", 1570.0, 1650.0, 0},
    [TL_WINDOW_LATE] = {"1880 nm", 1870.0, 1890.0, 1},
    [TL_WINDOW_CARBON] = {"2015 nm", 2006.0, 2023.0, 0},
    [TL_WINDOW_CELLULOSE_LEFT] = {"2030 nm", 2015.0, 2045.0, 0},
    [TL_WINDOW_CELLULOSE] = {"2100 nm", 2085.0, 2115.0, 0},
    [TL_WINDOW_CELLULOSE_RIGHT] = {"2210 nm", 2195.0, 2225.0, 0},
    [TL_WINDOW_LONG] = {"2200 nm", 2110.0, 2290.0, 0},
};

static const double reach_nm = 25.0;
static const double reach_absorbed_nm = 15.0;

const char *tl_imagery_window_name(tl_window window) {
    return ranges[window].name;
}

void tl_imagery_window_range(tl_window window, double *from_nm, double *to_nm) {
    *from_nm = ranges[window].from_nm;
    *to_nm = ranges[window].to_nm;
}

static int usable(const tl_band *band, const range *r) {
    return isfinite(band->centre_nm) && (band->good || r->absorbed);
}

/* Positions in bands of the bands of one part. */
static ptrdiff_t find_one(const tl_bands *bands, const range *r, ptrdiff_t *position) {
    const double middle = 0.5 * (r->from_nm + r->to_nm);
    double nearest = r->absorbed ? reach_absorbed_nm : reach_nm;
    ptrdiff_t n = 0;
    ptrdiff_t best = -1;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        const tl_band *band = &bands->band[b];
        if (!usable(band, r)) {
            continue;
        }
        if (band->centre_nm >= r->from_nm && band->centre_nm <= r->to_nm && n < tl_window_bands) {
            position[n++] = b;
        } else if (fabs(band->centre_nm - middle) < nearest) {
            nearest = fabs(band->centre_nm - middle);
            best = b;
        }
    }
    if (n == 0 && best >= 0) {
        position[n++] = best;
    }
    return n;
}

tl_code tl_imagery_find_windows(const tl_bands *bands, tl_window_table *table, tl_err *err) {
    *table = (tl_window_table){0};
    ptrdiff_t *position =
        tl_acquire(bands->n, sizeof *position); /* 1 + position in number; 0 = unread */
    table->number = tl_acquire(bands->n, sizeof *table->number);
    if (position == NULL || table->number == NULL) {
        tl_release(position);
        tl_imagery_free_windows(table);
        return tl_no_memory(err, "%td bands", bands->n);
    }
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        position[b] = 0;
    }
    for (int w = 0; w < TL_WINDOWS; w++) {
        table->count[w] = find_one(bands, &ranges[w], table->at[w]);
        for (ptrdiff_t k = 0; k < table->count[w]; k++) {
            position[table->at[w][k]] = 1;
        }
    }
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        if (position[b] != 0) {
            table->number[table->n++] = bands->band[b].index;
            position[b] = table->n;
        }
    }
    for (int w = 0; w < TL_WINDOWS; w++) {
        for (ptrdiff_t k = 0; k < table->count[w]; k++) {
            table->at[w][k] = position[table->at[w][k]] - 1;
        }
    }
    tl_release(position);
    return TL_OK;
}

void tl_imagery_free_windows(tl_window_table *table) {
    if (table != NULL) {
        tl_release(table->number);
        *table = (tl_window_table){0};
    }
}

void tl_imagery_window_means(const tl_window_table *table, const float *value, ptrdiff_t stride,
                             double window[TL_WINDOWS]) {
    for (int w = 0; w < TL_WINDOWS; w++) {
        double sum = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t k = 0; k < table->count[w]; k++) {
            const double v = (double)value[table->at[w][k] * stride];
            if (!isnan(v)) {
                sum += v;
                n++;
            }
        }
        window[w] = n > 0 ? sum / (double)n : (double)NAN;
    }
}
