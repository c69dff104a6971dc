/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of a run: which ones it reads and writes, and the outputs as one set. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "job/job.h"

/* The extensions that an output may have. */
static const char *extensions_of(const tl_arg *arg) {
    if (arg->extensions != NULL) {
        return arg->extensions;
    }
    switch (tl_job_arg_kind_word(arg->kind)[0]) {
        case 'r':
            return arg->kind == TL_ARG_REPORT_OUT ? "html,htm"
                                                  : "tif,tiff,gtiff,dat,img,bsq,bil,bip,envi";
        case 'v':
            return arg->kind == TL_ARG_VRT_OUT ? "vrt" : "gpkg,geojson,json,shp";
        case 'm':
            return "json";
        default:
            return "csv,txt";
    }
}

static tl_target target_of(const tl_values *values, const tl_arg *arg, const char *path) {
    tl_target target = {.path = path, .parameter = arg->id, .extensions = extensions_of(arg)};
    target.layer = arg->layer;
    for (ptrdiff_t i = 0; i < values->n; i++) {
        if (strcmp(values->value[i].arg->id, "overwrite") == 0) {
            target.overwrite = values->value[i].choice;
        }
    }
    return target;
}

/* --- inputs and outputs against each other --- */

static ptrdiff_t count(const tl_values *values) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < values->n; i++) {
        n += values->value[i].n + values->value[i].n_parts;
    }
    return n;
}

typedef struct file_list {
    tl_file_use *use;
    tl_target *target; /* of the outputs among them */
    ptrdiff_t n;
} file_list;

static void add_output_use(file_list *list, const tl_values *values, const tl_arg *arg,
                           const char *path) {
    list->target[list->n] = target_of(values, arg, path);
    list->use[list->n] =
        (tl_file_use){.path = path, .parameter = arg->id, .target = &list->target[list->n]};
    list->n++;
}

static void add_uses(file_list *list, const tl_values *values) {
    for (ptrdiff_t i = 0; i < values->n; i++) {
        const tl_value *value = &values->value[i];
        const tl_arg_kind kind = value->arg->kind;
        for (ptrdiff_t k = 0; tl_job_arg_is_output(kind) && k < value->n; k++) {
            add_output_use(list, values, value->arg, value->text[k]);
        }
        for (ptrdiff_t k = 0; k < value->n_parts; k++) {
            add_output_use(list, values, value->arg, value->part[k].target);
        }
        for (ptrdiff_t k = 0; tl_job_arg_is_input(kind) && k < value->n; k++) {
            list->use[list->n++] =
                (tl_file_use){.path = value->text[k],
                              .parameter = value->arg->id,
                              .is_product = kind == TL_ARG_FILE,
                              .is_raster = kind == TL_ARG_RASTER || kind == TL_ARG_RASTERS};
        }
    }
}

/* Asks the store about all files of the run and further ones: inputs at `path`, or one output. */
static tl_code check_files(const tl_values *values, const tl_store *store, const char *id,
                           const char *const *path, ptrdiff_t n_path, const tl_arg *output,
                           tl_err *err) {
    file_list list = {0};
    const ptrdiff_t capacity = count(values) + n_path;
    if (store == NULL || store->check_files == NULL) {
        return TL_OK;
    }
    list.use = tl_acquire(capacity, sizeof *list.use);
    list.target = tl_acquire(capacity, sizeof *list.target);
    tl_code code = TL_OK;
    if (list.use == NULL || list.target == NULL) {
        code = tl_no_memory(err, "the files of %td parameters", values->n);
    } else {
        add_uses(&list, values);
        for (ptrdiff_t k = 0; k < n_path; k++) {
            if (output != NULL) {
                add_output_use(&list, values, output, path[k]);
            } else {
                list.use[list.n++] = (tl_file_use){.path = path[k], .parameter = id};
            }
        }
        code = store->check_files(list.use, list.n, err);
    }
    tl_release(list.use);
    tl_release(list.target);
    return code;
}

tl_code tl_job_check_reads(const tl_job *job, const char *id, char *const *path, ptrdiff_t n,
                           tl_err *err) {
    return check_files(&job->values, job->store, id, (const char *const *)path, n, NULL, err);
}

tl_code tl_job_check_files(const tl_values *values, const tl_store *store, tl_err *err) {
    for (ptrdiff_t i = 0; i < values->n; i++) {
        const tl_value *value = &values->value[i];
        if (value->n > 0 && tl_job_arg_is_output(value->arg->kind) && store != NULL &&
            store->check_target != NULL) {
            const tl_target target = target_of(values, value->arg, value->text[0]);
            TL_TRY(store->check_target(&target, err));
        }
    }
    return check_files(values, store, NULL, NULL, 0, NULL, err);
}

/* --- the set --- */

static tl_code add_output(tl_job *job, const tl_arg *arg, const char *path, const char **temporary,
                          tl_err *err) {
    const tl_target target = target_of(&job->values, arg, path);
    tl_job_lock();
    const tl_code code = job->store->add_output(job->outputs, &target, temporary, err);
    tl_job_unlock();
    return code;
}

tl_code tl_job_open_outputs(tl_job *job, tl_err *err) {
    int any = 0;
    for (ptrdiff_t i = 0; i < job->values.n; i++) {
        tl_value *value = &job->values.value[i];
        if (value->n == 0 || !tl_job_arg_is_output(value->arg->kind)) {
            continue;
        }
        if (!any) {
            tl_job_lock();
            const tl_code code = job->store->open_outputs(&job->outputs, err);
            tl_job_unlock();
            TL_TRY(code);
            any = 1;
        }
        TL_TRY(add_output(job, value->arg, value->text[0], &value->temporary, err));
    }
    return TL_OK;
}

/* path with "_tag" in front of the extension; owned, NULL when memory is out. */
static char *tagged(const char *path, const char *tag) {
    const char *name = tl_base_name(path);
    const char *dot = strrchr(name, '.');
    const size_t stem = dot == NULL || dot == name ? strlen(path) : (size_t)(dot - path);
    tl_text text = {0};
    tl_text_addf(&text, "%.*s_", (int)stem, path);
    for (const char *c = tag; *c != '\0'; c++) {
        const int plain = isalnum((unsigned char)*c) || strchr("._-", *c) != NULL;
        tl_text_addf(&text, "%c", plain ? *c : '_');
    }
    tl_text_add(&text, path + stem);
    char *copy = text.failed ? NULL : tl_copy_text(tl_text_data(&text));
    tl_text_free(&text);
    return copy;
}

/* 1 when a parameter or a further file of an output already has that path. */
static int is_taken(const tl_job *job, const char *path) {
    for (ptrdiff_t i = 0; i < job->values.n; i++) {
        const tl_value *value = &job->values.value[i];
        for (ptrdiff_t k = 0; k < value->n; k++) {
            if (strcmp(value->text[k], path) == 0) {
                return 1;
            }
        }
        for (ptrdiff_t k = 0; k < value->n_parts; k++) {
            if (strcmp(value->part[k].target, path) == 0) {
                return 1;
            }
        }
    }
    return 0;
}

static tl_code name_part(tl_job *job, const tl_value *value, tl_part *part, tl_err *err) {
    const char *path = part->target;
    if (is_taken(job, path)) {
        return tl_fail(err, TL_ARG,
                       "parameter '%s': '%s' would be written, but another parameter or property "
                       "has this name; give the output another name",
                       value->arg->id, path);
    }
    const tl_target target = target_of(&job->values, value->arg, path);
    if (job->store->check_target != NULL) {
        TL_TRY(job->store->check_target(&target, err));
    }
    TL_TRY(check_files(&job->values, job->store, NULL, &path, 1, value->arg, err));
    return add_output(job, value->arg, path, &part->temporary, err);
}

tl_code tl_job_extra_output(tl_job *job, const char *id, const char *tag, const char **temporary,
                            const char **target, tl_err *err) {
    tl_value *value = NULL;
    for (ptrdiff_t i = 0; i < job->values.n; i++) {
        if (strcmp(job->values.value[i].arg->id, id) == 0 && job->values.value[i].n > 0) {
            value = &job->values.value[i];
        }
    }
    if (value == NULL) {
        return tl_fail(err, TL_INTERNAL, "output '%s' was not asked for", id);
    }
    tl_part part = {.target = tagged(value->text[0], tag)};
    tl_part *grown = tl_grow(value->part, value->n_parts, value->n_parts + 1, sizeof *grown);
    value->part = grown == NULL ? value->part : grown;
    const tl_code code = part.target == NULL || grown == NULL
                             ? tl_no_memory(err, "the parameters of %s", job->alg->id)
                             : name_part(job, value, &part, err);
    if (code != TL_OK) {
        tl_release(part.target);
        return code;
    }
    value->part[value->n_parts++] = part;
    *temporary = part.temporary;
    *target = part.target;
    return TL_OK;
}

tl_code tl_job_finish_outputs(tl_job *job, tl_err *err) {
    return job->outputs == NULL ? TL_OK : job->store->finish_outputs(job->outputs, err);
}

tl_code tl_job_commit_outputs(tl_job *job, tl_err *err) {
    return job->outputs == NULL ? TL_OK : job->store->commit_outputs(job->outputs, err);
}

void tl_job_close_outputs(tl_job *job) {
    if (job->outputs != NULL) {
        job->store->close_outputs(job->outputs);
        job->outputs = NULL;
    }
}
