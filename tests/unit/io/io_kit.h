/* SPDX-License-Identifier: GPL-2.0-or-later
 * A folder of its own for every test of file access, and the shared data when they are here. */
#ifndef TL_TESTS_UNIT_IO_KIT_H
#define TL_TESTS_UNIT_IO_KIT_H

#include <ogr_srs_api.h>
#include <unistd.h>

#include "base/progress.h"
#include "kit/check.h"
#include "store/store_gdal.h"

/* Blanks, an umlaut and Chinese characters: names that users really have. */
static char kit_folder[256];

static inline const char *kit_path(const char *name) {
    static char path[4][512];
    static int turn;
    turn = (turn + 1) % 4;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", kit_folder, name);
    return path[turn];
}

static inline int kit_set_up(void **state) {
    (void)state;
    (void)snprintf(kit_folder, sizeof kit_folder, "/tmp/tilth io 土壤 \xC3\xBC XXXXXX");
    return mkdtemp(kit_folder) == NULL;
}

static inline int kit_tear_down(void **state) {
    (void)state;
    char command[600];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", kit_folder);
    return system(command) != 0;
}

static inline void kit_write(const char *name, const char *text, size_t length) {
    FILE *file = fopen(kit_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void kit_write_text(const char *name, const char *text) {
    kit_write(name, text, strlen(text));
}

/* The georeference in an EPSG CRS with this transform (NULL: cells of 30 units from (400000,
 * 5800000)), to be freed with tl_georef_free. */
static inline void kit_georef(int epsg, const double transform[6], tl_georef *geo) {
    static const double usual[6] = {400000, 30, 0, 5800000, 0, -30};
    tl_err err = {0};
    (void)tl_store_gdal();
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(crs, epsg), OGRERR_NONE);
    char *wkt = NULL;
    assert_int_equal(OSRExportToWkt(crs, &wkt), OGRERR_NONE);
    tl_georef borrowed = {
        .crs_wkt = wkt, .is_geographic = OSRIsGeographic(crs), .metres_per_unit = 1.0};
    memcpy(borrowed.transform, transform == NULL ? usual : transform, sizeof borrowed.transform);
    CHECK_OK(tl_georef_copy(geo, &borrowed, &err));
    free(wkt);
    OSRDestroySpatialReference(crs);
}

/* Path of a shared data file, or NULL (the test is skipped then). */
static inline const char *kit_data(const char *name) {
    static char path[1024];
    char below[512];
    (void)snprintf(below, sizeof below, "data/%s", name);
    kit_shared_path(below, path, sizeof path);
    return access(path, R_OK) == 0 ? path : NULL;
}

#define KIT_DATA(variable, name)                                   \
    const char *variable = kit_data(name);                         \
    if (variable == NULL) {                                        \
        print_message("SKIPPED: shared data %s not here\n", name); \
        skip();                                                    \
    }

/* Keeps what a reader reports to the user. */
typedef struct kit_log {
    int n;
    char text[4096];
} kit_log;

static inline int kit_listen(double fraction, int level, const char *message, void *user) {
    (void)fraction;
    (void)level;
    kit_log *log = user;
    if (message != NULL) {
        const size_t used = strlen(log->text);
        (void)snprintf(log->text + used, sizeof log->text - used, "%s\n", message);
        log->n++;
    }
    return 1;
}

static inline tl_progress kit_progress(kit_log *log) {
    *log = (kit_log){0};
    return (tl_progress){.report = kit_listen, .user = log, .to = 1.0};
}

/* The sentence of a failure holds a word. */
#define CHECK_SAYS(err, word)                                                 \
    do {                                                                      \
        if (strstr((err).text, (word)) == NULL) {                             \
            fail_msg("the sentence \"%s\" lacks \"%s\"", (err).text, (word)); \
        }                                                                     \
    } while (0)

#endif
