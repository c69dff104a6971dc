/* SPDX-License-Identifier: GPL-2.0-or-later
 * What every C test includes: cmocka, near-equality with a stated tolerance, and the reference
 * folder. */
#ifndef TL_TESTS_KIT_CHECK_H
#define TL_TESTS_KIT_CHECK_H

/* cmocka wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/matrix.h"
#include "base/status.h"

/* The call succeeds; prints the sentence when it does not. Needs a local `tl_err err`. */
#define CHECK_OK(call)                                  \
    do {                                                \
        if ((call) != TL_OK) {                          \
            fail_msg("%s failed: %s", #call, err.text); \
        }                                               \
    } while (0)

/* |a - b| <= tol, and neither is NaN. */
#define CHECK_NEAR(a, b, tol)                                                                      \
    do {                                                                                           \
        const double check_a_ = (a);                                                               \
        const double check_b_ = (b);                                                               \
        if (!(fabs(check_a_ - check_b_) <= (tol))) {                                               \
            fail_msg("%s = %.17g, wanted %.17g within %g", #a, check_a_, check_b_, (double)(tol)); \
        }                                                                                          \
    } while (0)

/* Path of a file below the folder of shared reference numbers and data, which may be absent. */
void kit_shared_path(const char *name, char *path, size_t capacity);

/* The parsed reference file <shared>/reference/<name>, or NULL when the folder of shared reference
 * numbers (environment TILTH_SHARED, else next to the project) is absent. Call KIT_REFERENCE, which
 * skips the test. */
json_t *kit_reference_json(const char *name);

/* A numeric CSV of the same folder with a header row, as matrix; returns 0 when absent. */
int kit_reference_csv(const char *name, tl_matrix *out);

/* Copies a JSON array (or array of arrays) of numbers into a new matrix ([n] becomes [1, n]). */
void kit_json_matrix(const json_t *array, tl_matrix *out);

#define KIT_REFERENCE(variable, name)                                      \
    json_t *variable = kit_reference_json(name);                           \
    if (variable == NULL) {                                                \
        print_message("SKIPPED: shared reference %s is not here\n", name); \
        skip();                                                            \
    }

#endif
