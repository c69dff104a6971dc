/* SPDX-License-Identifier: GPL-2.0-or-later
 * One table in every encoding and container is one table of texts. */
#include <gdal.h>
#include <ogr_api.h>

#include "io/tables/text_tables.h"
#include "io/text_encoding.h"
#include "kit/check.h"
#include "unit/io/io_kit.h"

#define SAMPLE "\xE6\xA0\xB7\xE5\x93\x81"              /* sample */
#define ORGANIC "\xE6\x9C\x89\xE6\x9C\xBA\xE8\xB4\xA8" /* organic matter */

static void check_encoding(const char *bytes, size_t length, const char *wanted) {
    tl_err err = {0};
    char *utf8 = NULL;
    size_t n = 0;
    CHECK_OK(tl_io_to_utf8(bytes, length, "table", &utf8, &n, &err));
    const char *text = utf8 == NULL ? bytes : utf8;
    if (n != strlen(wanted) || memcmp(text, wanted, n) != 0) {
        fail_msg("'%s' is read as '%.*s'", wanted, (int)n, text);
    }
    tl_release(utf8);
}

#define CHECK_ENCODING(bytes, wanted) check_encoding(bytes, sizeof(bytes) - 1, wanted)

static void encodings_are_recognised(void **state) {
    (void)state;
    CHECK_ENCODING("id,x\nA,1\n", "id,x\nA,1\n");
    CHECK_ENCODING(
        "id,\xC2\xB0"
        "C\n",
        "id,\xC2\xB0"
        "C\n");
    CHECK_ENCODING("\xFF\xFEi\0d\0,\0\xB0\0\n\0", "id,\xC2\xB0\n");
    CHECK_ENCODING("\xFE\xFF\0i\0d\0,\0\xB0\0\n", "id,\xC2\xB0\n");
    CHECK_ENCODING("i\0d\0,\0x\0\n\0", "id,x\n");
    CHECK_ENCODING("\0i\0d\0,\0x\0\n", "id,x\n");
    /* GBK: sample, organic matter (g/kg) */
    CHECK_ENCODING("\xD1\xF9\xC6\xB7,\xD3\xD0\xBB\xFA\xD6\xCA(g/kg)\n1,2\n",
                   SAMPLE "," ORGANIC "(g/kg)\n1,2\n");
    CHECK_ENCODING("SOM\xD3\xD0\xBB\xFA\xD6\xCA%\n", "SOM" ORGANIC "%\n");
    /* Latin-1 */
    CHECK_ENCODING(
        "id,Gr\xF6\xDF"
        "e\n",
        "id,Gr\xC3\xB6\xC3\x9F"
        "e\n");
    CHECK_ENCODING("id,mg\xB7kg-1\n", "id,mg\xC2\xB7kg-1\n");
    CHECK_ENCODING(
        "id,T (\xB0"
        "C)\n",
        "id,T (\xC2\xB0"
        "C)\n");
    CHECK_ENCODING("C\xF4t\xE9,\xE9t\xE9\n", "C\xC3\xB4t\xC3\xA9,\xC3\xA9t\xC3\xA9\n");
    CHECK_ENCODING(
        "BODENGR\xD6\xDF"
        "E\n",
        "BODENGR\xC3\x96\xC3\x9F"
        "E\n");
    CHECK_ENCODING("\xB5g/g,\x80\n", "\xC2\xB5g/g,\xE2\x82\xAC\n");
}

static void what_is_no_text_is_refused(void **state) {
    (void)state;
    static const char bytes[] = "PK\3\4\0\0\0\0\xFF\xFE\1\2";
    tl_err err = {0};
    char *utf8 = NULL;
    size_t n = 0;
    assert_int_equal(tl_io_to_utf8(bytes, sizeof bytes - 1, "table", &utf8, &n, &err), TL_FORMAT);
    assert_null(utf8);
    for (ptrdiff_t after = 0; after < 2; after++) {
        tl_fail_after(after);
        const tl_code code = tl_io_to_utf8("\xFF\xFEi\0", 4, "table", &utf8, &n, NULL);
        tl_fail_after(-1);
        assert_true(code == TL_NOMEM || code == TL_OK);
        tl_release(utf8);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* Writes rows of texts into a sheet of a workbook, which stays open for further sheets. */
static void add_sheet(GDALDatasetH book, const char *name, const char *const *cell, int nrow,
                      int ncol) {
    OGRLayerH sheet = GDALDatasetCreateLayer(book, name, NULL, wkbNone, NULL);
    assert_non_null(sheet);
    for (int j = 0; j < ncol; j++) {
        char column[24];
        (void)snprintf(column, sizeof column, "Field%d", j + 1);
        OGRFieldDefnH field = OGR_Fld_Create(column, OFTString);
        assert_int_equal(OGR_L_CreateField(sheet, field, 1), OGRERR_NONE);
        OGR_Fld_Destroy(field);
    }
    for (int i = 0; i < nrow; i++) {
        OGRFeatureH row = OGR_F_Create(OGR_L_GetLayerDefn(sheet));
        for (int j = 0; j < ncol; j++) {
            if (cell[i * ncol + j][0] != '\0') {
                OGR_F_SetFieldString(row, j, cell[i * ncol + j]);
            }
        }
        assert_int_equal(OGR_L_CreateFeature(sheet, row), OGRERR_NONE);
        OGR_F_Destroy(row);
    }
}

static void write_book(const char *path, const char *driver) {
    static const char *const notes[] = {"read me", "", ""};
    static const char *const soil[] = {
        "Soils of 2020", "", "", "id", ORGANIC, "x (m)", "001", "2.5",
        "500.5",         "", "", "",   "B",     "3",     "7"};
    static const char *const other[] = {"id", "v", "C", "9"};
    GDALDatasetH book = GDALCreate(GDALGetDriverByName(driver), path, 0, 0, 0, GDT_Unknown, NULL);
    assert_non_null(book);
    add_sheet(book, "Soil", soil, 5, 3);
    add_sheet(book, "Other", other, 2, 2);
    add_sheet(book, "Notes", notes, 1, 3);
    GDALClose(book);
}

static void sheets_of_workbooks_are_tables(void **state) {
    (void)state;
    static const char *const book[][2] = {{"soil.xlsx", "XLSX"}, {"soil.ods", "ODS"}};
    (void)tl_store_gdal();
    for (int k = 0; k < 2; k++) {
        tl_err err = {0};
        tl_text_table t;
        char path[1200];
        write_book(kit_path(book[k][0]), book[k][1]);
        CHECK_OK(tl_io_tables_read_texts(kit_path(book[k][0]), "samples", &t, &err));
        assert_int_equal(t.ncol, 3);
        assert_int_equal(t.nrow, 2);
        assert_string_equal(t.header[1], ORGANIC);
        assert_string_equal(t.header[2], "x (m)");
        assert_string_equal(tl_source_text_table_at(&t, 0, 0), "001");
        assert_string_equal(tl_source_text_table_at(&t, 1, 0), "B");
        assert_int_equal(t.line[1], 5);
        tl_source_text_table_free(&t);
        (void)snprintf(path, sizeof path, "%s|layername=Other", kit_path(book[k][0]));
        CHECK_OK(tl_io_tables_read_texts(path, "samples", &t, &err));
        assert_string_equal(t.header[1], "v");
        tl_source_text_table_free(&t);
        (void)snprintf(path, sizeof path, "%s|layername=Third", kit_path(book[k][0]));
        assert_int_equal(tl_io_tables_read_texts(path, "samples", &t, &err), TL_ARG);
        CHECK_SAYS(err, "Soil, Other, Notes");
        assert_null(t.cell);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void the_key_of_a_layer_is_its_first_column(void **state) {
    (void)state;
    (void)tl_store_gdal();
    tl_err err = {0};
    tl_text_table t;
    GDALDatasetH data =
        GDALCreate(GDALGetDriverByName("GPKG"), kit_path("key.gpkg"), 0, 0, 0, GDT_Unknown, NULL);
    OGRLayerH layer = GDALDatasetCreateLayer(data, "soil", NULL, wkbNone, NULL);
    OGRFieldDefnH field = OGR_Fld_Create("v", OFTReal);
    assert_int_equal(OGR_L_CreateField(layer, field, 1), OGRERR_NONE);
    OGR_Fld_Destroy(field);
    OGRFeatureH row = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    OGR_F_SetFID(row, 5000000000LL);
    OGR_F_SetFieldDouble(row, 0, 0.1 + 0.2);
    assert_int_equal(OGR_L_CreateFeature(layer, row), OGRERR_NONE);
    OGR_F_Destroy(row);
    GDALClose(data);
    CHECK_OK(tl_io_tables_read_texts(kit_path("key.gpkg"), "samples", &t, &err));
    double value = 0.0;
    assert_string_equal(t.header[0], "fid");
    assert_string_equal(tl_source_text_table_at(&t, 0, 0), "5000000000");
    assert_int_equal(tl_source_text_table_number(&t, 0, 1, &value), 1);
    CHECK_NEAR(value, 0.1 + 0.2, 0.0);
    tl_source_text_table_free(&t);
}

/* Web pages and instruments export texts under the extension of a workbook. */
static void a_text_that_is_called_a_workbook_is_read(void **state) {
    (void)state;
    tl_err err = {0};
    tl_text_table t;
    kit_write_text("export.xls", "id\tv\nA\t1\n");
    CHECK_OK(tl_io_tables_read_texts(kit_path("export.xls"), "samples", &t, &err));
    assert_string_equal(t.header[1], "v");
    tl_source_text_table_free(&t);
    kit_write_text("page.xls", "<html><table><tr><td>id</td></tr></table></html>");
    assert_int_equal(tl_io_tables_read_texts(kit_path("page.xls"), "samples", &t, &err), TL_IO);
    CHECK_SAYS(err, "page.xls");
    assert_int_equal(tl_io_tables_read_texts(kit_path("none.xlsx"), "samples", &t, &err), TL_IO);
    CHECK_SAYS(err, "there is no file");
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_are_recognised),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(sheets_of_workbooks_are_tables),
        cmocka_unit_test(the_key_of_a_layer_is_its_first_column),
        cmocka_unit_test(a_text_that_is_called_a_workbook_is_read),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
