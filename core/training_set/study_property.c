/* SPDX-License-Identifier: GPL-2.0-or-later
 * The measured property of a study: values below detection, rows entered twice, and values that look
 * like a mistake; see study.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "source/measured.h"
#include "training_set/study_work.h"

enum { FEW_SAMPLES = 30, MAX_CLASSES = 5, MIN_FOR_CLASSES = 20, EXAMPLES = 5 };

static tl_code read_name(const tl_study_work *w, tl_study *s, tl_err *err) {
    size_t length = 0;
    s->property = tl_copy_text(w->samples.property[0]);
    if (s->property == NULL) {
        return tl_no_memory(err, "the samples");
    }
    if (tl_source_measured_unit(s->property, &length, s->unit, sizeof s->unit)) {
        tl_job_log(w->job, TL_INFO, "property: the unit %s is read from the field name '%.100s'",
                   s->unit, s->property);
    }
    s->property[length] = '\0';
    return TL_OK;
}

/* Excludes values below a detection limit, or replaces them by half the limit. */
static void settle_below(tl_study_work *w, tl_study *s) {
    double low = HUGE_VAL;
    double high = 0.0;
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        double *value = tl_matrix_row(&w->samples.values, i);
        const double limit = tl_matrix_row(&w->samples.below, i)[0];
        if (!isnan(limit) && w->request->below == TL_BELOW_HALF) {
            value[0] = 0.5 * limit;
            low = fmin(low, limit);
            high = fmax(high, limit);
            s->halved++;
        } else if (!isnan(limit)) {
            tl_training_set_exclude(w, i, "below the detection limit");
        } else if (isnan(value[0])) {
            tl_training_set_exclude(w, i, "no number in the property field");
        }
    }
    if (s->halved > 0) {
        tl_job_log(
            w->job, TL_WARNING,
            "property: %td values below detection limits of %g to %g count as half the limit "
            "(below half); scores near these values mean little",
            s->halved, low, high);
    }
}

static int is_equal(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* A row that repeats an earlier one in everything is a mistake in the table, not a replicate. */
static void exclude_copies(tl_study_work *w) {
    const tl_samples *t = &w->samples;
    const char *field = tl_job_text(w->job, "id_field");
    if (field == NULL || field[0] == '\0') {
        return;
    }
    for (ptrdiff_t i = 1; i < t->n; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            if (tl_matrix_row(&t->values, i)[0] == tl_matrix_row(&t->values, j)[0] &&
                is_equal(t->x[i], t->x[j]) && is_equal(t->y[i], t->y[j]) &&
                strcmp(t->id[i], t->id[j]) == 0) {
                tl_training_set_exclude(w, i, "entered twice (same id, place and value)");
                break;
            }
        }
    }
}

tl_code tl_training_set_fill_property(tl_study_work *w, tl_study *s, tl_err *err) {
    TL_TRY(read_name(w, s, err));
    settle_below(w, s);
    exclude_copies(w);
    return TL_OK;
}

static tl_code check_constant(const tl_study *s, tl_err *err) {
    for (ptrdiff_t i = 1; i < s->n; i++) {
        if (s->value[i] != s->value[0]) {
            return TL_OK;
        }
    }
    return tl_fail(
        err, TL_DATA,
        "property: '%.100s' is %g at all %td samples; wanted measured values that differ",
        s->property, s->value[0], s->n);
}

/* Number of different values when all are whole numbers, else 0.
 *
 * list  [capacity] out: the first few values as text */
static int count_values(const tl_study *s, char *list, size_t capacity) {
    int values = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        if (s->value[i] != floor(s->value[i])) {
            return 0;
        }
        ptrdiff_t j = 0;
        while (s->value[j] != s->value[i]) {
            j++;
        }
        if (j == i && ++values <= MAX_CLASSES) {
            const size_t used = strlen(list);
            (void)snprintf(list + used, capacity - used, "%s%g", used > 0 ? ", " : "", s->value[i]);
        }
    }
    return values;
}

static void warn_of_classes(const tl_study_work *w, const tl_study *s) {
    char list[200] = "";
    const int values = count_values(s, list, sizeof list);
    if (values > 0 && values <= MAX_CLASSES && s->n >= MIN_FOR_CLASSES) {
        tl_job_log(
            w->job, TL_WARNING,
            "property: '%.100s' has only %d different whole values (%s) at %td samples; if they are "
            "class numbers, a regression of them has no meaning",
            s->property, values, list, s->n);
    }
}

/* Samples with different ids at one position form one group, which the user should know. */
static void warn_of_positions(const tl_study_work *w, const tl_study *s) {
    tl_text examples = {0};
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 1; i < s->n; i++) {
        ptrdiff_t j = 0;
        while (j < i &&
               (s->x[i] != s->x[j] || s->y[i] != s->y[j] || strcmp(s->id[i], s->id[j]) == 0)) {
            j++;
        }
        if (j < i && ++count <= EXAMPLES) {
            tl_text_addf(&examples, "%s%.40s at that of %.40s", count > 1 ? ", " : "", s->id[i],
                         s->id[j]);
        }
    }
    if (count > 0) {
        tl_job_log(w->job, TL_WARNING,
                   "samples: %td %s exactly at the position of another one (%s%s); they are kept "
                   "together in validation",
                   count, count == 1 ? "is" : "are", tl_text_data(&examples),
                   count > EXAMPLES ? ", ..." : "");
    }
    tl_text_free(&examples);
}

/* Samples that cannot be divided into folds tell nothing about other positions. */
static tl_code check_groups(const tl_study_work *w, const tl_study *s, tl_err *err) {
    ptrdiff_t groups = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        ptrdiff_t j = 0;
        while (s->group[j] != s->group[i]) {
            j++;
        }
        groups += j == i;
    }
    if (groups < 2) {
        return tl_fail(
            err, TL_DATA,
            "samples: all %td samples of '%.300s' are at one position or in one pixel, so "
            "there is nothing to compare them with; wanted samples at different positions, "
            "so check their coordinates",
            s->n, tl_job_text(w->job, "samples"));
    }
    if (groups < FEW_SAMPLES) {
        tl_job_log(
            w->job, TL_WARNING,
            "only %td independent samples: their scores are uncertain, so read the intervals "
            "and do not judge by R2 alone",
            groups);
    }
    return TL_OK;
}

tl_code tl_training_set_check_property(const tl_study_work *w, const tl_study *s, tl_err *err) {
    TL_TRY(check_constant(s, err));
    warn_of_classes(w, s);
    warn_of_positions(w, s);
    return check_groups(w, s, err);
}
