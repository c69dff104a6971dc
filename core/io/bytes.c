/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whole files as bytes; see bytes.h. */
#define _LARGEFILE64_SOURCE /* GDAL's file status has 64-bit sizes */
#include "io/bytes.h"

#include <cpl_vsi.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/gdal_call.h"
#include "io/source_open.h"
#include "io/special_file.h"

enum { path_capacity = 4096 };

static const char *extension_of(const char *path) {
    const char *name = tl_base_name(path);
    const char *dot = strrchr(name, '.');
    return dot == NULL || dot == name ? "" : dot + 1;
}

void tl_io_replace_extension(const char *path, const char *extension, char *out) {
    const size_t old = strlen(extension_of(path));
    const size_t stem = old > 0 ? strlen(path) - old - 1 : strlen(path);
    (void)snprintf(out, path_capacity, "%.*s.%s", (int)stem, path, extension);
}

int tl_io_has_extension(const char *path, const char *words) {
    const char *extension = extension_of(path);
    char word[16];
    while (*words != '\0') {
        size_t n = strcspn(words, ",");
        (void)snprintf(word, sizeof word, "%.*s", (int)n, words);
        if (tl_same_word(extension, word)) {
            return 1;
        }
        words += n;
        words += *words == ',';
    }
    return 0;
}

int tl_io_exists(const char *path) {
    VSIStatBufL stat;
    return VSIStatExL(path, &stat, VSI_STAT_EXISTS_FLAG) == 0;
}

int tl_io_is_folder(const char *path) {
    VSIStatBufL stat;
    return VSIStatL(path, &stat) == 0 && VSI_ISDIR(stat.st_mode);
}

tl_code tl_io_check_file(const char *path, const char *parameter, tl_err *err) {
    tl_source_name name;
    TL_TRY(tl_io_source_find(path, parameter, &name, err));
    tl_source_name_free(&name);
    return TL_OK;
}

tl_code tl_io_cannot_write(const char *path, const char *parameter, const char *words,
                           tl_err *err) {
    char shown[path_capacity];
    char folder[path_capacity];
    (void)tl_io_shown(path, shown);
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(tl_base_name(path) - path), path);
    if (folder[0] != '\0' && !tl_io_exists(folder)) {
        return tl_fail(err, TL_IO, "%s: the folder of '%s' does not exist; create it first",
                       parameter, shown);
    }
    return tl_fail(err, TL_IO,
                   "%s: '%s' cannot be written; check that the disk has space and the folder may "
                   "be written%s",
                   parameter, shown, words);
}

tl_code tl_io_read_bytes(const char *path, const char *parameter, size_t limit, char **bytes,
                         size_t *length, tl_err *err) {
    *bytes = NULL;
    *length = 0;
    VSIStatBufL stat;
    TL_TRY(tl_io_refuse_special(path, parameter, err));
    if (VSIStatL(path, &stat) != 0) {
        return tl_fail(err, TL_IO, "%s: there is no file '%s'", parameter, path);
    }
    if (VSI_ISDIR(stat.st_mode)) {
        return tl_fail(err, TL_IO, "%s: '%s' is a folder; wanted a file", parameter, path);
    }
    if ((size_t)stat.st_size > limit) {
        return tl_fail(err, TL_IO, "%s: '%s' has %.0f bytes; at most %.0f are accepted", parameter,
                       path, (double)stat.st_size, (double)limit);
    }
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) {
        return tl_fail(err, TL_IO, "%s: '%s' cannot be opened: %s", parameter, path,
                       strerror(errno));
    }
    const size_t size = (size_t)stat.st_size;
    char *read = tl_acquire((ptrdiff_t)size + 1, 1);
    tl_code code = TL_OK;
    if (read == NULL) {
        code = tl_no_memory(err, "the %.0f bytes of '%s'", (double)size, path);
    } else if (size > 0 && VSIFReadL(read, 1, size, file) != size) {
        code = tl_fail(err, TL_IO, "%s: '%s' cannot be read to its end", parameter, path);
    }
    (void)VSIFCloseL(file);
    if (code != TL_OK) {
        tl_release(read);
        return code;
    }
    *bytes = read;
    *length = size;
    return TL_OK;
}

tl_code tl_io_write_bytes(const char *path, const char *parameter, const char *bytes, size_t length,
                          tl_err *err) {
    VSILFILE *file = VSIFOpenL(path, "wb");
    if (file == NULL) {
        return tl_io_cannot_write(path, parameter, "", err);
    }
    const int wrote = length == 0 || VSIFWriteL(bytes, 1, length, file) == length;
    const int flushed = VSIFFlushL(file) == 0;
    const int closed = VSIFCloseL(file) == 0;
    /* A full disk may be visible only in the length of what was written. */
    VSIStatBufL stat;
    const int arrived = VSIStatL(path, &stat) == 0 && (size_t)stat.st_size == length;
    if (!wrote || !flushed || !closed || !arrived) {
        return tl_io_cannot_write(path, parameter, "", err);
    }
    return TL_OK;
}

/* --- fingerprint --- */

/* FNV-1a over 64 bits (Fowler, Noll, Vo), eight bytes per step with a final mixing of the high bits
 * into the low ones: it must detect changes but need not resist forgery. */
static uint64_t hash_more(uint64_t hash, const unsigned char *bytes, size_t n) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            word |= (uint64_t)bytes[i + (size_t)k] << (8 * k);
        }
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    for (; i < n; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static tl_code hash_file(const char *path, const char *parameter, double size, uint64_t *hash,
                         tl_err *err) {
    enum { piece = 1 << 20, whole_up_to = 64 };
    VSILFILE *file = VSIFOpenL(path, "rb");
    unsigned char *buffer = tl_acquire(piece, 1);
    tl_code code = TL_OK;
    if (file == NULL) {
        code = tl_fail(err, TL_IO, "%s: '%s' cannot be opened", parameter, path);
    } else if (buffer == NULL) {
        code = tl_no_memory(err, "reading '%s'", path);
    }
    const double pieces = size / (double)piece;
    const int sampled = pieces > (double)whole_up_to;
    double done = 0.0;
    for (int i = 0; code == TL_OK && (!sampled || i < whole_up_to); i++) {
        if (sampled) {
            const double at = (pieces - 1.0) * (double)i / (double)(whole_up_to - 1);
            (void)VSIFSeekL(file, (vsi_l_offset)at * piece, SEEK_SET);
        }
        const size_t n = VSIFReadL(buffer, 1, piece, file);
        done += (double)n;
        if (n < (size_t)piece && !sampled && done < size) {
            code = tl_fail(err, TL_IO, "%s: '%s' cannot be read to its end", parameter, path);
        }
        *hash = hash_more(*hash, buffer, n);
        if (n < (size_t)piece && !sampled) {
            break;
        }
    }
    tl_release(buffer);
    if (file != NULL) {
        (void)VSIFCloseL(file);
    }
    return code;
}

tl_code tl_io_fingerprint(const char *path, const char *parameter, char out[17], tl_err *err) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    char plain[path_capacity] = "";
    VSIStatBufL stat;
    if (VSIStatL(path, &stat) == 0) {
        (void)snprintf(plain, sizeof plain, "%s", path);
    } else {
        tl_source_name name;
        TL_TRY(tl_io_source_find(path, parameter, &name, err));
        (void)snprintf(plain, sizeof plain, "%s", name.file == NULL ? "" : name.file);
        const char *text = name.kind == TL_SOURCE_DOCUMENT ? name.data : name.shown;
        hash = plain[0] == '\0' ? hash_more(hash, (const unsigned char *)text, strlen(text)) : hash;
        tl_source_name_free(&name);
    }
    if (plain[0] == '\0' || VSIStatL(plain, &stat) != 0) {
        (void)snprintf(out, 17, "%016" PRIx64, hash);
        return TL_OK;
    }
    if (VSI_ISREG(stat.st_mode)) {
        const double size = (double)stat.st_size;
        TL_TRY(hash_file(plain, parameter, size, &hash, err));
        hash = hash_more(hash, (const unsigned char *)&size, sizeof size);
        /* The header and the user's band table determine what the numbers of a scene mean. */
        char sidecar[2][path_capacity];
        tl_io_replace_extension(plain, "hdr", sidecar[0]);
        (void)snprintf(sidecar[1], path_capacity, "%.4000s.bands.csv", plain);
        for (int i = 0; i < 2; i++) {
            if (strcmp(sidecar[i], plain) != 0 && VSIStatL(sidecar[i], &stat) == 0) {
                TL_TRY(hash_file(sidecar[i], parameter, (double)stat.st_size, &hash, err));
            }
        }
    }
    (void)snprintf(out, 17, "%016" PRIx64, hash);
    return TL_OK;
}
