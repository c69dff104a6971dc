/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes the index rasters as plain TIFF bytes; see index_rasters.h. GDAL loads its plugins before
 * its own drivers, so no driver can be used for it. */
#include "index_rasters.h"

#include <cpl_vsi.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/index_raster_names.h"

/* Bytes of the header: 8, the number of entries, the entries, and the end of the list. */
enum { ENTRIES = 10, HEADER = 8 + 2 + ENTRIES * 12 + 4 + 2 };

/* One entry of the TIFF directory. A short number is stored in the first bytes of the field. */
static void put_entry(unsigned char *at, uint16_t tag, int is_short, uint32_t value) {
    const uint16_t type = is_short ? 3 : 4;
    const uint32_t count = 1;
    const uint16_t low = (uint16_t)value;
    memcpy(at, &tag, 2);
    memcpy(at + 2, &type, 2);
    memcpy(at + 4, &count, 4);
    memset(at + 8, 0, 4);
    if (is_short) {
        memcpy(at + 8, &low, 2);
    } else {
        memcpy(at + 8, &value, 4);
    }
}

/* An uncompressed image of 32-bit floats in one strip, in the byte order of the machine. */
static void put_header(unsigned char *file, uint32_t width, uint32_t height) {
    const uint16_t one = 1;
    const int little = *(const unsigned char *)&one == 1;
    const uint16_t version = 42;
    const uint16_t entries = ENTRIES;
    const uint32_t directory = 8;
    const struct {
        uint16_t tag;
        int is_short;
        uint32_t value;
    } entry[ENTRIES] = {{256, 0, width}, {257, 0, height}, {258, 1, 32},
                        {259, 1, 1},     {262, 1, 1},      {273, 0, HEADER},
                        {277, 1, 1},     {278, 0, height}, {279, 0, width * height * 4},
                        {339, 1, 3}};
    memset(file, 0, HEADER);
    memcpy(file, little ? "II" : "MM", 2);
    memcpy(file + 2, &version, 2);
    memcpy(file + 4, &directory, 4);
    memcpy(file + 8, &entries, 2);
    for (int i = 0; i < ENTRIES; i++) {
        put_entry(file + 10 + (ptrdiff_t)i * 12, entry[i].tag, entry[i].is_short, entry[i].value);
    }
}

static void make(const char *path, uint32_t width, uint32_t height) {
    const size_t size = HEADER + (size_t)TL_INDEX_RASTER_LENGTH * sizeof(float);
    unsigned char *file = VSIMalloc(size);
    if (file == NULL) {
        return;
    }
    put_header(file, width, height);
    for (int i = 0; i < TL_INDEX_RASTER_LENGTH; i++) {
        const float value = tl_index_raster_value(i);
        memcpy(file + HEADER + (ptrdiff_t)i * (ptrdiff_t)sizeof value, &value, sizeof value);
    }
    VSILFILE *open = VSIFileFromMemBuffer(path, file, size, 1);
    if (open != NULL) {
        (void)VSIFCloseL(open);
    }
}

void tl_gdal_make_index_rasters(void) {
    make(TL_INDEX_RASTER_COLUMNS, TL_INDEX_RASTER_LENGTH, 1);
    make(TL_INDEX_RASTER_ROWS, 1, TL_INDEX_RASTER_LENGTH);
}
