/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bands and layer names of property maps; see property_layers.h. */
#include "recipes/property_layers.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "spectra/match.h"

tl_code tl_recipes_match_scene(const double *wavelength_nm, const double *fwhm_nm, ptrdiff_t p,
                               const tl_bands *bands, ptrdiff_t *index, tl_err *err) {
    ptrdiff_t known = 0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        known += isfinite(bands->band[i].centre_nm) ? 1 : 0;
    }
    if (known == 0) {
        return tl_fail(err, TL_DATA,
                       "scene: none of its %td bands has a wavelength, so it cannot be matched to "
                       "the model; give it an ENVI header with wavelengths or set the band "
                       "metadata WAVELENGTH (in nm)",
                       bands->n);
    }
    return tl_spectra_match(wavelength_nm, fwhm_nm, p, bands, 0.0, index, err);
}

tl_code tl_recipes_match_model(const tl_property_model *model, const tl_bands *bands,
                               ptrdiff_t *index, tl_err *err) {
    if (model->features == TL_FEATURES_LAB) {
        return tl_fail(err, TL_DATA,
                       "the model of %s was trained on lab spectra, which a scene does not have; "
                       "train it with features scene, fused, mixed or supervised",
                       model->property);
    }
    return tl_recipes_match_scene(model->wavelength_nm, model->fwhm_nm, model->p, bands, index,
                                  err);
}

tl_code tl_recipes_property_layers_init(tl_property_layers *l, const tl_property_model *model,
                                        tl_err *err) {
    static const char *const side[] = {NULL, "lower", "upper", NULL, NULL};
    static const char *const area[] = {"", "", "", ", dissimilarity index", ", model applicable"};
    *l = (tl_property_layers){0};
    for (int i = 0; i < tl_property_layer_count; i++) {
        tl_text text = {0};
        tl_text_add(&text, model->property);
        tl_text_add(&text, area[i]);
        l->unit[i] = area[i][0] == '\0' ? model->unit : "";
        if (side[i] != NULL) {
            /* Rounded to a millionth of a per cent, so that 0.9 does not read 90.00000000000001. */
            tl_text_addf(&text, ", %s bound (", side[i]);
            tl_text_add_number(&text, round(model->level * 1e8) / 1e6);
            tl_text_add(&text, " %)");
        }
        l->description[i] = text.failed ? NULL : tl_copy_text(tl_text_data(&text));
        tl_text_free(&text);
        if (l->description[i] == NULL) {
            tl_recipes_property_layers_free(l);
            return tl_no_memory(err, "the layer names");
        }
    }
    return TL_OK;
}

void tl_recipes_property_layers_free(tl_property_layers *l) {
    for (int i = 0; l != NULL && i < tl_property_layer_count; i++) {
        tl_release(l->description[i]);
        l->description[i] = NULL;
    }
}

void tl_recipes_style_property(tl_job *job, const char *output_id, const char *property) {
    static const char *const known[] = {"som", "as", "cu"};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const size_t length = strlen(known[k]);
        size_t same = 0;
        while (same < length && tolower((unsigned char)property[same]) == known[k][same]) {
            same++;
        }
        if (same == length && !isalpha((unsigned char)property[length])) {
            tl_job_put_style(job, output_id, known[k]);
        }
    }
}
