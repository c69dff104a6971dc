/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `streams` with everything that it can read and write, on a valley kept in memory: what
 * the layers hold, and that it releases everything when memory runs out anywhere. */
#include "kit/check.h"
#include "tools/registry.h"
#include "unit/tools/store_kit.h"

enum { ROWS = 30, COLS = 21 };

struct tl_sink {
    int unused;
};

static int with_fields;   /* 1: the points have the fields of SWAT */
static int far_away;      /* 1: points and lines lie off the DEM */
static ptrdiff_t n_lines; /* what was written last */
static ptrdiff_t n_basins;
static ptrdiff_t n_points;
static ptrdiff_t n_rivers;
static ptrdiff_t n_tree;
static ptrdiff_t n_places;
static double node_id[8];
static ptrdiff_t n_node_id;

/* A valley that falls south in column 10, with a side valley along row 12 from the east. */
static tl_code read_grid(const char *path, const char *parameter, int band, tl_grid *grid,
                         tl_err *err) {
    (void)path;
    (void)parameter;
    (void)band;
    const tl_georef geo = {.transform = {0, 100, 0, 3000, 0, -100}, .metres_per_unit = 1.0};
    TL_TRY(tl_grid_init(grid, ROWS, COLS, &geo, err));
    for (ptrdiff_t r = 0; r < ROWS; r++) {
        for (ptrdiff_t c = 0; c < COLS; c++) {
            const double side = 4.0 * (double)labs((long)c - 10);
            const double branch = (double)(c - 10) + 3.0 * (double)labs((long)r - 12) + 1.0;
            const double height = c > 10 && branch < side ? branch : side;
            grid->data[r * COLS + c] = (float)(200.0 - (double)r + height);
        }
    }
    return TL_OK;
}

/* Three points: at the foot of the valley, in its middle, and off the DEM. */
static tl_code read_samples(const char *path, const char *parameter, const char *id_field,
                            const char *const *property, ptrdiff_t n_property,
                            const tl_georef *target, const tl_progress *progress,
                            tl_samples *samples, tl_err *err) {
    (void)path;
    (void)target;
    (void)progress;
    static const double y[3] = {60, 2240, 990};
    if ((n_property > 0 || id_field != NULL) && !with_fields) {
        return tl_fail(err, TL_ARG, "%s: no such field", parameter);
    }
    TL_TRY(tl_source_samples_init(samples, 3, n_property, err));
    for (ptrdiff_t i = 0; i < 3; i++) {
        samples->x[i] = i == 2 || far_away ? 9000.0 : 1080.0;
        samples->y[i] = y[i];
        const char *const ids[] = {"40", "41", "42"};
        if (id_field != NULL) {
            TL_TRY(tl_source_samples_set_id(samples, i, ids[i], err));
        }
        if (n_property > 0) {
            tl_matrix_row(&samples->values, i)[0] = strcmp(property[0], "RES") == 0 && i == 1;
        }
    }
    return TL_OK;
}

static tl_code read_lines(const char *path, const char *parameter, const tl_column *column,
                          ptrdiff_t n_column, const tl_georef *target, tl_features *lines,
                          tl_err *err) {
    (void)path;
    (void)parameter;
    (void)target;
    *lines = (tl_features){.geometry = TL_LINES, .nvertex = 2};
    tl_source_table_start(&lines->table, column, n_column);
    ptrdiff_t row;
    lines->first = tl_acquire(2, sizeof *lines->first);
    lines->x = tl_acquire(2, sizeof *lines->x);
    lines->y = tl_acquire(2, sizeof *lines->y);
    if (lines->first == NULL || lines->x == NULL || lines->y == NULL ||
        tl_source_table_add_row(&lines->table, &row, err) != TL_OK) {
        tl_source_features_free(lines);
        return tl_fail(err, TL_NOMEM, "out of memory for lines");
    }
    lines->first[1] = 2;
    lines->x[0] = lines->x[1] = far_away ? 90000.0 : 1050.0;
    lines->y[0] = 2950.0;
    lines->y[1] = -450.0;
    return TL_OK;
}

static tl_code write_features(const char *path, const char *parameter, const char *layer_name,
                              const tl_features *f, const tl_georef *geo, const char *record,
                              tl_err *err) {
    (void)path;
    (void)err;
    assert_non_null(geo);
    assert_non_null(record);
    if (strcmp(parameter, "output") == 0) {
        assert_string_equal(layer_name, "streams");
        assert_int_equal(f->geometry, TL_LINES);
        n_lines = f->table.nrow;
        n_node_id = 0;
        for (ptrdiff_t i = 0; i < n_lines; i++) {
            assert_string_equal(f->table.column[4].name, "DSNODEID");
            if (f->table.number[i * f->table.ncol + 4] >= 0.0) {
                node_id[n_node_id++] = f->table.number[i * f->table.ncol + 4];
            }
        }
    } else if (strcmp(parameter, "basins") == 0) {
        assert_string_equal(layer_name, "subbasins");
        assert_int_equal(f->geometry, TL_POLYGONS);
        assert_int_equal(f->first[f->table.nrow], f->nring);
        assert_int_equal(f->ring[f->nring], f->nvertex);
        n_basins = f->table.nrow;
    } else if (strcmp(parameter, "rivers") == 0) {
        assert_string_equal(layer_name, "rivers");
        assert_int_equal(f->geometry, TL_LINES);
        assert_int_equal(f->first[f->table.nrow], f->nvertex);
        n_rivers = f->table.nrow;
    } else {
        assert_string_equal(layer_name, "outlets");
        assert_int_equal(f->geometry, TL_POINTS);
        n_points = f->table.nrow;
        for (ptrdiff_t i = 0; i < n_points; i++) {
            CHECK_NEAR(f->x[i], 1050.0, 1e-9);
        }
    }
    return TL_OK;
}

static tl_code write_table(const char *path, const char *parameter, const tl_table *table,
                           tl_err *err) {
    (void)path;
    (void)err;
    *(strcmp(parameter, "tree") == 0 ? &n_tree : &n_places) = table->nrow;
    return TL_OK;
}

static tl_code create_raster(const char *path, const char *parameter, ptrdiff_t nrow,
                             ptrdiff_t ncol, const tl_georef *geo, const tl_layer *layer,
                             ptrdiff_t n_layers, const char *record, tl_sink **sink, tl_err *err) {
    (void)path;
    (void)parameter;
    (void)geo;
    (void)layer;
    (void)record;
    (void)n_layers;
    assert_int_equal(nrow * ncol, ROWS * COLS);
    *sink = tl_acquire(1, sizeof **sink);
    return *sink == NULL ? tl_fail(err, TL_NOMEM, "out of memory for a raster") : TL_OK;
}

static tl_code write_rows(tl_sink *sink, ptrdiff_t layer, ptrdiff_t row0, ptrdiff_t n_rows,
                          const float *rows, tl_err *err) {
    (void)sink;
    (void)layer;
    (void)row0;
    (void)n_rows;
    (void)rows;
    (void)err;
    return TL_OK;
}

static tl_code finish_raster(tl_sink *sink, tl_err *err) {
    (void)err;
    tl_release(sink);
    return TL_OK;
}

static void abandon_raster(tl_sink *sink) {
    tl_release(sink);
}

struct tl_raster {
    tl_raster_info info;
};

static tl_code open_raster(const char *path, const char *parameter, tl_raster **raster,
                           tl_err *err) {
    (void)path;
    (void)parameter;
    (void)err;
    static tl_band band = {.scale = 1.0};
    static tl_raster one = {.info = {.nrow = ROWS, .ncol = COLS, .bands = {.n = 1, .band = &band}}};
    *raster = &one;
    return TL_OK;
}

static const tl_raster_info *raster_info(const tl_raster *raster) {
    return &raster->info;
}

static void close_raster(tl_raster *raster) {
    (void)raster;
}

static const tl_store memory = {.open_raster = open_raster,
                                .raster_info = raster_info,
                                .close_raster = close_raster,
                                .read_grid = read_grid,
                                .read_samples = read_samples,
                                .read_lines = read_lines,
                                .write_features = write_features,
                                .write_table = write_table,
                                .create_raster = create_raster,
                                .write_rows = write_rows,
                                .finish_raster = finish_raster,
                                .abandon_raster = abandon_raster,
                                .fingerprint = kit_fingerprint,
                                .exists = kit_exists,
                                KIT_OUTPUTS};

/* The parameters of the tool in addition to the DEM and the output lines. */
static tl_code run(const char *more, json_t **result, tl_err *err) {
    const ptrdiff_t left = tl_fail_after(-1); /* the parameters themselves are always there */
    json_t *params = json_loads(more, 0, NULL);
    assert_non_null(params);
    json_object_set_new(params, "dem", json_string("dem.tif"));
    json_object_set_new(params, "output", json_string("s.gpkg"));
    json_object_set_new(params, "threshold", json_integer(40));
    (void)tl_fail_after(left);
    const tl_code code =
        tl_job_run(tl_tools_find("streams"), params, &memory, NULL, result, NULL, err);
    json_decref(params);
    return code;
}

static const char everything[] =
    "{\"outlets\":\"o.gpkg\",\"burn\":\"r.gpkg\",\"basins\":\"b.gpkg\",\"basins_raster\":\"w.tif\","
    "\"snapped\":\"p.gpkg\",\"directions\":\"d.tif\",\"rivers\":\"v.gpkg\",\"tree\":\"t.csv\","
    "\"coordinates\":\"c.csv\",\"order_raster\":\"k.tif\",\"simplify\":150}";

static double number_of(const json_t *result, const char *key) {
    return json_number_value(json_object_get(result, key));
}

static void points_and_lines_reach_the_layers(void **state) {
    (void)state;
    tl_err err;
    json_t *result = NULL;
    with_fields = 1;
    far_away = 0;
    CHECK_OK(run(everything, &result, &err));
    assert_int_equal(n_points, 2);
    assert_int_equal(n_basins, n_lines);
    assert_int_equal(n_tree, n_lines);
    assert_true(n_rivers > 0 && n_rivers < n_lines);
    assert_true(n_places > 2 * n_lines);
    assert_int_equal(n_node_id, 2);
    CHECK_NEAR(node_id[0] + node_id[1], 40.0 + 41.0, 0.0);
    /* The line leaves the DEM at row 30 and goes on to row 34. */
    CHECK_NEAR(number_of(result, "burnt_cells"), 30.0, 0.0);
    CHECK_NEAR(number_of(result, "burn_skipped_cells"), 5.0, 0.0);
    const json_t *rejected = json_object_get(result, "outlets_rejected");
    assert_int_equal(json_array_size(rejected), 1);
    assert_int_equal(json_integer_value(json_array_get(rejected, 0)), 42);
    json_decref(result);
    /* Without fields the points are numbered. */
    with_fields = 0;
    CHECK_OK(run(everything, &result, &err));
    CHECK_NEAR(node_id[0] + node_id[1], 1.0 + 2.0, 0.0);
    json_decref(result);
}

static void what_lies_off_the_dem_is_refused_in_one_sentence(void **state) {
    (void)state;
    static const char *const params[4][2] = {
        {"{\"outlets\":\"o.gpkg\"}", "off the DEM"},
        {"{\"burn\":\"r.gpkg\"}", "meet no cell of the DEM"},
        {"{\"burn\":\"r.gpkg\",\"fill\":\"no\"}", "leave filling on"},
        {"{\"snapped\":\"p.gpkg\"}", "give outlets"}};
    tl_err err;
    json_t *result = NULL;
    far_away = 1;
    for (int k = 0; k < 4; k++) {
        assert_int_equal(run(params[k][0], &result, &err), k < 2 ? TL_DATA : TL_ARG);
        assert_null(result);
        assert_non_null(strstr(err.text, params[k][1]));
        assert_null(strchr(err.text, '\n'));
    }
    far_away = 0;
}

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    with_fields = 1;
    for (ptrdiff_t n = 0; code != TL_OK; n++) {
        json_t *result = NULL;
        tl_fail_after(n);
        code = run(everything, &result, &err);
        tl_fail_after(-1);
        json_decref(result);
        assert_int_equal(tl_live_blocks(), before);
        assert_true(n < 20000);
        assert_true(code == TL_OK || strlen(err.text) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_and_lines_reach_the_layers),
        cmocka_unit_test(what_lies_off_the_dem_is_refused_in_one_sentence),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
