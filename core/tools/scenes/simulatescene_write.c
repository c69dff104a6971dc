/* SPDX-License-Identifier: GPL-2.0-or-later
 * The outputs of simulatescene; see simulatescene.h. */
#include "tools/scenes/simulatescene.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "recipes/grid_io.h"
#include "simulate/sampling.h"
#include "simulate/sensor.h"
#include "tools/scenes/scene_files.h"

enum { LAB_FIRST_NM = 400, LAB_BANDS = 2101, BLOCK_ROWS = 64 };

/* --- points and spectra --- */

static void sample_id(ptrdiff_t i, char id[24]) {
    snprintf(id, 24, "S%03td", i + 1);
}

/* Points with one geometry per row; the caller fills columns and values. */
static tl_code start_points(tl_features *f, const tl_column *column, ptrdiff_t ncol, ptrdiff_t n,
                            tl_err *err) {
    f->geometry = TL_POINTS;
    tl_source_table_start(&f->table, column, ncol);
    f->nvertex = n;
    f->first = tl_acquire(n + 1, sizeof *f->first);
    f->x = tl_acquire(n, sizeof *f->x);
    f->y = tl_acquire(n, sizeof *f->y);
    if (f->first == NULL || f->x == NULL || f->y == NULL) {
        return tl_fail(err, TL_NOMEM, "no memory for %td points", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t row = 0;
        TL_TRY(tl_source_table_add_row(&f->table, &row, err));
        f->first[i] = i;
    }
    f->first[n] = n;
    return TL_OK;
}

tl_code tl_simulatescene_write_samples(tl_job *job, const tl_simulation *s, tl_err *err) {
    static const tl_column column[] = {{"id", TL_COLUMN_TEXT},
                                       {"SOM_g_kg", TL_COLUMN_NUMBER},
                                       {"As_mg_kg", TL_COLUMN_NUMBER},
                                       {"Cu_mg_kg", TL_COLUMN_NUMBER}};
    tl_features points = {0};
    tl_code code = TL_OK;
    TL_CHECK(start_points(&points, column, TL_COUNT(column), s->n, err));
    for (ptrdiff_t i = 0; i < s->n; i++) {
        char id[24];
        double d_row;
        double d_col;
        sample_id(i, id);
        TL_CHECK(tl_source_table_set_text(&points.table, i, 0, id, err));
        for (ptrdiff_t j = 0; j < TL_SIMULATE_PROPERTIES; j++) {
            tl_source_table_set_number(&points.table, i, 1 + j, tl_matrix_row(&s->measured, i)[j]);
        }
        tl_simulate_sample_offset(s->seed, i, &d_row, &d_col);
        tl_georef_to_map(&s->dem.geo, (double)s->col[i] + 0.5 + d_col,
                         (double)s->row[i] + 0.5 + d_row, &points.x[i], &points.y[i]);
    }
    TL_CHECK(tl_recipes_write_features(job, "samples", &points, &s->dem.geo, err));
done:
    tl_source_features_free(&points);
    return code;
}

tl_code tl_simulatescene_write_mines(tl_job *job, const tl_simulation *s, tl_err *err) {
    static const tl_column column[] = {{"mine", TL_COLUMN_INTEGER}, {"strength", TL_COLUMN_NUMBER}};
    tl_features points = {0};
    tl_code code = TL_OK;
    TL_CHECK(start_points(&points, column, TL_COUNT(column), s->area.mines, err));
    for (ptrdiff_t i = 0; i < s->area.mines; i++) {
        const tl_simulate_mine *mine = &s->area.mine[i];
        tl_source_table_set_number(&points.table, i, 0, (double)(i + 1));
        tl_source_table_set_number(&points.table, i, 1, mine->strength);
        tl_georef_to_map(&s->dem.geo, (double)mine->col + 0.5, (double)mine->row + 0.5,
                         &points.x[i], &points.y[i]);
    }
    TL_CHECK(tl_recipes_write_features(job, "mine_points", &points, &s->dem.geo, err));
done:
    tl_source_features_free(&points);
    return code;
}

tl_code tl_simulatescene_write_lab(const tl_job *job, const tl_simulation *s, tl_err *err) {
    tl_spectra lab = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_source_spectra_init(&lab, s->n, LAB_BANDS, err));
    for (ptrdiff_t j = 0; j < LAB_BANDS; j++) {
        lab.wavelength_nm[j] = (double)(LAB_FIRST_NM + j);
        lab.fwhm_nm[j] = (double)NAN;
    }
    for (ptrdiff_t i = 0; i < s->n; i++) {
        char id[24];
        sample_id(i, id);
        TL_CHECK(tl_source_spectra_set_id(&lab, i, id, err));
        const double *score = tl_matrix_row(&s->scores, i) + TL_SIMULATE_LAYER_CLAY;
        const tl_simulate_soil soil = tl_simulate_soil_of(s->true_som[i], score);
        tl_simulate_lab_spectrum(&soil, s->seed, i, lab.wavelength_nm, LAB_BANDS,
                                 tl_matrix_row(&lab.values, i));
    }
    /* Six decimals, as in exports of instruments: more would be noise and triple the file. */
    for (ptrdiff_t k = 0; k < s->n * LAB_BANDS; k++) {
        lab.values.data[k] = round(lab.values.data[k] * 1e6) / 1e6;
    }
    TL_CHECK(tl_job_store(job)->write_spectra(tl_job_output(job, "lab"), "lab", &lab, err));
done:
    tl_source_spectra_free(&lab);
    return code;
}

/* --- rasters --- */

tl_code tl_simulatescene_write_truth(tl_job *job, const tl_simulation *s, tl_err *err) {
    const tl_layer layer[TL_SIMULATE_PROPERTIES] = {tl_recipes_layer("SOM, true", "g/kg"),
                                                    tl_recipes_layer("As, true", "mg/kg"),
                                                    tl_recipes_layer("Cu, true", "mg/kg")};
    tl_grid view[TL_SIMULATE_PROPERTIES];
    const tl_grid *grid[TL_SIMULATE_PROPERTIES];
    for (int j = 0; j < TL_SIMULATE_PROPERTIES; j++) {
        view[j] = s->dem; /* a view: shape and georeference of the DEM, nothing to be freed */
        view[j].data = s->area.layer[j];
        grid[j] = &view[j];
    }
    return tl_recipes_write_grids(job, "truth", grid, layer, TL_SIMULATE_PROPERTIES, err);
}

tl_code tl_simulatescene_write_cloud(tl_job *job, const tl_simulation *s, tl_err *err) {
    const double strength = tl_job_number(job, "cloud");
    tl_grid share = {0};
    TL_TRY(tl_grid_init(&share, s->dem.nrow, s->dem.ncol, &s->dem.geo, err));
    for (ptrdiff_t i = 0; i < s->dem.nrow * s->dem.ncol; i++) {
        share.data[i] = (float)tl_simulate_cloud_share(
            strength, (double)s->area.layer[TL_SIMULATE_LAYER_CLOUD][i]);
    }
    const tl_code code = tl_recipes_write_grid(
        job, "cloud_truth", &share, tl_recipes_layer("Thin cloud, share of the light", ""), err);
    tl_grid_free(&share);
    return code;
}

/* Rows of one block: all bands of it must fit into a quarter of the memory. */
static ptrdiff_t block_rows(const tl_job *job, ptrdiff_t ncol) {
    const double row_bytes = (double)sizeof(float) * TL_SIMULATE_BANDS * (double)ncol;
    const double fit = floor(0.25 * tl_job_memory_bytes(job) / row_bytes);
    return (ptrdiff_t)fmax(1.0, fmin(BLOCK_ROWS, fit));
}

/* The scene while its rows are written. */
typedef struct scene_rows {
    tl_job *job;
    const tl_simulation *simulation;
    const tl_simulate_band *band; /* [TL_SIMULATE_BANDS] */
    const tl_progress *progress;
} scene_rows;

static tl_code fill_scene(void *arg, tl_sink *sink, tl_err *err) {
    const scene_rows *rows = arg;
    const tl_simulation *s = rows->simulation;
    const tl_job *job = rows->job;
    const tl_simulate_faults faults = {tl_job_number(job, "noise"), tl_job_number(job, "cloud")};
    const ptrdiff_t ncol = s->dem.ncol;
    const ptrdiff_t step = block_rows(job, ncol);
    float *block = tl_acquire(step * ncol * TL_SIMULATE_BANDS, sizeof *block);
    if (block == NULL) {
        return tl_fail(err, TL_NOMEM, "no memory for %td rows of the scene", step);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t row = 0; row < s->dem.nrow; row += step) {
        const ptrdiff_t n = tl_min(step, s->dem.nrow - row);
        const tl_progress part = tl_progress_part(rows->progress, (double)row / (double)s->dem.nrow,
                                                  (double)(row + n) / (double)s->dem.nrow);
        TL_CHECK(tl_simulate_scene_rows(&s->area, rows->band, &faults, s->seed, row, n,
                                        tl_job_threads(job), &part, block, err));
        TL_CHECK(tl_job_store(job)->write_scene_rows(sink, row, n, block, err));
    }
done:
    tl_release(block);
    return code;
}

static tl_code describe_bands(const tl_simulate_band *band, tl_bands *bands, tl_err *err) {
    TL_TRY(tl_bands_init(bands, TL_SIMULATE_BANDS, err));
    bands->quantity = TL_QUANTITY_REFLECTANCE;
    for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
        tl_band *to = &bands->band[j];
        (void)snprintf(to->name, sizeof to->name, "%s band %d",
                       band[j].detector == 1 ? "VNIR" : "SWIR",
                       j < TL_SIMULATE_BANDS_VNIR ? j + 1 : j + 1 - TL_SIMULATE_BANDS_VNIR);
        to->centre_nm = band[j].centre_nm;
        to->fwhm_nm = band[j].fwhm_nm;
        to->detector = band[j].detector;
    }
    return TL_OK;
}

tl_code tl_simulatescene_write_scene(tl_job *job, const tl_simulation *s, const tl_progress *p,
                                     tl_err *err) {
    tl_simulate_band band[TL_SIMULATE_BANDS];
    tl_bands bands = {0};
    tl_simulate_sensor_bands(band);
    TL_TRY(describe_bands(band, &bands, err));
    scene_rows rows = {.job = job, .simulation = s, .band = band, .progress = p};
    const tl_scene_files_output output = {.id = "scene",
                                          .nrow = s->dem.nrow,
                                          .ncol = s->dem.ncol,
                                          .geo = &s->dem.geo,
                                          .bands = &bands,
                                          .fill = fill_scene,
                                          .arg = &rows};
    const tl_code code = tl_scene_files_write(job, &output, err);
    tl_bands_free(&bands);
    return code;
}
