/* SPDX-License-Identifier: GPL-2.0-or-later
 * The store of GDAL and OGR: one table of functions; see store_gdal.h. */
#include "store/store_gdal.h"

#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/outputs/identity.h"
#include "io/outputs/output_set.h"
#include "io/outputs/output_target.h"
#include "io/python.h"
#include "io/raster.h"
#include "io/scratch_file.h"
#include "io/tables/spectra.h"
#include "io/tables/text_tables.h"
#include "io/tables/vector_layer.h"

static const tl_store store = {
    .open_raster = tl_io_open_raster,
    .raster_info = tl_io_raster_info,
    .read_stored = tl_io_read_stored,
    .read_window = tl_io_read_window,
    .read_window_above = tl_io_read_window_above,
    .close_raster = tl_io_close_raster,
    .read_grid = tl_io_read_grid,
    .read_grid_like = tl_io_read_grid_like,
    .metric_grid = tl_io_metric_grid,
    .create_raster = tl_io_create_raster,
    .write_rows = tl_io_write_rows,
    .create_scene = tl_io_create_scene,
    .write_scene_rows = tl_io_write_scene_rows,
    .finish_raster = tl_io_finish_raster,
    .abandon_raster = tl_io_abandon_raster,
    .limit_cache = tl_io_limit_cache,
    .read_texts = tl_io_tables_read_texts,
    .read_samples = tl_io_tables_read_samples,
    .read_zones = tl_io_tables_read_zones,
    .read_spectra = tl_io_tables_read_spectra,
    .read_measured = tl_io_tables_read_measured,
    .write_spectra = tl_io_tables_write_spectra,
    .write_table = tl_io_tables_write_table,
    .write_features = tl_io_tables_write_features,
    .read_lines = tl_io_tables_read_lines,
    .read_record = tl_io_tables_read_record,
    .read_bytes = tl_io_read_bytes,
    .write_bytes = tl_io_write_bytes,
    .fingerprint = tl_io_fingerprint,
    .exists = tl_io_exists,
    .list_folder = tl_io_list_folder,
    .open_scratch = tl_io_open_scratch,
    .check_files = tl_io_outputs_check_files,
    .check_target = tl_io_outputs_check_target,
    .open_outputs = tl_io_outputs_open,
    .add_output = tl_io_outputs_add,
    .finish_outputs = tl_io_outputs_finish,
    .commit_outputs = tl_io_outputs_commit,
    .output_name = tl_io_outputs_name,
    .close_outputs = tl_io_outputs_close,
    .abandon_outputs = tl_io_outputs_abandon,
    .run_python = tl_io_run_python,
    .inspect_system = tl_io_inspect_system,
};

const tl_store *tl_store_gdal(void) {
    tl_io_call call;
    tl_io_begin(&call);
    tl_io_end(&call);
    return &store;
}
