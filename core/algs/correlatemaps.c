/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correlatemaps`: correlation of maps with factors, by zone. */
#include <math.h>
#include <string.h>

#include "algs/algorithm.h"
#include "base/alloc.h"
#include "base/grid.h"
#include "base/text.h"
#include "mapstat/correlate.h"

static const tl_arg arguments[] = {
    {.id = "maps",
     .kind = TL_ARG_RASTERS,
     .label = "Maps",
     .help = "Maps of properties; the first band of each counts. The grid of the first map is the "
             "common grid."},
    {.id = "factors",
     .kind = TL_ARG_RASTERS,
     .label = "Factors",
     .help = "Rasters to compare each map with, for example slope or wetness; the first band of "
             "each counts."},
    {.id = "zones",
     .kind = TL_ARG_POLYGONS,
     .label = "Zones",
     .help = "Polygons that get a correlation of their own. A cell belongs to the polygon that "
             "holds its centre.",
     .optional = 1},
    {.id = "zone_field",
     .kind = TL_ARG_FIELD,
     .label = "Name of the zones",
     .help = "Field with the names of the zones; without it they are numbered.",
     .optional = 1,
     .parent = "zones"},
    {.id = "halves",
     .kind = TL_ARG_FLAG,
     .label = "Left and right half",
     .help = "Also correlates the western and the eastern half of the common grid (by columns).",
     .fallback = "yes"},
    {.id = "spearman",
     .kind = TL_ARG_FLAG,
     .label = "Rank correlation too",
     .help = "Adds Spearman's rank correlation, which outliers and bends do not disturb.",
     .fallback = "yes",
     .advanced = 1},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Correlations",
     .help = "CSV table with one row per map, factor and zone."},
};

enum {
    MAP,
    FACTOR,
    ZONE,
    COUNT,
    PEARSON,
    P_NAIVE,
    N_EFFECTIVE,
    P,
    SPEARMAN,
    N_SAMPLE,
    STRIDE,
    MAP_ALIGNED,
    FACTOR_ALIGNED,
    COLUMNS
};

static const tl_column columns[COLUMNS] = {
    [MAP] = {"map", TL_COLUMN_TEXT},
    [FACTOR] = {"factor", TL_COLUMN_TEXT},
    [ZONE] = {"zone", TL_COLUMN_TEXT},
    [COUNT] = {"n", TL_COLUMN_INTEGER},
    [PEARSON] = {"pearson", TL_COLUMN_NUMBER},
    [P_NAIVE] = {"p_naive", TL_COLUMN_NUMBER},
    [N_EFFECTIVE] = {"n_effective", TL_COLUMN_NUMBER},
    [P] = {"p", TL_COLUMN_NUMBER},
    [SPEARMAN] = {"spearman", TL_COLUMN_NUMBER},
    [N_SAMPLE] = {"n_sample", TL_COLUMN_INTEGER},
    [STRIDE] = {"stride", TL_COLUMN_INTEGER},
    [MAP_ALIGNED] = {"map_resampling", TL_COLUMN_TEXT},
    [FACTOR_ALIGNED] = {"factor_resampling", TL_COLUMN_TEXT},
};

/* One raster on the common grid. */
typedef struct layer {
    char *name; /* file name without folder and extension */
    const char *resampling;
    tl_grid grid;
} layer;

typedef struct zone_list {
    int *cell; /* zone number per cell, NULL without polygons */
    char **name;
    ptrdiff_t n;
} zone_list;

typedef struct study {
    tl_job *job;
    layer *maps;
    ptrdiff_t n_maps;
    layer *factors;
    ptrdiff_t n_factors;
    zone_list zones;
    tl_table table;
    json_t *result; /* the rows again, for the report */
} study;

/* The file name without folder and extension, owned; NULL when memory is out. */
static char *short_name(const char *path) {
    char *name = tl_copy_text(tl_base_name(path));
    char *dot = name == NULL ? NULL : strrchr(name, '.');
    if (dot != NULL && dot != name) {
        *dot = '\0';
    }
    return name;
}

/* Average over the area when the raster is clearly finer than the common grid, else bilinear. */
static tl_code choose_resampling(const tl_raster_info *info, const tl_grid *like, layer *out,
                                 tl_resampling *how, tl_err *err) {
    *how = TL_NEAREST;
    out->resampling = "none";
    if (info->nrow == like->nrow && info->ncol == like->ncol &&
        tl_georef_same(&info->geo, &like->geo)) {
        return TL_OK;
    }
    double dx;
    double dy;
    double like_dx;
    double like_dy;
    TL_TRY(tl_georef_cell_m(&info->geo, info->nrow / 2, &dx, &dy, err));
    TL_TRY(tl_georef_cell_m(&like->geo, like->nrow / 2, &like_dx, &like_dy, err));
    const int finer = dx * dy < 0.99 * like_dx * like_dy;
    *how = finer ? TL_AVERAGE : TL_BILINEAR;
    out->resampling = finer ? "average" : "bilinear";
    return TL_OK;
}

/* Reads a raster on the grid of like; like NULL: on its own grid. */
static tl_code read_layer(tl_job *job, const char *id, ptrdiff_t i, const tl_grid *like, layer *out,
                          tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const char *path = tl_job_list_item(job, id, i);
    out->resampling = "none";
    out->name = short_name(path);
    if (out->name == NULL) {
        return tl_fail(err, TL_NOMEM, "correlatemaps: out of memory for a name");
    }
    if (like == NULL) {
        return store->read_grid(path, id, 1, &out->grid, err);
    }
    tl_raster *raster = NULL;
    tl_resampling how = TL_NEAREST;
    TL_TRY(store->open_raster(path, id, &raster, err));
    const tl_code code = choose_resampling(store->raster_info(raster), like, out, &how, err);
    store->close_raster(raster);
    if (code != TL_OK) {
        return tl_fail_in(err, code, path);
    }
    if (how != TL_NEAREST) {
        tl_job_say(job, TL_INFO, "%s: '%s' is put on the grid of the first map (%s)", id, path,
                   out->resampling);
    }
    return store->read_grid_like(path, id, 1, like, how, &out->grid, err);
}

static tl_code read_layers(tl_job *job, const char *id, const tl_grid *like, layer **list,
                           ptrdiff_t *n, const tl_progress *p, tl_err *err) {
    const ptrdiff_t count = tl_job_list_count(job, id);
    *list = tl_acquire(count, sizeof **list);
    if (*list == NULL) {
        return tl_fail(err, TL_NOMEM, "correlatemaps: out of memory for %td rasters", count);
    }
    for (*n = 0; *n < count; (*n)++) {
        TL_TRY(tl_progress_at(p, (double)*n / (double)count, err));
        layer *one = &(*list)[*n];
        const tl_code code =
            read_layer(job, id, *n, like == NULL && *n > 0 ? &(*list)[0].grid : like, one, err);
        if (code != TL_OK) {
            (*n)++; /* its name is held */
            return code;
        }
    }
    return TL_OK;
}

static void free_layers(layer *list, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_release(list[i].name);
        tl_grid_free(&list[i].grid);
    }
    tl_release(list);
}

static tl_code read_zones(study *s, tl_err *err) {
    const tl_grid *like = &s->maps[0].grid;
    if (!tl_job_given(s->job, "zones")) {
        return TL_OK;
    }
    s->zones.cell = tl_acquire(like->nrow * like->ncol, sizeof *s->zones.cell);
    if (s->zones.cell == NULL) {
        return tl_fail(err, TL_NOMEM, "correlatemaps: out of memory for zones");
    }
    return tl_job_store(s->job)->read_zones(tl_job_text(s->job, "zones"), "zones",
                                            tl_job_text(s->job, "zone_field"), like, s->zones.cell,
                                            &s->zones.name, &s->zones.n, err);
}

static void put_result(study *s, const char *zone, const layer *map, const layer *factor,
                       const tl_correlation *c) {
    json_t *row = json_object();
    json_object_set_new(row, "map", json_string(map->name));
    json_object_set_new(row, "factor", json_string(factor->name));
    json_object_set_new(row, "zone", json_string(zone));
    json_object_set_new(row, "n", json_integer((json_int_t)c->n));
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"pearson", c->pearson},
                   {"p_naive", c->p_naive},
                   {"n_effective", c->n_effective},
                   {"p", c->p},
                   {"spearman", c->spearman}};
    for (ptrdiff_t i = 0; i < TL_COUNT(numbers); i++) {
        json_object_set_new(row, numbers[i].key, tl_job_json_number(numbers[i].value));
    }
    json_array_append_new(s->result, row);
}

static tl_code correlate(study *s, const layer *map, const layer *factor, const char *zone,
                         const tl_selection *selection, tl_err *err) {
    tl_correlation c;
    TL_TRY(tl_mapstat_correlate(&map->grid, &factor->grid, selection,
                                tl_job_flag(s->job, "spearman"), &c, err));
    ptrdiff_t row;
    TL_TRY(tl_table_add_row(&s->table, &row, err));
    const char *const texts[COLUMNS] = {[MAP] = map->name,
                                        [FACTOR] = factor->name,
                                        [ZONE] = zone,
                                        [MAP_ALIGNED] = map->resampling,
                                        [FACTOR_ALIGNED] = factor->resampling};
    const double numbers[COLUMNS] = {[COUNT] = (double)c.n,
                                     [PEARSON] = c.pearson,
                                     [P_NAIVE] = c.p_naive,
                                     [N_EFFECTIVE] = c.n_effective,
                                     [P] = c.p,
                                     [SPEARMAN] = c.spearman,
                                     [N_SAMPLE] = (double)c.n_sample,
                                     [STRIDE] = (double)c.stride};
    for (ptrdiff_t col = 0; col < COLUMNS; col++) {
        if (texts[col] != NULL) {
            TL_TRY(tl_table_set_text(&s->table, row, col, texts[col], err));
        } else {
            tl_table_set_number(&s->table, row, col, numbers[col]);
        }
    }
    if (isnan(c.pearson)) {
        tl_job_say(s->job, TL_WARNING, "%s with %s, %s: no correlation, because %s", map->name,
                   factor->name, zone,
                   c.n < 3 ? "fewer than 3 cells hold both" : "one of them is constant there");
    }
    put_result(s, zone, map, factor, &c);
    return TL_OK;
}

static tl_code correlate_pair(study *s, const layer *map, const layer *factor, tl_err *err) {
    const ptrdiff_t ncol = map->grid.ncol;
    const tl_selection whole = {.col_to = ncol};
    TL_TRY(correlate(s, map, factor, "whole", &whole, err));
    if (tl_job_flag(s->job, "halves")) {
        const tl_selection left = {.col_to = ncol / 2};
        const tl_selection right = {.col_from = ncol / 2, .col_to = ncol};
        TL_TRY(correlate(s, map, factor, "left half", &left, err));
        TL_TRY(correlate(s, map, factor, "right half", &right, err));
    }
    for (ptrdiff_t z = 0; z < s->zones.n; z++) {
        const tl_selection zone = {.zone = s->zones.cell, .wanted = (int)z + 1, .col_to = ncol};
        TL_TRY(correlate(s, map, factor, s->zones.name[z], &zone, err));
    }
    return TL_OK;
}

static tl_code correlate_all(study *s, const tl_progress *p, tl_err *err) {
    const ptrdiff_t total = s->n_maps * s->n_factors;
    for (ptrdiff_t k = 0; k < total; k++) {
        TL_TRY(tl_progress_at(p, (double)k / (double)total, err));
        TL_TRY(correlate_pair(s, &s->maps[k / s->n_factors], &s->factors[k % s->n_factors], err));
    }
    return TL_OK;
}

static void free_study(study *s) {
    free_layers(s->maps, s->n_maps);
    free_layers(s->factors, s->n_factors);
    for (ptrdiff_t z = 0; z < s->zones.n; z++) {
        tl_release(s->zones.name[z]);
    }
    tl_release(s->zones.name);
    tl_release(s->zones.cell);
    tl_table_free(&s->table);
    json_decref(s->result);
}

static tl_code run(tl_job *job, tl_err *err) {
    study s = {.job = job};
    const tl_progress maps = tl_progress_part(tl_job_progress(job), 0.0, 0.15);
    const tl_progress factors = tl_progress_part(tl_job_progress(job), 0.15, 0.3);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.3, 1.0);
    tl_table_start(&s.table, columns, COLUMNS);
    s.result = json_array();
    tl_code code = TL_OK;
    TL_CHECK(read_layers(job, "maps", NULL, &s.maps, &s.n_maps, &maps, err));
    TL_CHECK(read_layers(job, "factors", &s.maps[0].grid, &s.factors, &s.n_factors, &factors, err));
    TL_CHECK(read_zones(&s, err));
    TL_CHECK(correlate_all(&s, &rest, err));
    TL_CHECK(tl_job_store(job)->write_table(tl_job_output(job, "output"), "output", &s.table, err));
    tl_job_put_json(job, "correlations", json_incref(s.result));
done:
    free_study(&s);
    return code;
}

const tl_algorithm tl_alg_correlatemaps = {
    .id = "correlatemaps",
    .title = "Correlate maps",
    .group = "Relate",
    .summary =
        "Correlation of maps with terrain or other factors, for the whole, its halves and zones.",
    .help =
        "Puts every raster on the grid of the first map (area average when it is finer, bilinear "
        "otherwise) and correlates each map with each factor: over the whole grid, its left and "
        "right half and every zone.\n"
        "p_naive is the usual test, as if all cells were independent; for maps it is far too "
        "small. n_effective is how many independent cells the two maps are worth (modified "
        "t-test), p the test with that number; empty means not testable. n_effective comes from "
        "n_sample cells, every stride-th row and column.",
    .example =
        "tilth correlatemaps --maps som.tif --factors slope.tif twi.tif --output correlations.csv",
    .citation =
        "Clifford, Richardson and Hemon 1989, Biometrics 45:123; Dutilleul 1993, Biometrics "
        "49:305.",
    .tags = "correlation,Pearson,Spearman,zones,map,terrain,significance,effective sample size",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
