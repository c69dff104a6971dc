/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a tool is: one descriptor of static data and one run function. The command line, the QGIS
 * dialogs, the parameter checks and the reference pages are all derived from the descriptor.
 *
 * To add a tool: write core/tools/<group>/<id>.c that defines `const tl_algorithm tl_alg_<id>`, and add the
 * line TL_ALG(<id>) to core/tools/algs.def. */
#ifndef TL_JOB_ALGORITHM_H
#define TL_JOB_ALGORITHM_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/status.h"
#include "source/store.h"

/* Kinds of parameters: enumerator, word in the description, content (tl_arg_content), and 1 when a
 * parameter of the kind accepts a list. */
#define TL_ARG_KINDS(X)                      \
    X(RASTER, "raster", INPUT, 0)            \
    X(RASTERS, "rasters", INPUT, 1)          \
    X(POINTS, "points", INPUT, 0)            \
    X(POLYGONS, "polygons", INPUT, 0)        \
    X(LINES, "lines", INPUT, 0)              \
    X(SPECTRA, "spectra", INPUT, 0)          \
    X(MODEL, "model", INPUT, 0)              \
    X(FILE, "file", INPUT, 0)                \
    X(FILES, "files", INPUT, 1)              \
    X(FIELD, "field", TEXT, 0)               \
    X(NUMBER, "number", NUMBER, 0)           \
    X(INTEGER, "integer", NUMBER, 0)         \
    X(FLAG, "flag", WORD, 0)                 \
    X(CHOICE, "choice", WORD, 0)             \
    X(TEXT, "text", TEXT, 0)                 \
    X(RASTER_OUT, "raster_out", OUTPUT, 0)   \
    X(VECTOR_OUT, "vector_out", OUTPUT, 0)   \
    X(SPECTRA_OUT, "spectra_out", OUTPUT, 0) \
    X(TABLE_OUT, "table_out", OUTPUT, 0)     \
    X(MODEL_OUT, "model_out", OUTPUT, 0)     \
    X(REPORT_OUT, "report_out", OUTPUT, 0)   \
    X(VRT_OUT, "vrt_out", OUTPUT, 0)

typedef enum tl_arg_kind {
#define TL_ARG_KIND_ENUM(name, word, content, list) TL_ARG_##name,
    TL_ARG_KINDS(TL_ARG_KIND_ENUM)
#undef TL_ARG_KIND_ENUM
} tl_arg_kind;

/* What the value of a parameter is, which decides how it is checked. */
typedef enum tl_arg_content {
    TL_CONTENT_INPUT,  /* a file that is read */
    TL_CONTENT_NUMBER, /* a number within a range */
    TL_CONTENT_WORD,   /* one word of a list, or yes and no */
    TL_CONTENT_TEXT,   /* a text that the tool itself checks */
    TL_CONTENT_OUTPUT  /* a file that is written */
} tl_arg_content;

/* The largest whole number that every front end can carry: the spin boxes of QGIS hold no more. */
#define TL_ARG_LARGEST_INTEGER 2147483647

typedef struct tl_arg {
    const char *id; /* lower_snake; an API, never renamed */
    tl_arg_kind kind;
    const char *label; /* "Elevation"; the unit is added from unit */
    const char *unit; /* "m", "degree", "nm"; "" for a count or a pure number; needed for numbers */
    const char *help; /* at most three plain sentences, required */
    const char *fallback; /* value when not given; NULL: required, unless optional */
    int optional;         /* may be left out without a value: see tl_job_given */
    int advanced;         /* folded away in the dialog */
    int network;          /* only the fusion network uses it; other methods ignore it */
    /* Range of numbers, ends included; unlimited when min >= max. Integers lie between
     * -TL_ARG_LARGEST_INTEGER and TL_ARG_LARGEST_INTEGER in any case. */
    double min, max;
    const char *choices; /* ids of the choices, separated by commas */
    const char *labels;  /* labels of the choices in the same order, separated by '|' */
    const char *parent;  /* of a field: the id of its points or polygons parameter */
    int numeric;         /* of a field: it has numbers; otherwise it has ids or names */
    const char *style;   /* of an output: a file styles/qml/<style>.qml */
    const char *layer;   /* of a vector output: the name of its layer in a GeoPackage; required */
    const char *extensions; /* of an output, comma-separated; NULL: those of its kind */
} tl_arg;

typedef struct tl_job tl_job;

typedef struct tl_algorithm {
    const char *id;      /* lower case verb+noun; an API, never renamed */
    const char *title;   /* "Slope and aspect" */
    const char *group;   /* the same text as its neighbours in algs.def */
    const char *summary; /* one sentence for lists */
    /* What it does, inputs with units, outputs; plain sentences, newlines between paragraphs. */
    const char *help;
    /* One command line that runs on the sample data, from sample_project/output. */
    const char *example;
    const char *citation; /* papers with year, or the page of the docs */
    const char *tags;     /* words users search for, comma separated */
    const tl_arg *arg;
    ptrdiff_t n_arg;
    tl_code (*run)(tl_job *job, tl_err *err);
} tl_algorithm;

#define TL_COUNT(array) ((ptrdiff_t)(sizeof(array) / sizeof((array)[0])))

/* --- the descriptor --- */

/* The columns of TL_ARG_KINDS for one kind: its word in descriptions, its content, whether it
 * accepts a list; and whether its content is a file that is read or written. */
const char *tl_job_arg_kind_word(tl_arg_kind kind);
tl_arg_content tl_job_arg_content(tl_arg_kind kind);
int tl_job_arg_is_list(tl_arg_kind kind);
int tl_job_arg_is_input(tl_arg_kind kind);
int tl_job_arg_is_output(tl_arg_kind kind);

/* The description of a tool as JSON.
 *
 * returns  a new value, to be released with json_decref; NULL when memory is out */
json_t *tl_job_describe(const tl_algorithm *alg);

/* --- what a run function may use --- */

/* Where files are read and written. */
const tl_store *tl_job_store(const tl_job *job);

/* The progress of the whole run, 0..1; tl_progress_part makes stages of it. */
const tl_progress *tl_job_progress(const tl_job *job);

/* How many threads the run may use, at least 1. */
int tl_job_threads(const tl_job *job);

/* How much memory all large buffers together may use, in bytes. */
double tl_job_memory_bytes(const tl_job *job);

/* Parameter values, already checked against the descriptor. To ask for an id that the descriptor
 * does not have is a mistake of the tool: the run then fails with TL_INTERNAL at its end. */

/* 1: the parameter has a value or a fallback. */
int tl_job_given(const tl_job *job, const char *id);

/* 1: the tool has a parameter with that id; for code that several tools share. */
int tl_job_has(const tl_job *job, const char *id);

/* Any single value as text, borrowed; NULL when not given. */
const char *tl_job_text(const tl_job *job, const char *id);

/* A number; NaN when not given. */
double tl_job_number(const tl_job *job, const char *id);

/* A whole number; 0 when not given. */
int64_t tl_job_integer(const tl_job *job, const char *id);

/* 1 for yes, 0 for no or not given. */
int tl_job_flag(const tl_job *job, const char *id);

/* Position of the given word in the choices. */
int tl_job_choice(const tl_job *job, const char *id);

/* Items of rasters or files, borrowed. */
ptrdiff_t tl_job_list_count(const tl_job *job, const char *id);
const char *tl_job_list_item(const tl_job *job, const char *id, ptrdiff_t i);

/* Where to write that output: a temporary path in the folder of the target, with the same
 * extension. NULL when an optional output was not asked for. The job renames all outputs after a
 * successful run and removes them otherwise. */
const char *tl_job_output(const tl_job *job, const char *id);

/* One more file of an output: its path with "_tag" in front of the extension. It is renamed or
 * removed together with the output.
 *
 * tag        letters, digits, '.', '-' and '_' are kept, anything else becomes '_'
 * temporary  out: where to write, borrowed
 * target     out: the final path, borrowed
 * fails      TL_ARG another parameter names that path; TL_NOMEM */
tl_code tl_job_extra_output(tl_job *job, const char *id, const char *tag, const char **temporary,
                            const char **target, tl_err *err);

/* For files that a tool finds by itself, in a folder for example: refuses the run when one of its
 * outputs is one of them. To be called before the first of them is read.
 *
 * id     the parameter that they come from
 * path   [n]
 * fails  TL_ARG, TL_NOMEM */
tl_code tl_job_check_reads(const tl_job *job, const char *id, char *const *path, ptrdiff_t n,
                           tl_err *err);

/* The name of the layer of a vector output, from the descriptor; NULL when not given. */
const char *tl_job_layer(const tl_job *job, const char *id);

/* The final path of an output (for texts inside other files). */
const char *tl_job_target(const tl_job *job, const char *id);

/* Run record as JSON text: tool, version, parameters, fingerprints of inputs. The same for every
 * output of the run; holds no paths, dates, threads or memory, so equal runs give equal bytes.
 *
 * record  out: borrowed; NULL on failure
 * fails   an input cannot be read; TL_NOMEM */
tl_code tl_job_record(tl_job *job, const char **record, tl_err *err);

/* Put figures into the result that the caller receives; the job itself adds the outputs. A number
 * that is not finite becomes null. The job takes ownership of a JSON value. */
void tl_job_put_number(tl_job *job, const char *key, double value);
void tl_job_put_text(tl_job *job, const char *key, const char *value);
void tl_job_put_json(tl_job *job, const char *key, json_t *value);

/* A number as a new JSON value; null when it is not finite, which JSON cannot hold. */
json_t *tl_job_json_number(double value);

/* A style chosen at run time for an output; it replaces that of the descriptor. */
void tl_job_put_style(tl_job *job, const char *output_id, const char *style);

/* Writes a message into the user's log. */
void tl_job_log(const tl_job *job, tl_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- running --- */

/* The parameters of a tool from JSON text. Values that JSON cannot contain (NaN, Infinity, numbers
 * beyond its range) are kept, and refused by name when the parameters are checked.
 *
 * text    NULL = ""
 * tool    id, for the sentence
 * params  out: a new object, to be released with json_decref; NULL on failure
 * fails   TL_ARG the text has another fault; the sentence has its line */
tl_code tl_job_parse_params(const char *text, const char *tool, json_t **params, tl_err *err);

/* Checks parameters against the descriptor without running.
 *
 * params  a JSON object; values may be texts or numbers
 * fails   TL_ARG; the sentence names the parameter, what was found and what was wanted; TL_NOMEM */
tl_code tl_job_check_descriptor(const tl_algorithm *alg, const json_t *params,
                                const tl_store *store, tl_err *err);

/* Checks, runs and commits the outputs.
 *
 * params  as tl_job_check_descriptor
 * result  out: a new JSON object, to be released with json_decref; NULL on failure
 * text    out: the same as text, to be freed with tl_release; NULL on failure. May be NULL
 * fails   TL_ARG a bad parameter; as the tool fails; TL_CANCELLED; TL_NOMEM */
tl_code tl_job_run(const tl_algorithm *alg, const json_t *params, const tl_store *store,
                   const tl_progress *progress, json_t **result, char **text, tl_err *err);

/* Removes what all runs of the process have written so far, and stops every one of them at the latest
 * before its outputs would come into place. The process must end then. Waits for a run that puts its
 * outputs into place just now.
 *
 * returns  1; 0 when there is no run */
int tl_job_abandon(void);

#endif
