/* SPDX-License-Identifier: GPL-2.0-or-later
 * Readers of products on files in memory: names of sisters, XML by names of elements, and every
 * allocation failing in turn. Values are tested at the command line, tests/cli/test_products.py. */
#include <cpl_vsi.h>
#include <gdal.h>

#include "base/text.h"
#include "io/gdal_call.h"
#include "kit/check.h"
#include "products/product_files.h"
#include "products/sisters.h"
#include "products/xml.h"

static const char folder[] = "/vsimem/products";
static const char enmap[] = "/vsimem/products/ENMAP01-____L2A-DT1";
static const char desis[] = "/vsimem/products/DESIS-HSI-L2A-DT1";

static void write_text(const char *path, const char *text) {
    VSILFILE *file = VSIFOpenL(path, "wb");
    assert_non_null(file);
    assert_int_equal(VSIFWriteL(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(VSIFCloseL(file), 0);
}

static void write_image(const char *stem, const char *tail, int bands) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s%s", stem, tail);
    GDALDatasetH made =
        GDALCreate(GDALGetDriverByName("GTiff"), path, 3, 2, bands, GDT_Int16, NULL);
    assert_non_null(made);
    GDALClose(made);
}

static void make_products(void) {
    char path[256];
    tl_io_call call;
    tl_io_begin(&call);
    (void)VSIMkdir(folder, 0755);
    write_image(enmap, "-SPECTRAL_IMAGE.TIF", 2);
    write_image(desis, "-SPECTRAL_IMAGE.tif", 2);
    (void)snprintf(path, sizeof path, "%s-METADATA.XML", enmap);
    write_text(path,
               "<level_X><specific><bandCharacterisation>"
               "<bandID number=\"2\"><wavelengthCenterOfBand>550</wavelengthCenterOfBand>"
               "<FWHMOfBand>7</FWHMOfBand><GainOfBand>0.0001</GainOfBand>"
               "<OffsetOfBand>0.5</OffsetOfBand></bandID>"
               "<bandID number=\"1\"><wavelengthCenterOfBand>450</wavelengthCenterOfBand>"
               "<FWHMOfBand>6</FWHMOfBand><GainOfBand>0.0002</GainOfBand></bandID>"
               "</bandCharacterisation></specific></level_X>");
    (void)snprintf(path, sizeof path, "%s-METADATA.xml", desis);
    write_text(path,
               "<hsi_doc><specific><bandCharacterisation>"
               "<band><wavelengthCenterOfBand>450</wavelengthCenterOfBand>"
               "<gainOfBand>1</gainOfBand><offsetOfBand>0</offsetOfBand></band>"
               "<band><wavelengthCenterOfBand>550</wavelengthCenterOfBand>"
               "<gainOfBand>2</gainOfBand><offsetOfBand>0</offsetOfBand></band>"
               "</bandCharacterisation></specific></hsi_doc>");
    tl_io_end(&call);
}

/* Bands are told apart by their number, not by their order in the file. */
static void bands_go_by_their_number(void **state) {
    (void)state;
    tl_err err = {0};
    tl_product *product = NULL;
    CHECK_OK(tl_products_open("/vsimem/products/ENMAP01-____L2A-DT1-METADATA.XML", "product", NULL,
                              &product, &err));
    const tl_bands *bands = &tl_products_info(product)->part[0].bands;
    CHECK_NEAR(bands->band[0].centre_nm, 450.0, 0.0);
    CHECK_NEAR(bands->band[0].scale, 0.0002, 0.0);
    CHECK_NEAR(bands->band[0].offset, 0.0, 0.0);
    CHECK_NEAR(bands->band[1].fwhm_nm, 7.0, 0.0);
    CHECK_NEAR(bands->band[1].offset, 0.5, 0.0);
    tl_products_close(product);
}

static void sisters_share_a_stem_whatever_the_case(void **state) {
    (void)state;
    char found[tl_products_path_capacity];
    assert_int_equal(tl_products_sisters("/vsimem/products/ENMAP01-____L2A-DT1-METADATA.XML",
                                         "enmap", "-spectral_image.tif", found),
                     1);
    assert_string_equal(found, "/vsimem/products/ENMAP01-____L2A-DT1-SPECTRAL_IMAGE.TIF");
    assert_int_equal(tl_products_sisters(folder, "", "-METADATA.XML", found), 2);
    assert_string_equal(tl_base_name(found), "DESIS-HSI-L2A-DT1-METADATA.xml");
    assert_int_equal(tl_products_sisters(folder, "EMIT", ".nc", found), 0);
    assert_string_equal(found, "");
}

/* "b/c" is the c in the first b that has one, however deep. */
static void elements_are_found_by_names(void **state) {
    static const char text[] =
        "<?xml version=\"1.0\"?><x:a xmlns:x=\"u\"><b/><d><B><C> 7.5 </C></B>"
        "</d><e>no number</e></x:a>";
    (void)state;
    tl_err err = {0};
    CPLXMLNode *tree = NULL;
    const CPLXMLNode *root = NULL;
    CHECK_OK(tl_products_xml_parse(text, sizeof text - 1, "text", &tree, &root, &err));
    CHECK_NEAR(tl_products_xml_number(root, "b/c"), 7.5, 0.0);
    assert_true(isnan(tl_products_xml_number(root, "e")));
    assert_true(isnan(tl_products_xml_number(root, "missing")));
    CPLDestroyXMLNode(tree);
    for (size_t n = 0; n < sizeof text - 1; n += 9) {
        if (tl_products_xml_parse(text, n, "text", &tree, &root, NULL) == TL_OK) {
            CPLDestroyXMLNode(tree);
        }
    }
    /* Nesting that would use up the stack of a search is refused. */
    enum { levels = 1000 };
    char deep[7 * levels + 1] = "";
    for (size_t k = 0; k < levels; k++) {
        memcpy(deep + 3 * k, "<a>", 3);
        memcpy(deep + (size_t)3 * levels + 4 * k, "</a>", 4);
    }
    assert_int_equal(tl_products_xml_parse(deep, 7 * levels, "text", &tree, &root, &err),
                     TL_FORMAT);
}

static void moments_lose_their_fractions(void **state) {
    (void)state;
    char utc[32] = "";
    tl_products_utc("2023-05-04T03:12:05.250000Z", utc);
    assert_string_equal(utc, "2023-05-04T03:12:05Z");
    tl_products_utc("2023-05-04 03:12:06+0000", utc);
    assert_string_equal(utc, "2023-05-04T03:12:06Z");
    tl_products_utc("yesterday", utc);
    assert_string_equal(utc, "2023-05-04T03:12:06Z");
}

/* However early memory runs out, the sentence states it and nothing is left behind. */
static void memory_that_runs_out_leaves_nothing(void **state) {
    static const char *const path[] = {"/vsimem/products/ENMAP01-____L2A-DT1-METADATA.XML",
                                       "/vsimem/products/DESIS-HSI-L2A-DT1-METADATA.xml"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        const ptrdiff_t live = tl_live_blocks();
        tl_code code = TL_NOMEM;
        ptrdiff_t n = 0;
        for (; n < 200 && code == TL_NOMEM; n++) {
            tl_product *product = NULL;
            tl_err err = {0};
            tl_fail_after(n);
            code = tl_products_open(path[k], "product", NULL, &product, &err);
            tl_fail_after(-1);
            assert_true(code == TL_OK || (code == TL_NOMEM && err.text[0] != '\0'));
            tl_products_close(product);
            assert_int_equal(tl_live_blocks(), live);
        }
        assert_int_equal(code, TL_OK);
        assert_true(n > 5);
    }
}

int main(void) {
    make_products();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_go_by_their_number),
        cmocka_unit_test(sisters_share_a_stem_whatever_the_case),
        cmocka_unit_test(elements_are_found_by_names),
        cmocka_unit_test(moments_lose_their_fractions),
        cmocka_unit_test(memory_that_runs_out_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
