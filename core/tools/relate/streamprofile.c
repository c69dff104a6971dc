/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `streamprofile`: a mapped property against the distance to streams. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "job/algorithm.h"
#include "job/numbers.h"
#include "json/json.h"
#include "mapstat/distance.h"
#include "mapstat/profile.h"
#include "tools/relate/align_rasters.h"

static const tl_arg arguments[] = {
    {.id = "map",
     .kind = TL_ARG_RASTER,
     .label = "Map",
     .help = "Map of a soil property; its first band is used."},
    {.id = "streams",
     .kind = TL_ARG_LINES,
     .label = "Streams",
     .help = "Stream lines, for example from the tool streams. Their order is read from the field "
             "strmOrder when it is present."},
    {.id = "distances",
     .kind = TL_ARG_TEXT,
     .label = "Borders of the distance classes in metres",
     .help = "Increasing distances above 0 in metres, separated by spaces. Without them the "
             "borders are 1, 2, 4, 8 ... cells.",
     .optional = 1},
    {.id = "placements",
     .kind = TL_ARG_INTEGER,
     .label = "Random placements",
     .unit = "",
     .help = "How often the stream network is moved and turned at random, to see what chance alone "
             "produces. The smallest possible p is 1 / (placements + 1); 0 makes no test.",
     .fallback = "199",
     .min = 0,
     .max = 100000},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Random seed",
     .unit = "",
     .help = "Start of the random numbers. The same seed returns the same result.",
     .fallback = "1",
     .advanced = 1,
     .min = 0,
     .max = TL_ARG_LARGEST_INTEGER},
    {.id = "spearman",
     .kind = TL_ARG_FLAG,
     .label = "Rank correlation (Spearman)",
     .help = "Adds Spearman's rank correlation, which outliers and curved relations disturb less. "
             "On large maps it needs the largest part of the time.",
     .fallback = "yes",
     .advanced = 1},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Profile",
     .help =
         "CSV table with one row for all cells, one per distance class and one per stream order."},
};

enum {
    MAP,
    STREAMS,
    FROM,
    TO,
    COUNT,
    MEAN,
    MEDIAN,
    ERROR,
    PLACED,
    PLACED_LOW,
    PLACED_HIGH,
    P,
    PEARSON,
    P_PEARSON,
    SPEARMAN,
    P_SPEARMAN,
    COLUMNS
};

static const tl_column columns[COLUMNS] = {
    [MAP] = {"map", TL_COLUMN_TEXT},
    [STREAMS] = {"streams", TL_COLUMN_TEXT},
    [FROM] = {"from_m", TL_COLUMN_NUMBER},
    [TO] = {"to_m", TL_COLUMN_NUMBER},
    [COUNT] = {"n", TL_COLUMN_INTEGER},
    [MEAN] = {"mean", TL_COLUMN_NUMBER},
    [MEDIAN] = {"median", TL_COLUMN_NUMBER},
    [ERROR] = {"standard_error", TL_COLUMN_NUMBER},
    [PLACED] = {"placed_mean", TL_COLUMN_NUMBER},
    [PLACED_LOW] = {"placed_low", TL_COLUMN_NUMBER},
    [PLACED_HIGH] = {"placed_high", TL_COLUMN_NUMBER},
    [P] = {"p", TL_COLUMN_NUMBER},
    [PEARSON] = {"pearson", TL_COLUMN_NUMBER},
    [P_PEARSON] = {"p_pearson", TL_COLUMN_NUMBER},
    [SPEARMAN] = {"spearman", TL_COLUMN_NUMBER},
    [P_SPEARMAN] = {"p_spearman", TL_COLUMN_NUMBER},
};

enum { MAX_BORDERS = 50, DOUBLINGS = 7 };

typedef struct study {
    tl_job *job;
    tl_aligned map;
    tl_features lines;
    unsigned char *mark;
    double border[MAX_BORDERS];
    tl_profile_options options;
    tl_profile profile;
    tl_table table;
} study;

/* 1, 2, 4 ... cells, or the distances of the parameter. */
static tl_code choose_borders(study *s, tl_err *err) {
    s->options.border = s->border;
    if (tl_job_given(s->job, "distances")) {
        TL_TRY(tl_job_read_increasing(s->job, "distances", MAX_BORDERS, s->border,
                                      &s->options.n_border, err));
        if (!(s->border[0] > 0.0)) {
            return tl_fail(err, TL_ARG,
                           "parameter 'distances' begins with %g; wanted metres above 0, because "
                           "the first class begins at 0 by itself",
                           s->border[0]);
        }
        return TL_OK;
    }
    double dx;
    double dy;
    TL_TRY(tl_georef_cell_m(&s->map.grid.geo, s->map.grid.nrow / 2, &dx, &dy, err));
    for (int k = 0; k < DOUBLINGS; k++) {
        s->border[k] = fmax(dx, dy) * (double)(1 << k);
    }
    s->options.n_border = DOUBLINGS;
    return TL_OK;
}

/* The mark of a stream from its order; anything but a whole number in range is not known. */
static unsigned char mark_of(double order) {
    if (order >= 1.0 && order <= TL_PROFILE_MAX_ORDER && !(fabs(order - nearbyint(order)) > 0.0)) {
        return (unsigned char)(TL_PROFILE_NO_ORDER + (int)order);
    }
    return TL_PROFILE_NO_ORDER;
}

static tl_code mark_streams(study *s, tl_err *err) {
    static const tl_column order = {"strmOrder", TL_COLUMN_NUMBER};
    const char *path = tl_job_text(s->job, "streams");
    TL_TRY(tl_job_store(s->job)->read_lines(path, "streams", &order, 1, &s->map.grid.geo, &s->lines,
                                            err));
    const ptrdiff_t n = s->lines.table.nrow;
    unsigned char *value = tl_acquire(n, 1);
    s->mark = tl_acquire(s->map.grid.nrow * s->map.grid.ncol, 1);
    tl_code code = TL_OK;
    ptrdiff_t n_mark = 0;
    if (value == NULL || s->mark == NULL) {
        code = tl_no_memory(err, "%td streams", n);
        goto done;
    }
    for (ptrdiff_t line = 0; line < n; line++) {
        value[line] = mark_of(s->lines.table.number[line]);
    }
    TL_CHECK(tl_mapstat_mark_lines(&s->map.grid, s->lines.x, s->lines.y, s->lines.first, n, value,
                                   s->mark, &n_mark, err));
    if (n_mark == 0) {
        code = tl_fail(err, TL_DATA,
                       "streams: no line of '%s' is on the map '%s'; use streams of the same area, "
                       "and check the coordinate systems",
                       path, tl_job_text(s->job, "map"));
    }
done:
    tl_release(value);
    return code;
}

/* --- output --- */

static void fill_numbers(const study *s, ptrdiff_t i, double *number) {
    const tl_profile_row *row = &s->profile.row[i];
    number[FROM] = row->from_m;
    number[TO] = isinf(row->to_m) ? (double)NAN : row->to_m;
    number[COUNT] = (double)row->n;
    number[MEAN] = row->mean;
    number[MEDIAN] = row->median;
    number[ERROR] = row->standard_error;
    number[PLACED] = row->placed.mean;
    number[PLACED_LOW] = row->placed.low;
    number[PLACED_HIGH] = row->placed.high;
    number[P] = row->placed.p;
    const double none = (double)NAN;
    number[PEARSON] = i == 0 ? s->profile.pearson : none;
    number[P_PEARSON] = i == 0 ? s->profile.placed_pearson.p : none;
    number[SPEARMAN] = i == 0 ? s->profile.spearman : none;
    number[P_SPEARMAN] = i == 0 ? s->profile.placed_spearman.p : none;
}

/* One row of the table, and the same as JSON. */
static tl_code add_row(study *s, ptrdiff_t i, json_t *row, tl_err *err) {
    double number[COLUMNS];
    char name[32] = "all";
    ptrdiff_t at;
    if (s->profile.row[i].order > 0) {
        (void)snprintf(name, sizeof name, "order %d", s->profile.row[i].order);
    }
    fill_numbers(s, i, number);
    TL_TRY(tl_source_table_add_row(&s->table, &at, err));
    TL_TRY(tl_source_table_set_text(&s->table, at, MAP, s->map.name, err));
    TL_TRY(tl_source_table_set_text(&s->table, at, STREAMS, name, err));
    tl_json_put(row, columns[MAP].name, tl_json_text(s->map.name));
    tl_json_put(row, columns[STREAMS].name, tl_json_text(name));
    for (ptrdiff_t col = STREAMS + 1; col < COLUMNS; col++) {
        tl_source_table_set_number(&s->table, at, col, number[col]);
        tl_json_put(row, columns[col].name,
                    isfinite(number[col]) ? tl_json_number(number[col]) : tl_json_null());
    }
    tl_json_put(row, columns[COUNT].name, tl_json_integer((json_int_t)number[COUNT]));
    return TL_OK;
}

static tl_code write_rows(study *s, tl_err *err) {
    json_t *rows = tl_json_array();
    for (ptrdiff_t i = 0; i < s->profile.n_row; i++) {
        json_t *row = tl_json_object();
        tl_json_append(rows, row);
        const tl_code code = add_row(s, i, row, err);
        if (code != TL_OK) {
            json_decref(rows);
            return code;
        }
    }
    tl_job_put_json(s->job, "profile", rows);
    tl_job_put_number(s->job, "farthest_m", s->profile.farthest_m);
    return tl_job_store(s->job)->write_table(tl_job_output(s->job, "output"), "output", &s->table,
                                             err);
}

static tl_code run(tl_job *job, tl_err *err) {
    study s = {.job = job};
    tl_code code = TL_OK;
    const tl_progress part = tl_progress_part(tl_job_progress(job), 0.05, 1.0);
    tl_source_table_start(&s.table, columns, COLUMNS);
    TL_CHECK(tl_align_rasters(job, "map", tl_job_text(job, "map"), NULL, &s.map, err));
    TL_CHECK(choose_borders(&s, err));
    TL_CHECK(mark_streams(&s, err));
    s.options.n_placement = (ptrdiff_t)tl_job_integer(job, "placements");
    s.options.seed = tl_job_integer(job, "seed");
    s.options.spearman = tl_job_flag(job, "spearman");
    s.options.threads = tl_job_threads(job);
    TL_CHECK(tl_mapstat_profile(&s.map.grid, s.mark, &s.options, &part, &s.profile, err));
    TL_CHECK(write_rows(&s, err));
done:
    tl_mapstat_profile_free(&s.profile);
    tl_source_table_free(&s.table);
    tl_source_features_free(&s.lines);
    tl_release(s.mark);
    tl_align_rasters_free(&s.map);
    return code;
}

const tl_algorithm tl_alg_streamprofile = {
    .id = "streamprofile",
    .title = "Property along streams",
    .group = "Relate",
    .summary =
        "A mapped property by distance to streams and by stream order, compared with randomly "
        "placed streams.",
    .help =
        "Returns count, mean, median and standard error of the map in classes of distance to the "
        "nearest stream and for the cells nearest to streams of each order, and the correlation of "
        "the map with distance. Distances are in metres from the centre of a cell to the centre of "
        "the nearest stream cell; streams outside the map do not count.\nNeighbouring cells "
        "resemble each other, so the standard error, which assumes independent cells, is too "
        "small. The test works differently: the whole stream network is shifted around the map by "
        "random rows and columns, half of the times turned by 180 degrees, and everything is "
        "computed again. placed_mean is the average of these placements, 95 of 100 of them are "
        "between placed_low and placed_high, and p is the share of placements that are as far from "
        "their mean as the real streams.",
    .example = "tilth streamprofile --map som.tif --streams streams.gpkg --output profile.csv",
    .citation =
        "Felzenszwalb and Huttenlocher 2012, Theory of Computing 8:415; docs: methods, "
        "mapstat.",
    .tags = "stream,distance,order,Strahler,profile,river,random placement,permutation,test",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
