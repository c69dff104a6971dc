/* SPDX-License-Identifier: GPL-2.0-or-later
 * The inside of a run, shared by the files that check parameters and that run tools. Tools include
 * algorithm.h instead. */
#ifndef TL_JOB_JOB_H
#define TL_JOB_JOB_H

#include "job/algorithm.h"

/* Parameters that every tool has: threads, memory, strict. */
extern const tl_arg tl_job_common[];
extern const ptrdiff_t tl_job_common_count;

/* A further file of an output. Texts are owned. */
typedef struct tl_part {
    const char *temporary; /* borrowed from the outputs of the job */
    char *target;
} tl_part;

/* One checked value. Texts are owned. */
typedef struct tl_value {
    const tl_arg *arg;
    ptrdiff_t n;   /* 0 = not given */
    char **text;   /* [n] */
    double number; /* of numbers and integers */
    int choice;    /* of choices: position of the word; of flags: 1 for yes */
    const char
        *temporary; /* of outputs: where the tool writes; borrowed from the outputs of the job */
    tl_part *part;  /* [n_parts] of outputs: further files of tl_job_extra_output */
    ptrdiff_t n_parts;
} tl_value;

typedef struct tl_values {
    tl_value *value;
    ptrdiff_t n;
} tl_values;

/* Reads params against the descriptor.
 *
 * values  uninitialised; empty on failure
 * fails   TL_ARG, with a sentence that names the parameter; TL_NOMEM */
tl_code tl_job_values_read(const tl_algorithm *alg, const json_t *params, const tl_store *store,
                           tl_values *values, tl_err *err);

/* Asks the store whether every output can be written, and whether one of them is an input or
 * another output.
 *
 * fails  TL_ARG, TL_IO, TL_NOMEM */
tl_code tl_job_check_files(const tl_values *values, const tl_store *store, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_job_values_free(tl_values *values);

/* The key of the object that stands for a value which JSON cannot contain, such as NaN. */
#define TL_JOB_UNREADABLE "is no JSON value"

/* What was given in place of a JSON value, borrowed; NULL for every other value. */
const char *tl_job_unreadable(const json_t *value);

/* The range of a number, ends included: that of the descriptor; for integers without one all that
 * every front end can carry. Infinite where there is no limit. */
void tl_job_range(const tl_arg *arg, double *min, double *max);

struct tl_job {
    const tl_algorithm *alg;
    const tl_store *store;
    tl_progress progress;
    tl_values values;
    json_t *result;
    json_t *styles;
    char *printed; /* the result as text */
    char *record;
    tl_job *next;             /* of the runs in progress */
    ptrdiff_t refused_before; /* tl_refused_blocks at the start of the run */
    tl_outputs *outputs;      /* NULL: none was asked for */
    int is_done;              /* 1: the outputs are in place */
    const char **misused; /* out: an id that the tool asked for and the descriptor does not have */
};

/* The outputs of a job: started before the tool runs; looked at again and named after it; put into
 * place; removed unless they are in place.
 *
 * fails  as the functions of the store */
tl_code tl_job_open_outputs(tl_job *job, tl_err *err);
tl_code tl_job_finish_outputs(tl_job *job, tl_err *err);
tl_code tl_job_commit_outputs(tl_job *job, tl_err *err);
void tl_job_close_outputs(tl_job *job);

/* --- runs in progress, so that the process can end without waiting for one of them --- */

/* Adds a run to those of the process, and removes it. */
void tl_job_enter(tl_job *job);
void tl_job_leave(tl_job *job);

/* Held while a run changes its list of outputs and while it puts them into place. */
void tl_job_lock(void);
void tl_job_unlock(void);

#endif
