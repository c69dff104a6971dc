/* SPDX-License-Identifier: GPL-2.0-or-later
 * Facts of scenes as metadata items; see scene_items.h. */
#include "io/scene_items.h"

#include <math.h>
#include <stdio.h>

enum { key_capacity = 64 };

static const char *const domain = "TILTH_SCENE";

/* Key of a fact in the domain, and its position in tl_scene_facts. In ENVI headers the key is in
 * lower case after the word tilth. */
static const struct {
    const char *key;
    size_t at;
} texts[] = {
    {"SENSOR", offsetof(tl_scene_facts, sensor)},
    {"LEVEL", offsetof(tl_scene_facts, level)},
    {"UTC", offsetof(tl_scene_facts, utc)},
};

enum { text_capacity = sizeof((tl_scene_facts *)NULL)->utc, n_texts = 3 };

static const struct {
    const char *key;
    size_t at;
} numbers[] = {
    {"LATITUDE_DEG", offsetof(tl_scene_facts, latitude_deg)},
    {"LONGITUDE_DEG", offsetof(tl_scene_facts, longitude_deg)},
    {"ELEVATION_M", offsetof(tl_scene_facts, elevation_m)},
    {"SUN_ZENITH_DEG", offsetof(tl_scene_facts, sun_zenith_deg)},
    {"SUN_AZIMUTH_DEG", offsetof(tl_scene_facts, sun_azimuth_deg)},
    {"VIEW_ZENITH_DEG", offsetof(tl_scene_facts, view_zenith_deg)},
    {"VIEW_AZIMUTH_DEG", offsetof(tl_scene_facts, view_azimuth_deg)},
    {"EARTH_SUN_AU", offsetof(tl_scene_facts, earth_sun_au)},
    {"WATER_VAPOUR_G_CM2", offsetof(tl_scene_facts, water_vapour_g_cm2)},
    {"AOD_550", offsetof(tl_scene_facts, aod_550)},
};

enum { n_numbers = sizeof numbers / sizeof numbers[0] };

static const struct {
    const char *word;
    tl_quantity quantity;
} words[] = {
    {"DN", TL_QUANTITY_DN},
    {"radiance", TL_QUANTITY_RADIANCE},
    {"TOA reflectance", TL_QUANTITY_TOA_REFLECTANCE},
    {"reflectance", TL_QUANTITY_REFLECTANCE},
    {"other", TL_QUANTITY_OTHER},
};

/* The word of a quantity in files; "" when it is unknown. */
static const char *quantity_word(tl_quantity quantity) {
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].quantity == quantity) {
            return words[i].word;
        }
    }
    return "";
}

/* The quantity that such a word means, in any case of letters. */
static tl_quantity quantity_of(const char *word) {
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (tl_same_word(word, words[i].word)) {
            return words[i].quantity;
        }
    }
    return TL_QUANTITY_UNKNOWN;
}

static const char *text_of(const tl_scene_facts *facts, size_t i) {
    return (const char *)facts + texts[i].at;
}

static double number_of(const tl_scene_facts *facts, size_t i) {
    return *(const double *)(const void *)((const char *)facts + numbers[i].at);
}

void tl_io_write_scene_items(GDALDatasetH dataset, tl_quantity quantity,
                             const tl_scene_facts *facts) {
    if (quantity != TL_QUANTITY_UNKNOWN) {
        GDALSetMetadataItem(dataset, "QUANTITY", quantity_word(quantity), domain);
    }
    for (size_t i = 0; facts != NULL && i < n_texts; i++) {
        if (text_of(facts, i)[0] != '\0') {
            GDALSetMetadataItem(dataset, texts[i].key, text_of(facts, i), domain);
        }
    }
    for (size_t i = 0; facts != NULL && i < n_numbers; i++) {
        if (isfinite(number_of(facts, i))) {
            tl_text value = {0};
            tl_text_add_number(&value, number_of(facts, i));
            GDALSetMetadataItem(dataset, numbers[i].key, tl_text_data(&value), domain);
            tl_text_free(&value);
        }
    }
}

/* "SUN_ZENITH_DEG" as the key of an ENVI header: "tilth sun zenith deg", with the given character
 * between the words. */
static const char *envi_key(const char *key, char between, char out[key_capacity]) {
    int n = snprintf(out, key_capacity, "tilth%c", between);
    for (; *key != '\0' && n + 1 < key_capacity; key++) {
        const char c = *key;
        out[n++] = c == '_' ? between : (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    out[n] = '\0';
    return out;
}

static void add_number_line(tl_text *header, const char *key, double value) {
    if (isfinite(value)) {
        tl_text_addf(header, "%s = ", key);
        tl_text_add_number(header, value);
        tl_text_add(header, "\n");
    }
}

/* A text of a header in one line, without braces, because they would end it. */
static void add_text_line(tl_text *header, const char *key, const char *value) {
    if (value[0] == '\0') {
        return;
    }
    tl_text_addf(header, "%s = ", key);
    for (const char *c = value; *c != '\0'; c++) {
        const int plain = (unsigned char)*c >= ' ' && *c != '{' && *c != '}';
        tl_text_addf(header, "%c", plain ? *c : ' ');
    }
    tl_text_add(header, "\n");
}

void tl_io_add_scene_lines(tl_text *header, tl_quantity quantity, const tl_scene_facts *facts) {
    char key[key_capacity];
    add_text_line(header, "data units", quantity_word(quantity));
    add_text_line(header, envi_key("QUANTITY", ' ', key), quantity_word(quantity));
    if (facts == NULL) {
        return;
    }
    add_text_line(header, "sensor type", facts->sensor);
    add_text_line(header, "acquisition time", facts->utc);
    add_number_line(header, "sun azimuth", facts->sun_azimuth_deg);
    add_number_line(header, "sun elevation", 90.0 - facts->sun_zenith_deg);
    for (size_t i = 0; i < n_texts; i++) {
        add_text_line(header, envi_key(texts[i].key, ' ', key), text_of(facts, i));
    }
    for (size_t i = 0; i < n_numbers; i++) {
        add_number_line(header, envi_key(numbers[i].key, ' ', key), number_of(facts, i));
    }
}

static const char *find_item(GDALDatasetH dataset, const char *key) {
    char envi[key_capacity];
    const char *value = GDALGetMetadataItem(dataset, key, domain);
    return value != NULL ? value : GDALGetMetadataItem(dataset, envi_key(key, '_', envi), "ENVI");
}

/* Facts that headers of other programs store under their own keys. */
static void read_common_keys(GDALDatasetH dataset, tl_scene_facts *facts) {
    const char *sensor = GDALGetMetadataItem(dataset, "sensor_type", "ENVI");
    const char *time = GDALGetMetadataItem(dataset, "acquisition_time", "ENVI");
    double elevation = (double)NAN;
    if (facts->sensor[0] == '\0' && sensor != NULL && !tl_same_word(sensor, "unknown")) {
        (void)snprintf(facts->sensor, sizeof facts->sensor, "%s", sensor);
    }
    if (facts->utc[0] == '\0' && time != NULL) {
        (void)snprintf(facts->utc, sizeof facts->utc, "%s", time);
    }
    if (isnan(facts->sun_azimuth_deg)) {
        (void)tl_parse_number(GDALGetMetadataItem(dataset, "sun_azimuth", "ENVI"),
                              &facts->sun_azimuth_deg);
    }
    if (isnan(facts->sun_zenith_deg) &&
        tl_parse_number(GDALGetMetadataItem(dataset, "sun_elevation", "ENVI"), &elevation)) {
        facts->sun_zenith_deg = 90.0 - elevation;
    }
}

tl_scene_facts tl_io_scene_facts(GDALDatasetH dataset) {
    tl_scene_facts facts = tl_source_scene_facts_none();
    for (size_t i = 0; i < n_texts; i++) {
        const char *value = find_item(dataset, texts[i].key);
        (void)snprintf((char *)&facts + texts[i].at, text_capacity, "%s",
                       value == NULL ? "" : value);
    }
    for (size_t i = 0; i < n_numbers; i++) {
        double *to = (double *)(void *)((char *)&facts + numbers[i].at);
        (void)tl_parse_number(find_item(dataset, numbers[i].key), to);
    }
    read_common_keys(dataset, &facts);
    return facts;
}

tl_quantity tl_io_scene_quantity(GDALDatasetH dataset) {
    const char *value = find_item(dataset, "QUANTITY");
    return quantity_of(value != NULL ? value : GDALGetMetadataItem(dataset, "quantity", NULL));
}
