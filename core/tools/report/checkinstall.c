/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `checkinstall`: what tilth needs, what is installed, and how to get the rest. */
#include <string.h>

#include "base/alloc.h"
#include "base/version.h"
#include "job/algorithm.h"
#include "json/json.h"

static const tl_arg arguments[] = {
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Table",
     .help = "The same list as CSV with the columns component, version, found and remedy.",
     .optional = 1},
};

static const tl_column columns[] = {{"component", TL_COLUMN_TEXT},
                                    {"version", TL_COLUMN_TEXT},
                                    {"found", TL_COLUMN_TEXT},
                                    {"remedy", TL_COLUMN_TEXT}};

static const char *text_of(const json_t *component, const char *key) {
    const char *text = json_string_value(json_object_get(component, key));
    return text == NULL ? "" : text;
}

static tl_code add_row(tl_table *table, const json_t *component, tl_err *err) {
    ptrdiff_t row;
    const int found = json_is_true(json_object_get(component, "found"));
    TL_TRY(tl_source_table_add_row(table, &row, err));
    TL_TRY(tl_source_table_set_text(table, row, 0, text_of(component, "name"), err));
    TL_TRY(tl_source_table_set_text(table, row, 1, text_of(component, "version"), err));
    TL_TRY(tl_source_table_set_text(table, row, 2, found ? "yes" : "no", err));
    return tl_source_table_set_text(table, row, 3, found ? "" : text_of(component, "remedy"), err);
}

/* Logs one component in one line; returns 1 when it is missing. */
static int log_component(const tl_job *job, const json_t *component) {
    const int found = json_is_true(json_object_get(component, "found"));
    const char *version = text_of(component, "version");
    if (found) {
        tl_job_log(job, TL_INFO, "%s%s%s", text_of(component, "name"), *version == '\0' ? "" : " ",
                   version);
    } else {
        tl_job_log(job, TL_WARNING, "%s is missing: %s", text_of(component, "name"),
                   text_of(component, "remedy"));
    }
    return !found;
}

static tl_code write_out(tl_job *job, const json_t *components, tl_err *err) {
    tl_table table;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    tl_code code = TL_OK;
    for (size_t i = 0; i < json_array_size(components) && code == TL_OK; i++) {
        code = add_row(&table, json_array_get(components, i), err);
    }
    if (code == TL_OK) {
        code = tl_job_store(job)->write_table(tl_job_output(job, "output"), "output", &table, err);
    }
    tl_source_table_free(&table);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    char *text = NULL;
    TL_TRY(tl_job_store(job)->inspect_system(&text, err));
    json_t *components = NULL;
    const tl_code parsed = tl_json_parse(text, strlen(text), 0, &components, err);
    tl_release(text);
    TL_TRY(parsed);
    if (!json_is_array(components)) {
        json_decref(components);
        return tl_fail(err, TL_INTERNAL,
                       "the list of installed components could not be read; please report this");
    }
    ptrdiff_t n_missing = 0;
    tl_job_log(job, TL_INFO, "tilth %s", tl_version());
    for (size_t i = 0; i < json_array_size(components); i++) {
        n_missing += log_component(job, json_array_get(components, i));
    }
    const tl_code code =
        tl_job_output(job, "output") == NULL ? TL_OK : write_out(job, components, err);
    tl_job_put_text(job, "complete", n_missing == 0 ? "yes" : "no");
    tl_job_put_number(job, "missing", (double)n_missing);
    tl_job_put_json(job, "components", components);
    return code;
}

const tl_algorithm tl_alg_checkinstall = {
    .id = "checkinstall",
    .title = "Check the installation",
    .group = "Report",
    .summary = "What tilth needs, what is installed, what is missing and how to get it.",
    .help =
        "Checks the libraries, Python packages and files that tilth needs, and reports for "
        "each one whether it is installed, its version, and how to install it where it is "
        "missing. The run succeeds in any case; the result `complete` is yes when nothing is "
        "missing.",
    .example = "tilth checkinstall",
    .citation = "docs/guide/getting-started.md.",
    .tags = "installation,version,dependencies,diagnosis,help",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
