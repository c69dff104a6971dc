/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `fusespectra`: lab-like spectra from a table of scene spectra and a fusion model. */
#include <math.h>

#include "base/alloc.h"
#include "fusion/seed_search.h"
#include "job/algorithm.h"
#include "recipes/band_list.h"
#include "recipes/model_files.h"
#include "recipes/model_scale.h"
#include "recipes/shared_args.h"
#include "spectra/match.h"
#include "tools/fusion/seed_spectra.h"

static const tl_arg arguments[] = {
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Scene spectra",
     .help = "Table with an id column and one column per scene band, for example from "
             "samplespectra."},
    {TL_SHARED_FUSION_MODEL},
    {.id = "seeds",
     .kind = TL_ARG_TEXT,
     .label = "Seeds to search",
     .help =
         "First and last seed, separated by a colon, such as -9999:9999; the mean spectra of "
         "the seeds that correlate best with the property are written. By default no seeds are "
         "searched and the network uses all its units. Use it only to reproduce the paper: such "
         "a search finds a correlation in any data, so its score is no measure of accuracy.",
     .optional = 1,
     .advanced = 1},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points with the property, for the search of seeds. Use training samples only.",
     .optional = 1,
     .advanced = 1},
    {TL_SHARED_ID_FIELD, .advanced = 1},
    {.id = "property",
     .kind = TL_ARG_FIELD,
     .label = "Property",
     .help = "Field with the measured values, for the search of seeds.",
     .optional = 1,
     .advanced = 1,
     .parent = "samples",
     .numeric = 1},
    {.id = "seed_score",
     .kind = TL_ARG_CHOICE,
     .label = "Score of a seed",
     .help = "How the correlations of the bands with the property, without their signs, make one "
             "score. By default the largest one counts; the mean over all bands depends less on "
             "single bands. The Spearman forms use ranks, for skewed properties.",
     .fallback = "max",
     .advanced = 1,
     .choices = "max,mean,max_spearman,mean_spearman",
     .labels = "Largest correlation|Mean correlation|Largest rank correlation|Mean rank "
               "correlation"},
    {.id = "kept",
     .kind = TL_ARG_INTEGER,
     .label = "Number of best seeds",
     .unit = "",
     .help = "The spectra of this many of the best seeds are averaged.",
     .fallback = "3",
     .advanced = 1,
     .min = 1,
     .max = TL_SEEDS_MAX_KEPT},
    {.id = "masks",
     .kind = TL_ARG_CHOICE,
     .label = "Masks of the network",
     .help =
         "By default a seed switches off the same units for all spectra, so that equal spectra "
         "give equal results. per_sample uses different units for every row of the table, as in "
         "the paper; equal spectra then give different results.",
     .fallback = "shared",
     .advanced = 1,
     .choices = "shared,per_sample",
     .labels = "The same for all spectra|Different for every spectrum"},
    {.id = "smoothing",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing window",
     .unit = "bands",
     .help = "Width of the Savitzky-Golay filter (degree 2) for the spectra of a seed, an odd "
             "number. 1 does not smooth.",
     .fallback = "11",
     .advanced = 1,
     .min = 1,
     .max = TL_SAVGOL_MAX_WINDOW},
    {.id = "permutations",
     .kind = TL_ARG_INTEGER,
     .label = "Permutations",
     .unit = "",
     .help = "Number of times that the whole search is repeated with the property permuted at "
             "random. The log reports how often these searches reach the score; 0 skips the test.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 9999},
    {TL_SHARED_SCENE_SCALE},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {.id = "output",
     .kind = TL_ARG_SPECTRA_OUT,
     .label = "Generated spectra",
     .help = "CSV table with the id and the lab-like reflectance at the bands of the model. Rows "
             "are empty where the scene spectrum has a gap."},
};

/* The columns of the table that the model uses, in the order of its bands. */
static tl_code select_columns(const tl_spectra *spectra, const tl_fusion_model *model, tl_matrix *x,
                              tl_err *err) {
    tl_bands bands = {0};
    ptrdiff_t *index = tl_acquire(model->p, sizeof *index);
    tl_code code;
    TL_CHECK(index == NULL ? tl_no_memory(err, "%td bands", model->p) : TL_OK);
    TL_CHECK(tl_recipes_bands_of_table(spectra, &bands, err));
    TL_CHECK(
        tl_spectra_match(model->wavelength_nm, model->fwhm_nm, model->p, &bands, 0.0, index, err));
    TL_CHECK(tl_matrix_init(x, spectra->n, model->p, err));
    for (ptrdiff_t i = 0; i < spectra->n; i++) {
        for (ptrdiff_t j = 0; j < model->p; j++) {
            tl_matrix_row(x, i)[j] = tl_matrix_row(&spectra->values, i)[index[j]];
        }
    }
done:
    tl_release(index);
    tl_bands_free(&bands);
    return code;
}

/* Multiplies the spectra by the parameter scene_scale and compares them with those of the training. */
static tl_code set_scale(const tl_job *job, const tl_fusion_model *model, tl_matrix *x,
                         tl_err *err) {
    const double factor = tl_job_number(job, "scene_scale");
    const tl_training_scale t = tl_spectra_training_scale(model->about, model->p);
    double here[TL_SCALE_BANDS];
    double mean[2];
    for (ptrdiff_t i = 0; i < x->nrow * x->ncol; i++) {
        x->data[i] *= factor;
    }
    for (int k = 0; k < t.n; k++) {
        double sum = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            const double value = tl_matrix_row(x, i)[t.band[k]];
            sum += isfinite(value) ? value : 0.0;
            n += isfinite(value) ? 1 : 0;
        }
        here[k] = n > 0 ? sum / (double)n : (double)NAN;
    }
    const double wanted = tl_spectra_scale_factor(&t, here, 1, mean);
    return wanted < 1.0 || wanted > 1.0 ? tl_spectra_refuse_scale(wanted, mean, factor, err)
                                        : TL_OK;
}

/* A table with the values, which it owns afterwards, and the wavelengths of the model. */
static tl_code make_table(const tl_spectra *from, const tl_fusion_model *model, tl_matrix *values,
                          tl_spectra *out, tl_err *err) {
    TL_TRY(tl_source_spectra_init(out, from->n, model->p, err));
    for (ptrdiff_t j = 0; j < model->p; j++) {
        out->wavelength_nm[j] = model->wavelength_nm[j];
        out->fwhm_nm[j] = model->fwhm_nm[j];
    }
    for (ptrdiff_t i = 0; i < from->n; i++) {
        TL_TRY(tl_source_spectra_set_id(out, i, from->id[i], err));
    }
    tl_matrix_free(&out->values);
    out->values = *values;
    *values = (tl_matrix){0};
    return TL_OK;
}

/* The parameters of a search of seeds are given either all or not at all. */
static tl_code check_search(const tl_job *job, tl_err *err) {
    const int seeds = tl_job_given(job, "seeds");
    const int both = tl_job_given(job, "samples") && tl_job_given(job, "property");
    const int any = tl_job_given(job, "samples") || tl_job_given(job, "property");
    return seeds == both && seeds == any
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "a search of seeds needs the parameters 'seeds', 'samples' and 'property' "
                         "together; give all of them or none");
}

static tl_code run(tl_job *job, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_fusion_model model = {0};
    tl_spectra spectra = {0};
    tl_spectra out = {0};
    tl_matrix x = {0};
    tl_matrix generated = {0};
    tl_code code;
    TL_CHECK(tl_recipes_read_fusion_model(job, "model", &model, err));
    TL_CHECK(store->read_spectra(tl_job_text(job, "spectra"), "spectra", tl_job_progress(job),
                                 &spectra, err));
    TL_CHECK(select_columns(&spectra, &model, &x, err));
    TL_CHECK(set_scale(job, &model, &x, err));
    TL_CHECK(check_search(job, err));
    TL_CHECK(tl_job_given(job, "seeds")
                 ? tl_seed_spectra(job, &model, &spectra, &x, &generated, err)
                 : tl_fusion_transfer_apply(&model.transfer, &x, &generated, err));
    ptrdiff_t gaps = 0;
    for (ptrdiff_t i = 0; i < generated.nrow; i++) {
        gaps += !isfinite(tl_matrix_row(&generated, i)[0]);
    }
    if (gaps > 0) {
        tl_job_log(job, TL_WARNING,
                   "%td of %td spectra have a gap in a band of the model; their row is empty", gaps,
                   generated.nrow);
    }
    TL_CHECK(make_table(&spectra, &model, &generated, &out, err));
    TL_CHECK(store->write_spectra(tl_job_output(job, "output"), "output", &out, err));
    tl_job_put_number(job, "spectra", (double)out.n);
    tl_job_put_number(job, "bands", (double)out.p);
    tl_job_put_number(job, "with_gaps", (double)gaps);
done:
    tl_fusion_model_free(&model);
    tl_source_spectra_free(&spectra);
    tl_source_spectra_free(&out);
    tl_matrix_free(&x);
    tl_matrix_free(&generated);
    return code;
}

const tl_algorithm tl_alg_fusespectra = {
    .id = "fusespectra",
    .title = "Generate lab-like spectra",
    .group = "Fusion",
    .summary = "Applies a fusion model to a table of scene spectra.",
    .help =
        "Turns every scene spectrum of a table into the spectrum that the laboratory would have "
        "measured, as the fusion model has learnt it. Bands are matched by wavelength (within half "
        "a bandwidth), never by position.\n"
        "A network uses all its units and no random numbers: equal spectra give equal results, "
        "whatever other rows the table has.\n"
        "With seeds, the tool runs the search of the paper: each seed switches some units of the "
        "network off, and the spectra of the seeds that correlate best with a property are written. "
        "The log compares their correlation with the one that the same search reaches by chance.",
    .example = "tilth fusespectra --spectra spectra.csv --model fusion.json --output generated.csv",
    .citation = "docs/methods/fusion.md.",
    .tags = "fusion,transfer,generate,spectra,lab,hyperspectral",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
