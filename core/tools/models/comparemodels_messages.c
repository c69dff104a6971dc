/* SPDX-License-Identifier: GPL-2.0-or-later
 * The log, the table and the report document of comparemodels; see comparemodels.h. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "tools/models/comparemodels.h"

const char *tl_comparemodels_protocol_word(tl_compared_protocol protocol) {
    static const char *const word[] = {"nested", "split", "leaky"};
    return word[protocol];
}

const char *tl_comparemodels_division_word(tl_division_kind division) {
    static const char *const word[] = {"random", "one_out", "spatial", "gradient", "given"};
    return word[division];
}

static const char *unit_of(const tl_compared *c) {
    return c->unit[0] == '\0' ? c->study.unit : c->unit;
}

/* --- table --- */

const tl_column tl_compared_columns[] = {
    {"property", TL_COLUMN_TEXT},
    {"unit", TL_COLUMN_TEXT},
    {"protocol", TL_COLUMN_TEXT},
    {"division", TL_COLUMN_TEXT},
    {"features", TL_COLUMN_TEXT},
    {"method", TL_COLUMN_TEXT},
    {"n_train", TL_COLUMN_INTEGER},
    {"n_test", TL_COLUMN_INTEGER},
    {"inputs", TL_COLUMN_NUMBER},
    {"setting", TL_COLUMN_TEXT},
    {"r2_train", TL_COLUMN_NUMBER},
    {"rmse_train", TL_COLUMN_NUMBER},
    {"mae_train", TL_COLUMN_NUMBER},
    {"rpiq_train", TL_COLUMN_NUMBER},
    {"r2", TL_COLUMN_NUMBER},
    {"rmse", TL_COLUMN_NUMBER},
    {"mae", TL_COLUMN_NUMBER},
    {"rpiq", TL_COLUMN_NUMBER},
    {"bias", TL_COLUMN_NUMBER},
    {"ccc", TL_COLUMN_NUMBER},
    {"r2_sd", TL_COLUMN_NUMBER},
    {"r2_lower", TL_COLUMN_NUMBER},
    {"r2_upper", TL_COLUMN_NUMBER},
    {"rmse_lower", TL_COLUMN_NUMBER},
    {"rmse_upper", TL_COLUMN_NUMBER},
    {"coverage", TL_COLUMN_NUMBER},
    {"gain_r2", TL_COLUMN_NUMBER},
    {"gain_r2_lower", TL_COLUMN_NUMBER},
    {"gain_r2_upper", TL_COLUMN_NUMBER},
    {"gain_rmse", TL_COLUMN_NUMBER},
    {"gain_rmse_lower", TL_COLUMN_NUMBER},
    {"gain_rmse_upper", TL_COLUMN_NUMBER},
    {"p_gain", TL_COLUMN_NUMBER},
    {"r2_log", TL_COLUMN_NUMBER},
};
const ptrdiff_t tl_compared_n_columns = TL_COUNT(tl_compared_columns);

/* The interval of a score, or NaN where there is none. */
static void put_interval(tl_table *t, ptrdiff_t row, ptrdiff_t at, ptrdiff_t groups,
                         const tl_score_interval *i, int with_estimate) {
    const int known = groups > 0;
    if (with_estimate) {
        tl_source_table_set_number(t, row, at++, known ? i->estimate : (double)NAN);
    }
    tl_source_table_set_number(t, row, at, known ? i->lower : (double)NAN);
    tl_source_table_set_number(t, row, at + 1, known ? i->upper : (double)NAN);
}

static void put_scores(tl_table *t, ptrdiff_t row, ptrdiff_t at, const tl_scores *s) {
    const int known = s->n > 0;
    tl_source_table_set_number(t, row, at, known ? s->r2 : (double)NAN);
    tl_source_table_set_number(t, row, at + 1, known ? s->rmse : (double)NAN);
    tl_source_table_set_number(t, row, at + 2, known ? s->mae : (double)NAN);
    tl_source_table_set_number(t, row, at + 3, known ? s->rpiq : (double)NAN);
}

static tl_code put_row(const tl_compared *c, const tl_compared_row *r, tl_table *t, tl_err *err) {
    const char *const words[] = {c->study.property,
                                 unit_of(c),
                                 tl_comparemodels_protocol_word(r->protocol),
                                 tl_comparemodels_division_word(r->division),
                                 r->features,
                                 r->method};
    ptrdiff_t row;
    TL_TRY(tl_source_table_add_row(t, &row, err));
    for (ptrdiff_t k = 0; k < TL_COUNT(words); k++) {
        TL_TRY(tl_source_table_set_text(t, row, k, words[k], err));
    }
    tl_source_table_set_number(t, row, 6, (double)r->n_train);
    tl_source_table_set_number(t, row, 7, (double)r->n_test);
    tl_source_table_set_number(t, row, 8, r->inputs);
    TL_TRY(tl_source_table_set_text(t, row, 9, r->setting, err));
    put_scores(t, row, 10, &r->train);
    put_scores(t, row, 14, &r->test);
    tl_source_table_set_number(t, row, 18, r->test.bias);
    tl_source_table_set_number(t, row, 19, r->test.ccc);
    tl_source_table_set_number(t, row, 20, r->r2_sd);
    put_interval(t, row, 21, r->interval.groups, &r->interval.r2, 0);
    put_interval(t, row, 23, r->interval.groups, &r->interval.rmse, 0);
    tl_source_table_set_number(t, row, 25, r->coverage);
    put_interval(t, row, 26, r->gain.groups, &r->gain.r2, 1);
    put_interval(t, row, 29, r->gain.groups, &r->gain.rmse, 1);
    tl_source_table_set_number(t, row, 32, r->p);
    tl_source_table_set_number(t, row, 33, r->r2_log);
    return TL_OK;
}

tl_code tl_comparemodels_put_rows(const tl_compared *c, tl_table *table, tl_err *err) {
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        TL_TRY(put_row(c, &c->row[k], table, err));
    }
    return TL_OK;
}

/* --- document --- */

static void put_number(json_t *o, const char *key, double value) {
    tl_json_put(o, key, tl_job_json_number(value));
}

static json_t *scores_of(const tl_scores *s) {
    json_t *o = tl_json_object();
    put_number(o, "n", (double)s->n);
    put_number(o, "r2", s->r2);
    put_number(o, "rmse", s->rmse);
    put_number(o, "mae", s->mae);
    put_number(o, "rpiq", s->rpiq);
    put_number(o, "bias", s->bias);
    put_number(o, "ccc", s->ccc);
    return o;
}

static void add_interval(json_t *o, const char *key, const tl_score_interval *i) {
    tl_json_put(o, key,
                tl_json_pack("[o, o, o]", tl_job_json_number(i->estimate),
                             tl_job_json_number(i->lower), tl_job_json_number(i->upper)));
}

static void add_intervals(json_t *row, const char *key, const tl_score_intervals *i) {
    if (i->groups > 0) {
        json_t *o = tl_json_object();
        tl_json_put(row, key, o);
        add_interval(o, "r2", &i->r2);
        add_interval(o, "rmse", &i->rmse);
    }
}

static json_t *numbers(const double *value, ptrdiff_t n) {
    json_t *list = tl_json_array();
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_json_append(list, tl_job_json_number(value[i]));
    }
    return list;
}

static json_t *row_to_json(const tl_compared *c, const tl_compared_row *r) {
    json_t *o = tl_json_pack("{s:s, s:s, s:s, s:s, s:s}", "protocol",
                             tl_comparemodels_protocol_word(r->protocol), "division",
                             tl_comparemodels_division_word(r->division), "features", r->features,
                             "method", r->method, "setting", r->setting);
    put_number(o, "n_train", (double)r->n_train);
    put_number(o, "n_test", (double)r->n_test);
    put_number(o, "inputs", r->inputs);
    tl_json_put(o, "test", scores_of(&r->test));
    put_number(o, "r2_sd", r->r2_sd);
    put_number(o, "r2_log", r->r2_log);
    if (r->train.n > 0) {
        tl_json_put(o, "train", scores_of(&r->train));
    }
    add_intervals(o, "interval", &r->interval);
    add_intervals(o, "gain", &r->gain);
    put_number(o, "p_gain", r->p);
    put_number(o, "coverage", r->coverage);
    if (r->predicted != NULL) {
        tl_json_put(o, "predicted", numbers(r->predicted, c->study.n));
    }
    if (r->chosen != NULL) {
        tl_json_put(o, "chosen", numbers(r->chosen, r->n_chosen));
    }
    return o;
}

static json_t *samples_to_json(const tl_compared *c) {
    json_t *id = tl_json_array();
    for (ptrdiff_t i = 0; i < c->study.n; i++) {
        tl_json_append(id, tl_json_text(c->study.id[i]));
    }
    json_t *o =
        tl_json_pack("{s:o, s:o}", "id", id, "observed", numbers(c->study.value, c->study.n));
    if (c->is_test != NULL) {
        tl_json_put(o, "is_test", json_incref(c->is_test));
    }
    return o;
}

json_t *tl_comparemodels_to_json(const tl_compared *c) {
    json_t *rows = tl_json_array();
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        tl_json_append(rows, row_to_json(c, &c->row[k]));
    }
    json_t *o = tl_json_pack("{s:s, s:s, s:b, s:s}", "property", c->study.property, "unit",
                             unit_of(c), "log", c->options.fit.log, "split_hash", c->split_hash);
    put_number(o, "n", (double)c->study.n);
    put_number(o, "folds", (double)c->options.folds);
    put_number(o, "repeats", (double)c->options.repeats);
    put_number(o, "scores", (double)c->components);
    put_number(o, "level", c->options.level);
    put_number(o, "blocks", c->spatial ? (double)c->blocks : (double)NAN);
    put_number(o, "block_side", c->spatial ? c->block_side : (double)NAN);
    tl_json_put(o, "wavelength_nm", numbers(c->study.centre_nm, c->study.p));
    tl_json_put(o, "samples", samples_to_json(c));
    tl_json_put(o, "rows", rows);
    if (c->split != NULL) {
        tl_json_put(o, "split", json_incref(c->split));
    }
    if (c->seeds != NULL) {
        tl_json_put(o, "seeds", json_incref(c->seeds));
    }
    tl_json_put(o, "dropped", json_incref(c->study.excluded));
    tl_json_put(o, "warnings", json_incref(c->warnings));
    return o;
}

/* --- log --- */

static const char leaky_banner[] =
    "FOR TEACHING ONLY: the rows called leaky choose seeds, bands, settings and restarts on the "
    "same samples that are scored; the scores are not accuracies and must not be published";

static const tl_compared_row *find(const tl_compared *c, tl_compared_protocol protocol,
                                   tl_division_kind division, const char *features,
                                   const char *method) {
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        const tl_compared_row *r = &c->row[k];
        if (r->protocol == protocol && r->division == division &&
            strcmp(r->features, features) == 0 && strcmp(r->method, method) == 0) {
            return r;
        }
    }
    return NULL;
}

/* Logs a row as "lab PLSR    51 features  train .. | test .. | nested ..". */
static void log_split_row(const tl_compared *c, const tl_compared_row *r) {
    const tl_compared_row *nested =
        find(c, TL_COMPARED_NESTED, TL_DIVIDE_RANDOM, r->features, r->method);
    const tl_compared_row *space =
        find(c, TL_COMPARED_NESTED, TL_DIVIDE_SPATIAL, r->features, r->method);
    char twin[96] = "";
    if (nested != NULL) {
        const int used = snprintf(twin, sizeof twin, " | nested R2 %5.2f RMSE %-8.4g",
                                  nested->test.r2, nested->test.rmse);
        if (space != NULL && used > 0) {
            (void)snprintf(twin + used, sizeof twin - (size_t)used, " in blocks R2 %5.2f",
                           space->test.r2);
        }
    }
    tl_job_log(c->job, TL_INFO,
               "%-6s %-6s %-8s %3.0f features | train R2 %5.2f RMSE %-8.4g MAE %-8.4g RPIQ %5.2f | "
               "test R2 %5.2f RMSE %-8.4g MAE %-8.4g RPIQ %5.2f%s",
               tl_comparemodels_protocol_word(r->protocol), r->features, r->method, r->inputs,
               r->train.r2, r->train.rmse, r->train.mae, r->train.rpiq, r->test.r2, r->test.rmse,
               r->test.mae, r->test.rpiq, twin);
}

static void log_nested_row(const tl_compared *c, const tl_compared_row *r) {
    char gain[80] = "";
    char logs[32] = "";
    if (isfinite(r->r2_log)) {
        (void)snprintf(logs, sizeof logs, " R2 of logs %5.2f", r->r2_log);
    }
    if (r->gain.groups > 0) {
        (void)snprintf(gain, sizeof gain, " | R2 %+.2f (%+.2f to %+.2f) of the first row",
                       r->gain.r2.estimate, r->gain.r2.lower, r->gain.r2.upper);
    }
    tl_job_log(c->job, TL_INFO,
               "%-7s %-6s %-8s R2 %5.2f (%.2f to %.2f) RMSE %-8.4g MAE %-8.4g RPIQ %5.2f%s%s",
               tl_comparemodels_division_word(r->division), r->features, r->method, r->test.r2,
               r->interval.r2.lower, r->interval.r2.upper, r->test.rmse, r->test.mae, r->test.rpiq,
               logs, gain);
}

/* --- warnings --- */

__attribute__((format(printf, 2, 3))) static void warn(tl_compared *c, const char *format, ...) {
    char text[640];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    tl_json_append(c->warnings, tl_json_text(text));
    tl_job_log(c->job, TL_WARNING, "%s", text);
}

/* The row of a protocol with the largest R2 that has predictions of its own; NULL when none. */
static const tl_compared_row *best_of(const tl_compared *c, tl_compared_protocol protocol,
                                      tl_division_kind division) {
    const tl_compared_row *best = NULL;
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        const tl_compared_row *r = &c->row[k];
        if (r->protocol == protocol && r->division == division && r->predicted != NULL &&
            (best == NULL || r->test.r2 > best->test.r2)) {
            best = r;
        }
    }
    return best;
}

static void warn_of_nested(tl_compared *c) {
    const tl_compared_row *best = best_of(c, TL_COMPARED_NESTED, TL_DIVIDE_RANDOM);
    const tl_compared_row *far = best_of(c, TL_COMPARED_NESTED, TL_DIVIDE_SPATIAL);
    const tl_compared_row *kriging = find(c, TL_COMPARED_NESTED, TL_DIVIDE_RANDOM, "", "kriging");
    if (best == NULL) {
        return;
    }
    if (best->test.r2 <= 0.0) {
        warn(c, "no model is better than the mean of the samples: the best has R2 %.2f",
             best->test.r2);
    }
    if (kriging != NULL && kriging->test.rmse <= best->test.rmse) {
        warn(c,
             "kriging of the coordinates, without any spectrum, is as good (RMSE %.4g) as the best "
             "model (RMSE %.4g)",
             kriging->test.rmse, best->test.rmse);
    }
    if (far != NULL && far->test.r2 < best->test.r2 - 0.2) {
        warn(c,
             "the best R2 is %.2f where samples nearby are known, but %.2f in whole blocks without "
             "samples",
             best->test.r2, far->test.r2);
    }
}

/* The exponential of a prediction far outside the range of the samples can be arbitrarily large. */
static void warn_of_logs(tl_compared *c) {
    const double far_off = -0.5;
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        const tl_compared_row *r = &c->row[k];
        if (c->options.fit.log && r->predicted != NULL && r->protocol == TL_COMPARED_NESTED &&
            r->test.r2 < far_off) {
            warn(c,
                 "%s %s in %s folds has R2 %.2f because a few logarithms are extrapolated (R2 of "
                 "the logarithms: %.2f); compare with log no",
                 r->features, r->method, tl_comparemodels_division_word(r->division), r->test.r2,
                 r->r2_log);
        }
    }
}

/* Fusion is better only when the interval of the difference is above zero. */
static void warn_of_fusion(tl_compared *c) {
    static const char *const features[] = {"fused", "mixed"};
    static const char *const method[] = {"PLSR", "SVR"};
    int rows = 0;
    int gains = 0;
    for (int k = 0; k < 4; k++) {
        const tl_compared_row *r =
            find(c, TL_COMPARED_NESTED, TL_DIVIDE_RANDOM, features[k / 2], method[k % 2]);
        rows += r != NULL && r->gain.groups > 0;
        gains += r != NULL && r->gain.groups > 0 && r->gain.r2.lower > 0.0 && r->p <= 0.05;
    }
    if (rows > 0 && gains == 0) {
        warn(
            c,
            "fused and mixed features are not shown to be better than the scene alone: no difference "
            "in R2 has an interval above zero and p of at most 0.05");
    }
}

static void warn_of_split(tl_compared *c) {
    const tl_compared_row *best = best_of(c, TL_COMPARED_SPLIT, TL_DIVIDE_GRADIENT);
    if (best == NULL) {
        return;
    }
    const tl_compared_row *twin =
        find(c, TL_COMPARED_NESTED, TL_DIVIDE_RANDOM, best->features, best->method);
    const double narrow = 0.1;
    const tl_score_interval *r2 = &best->interval.r2;
    if (best->interval.groups > 0 && r2->upper - r2->lower > narrow) {
        warn(c,
             "the single split has %td test samples: the R2 of its best row, %.2f, could also be "
             "%.2f or %.2f with other samples",
             best->n_test, best->test.r2, r2->lower, r2->upper);
    }
    if (twin != NULL && best->test.r2 > twin->test.r2 + 0.1) {
        warn(c,
             "the best row of the single split, %s %s, has R2 %.2f there and %.2f in nested "
             "cross-validation: the best of ten rows on one split is partly luck",
             best->features, best->method, best->test.r2, twin->test.r2);
    }
    const double score = json_number_value(json_array_get(json_object_get(c->seeds, "score"), 0));
    const double chance = json_number_value(json_object_get(c->seeds, "chance"));
    if (score < chance) {
        warn(c,
             "the best seed has the correlation %.2f with the property, but chance finds %.2f "
             "among %lld seeds: its spectra are not shown to have any information",
             score, chance, (long long)json_integer_value(json_object_get(c->seeds, "tried")));
    }
}

void tl_comparemodels_log(tl_compared *c) {
    if (c->leaky) {
        warn(c, "%s", leaky_banner);
    }
    tl_job_log(c->job, TL_INFO,
               "%s: %td samples; nested cross-validation, %d x %d folds (split %s)%s",
               c->study.property, c->study.n, c->options.repeats, c->options.folds, c->split_hash,
               c->options.fit.log ? ", on logarithms" : "");
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        if (c->row[k].protocol == TL_COMPARED_NESTED) {
            log_nested_row(c, &c->row[k]);
        } else {
            log_split_row(c, &c->row[k]);
        }
    }
    warn_of_nested(c);
    warn_of_logs(c);
    warn_of_fusion(c);
    warn_of_split(c);
}
