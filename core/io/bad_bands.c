/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bad and repeated bands; see bad_bands.h. */
#include "io/bad_bands.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/bytes.h"

static int is_one_of(const char *text, const char *const *words, size_t n) {
    for (size_t k = 0; k < n; k++) {
        if (tl_same_word(text, words[k])) {
            return 1;
        }
    }
    return 0;
}

double tl_io_good_flag(const char *text) {
    static const char *const good[] = {"good", "yes", "true", "ok", "on", "use", "used", "valid"};
    static const char *const bad[] = {"bad", "no", "false", "off", "unused", "invalid", "masked"};
    double number = 0.0;
    if (text == NULL) {
        return (double)NAN;
    }
    if (tl_parse_number(text, &number)) {
        return fabs(number) > 0.0 ? 1.0 : 0.0;
    }
    if (is_one_of(text, good, sizeof good / sizeof good[0])) {
        return 1.0;
    }
    return is_one_of(text, bad, sizeof bad / sizeof bad[0]) ? 0.0 : (double)NAN;
}

static ptrdiff_t count_entries(const char *list) {
    char entry[64];
    ptrdiff_t n = 0;
    while ((list = tl_io_envi_next(list, entry, sizeof entry)) != NULL) {
        n++;
    }
    return n;
}

tl_code tl_io_check_list(const tl_envi *envi, const char *key, const char *path, ptrdiff_t n,
                         tl_err *err) {
    char table[4096];
    const ptrdiff_t found = count_entries(tl_io_envi_value(envi, key));
    (void)snprintf(table, sizeof table, "%.4000s.bands.csv", path);
    return found == 0 || found == n || n < 2 || tl_io_exists(table)
               ? TL_OK
               : tl_assume(
                     err, TL_WARNING,
                     "'%.300s': the list '%s' of the header has %td entries for %td bands and "
                     "is not used; correct it, or write the values into '%.300s.bands.csv'",
                     path, key, found, n, path);
}

tl_code tl_io_accept_bad_bands(const tl_envi *envi, const char *path, tl_bands *bands,
                               tl_err *err) {
    const char *list = tl_io_envi_value(envi, "bbl");
    char entry[64];
    if (list == NULL || count_entries(list) != bands->n) {
        return tl_io_check_list(envi, "bbl", path, bands->n, err);
    }
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        list = tl_io_envi_next(list, entry, sizeof entry);
        const double flag = tl_io_good_flag(entry);
        if (isnan(flag)) {
            TL_TRY(tl_assume(err, TL_WARNING,
                             "'%.300s': band %td counts as good, because its entry '%.40s' in the "
                             "bad-band list (bbl) is not known; wanted 0 or 1, or good or bad: "
                             "correct it, or write it into '%.300s.bands.csv'",
                             path, i + 1, entry, path));
        } else if (!(flag > 0.0) && band->good) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "bad-band list of the file (bbl 0)");
        }
    }
    return TL_OK;
}

tl_code tl_io_check_repeated(const tl_bands *bands, const char *path, tl_err *err) {
    ptrdiff_t *order = tl_acquire(bands->n, sizeof *order);
    if (order == NULL) {
        return tl_no_memory(err, "a table of %td bands", bands->n);
    }
    tl_bands_order(bands, order);
    const tl_band *first[2] = {NULL, NULL};
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 1; i < bands->n; i++) {
        const tl_band *a = &bands->band[order[i - 1]];
        const tl_band *b = &bands->band[order[i]];
        if (a->good && b->good && a->detector == b->detector && a->centre_nm > 0.0 &&
            fabs(a->centre_nm - b->centre_nm) < 1e-6) {
            first[0] = n == 0 ? a : first[0];
            first[1] = n == 0 ? b : first[1];
            n++;
        }
    }
    tl_release(order);
    return n == 0 ? TL_OK
                  : tl_assume(err, TL_WARNING,
                              "'%.300s': bands %d and %d are both at %.7g nm%s, and both are used; "
                              "write true wavelengths, or good 0 for one of them, into "
                              "'%.300s.bands.csv'",
                              path, first[0]->index, first[1]->index, first[0]->centre_nm,
                              n > 1 ? ", as are other pairs" : "", path);
}
