/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and writing of model files; see model_files.h. */
#include "recipes/model_files.h"

#include <string.h>

#include "base/alloc.h"
#include "json/json.h"
#include "model/document.h"

static tl_code read_file(const tl_job *job, const char *id, char **bytes, size_t *length,
                         tl_err *err) {
    return tl_job_store(job)->read_bytes(tl_job_text(job, id), id, TL_MODEL_MAX_BYTES, bytes,
                                         length, err);
}

tl_code tl_recipes_read_property_model(const tl_job *job, const char *id, tl_property_model *model,
                                       tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    *model = (tl_property_model){0};
    TL_TRY(read_file(job, id, &bytes, &length, err));
    const tl_code code =
        tl_pipeline_property_model_parse(bytes, length, tl_job_text(job, id), model, err);
    tl_release(bytes);
    return code == TL_OK ? TL_OK : tl_fail_in(err, code, id);
}

tl_code tl_recipes_read_fusion_model(const tl_job *job, const char *id, tl_fusion_model *model,
                                     tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    *model = (tl_fusion_model){0};
    TL_TRY(read_file(job, id, &bytes, &length, err));
    const tl_code code = tl_fusion_model_parse(bytes, length, tl_job_text(job, id), model, err);
    tl_release(bytes);
    return code == TL_OK ? TL_OK : tl_fail_in(err, code, id);
}

tl_code tl_recipes_is_fusion_model(const tl_job *job, const char *id, int *fusion, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    json_t *root = NULL;
    TL_TRY(read_file(job, id, &bytes, &length, err));
    const tl_code code = tl_model_parse(bytes, length, tl_job_text(job, id), &root, err);
    tl_release(bytes);
    *fusion = code == TL_OK && strcmp(tl_model_kind(root), "fusion") == 0;
    json_decref(root);
    return code == TL_OK ? TL_OK : tl_fail_in(err, code, id);
}

tl_code tl_recipes_put_record(tl_job *job, json_t *about, tl_err *err) {
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    json_t *parsed = NULL;
    TL_TRY(tl_json_parse(record, strlen(record), 0, &parsed, err));
    return tl_model_put_json(about, "record", parsed, err);
}

tl_code tl_recipes_write_model_to(tl_job *job, const char *id, const char *path, json_t *root,
                                  tl_err *err) {
    tl_text text = {0};
    tl_code code = tl_model_print(root, &text, err);
    if (code == TL_OK) {
        code =
            tl_job_store(job)->write_bytes(path, id, tl_text_data(&text), (size_t)text.length, err);
    }
    json_decref(root);
    tl_text_free(&text);
    return code;
}

tl_code tl_recipes_write_model(tl_job *job, const char *id, json_t *root, tl_err *err) {
    return tl_recipes_write_model_to(job, id, tl_job_output(job, id), root, err);
}
