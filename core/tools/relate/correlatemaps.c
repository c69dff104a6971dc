/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correlatemaps`: correlation of maps with factors, by zone. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/grid.h"
#include "base/text.h"
#include "job/algorithm.h"
#include "job/names.h"
#include "job/numbers.h"
#include "json/json.h"
#include "mapstat/correlate.h"
#include "tools/relate/align_rasters.h"

static const tl_arg arguments[] = {
    {.id = "maps",
     .kind = TL_ARG_RASTERS,
     .label = "Maps",
     .help = "Maps of soil properties; the first band of each is used. The grid of the first map "
             "is the common grid, unless another one is given."},
    {.id = "factors",
     .kind = TL_ARG_RASTERS,
     .label = "Factors",
     .help = "Rasters that each map is compared with, for example slope or wetness; the first band "
             "of each is used."},
    {.id = "zones",
     .kind = TL_ARG_POLYGONS,
     .label = "Zones",
     .help = "Polygons that each have a correlation of their own. A cell belongs to the polygon "
             "that contains its centre; where polygons overlap, to each of them.",
     .optional = 1},
    {.id = "zone_field",
     .kind = TL_ARG_FIELD,
     .label = "Name of the zones",
     .help = "Field with the names of the zones. Without it the zones are numbered.",
     .optional = 1,
     .parent = "zones"},
    {.id = "strata",
     .kind = TL_ARG_RASTER,
     .label = "Strata",
     .help = "Raster whose classes each have a correlation of their own, for example the thickness "
             "of thin clouds.",
     .optional = 1,
     .advanced = 1},
    {.id = "strata_breaks",
     .kind = TL_ARG_TEXT,
     .label = "Borders of the strata",
     .help = "Increasing numbers separated by spaces that divide the values of the strata into "
             "classes, for example '0.1 0.3'. A value on a border belongs to the class above it.",
     .optional = 1,
     .advanced = 1},
    {.id = "grid",
     .kind = TL_ARG_RASTER,
     .label = "Common grid",
     .help = "Raster whose grid all maps and factors are resampled to. Without it the grid of the "
             "first map is used.",
     .optional = 1,
     .advanced = 1},
    {.id = "detrend",
     .kind = TL_ARG_CHOICE,
     .label = "Trend to remove",
     .help = "plane subtracts the best-fitting plane from each raster, in each zone, before the "
             "correlation. Choose it where a trend across the area hides the local relation; the "
             "default none keeps the values.",
     .fallback = "none",
     .advanced = 1,
     .choices = "none,plane",
     .labels = "None|Plane"},
    {.id = "halves",
     .kind = TL_ARG_FLAG,
     .label = "Western and eastern half",
     .help = "Also correlates the western and the eastern half of the common grid, to show whether "
             "the relation holds in both.",
     .fallback = "yes"},
    {.id = "spearman",
     .kind = TL_ARG_FLAG,
     .label = "Rank correlation (Spearman)",
     .help = "Adds Spearman's rank correlation, which outliers and curved relations disturb less. "
             "Turn it off to save time on large maps.",
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
    LOW,
    HIGH,
    P_NAIVE,
    N_EFFECTIVE,
    P,
    SPEARMAN,
    P_SPEARMAN,
    GRID,
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
    [LOW] = {"pearson_low", TL_COLUMN_NUMBER},
    [HIGH] = {"pearson_high", TL_COLUMN_NUMBER},
    [P_NAIVE] = {"p_naive", TL_COLUMN_NUMBER},
    [N_EFFECTIVE] = {"n_effective", TL_COLUMN_NUMBER},
    [P] = {"p", TL_COLUMN_NUMBER},
    [SPEARMAN] = {"spearman", TL_COLUMN_NUMBER},
    [P_SPEARMAN] = {"p_spearman", TL_COLUMN_NUMBER},
    [GRID] = {"grid", TL_COLUMN_TEXT},
    [MAP_ALIGNED] = {"map_resampling", TL_COLUMN_TEXT},
    [FACTOR_ALIGNED] = {"factor_resampling", TL_COLUMN_TEXT},
};

enum { MAX_BREAKS = 50 };

typedef struct strata_list {
    int *cell; /* 1-based stratum of each cell, NULL without strata */
    char **name;
    ptrdiff_t n;
} strata_list;

typedef struct study {
    tl_job *job;
    tl_aligned common; /* name and shape of the common grid, when one is given */
    tl_aligned *maps;
    ptrdiff_t n_maps;
    tl_aligned *factors;
    ptrdiff_t n_factors;
    tl_zones zones;
    int *zone; /* [cells] the cells of the zone at hand are marked with its number */
    strata_list strata;
    tl_table table;
    json_t *result; /* the rows again, for the report */
} study;

/* The rasters of a list; without like on the grid of the first. */
static tl_code read_layers(tl_job *job, const char *id, const tl_grid *like, tl_aligned **list,
                           ptrdiff_t *n, const tl_progress *p, tl_err *err) {
    const ptrdiff_t count = tl_job_list_count(job, id);
    *list = tl_acquire(count, sizeof **list);
    if (*list == NULL) {
        return tl_no_memory(err, "%td rasters", count);
    }
    for (*n = 0; *n < count;) {
        TL_TRY(tl_progress_at(p, (double)*n / (double)count, err));
        const tl_grid *onto = like == NULL && *n > 0 ? &(*list)[0].grid : like;
        tl_aligned *one = &(*list)[(*n)++];
        TL_TRY(tl_align_rasters(job, id, tl_job_list_item(job, id, *n - 1), onto, one, err));
    }
    return TL_OK;
}

static void free_layers(tl_aligned *list, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_align_rasters_free(&list[i]);
    }
    tl_release(list);
}

static tl_code read_zones(study *s, tl_err *err) {
    const tl_grid *like = &s->maps[0].grid;
    if (!tl_job_given(s->job, "zones")) {
        return TL_OK;
    }
    const ptrdiff_t cells = like->nrow * like->ncol;
    s->zone = tl_acquire(cells, sizeof *s->zone);
    if (s->zone == NULL) {
        return tl_no_memory(err, "zones");
    }
    TL_TRY(tl_job_store(s->job)->read_zones(tl_job_text(s->job, "zones"), "zones",
                                            tl_job_text(s->job, "zone_field"), like, &s->zones,
                                            err));
    ptrdiff_t pair[2] = {0, 0};
    ptrdiff_t shared = 0;
    TL_TRY(tl_source_zones_overlap(&s->zones, cells, pair, &shared, err));
    if (shared > 0) {
        tl_job_log(s->job, TL_INFO,
                   "zones overlap, for example '%.60s' and '%.60s': %td cells count in every zone "
                   "that contains their centre",
                   s->zones.name[pair[0]], s->zones.name[pair[1]], shared);
    }
    return TL_OK;
}

/* --- strata --- */

static tl_code name_strata(strata_list *strata, const char *name, const double *breaks, ptrdiff_t n,
                           tl_err *err) {
    strata->name = tl_acquire(n + 1, sizeof *strata->name);
    if (strata->name == NULL) {
        return tl_no_memory(err, "strata");
    }
    for (strata->n = 0; strata->n <= n;) {
        const ptrdiff_t k = strata->n;
        tl_text text = {0};
        tl_text_addf(&text, "%s ", name);
        if (k == 0 || k == n) {
            tl_text_add(&text, k == 0 ? "below " : "from ");
            tl_text_add_number(&text, breaks[k == 0 ? 0 : n - 1]);
        } else {
            tl_text_add_number(&text, breaks[k - 1]);
            tl_text_add(&text, " to ");
            tl_text_add_number(&text, breaks[k]);
        }
        strata->name[strata->n++] = tl_copy_text(tl_text_data(&text));
        tl_text_free(&text);
        if (strata->name[k] == NULL) {
            return tl_no_memory(err, "strata");
        }
    }
    return TL_OK;
}

static tl_code read_strata(study *s, tl_err *err) {
    if (!tl_job_given(s->job, "strata")) {
        return TL_OK;
    }
    double breaks[MAX_BREAKS];
    ptrdiff_t n;
    if (!tl_job_given(s->job, "strata_breaks")) {
        return tl_fail(err, TL_ARG,
                       "parameter 'strata' needs 'strata_breaks': increasing numbers separated by "
                       "spaces, for example '0.1 0.3'");
    }
    TL_TRY(tl_job_read_increasing(s->job, "strata_breaks", MAX_BREAKS, breaks, &n, err));
    const tl_grid *like = &s->maps[0].grid;
    const ptrdiff_t cells = like->nrow * like->ncol;
    tl_aligned values = {0};
    tl_code code =
        tl_align_rasters(s->job, "strata", tl_job_text(s->job, "strata"), like, &values, err);
    TL_CHECK(code);
    TL_CHECK(name_strata(&s->strata, values.name, breaks, n, err));
    s->strata.cell = tl_acquire(cells, sizeof *s->strata.cell);
    if (s->strata.cell == NULL) {
        code = tl_no_memory(err, "strata");
        goto done;
    }
    for (ptrdiff_t i = 0; i < cells; i++) {
        const double value = (double)values.grid.data[i];
        int stratum = isnan(value) ? 0 : 1;
        for (ptrdiff_t k = 0; k < n; k++) {
            stratum += value >= breaks[k];
        }
        s->strata.cell[i] = stratum;
    }
done:
    tl_align_rasters_free(&values);
    return code;
}

/* --- names --- */

/* Rows that bear the same name cannot be told apart: zones may be called alike, or "whole". */
static tl_code tell_zones_apart(study *s, tl_err *err) {
    static const char *const own[] = {"whole", "left half", "right half"};
    enum { OWN = TL_COUNT(own) };
    const ptrdiff_t n = OWN + s->zones.n + s->strata.n;
    ptrdiff_t changed = 0;
    char **name = tl_acquire(n, sizeof *name);
    if (name == NULL) {
        return tl_no_memory(err, "the names of %td zones", n);
    }
    for (ptrdiff_t k = 0; k < OWN; k++) {
        name[k] = (char *)(uintptr_t)own[k];
    }
    for (ptrdiff_t k = OWN; k < n; k++) {
        name[k] =
            k < OWN + s->zones.n ? s->zones.name[k - OWN] : s->strata.name[k - OWN - s->zones.n];
    }
    tl_code code = tl_job_distinct_names(name, n, &changed, err);
    for (ptrdiff_t k = OWN; k < n; k++) {
        char **to =
            k < OWN + s->zones.n ? &s->zones.name[k - OWN] : &s->strata.name[k - OWN - s->zones.n];
        *to = name[k];
    }
    tl_release((void *)name);
    if (code == TL_OK && changed > 0) {
        code =
            tl_assume(err, TL_WARNING,
                      "zones: the names of %td of %td zones occur before in the table, so they "
                      "bear a number such as '(2)' there; choose another zone_field, or dissolve "
                      "polygons that are one zone",
                      changed, s->zones.n + s->strata.n);
    }
    return code;
}

/* Maps of two years or two models often have the same file name. */
static tl_code name_layers(const tl_job *job, const char *id, tl_aligned *list, ptrdiff_t n,
                           tl_err *err) {
    tl_names names;
    TL_TRY(tl_job_list_names(job, &id, 1, 0, &names, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_release(list[i].name);
        list[i].name = names.name[i];
        names.name[i] = NULL;
    }
    tl_job_names_free(&names);
    return TL_OK;
}

/* --- rows --- */

static void put_result(study *s, const char *zone, const tl_aligned *map, const tl_aligned *factor,
                       const tl_correlation *c) {
    json_t *row = tl_json_object();
    tl_json_put(row, "map", tl_json_text(map->name));
    tl_json_put(row, "factor", tl_json_text(factor->name));
    tl_json_put(row, "zone", tl_json_text(zone));
    tl_json_put(row, "n", tl_json_integer((json_int_t)c->n));
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"pearson", c->pearson},         {"pearson_low", c->low},
                   {"pearson_high", c->high},       {"p_naive", c->p_naive},
                   {"n_effective", c->n_effective}, {"p", c->p},
                   {"spearman", c->spearman},       {"p_spearman", c->p_spearman}};
    for (ptrdiff_t i = 0; i < TL_COUNT(numbers); i++) {
        tl_json_put(row, numbers[i].key, tl_job_json_number(numbers[i].value));
    }
    tl_json_append(s->result, row);
}

static tl_code correlate(study *s, const tl_aligned *map, const tl_aligned *factor,
                         const char *zone, const tl_selection *selection, tl_err *err) {
    tl_correlation c;
    const tl_correlate_options options = {.spearman = tl_job_flag(s->job, "spearman"),
                                          .detrend = tl_job_choice(s->job, "detrend") == 1};
    TL_TRY(tl_mapstat_correlate(&map->grid, &factor->grid, selection, &options, &c, err));
    ptrdiff_t row;
    TL_TRY(tl_source_table_add_row(&s->table, &row, err));
    const char *const texts[COLUMNS] = {
        [MAP] = map->name,
        [FACTOR] = factor->name,
        [ZONE] = zone,
        [GRID] = s->common.name == NULL ? s->maps[0].name : s->common.name,
        [MAP_ALIGNED] = map->resampling,
        [FACTOR_ALIGNED] = factor->resampling};
    const double numbers[COLUMNS] = {[COUNT] = (double)c.n,
                                     [PEARSON] = c.pearson,
                                     [LOW] = c.low,
                                     [HIGH] = c.high,
                                     [P_NAIVE] = c.p_naive,
                                     [N_EFFECTIVE] = c.n_effective,
                                     [P] = c.p,
                                     [SPEARMAN] = c.spearman,
                                     [P_SPEARMAN] = c.p_spearman};
    for (ptrdiff_t col = 0; col < COLUMNS; col++) {
        if (texts[col] != NULL) {
            TL_TRY(tl_source_table_set_text(&s->table, row, col, texts[col], err));
        } else {
            tl_source_table_set_number(&s->table, row, col, numbers[col]);
        }
    }
    if (isnan(c.pearson)) {
        tl_job_log(s->job, TL_WARNING, "%s with %s, %s: no correlation, because %s", map->name,
                   factor->name, zone,
                   c.n < 3 ? "fewer than 3 cells hold both" : "one of them is constant there");
    } else if (isnan(c.p)) {
        tl_job_log(s->job, TL_WARNING,
                   "%s with %s, %s: no test, because the cells are worth fewer than 3 independent "
                   "ones; a trend across the area is the usual cause, and detrend removes it",
                   map->name, factor->name, zone);
    }
    put_result(s, zone, map, factor, &c);
    return TL_OK;
}

static tl_code correlate_pair(study *s, const tl_aligned *map, const tl_aligned *factor,
                              tl_err *err) {
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
        const tl_selection zone = {.zone = s->zone, .wanted = (int)z + 1, .col_to = ncol};
        tl_source_zones_fill(&s->zones, z, zone.wanted, s->zone);
        TL_TRY(correlate(s, map, factor, s->zones.name[z], &zone, err));
    }
    for (ptrdiff_t z = 0; z < s->strata.n; z++) {
        const tl_selection zone = {.zone = s->strata.cell, .wanted = (int)z + 1, .col_to = ncol};
        TL_TRY(correlate(s, map, factor, s->strata.name[z], &zone, err));
    }
    return TL_OK;
}

/* Warns when the autocorrelation needs more memory than the limit: the result needs all pairs of
 * cells, so no pair is left out to save memory. */
static void warn_of_memory(const study *s) {
    const double bytes_per_cell = 125.0;
    const tl_grid *g = &s->maps[0].grid;
    const double bytes = bytes_per_cell * (double)g->nrow * (double)g->ncol;
    if (bytes > tl_job_memory_bytes(s->job)) {
        tl_job_log(s->job, TL_WARNING,
                   "maps of %td x %td cells need about %.2g GB of memory to correlate, more than "
                   "the limit; a coarser raster as parameter 'grid' needs less",
                   g->nrow, g->ncol, 1e-9 * bytes);
    }
}

static tl_code correlate_all(study *s, const tl_progress *p, tl_err *err) {
    const ptrdiff_t total = s->n_maps * s->n_factors;
    for (ptrdiff_t k = 0; k < total; k++) {
        TL_TRY(tl_progress_at(p, (double)k / (double)total, err));
        TL_TRY(correlate_pair(s, &s->maps[k / s->n_factors], &s->factors[k % s->n_factors], err));
    }
    return TL_OK;
}

static void free_strata(strata_list *strata) {
    for (ptrdiff_t z = 0; z < strata->n; z++) {
        tl_release(strata->name[z]);
    }
    tl_release((void *)strata->name);
    tl_release(strata->cell);
}

static void free_study(study *s) {
    tl_align_rasters_free(&s->common);
    free_layers(s->maps, s->n_maps);
    free_layers(s->factors, s->n_factors);
    tl_source_zones_free(&s->zones);
    tl_release(s->zone);
    free_strata(&s->strata);
    tl_source_table_free(&s->table);
    json_decref(s->result);
}

static tl_code run(tl_job *job, tl_err *err) {
    study s = {.job = job};
    const tl_progress maps = tl_progress_part(tl_job_progress(job), 0.0, 0.15);
    const tl_progress factors = tl_progress_part(tl_job_progress(job), 0.15, 0.3);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.3, 1.0);
    tl_source_table_start(&s.table, columns, COLUMNS);
    s.result = tl_json_array();
    const tl_grid *common = NULL;
    tl_code code = TL_OK;
    if (tl_job_given(job, "grid")) {
        TL_CHECK(tl_align_rasters_shape(job, "grid", tl_job_text(job, "grid"), &s.common, err));
        common = &s.common.grid;
    }
    TL_CHECK(read_layers(job, "maps", common, &s.maps, &s.n_maps, &maps, err));
    TL_CHECK(read_layers(job, "factors", &s.maps[0].grid, &s.factors, &s.n_factors, &factors, err));
    TL_CHECK(read_zones(&s, err));
    TL_CHECK(read_strata(&s, err));
    TL_CHECK(name_layers(job, "maps", s.maps, s.n_maps, err));
    TL_CHECK(name_layers(job, "factors", s.factors, s.n_factors, err));
    TL_CHECK(tell_zones_apart(&s, err));
    warn_of_memory(&s);
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
        "Correlation of maps with terrain or other factors, for the whole area, its halves and "
        "zones.",
    .help =
        "Resamples every raster to the common grid (area average when it is finer, bilinear "
        "otherwise) and correlates each map with each factor: over the whole grid, its western and "
        "eastern half, every zone and every stratum. Circular factors such as aspect have to be "
        "given as their sine and cosine.\np_naive is the usual test, as if all cells were "
        "independent; for maps it is far too small. n_effective is the number of independent cells "
        "that the two maps are worth (modified t-test over all pairs of cells), p is the test with "
        "that number and p_spearman the same for the ranks; an empty value means that the test is "
        "not possible. pearson_low and pearson_high contain the true correlation in 95 of 100 "
        "cases.",
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
