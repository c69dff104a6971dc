/* SPDX-License-Identifier: GPL-2.0-or-later
 * ASD binary files and text exports: every version, real files, and files that lie. */
#include "io/tables/asd_file.h"

#include "io/tables/spectra.h"
#include "unit/io/io_kit.h"

/* A file as the instrument writes it, little-endian on every machine. */
typedef struct fake {
    int version;
    int type;
    int format;
    int channels;
    int has_reference;
    const char *text;
} fake;

static const fake plain = {.version = 8,
                           .type = 1,
                           .format = 2,
                           .channels = 12,
                           .has_reference = 1,
                           .text = "white panel"};

static size_t put(unsigned char *at, uint64_t word, size_t width) {
    for (size_t i = 0; i < width; i++) {
        at[i] = (unsigned char)(word >> (8 * i));
    }
    return width;
}

static size_t put_value(unsigned char *at, double value, int format) {
    const float single = (float)value;
    uint32_t half = 0;
    uint64_t whole = 0;
    memcpy(&half, &single, sizeof half);
    memcpy(&whole, &value, sizeof whole);
    return format == 2   ? put(at, whole, 8)
           : format == 0 ? put(at, half, 4)
                         : put(at, (uint32_t)(int32_t)value, 4);
}

static double target_of(int j) {
    return 1000.0 + 17.0 * j;
}

static double white_of(int j) {
    return 4000.0 - 8.0 * j;
}

/* Writes the file into bytes and returns its length. */
static size_t write_asd(const fake *f, unsigned char *bytes) {
    memset(bytes, 0, 4096);
    memcpy(bytes, f->version == 1 ? "ASD" : "as?", 3);
    if (f->version > 1) {
        bytes[2] = (unsigned char)('0' + f->version);
    }
    bytes[186] = (unsigned char)f->type;
    bytes[199] = (unsigned char)f->format;
    (void)put_value(bytes + 191, 350.0, 0);
    (void)put_value(bytes + 195, 2.0, 0);
    (void)put(bytes + 204, (uint64_t)f->channels, 2);
    (void)put_value(bytes + 444, 356.0, 0);
    (void)put_value(bytes + 448, 364.0, 0);
    size_t at = 484;
    for (int j = 0; j < f->channels; j++) {
        const double value = f->version == 1 ? target_of(j) / white_of(j) : target_of(j);
        at += put_value(bytes + at, value, f->format);
    }
    if (f->version == 1) {
        return at;
    }
    at += put(bytes + at, f->has_reference ? 0xFFFF : 0, 2);
    at += 16;
    const size_t n = strlen(f->text);
    at += put(bytes + at, n, 2);
    memcpy(bytes + at, f->text, n);
    at += n;
    for (int j = 0; j < f->channels; j++) {
        at += put_value(bytes + at, white_of(j), f->format);
    }
    return at;
}

/* Parses a copy that ends exactly where the file ends, so that a checker sees every read beyond. */
static tl_code parse(const unsigned char *bytes, size_t length, double splice[2], tl_spectra *s,
                     tl_err *err) {
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    const tl_code code = tl_io_tables_asd_parse(copy, length, "files 'a.asd'", splice, s, err);
    free(copy);
    return code;
}

static void every_version_gives_target_over_white(void **state) {
    (void)state;
    static const int versions[] = {1, 6, 7, 8};
    static unsigned char bytes[4096];
    for (size_t k = 0; k < 4; k++) {
        for (int format = 0; format < 3; format++) {
            fake f = plain;
            f.version = versions[k];
            f.format = format;
            f.type = versions[k] == 1 || format != 1; /* integers are raw counts */
            if (f.version == 1 && format == 1) {
                continue; /* fractions do not fit into integers */
            }
            tl_err err = {0};
            tl_spectra s;
            double splice[2];
            const size_t length = write_asd(&f, bytes);
            assert_true(tl_io_tables_asd_is((const char *)bytes, length));
            CHECK_OK(parse(bytes, length, splice, &s, &err));
            assert_int_equal(s.n, 1);
            assert_int_equal(s.p, 12);
            CHECK_NEAR(splice[0], 356.0, 0.0);
            CHECK_NEAR(splice[1], 364.0, 0.0);
            for (int j = 0; j < 12; j++) {
                CHECK_NEAR(s.wavelength_nm[j], 350.0 + 2.0 * j, 0.0);
                /* Only version 1 stores the ratio itself, which single precision rounds. */
                CHECK_NEAR(s.values.data[j], target_of(j) / white_of(j),
                           f.version == 1 && format == 0 ? 1e-7 : 1e-15);
            }
            tl_source_spectra_free(&s);
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void a_file_cut_anywhere_gives_a_sentence(void **state) {
    (void)state;
    static unsigned char bytes[4096];
    const size_t length = write_asd(&plain, bytes);
    for (size_t n = 0; n < length; n++) {
        tl_err err = {0};
        tl_spectra s;
        double splice[2];
        assert_int_equal(parse(bytes, n, splice, &s, &err), TL_FORMAT);
        assert_non_null(strstr(err.text, "a.asd"));
        assert_null(s.values.data);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void a_flipped_byte_never_gives_more_than_wrong_numbers(void **state) {
    (void)state;
    static unsigned char bytes[4096];
    static const unsigned char masks[] = {0x01, 0x80, 0xFF};
    const size_t length = write_asd(&plain, bytes);
    for (size_t at = 0; at < length; at++) {
        for (size_t k = 0; k < 3; k++) {
            tl_err err = {0};
            tl_spectra s;
            double splice[2];
            bytes[at] ^= masks[k];
            const tl_code code = parse(bytes, length, splice, &s, &err);
            bytes[at] ^= masks[k];
            if (code == TL_OK) {
                assert_in_range(s.p, 2, 12);
                assert_true(s.wavelength_nm[s.p - 1] > s.wavelength_nm[0]);
            } else {
                assert_true(strlen(err.text) > 20);
            }
            tl_source_spectra_free(&s);
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void headers_that_lie_are_named(void **state) {
    (void)state;
    static unsigned char bytes[4096];
    static const struct {
        size_t at;
        uint64_t word;
        size_t width;
        tl_code code;
        const char *reported;
    } lies[] = {
        {204, 2000, 2, TL_FORMAT, "cut off"},
        {204, 0xFFFF, 2, TL_FORMAT, "131418 nm"},
        {204, 0, 2, TL_FORMAT, "0 channels"},
        {199, 3, 1, TL_FORMAT, "form 3"},
        {195, 0, 4, TL_FORMAT, "wavelengths"},
        {191, 0x7FC00000, 4, TL_FORMAT, "wavelengths"},
        {186, 2, 1, TL_DATA, "radiance"},
        {186, 77, 1, TL_DATA, "type 77"},
        {2, '9', 1, TL_FORMAT, "no ASD file"},
        {484 + 96, 0, 2, TL_DATA, "no white reference"},
        {484 + 96 + 18, 0xFFFF, 2, TL_FORMAT, "cut"},
    };
    for (size_t k = 0; k < sizeof lies / sizeof lies[0]; k++) {
        tl_err err = {0};
        tl_spectra s;
        double splice[2];
        const size_t length = write_asd(&plain, bytes);
        (void)put(bytes + lies[k].at, lies[k].word, lies[k].width);
        assert_int_equal(parse(bytes, length, splice, &s, &err), lies[k].code);
        if (strstr(err.text, lies[k].reported) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, lies[k].reported);
        }
    }
}

static void real_files_have_their_decoded_reflectance(void **state) {
    (void)state;
    static const char *const names[] = {"field_gps_ww00045_as7", "group100000_as7",
                                        "kssl_101453_as8",       "ribb00001_as7",
                                        "ribb00003_as7",         "soil_as8"};
    tl_err err = {0};
    tl_spectra decoded;
    const char *table = kit_data("asd_files/decoded_reflectance.csv");
    if (table == NULL) {
        skip();
    }
    CHECK_OK(tl_store_gdal()->read_spectra(table, "spectra", NULL, &decoded, &err));
    for (size_t k = 0; k < 6; k++) {
        char name[96];
        tl_measured about;
        tl_spectra s;
        (void)snprintf(name, sizeof name, "asd_files/%s.asd", names[k]);
        CHECK_OK(tl_store_gdal()->read_measured(kit_data(name), "files", NULL, &about, &s, &err));
        assert_int_equal(about.unit, TL_VALUES_FRACTION);
        (void)snprintf(name, sizeof name, "%s.asd", names[k]);
        const ptrdiff_t i = tl_source_spectra_find(&decoded, name);
        assert_true(i >= 0);
        assert_int_equal(s.p, 2151);
        for (ptrdiff_t j = 0; j < s.p; j++) {
            /* The table has eight significant digits. */
            const double wanted = tl_matrix_row(&decoded.values, i)[j];
            CHECK_NEAR(s.values.data[j], wanted, 1e-7 * fabs(wanted));
        }
        assert_true(about.splice_nm[0] > 900.0 && about.splice_nm[1] < 2000.0);
        tl_source_spectra_free(&s);
    }
    tl_source_spectra_free(&decoded);
}

/* --- text exports --- */

static void every_export_gives_the_same_spectrum(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *form;
    } texts[] = {
        {"Wavelength;a.asd\n350; 0.125 \n351; 1.5E-01 \n", "semicolons"},
        {"Wavelength;a.asd\r\n350;0,125\r\n351;1,5E-01\r\n", "decimal commas"},
        {"Wavelength\ta.asd\n350\t0,125\n351\t0,15\n", "tabs"},
        {"Wavelength a.asd\n350  0,125\n351 0,15 \n", "blanks"},
        {"350 0.125\n351 0.15\n", "blanks"},
        {"nm,reflectance\n350,0.125\n351,0.15\n", "commas between"},
        {"\xEF\xBB\xBFText of a.asd\nmade by a program; on a day\n\nwavelength;a\n350;0,125\n351;0,15",
         "decimal commas"},
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        tl_err err = {0};
        tl_spectra s;
        tl_measured about;
        kit_write_text("a.txt", texts[k].text);
        CHECK_OK(
            tl_store_gdal()->read_measured(kit_path("a.txt"), "files", NULL, &about, &s, &err));
        assert_int_equal(s.n, 1);
        assert_int_equal(s.p, 2);
        assert_string_equal(s.id[0], "");
        CHECK_NEAR(s.wavelength_nm[1], 351.0, 0.0);
        CHECK_NEAR(s.values.data[0], 0.125, 1e-15);
        CHECK_NEAR(s.values.data[1], 0.15, 1e-15);
        assert_true(isnan(about.splice_nm[0]));
        if (strstr(about.form, texts[k].form) == NULL) {
            fail_msg("text %zu: '%s' does not say '%s'", k, about.form, texts[k].form);
        }
        tl_source_spectra_free(&s);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void cut_exports_are_survived(void **state) {
    (void)state;
    static const char text[] = "\"Wavelength\" ;a.asd;\"b;c\"\n350; 0,125 ;0,2\n351;1,5E-01;0,3\n";
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n + (n == 0));
        char *table = NULL;
        size_t table_length = 0;
        char delimiter = '\0';
        tl_err err = {0};
        assert_non_null(copy);
        memcpy(copy, text, n);
        CHECK_OK(tl_io_tables_spectra_export(copy, n, &table, &table_length, &delimiter, &err));
        assert_true(table_length <= n + 100);
        tl_release(table);
        free(copy);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void a_folder_lists_its_files_by_name(void **state) {
    (void)state;
    tl_err err = {0};
    char **path = NULL;
    ptrdiff_t n = 0;
    char folder[256];
    kit_write_text("b.asx", "1");
    kit_write_text("a.ASX", "1");
    kit_write_text("c.png", "1");
    (void)snprintf(folder, sizeof folder, "%s", kit_path(""));
    CHECK_OK(tl_store_gdal()->list_folder(folder, "folder", "txq,asx", &path, &n, &err));
    assert_int_equal(n, 2);
    assert_non_null(strstr(path[0], "/a.ASX"));
    assert_non_null(strstr(path[1], "/b.asx"));
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_release(path[i]);
    }
    tl_release((void *)path);
    (void)snprintf(folder, sizeof folder, "%s", kit_path("b.asx"));
    assert_int_equal(tl_store_gdal()->list_folder(folder, "folder", "asx", &path, &n, &err), TL_IO);
    assert_non_null(strstr(err.text, "not a folder"));
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_gives_target_over_white),
        cmocka_unit_test(a_file_cut_anywhere_gives_a_sentence),
        cmocka_unit_test(a_flipped_byte_never_gives_more_than_wrong_numbers),
        cmocka_unit_test(headers_that_lie_are_named),
        cmocka_unit_test(real_files_have_their_decoded_reflectance),
        cmocka_unit_test(every_export_gives_the_same_spectrum),
        cmocka_unit_test(cut_exports_are_survived),
        cmocka_unit_test(a_folder_lists_its_files_by_name),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
