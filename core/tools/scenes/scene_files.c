/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scene that a tool reads and the scene that it writes; see scene_files.h. */
#include "tools/scenes/scene_files.h"

tl_code tl_scene_files_open(const tl_job *job, tl_raster **raster, const tl_raster_info **info,
                            tl_err *err) {
    const tl_store *store = tl_job_store(job);
    TL_TRY(store->open_raster(tl_job_text(job, "scene"), "scene", raster, err));
    *info = store->raster_info(*raster);
    if ((*info)->band_note[0] != '\0') {
        tl_job_log(job, TL_WARNING, "%s", (*info)->band_note);
    }
    return TL_OK;
}

tl_scene_form tl_scene_files_form(const tl_job *job) {
    tl_scene_form form = {TL_STORED_FLOAT32, TL_BY_BAND};
    if (tl_job_has(job, "type") && tl_job_choice(job, "type") == 1) {
        form.type = TL_STORED_INT16;
    }
    if (tl_job_has(job, "interleave")) {
        form.interleave = (tl_interleave)tl_job_choice(job, "interleave");
    }
    return form;
}

tl_code tl_scene_files_write(tl_job *job, const tl_scene_files_output *output, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const tl_scene_form form = tl_scene_files_form(job);
    const char *record = NULL;
    tl_sink *sink = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    TL_TRY(store->create_scene(tl_job_output(job, output->id), output->id, output->nrow,
                               output->ncol, output->geo, output->bands, &form, output->facts,
                               record, &sink, err));
    const tl_code code = output->fill(output->arg, sink, err);
    if (code != TL_OK) {
        store->abandon_raster(sink);
        return code;
    }
    return store->finish_raster(sink, err);
}
