/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs one tool: values, temporary outputs, run record, result; see algorithm.h. */
#include "job/job.h"
#include "source/id_column.h"
#include "source/missing.h"

#include <math.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/stop.h"
#include "base/text.h"
#include "base/version.h"
#include "json/json.h"
#include "source/source_name.h"

/* Position of the parameter among the values; -1 when the tool has none with that id. */
static ptrdiff_t position_of(const tl_job *job, const char *id) {
    for (ptrdiff_t i = 0; i < job->values.n; i++) {
        if (strcmp(job->values.value[i].arg->id, id) == 0) {
            return i;
        }
    }
    return -1;
}

/* The value of a parameter. An unknown id is noted and has an empty value, so that tools need not
 * check; the run fails at its end. */
static const tl_value *find(const tl_job *job, const char *id) {
    static const tl_arg no_arg = {.id = ""};
    static const tl_value no_value = {.arg = &no_arg};
    const ptrdiff_t i = position_of(job, id);
    if (i < 0) {
        *job->misused = id;
        return &no_value;
    }
    return &job->values.value[i];
}

int tl_job_has(const tl_job *job, const char *id) {
    return position_of(job, id) >= 0;
}

const tl_store *tl_job_store(const tl_job *job) {
    return job->store;
}

const tl_progress *tl_job_progress(const tl_job *job) {
    return &job->progress;
}

int tl_job_threads(const tl_job *job) {
    const int asked = (int)find(job, "threads")->number;
    return asked > 0 ? asked : omp_get_num_procs();
}

double tl_job_memory_bytes(const tl_job *job) {
    return find(job, "memory")->number * 1048576.0;
}

int tl_job_given(const tl_job *job, const char *id) {
    return find(job, id)->n > 0;
}

const char *tl_job_text(const tl_job *job, const char *id) {
    const tl_value *value = find(job, id);
    return value->n > 0 ? value->text[0] : NULL;
}

double tl_job_number(const tl_job *job, const char *id) {
    const tl_value *value = find(job, id);
    return value->n > 0 ? value->number : (double)NAN;
}

int64_t tl_job_integer(const tl_job *job, const char *id) {
    const tl_value *value = find(job, id);
    return value->n > 0 ? (int64_t)value->number : 0;
}

int tl_job_flag(const tl_job *job, const char *id) {
    return find(job, id)->choice;
}

int tl_job_choice(const tl_job *job, const char *id) {
    return find(job, id)->choice;
}

ptrdiff_t tl_job_list_count(const tl_job *job, const char *id) {
    return find(job, id)->n;
}

const char *tl_job_list_item(const tl_job *job, const char *id, ptrdiff_t i) {
    /* A list of n items has n texts. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    return find(job, id)->text[i];
}

const char *tl_job_output(const tl_job *job, const char *id) {
    return find(job, id)->temporary;
}

const char *tl_job_layer(const tl_job *job, const char *id) {
    return find(job, id)->arg->layer;
}

const char *tl_job_target(const tl_job *job, const char *id) {
    return tl_job_text(job, id);
}

/* Counts are written as counts: 205, not 205.0. */
static const double largest_count = 1e15;

json_t *tl_job_json_number(double value) {
    if (!isfinite(value)) {
        return tl_json_null();
    }
    const int whole = fabs(value) < largest_count && !(fabs(value - trunc(value)) > 0.0);
    return whole ? tl_json_integer((json_int_t)value) : tl_json_number(value);
}

void tl_job_put_number(tl_job *job, const char *key, double value) {
    tl_json_put(job->result, key, tl_job_json_number(value));
}

void tl_job_put_text(tl_job *job, const char *key, const char *value) {
    tl_json_put(job->result, key, tl_json_text(value));
}

void tl_job_put_json(tl_job *job, const char *key, json_t *value) {
    tl_json_put(job->result, key, value);
}

void tl_job_put_style(tl_job *job, const char *output_id, const char *style) {
    tl_json_put(job->styles, output_id, tl_json_text(style));
}

void tl_job_log(const tl_job *job, tl_level level, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tl_progress_log(&job->progress, level, "%s", text);
}

/* --- run record --- */

static tl_code record_input(const tl_job *job, const tl_value *value, json_t *inputs, tl_err *err) {
    for (ptrdiff_t k = 0; k < value->n; k++) {
        char print[17] = "";
        TL_TRY(job->store->fingerprint(value->text[k], value->arg->id, print, err));
        char *label = tl_source_name_label(value->text[k]);
        if (label == NULL) {
            return tl_no_memory(err, "the run record");
        }
        tl_json_append(inputs, tl_json_pack("{s:s, s:o, s:s}", "parameter", value->arg->id, "file",
                                            tl_json_text(label), "fingerprint", print));
        tl_release(label);
    }
    return TL_OK;
}

static tl_code make_record(tl_job *job, tl_err *err) {
    json_t *parameters = tl_json_object();
    json_t *inputs = tl_json_array();
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < job->alg->n_arg && code == TL_OK; i++) {
        const tl_value *value = &job->values.value[i];
        if (value->n == 0 || tl_job_arg_is_output(value->arg->kind)) {
            continue;
        }
        if (tl_job_arg_is_input(value->arg->kind)) {
            code = record_input(job, value, inputs, err);
        } else {
            tl_json_put(parameters, value->arg->id, tl_json_text(value->text[0]));
        }
    }
    json_t *record = tl_json_pack("{s:s, s:s, s:o, s:o}", "tool", job->alg->id, "version",
                                  tl_version(), "parameters", parameters, "inputs", inputs);
    if (code == TL_OK) {
        job->record = tl_json_print(record, JSON_COMPACT);
        code = job->record == NULL ? tl_no_memory(err, "the run record") : TL_OK;
    }
    json_decref(record);
    return code;
}

tl_code tl_job_record(tl_job *job, const char **record, tl_err *err) {
    const tl_code code = job->record == NULL ? make_record(job, err) : TL_OK;
    *record = job->record;
    return code;
}

/* --- the run --- */

/* Everything that needs memory comes before the outputs are put in place: afterwards the run must
 * not fail any more. */
static tl_code finish_result(tl_job *job, tl_err *err) {
    for (ptrdiff_t i = 0; i < job->values.n; i++) {
        const tl_value *value = &job->values.value[i];
        if (value->temporary != NULL) {
            const char *name = job->store->output_name(job->outputs, value->temporary);
            tl_json_put(job->result, value->arg->id, tl_json_text(name));
        }
    }
    tl_json_put(job->result, "styles", json_incref(job->styles));
    job->printed = tl_json_print(job->result, JSON_COMPACT);
    return tl_json_status("the result of the run", err);
}

/* A run during which memory was refused may lack a part of its result, or fail with a sentence that
 * blames an input, so it always fails with the true cause. */
static tl_code check_memory(const tl_job *job, tl_code code, tl_err *err) {
    return tl_refused_blocks() == job->refused_before || code == TL_NOMEM || code == TL_CANCELLED
               ? code
               : tl_no_memory(err, "the run of %s", job->alg->id);
}

static tl_code run_tool(tl_job *job, tl_err *err) {
    TL_TRY(tl_job_open_outputs(job, err));
    TL_TRY(tl_progress_at(&job->progress, 0.0, err));
    TL_TRY(job->alg->run(job, err));
    TL_TRY(tl_progress_at(&job->progress, 1.0, err));
    if (*job->misused != NULL) {
        return tl_fail(err, TL_INTERNAL,
                       "%s asked for a parameter '%s' that it does not have; please report this",
                       job->alg->id, *job->misused);
    }
    TL_TRY(tl_job_finish_outputs(job, err));
    TL_TRY(finish_result(job, err));
    TL_TRY(check_memory(job, TL_OK, err));
    tl_job_lock();
    const tl_code code = tl_job_commit_outputs(job, err);
    job->is_done = code == TL_OK;
    tl_job_unlock();
    return code;
}

/* Limits the blocks of files that readers keep for the next request to a quarter of the memory of
 * the job; without a limit they would use a share of the machine's memory.
 *
 * returns  the limit to restore; negative when there is none */
static double limit_cache(const tl_job *job) {
    const double limit = tl_job_memory_bytes(job) / 4.0;
    if (job->store == NULL || job->store->limit_cache == NULL) {
        return -1.0;
    }
    const double before = job->store->limit_cache(-1.0);
    if (before > limit) {
        (void)job->store->limit_cache(limit);
    }
    return before;
}

tl_code tl_job_run(const tl_algorithm *alg, const json_t *params, const tl_store *store,
                   const tl_progress *progress, json_t **result, char **text, tl_err *err) {
    const char *misused = NULL;
    tl_job job = {
        .alg = alg, .store = store, .misused = &misused, .refused_before = tl_refused_blocks()};
    *result = NULL;
    if (text != NULL) {
        *text = NULL;
    }
    tl_json_begin();
    job.progress = progress == NULL ? (tl_progress){.to = 1.0} : *progress;
    tl_code code = tl_job_values_read(alg, params, store, &job.values, err);
    if (code != TL_OK) {
        return check_memory(&job, code, err);
    }
    job.result = tl_json_object();
    job.styles = tl_json_object();
    const double cache = limit_cache(&job);
    tl_assumptions assumptions;
    tl_missing_codes codes;
    tl_id_columns ids;
    tl_assumptions_begin(&assumptions, &job.progress, tl_job_flag(&job, "strict"));
    if (tl_job_has(&job, "zeros")) {
        tl_assumptions_decide_zeros((tl_zeros)tl_job_choice(&job, "zeros"));
    }
    tl_source_missing_begin(
        &codes, tl_job_has(&job, "missing_values") ? tl_job_text(&job, "missing_values") : NULL);
    tl_source_id_column_begin(
        &ids, tl_job_has(&job, "spectra_id") ? tl_job_text(&job, "spectra_id") : NULL);
    tl_stop stop;
    tl_stop_begin(&stop, &job.progress);
    tl_job_enter(&job);
    code = run_tool(&job, err);
    tl_stop_end(&stop);
    tl_source_id_column_end(&ids);
    tl_source_missing_end(&codes);
    tl_assumptions_end(&assumptions);
    if (cache >= 0.0) {
        (void)store->limit_cache(cache);
    }
    if (code != TL_OK) {
        code = check_memory(&job, code, err);
        json_decref(job.result);
    } else {
        *result = job.result;
        if (text != NULL) {
            *text = job.printed;
            job.printed = NULL;
        }
    }
    tl_job_leave(&job);
    tl_job_close_outputs(&job);
    tl_release(job.printed);
    json_decref(job.styles);
    tl_job_values_free(&job.values);
    tl_release(job.record);
    return code;
}
