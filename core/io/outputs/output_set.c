/* SPDX-License-Identifier: GPL-2.0-or-later
 * The set of outputs of a run; see output_set.h.
 *
 * Every output is written into a folder of its own, under its final name, inside the hidden folder
 * of the run: whatever a driver puts next to it belongs to it and comes into place with it. */
#define _DEFAULT_SOURCE /* the type of a directory entry */
#include "io/outputs/output_set.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/outputs/container.h"
#include "io/outputs/identity.h"
#include "io/outputs/output_target.h"
#include "io/outputs/swap.h"
#include "io/outputs/verify.h"
#include "io/outputs/work_folder.h"

enum { path_capacity = 4096 };

typedef struct output {
    char *parameter;
    char *temporary; /* what the tool writes to; with |layername= for containers */
    char *file;      /* the same without the layer */
    char *inside;    /* its folder in the hidden one */
    char *real;      /* where it comes to */
    char *layer;     /* of containers; NULL otherwise */
    char *name;      /* how the result names it */
    int overwrite;
    int merged; /* 1: a layer of a container that another output creates */
    int added;  /* 1: a layer of a container that exists */
    ptrdiff_t work;
} output;

struct tl_outputs {
    tl_work_folder **work; /* [n_work] owned; swaps point to them */
    ptrdiff_t n_work;
    output *output; /* [n] */
    ptrdiff_t n;
    tl_swap swap;    /* known after tl_io_outputs_finish */
    long lost_reads; /* those before the run */
};

tl_code tl_io_outputs_open(tl_outputs **outputs, tl_err *err) {
    *outputs = tl_acquire(1, sizeof **outputs);
    if (*outputs == NULL) {
        return tl_no_memory(err, "the outputs of a run");
    }
    (*outputs)->lost_reads = tl_io_lost_reads();
    return TL_OK;
}

static void free_output(output *o) {
    tl_release(o->parameter);
    tl_release(o->temporary);
    tl_release(o->file);
    tl_release(o->inside);
    tl_release(o->real);
    tl_release(o->layer);
    tl_release(o->name);
}

void tl_io_outputs_close(tl_outputs *outputs) {
    if (outputs == NULL) {
        return;
    }
    tl_io_outputs_free_swap(&outputs->swap);
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        free_output(&outputs->output[i]);
    }
    for (ptrdiff_t i = 0; i < outputs->n_work; i++) {
        tl_io_outputs_close_work(outputs->work[i]);
        tl_release(outputs->work[i]);
    }
    tl_release((void *)outputs->work);
    tl_release(outputs->output);
    tl_release(outputs);
}

void tl_io_outputs_abandon(tl_outputs *outputs) {
    for (ptrdiff_t i = 0; i < outputs->n_work; i++) {
        tl_io_outputs_remove_work(outputs->work[i]);
    }
}

/* --- adding --- */

static int same_folder(const char *a, const char *b) {
    struct stat one;
    struct stat other;
    return stat(a[0] == '\0' ? "." : a, &one) == 0 && stat(b[0] == '\0' ? "." : b, &other) == 0 &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The hidden folder in a folder; created when this is the first output there. */
static tl_code find_work(tl_outputs *outputs, const tl_target *t, const char *folder,
                         ptrdiff_t *index, tl_err *err) {
    for (ptrdiff_t i = 0; i < outputs->n_work; i++) {
        if (same_folder(outputs->work[i]->folder, folder)) {
            *index = i;
            return TL_OK;
        }
    }
    tl_work_folder **grown =
        tl_grow((void *)outputs->work, outputs->n_work, outputs->n_work + 1, sizeof *grown);
    if (grown == NULL) {
        return tl_no_memory(err, "the folder of '%s'", t->path);
    }
    outputs->work = grown;
    tl_work_folder *work = tl_acquire(1, sizeof *work);
    if (work == NULL) {
        return tl_no_memory(err, "the folder of '%s'", t->path);
    }
    tl_io_outputs_sweep(folder);
    const tl_code code = tl_io_outputs_open_work(folder, t->path, t->parameter, work, err);
    if (code != TL_OK) {
        tl_release(work);
        return code;
    }
    *index = outputs->n_work;
    grown[outputs->n_work++] = work;
    return TL_OK;
}

static tl_code name_output(output *o, const tl_target *t, const tl_target_parts *parts,
                           const char *work, ptrdiff_t number, tl_err *err) {
    char text[path_capacity + TL_TARGET_LAYER];
    const int has_layer = parts->layer[0] != '\0';
    o->parameter = tl_copy_text(t->parameter);
    o->real = tl_copy_text(parts->real);
    o->name = tl_copy_text(t->path);
    o->layer = has_layer ? tl_copy_text(parts->layer) : NULL;
    (void)snprintf(text, path_capacity, "%s/%td", work, number);
    o->inside = tl_copy_text(text);
    const int length =
        snprintf(text, path_capacity, "%s/%td/%s", work, number, tl_base_name(parts->real));
    if (length >= path_capacity) {
        return tl_fail(err, TL_ARG, "parameter '%s': the path of '%.200s...' is too long",
                       t->parameter, t->path);
    }
    o->file = tl_copy_text(text);
    if (has_layer) {
        (void)snprintf(text + length, sizeof text - (size_t)length, "|layername=%s", parts->layer);
    }
    o->temporary = tl_copy_text(text);
    const int complete = o->parameter != NULL && o->real != NULL && o->name != NULL &&
                         (!has_layer || o->layer != NULL) && o->inside != NULL && o->file != NULL &&
                         o->temporary != NULL;
    return complete ? TL_OK : tl_no_memory(err, "the name of '%s'", t->path);
}

tl_code tl_io_outputs_add(tl_outputs *outputs, const tl_target *target, const char **temporary,
                          tl_err *err) {
    tl_target_parts parts;
    output o = {.overwrite = target->overwrite};
    TL_TRY(tl_io_outputs_split_target(target, &parts, err));
    TL_TRY(find_work(outputs, target, parts.folder, &o.work, err));
    output *grown = tl_grow(outputs->output, outputs->n, outputs->n + 1, sizeof *grown);
    if (grown == NULL) {
        return tl_no_memory(err, "the name of '%s'", target->path);
    }
    outputs->output = grown;
    tl_code code = name_output(&o, target, &parts, outputs->work[o.work]->path, outputs->n, err);
    if (code == TL_OK && mkdir(o.inside, 0777) != 0) {
        code = tl_fail(err, TL_IO, "%s: '%s' cannot be written: %s", target->parameter,
                       target->path, strerror(errno));
    }
    if (code != TL_OK) {
        free_output(&o);
        return code;
    }
    grown[outputs->n++] = o;
    *temporary = o.temporary;
    return TL_OK;
}

const char *tl_io_outputs_name(const tl_outputs *outputs, const char *temporary) {
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        if (strcmp(outputs->output[i].temporary, temporary) == 0) {
            return outputs->output[i].name;
        }
    }
    return NULL;
}

/* --- what comes and what goes --- */

static int is_there(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

/* Adds every file that was written for an output. */
static tl_code add_new(const tl_outputs *outputs, const output *o, tl_swap *swap, tl_err *err) {
    char from[path_capacity];
    char to[path_capacity];
    const tl_work_folder *work = outputs->work[o->work];
    DIR *folder = opendir(o->inside);
    struct dirent *entry = NULL;
    tl_code code = folder != NULL ? TL_OK
                                  : tl_fail(err, TL_IO, "%s: the files of '%s' are gone: %s",
                                            o->parameter, o->name, strerror(errno));
    while (code == TL_OK && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.' ||
            snprintf(from, sizeof from, "%s/%s", o->inside, entry->d_name) >= path_capacity) {
            continue;
        }
        (void)snprintf(to, sizeof to, "%s%s", work->folder, entry->d_name);
        code = tl_io_outputs_verify(from, o->name, o->parameter, err);
        if (code == TL_OK) {
            code = tl_io_outputs_add_move(swap, work, from, to, o->parameter, err);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return code;
}

/* Adds the files next to the old output that the new one does not have: statistics and overviews
 * would describe other values. */
static tl_code add_stale(const tl_outputs *outputs, const output *o, tl_swap *swap, tl_err *err) {
    tl_file_set old = {0};
    tl_code code = TL_OK;
    const ptrdiff_t n = swap->n;
    tl_io_outputs_add_target(&old, o->real);
    if (old.failed) {
        code = tl_no_memory(err, "the files of '%s'", o->name);
    }
    for (ptrdiff_t i = 1; i < old.n && code == TL_OK; i++) {
        int comes = old.key[i].name != NULL || !is_there(old.key[i].path);
        for (ptrdiff_t k = 0; k < n && !comes; k++) {
            comes = strcmp(swap->move[k].to, old.key[i].path) == 0;
        }
        if (!comes) {
            code = tl_io_outputs_add_move(swap, outputs->work[o->work], NULL, old.key[i].path,
                                          o->parameter, err);
        }
    }
    tl_io_outputs_free_set(&old);
    return code;
}

/* --- containers --- */

/* The first output that creates the same file; o itself when there is none before it. */
static output *creator(const tl_outputs *outputs, output *o) {
    for (output *other = outputs->output; other < o; other++) {
        if (other->layer != NULL && !other->added && strcmp(other->real, o->real) == 0) {
            return other;
        }
    }
    return o;
}

/* What happens to each layer. This is decided now and not at the start, because another run may
 * have created the file in the meantime. */
static tl_code arrange_layers(tl_outputs *outputs, tl_err *err) {
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        output *o = &outputs->output[i];
        if (o->layer == NULL) {
            continue;
        }
        o->added = !o->overwrite && tl_io_outputs_is_container(o->real);
        output *first = o->added ? o : creator(outputs, o);
        o->merged = first != o;
        if (o->merged) {
            const tl_new_layer layer = {o->file, o->layer, o->parameter};
            TL_TRY(tl_io_outputs_add_layers(first->file, &layer, 1, err));
        }
    }
    return TL_OK;
}

/* Adds the layers of all outputs that belong to the same existing file as o. */
static tl_code add_layers(const tl_outputs *outputs, const output *o, tl_err *err) {
    tl_new_layer *layer = tl_acquire(outputs->n, sizeof *layer);
    if (layer == NULL) {
        return tl_no_memory(err, "the layers of '%s'", o->name);
    }
    ptrdiff_t n = 0;
    for (const output *other = outputs->output; other < outputs->output + outputs->n; other++) {
        if (other->added && strcmp(other->real, o->real) == 0) {
            layer[n++] = (tl_new_layer){other->file, other->layer, other->parameter};
        }
    }
    const tl_code code = tl_io_outputs_add_layers(o->real, layer, n, err);
    tl_release(layer);
    return code;
}

static tl_code change_containers(const tl_outputs *outputs, tl_err *err) {
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        const output *o = &outputs->output[i];
        int is_first = o->added;
        for (ptrdiff_t k = 0; k < i && is_first; k++) {
            is_first = !outputs->output[k].added || strcmp(outputs->output[k].real, o->real) != 0;
        }
        if (is_first) {
            TL_TRY(add_layers(outputs, o, err));
        }
    }
    return TL_OK;
}

/* 1 when the file of an output will have other layers too. */
static int has_company(const tl_outputs *outputs, const output *o) {
    for (const output *other = outputs->output; other < outputs->output + outputs->n; other++) {
        if (other != o && other->layer != NULL && strcmp(other->real, o->real) == 0) {
            return 1;
        }
    }
    return o->added && tl_io_outputs_has_other_layers(o->real, o->layer);
}

/* In a file with several layers, the name of the file alone would mean another one. */
static tl_code name_layers(tl_outputs *outputs, tl_err *err) {
    char text[path_capacity + TL_TARGET_LAYER];
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        output *o = &outputs->output[i];
        if (o->layer == NULL || strchr(o->name, '|') != NULL || !has_company(outputs, o)) {
            continue;
        }
        (void)snprintf(text, sizeof text, "%s|layername=%s", o->name, o->layer);
        char *name = tl_copy_text(text);
        if (name == NULL) {
            return tl_no_memory(err, "the name of '%s'", o->name);
        }
        tl_release(o->name);
        o->name = name;
    }
    return TL_OK;
}

/* --- the end --- */

static tl_code gather(const tl_outputs *outputs, tl_swap *swap, tl_err *err) {
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        const output *o = &outputs->output[i];
        if (!o->added && !o->merged) {
            TL_TRY(add_new(outputs, o, swap, err));
        }
    }
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        const output *o = &outputs->output[i];
        if (!o->added && !o->merged) {
            TL_TRY(add_stale(outputs, o, swap, err));
        }
    }
    return TL_OK;
}

/* In the order of their names, so that two runs cannot wait for each other. */
static void take_turns(tl_outputs *outputs) {
    for (ptrdiff_t n = 0; n < outputs->n_work; n++) {
        tl_work_folder *next = NULL;
        for (ptrdiff_t i = 0; i < outputs->n_work; i++) {
            tl_work_folder *work = outputs->work[i];
            if (work->turn < 0 && (next == NULL || strcmp(work->folder, next->folder) < 0)) {
                next = work;
            }
        }
        if (next != NULL) {
            tl_io_outputs_take_turn(next);
        }
    }
}

tl_code tl_io_outputs_finish(tl_outputs *outputs, tl_err *err) {
    if (tl_io_lost_reads() != outputs->lost_reads) {
        return tl_fail(err, TL_IO,
                       "a file could not be read to its end because its disk or network share "
                       "failed during the run, so nothing was written; check it and run again");
    }
    for (ptrdiff_t i = 0; i < outputs->n; i++) {
        if (!is_there(outputs->output[i].file)) {
            return tl_fail(err, TL_INTERNAL,
                           "no file was written for parameter '%s'; please report this",
                           outputs->output[i].parameter);
        }
    }
    take_turns(outputs);
    TL_TRY(arrange_layers(outputs, err));
    TL_TRY(gather(outputs, &outputs->swap, err));
    return name_layers(outputs, err);
}

tl_code tl_io_outputs_commit(tl_outputs *outputs, tl_err *err) {
    TL_TRY(tl_io_outputs_swap(&outputs->swap, err));
    const tl_code code = change_containers(outputs, err);
    if (code != TL_OK) {
        tl_io_outputs_undo(&outputs->swap);
        return code;
    }
    tl_io_outputs_settle(&outputs->swap);
    return TL_OK;
}
