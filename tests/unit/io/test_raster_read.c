/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters of many makes read as one kind of scene: same band table, same values, north at the
 * top. */
#include <gdal.h>

#include "unit/io/io_kit.h"

enum { COLS = 4, ROWS = 3, BANDS = 3 };

/* Value of a cell, different everywhere. */
static int cell(int band, int row, int col) {
    return 1000 * (band + 1) + 10 * row + col;
}

/* Writes the cells as Int16 in one of the three ENVI orders. */
static void write_envi(const char *name, const char *interleave, const char *more) {
    int16_t values[COLS * ROWS * BANDS];
    for (int b = 0; b < BANDS; b++) {
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLS; c++) {
                const int at = strcmp(interleave, "bsq") == 0   ? (b * ROWS + r) * COLS + c
                               : strcmp(interleave, "bil") == 0 ? (r * BANDS + b) * COLS + c
                                                                : (r * COLS + c) * BANDS + b;
                values[at] = (int16_t)cell(b, r, c);
            }
        }
    }
    char header[4000];
    (void)snprintf(header, sizeof header,
                   "ENVI\nsamples = %d\nlines = %d\nbands = %d\nheader offset = 0\nfile type = "
                   "ENVI Standard\ndata type = 2\ninterleave = %s\nbyte order = 0\n%s",
                   COLS, ROWS, BANDS, interleave, more);
    char file[64];
    (void)snprintf(file, sizeof file, "%s.dat", name);
    kit_write(file, (const char *)values, sizeof values);
    (void)snprintf(file, sizeof file, "%s.hdr", name);
    kit_write_text(file, header);
}

static tl_raster *open_raster(const char *path) {
    tl_err err = {0};
    tl_raster *raster = NULL;
    CHECK_OK(tl_store_gdal()->open_raster(path, "scene", &raster, &err));
    return raster;
}

/* Interleave, unit words and widths differ; the scene is the same. */
static void envi_orders_and_units_give_one_scene(void **state) {
    (void)state;
    static const struct {
        const char *interleave;
        const char *header;
    } cases[] = {
        {"bsq",
         "wavelength units = Nanometers\nwavelength = {500, 600, 700}\nfwhm = {10, 11, 12}\n"},
        {"bil",
         "wavelength units = Micrometers\nwavelength = {0.5, 0.6,\n0.7}\nfwhm = "
         "{0.010, 0.011, 0.012}\n"},
        {"bip", "wavelength = {0.5, 0.6, 0.7}\nfwhm = {0.010, 0.011, 0.012}\n"},
        {"bsq", "wavelength units = nm\nWavelength = { 500,600 , 700 }\nFWHM={10,11,12}\n"},
        {"bil", "wavelength units = Unknown\nwavelength = {500, 600, 700}\nfwhm = {10, 11, 12}\n"},
        {"bip",
         "wavelength units = wavenumber\nwavelength = {20000, 16666.666666666668, "
         "14285.714285714286}\nfwhm = {400, 305.55555555555554, 244.89795918367346}\n"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const tl_store *store = tl_store_gdal();
        tl_err err = {0};
        write_envi("scene", cases[k].interleave, cases[k].header);
        tl_raster *raster = open_raster(kit_path("scene.dat"));
        const tl_raster_info *info = store->raster_info(raster);
        assert_int_equal(info->bands.n, BANDS);
        float values[BANDS * ROWS * COLS];
        static const int all[BANDS] = {1, 2, 3};
        CHECK_OK(store->read_stored(raster, 0, ROWS, all, BANDS, values, &err));
        for (int b = 0; b < BANDS; b++) {
            CHECK_NEAR(info->bands.band[b].centre_nm, 500.0 + 100.0 * b, 1e-9);
            CHECK_NEAR(info->bands.band[b].fwhm_nm, 10.0 + b, 1e-9);
            assert_int_equal(info->bands.band[b].fwhm_assumed, 0);
            for (int i = 0; i < ROWS * COLS; i++) {
                CHECK_NEAR((double)values[b * ROWS * COLS + i], cell(b, i / COLS, i % COLS), 0.0);
            }
        }
        store->close_raster(raster);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* --- every type, order and offset of ENVI --- */

/* One number of an ENVI data type; returns its bytes. */
static size_t put_number(int type, int is_big, double value, unsigned char *out) {
    union {
        uint8_t u8;
        int16_t i16;
        uint16_t u16;
        int32_t i32;
        uint32_t u32;
        int64_t i64;
        uint64_t u64;
        float f32;
        double f64;
        unsigned char bytes[8];
    } number = {0};
    size_t n = 0;
    switch (type) {
        case 1:
            number.u8 = (uint8_t)value;
            n = 1;
            break;
        case 2:
            number.i16 = (int16_t)value;
            n = 2;
            break;
        case 3:
            number.i32 = (int32_t)value;
            n = 4;
            break;
        case 4:
            number.f32 = (float)value;
            n = 4;
            break;
        case 5:
            number.f64 = value;
            n = 8;
            break;
        case 12:
            number.u16 = (uint16_t)value;
            n = 2;
            break;
        case 13:
            number.u32 = (uint32_t)value;
            n = 4;
            break;
        case 14:
            number.i64 = (int64_t)value;
            n = 8;
            break;
        default:
            number.u64 = (uint64_t)value;
            n = 8;
            break;
    }
    /* The machines on which tilth runs have the lowest byte first. */
    for (size_t i = 0; i < n; i++) {
        out[i] = number.bytes[is_big ? n - 1 - i : i];
    }
    return n;
}

static double small_cell(int band, int row, int col) {
    return 60.0 * band + 10.0 * row + col + 1.0;
}

/* Writes typed.dat with its header and returns 1 when it reads back with the same values, 0 when it
 * is refused. */
static int reads_back(int type, int interleave, int is_big, int offset) {
    static const char *const words[] = {"bsq", "bil", "bip"};
    unsigned char bytes[128 + 8 * COLS * ROWS * BANDS] = {0};
    size_t at = (size_t)offset;
    for (int i = 0; i < COLS * ROWS * BANDS; i++) {
        const int b = interleave == 0   ? i / (ROWS * COLS)
                      : interleave == 1 ? i / COLS % BANDS
                                        : i % BANDS;
        const int r = interleave == 0 ? i / COLS % ROWS : i / (BANDS * COLS);
        const int c = interleave == 2 ? i / BANDS % COLS : i % COLS;
        at += put_number(type, is_big, small_cell(b, r, c), bytes + at);
    }
    kit_write("typed.dat", (const char *)bytes, at);
    char header[400];
    (void)snprintf(
        header, sizeof header,
        "ENVI\nsamples = %d\nlines = %d\nbands = %d\nheader offset = %d\nfile type = ENVI "
        "Standard\ndata type = %d\ninterleave = %s\nbyte order = %d\n",
        COLS, ROWS, BANDS, offset, type, words[interleave], is_big);
    kit_write_text("typed.hdr", header);
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_raster *raster = NULL;
    if (store->open_raster(kit_path("typed.dat"), "scene", &raster, &err) != TL_OK) {
        CHECK_SAYS(err, "typed.dat");
        return 0;
    }
    static const int all[BANDS] = {1, 2, 3};
    float values[BANDS * ROWS * COLS];
    CHECK_OK(store->read_window(raster, 0, 0, COLS, ROWS, all, BANDS, values, &err));
    for (int i = 0; i < BANDS * ROWS * COLS; i++) {
        CHECK_NEAR((double)values[i], small_cell(i / (ROWS * COLS), i / COLS % ROWS, i % COLS),
                   0.0);
    }
    store->close_raster(raster);
    return 1;
}

/* Nine types of real numbers, three interleaves, two byte orders, with bytes in front or not: read
 * right. GDAL reads 64-bit whole numbers (14, 15) from 3.7 on and refuses them before. */
static void every_type_order_and_offset_of_envi_is_read(void **state) {
    (void)state;
    static const int types[] = {1, 2, 3, 4, 5, 12, 13, 14, 15};
    int n_read = 0;
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        for (int k = 0; k < 12; k++) {
            const int is_read = reads_back(types[t], k % 3, k / 3 % 2, k / 6 * 77);
            assert_true(is_read || types[t] > 13);
            n_read += is_read;
        }
    }
    assert_true(n_read == 84 || n_read == 108);
}

/* Writes turned.dat, a band of reflectances with an edge of zeros, and opens it. */
static tl_code open_turned(int type, int is_big, int stated, tl_err *err) {
    unsigned char bytes[8 * 20 * 3];
    size_t at = 0;
    for (int i = 0; i < 20 * 3; i++) {
        at += put_number(type, is_big, i % 20 < 5 ? 0.0 : 0.1 + 0.0037 * i, bytes + at);
    }
    kit_write("turned.dat", (const char *)bytes, at);
    char header[300];
    (void)snprintf(header, sizeof header,
                   "ENVI\nsamples = 20\nlines = 3\nbands = 1\nheader offset = 0\nfile type = ENVI "
                   "Standard\ndata type = %d\ninterleave = bsq\nbyte order = %d\n",
                   type, stated);
    kit_write_text("turned.hdr", header);
    tl_raster *raster = NULL;
    const tl_code code =
        tl_store_gdal()->open_raster(kit_path("turned.dat"), "scene", &raster, err);
    tl_store_gdal()->close_raster(raster);
    return code;
}

/* Floats in the other byte order than the header states are refused with the line to change. */
static void the_wrong_byte_order_is_refused(void **state) {
    (void)state;
    for (int type = 4; type <= 5; type++) {
        for (int is_big = 0; is_big <= 1; is_big++) {
            tl_err err = {0};
            CHECK_OK(open_turned(type, is_big, is_big, &err));
            assert_int_equal(open_turned(type, is_big, !is_big, &err), TL_DATA);
            CHECK_SAYS(err, "turned.dat");
            CHECK_SAYS(err, "change 'byte order' in the header");
        }
    }
    /* A middle row of one code of missing values, whose bytes reversed are an ordinary number, proves
     * nothing. */
    float codes[60];
    for (int i = 0; i < 60; i++) {
        codes[i] = i / 20 == 1 ? 1e30F : 0.2F;
    }
    kit_write("turned.dat", (const char *)codes, sizeof codes);
    kit_write_text("turned.hdr",
                   "ENVI\nsamples = 20\nlines = 3\nbands = 1\nheader offset = 0\nfile type = ENVI "
                   "Standard\ndata type = 4\ninterleave = bsq\nbyte order = 0\n");
    tl_raster *raster = open_raster(kit_path("turned.dat"));
    tl_store_gdal()->close_raster(raster);
    assert_int_equal(tl_live_blocks(), 0);
}

/* Stored numbers become physical by gain and offset, or by the reflectance factor; the ignore value
 * and the bad-band list are obeyed. */
static void scales_nodata_and_bad_bands_come_from_the_header(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    static const int all[BANDS] = {1, 2, 3};
    float values[BANDS];
    write_envi("gain", "bil",
               "data ignore value = 2000\nbbl = {1, 1, 0}\ndata gain values = {0.1, 0.2, 0.5}\n"
               "data offset values = {1, 2, 3}\nreflectance scale factor = 10000\n");
    tl_raster *raster = open_raster(kit_path("gain.dat"));
    CHECK_OK(store->read_window(raster, 0, 0, 1, 1, all, BANDS, values, &err));
    CHECK_NEAR((double)values[0], 101.0, 1e-4);
    assert_true(isnan(values[1]));
    CHECK_NEAR((double)values[2], 1503.0, 1e-3);
    const tl_bands *bands = &store->raster_info(raster)->bands;
    assert_int_equal(bands->band[1].good, 1);
    assert_int_equal(bands->band[2].good, 0);
    assert_non_null(strstr(bands->band[2].reason, "bad-band list"));
    assert_true(isnan(bands->band[0].centre_nm));
    store->close_raster(raster);

    write_envi("factor", "bsq", "reflectance scale factor = 10000\n");
    raster = open_raster(kit_path("factor.dat"));
    CHECK_OK(store->read_window(raster, 1, 2, 1, 1, all, BANDS, values, &err));
    CHECK_NEAR((double)values[2], 0.3021, 1e-7);
    assert_int_equal(store->raster_info(raster)->bands.quantity, TL_QUANTITY_REFLECTANCE);
    store->close_raster(raster);
}

static void the_users_band_table_stands_above_the_header(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    write_envi("own", "bsq", "wavelength units = nm\nwavelength = {500, 600, 700}\n");
    kit_write_text("own.dat.bands.csv", "band,wavelength,fwhm,good\n2,650,7,0\n");
    tl_raster *raster = open_raster(kit_path("own.dat"));
    const tl_bands *bands = &store->raster_info(raster)->bands;
    CHECK_NEAR(bands->band[1].centre_nm, 650.0, 1e-9);
    CHECK_NEAR(bands->band[1].fwhm_nm, 7.0, 1e-9);
    assert_int_equal(bands->band[1].good, 0);
    CHECK_NEAR(bands->band[2].centre_nm, 700.0, 1e-9);
    store->close_raster(raster);
    kit_write_text("own.dat.bands.csv", "band,wavelength\n9,650\n");
    tl_err err = {0};
    assert_int_equal(store->open_raster(kit_path("own.dat"), "scene", &raster, &err), TL_DATA);
    CHECK_SAYS(err, "own.dat.bands.csv");
    CHECK_SAYS(err, "band 9");
}

/* A GeoTIFF whose metadata are set by fill. */
static void make_tiff(const char *name, int n_bands, double top, double dy,
                      void (*fill)(GDALDatasetH)) {
    (void)tl_store_gdal();
    GDALDatasetH ds = GDALCreate(GDALGetDriverByName("GTiff"), kit_path(name), COLS, ROWS, n_bands,
                                 GDT_Int16, NULL);
    assert_non_null(ds);
    double t[6] = {100.0, 10.0, 0.0, top, 0.0, dy};
    assert_int_equal(GDALSetGeoTransform(ds, t), CE_None);
    for (int b = 0; b < n_bands; b++) {
        int16_t values[ROWS * COLS];
        for (int i = 0; i < ROWS * COLS; i++) {
            values[i] = (int16_t)cell(b, i / COLS, i % COLS);
        }
        assert_int_equal(GDALRasterIO(GDALGetRasterBand(ds, b + 1), GF_Write, 0, 0, COLS, ROWS,
                                      values, COLS, ROWS, GDT_Int16, 0, 0),
                         CE_None);
    }
    if (fill != NULL) {
        fill(ds);
    }
    GDALClose(ds);
}

static void set(GDALDatasetH ds, int band, const char *key, const char *value, const char *domain) {
    assert_int_equal(GDALSetMetadataItem(GDALGetRasterBand(ds, band), key, value, domain), CE_None);
}

static void as_items(GDALDatasetH ds) {
    set(ds, 1, "wavelength", "500", NULL);
    set(ds, 1, "wavelength_units", "Nanometers", NULL);
    set(ds, 1, "fwhm", "10", NULL);
    set(ds, 2, "wavelength", "600", NULL);
    set(ds, 2, "fwhm", "12", NULL);
    set(ds, 2, "bbl", "0", NULL);
}

static void as_imagery(GDALDatasetH ds) {
    set(ds, 1, "CENTRAL_WAVELENGTH_UM", "0.5", "IMAGERY");
    set(ds, 1, "FWHM_UM", "0.01", "IMAGERY");
    set(ds, 2, "CENTRAL_WAVELENGTH_UM", "0.6", "IMAGERY");
    set(ds, 2, "FWHM_UM", "0.012", "IMAGERY");
    set(ds, 2, "bbl", "0", NULL);
    /* Of lower rank, and wrong: the domain made for this wins. */
    set(ds, 1, "wavelength", "999", NULL);
}

static void as_force(GDALDatasetH ds) {
    set(ds, 1, "Wavelength", "0.5", "FORCE");
    set(ds, 1, "Wavelength_unit", "micrometers", "FORCE");
    set(ds, 2, "Wavelength", "0.6", "FORCE");
    set(ds, 1, "fwhm", "0.01", "FORCE");
    set(ds, 2, "fwhm", "0.012", "FORCE");
    set(ds, 2, "bbl", "0", NULL);
}

static void as_names(GDALDatasetH ds) {
    GDALSetDescription(GDALGetRasterBand(ds, 1), "band 1 (0.500000 Micrometers)");
    GDALSetDescription(GDALGetRasterBand(ds, 2), "band 2 (0.600000 Micrometers)");
    set(ds, 2, "bbl", "0", NULL);
}

static void as_dataset_items(GDALDatasetH ds) {
    assert_int_equal(GDALSetMetadataItem(ds, "Band_1", "500 Nanometers", NULL), CE_None);
    assert_int_equal(GDALSetMetadataItem(ds, "Band_2", "600 Nanometers", NULL), CE_None);
    set(ds, 2, "bbl", "0", NULL);
}

static void as_envi_domain(GDALDatasetH ds) {
    assert_int_equal(GDALSetMetadataItem(ds, "wavelength", "{0.5,0.6}", "ENVI"), CE_None);
    assert_int_equal(GDALSetMetadataItem(ds, "wavelength_units", "um", "ENVI"), CE_None);
    assert_int_equal(GDALSetMetadataItem(ds, "fwhm", "{0.01,0.012}", "ENVI"), CE_None);
    assert_int_equal(GDALSetMetadataItem(ds, "bbl", "{1,0}", "ENVI"), CE_None);
}

static void every_place_of_wavelengths_in_a_geotiff_is_found(void **state) {
    (void)state;
    static const struct {
        void (*fill)(GDALDatasetH);
        int has_width;
        const char *from;
    } cases[] = {{as_items, 1, "band metadata"},  {as_imagery, 1, "IMAGERY"},
                 {as_force, 1, "own domain"},     {as_names, 0, "description"},
                 {as_dataset_items, 0, "Band_N"}, {as_envi_domain, 1, "ENVI"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        make_tiff("wl.tif", 2, 100.0, -10.0, cases[k].fill);
        tl_raster *raster = open_raster(kit_path("wl.tif"));
        const tl_bands *bands = &tl_store_gdal()->raster_info(raster)->bands;
        for (int b = 0; b < 2; b++) {
            CHECK_NEAR(bands->band[b].centre_nm, 500.0 + 100.0 * b, 1e-9);
            assert_int_equal(bands->band[b].fwhm_assumed, !cases[k].has_width);
            /* Without widths: half the distance to both neighbours, here the one 100 nm away. */
            CHECK_NEAR(bands->band[b].fwhm_nm, cases[k].has_width ? 10.0 + 2.0 * b : 100.0, 1e-9);
            assert_non_null(strstr(bands->band[b].from, cases[k].from));
        }
        assert_int_equal(bands->band[0].good, 1);
        assert_int_equal(bands->band[1].good, 0);
        tl_store_gdal()->close_raster(raster);
        (void)remove(kit_path("wl.tif.aux.xml"));
    }
}

/* A file that is stored from south to north reads like its north-up twin. */
static void south_up_rasters_are_turned(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    make_tiff("south.tif", 2, 100.0, 10.0, NULL);
    tl_grid grid;
    CHECK_OK(store->read_grid(kit_path("south.tif"), "dem", 2, &grid, &err));
    CHECK_NEAR(grid.geo.transform[3], 130.0, 0.0);
    CHECK_NEAR(grid.geo.transform[5], -10.0, 0.0);
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) {
            CHECK_NEAR((double)grid.data[r * COLS + c], cell(1, ROWS - 1 - r, c), 0.0);
        }
    }
    tl_raster *raster = open_raster(kit_path("south.tif"));
    static const int all[2] = {1, 2};
    float rows[2 * 2 * COLS];
    CHECK_OK(store->read_stored(raster, 1, 2, all, 2, rows, &err));
    CHECK_NEAR((double)rows[2 * COLS + COLS], cell(1, 0, 0), 0.0);
    store->close_raster(raster);
    tl_grid_free(&grid);
}

static void what_cannot_be_opened_is_named(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    kit_write_text("note.txt", "this is no raster\n");
    kit_write("nothing.tif", "", 0);
    write_envi("whole", "bsq", "");
    static const struct {
        const char *name;
        const char *word;
    } cases[] = {{"missing.tif", "there is no file"},
                 {"note.txt", "cannot be read as a raster"},
                 {"nothing.tif", "is empty"},
                 {"whole.hdr", "is a header without values"},
                 {"", "is a folder"}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_raster *raster = NULL;
        assert_int_equal(store->open_raster(kit_path(cases[k].name), "dem", &raster, &err), TL_IO);
        CHECK_SAYS(err, cases[k].word);
        CHECK_SAYS(err, "dem: ");
        assert_null(raster);
    }
    tl_err err = {0};
    tl_raster *raster = NULL;
    write_envi("broken", "bsq", "wavelength = {500, 600, 700\n");
    assert_int_not_equal(store->open_raster(kit_path("broken.dat"), "scene", &raster, &err), TL_OK);
    assert_null(raster);
}

/* A GeoTIFF that is cut at any length is refused at opening or fails at reading, with a sentence,
 * or still has all its values; it never returns wrong values silently. */
static void truncated_files_fail_with_a_sentence(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    make_tiff("whole.tif", 2, 100.0, -10.0, as_items);
    char *bytes = NULL;
    size_t length = 0;
    CHECK_OK(store->read_bytes(kit_path("whole.tif"), "scene", 1 << 20, &bytes, &length, &err));
    int refused = 0;
    for (size_t cut = 1; cut < length; cut += 7) {
        kit_write("cut.tif", bytes, cut);
        tl_raster *raster = NULL;
        tl_err why = {0};
        tl_code code = store->open_raster(kit_path("cut.tif"), "scene", &raster, &why);
        if (code == TL_OK) {
            static const int all[2] = {1, 2};
            float values[2 * ROWS * COLS];
            const ptrdiff_t bands = store->raster_info(raster)->bands.n;
            code = store->read_stored(raster, 0, ROWS, all, bands, values, &why);
            for (int i = 0; code == TL_OK && i < bands * ROWS * COLS; i++) {
                const int at = i % (ROWS * COLS);
                CHECK_NEAR((double)values[i], cell(i / (ROWS * COLS), at / COLS, at % COLS), 0.0);
            }
            store->close_raster(raster);
        }
        if (code != TL_OK) {
            refused++;
            CHECK_SAYS(why, "cut.tif");
        }
    }
    assert_true(refused > 10);
    tl_release(bytes);
    assert_int_equal(tl_live_blocks(), 0);
}

static void windows_and_bands_outside_are_refused(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    make_tiff("small.tif", 2, 100.0, -10.0, NULL);
    tl_raster *raster = open_raster(kit_path("small.tif"));
    float value[COLS];
    tl_err err = {0};
    const int band3 = 3;
    const int band1 = 1;
    assert_int_equal(store->read_stored(raster, 0, 1, &band3, 1, value, &err), TL_ARG);
    CHECK_SAYS(err, "band 3");
    assert_int_equal(store->read_stored(raster, ROWS, 1, &band1, 1, value, &err), TL_SHAPE);
    assert_int_equal(store->read_window(raster, -1, 0, 2, 1, &band1, 1, value, &err), TL_SHAPE);
    store->close_raster(raster);
    tl_grid grid;
    assert_int_equal(store->read_grid(kit_path("small.tif"), "dem", 7, &grid, &err), TL_ARG);
    assert_null(grid.data);
}

/* --- real scenes --- */

static void the_enmap_scene_has_its_224_bands(void **state) {
    (void)state;
    KIT_DATA(path, "scene_enmap_potsdam/enmap_potsdam_64x128.tif");
    tl_raster *raster = open_raster(path);
    const tl_raster_info *info = tl_store_gdal()->raster_info(raster);
    assert_int_equal(info->bands.n, 224);
    assert_int_equal(info->nrow, 128);
    CHECK_NEAR(info->bands.band[0].centre_nm, 418.24, 1e-9);
    CHECK_NEAR(info->bands.band[0].fwhm_nm, 6.99561, 1e-9);
    CHECK_NEAR(info->bands.band[0].scale, 1e-4, 0.0);
    assert_int_equal(info->bands.band[90].detector, 1);
    assert_int_equal(info->bands.band[91].detector, 2);
    for (int b = 1; b <= 224; b++) {
        assert_int_equal(info->bands.band[b - 1].good, b < 130 || b > 135);
    }
    CHECK_NEAR(info->geo.metres_per_unit, 1.0, 0.0);
    CHECK_NEAR(info->geo.semi_major_m, 6378137.0, 0.0);
    tl_store_gdal()->close_raster(raster);
}

/* The same tile as GeoTIFF and in the three ENVI orders, one of them in micrometres: equal tables,
 * equal values to the last bit. */
static void the_enmap_tile_is_the_same_in_every_format(void **state) {
    (void)state;
    static const char *const names[] = {"scene_enmap_potsdam/enmap_tile_32x32_as_shipped.tif",
                                        "scene_enmap_potsdam/envi_tile_32x32_bsq.img",
                                        "scene_enmap_potsdam/envi_tile_32x32_bil.img",
                                        "scene_enmap_potsdam/envi_tile_32x32_bip.img"};
    const tl_store *store = tl_store_gdal();
    enum { N = 224, CELLS = 32 * 32 };
    float *first = tl_acquire((ptrdiff_t)N * CELLS, sizeof *first);
    float *other = tl_acquire((ptrdiff_t)N * CELLS, sizeof *other);
    int all[N];
    tl_bands table = {0};
    tl_err err = {0};
    for (int b = 0; b < N; b++) {
        all[b] = b + 1;
    }
    for (int k = 0; k < 4; k++) {
        KIT_DATA(path, names[k]);
        tl_raster *raster = open_raster(path);
        const tl_raster_info *info = store->raster_info(raster);
        CHECK_OK(store->read_window(raster, 0, 0, 32, 32, all, N, k == 0 ? first : other, &err));
        if (k == 0) {
            CHECK_OK(tl_bands_copy(&table, &info->bands, &err));
        } else {
            assert_memory_equal(first, other, (size_t)N * CELLS * sizeof *first);
        }
        for (int b = 0; b < N; b++) {
            CHECK_NEAR(info->bands.band[b].centre_nm, table.band[b].centre_nm, 1e-3);
            CHECK_NEAR(info->bands.band[b].fwhm_nm, table.band[b].fwhm_nm, 1e-4);
            assert_int_equal(info->bands.band[b].good, table.band[b].good);
        }
        store->close_raster(raster);
    }
    tl_bands_free(&table);
    tl_release(first);
    tl_release(other);
}

static void wavelengths_stored_in_many_ways_are_400_and_500_nm(void **state) {
    (void)state;
    static const char *const names[] = {"envi_wl_fwhm.bsq",
                                        "envi_wl_implicit_nm.bsq",
                                        "envi_wl_implicit_um.bsq",
                                        "gdal_wl_fwhm.tif",
                                        "gdal_wl_only.tif",
                                        "enmapbox_envidomain_dslevel.tif",
                                        "enmapbox_envidomain_bandlevel.tif"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        char name[128];
        (void)snprintf(name, sizeof name, "format_wavelength/%s", names[k]);
        KIT_DATA(path, name);
        tl_raster *raster = open_raster(path);
        const tl_bands *bands = &tl_store_gdal()->raster_info(raster)->bands;
        CHECK_NEAR(bands->band[0].centre_nm, 400.0, 1e-9);
        CHECK_NEAR(bands->band[1].centre_nm, 500.0, 1e-9);
        if (strstr(names[k], "fwhm") != NULL) {
            CHECK_NEAR(bands->band[0].fwhm_nm, 10.0, 1e-9);
            CHECK_NEAR(bands->band[1].fwhm_nm, 20.0, 1e-9);
        }
        if (strstr(names[k], "envi_wl_fwhm") != NULL || strstr(names[k], "envidomain") != NULL) {
            assert_int_equal(bands->band[0].good, 0);
            assert_int_equal(bands->band[1].good, 1);
        }
        tl_store_gdal()->close_raster(raster);
    }
    KIT_DATA(stac, "format_wavelength/staclike.tif");
    tl_raster *described = open_raster(stac);
    const tl_bands *bands = &tl_store_gdal()->raster_info(described)->bands;
    CHECK_NEAR(bands->band[0].centre_nm, 4000.0, 1e-9);
    CHECK_NEAR(bands->band[1].centre_nm, 5000.0, 1e-9);
    CHECK_NEAR(bands->band[1].fwhm_nm, 200.0, 1e-9);
    tl_store_gdal()->close_raster(described);
    KIT_DATA(path, "format_wavelength/gdal_no_info.tif");
    tl_raster *raster = open_raster(path);
    assert_int_equal(tl_bands_have_wavelengths(&tl_store_gdal()->raster_info(raster)->bands), 0);
    tl_store_gdal()->close_raster(raster);
}

static void the_berlin_scene_hides_its_wavelengths_in_band_names(void **state) {
    (void)state;
    KIT_DATA(path, "scene_berlin/hymap_9m.bsq");
    tl_raster *raster = open_raster(path);
    const tl_bands *bands = &tl_store_gdal()->raster_info(raster)->bands;
    assert_int_equal(bands->n, 111);
    CHECK_NEAR(bands->band[0].centre_nm, 455.4, 1e-9);
    assert_int_equal(tl_bands_have_wavelengths(bands), 1);
    tl_store_gdal()->close_raster(raster);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_order_and_offset_of_envi_is_read),
        cmocka_unit_test(the_wrong_byte_order_is_refused),
        cmocka_unit_test(envi_orders_and_units_give_one_scene),
        cmocka_unit_test(scales_nodata_and_bad_bands_come_from_the_header),
        cmocka_unit_test(the_users_band_table_stands_above_the_header),
        cmocka_unit_test(every_place_of_wavelengths_in_a_geotiff_is_found),
        cmocka_unit_test(south_up_rasters_are_turned),
        cmocka_unit_test(what_cannot_be_opened_is_named),
        cmocka_unit_test(truncated_files_fail_with_a_sentence),
        cmocka_unit_test(windows_and_bands_outside_are_refused),
        cmocka_unit_test(the_enmap_scene_has_its_224_bands),
        cmocka_unit_test(the_enmap_tile_is_the_same_in_every_format),
        cmocka_unit_test(wavelengths_stored_in_many_ways_are_400_and_500_nm),
        cmocka_unit_test(the_berlin_scene_hides_its_wavelengths_in_band_names),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
