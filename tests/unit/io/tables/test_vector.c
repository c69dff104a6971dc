/* SPDX-License-Identifier: GPL-2.0-or-later
 * Points, polygons and lines from vector files and tables, moved to the CRS of the scene. */
#include <gdal.h>
#include <ogr_api.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "base/assumptions.h"
#include "unit/io/io_kit.h"

static const tl_column columns[] = {{"id", TL_COLUMN_TEXT},
                                    {"SOM", TL_COLUMN_NUMBER},
                                    {"order", TL_COLUMN_INTEGER},
                                    {"As", TL_COLUMN_TEXT}};

/* Three samples: two near (15 E, 52 N), whose UTM zone 33 easting is exactly 500000 on 15 E, and
 * one without SOM; arsenic below detection at the second. */
static void make_points(tl_features *f, double x0, double y0, double step) {
    tl_err err = {0};
    static const char *const ids[] = {"A", "B, low", "土3"};
    static const char *const arsenic[] = {"12.5", "<0.5", ""};
    *f = (tl_features){.geometry = TL_POINTS, .nvertex = 3};
    tl_source_table_start(&f->table, columns, 4);
    f->first = tl_acquire(4, sizeof *f->first);
    f->x = tl_acquire(3, sizeof *f->x);
    f->y = tl_acquire(3, sizeof *f->y);
    for (int i = 0; i < 3; i++) {
        ptrdiff_t row = 0;
        CHECK_OK(tl_source_table_add_row(&f->table, &row, &err));
        CHECK_OK(tl_source_table_set_text(&f->table, row, 0, ids[i], &err));
        tl_source_table_set_number(&f->table, row, 1, i == 2 ? (double)NAN : 20.25 + i);
        tl_source_table_set_number(&f->table, row, 2, i + 1);
        CHECK_OK(tl_source_table_set_text(&f->table, row, 3, arsenic[i], &err));
        f->x[i] = x0 + step * i;
        f->y[i] = y0;
        f->first[i + 1] = i + 1;
    }
}

static const char *const both[] = {"SOM", "As"};

static void samples_come_back_from_every_vector_format(void **state) {
    (void)state;
    static const char *const names[] = {"points.gpkg", "points.geojson", "points.shp"};
    const tl_store *store = tl_store_gdal();
    for (int k = 0; k < 3; k++) {
        tl_err err = {0};
        tl_georef geo;
        tl_features f;
        tl_samples s;
        kit_log log;
        const tl_progress p = kit_progress(&log);
        kit_georef(32633, NULL, &geo);
        make_points(&f, 500000.0, 5761038.0, 10.0);
        CHECK_OK(store->write_features(kit_path(names[k]), "output", "points", &f, &geo,
                                       "{\"tool\":\"t\"}", &err));
        CHECK_OK(
            store->read_samples(kit_path(names[k]), "samples", "id", both, 2, &geo, &p, &s, &err));
        assert_int_equal(s.n, 3);
        assert_string_equal(s.id[1], "B, low");
        assert_string_equal(s.id[2], "土3");
        CHECK_NEAR(s.x[1], 500010.0, 1e-6);
        CHECK_NEAR(s.y[1], 5761038.0, 1e-6);
        CHECK_NEAR(tl_matrix_row(&s.values, 1)[0], 21.25, 1e-12);
        assert_true(isnan(tl_matrix_row(&s.values, 2)[0]));
        CHECK_NEAR(tl_matrix_row(&s.values, 0)[1], 12.5, 0.0);
        assert_true(isnan(tl_matrix_row(&s.values, 1)[1]));
        /* The value below detection is reported with its sample; the empty one is no text. */
        assert_int_equal(log.n, 1);
        assert_non_null(strstr(log.text, "'<0.5' at B, low"));
        tl_source_samples_free(&s);
        tl_source_features_free(&f);
        tl_georef_free(&geo);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* 15 E is the central meridian of UTM zone 33: easting 500000 by definition. Northing of 52 N
 * there: 0.9996 times the meridian arc of WGS 84, 5763343.55 m (series of Snyder 1987, eq.
 * 3-21). */
static void points_in_degrees_are_moved_to_the_scene(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_georef degrees;
    tl_georef utm;
    tl_features f;
    tl_samples s;
    kit_log log;
    const tl_progress p = kit_progress(&log);
    const double e2 = 0.00669437999014;
    const double phi = 52.0 * 3.14159265358979323846 / 180.0;
    const double arc =
        6378137.0 * ((1 - e2 / 4 - 3 * e2 * e2 / 64 - 5 * e2 * e2 * e2 / 256) * phi -
                     (3 * e2 / 8 + 3 * e2 * e2 / 32 + 45 * e2 * e2 * e2 / 1024) * sin(2 * phi) +
                     (15 * e2 * e2 / 256 + 45 * e2 * e2 * e2 / 1024) * sin(4 * phi) -
                     35 * e2 * e2 * e2 / 3072 * sin(6 * phi));
    kit_georef(4326, NULL, &degrees);
    kit_georef(32633, NULL, &utm);
    make_points(&f, 15.0, 52.0, 0.01);
    CHECK_OK(
        store->write_features(kit_path("deg.gpkg"), "output", "deg", &f, &degrees, NULL, &err));
    CHECK_OK(store->read_samples(kit_path("deg.gpkg"), "samples", "", NULL, 0, &utm, &p, &s, &err));
    CHECK_NEAR(s.x[0], 500000.0, 1e-4);
    CHECK_NEAR(s.y[0], 0.9996 * arc, 1e-2);
    assert_string_equal(s.id[2], "3");
    assert_non_null(strstr(log.text, "WGS 84"));
    tl_source_samples_free(&s);
    /* As they are, when no target is given. */
    CHECK_OK(
        store->read_samples(kit_path("deg.gpkg"), "samples", NULL, NULL, 0, NULL, &p, &s, &err));
    CHECK_NEAR(s.x[1], 15.01, 1e-12);
    CHECK_NEAR(s.y[1], 52.0, 1e-12);
    tl_source_samples_free(&s);
    /* The same points as CSV: lon and lat, a crs column, an EPSG code in the names. */
    static const char *const tables[] = {"id,lat,lon,SOM\nA,52,15,1\n",
                                         "x;y;crs\n15;52;EPSG:4326\n", "y_4326,x_4326\n52,15\n"};
    for (int k = 0; k < 3; k++) {
        kit_write_text("deg.csv", tables[k]);
        CHECK_OK(
            store->read_samples(kit_path("deg.csv"), "samples", "", NULL, 0, &utm, &p, &s, &err));
        CHECK_NEAR(s.x[0], 500000.0, 1e-4);
        CHECK_NEAR(s.y[0], 0.9996 * arc, 1e-2);
        tl_source_samples_free(&s);
    }
    tl_source_features_free(&f);
    tl_georef_free(&degrees);
    tl_georef_free(&utm);
    assert_int_equal(tl_live_blocks(), 0);
}

static void points_without_a_crs_are_taken_as_they_are_with_a_warning(void **state) {
    (void)state;
    tl_err err = {0};
    tl_georef utm;
    tl_samples s;
    kit_log log;
    const tl_progress p = kit_progress(&log);
    kit_georef(32633, NULL, &utm);
    kit_write_text("plain.csv", "x,y,Cu\n400010,5799990,n.d.\n,5799990,7\n");
    static const char *const copper[] = {"Cu"};
    tl_assumptions assumptions;
    tl_assumptions_begin(&assumptions, &p, 0);
    CHECK_OK(tl_store_gdal()->read_samples(kit_path("plain.csv"), "samples", "", copper, 1, &utm,
                                           &p, &s, &err));
    tl_assumptions_end(&assumptions);
    CHECK_NEAR(s.x[0], 400010.0, 0.0);
    assert_true(isnan(s.x[1]));
    assert_non_null(strstr(log.text, "no coordinate reference system"));
    assert_non_null(strstr(log.text, "'n.d.' at 1"));
    tl_source_samples_free(&s);
    tl_georef_free(&utm);
}

static void repeated_ids_are_reported(void **state) {
    (void)state;
    tl_err err = {0};
    tl_samples s;
    kit_log log;
    const tl_progress p = kit_progress(&log);
    kit_write_text("twice.csv", "id,x,y\nB,1,2\nA,1,2\nB,3,4\nB,5,6\nC,1,1\n");
    CHECK_OK(tl_store_gdal()->read_samples(kit_path("twice.csv"), "samples", "id", NULL, 0, NULL,
                                           &p, &s, &err));
    assert_int_equal(s.n, 5);
    assert_non_null(strstr(log.text, "1 id is there more than once (B)"));
    tl_source_samples_free(&s);
}

/* Laboratory tables have no coordinates; where no raster takes part, nobody needs them. */
static void coordinates_may_be_missing_without_a_raster(void **state) {
    (void)state;
    tl_err err = {0};
    tl_samples s;
    static const char *const som[] = {"SOM"};
    kit_write_text("lab.csv", "id,SOM\nA,1.5\nB,2.5\n");
    CHECK_OK(tl_store_gdal()->read_samples(kit_path("lab.csv"), "samples", "id", som, 1, NULL, NULL,
                                           &s, &err));
    assert_int_equal(s.n, 2);
    assert_true(isnan(s.x[0]) && isnan(s.y[1]));
    CHECK_NEAR(tl_matrix_row(&s.values, 1)[0], 2.5, 0.0);
    tl_source_samples_free(&s);
}

static void wrong_points_give_a_sentence(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_georef geo;
    tl_features f;
    tl_samples s;
    kit_georef(32633, NULL, &geo);
    make_points(&f, 500000.0, 5761038.0, 10.0);
    CHECK_OK(
        store->write_features(kit_path("good.gpkg"), "output", "points", &f, &geo, NULL, &err));
    kit_write_text("no_xy.csv", "id,SOM\nA,1\n");
    kit_write_text("only_header.csv", "x,y,SOM\n");
    kit_write_text("bad_crs.csv", "x,y,crs\n1,2,EPSG:999999\n");
    kit_write_text("empty.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}");
    kit_write_text("area.geojson",
                   "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":"
                   "\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\""
                   ",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}");
    static const struct {
        const char *path;
        const char *id;
        const char *word;
        tl_code code;
    } cases[] = {
        {"missing.gpkg", "", "there is no file", TL_IO},
        {"good.gpkg", "name", "its fields are fid, id, SOM, order, As", TL_ARG},
        {"good.gpkg|layername=other", "", "it has points", TL_ARG},
        {"no_xy.csv", "", "no coordinate columns", TL_DATA},
        {"only_header.csv", "", "contains no points", TL_DATA},
        {"good.csv", "", "there is no file", TL_IO},
        {"bad_crs.csv", "", "EPSG:999999", TL_DATA},
        {"empty.geojson", "", "contains no points", TL_DATA},
        {"area.geojson", "", "Polygon", TL_DATA},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err why = {0};
        assert_int_equal(store->read_samples(kit_path(cases[k].path), "samples", cases[k].id, NULL,
                                             0, &geo, NULL, &s, &why),
                         cases[k].code);
        CHECK_SAYS(why, cases[k].word);
        CHECK_SAYS(why, "samples: ");
        assert_int_equal(s.n, 0);
    }
    static const char *const lead[] = {"Pb"};
    assert_int_equal(
        store->read_samples(kit_path("good.gpkg"), "samples", "", lead, 1, &geo, NULL, &s, &err),
        TL_ARG);
    CHECK_SAYS(err, "'Pb'");
    static const char *const bad[] = {"subset=x", "subset=\"x\" = 1", "subset=SELECT * FROM x",
                                      "geometrytype=Blob", "layer=x"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        char source[1200];
        (void)snprintf(source, sizeof source, "%s|layername=points|%s", kit_path("good.gpkg"),
                       bad[k]);
        if (k == 2) {
            (void)snprintf(source, sizeof source, "%s|%s", kit_path("good.gpkg"), bad[k]);
        }
        assert_int_equal(store->read_samples(source, "samples", "", NULL, 0, &geo, NULL, &s, &err),
                         TL_ARG);
        CHECK_SAYS(err, "samples: ");
    }
    CHECK_OK(store->read_samples(kit_path("good.gpkg|layername=points|subset=\"fid\" > 1"),
                                 "samples", "", NULL, 0, &geo, NULL, &s, &err));
    assert_int_equal(s.n, 2);
    tl_source_samples_free(&s);
    tl_source_features_free(&f);
    tl_georef_free(&geo);
}

static void equal_features_give_equal_bytes_and_keep_their_record(void **state) {
    (void)state;
    static const char *const names[] = {"same.gpkg", "same.geojson"};
    const tl_store *store = tl_store_gdal();
    for (int k = 0; k < 2; k++) {
        tl_err err = {0};
        tl_georef geo;
        tl_features f;
        char *bytes[2];
        size_t length[2];
        kit_georef(32633, NULL, &geo);
        make_points(&f, 500000.0, 5761038.0, 10.0);
        for (int i = 0; i < 2; i++) {
            (void)unlink(kit_path(names[k]));
            CHECK_OK(store->write_features(kit_path(names[k]), "output", "points", &f, &geo,
                                           "{\"tool\":\"streams\"}", &err));
            CHECK_OK(store->read_bytes(kit_path(names[k]), "file", 1 << 24, &bytes[i], &length[i],
                                       &err));
            /* Long enough for a time stamp in milliseconds to differ. */
            const struct timespec pause = {.tv_nsec = 20000000};
            (void)nanosleep(&pause, NULL);
        }
        assert_int_equal(length[0], length[1]);
        assert_memory_equal(bytes[0], bytes[1], length[0]);
        char *record = NULL;
        CHECK_OK(store->read_record(kit_path(names[k]), "layer", &record, &err));
        assert_non_null(record);
        assert_string_equal(record, "{\"tool\":\"streams\"}");
        tl_release(record);
        tl_release(bytes[0]);
        tl_release(bytes[1]);
        tl_source_features_free(&f);
        tl_georef_free(&geo);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* Two squares of a 4 x 4 grid: cells belong to the one that holds their centre. */
static void polygons_are_burnt_by_cell_centres(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_georef geo;
    tl_grid like;
    int zone[16] = {0};
    tl_zones zones;
    kit_georef(32633, NULL, &geo);
    CHECK_OK(tl_grid_init(&like, 4, 4, &geo, &err));
    kit_write_text(
        "zones.geojson",
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        "\"urn:ogc:def:crs:EPSG::32633\"}},\"features\":["
        "{\"type\":\"Feature\",\"properties\":{\"name\":\"west\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":[[[400000,5800000],[400056,5800000],[400056,5799880],"
        "[400000,5799880],[400000,5800000]]]}},"
        "{\"type\":\"Feature\",\"properties\":{\"name\":\"south east\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":[[[400060,5799940],[400120,5799940],[400120,5799880],"
        "[400060,5799880],[400060,5799940]]]}}]}");
    CHECK_OK(store->read_zones(kit_path("zones.geojson"), "zones", "name", &like, &zones, &err));
    static const int wanted[16] = {1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 1, 1, 2, 2};
    assert_int_equal(zones.n, 2);
    CHECK_OK(tl_source_zones_label(&zones, 16, "zones", "zones.geojson", zone, &err));
    assert_memory_equal(zone, wanted, sizeof wanted);
    assert_string_equal(zones.name[1], "south east");
    tl_source_zones_free(&zones);
    assert_int_equal(
        store->read_zones(kit_path("zones.geojson"), "zones", "title", &like, &zones, &err),
        TL_ARG);
    CHECK_SAYS(err, "its fields are name");
    tl_grid_free(&like);
    tl_georef_free(&geo);
}

static void lines_come_back_with_their_numbers(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    static const tl_column line_columns[] = {{"order", TL_COLUMN_INTEGER},
                                             {"length_m", TL_COLUMN_NUMBER}};
    static const tl_column asked[] = {{"length_m", TL_COLUMN_NUMBER}, {"none", TL_COLUMN_NUMBER}};
    static double x[] = {0, 30, 60, 10, 10};
    static double y[] = {0, 0, 40, 5, 25};
    static ptrdiff_t first[] = {0, 3, 5};
    tl_features f = {.geometry = TL_LINES, .first = first, .nvertex = 5, .x = x, .y = y};
    tl_features back;
    tl_georef geo;
    kit_georef(32633, NULL, &geo);
    tl_source_table_start(&f.table, line_columns, 2);
    for (int i = 0; i < 2; i++) {
        ptrdiff_t row = 0;
        CHECK_OK(tl_source_table_add_row(&f.table, &row, &err));
        tl_source_table_set_number(&f.table, row, 0, i + 1);
        tl_source_table_set_number(&f.table, row, 1, i == 0 ? 80.0 : 20.0);
    }
    CHECK_OK(
        store->write_features(kit_path("lines.gpkg"), "output", "streams", &f, &geo, NULL, &err));
    CHECK_OK(store->read_lines(kit_path("lines.gpkg"), "streams", asked, 2, &geo, &back, &err));
    assert_int_equal(back.table.nrow, 2);
    assert_int_equal(back.nvertex, 5);
    assert_int_equal(back.first[1], 3);
    CHECK_NEAR(back.x[2], 60.0, 0.0);
    CHECK_NEAR(back.y[4], 25.0, 0.0);
    CHECK_NEAR(back.table.number[0], 80.0, 0.0);
    assert_true(isnan(back.table.number[3]));
    tl_source_features_free(&back);
    tl_source_table_free(&f.table);
    assert_int_equal(
        store->read_lines(kit_path("good.gpkg"), "streams", asked, 2, &geo, &back, &err), TL_DATA);
    CHECK_SAYS(err, "wanted lines");
    tl_georef_free(&geo);
}

/* Two rows: a square with a hole and a second square that touches it in a corner; a triangle. Burnt
 * into a grid they cover the cells that they were drawn around. */
static void polygons_keep_their_parts_and_holes(void **state) {
    (void)state;
    static const char *const names[] = {"areas.gpkg", "areas.geojson", "areas.shp"};
    static const tl_column area_columns[] = {{"PolygonId", TL_COLUMN_INTEGER}};
    static double x[] = {0, 30, 30, 0, 10, 10, 20, 20, 30, 40, 40, 30, 42, 60, 60};
    static double y[] = {10, 10, 40, 40, 20, 30, 30, 20, 0, 0, 10, 10, 40, 40, 22};
    static ptrdiff_t ring[] = {0, 4, 8, 12, 15};
    static unsigned char is_hole[] = {0, 1, 0, 0};
    static ptrdiff_t first[] = {0, 3, 4};
    static const int wanted[24] = {1, 1, 1, 0, 0, 2, 1, 0, 1, 0, 0, 0,
                                   1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0};
    const tl_store *store = tl_store_gdal();
    for (int k = 0; k < 3; k++) {
        tl_err err = {0};
        tl_features f = {.geometry = TL_POLYGONS,
                         .first = first,
                         .nvertex = 15,
                         .x = x,
                         .y = y,
                         .nring = 4,
                         .ring = ring,
                         .is_hole = is_hole};
        tl_grid like;
        tl_georef geo;
        const double transform[6] = {0, 10, 0, 40, 0, -10};
        kit_georef(32633, transform, &geo);
        CHECK_OK(tl_grid_init(&like, 4, 6, &geo, &err));
        tl_source_table_start(&f.table, area_columns, 1);
        for (int i = 0; i < 2; i++) {
            ptrdiff_t row = 0;
            CHECK_OK(tl_source_table_add_row(&f.table, &row, &err));
            tl_source_table_set_number(&f.table, row, 0, 7 + i);
        }
        CHECK_OK(
            store->write_features(kit_path(names[k]), "basins", "areas", &f, &geo, NULL, &err));
        int zone[24];
        tl_zones zones;
        CHECK_OK(store->read_zones(kit_path(names[k]), "zones", "PolygonId", &like, &zones, &err));
        assert_int_equal(zones.n, 2);
        assert_string_equal(zones.name[1], "8");
        CHECK_OK(tl_source_zones_label(&zones, 24, "zones", names[k], zone, &err));
        assert_memory_equal(zone, wanted, sizeof wanted);
        tl_source_zones_free(&zones);
        tl_source_table_free(&f.table);
        tl_grid_free(&like);
        tl_georef_free(&geo);
    }
}

/* The limit on file sizes stands for a full disk. Features in one transaction reach the file when
 * it is closed, which must not go unnoticed. */
static void a_full_disk_is_noticed(void **state) {
    (void)state;
    static const char *const names[] = {"full.gpkg", "full.geojson", "full.shp"};
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    tl_georef geo;
    tl_features f;
    kit_georef(32633, NULL, &geo);
    make_points(&f, 500000.0, 5761038.0, 10.0);
    for (int k = 0; k < 3; k++) {
        tl_err err = {0};
        const tl_store *store = tl_store_gdal();
        CHECK_OK(
            store->write_features(kit_path(names[k]), "output", "points", &f, &geo, NULL, &err));
        char *bytes = NULL;
        size_t length = 0;
        CHECK_OK(store->read_bytes(kit_path(names[k]), "file", 1 << 24, &bytes, &length, &err));
        tl_release(bytes);
        for (size_t missing = 1; missing < length; missing = missing * 3 + 1) {
            struct rlimit small = before;
            small.rlim_cur = length - missing;
            (void)unlink(kit_path(names[k]));
            tl_err why = {0};
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
            const tl_code code =
                store->write_features(kit_path(names[k]), "output", "points", &f, &geo, NULL, &why);
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
            if (code != TL_IO) {
                fail_msg("%s: %zu of %zu bytes short gave %s", names[k], missing, length,
                         tl_code_text(code));
            }
        }
    }
    tl_source_features_free(&f);
    tl_georef_free(&geo);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_back_from_every_vector_format),
        cmocka_unit_test(points_in_degrees_are_moved_to_the_scene),
        cmocka_unit_test(points_without_a_crs_are_taken_as_they_are_with_a_warning),
        cmocka_unit_test(repeated_ids_are_reported),
        cmocka_unit_test(coordinates_may_be_missing_without_a_raster),
        cmocka_unit_test(wrong_points_give_a_sentence),
        cmocka_unit_test(equal_features_give_equal_bytes_and_keep_their_record),
        cmocka_unit_test(polygons_are_burnt_by_cell_centres),
        cmocka_unit_test(lines_come_back_with_their_numbers),
        cmocka_unit_test(polygons_keep_their_parts_and_holes),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
