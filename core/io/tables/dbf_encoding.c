/* SPDX-License-Identifier: GPL-2.0-or-later
 * Encoding of .dbf files; see dbf_encoding.h. */
#include "io/tables/dbf_encoding.h"

#include <cpl_conv.h>
#include <cpl_port.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/text_encoding.h"

enum {
    LOOKED_AT = 4 << 20,
    HEADER = 32,       /* bytes before the fields, and of each field */
    NAME = 11,         /* bytes of a field name with its end */
    LANGUAGE = 29,     /* where the header keeps its language */
    HEADER_LENGTH = 8, /* where it keeps its own length */
    ANSI = 87          /* the language that means any, which many programs write */
};

static int names_encoding(const tl_source_name *name) {
    for (ptrdiff_t i = 0; i < name->n_options; i++) {
        if (EQUALN(name->option[i], "ENCODING=", 9)) {
            return 1;
        }
    }
    return CPLGetConfigOption("SHAPE_ENCODING", NULL) != NULL;
}

static int has_code_page(const char *path) {
    static const char *const extensions[] = {"cpg", "CPG", "cst", "CST"};
    for (size_t k = 0; k < sizeof extensions / sizeof extensions[0]; k++) {
        char other[4096];
        tl_io_replace_extension(path, extensions[k], other);
        if (tl_io_exists(other)) {
            return 1;
        }
    }
    return 0;
}

/* The first bytes of the attributes; owned. NULL when there are none. */
static unsigned char *read_attributes(const char *path, size_t *length) {
    char dbf[4096];
    tl_io_replace_extension(path, tl_io_has_extension(path, "SHP") ? "dbf" : "DBF", dbf);
    VSILFILE *file = VSIFOpenL(dbf, "rb");
    if (file == NULL) {
        tl_io_replace_extension(path, "DBF", dbf);
        file = VSIFOpenL(dbf, "rb");
    }
    if (file == NULL) {
        return NULL;
    }
    unsigned char *bytes = tl_acquire(LOOKED_AT, 1);
    *length = bytes == NULL ? 0 : VSIFReadL(bytes, 1, LOOKED_AT, file);
    (void)VSIFCloseL(file);
    return bytes;
}

/* The texts of the attributes: names of fields on lines of their own, then the records. A name that
 * fills its ten bytes may end within a character, and is left out. Returns their length. */
static size_t take_texts(const unsigned char *bytes, size_t length, char *texts) {
    const size_t header = bytes[HEADER_LENGTH] + 256U * bytes[HEADER_LENGTH + 1];
    size_t n = 0;
    for (size_t at = HEADER; at + HEADER <= header && at + HEADER <= length && bytes[at] != '\r';
         at += HEADER) {
        const char *name = (const char *)bytes + at;
        const size_t size = strnlen(name, NAME);
        if (size < NAME - 1) {
            memcpy(texts + n, name, size);
            n += size;
            texts[n++] = '\n';
        }
    }
    for (size_t at = header; at < length; at++) {
        texts[n++] = bytes[at] == '\0' ? ' ' : (char)bytes[at];
    }
    return n;
}

tl_code tl_io_tables_dbf_encoding(const tl_source_name *name, const char *parameter,
                                  const char **encoding, tl_err *err) {
    *encoding = NULL;
    if (!tl_io_has_extension(name->data, "shp,dbf") || names_encoding(name) ||
        has_code_page(name->data)) {
        return TL_OK;
    }
    size_t length = 0;
    unsigned char *bytes = read_attributes(name->data, &length);
    char *texts = bytes == NULL || length < HEADER ? NULL : tl_acquire((ptrdiff_t)length + 1, 1);
    const int is_open = texts != NULL && (bytes[LANGUAGE] == 0 || bytes[LANGUAGE] == ANSI);
    const char *found =
        is_open ? tl_io_text_encoding(texts, take_texts(bytes, length, texts)) : NULL;
    tl_release(texts);
    tl_release(bytes);
    if (found == NULL) {
        return TL_OK;
    }
    *encoding = strcmp(found, "GB18030") == 0 ? "CP936" : found;
    return tl_assume(err, TL_INFO,
                     "%s: '%.300s' does not name the encoding of its attributes, which are read as "
                     "%s; a file with the extension .cpg that contains the name of the encoding "
                     "settles it",
                     parameter, name->shown, tl_io_encoding_word(found));
}
