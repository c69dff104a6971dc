/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bands of an imported scene: one table of all detectors, and the list of unused bands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "job/numbers.h"
#include "spectra/badbands.h"
#include "tools/scenes/importscene.h"

/* --- one table --- */

/* Detectors are numbered from part to part, unless the reader already numbered them. */
static void number_detectors(tl_bands *bands, const ptrdiff_t *part) {
    int highest = 0;
    int shift = 0;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        int *detector = &bands->band[b].detector;
        if (b > 0 && part[b] != part[b - 1]) {
            shift = *detector <= highest ? highest : 0;
        }
        *detector += shift;
        highest = tl_max_int(*detector, highest);
    }
}

/* Widths that the product does not state; the numbers of detectors are kept. */
static tl_code complete(tl_bands *bands, tl_err *err) {
    tl_bands with_widths;
    TL_TRY(tl_bands_copy(&with_widths, bands, err));
    const tl_code code = tl_bands_complete(&with_widths, err);
    for (ptrdiff_t b = 0; b < bands->n && code == TL_OK; b++) {
        bands->band[b].fwhm_nm = with_widths.band[b].fwhm_nm;
        bands->band[b].fwhm_assumed = with_widths.band[b].fwhm_assumed;
    }
    tl_bands_free(&with_widths);
    return code;
}

tl_code tl_importscene_gather_bands(tl_import *m, tl_err *err) {
    static const tl_quantity quantities[] = {TL_QUANTITY_UNKNOWN,     TL_QUANTITY_DN,
                                             TL_QUANTITY_RADIANCE,    TL_QUANTITY_TOA_REFLECTANCE,
                                             TL_QUANTITY_REFLECTANCE, TL_QUANTITY_OTHER};
    ptrdiff_t n = 0;
    for (ptrdiff_t p = 0; p < m->info->n_parts; p++) {
        n += m->info->part[p].bands.n;
    }
    TL_TRY(tl_bands_init(&m->bands, n, err));
    m->part = tl_acquire(n, sizeof *m->part);
    m->number = tl_acquire(n, sizeof *m->number);
    if (m->part == NULL || m->number == NULL) {
        return tl_no_memory(err, "%td bands", n);
    }
    const double factor = tl_job_given(m->job, "scale") ? tl_job_number(m->job, "scale") : 1.0;
    for (ptrdiff_t p = 0, at = 0; p < m->info->n_parts; p++) {
        const tl_bands *from = &m->info->part[p].bands;
        for (ptrdiff_t b = 0; b < from->n; b++, at++) {
            m->bands.band[at] = from->band[b];
            m->bands.band[at].index = (int)at + 1;
            m->bands.band[at].scale *= factor;
            m->bands.band[at].offset *= factor;
            m->part[at] = p;
            m->number[at] = (int)b + 1;
        }
    }
    number_detectors(&m->bands, m->part);
    const int asked = tl_job_choice(m->job, "quantity");
    m->bands.quantity = asked == 0 ? m->info->quantity : quantities[asked];
    if (tl_job_given(m->job, "scale")) {
        tl_importscene_decide(m, TL_INFO, "all values are multiplied by %g, as asked", factor);
    }
    return complete(&m->bands, err);
}

/* --- unused bands --- */

/* Reads "12", "12-20" or "2450-2500nm". */
static int read_range(const char *word, double *from, double *to, int *is_nm) {
    char text[64];
    size_t n = strlen(word);
    *is_nm = n > 2 && tl_same_word(word + n - 2, "nm");
    n -= *is_nm ? 2 : 0;
    if (n == 0 || n >= sizeof text) {
        return 0;
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)n, word);
    char *dash = strchr(text + 1, '-');
    if (dash != NULL) {
        *dash = '\0';
    }
    return tl_parse_number(text, from) && tl_parse_number(dash == NULL ? text : dash + 1, to) &&
           *from <= *to;
}

static ptrdiff_t drop_range(tl_bands *bands, double from, double to, int is_nm) {
    ptrdiff_t n = 0;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        tl_band *band = &bands->band[b];
        const double at = is_nm ? band->centre_nm : (double)band->index;
        if (at >= from && at <= to) {
            n++;
            if (band->good) {
                (void)snprintf(band->reason, sizeof band->reason, "left out by the user");
                band->good = 0;
            }
        }
    }
    return n;
}

static tl_code drop_listed(tl_import *m, tl_err *err) {
    const char *at = tl_job_text(m->job, "drop");
    static const char *const splits = " ,;\t";
    for (at = at == NULL ? "" : at; *(at += strspn(at, splits)) != '\0';) {
        char word[64];
        const size_t length = strcspn(at, splits);
        double from = 0.0;
        double to = 0.0;
        int is_nm = 0;
        (void)snprintf(word, sizeof word, "%.*s", (int)(length > 63 ? 63 : length), at);
        if (length > 63 || !read_range(word, &from, &to, &is_nm)) {
            return tl_fail(err, TL_ARG,
                           "drop: '%s' is not a band; wanted numbers and ranges, for example "
                           "'1-3 330 2450-2500nm'",
                           word);
        }
        if (drop_range(&m->bands, from, to, is_nm) == 0) {
            return tl_fail(err, TL_ARG,
                           "drop: there is no band in '%s'; '%s' has the bands 1 to %td", word,
                           tl_job_text(m->job, "product"), m->bands.n);
        }
        at += length;
    }
    return TL_OK;
}

static tl_code read_rules(const tl_import *m, tl_band_rules *rules, tl_err *err) {
    *rules = tl_spectra_default_rules();
    rules->lowest_nm = tl_job_number(m->job, "lowest");
    rules->highest_nm = tl_job_number(m->job, "highest");
    rules->n_windows = 0;
    if (!tl_same_word(tl_job_text(m->job, "windows"), "none")) {
        double edge[16];
        ptrdiff_t n = 0;
        TL_TRY(tl_job_read_increasing(m->job, "windows", TL_COUNT(edge), edge, &n, err));
        if (n % 2 != 0) {
            return tl_fail(
                err, TL_ARG,
                "windows: '%s' has an odd number of values (%td); wanted pairs of first and last "
                "wavelength, or the word none",
                tl_job_text(m->job, "windows"), n);
        }
        for (ptrdiff_t i = 0; i < n; i += 2) {
            rules->window[rules->n_windows++] = (tl_window_nm){edge[i], edge[i + 1]};
        }
    }
    /* auto, vnir, swir, both */
    static const tl_overlap overlaps[] = {TL_OVERLAP_FIRST, TL_OVERLAP_FIRST, TL_OVERLAP_LAST,
                                          TL_OVERLAP_BOTH};
    const int choice = tl_job_choice(m->job, "overlap");
    rules->overlap = overlaps[choice];
    if (choice == 0 && strncmp(m->info->facts.sensor, "EnMAP", 5) == 0) {
        rules->overlap = TL_OVERLAP_LAST;
    }
    return TL_OK;
}

/* Logs which bands share a reason, as ranges of numbers with their wavelengths. */
static void log_reason(tl_import *m, const char *reason) {
    enum { longest = 600 };
    tl_text list = {0};
    ptrdiff_t count = 0;
    for (ptrdiff_t b = 0; b < m->bands.n;) {
        if (strcmp(m->bands.band[b].reason, reason) != 0 ||
            (m->bands.band[b].good != 0) != (reason[0] == '\0')) {
            b++;
            continue;
        }
        ptrdiff_t last = b;
        while (last + 1 < m->bands.n && m->part[last + 1] == m->part[b] &&
               strcmp(m->bands.band[last + 1].reason, reason) == 0 &&
               m->bands.band[last + 1].good == m->bands.band[b].good) {
            last++;
        }
        count += last - b + 1;
        if (list.length < longest) {
            tl_text_addf(&list, "%s%td", list.length > 0 ? ", " : "", b + 1);
            if (last > b) {
                tl_text_addf(&list, "-%td", last + 1);
            }
            tl_text_addf(&list, " (%.1f", m->bands.band[b].centre_nm);
            tl_text_addf(&list, last > b ? "-%.1f nm)" : " nm)", m->bands.band[last].centre_nm);
        }
        b = last + 1;
    }
    if (count > 0) {
        tl_importscene_decide(m, TL_INFO, "%td band%s %s%s: %s", count, count == 1 ? "" : "s",
                              reason[0] == '\0' ? "used" : "not used, ", reason,
                              tl_text_data(&list));
    }
    tl_text_free(&list);
}

static int is_first_with_reason(const tl_bands *bands, ptrdiff_t b) {
    for (ptrdiff_t a = 0; a < b; a++) {
        if (strcmp(bands->band[a].reason, bands->band[b].reason) == 0) {
            return 0;
        }
    }
    return 1;
}

tl_code tl_importscene_flag_bands(tl_import *m, tl_err *err) {
    tl_band_rules rules;
    TL_TRY(read_rules(m, &rules, err));
    TL_TRY(drop_listed(m, err));
    const ptrdiff_t good = tl_spectra_flag_bands(&m->bands, &rules);
    for (ptrdiff_t b = 0; b < m->bands.n; b++) {
        tl_band *band = &m->bands.band[b];
        if (!band->good && band->reason[0] == '\0') {
            (void)snprintf(band->reason, sizeof band->reason, "bad in the product");
        }
        if (!band->good && is_first_with_reason(&m->bands, b)) {
            log_reason(m, band->reason);
        }
    }
    log_reason(m, "");
    if (good == 0) {
        return tl_fail(
            err, TL_DATA,
            "no band of '%s' is left; widen lowest and highest, or check the wavelengths",
            tl_job_text(m->job, "product"));
    }
    return TL_OK;
}
