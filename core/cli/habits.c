/* SPDX-License-Identifier: GPL-2.0-or-later
 * Options of GDAL's programs; see habits.h. */
#include "cli/habits.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

enum { name_capacity = 128 };

/* GDAL reads its options from the environment, so a name may be any word in capitals but one that means something to the system
 * or to tilth. */
static int is_name(const char *name, size_t length) {
    static const char *const others[] = {"PATH",  "HOME", "TMP", "TEMP",   "USER",
                                         "SHELL", "LD_",  "LC_", "LANG",   "PYTHON",
                                         "OMP_",  "GOMP", "TZ",  "TILTH_", "MALLOC_"};
    for (size_t k = 0; k < length; k++) {
        if (!isupper((unsigned char)name[k]) && !isdigit((unsigned char)name[k]) &&
            name[k] != '_') {
            return 0;
        }
    }
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        if (strncmp(name, others[k], strlen(others[k])) == 0) {
            return 0;
        }
    }
    return length > 0 && length < name_capacity;
}

static int set_option(int argc, char **argv) {
    char name[name_capacity];
    const char *equals = argc > 1 ? strchr(argv[1], '=') : NULL;
    if (argc < 2 || (equals == NULL && argc < 3)) {
        fprintf(stderr,
                "tilth: --config needs a name and a value, such as --config GDAL_CACHEMAX 256\n");
        return -1;
    }
    const size_t length = equals == NULL ? strlen(argv[1]) : (size_t)(equals - argv[1]);
    (void)snprintf(name, sizeof name, "%.*s",
                   (int)(length < name_capacity ? length : name_capacity - 1), argv[1]);
    if (!is_name(argv[1], length)) {
        fprintf(stderr,
                "tilth: --config %s is no option of GDAL; wanted a name in capitals, such as "
                "GDAL_CACHEMAX\n",
                name);
        return -1;
    }
    if (setenv(name, equals == NULL ? argv[2] : equals + 1, 1) != 0) {
        fprintf(stderr, "tilth: out of memory for --config %s\n", name);
        return -1;
    }
    return equals == NULL ? 3 : 2;
}

static int is_one_of(const char *word, const char *const *words) {
    while (*words != NULL && strcmp(word, *words) != 0) {
        words++;
    }
    return *words != NULL;
}

int cli_read_habit(int argc, char **argv, json_t *params) {
    static const char *const format[] = {"-of", "-f", "--of", "--format", "--output-format", NULL};
    static const char *const creation[] = {"-co", "--co", "--creation-option", NULL};
    if (strcmp(argv[0], "--config") == 0) {
        return set_option(argc, argv);
    }
    if (strcmp(argv[0], "-overwrite") == 0) {
        tl_json_put(params, "overwrite", tl_json_text("yes"));
        return 1;
    }
    if (is_one_of(argv[0], format)) {
        fprintf(
            stderr,
            "tilth: %s is not used: the ending of an output's name chooses its format (.tif, ENVI "
            ".dat .bsq .bil .bip, .gpkg .shp .geojson, .csv); for another one run gdal_translate -of "
            "or ogr2ogr -f on the output\n",
            argv[0]);
        return -1;
    }
    if (is_one_of(argv[0], creation)) {
        fprintf(
            stderr,
            "tilth: %s is not used: GeoTIFFs are tiled, and compressed where that is worthwhile; for "
            "other options run gdal_translate -co on the output\n",
            argv[0]);
        return -1;
    }
    return 0;
}
