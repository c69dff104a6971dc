/* SPDX-License-Identifier: GPL-2.0-or-later
 * The hash of a division into folds; see fold_hash.h. */
#include "tools/models/fold_hash.h"

#include <stdint.h>
#include <stdio.h>

void tl_fold_hash(char *const *id, const tl_validation *v, char text[17]) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (ptrdiff_t k = 0; k < (ptrdiff_t)v->repeats * v->n; k++) {
        char entry[32];
        (void)snprintf(entry, sizeof entry, "\n%d\n", v->all_folds[k]);
        const char *const part[] = {id[k % v->n], entry};
        for (int i = 0; i < 2; i++) {
            for (const char *c = part[i]; *c != '\0'; c++) {
                hash = (hash ^ (uint64_t)(unsigned char)*c) * UINT64_C(1099511628211);
            }
        }
    }
    (void)snprintf(text, 17, "%016llx", (unsigned long long)hash);
}
