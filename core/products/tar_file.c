/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entries of tar archives; see tar_file.h. */
#include "products/tar_file.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/minmax.h"
#include "base/text.h"

enum {
    block = 512,
    name_at = 0,
    name_length = 100,
    size_at = 124,
    size_length = 12,
    sum_at = 148,
    sum_length = 8,
    type_at = 156,
    magic_at = 257,
    prefix_at = 345,
    prefix_length = 155,
    max_extended = 1 << 20
};

static tl_code cut_off(tl_err *err) {
    return tl_fail(err, TL_FORMAT, "the archive is cut off; copy or download it again");
}

/* A number of a header: octal digits, or binary behind a set first bit; below 0 = neither. */
static double field_number(const unsigned char *field, int length) {
    double value = 0.0;
    if ((field[0] & 0x80U) != 0) {
        for (int i = 1; i < length; i++) {
            value = 256.0 * value + (double)field[i];
        }
        return value < 9e15 ? value : -1.0;
    }
    int i = 0;
    while (i < length && field[i] == ' ') {
        i++;
    }
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++) {
        value = 8.0 * value + (double)(field[i] - '0');
    }
    return i == length || field[i] == '\0' || field[i] == ' ' ? value : -1.0;
}

/* The sum of all bytes, those of the sum itself counted as spaces. */
static int sum_is_right(const unsigned char *header) {
    double sum = 0.0;
    for (int i = 0; i < block; i++) {
        sum += i >= sum_at && i < sum_at + sum_length ? (double)' ' : (double)header[i];
    }
    return !(fabs(field_number(header + sum_at, sum_length) - sum) > 0.0);
}

static int is_zero(const unsigned char *header) {
    for (int i = 0; i < block; i++) {
        if (header[i] != 0) {
            return 0;
        }
    }
    return 1;
}

static void read_name(const unsigned char *header, tl_tar_entry *entry) {
    const int has_prefix = memcmp(header + magic_at, "ustar", 6) == 0 && header[prefix_at] != '\0';
    (void)snprintf(entry->name, sizeof entry->name, "%.*s%s%.*s", has_prefix ? prefix_length : 0,
                   (const char *)header + prefix_at, has_prefix ? "/" : "", name_length,
                   (const char *)header + name_at);
}

/* What extended headers say of the next entry. */
typedef struct extended {
    char name[tl_products_tar_name_capacity]; /* "" = nothing */
    double size;                              /* below 0 = nothing */
} extended;

/* Records "27 path=folder/name\n". */
static void read_records(const char *text, size_t length, extended *more) {
    size_t at = 0;
    while (at < length) {
        size_t n = 0;
        size_t k = at;
        for (; k < length && text[k] >= '0' && text[k] <= '9' && n < length; k++) {
            n = 10 * n + (size_t)(text[k] - '0');
        }
        if (k >= length || text[k] != ' ' || n <= k - at + 1 || n > length - at) {
            return;
        }
        const char *record = text + k + 1;
        const size_t rest = n - (k - at) - 2; /* without the space and the line feed */
        char word[64];
        if (rest > 5 && strncmp(record, "path=", 5) == 0) {
            (void)snprintf(more->name, sizeof more->name, "%.*s", (int)(rest - 5), record + 5);
        } else if (rest > 5 && rest < sizeof word && strncmp(record, "size=", 5) == 0) {
            double size = -1.0;
            (void)snprintf(word, sizeof word, "%.*s", (int)(rest - 5), record + 5);
            more->size = tl_parse_number(word, &size) && size >= 0.0 && size < 9e15 ? size : -1.0;
        }
        at += n;
    }
}

/* Reads the content of an extended header. */
static tl_code read_extended(VSILFILE *file, const tl_tar_entry *entry, char type, extended *more,
                             tl_err *err) {
    static const size_t piece = 65536;
    char text[65536];
    if (entry->size > (double)max_extended) {
        return tl_fail(err, TL_FORMAT, "the archive has a header of %.0f bytes", entry->size);
    }
    const size_t wanted = tl_min((ptrdiff_t)entry->size, (ptrdiff_t)piece - 1) > 0
                              ? (size_t)tl_min((ptrdiff_t)entry->size, (ptrdiff_t)piece - 1)
                              : 0;
    if (wanted > 0 && VSIFReadL(text, 1, wanted, file) != wanted) {
        return cut_off(err);
    }
    text[wanted] = '\0';
    if (type == 'x') {
        read_records(text, wanted, more);
    } else if (type == 'L') {
        const size_t length = strlen(text);
        if (length >= sizeof more->name) {
            return tl_fail(err, TL_FORMAT,
                           "the archive has a file name of %zu bytes; at most %zu are read", length,
                           sizeof more->name - 1);
        }
        memcpy(more->name, text, length + 1);
    }
    return tl_products_tar_skip(file, entry, (double)wanted, err);
}

tl_code tl_products_tar_next(VSILFILE *file, tl_tar_entry *entry, int *found, tl_err *err) {
    extended more = {.size = -1.0};
    *found = 0;
    for (;;) {
        unsigned char header[block];
        *entry = (tl_tar_entry){0};
        const size_t n = VSIFReadL(header, 1, block, file);
        if ((n == 0 && VSIFEofL(file)) || (n == block && is_zero(header))) {
            return TL_OK;
        }
        if (n < block) {
            return cut_off(err);
        }
        entry->size = field_number(header + size_at, size_length);
        if (!sum_is_right(header) || entry->size < 0.0) {
            return tl_fail(err, TL_FORMAT, "it is no tar archive, or it is damaged");
        }
        const char type = (char)header[type_at];
        if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
            TL_TRY(read_extended(file, entry, type, &more, err));
            continue;
        }
        read_name(header, entry);
        if (more.name[0] != '\0') {
            (void)snprintf(entry->name, sizeof entry->name, "%s", more.name);
        }
        entry->size = more.size >= 0.0 ? more.size : entry->size;
        entry->is_file = type == '0' || type == '\0' || type == '7';
        entry->size = entry->is_file || type == 'S' ? entry->size : 0.0;
        *found = 1;
        return TL_OK;
    }
}

tl_code tl_products_tar_skip(VSILFILE *file, const tl_tar_entry *entry, double done, tl_err *err) {
    double left = ceil(entry->size / (double)block) * (double)block - done;
    char bytes[8192];
    while (left > 0.0) {
        const size_t n = left < (double)sizeof bytes ? (size_t)left : sizeof bytes;
        if (VSIFReadL(bytes, 1, n, file) != n) {
            return cut_off(err);
        }
        left -= (double)n;
    }
    return TL_OK;
}
