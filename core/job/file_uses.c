/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which files a run reads and writes, put to the store before any work. */
#include "base/alloc.h"
#include "job/job.h"

static ptrdiff_t count(const tl_values *values) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < values->n; i++) {
        n += values->value[i].n + values->value[i].n_parts;
    }
    return n;
}

tl_code tl_job_check_files(const tl_values *values, const tl_store *store, const tl_file_use *more,
                           ptrdiff_t n_more, tl_err *err) {
    if (store == NULL || store->check_files == NULL) {
        return TL_OK;
    }
    tl_file_use *use = tl_acquire(count(values) + n_more, sizeof *use);
    if (use == NULL) {
        return tl_no_memory(err, "the files of %td parameters", values->n);
    }
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < values->n; i++) {
        const tl_value *value = &values->value[i];
        const int is_output = tl_job_arg_is_output(value->arg->kind);
        for (ptrdiff_t k = 0; (is_output || tl_job_arg_is_input(value->arg->kind)) && k < value->n;
             k++) {
            use[n++] = (tl_file_use){.path = value->text[k],
                                     .parameter = value->arg->id,
                                     .is_output = is_output,
                                     .is_product = value->arg->kind == TL_ARG_FILE};
        }
        for (ptrdiff_t k = 0; k < value->n_parts; k++) {
            use[n++] = (tl_file_use){
                .path = value->part[k].target, .parameter = value->arg->id, .is_output = 1};
        }
    }
    for (ptrdiff_t k = 0; k < n_more; k++) {
        use[n++] = more[k];
    }
    const tl_code code = store->check_files(use, n, err);
    tl_release(use);
    return code;
}
