/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra tables in the forms that laboratories send them, and ENVI spectral libraries. */
#include "base/assumptions.h"
#include "io/tables/spectra.h"
#include "unit/io/io_kit.h"

static tl_code parse(const char *text, const tl_progress *p, tl_spectra *s, tl_err *err) {
    return tl_io_tables_spectra_from_csv(text, strlen(text), "spectra", p, s, err);
}

/* The same two spectra, however the columns are named, ordered and delimited. */
static void every_form_gives_the_same_spectra(void **state) {
    (void)state;
    static const char *const texts[] = {
        "id,350,351.5,400\nA,0.1,0.2,0.3\nB,0.4,,0.6\n",
        "\xEF\xBB\xBFsite;X350;X351.5;X400;id\nq;0.1;0.2;0.3;A\nr;0.4;NA;0.6;B\n",
        "sample_id\t400nm\t350nm\tclay\t351.5nm\nA\t0.3\t0.1\t22\t0.2\nB\t0.6\t0.4\t7\tnan\n",
        "\"id\",\"R_350\",\"R_351.5\",\"R_400\"\n\"A\",0.1,0.2,0.3\n\"B\",0.4,n.d.,0.6\n",
        "id,0.35,0.3515,0.4\nA,0.1,0.2,0.3\nB,0.4,,0.6\n",
        "x_32633,y_32633,id,350,351.5,400\n1,2,A,0.1,0.2,0.3\n3,4,B,0.4,,0.6\n",
        "wavelength_nm,A,B\n350,0.1,0.4\n351.5,0.2,\n400,0.3,0.6\n",
        "Wavelength (um);A;B\n0.35;0.1;0.4\n0.3515;0.2;\n0.4;0.3;0.6\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        tl_err err = {0};
        tl_spectra s;
        CHECK_OK(parse(texts[k], NULL, &s, &err));
        assert_int_equal(s.n, 2);
        assert_int_equal(s.p, 3);
        assert_string_equal(s.id[0], "A");
        assert_string_equal(s.id[1], "B");
        CHECK_NEAR(s.wavelength_nm[0], 350.0, 1e-9);
        CHECK_NEAR(s.wavelength_nm[1], 351.5, 1e-9);
        CHECK_NEAR(s.wavelength_nm[2], 400.0, 1e-9);
        CHECK_NEAR(tl_matrix_row(&s.values, 0)[1], 0.2, 0.0);
        CHECK_NEAR(tl_matrix_row(&s.values, 1)[2], 0.6, 0.0);
        assert_true(isnan(tl_matrix_row(&s.values, 1)[1]));
        assert_true(isnan(s.fwhm_nm[0]));
        tl_source_spectra_free(&s);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* A table whose rows are only counted must not be joined by guess without a word. */
static void the_column_of_ids_is_found_or_missed_aloud(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *second_id;
        const char *logged;
    } cases[] = {
        {"id,350,400\nA,0.1,0.2\nB,0.3,0.4\n", "B", ""},
        {"\xE7\xBC\x96\xE5\x8F\xB7,clay,350,400\n17,1,0.1,0.2\n9,2,0.3,0.4\n", "9",
         "\xE7\xBC\x96\xE5\x8F\xB7"},
        {"index,time,350,400\n3,noon,0.1,0.2\n8,night,0.3,0.4\n", "8", "'index'"},
        {"clay,site,350,400\n12.5,here,0.1,0.2\n3,there,0.3,0.4\n", "there", "'site'"},
        {"clay,350,400\n12.5,0.1,0.2\n3,0.3,0.4\n", "2", "numbered 1 to 2"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_spectra s;
        kit_log log;
        const tl_progress p = kit_progress(&log);
        CHECK_OK(parse(cases[k].text, &p, &s, &err));
        assert_string_equal(s.id[1], cases[k].second_id);
        assert_non_null(strstr(log.text, cases[k].logged));
        assert_int_equal(cases[k].logged[0] == '\0', log.text[0] == '\0');
        tl_source_spectra_free(&s);
    }
}

/* Columns of an infrared instrument: 10000 and 5000 cm-1 are 1000 and 2000 nm. Wavelengths from
 * high to low stay wavelengths. */
static void falling_wavenumbers_become_wavelengths_and_are_said(void **state) {
    (void)state;
    tl_err err = {0};
    tl_spectra s;
    kit_log log;
    const tl_progress p = kit_progress(&log);
    tl_assumptions assumptions;
    tl_assumptions_begin(&assumptions, &p, 0);
    CHECK_OK(parse("id,10000,8000,5000\nA,0.1,0.2,0.3\n", &p, &s, &err));
    tl_assumptions_end(&assumptions);
    CHECK_NEAR(s.wavelength_nm[0], 1000.0, 1e-9);
    CHECK_NEAR(s.wavelength_nm[2], 2000.0, 1e-9);
    CHECK_NEAR(tl_matrix_row(&s.values, 0)[2], 0.3, 0.0);
    assert_non_null(strstr(log.text, "1000 to 2000 nm"));
    tl_source_spectra_free(&s);
    CHECK_OK(parse("id,2500,1000,350\nA,0.1,0.2,0.3\n", &p, &s, &err));
    CHECK_NEAR(s.wavelength_nm[0], 350.0, 0.0);
    tl_source_spectra_free(&s);
}

/* What the values mean is for those who ask for them. */
static void values_stay_as_they_are(void **state) {
    (void)state;
    tl_err err = {0};
    tl_spectra s;
    kit_log log;
    const tl_progress p = kit_progress(&log);
    CHECK_OK(parse("id,350,400\nA,12,25\nB,30,41\n", &p, &s, &err));
    CHECK_NEAR(tl_matrix_row(&s.values, 0)[1], 25.0, 0.0);
    tl_source_spectra_free(&s);
}

/* Spreadsheets of half of Europe write semicolons and decimal commas. */
static void decimal_commas_are_read(void **state) {
    (void)state;
    tl_err err = {0};
    tl_spectra s;
    CHECK_OK(parse("id;350;400\nA;0,12;0,13\nB;1;1.234,5\n", NULL, &s, &err));
    CHECK_NEAR(tl_matrix_row(&s.values, 0)[1], 0.13, 0.0);
    CHECK_NEAR(tl_matrix_row(&s.values, 1)[1], 1234.5, 0.0);
    tl_source_spectra_free(&s);
}

static void wrong_tables_give_a_sentence(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *word;
        tl_code code;
    } cases[] = {
        {"", "empty", TL_FORMAT},
        {"id,name\nA,B\n", "column names", TL_DATA},
        {"id,350\nA,1\n", "1 of the 2", TL_DATA},
        {"id,350,400\n", "no spectra", TL_DATA},
        {"id,350,350\nA,1,2\n", "twice", TL_DATA},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_spectra s;
        assert_int_equal(parse(cases[k].text, NULL, &s, &err), cases[k].code);
        CHECK_SAYS(err, cases[k].word);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void cut_tables_are_survived(void **state) {
    (void)state;
    const char whole[] =
        "id,X350,X351e9,X1e308\n\"A\",1e999,-0.2,1e-320\nB;;,99999999999999999999\n";
    for (size_t cut = 0; cut < sizeof whole; cut++) {
        tl_spectra s;
        if (tl_io_tables_spectra_from_csv(whole, cut, "spectra", NULL, &s, NULL) == TL_OK) {
            tl_source_spectra_free(&s);
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* What is written is read back bit by bit, ids with commas and quotes included. */
static void written_spectra_are_read_back_exactly(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_spectra s;
    tl_spectra back;
    CHECK_OK(tl_source_spectra_init(&s, 2, 3, &err));
    CHECK_OK(tl_source_spectra_set_id(&s, 0, "plot 3, \"north\"", &err));
    CHECK_OK(tl_source_spectra_set_id(&s, 1, "土 2", &err));
    for (int j = 0; j < 3; j++) {
        s.wavelength_nm[j] = 400.0 + j / 3.0;
        tl_matrix_row(&s.values, 0)[j] = 1.0 / (3.0 + j);
        tl_matrix_row(&s.values, 1)[j] = j == 1 ? (double)NAN : 0.1 * j;
    }
    CHECK_OK(store->write_spectra(kit_path("out.csv"), "output", &s, &err));
    CHECK_OK(store->read_spectra(kit_path("out.csv"), "spectra", NULL, &back, &err));
    for (int i = 0; i < 2; i++) {
        assert_string_equal(s.id[i], back.id[i]);
        for (int j = 0; j < 3; j++) {
            const double a = tl_matrix_row(&s.values, i)[j];
            const double b = tl_matrix_row(&back.values, i)[j];
            assert_true((isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0);
        }
    }
    assert_memory_equal(s.wavelength_nm, back.wavelength_nm, 3 * sizeof(double));
    tl_source_spectra_free(&s);
    tl_source_spectra_free(&back);
}

static const char library_header[] =
    "ENVI\nsamples = 2\nlines = 3\nbands = 1\nheader offset = 4\nfile type = ENVI Spectral "
    "Library\n"
    "data type = 2\ninterleave = bsq\nbyte order = 1\nreflectance scale factor = 10000\n"
    "wavelength units = Micrometers\nspectra names = {one, two}\nwavelength = {0.5, 0.4}\n"
    "fwhm = {0.02, 0.01}\n";
static const unsigned char library_data[] = {9,    9, 9, 9, 0x03, 0xe8, 0x07, 0xd0,
                                             0x00, 1, 0, 2, 0,    3,    0xff, 0xff};

static void a_spectral_library_is_read_by_its_header(void **state) {
    (void)state;
    tl_err err = {0};
    tl_spectra s;
    kit_write_text("lib.hdr", library_header);
    kit_write("lib.sli", (const char *)library_data, sizeof library_data);
    CHECK_OK(tl_store_gdal()->read_spectra(kit_path("lib.sli"), "spectra", NULL, &s, &err));
    assert_int_equal(s.n, 3);
    assert_string_equal(s.id[1], "two");
    assert_string_equal(s.id[2], "3");
    /* Descending in the file, increasing in the table; big-endian 0x03e8 = 1000 at 500 nm. */
    CHECK_NEAR(s.wavelength_nm[0], 400.0, 1e-9);
    CHECK_NEAR(s.fwhm_nm[0], 10.0, 1e-9);
    CHECK_NEAR(tl_matrix_row(&s.values, 0)[0], 0.2, 1e-15);
    CHECK_NEAR(tl_matrix_row(&s.values, 0)[1], 0.1, 1e-15);
    CHECK_NEAR(tl_matrix_row(&s.values, 2)[0], -0.0001, 1e-15);
    tl_source_spectra_free(&s);
    CHECK_OK(tl_store_gdal()->read_spectra(kit_path("lib.hdr"), "spectra", NULL, &s, &err));
    assert_int_equal(s.n, 3);
    tl_source_spectra_free(&s);
}

/* Bad bands, bands without a wavelength, a unit that cannot be, and widths in nm next to micrometres. */
static void libraries_with_faults_in_their_header_are_read(void **state) {
    (void)state;
    static const struct {
        const char *more;
        ptrdiff_t p;
        double nm; /* of the last band */
        const char *log;
    } cases[] = {
        {"wavelength units = Nanometers\nwavelength = {0.5, 0.6, 0.7}\n", 3, 700.0, "micrometres"},
        {"wavelength units = Micrometers\nwavelength = {500, 600, 700}\n", 3, 700.0, "read as nm"},
        {"wavelength units = Unknown\nwavelength = {0.5, 0.6, 0.7}\n", 3, 700.0, ""},
        {"wavelength units = GHz\nwavelength = {600000, 500000, 400000}\n", 3, 749.481145, ""},
        {"wavelength = {500, -1, 700}\n", 2, 700.0, "1 of 3 bands"},
        {"wavelength = {500, 600, 700}\nbbl = {1, 1, 0}\n", 2, 600.0, "1 of 3 bands"},
        {"wavelength = {500, 600, 700}\nbbl = {true, true, false}\n", 2, 600.0, "1 of 3 bands"},
        {"wavelength = {500, 600, 700}\nbbl = {1, 0}\n", 3, 700.0, "2 entries for 3 bands"},
        {"wavelength units = um\nwavelength = {0.5, 0.6, 0.7}\nfwhm = {5, 6, 7}\n", 3, 700.0,
         "widths"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char header[512];
        tl_err err = {0};
        tl_spectra s;
        kit_log log;
        const tl_progress p = kit_progress(&log);
        tl_assumptions assumptions;
        (void)snprintf(header, sizeof header,
                       "ENVI\nsamples = 3\nlines = 2\ndata type = 1\nfile type = ENVI Spectral "
                       "Library\n%s",
                       cases[k].more);
        tl_assumptions_begin(&assumptions, &p, 0);
        CHECK_OK(tl_io_tables_spectra_from_library(header, strlen(header), "\1\2\3\4\5\6", 6,
                                                   "library", &s, &err));
        tl_assumptions_end(&assumptions);
        assert_int_equal(s.p, cases[k].p);
        CHECK_NEAR(s.wavelength_nm[s.p - 1], cases[k].nm, 1e-6);
        assert_true(s.values.data[0] > 0.0 && tl_matrix_row(&s.values, 1)[0] > 3.0);
        assert_true(isnan(s.fwhm_nm[0]) || fabs(s.fwhm_nm[0] - 5.0) < 1e-9);
        assert_non_null(strstr(log.text, cases[k].log));
        assert_int_equal(cases[k].log[0] == '\0', log.text[0] == '\0');
        tl_source_spectra_free(&s);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void hostile_libraries_give_a_sentence(void **state) {
    (void)state;
    static const char *const headers[] = {
        "ENVI\nsamples = 1e9\nlines = 1e8\ndata type = 5\n",
        "ENVI\nsamples = -2\nlines = 3\ndata type = 2\n",
        "ENVI\nsamples = 2\nlines = 3.5\ndata type = 2\n",
        "ENVI\nsamples = 2\nlines = 3\ndata type = 7\n",
        "ENVI\nsamples = 2\nlines = 3\ndata type = 2\nheader offset = 999\n",
        "ENVI\nsamples = 2\nlines = 3\ndata type = 2\nwavelength = {400}\n",
        "ENVI\n",
    };
    for (size_t k = 0; k < sizeof headers / sizeof headers[0]; k++) {
        tl_err err = {0};
        tl_spectra s;
        assert_int_equal(tl_io_tables_spectra_from_library(
                             headers[k], strlen(headers[k]), (const char *)library_data,
                             sizeof library_data, "library", &s, &err),
                         TL_FORMAT);
        assert_true(strlen(err.text) > 20);
    }
    for (size_t cut = 0; cut < sizeof library_header; cut++) {
        tl_spectra s;
        if (tl_io_tables_spectra_from_library(library_header, cut, (const char *)library_data,
                                              sizeof library_data, "library", &s, NULL) == TL_OK) {
            tl_source_spectra_free(&s);
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* The library and its published conversion to CSV hold the same numbers. */
static void the_gamsberg_library_equals_its_csv(void **state) {
    (void)state;
    KIT_DATA(found, "scene_gamsberg_hyperion/gamsberg_field_library.csv");
    char csv[1024];
    (void)snprintf(csv, sizeof csv, "%s", found);
    char library[1024];
    (void)snprintf(library, sizeof library, "%.*s", (int)strlen(csv) - 4, csv);
    tl_err err = {0};
    tl_spectra a;
    tl_spectra b;
    CHECK_OK(tl_store_gdal()->read_spectra(library, "spectra", NULL, &a, &err));
    CHECK_OK(tl_store_gdal()->read_spectra(csv, "spectra", NULL, &b, &err));
    assert_int_equal(a.n, 27);
    assert_int_equal(a.p, 2151);
    for (ptrdiff_t i = 0; i < a.n * a.p; i++) {
        /* The CSV has six significant digits. */
        CHECK_NEAR(a.values.data[i], b.values.data[i], 1e-5 * fabs(a.values.data[i]) + 1e-9);
    }
    tl_source_spectra_free(&a);
    tl_source_spectra_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_gives_the_same_spectra),
        cmocka_unit_test(the_column_of_ids_is_found_or_missed_aloud),
        cmocka_unit_test(falling_wavenumbers_become_wavelengths_and_are_said),
        cmocka_unit_test(values_stay_as_they_are),
        cmocka_unit_test(decimal_commas_are_read),
        cmocka_unit_test(wrong_tables_give_a_sentence),
        cmocka_unit_test(cut_tables_are_survived),
        cmocka_unit_test(written_spectra_are_read_back_exactly),
        cmocka_unit_test(a_spectral_library_is_read_by_its_header),
        cmocka_unit_test(libraries_with_faults_in_their_header_are_read),
        cmocka_unit_test(hostile_libraries_give_a_sentence),
        cmocka_unit_test(the_gamsberg_library_equals_its_csv),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
