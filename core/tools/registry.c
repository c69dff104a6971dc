/* SPDX-License-Identifier: GPL-2.0-or-later
 * The one table of tools. */
#include "tools/registry.h"

#include <string.h>

#include "base/version.h"

#define TL_ALG(id) extern const tl_algorithm tl_alg_##id;
#include "json/json.h"
#include "tools/algs.def"
#undef TL_ALG

static const tl_algorithm *const table[] = {
#define TL_ALG(id) &tl_alg_##id,
#include "tools/algs.def"
#undef TL_ALG
};

ptrdiff_t tl_tools_count(void) {
    return TL_COUNT(table);
}

const tl_algorithm *tl_tools_at(ptrdiff_t i) {
    return table[i];
}

const tl_algorithm *tl_tools_find(const char *id) {
    for (ptrdiff_t i = 0; i < tl_tools_count(); i++) {
        if (strcmp(table[i]->id, id) == 0) {
            return table[i];
        }
    }
    return NULL;
}

json_t *tl_tools_describe(void) {
    json_t *root = tl_json_object();
    tl_json_put(root, "version", tl_json_text(tl_version()));
    json_t *all = tl_json_array();
    for (ptrdiff_t i = 0; i < tl_tools_count(); i++) {
        tl_json_append(all, tl_job_describe(table[i]));
    }
    tl_json_put(root, "algorithms", all);
    return root;
}
