/* SPDX-License-Identifier: GPL-2.0-or-later
 * Data set strings: every part is found or refused, whatever program wrote the string. */
#include "kit/check.h"
#include "source/source_name.h"

/* What a string is divided into; texts that are NULL are not there. */
typedef struct parts {
    const char *text;
    tl_source_kind kind;
    const char *data, *file, *layer;
    ptrdiff_t layer_id;
    const char *subset, *type;
    ptrdiff_t n_options;
} parts;

static void check_text(const char *found, const char *wanted) {
    if (wanted == NULL) {
        assert_null(found);
    } else {
        assert_non_null(found);
        assert_string_equal(found, wanted);
    }
}

static void check(const parts *p) {
    tl_source_name name;
    tl_err err = {0};
    CHECK_OK(tl_source_name_parse(p->text, "samples", &name, &err));
    assert_int_equal(name.kind, p->kind);
    check_text(name.data, p->data);
    check_text(name.file, p->file);
    check_text(name.layer, p->layer);
    assert_int_equal(name.layer_id, p->layer_id);
    check_text(name.subset, p->subset);
    check_text(name.geometry_type, p->type);
    assert_int_equal(name.n_options, p->n_options);
    tl_source_name_free(&name);
}

static void the_strings_of_qgis_are_divided(void **state) {
    (void)state;
    static const parts cases[] = {
        {"a.gpkg", TL_SOURCE_FILE, "a.gpkg", "a.gpkg", NULL, -1, NULL, NULL, 0},
        {"/d/a.gpkg|layername=plots", TL_SOURCE_FILE, "/d/a.gpkg", "/d/a.gpkg", "plots", -1, NULL,
         NULL, 0},
        {"a.shp|layerid=2|geometrytype=PointZ", TL_SOURCE_FILE, "a.shp", "a.shp", NULL, 2, NULL,
         "PointZ", 0},
        {"a.gpkg|layername=p|subset=\"id\" = 'A'", TL_SOURCE_FILE, "a.gpkg", "a.gpkg", "p", -1,
         "\"id\" = 'A'", NULL, 0},
        {"a.gpkg|layername=p|subset=a || b = 'x|y'|geometrytype=Point|option:LIST=1",
         TL_SOURCE_FILE, "a.gpkg", "a.gpkg", "p", -1, "a || b = 'x|y'", "Point", 1},
        {"a.gpkg|LayerName=p|SUBSET=SELECT * FROM p|uniqueGeometryType=yes", TL_SOURCE_FILE,
         "a.gpkg", "a.gpkg", "p", -1, "SELECT * FROM p", NULL, 0},
        {"a.gpkg|subset=|layername=", TL_SOURCE_FILE, "a.gpkg", "a.gpkg", NULL, -1,
         "|layername=", NULL, 0},
        {"a.tif|option:NUM_THREADS=2|option:OVERVIEW_LEVEL=1", TL_SOURCE_FILE, "a.tif", "a.tif",
         NULL, -1, NULL, NULL, 2},
        {"file:///d/a.gpkg|layername=p", TL_SOURCE_FILE, "/d/a.gpkg", "/d/a.gpkg", "p", -1, NULL,
         NULL, 0},
        {"scan 12:30.tif", TL_SOURCE_FILE, "scan 12:30.tif", "scan 12:30.tif", NULL, -1, NULL, NULL,
         0},
        {"C:/d/a.tif", TL_SOURCE_FILE, "C:/d/a.tif", "C:/d/a.tif", NULL, -1, NULL, NULL, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        check(&cases[k]);
    }
}

static void the_strings_of_gdal_name_their_file(void **state) {
    (void)state;
    static const parts cases[] = {
        {"/vsizip/a.zip/b.tif", TL_SOURCE_VIRTUAL, "/vsizip/a.zip/b.tif", "/vsizip/a.zip/b.tif",
         NULL, -1, NULL, NULL, 0},
        {"/vsicurl/https://h/b.gpkg|layername=p", TL_SOURCE_VIRTUAL, "/vsicurl/https://h/b.gpkg",
         "/vsicurl/https://h/b.gpkg", "p", -1, NULL, NULL, 0},
        {"NETCDF:\"/d/f.nc\":v", TL_SOURCE_CONNECTION, "NETCDF:\"/d/f.nc\":v", "/d/f.nc", NULL, -1,
         NULL, NULL, 0},
        {"HDF5:f.h5://a/b", TL_SOURCE_CONNECTION, "HDF5:f.h5://a/b", "f.h5", NULL, -1, NULL, NULL,
         0},
        {"GPKG:d/f.gpkg:t", TL_SOURCE_CONNECTION, "GPKG:d/f.gpkg:t", "d/f.gpkg", NULL, -1, NULL,
         NULL, 0},
        {"GTIFF_DIR:2:d/f.tif", TL_SOURCE_CONNECTION, "GTIFF_DIR:2:d/f.tif", "d/f.tif", NULL, -1,
         NULL, NULL, 0},
        {"vrt://f.tif?bands=2", TL_SOURCE_CONNECTION, "vrt://f.tif?bands=2", "f.tif", NULL, -1,
         NULL, NULL, 0},
        {"https://h/b.tif", TL_SOURCE_CONNECTION, "https://h/b.tif", NULL, NULL, -1, NULL, NULL, 0},
        {"PG:dbname=d host=h|layername=s.t", TL_SOURCE_CONNECTION, "PG:dbname=d host=h", NULL,
         "s.t", -1, NULL, NULL, 0},
        {"<VRTDataset a=\"|x\"/>", TL_SOURCE_DOCUMENT, "<VRTDataset a=\"|x\"/>", NULL, NULL, -1,
         NULL, NULL, 0},
        {"{\"type\":\"FeatureCollection|\"}", TL_SOURCE_DOCUMENT,
         "{\"type\":\"FeatureCollection|\"}", NULL, NULL, -1, NULL, NULL, 0},
        {"dbname='/d/f.sqlite' table=\"t\" (geom) sql=a > 1", TL_SOURCE_FILE, "/d/f.sqlite",
         "/d/f.sqlite", "t", -1, "a > 1", NULL, 0},
        {"dbname='d' host=h port=5432 user='u' sslmode=disable key='id' table=\"s\".\"t\" (geom) sql=",
         TL_SOURCE_CONNECTION, "PG:dbname='d' host='h' port='5432' user='u'", NULL, "s.t", -1, NULL,
         NULL, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        check(&cases[k]);
    }
}

static void refused(const char *text, const char *wanted) {
    tl_source_name name;
    tl_err err = {0};
    assert_int_equal(tl_source_name_parse(text, "samples", &name, &err), TL_ARG);
    assert_non_null(strstr(err.text, wanted));
    assert_null(name.data);
}

static void what_is_not_known_is_refused(void **state) {
    (void)state;
    refused("a.gpkg|layer=p", "'|layer=p'");
    refused("a.gpkg|layername=p|authcfg=x1", "'|authcfg=x1'");
    refused("a.gpkg|layername=p|", "'|'");
    refused("a.gpkg|layerid=-1", "layerid=-1");
    refused("a.gpkg|layerid=1.5", "layerid=1.5");
    refused("a.gpkg|layerid=x", "layerid=x");
    refused("|layername=p", "names no file");
    refused("", "no file was named");
    refused("  ", "no file was named");
    refused("memory?geometry=Point&crs=EPSG:4326", "temporary layer");
    refused("file:///d/a.csv?type=csv&xField=x", "delimited text");
    refused("type=xyz&url=https://h/{z}/{x}/{y}.png", "tiles");
}

static void passwords_are_not_shown(void **state) {
    (void)state;
    tl_source_name name;
    tl_err err = {0};
    CHECK_OK(tl_source_name_parse("PG:dbname=d user=me password=pass host=h", "p", &name, &err));
    assert_string_equal(name.shown, "PG:dbname=d user=*** password=*** host=h");
    tl_source_name_free(&name);
    CHECK_OK(tl_source_name_parse("dbname='d' user='me' password='p ass' table=\"t\"", "p", &name,
                                  &err));
    assert_string_equal(name.shown, "PG:dbname='d' user=*** password=***");
    assert_non_null(strstr(name.data, "p ass"));
    tl_source_name_free(&name);
}

static void check_label(const char *text, const char *wanted) {
    char *label = tl_source_name_label(text);
    assert_non_null(label);
    assert_string_equal(label, wanted);
    tl_release(label);
}

static void labels_hold_no_folders(void **state) {
    (void)state;
    check_label("/home/me/a.gpkg|layername=p|subset=a / b > 1",
                "a.gpkg|layername=p|subset=a / b > 1");
    check_label("/home/me/a.tif", "a.tif");
    check_label("PG:dbname=d password=p", "PG:dbname=d password=***");
    check_label("a.tif|odd", "a.tif|odd");
}

static void a_reader_of_whole_files_refuses_filters(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int good;
    } cases[] = {{"d/lab.csv", 1},
                 {"d/lab.csv|layername=lab", 1},
                 {"d/lab.csv|layerid=0", 1},
                 {"d/lab.csv|layername=other", 0},
                 {"d/lab.csv|layerid=1", 0},
                 {"d/lab.csv|subset=a = 1", 0},
                 {"d/lab.csv|geometrytype=Point", 0},
                 {"d/lab.csv|option:A=B", 0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_source_name name;
        tl_err err = {0};
        CHECK_OK(tl_source_name_parse(cases[k].text, "p", &name, &err));
        assert_int_equal(tl_source_name_check_plain(&name, "p", &err),
                         cases[k].good ? TL_OK : TL_ARG);
        tl_source_name_free(&name);
    }
}

static void nothing_is_leaked_when_memory_is_out(void **state) {
    (void)state;
    static const char *const texts[] = {
        "a.gpkg|layername=p|subset=a > 1|geometrytype=Point|option:A=B",
        "dbname='/d/f.sqlite' table=\"s\".\"t\" (geom) sql=a > 1", "NETCDF:\"f\":v"};
    for (size_t k = 0; k < 3; k++) {
        const ptrdiff_t before = tl_live_blocks();
        int succeeded = 0;
        for (ptrdiff_t n = 0; n < 100 && !succeeded; n++) {
            tl_source_name name;
            tl_err err = {0};
            tl_fail_after(n);
            succeeded = tl_source_name_parse(texts[k], "p", &name, &err) == TL_OK;
            tl_fail_after(-1);
            assert_true(succeeded || err.code == TL_NOMEM);
            tl_source_name_free(&name);
            assert_int_equal(tl_live_blocks(), before);
        }
        assert_true(succeeded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strings_of_qgis_are_divided),
        cmocka_unit_test(the_strings_of_gdal_name_their_file),
        cmocka_unit_test(what_is_not_known_is_refused),
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(labels_hold_no_folders),
        cmocka_unit_test(a_reader_of_whole_files_refuses_filters),
        cmocka_unit_test(nothing_is_leaked_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
