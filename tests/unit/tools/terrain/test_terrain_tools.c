/* SPDX-License-Identifier: GPL-2.0-or-later
 * The terrain and correlation tools from parameters to outputs, on rasters kept in memory. */
#include "kit/check.h"
#include "tools/registry.h"
#include "unit/tools/store_kit.h"

/* --- a store of a few named things in memory --- */

enum { CAPACITY = 32 };

struct tl_raster {
    tl_raster_info info;
    int slot;
};

struct tl_sink {
    int slot;
};

typedef struct thing {
    char path[128];
    tl_grid grid;
    char unit[16];
    tl_features features;
    tl_table table;
} thing;

static thing things[CAPACITY];

static int slot_of(const char *path) {
    for (int i = 0; i < CAPACITY; i++) {
        if (strcmp(things[i].path, path) == 0) {
            return i;
        }
    }
    return -1;
}

static int new_slot(const char *path) {
    const int i = slot_of("");
    assert_true(i >= 0 && strlen(path) < sizeof things[i].path);
    memcpy(things[i].path, path, strlen(path) + 1);
    return i;
}

static void forget(const char *path) {
    const int i = slot_of(path);
    if (i >= 0) {
        tl_grid_free(&things[i].grid);
        tl_source_features_free(&things[i].features);
        tl_source_table_free(&things[i].table);
        things[i] = (thing){0};
    }
}

static void forget_all(void) {
    for (int i = 0; i < CAPACITY; i++) {
        if (things[i].path[0] != '\0') {
            forget(things[i].path);
        }
    }
}

static int exists(const char *path) {
    return slot_of(path) >= 0 || strcmp(path, ".") == 0;
}

static tl_code move(const char *temporary, const char *target) {
    const int i = slot_of(temporary);
    assert_true(i >= 0 && strlen(target) < sizeof things[i].path);
    forget(target);
    memcpy(things[i].path, target, strlen(target) + 1);
    return TL_OK;
}

static tl_code read_grid(const char *path, const char *parameter, int band, tl_grid *grid,
                         tl_err *err) {
    (void)band;
    const int i = slot_of(path);
    if (i < 0) {
        return tl_fail(err, TL_IO, "%s: no such raster", parameter);
    }
    TL_TRY(tl_grid_init(grid, things[i].grid.nrow, things[i].grid.ncol, &things[i].grid.geo, err));
    memcpy(grid->data, things[i].grid.data, (size_t)(grid->nrow * grid->ncol) * sizeof *grid->data);
    return TL_OK;
}

/* Area average of whole blocks or, for the same grid, a copy: all that these tests need. */
static tl_code read_grid_like(const char *path, const char *parameter, int band,
                              const tl_grid *like, tl_resampling resampling, tl_grid *grid,
                              tl_err *err) {
    const int i = slot_of(path);
    assert_true(i >= 0);
    const tl_grid *from = &things[i].grid;
    if (from->nrow == like->nrow) {
        return read_grid(path, parameter, band, grid, err);
    }
    assert_int_equal(resampling, TL_AVERAGE);
    const ptrdiff_t k = from->nrow / like->nrow;
    TL_TRY(tl_grid_init(grid, like->nrow, like->ncol, &like->geo, err));
    for (ptrdiff_t r = 0; r < from->nrow; r++) {
        for (ptrdiff_t c = 0; c < from->ncol; c++) {
            grid->data[r / k * like->ncol + c / k] +=
                from->data[r * from->ncol + c] / (float)(k * k);
        }
    }
    return TL_OK;
}

static tl_code open_raster(const char *path, const char *parameter, tl_raster **raster,
                           tl_err *err) {
    (void)parameter;
    (void)err;
    const int i = slot_of(path);
    assert_true(i >= 0);
    *raster = tl_acquire(1, sizeof **raster);
    assert_non_null(*raster);
    (*raster)->slot = i;
    (*raster)->info.nrow = things[i].grid.nrow;
    (*raster)->info.ncol = things[i].grid.ncol;
    (*raster)->info.geo = things[i].grid.geo;
    static tl_band plain = {.scale = 1.0};
    (*raster)->info.bands = (tl_bands){.n = 1, .band = &plain};
    return TL_OK;
}

static const tl_raster_info *raster_info(const tl_raster *raster) {
    return &raster->info;
}

/* Whole rows of the one band: all that these tests need. */
static tl_code read_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                           ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                           tl_err *err) {
    (void)err;
    const tl_grid *g = &things[raster->slot].grid;
    assert_true(col0 == 0 && n_cols == g->ncol && n_bands == 1 && band[0] == 1);
    assert_true(row0 >= 0 && n_rows > 0 && row0 + n_rows <= g->nrow);
    memcpy(out, g->data + row0 * g->ncol, (size_t)(n_rows * g->ncol) * sizeof *out);
    return TL_OK;
}

static void close_raster(tl_raster *raster) {
    tl_release(raster);
}

static tl_code create_raster(const char *path, const char *parameter, ptrdiff_t nrow,
                             ptrdiff_t ncol, const tl_georef *geo, const tl_layer *layer,
                             ptrdiff_t n_layers, const char *record, tl_sink **sink, tl_err *err) {
    (void)parameter;
    assert_non_null(record);
    assert_int_equal(n_layers, 1);
    assert_true(layer[0].description[0] != '\0' && isnan(layer[0].centre_nm));
    *sink = tl_acquire(1, sizeof **sink);
    assert_non_null(*sink);
    (*sink)->slot = new_slot(path);
    thing *t = &things[(*sink)->slot];
    (void)snprintf(t->unit, sizeof t->unit, "%s", layer[0].unit);
    return tl_grid_init(&t->grid, nrow, ncol, geo, err);
}

static void abandon_raster(tl_sink *sink) {
    tl_release(sink);
}

static tl_code write_rows(tl_sink *sink, ptrdiff_t layer, ptrdiff_t row0, ptrdiff_t n_rows,
                          const float *rows, tl_err *err) {
    (void)layer;
    (void)err;
    tl_grid *g = &things[sink->slot].grid;
    memcpy(g->data + row0 * g->ncol, rows, (size_t)(n_rows * g->ncol) * sizeof *rows);
    return TL_OK;
}

static tl_code finish_raster(tl_sink *sink, tl_err *err) {
    (void)err;
    tl_release(sink);
    return TL_OK;
}

static void copy_table(tl_table *to, const tl_table *from) {
    tl_err err;
    tl_source_table_start(to, from->column, from->ncol);
    for (ptrdiff_t r = 0; r < from->nrow; r++) {
        ptrdiff_t row;
        CHECK_OK(tl_source_table_add_row(to, &row, &err));
        for (ptrdiff_t c = 0; c < from->ncol; c++) {
            tl_source_table_set_number(to, row, c, from->number[r * from->ncol + c]);
            if (from->text[r * from->ncol + c] != NULL) {
                CHECK_OK(
                    tl_source_table_set_text(to, row, c, from->text[r * from->ncol + c], &err));
            }
        }
    }
}

static tl_code write_features(const char *path, const char *parameter, const char *layer_name,
                              const tl_features *f, const tl_georef *geo, const char *record,
                              tl_err *err) {
    (void)parameter;
    (void)err;
    assert_non_null(record);
    assert_non_null(geo);
    assert_string_equal(layer_name, "streams");
    tl_features *kept = &things[new_slot(path)].features;
    kept->geometry = f->geometry;
    kept->nvertex = f->nvertex;
    copy_table(&kept->table, &f->table);
    kept->first = tl_acquire(f->table.nrow + 1, sizeof *kept->first);
    kept->x = tl_acquire(f->nvertex, sizeof *kept->x);
    kept->y = tl_acquire(f->nvertex, sizeof *kept->y);
    memcpy(kept->first, f->first, (size_t)(f->table.nrow + 1) * sizeof *kept->first);
    memcpy(kept->x, f->x, (size_t)f->nvertex * sizeof *kept->x);
    memcpy(kept->y, f->y, (size_t)f->nvertex * sizeof *kept->y);
    return TL_OK;
}

static tl_code write_table(const char *path, const char *parameter, const tl_table *table,
                           tl_err *err) {
    (void)parameter;
    (void)err;
    copy_table(&things[new_slot(path)].table, table);
    return TL_OK;
}

/* Zone 1 is the northern half, zone 2 the rest. */
static tl_code read_zones(const char *path, const char *parameter, const char *name_field,
                          const tl_grid *like, tl_zones *zones, tl_err *err) {
    (void)path;
    (void)parameter;
    (void)err;
    assert_true(name_field != NULL && strcmp(name_field, "name") == 0);
    const ptrdiff_t half = like->nrow / 2 * like->ncol;
    *zones = (tl_zones){.n = 2};
    zones->name = tl_acquire(2, sizeof *zones->name);
    zones->name[0] = tl_copy_text("north");
    zones->name[1] = tl_copy_text("south");
    zones->first = tl_acquire(3, sizeof *zones->first);
    zones->first[1] = 1;
    zones->first[2] = 2;
    zones->run = tl_acquire(2, sizeof *zones->run);
    zones->run[0] = (tl_cell_run){0, half};
    zones->run[1] = (tl_cell_run){half, like->nrow * like->ncol - half};
    return TL_OK;
}

static const tl_store memory = {.open_raster = open_raster,
                                .raster_info = raster_info,
                                .read_window = read_window,
                                .close_raster = close_raster,
                                .read_grid = read_grid,
                                .read_grid_like = read_grid_like,
                                .create_raster = create_raster,
                                .write_rows = write_rows,
                                .finish_raster = finish_raster,
                                .abandon_raster = abandon_raster,
                                .read_zones = read_zones,
                                .write_table = write_table,
                                .write_features = write_features,
                                .fingerprint = kit_fingerprint,
                                .exists = exists,
                                KIT_OUTPUTS};

/* --- rasters and parameters of the tests --- */

static tl_grid *add_raster(const char *path, ptrdiff_t nrow, ptrdiff_t ncol, double side) {
    tl_err err;
    const tl_georef geo = {.transform = {500000, side, 0, 4000000, 0, -side},
                           .metres_per_unit = 1.0};
    tl_grid *g = &things[new_slot(path)].grid;
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
    return g;
}

static const float example[25] = {55, 54, 53, 52, 51, 54, 50, 41, 51, 50,  53, 47, 44,
                                  48, 46, 52, 46, 45, 43, 42, 51, 48, NAN, 42, 40};

static void add_example(const char *path) {
    memcpy(add_raster(path, 5, 5, 10.0)->data, example, sizeof example);
}

/* Runs a tool; params is JSON with single quotes. */
static tl_code run(const char *id, const char *params, json_t **result, tl_err *err) {
    char *text = tl_copy_text(params);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    tl_release(text);
    const tl_algorithm *alg = tl_tools_find(id);
    assert_non_null(alg);
    const tl_code code = tl_job_run(alg, json, &memory, NULL, result, NULL, err);
    json_decref(json);
    return code;
}

static double number_of(const json_t *result, const char *key) {
    return json_number_value(json_object_get(result, key));
}

static const thing *thing_at(const char *path) {
    const int i = slot_of(path);
    assert_true(i >= 0);
    return &things[i];
}

/* --- tests --- */

/* The worked example of docs/methods/terrain.md through the tools, with their units. */
static void tools_give_the_worked_example(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    add_example("dem.tif");
    CHECK_OK(
        run("fillsinks", "{'dem':'dem.tif','min_slope':1,'output':'filled.tif'}", &result, &err));
    CHECK_NEAR(number_of(result, "raised_cells"), 1.0, 0.0);
    CHECK_NEAR(number_of(result, "largest_rise_m"), 3.17455, 1e-5);
    json_decref(result);
    assert_string_equal(thing_at("filled.tif")->unit, "m");
    CHECK_OK(run("flowaccumulation",
                 "{'dem':'dem.tif','min_slope':1,'method':'mfd','output':'a.tif','sca':'s.tif'}",
                 &result, &err));
    json_decref(result);
    CHECK_NEAR((double)thing_at("a.tif")->grid.data[12], 1066.990, 1e-3);
    CHECK_NEAR((double)thing_at("s.tif")->grid.data[12], 75.79169, 1e-4);
    CHECK_OK(run("flowaccumulation",
                 "{'dem':'filled.tif','fill':'no','method':'d8','unit':'cells','output':'c.tif',"
                 "'sca':'s2.tif'}",
                 &result, &err));
    json_decref(result);
    CHECK_NEAR((double)thing_at("c.tif")->grid.data[18], 7.0, 0.0);
    assert_string_equal(thing_at("c.tif")->unit, "cells");
    /* 700 m2 of D8 over the width 1341.123 / 99.96142 of the MFD line of the example. */
    CHECK_NEAR((double)thing_at("s2.tif")->grid.data[18], 700.0 * 99.96142 / 1341.123, 1e-4);
    CHECK_OK(run("wetness", "{'dem':'dem.tif','min_slope':1,'output':'twi.tif'}", &result, &err));
    json_decref(result);
    CHECK_NEAR((double)thing_at("twi.tif")->grid.data[12], 7.063917, 1e-5);
    CHECK_OK(run("lsfactor",
                 "{'dem':'dem.tif','min_slope':1,'method':'boehner_selige','output':'ls.tif'}",
                 &result, &err));
    json_decref(result);
    CHECK_NEAR((double)thing_at("ls.tif")->grid.data[12], 1.172964, 1e-5);
    assert_true(isnan(thing_at("ls.tif")->grid.data[22]));
    forget_all();
}

/* The run that computes everything returns the layers of the single tools to the last bit. */
static void one_run_gives_the_layers_of_the_single_tools(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    static const char *const runs[] = {
        ("terrainfactors|{'dem':'dem.tif','min_slope':1,'ls_method':'desmet_govers','filled':'f.tif',"
         "'slope':'s.tif','aspect':'as.tif','area':'a.tif','sca':'c.tif','twi':'t.tif','ls':'l.tif'}"),
        "fillsinks|{'dem':'dem.tif','min_slope':1,'output':'f2.tif'}",
        "slope|{'dem':'f2.tif','output':'s2.tif','aspect':'as2.tif'}",
        "flowaccumulation|{'dem':'dem.tif','min_slope':1,'output':'a2.tif','sca':'c2.tif'}",
        "wetness|{'dem':'f2.tif','fill':'no','output':'t2.tif'}",
        "lsfactor|{'dem':'dem.tif','min_slope':1,'method':'desmet_govers','output':'l2.tif'}"};
    add_example("dem.tif");
    for (ptrdiff_t i = 0; i < TL_COUNT(runs); i++) {
        char id[32];
        const char *params = strchr(runs[i], '|');
        (void)snprintf(id, sizeof id, "%.*s", (int)(params - runs[i]), runs[i]);
        CHECK_OK(run(id, params + 1, &result, &err));
        json_decref(result);
    }
    static const char *const pairs[][2] = {
        {"f.tif", "f2.tif"}, {"s.tif", "s2.tif"}, {"as.tif", "as2.tif"}, {"a.tif", "a2.tif"},
        {"c.tif", "c2.tif"}, {"t.tif", "t2.tif"}, {"l.tif", "l2.tif"}};
    for (ptrdiff_t i = 0; i < TL_COUNT(pairs); i++) {
        const thing *a = thing_at(pairs[i][0]);
        const thing *b = thing_at(pairs[i][1]);
        assert_string_equal(a->unit, b->unit);
        assert_memory_equal(a->grid.data, b->grid.data, 25 * sizeof(float));
    }
    assert_int_equal(run("terrainfactors", "{'dem':'dem.tif'}", &result, &err), TL_ARG);
    assert_non_null(strstr(err.text, "at least one"));
    forget_all();
}

/* SAGA's variant of Desmet & Govers and its field-based form return the values of SAGA 8.5 for the
 * worked example; the layers of the saga index belong to that index only. */
static void compatible_forms_are_those_of_saga(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    static const double want[5] = {5.380794, 5.298097, 0.8136029, 4.059533, 4.612034};
    add_example("dem.tif");
    CHECK_OK(run("lsfactor",
                 "{'dem':'dem.tif','min_slope':1,'method':'desmet_govers','compatible':'saga',"
                 "'output':'l.tif'}",
                 &result, &err));
    json_decref(result);
    for (int col = 0; col < 5; col++) {
        CHECK_NEAR((double)thing_at("l.tif")->grid.data[10 + col] / want[col], 1.0, 1e-6);
    }
    CHECK_OK(
        run("lsfactor", "{'dem':'dem.tif','field_based':'yes','output':'m.tif'}", &result, &err));
    json_decref(result);
    assert_true(isnan(thing_at("m.tif")->grid.data[22]));
    /* The pit of the example is not filled here: it keeps the water of all around it. */
    assert_true(thing_at("m.tif")->grid.data[7] > 0.0F);
    assert_int_equal(
        run("wetness", "{'dem':'dem.tif','output':'w.tif','area':'a.tif'}", &result, &err), TL_ARG);
    assert_non_null(strstr(err.text, "index to saga"));
    CHECK_OK(run("wetness",
                 "{'dem':'dem.tif','index':'saga','fill':'no','output':'w.tif','area':'a.tif'}",
                 &result, &err));
    json_decref(result);
    assert_string_equal(thing_at("a.tif")->unit, "m2");
    forget_all();
}

/* A V-shaped valley falling south: one stream down the middle, in map coordinates, lower end
 * first. */
static void streams_are_lines_in_map_coordinates(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    tl_grid *dem = add_raster("dem.tif", 20, 11, 10.0);
    for (ptrdiff_t r = 0; r < 20; r++) {
        for (ptrdiff_t c = 0; c < 11; c++) {
            dem->data[r * 11 + c] = (float)(5 * labs((long)c - 5) + 20 - r);
        }
    }
    CHECK_OK(run("streams",
                 "{'dem':'dem.tif','threshold':30,'output':'s.gpkg','directions':'d.tif'}", &result,
                 &err));
    CHECK_NEAR(number_of(result, "links"), 1.0, 0.0);
    CHECK_NEAR(number_of(result, "highest_order"), 1.0, 0.0);
    const tl_features *f = &thing_at("s.gpkg")->features;
    assert_int_equal(f->table.nrow, 1);
    CHECK_NEAR(f->x[0], 500055.0, 1e-6);
    CHECK_NEAR(f->y[0], 4000000.0 - 195.0, 1e-6);
    CHECK_NEAR(f->x[f->nvertex - 1], 500055.0, 1e-6);
    assert_true(f->y[f->nvertex - 1] > f->y[0]);
    CHECK_NEAR(number_of(result, "length_km"), (f->y[f->nvertex - 1] - f->y[0]) / 1000.0, 1e-9);
    CHECK_NEAR((double)thing_at("d.tif")->grid.data[10 * 11 + 5], 4.0, 0.0);
    CHECK_NEAR((double)thing_at("d.tif")->grid.data[19 * 11 + 5], -1.0, 0.0);
    json_decref(result);
    /* 220 cells: the default of 1 % is 3 cells. */
    CHECK_OK(run("streams", "{'dem':'dem.tif','output':'t.gpkg'}", &result, &err));
    CHECK_NEAR(number_of(result, "threshold_cells"), 3.0, 0.0);
    json_decref(result);
    CHECK_OK(
        run("streams", "{'dem':'dem.tif','threshold_km2':0.003,'output':'u.gpkg'}", &result, &err));
    CHECK_NEAR(number_of(result, "links"), 1.0, 0.0);
    json_decref(result);
    assert_int_equal(
        run("streams", "{'dem':'dem.tif','threshold':1000,'output':'v.gpkg'}", &result, &err),
        TL_DATA);
    assert_non_null(strstr(err.text, "threshold"));
    assert_int_equal(slot_of("v.gpkg"), -1);
    forget_all();
}

/* One row per map, factor and zone; a factor of half the cell size is averaged, which is logged; a
 * constant factor results in empty cells, not in a failure. */
static void maps_correlate_by_zone(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    tl_grid *map = add_raster("study/som.tif", 8, 10, 20.0);
    tl_grid *fine = add_raster("slope.tif", 16, 20, 10.0);
    tl_grid *flat = add_raster("flat.tif", 8, 10, 20.0);
    for (ptrdiff_t r = 0; r < 8; r++) {
        for (ptrdiff_t c = 0; c < 10; c++) {
            const double value = sin((double)(3 * r + 7 * c)) + (double)c;
            map->data[r * 10 + c] = (float)value;
            flat->data[r * 10 + c] = 2.5F;
            for (int k = 0; k < 4; k++) {
                /* The mean of the four is 1 - value in the west, value in the east. */
                fine->data[(2 * r + k / 2) * 20 + 2 * c + k % 2] =
                    (float)((c < 5 ? 1.0 - value : value) + (k == 0 ? 3.0 : -1.0));
            }
        }
    }
    (void)new_slot("zones.gpkg");
    CHECK_OK(
        run("correlatemaps",
            "{'maps':['study/som.tif'],'factors':['slope.tif','flat.tif'],'zones':'zones.gpkg',"
            "'zone_field':'name','output':'r.csv'}",
            &result, &err));
    const tl_table *t = &thing_at("r.csv")->table;
    assert_int_equal(t->nrow, 10);
    static const char *const names[5] = {"whole", "left half", "right half", "north", "south"};
    for (ptrdiff_t row = 0; row < 10; row++) {
        assert_string_equal(t->text[row * t->ncol], "som");
        assert_string_equal(t->text[row * t->ncol + 1], row < 5 ? "slope" : "flat");
        assert_string_equal(t->text[row * t->ncol + 2], names[row % 5]);
        CHECK_NEAR(t->number[row * t->ncol + 3], row % 5 == 0 ? 80.0 : 40.0, 0.0);
        assert_string_equal(t->text[row * t->ncol + t->ncol - 1], row < 5 ? "average" : "none");
        assert_int_equal(isnan(t->number[row * t->ncol + 4]) != 0, row >= 5);
    }
    /* Floats of the averages are exact to 1e-7. */
    CHECK_NEAR(t->number[1 * t->ncol + 4], -1.0, 1e-6);
    CHECK_NEAR(t->number[2 * t->ncol + 4], 1.0, 1e-6);
    const json_t *rows = json_object_get(result, "correlations");
    assert_int_equal(json_array_size(rows), 10);
    assert_true(json_is_null(json_object_get(json_array_get(rows, 7), "pearson")));
    json_decref(result);
    forget_all();
}

/* A pit 10 m deep behind a rim of 1 m and a wide hollow of 1 m: filled, breached, and kept by the
 * limits. */
static void depressions_are_filled_breached_or_kept(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    tl_grid *dem = add_raster("dem.tif", 12, 12, 10.0);
    for (ptrdiff_t at = 0; at < 144; at++) {
        const ptrdiff_t r = at / 12;
        const ptrdiff_t c = at % 12;
        dem->data[at] = r >= 5 && r < 10 && c >= 4 && c < 11 ? 49.0F : 50.0F;
    }
    dem->data[2 * 12 + 2] = 40.0F;
    CHECK_OK(run("fillsinks", "{'dem':'dem.tif','min_slope':0,'output':'f.tif'}", &result, &err));
    CHECK_NEAR(number_of(result, "raised_cells"), 36.0, 0.0);
    json_decref(result);
    CHECK_OK(run("fillsinks",
                 "{'dem':'dem.tif','min_slope':0,'max_depth':5,'output':'f.tif','sinks':'m.tif'}",
                 &result, &err));
    CHECK_NEAR(number_of(result, "raised_cells"), 35.0, 0.0);
    CHECK_NEAR(number_of(result, "true_sinks"), 1.0, 0.0);
    assert_true(thing_at("m.tif")->grid.data[26] == 1.0F);
    assert_true(thing_at("m.tif")->grid.data[6 * 12 + 6] == 0.0F);
    json_decref(result);
    CHECK_OK(run("fillsinks", "{'dem':'dem.tif','max_area':2000,'output':'f.tif','sinks':'m.tif'}",
                 &result, &err));
    assert_true(thing_at("f.tif")->grid.data[26] > 49.9F);
    assert_true(thing_at("f.tif")->grid.data[6 * 12 + 6] == 49.0F);
    json_decref(result);
    CHECK_OK(
        run("fillsinks", "{'dem':'dem.tif','method':'breach','output':'b.tif'}", &result, &err));
    CHECK_NEAR(number_of(result, "raised_cells"), 0.0, 0.0);
    CHECK_NEAR(number_of(result, "pits_without_ditch"), 0.0, 0.0);
    assert_true(number_of(result, "breached_pits") >= 2.0);
    assert_true(thing_at("b.tif")->grid.data[26] == 40.0F);
    json_decref(result);
    CHECK_OK(run("fillsinks", "{'dem':'dem.tif','method':'hybrid','max_cut':3,'output':'h.tif'}",
                 &result, &err));
    assert_true(thing_at("h.tif")->grid.data[26] > 49.9F);
    /* Only deep enough for the fall of the ditches. */
    assert_true(thing_at("h.tif")->grid.data[6 * 12 + 6] <= 49.0F);
    assert_true(thing_at("h.tif")->grid.data[6 * 12 + 6] > 48.9F);
    CHECK_NEAR(number_of(result, "pits_without_ditch"), 1.0, 0.0);
    json_decref(result);
    forget_all();
}

/* Rain that falls on one half only, directions in ESRI's numbers, and what cannot be had. */
static void flow_takes_weights_and_gives_directions(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    tl_grid *dem = add_raster("dem.tif", 6, 5, 10.0);
    tl_grid *rain = add_raster("rain.tif", 6, 5, 10.0);
    for (ptrdiff_t at = 0; at < 30; at++) {
        dem->data[at] = 20.0F - (float)(at / 5);
        rain->data[at] = at / 5 < 3 ? 2.0F : 0.0F;
    }
    CHECK_OK(run("flowaccumulation",
                 "{'dem':'dem.tif','method':'d8','edges':'drain','unit':'cells','weights':"
                 "'rain.tif','output':'a.tif','directions':'d.tif','direction_code':'esri'}",
                 &result, &err));
    json_decref(result);
    for (ptrdiff_t col = 0; col < 5; col++) {
        CHECK_NEAR((double)thing_at("a.tif")->grid.data[25 + col], 6.0, 0.0);
        CHECK_NEAR((double)thing_at("d.tif")->grid.data[10 + col], 4.0, 0.0);
        CHECK_NEAR((double)thing_at("d.tif")->grid.data[25 + col], 0.0, 0.0);
    }
    CHECK_OK(run("flowaccumulation",
                 "{'dem':'dem.tif','method':'dinf_tarboton','edges':'drain','output':'a.tif',"
                 "'directions':'d.tif'}",
                 &result, &err));
    json_decref(result);
    CHECK_NEAR((double)thing_at("d.tif")->grid.data[12], 1.5 * 3.14159265358979323846, 1e-6);
    assert_string_equal(thing_at("d.tif")->unit, "rad");
    assert_int_equal(run("flowaccumulation",
                         "{'dem':'dem.tif','output':'a.tif','directions':'d.tif'}", &result, &err),
                     TL_ARG);
    assert_non_null(strstr(err.text, "directions"));
    for (ptrdiff_t at = 0; at < 30; at++) {
        rain->data[at] = NAN;
    }
    assert_int_equal(run("flowaccumulation",
                         "{'dem':'dem.tif','output':'a.tif','weights':'rain.tif'}", &result, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "weights"));
    forget_all();
}

static void empty_elevation_is_refused_in_one_sentence(void **state) {
    (void)state;
    static const char *const tools[] = {"fillsinks", "flowaccumulation", "slope",
                                        "wetness",   "lsfactor",         "streams"};
    tl_err err;
    json_t *result = NULL;
    tl_grid *dem = add_raster("dem.tif", 3, 3, 10.0);
    for (int i = 0; i < 9; i++) {
        dem->data[i] = NAN;
    }
    for (ptrdiff_t k = 0; k < TL_COUNT(tools); k++) {
        assert_int_equal(
            run(tools[k],
                strcmp(tools[k], "streams") == 0 ? "{'dem':'dem.tif','output':'o.gpkg'}"
                                                 : "{'dem':'dem.tif','output':'o.tif'}",
                &result, &err),
            TL_DATA);
        assert_non_null(strstr(err.text, "dem"));
        assert_non_null(strstr(err.text, "NoData"));
    }
    forget_all();
}

/* Whatever the shape of the grid, each tool answers: one cell, one row, a constant plain. */
static void odd_grids_are_answered(void **state) {
    (void)state;
    static const char *const tools[] = {"fillsinks", "flowaccumulation", "slope", "wetness",
                                        "lsfactor"};
    static const ptrdiff_t shape[3][2] = {{1, 1}, {1, 6}, {7, 7}};
    tl_err err;
    for (int s = 0; s < 3; s++) {
        tl_grid *dem = add_raster("dem.tif", shape[s][0], shape[s][1], 10.0);
        for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
            dem->data[i] = 100.0F;
        }
        for (ptrdiff_t k = 0; k < TL_COUNT(tools); k++) {
            json_t *result = NULL;
            CHECK_OK(run(tools[k], "{'dem':'dem.tif','output':'o.tif'}", &result, &err));
            json_decref(result);
            for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
                assert_true(isfinite(thing_at("o.tif")->grid.data[i]));
            }
        }
        json_t *result = NULL;
        CHECK_OK(
            run("streams", "{'dem':'dem.tif','threshold':1,'output':'o.gpkg'}", &result, &err));
        json_decref(result);
        forget_all();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_give_the_worked_example),
        cmocka_unit_test(one_run_gives_the_layers_of_the_single_tools),
        cmocka_unit_test(compatible_forms_are_those_of_saga),
        cmocka_unit_test(streams_are_lines_in_map_coordinates),
        cmocka_unit_test(maps_correlate_by_zone),
        cmocka_unit_test(depressions_are_filled_breached_or_kept),
        cmocka_unit_test(flow_takes_weights_and_gives_directions),
        cmocka_unit_test(empty_elevation_is_refused_in_one_sentence),
        cmocka_unit_test(odd_grids_are_answered),
    };
    kit_move = move;
    kit_forget = forget;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
