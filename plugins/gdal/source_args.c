/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the arguments that all pixel functions share; see source_args.h. */
#include "source_args.h"

#include <cpl_conv.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

/* The value of the word "none" in a list. */
#define NONE ((double)NAN)

/* One entry of a list: a finite decimal number, or "none" (also "nan") where that is allowed. */
static int read_entry(const char *text, size_t length, int none_allowed, double *out) {
    char entry[64];
    if (length >= sizeof entry) {
        return 0;
    }
    memcpy(entry, text, length);
    entry[length] = '\0';
    if (none_allowed && (tl_same_word(entry, "none") || tl_same_word(entry, "nan"))) {
        *out = NONE;
        return 1;
    }
    return tl_parse_number(entry, out);
}

tl_code tl_gdal_source_list_read(const char *name, const char *text, int none_allowed, ptrdiff_t n,
                                 double *out, tl_err *err) {
    ptrdiff_t found = 0;
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        double number = 0.0;
        if (!read_entry(at, length, none_allowed, &number)) {
            return tl_fail(err, TL_ARG, "%s: entry %td, '%.*s', is not a number", name, found + 1,
                           (int)(length < 40 ? length : 40), at);
        }
        if (found < n) {
            out[found] = number;
        }
        found++;
        at += length;
        if (*at == '\0') {
            break;
        }
    }
    for (ptrdiff_t i = 1; found == 1 && i < n; i++) {
        out[i] = out[0];
    }
    return found == n || found == 1
               ? TL_OK
               : tl_fail(
                     err, TL_ARG,
                     "%s has %td entries for %td sources; it must have one for all or one for each",
                     name, found, n);
}

tl_code tl_gdal_source_bands_read(CSLConstList texts, ptrdiff_t n, double *list, tl_band *band,
                                  tl_err *err) {
    TL_TRY(tl_gdal_source_list_read("scale", CSLFetchNameValueDef(texts, "scale", "1"), 0, n, list,
                                    err));
    for (ptrdiff_t i = 0; i < n; i++) {
        band[i].scale = list[i];
    }
    TL_TRY(tl_gdal_source_list_read("offset", CSLFetchNameValueDef(texts, "offset", "0"), 0, n,
                                    list, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        band[i].offset = list[i];
    }
    TL_TRY(tl_gdal_source_list_read("src_nodata", CSLFetchNameValueDef(texts, "src_nodata", "none"),
                                    1, n, list, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        band[i].has_nodata = !isnan(list[i]);
        band[i].nodata = list[i];
    }
    return TL_OK;
}

/* The next name of a description in XML after *at, which moves behind it; NULL after the last. */
static const char *next_name(const char **at, size_t *n) {
    static const char before[] = "<Argument name='";
    const char *name = strstr(*at, before);
    if (name == NULL) {
        return NULL;
    }
    name += sizeof before - 1;
    *n = strcspn(name, "'");
    *at = name + *n;
    return name;
}

/* 1 when the description has an argument of the first n letters of text. GDAL ignores case in
 * names. */
static int is_known(const char *text, size_t n, const char *description) {
    size_t length = 0;
    for (const char *name; (name = next_name(&description, &length)) != NULL;) {
        if (length == n && EQUALN(name, text, n)) {
            return 1;
        }
    }
    return n == strlen("NoData") && EQUALN(text, "NoData", n);
}

/* The names of a description with commas between them, cut at the capacity. */
static void list_names(const char *description, char *list, size_t capacity) {
    size_t used = 0;
    size_t length = 0;
    list[0] = '\0';
    for (const char *name; (name = next_name(&description, &length)) != NULL && used < capacity;) {
        used += (size_t)snprintf(list + used, capacity - used, "%s%.*s", used > 0 ? ", " : "",
                                 (int)length, name);
    }
}

tl_code tl_gdal_source_refuse_unknown(CSLConstList texts, const char *description, tl_err *err) {
    for (; texts != NULL && *texts != NULL; texts++) {
        const size_t n = strcspn(*texts, "=:");
        if (!is_known(*texts, n, description)) {
            char list[512];
            list_names(description, list, sizeof list);
            return tl_fail(err, TL_ARG, "there is no argument '%.*s'; the arguments are: %s",
                           (int)(n < 80 ? n : 80), *texts, list);
        }
    }
    return TL_OK;
}

float tl_gdal_source_nodata_read(CSLConstList texts) {
    const char *nodata = CSLFetchNameValue(texts, "NoData");
    return nodata == NULL ? NAN : (float)CPLAtof(nodata);
}
