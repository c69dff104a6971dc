/* SPDX-License-Identifier: GPL-2.0-or-later
 * The file form of a fusion model; see fusion_model.h. */
#include "fusion/fusion_model.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "fusion/vae_net.h"
#include "json/json.h"
#include "model/document.h"

static const char kind[] = "fusion";

/* Keys that the struct holds; everything else is kept in about. */
static const char *const own_keys[] = {"format",  "version", "kind",    "wavelength_nm",
                                       "fwhm_nm", "options", "transfer"};

static int is_own_key(const char *key) {
    for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++) {
        if (strcmp(key, own_keys[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

tl_code tl_fusion_model_init(tl_fusion_model *m, ptrdiff_t p, tl_err *err) {
    *m = (tl_fusion_model){.p = p};
    m->wavelength_nm = tl_acquire(p, sizeof *m->wavelength_nm);
    m->fwhm_nm = tl_acquire(p, sizeof *m->fwhm_nm);
    m->about = tl_json_object();
    if (m->wavelength_nm == NULL || m->fwhm_nm == NULL || m->about == NULL) {
        tl_fusion_model_free(m);
        return tl_no_memory(err, "a fusion model of %td bands", p);
    }
    return TL_OK;
}

static tl_code put_bands(const tl_fusion_model *m, json_t *root, tl_err *err) {
    tl_matrix fwhm;
    TL_TRY(tl_matrix_init(&fwhm, 1, m->p, err));
    for (ptrdiff_t j = 0; j < m->p; j++) {
        fwhm.data[j] = isfinite(m->fwhm_nm[j]) ? m->fwhm_nm[j] : 0.0;
    }
    tl_code code = tl_model_put_vector(root, "wavelength_nm", m->wavelength_nm, m->p, err);
    if (code == TL_OK) {
        code = tl_model_put_vector(root, "fwhm_nm", fwhm.data, m->p, err);
    }
    tl_matrix_free(&fwhm);
    return code;
}

tl_code tl_fusion_model_to_json(const tl_fusion_model *m, json_t **root, tl_err *err) {
    json_t *part;
    const char *key;
    json_t *value;
    tl_code code;
    *root = NULL;
    TL_CHECK(tl_model_new(kind, root, err));
    json_object_foreach(m->about, key, value) {
        TL_CHECK(tl_model_put_json(*root, key, json_incref(value), err));
    }
    TL_CHECK(put_bands(m, *root, err));
    TL_CHECK(tl_fusion_transfer_options_to_json(&m->options, &part, err));
    TL_CHECK(tl_model_put_json(*root, "options", part, err));
    TL_CHECK(tl_fusion_transfer_to_json(&m->transfer, &part, err));
    TL_CHECK(tl_model_put_json(*root, "transfer", part, err));
done:
    if (code != TL_OK) {
        json_decref(*root);
        *root = NULL;
    }
    return code;
}

static tl_code read_bands(const json_t *root, tl_fusion_model *m, tl_err *err) {
    tl_matrix centre = {0};
    tl_matrix fwhm = {0};
    tl_code code;
    TL_CHECK(tl_model_vector(root, "wavelength_nm", -1, &centre, err));
    TL_CHECK(tl_model_vector(root, "fwhm_nm", centre.ncol, &fwhm, err));
    TL_CHECK(tl_fusion_model_init(m, centre.ncol, err));
    for (ptrdiff_t j = 0; j < m->p; j++) {
        m->wavelength_nm[j] = centre.data[j];
        m->fwhm_nm[j] = fwhm.data[j] > 0.0 ? fwhm.data[j] : (double)NAN;
        if (!(centre.data[j] > 0.0) || (j > 0 && !(centre.data[j] > centre.data[j - 1]))) {
            code = tl_fail(err, TL_FORMAT,
                           "wavelength_nm.%td is %g, wanted increasing numbers above 0", j,
                           centre.data[j]);
            goto done;
        }
    }
done:
    tl_matrix_free(&centre);
    tl_matrix_free(&fwhm);
    return code;
}

static tl_code keep_about(const json_t *root, tl_fusion_model *m, tl_err *err) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)root, key, value) {
        if (!is_own_key(key)) {
            TL_TRY(tl_model_put_json(m->about, key, json_incref(value), err));
        }
    }
    return TL_OK;
}

tl_code tl_fusion_model_from_json(const json_t *root, tl_fusion_model *m, tl_err *err) {
    const json_t *part;
    tl_code code;
    *m = (tl_fusion_model){0};
    TL_CHECK(tl_model_expect_kind(root, kind, err));
    TL_CHECK(read_bands(root, m, err));
    TL_CHECK(tl_model_object(root, "options", &part, err));
    TL_CHECK(tl_fusion_transfer_options_from_json(part, &m->options, err));
    TL_CHECK(tl_model_object(root, "transfer", &part, err));
    TL_CHECK(tl_fusion_transfer_from_json(part, &m->transfer, err));
    if (m->transfer.n_in != m->p || m->transfer.n_out != m->p) {
        code = tl_fail(err, TL_FORMAT,
                       "transfer is for %td bands in and %td out, wanted %td as in wavelength_nm",
                       m->transfer.n_in, m->transfer.n_out, m->p);
        goto done;
    }
    code = keep_about(root, m, err);
done:
    if (code != TL_OK) {
        tl_fusion_model_free(m);
    }
    return code;
}

tl_code tl_fusion_model_parse(const char *bytes, size_t length, const char *name,
                              tl_fusion_model *m, tl_err *err) {
    json_t *root;
    *m = (tl_fusion_model){0};
    TL_TRY(tl_model_parse(bytes, length, name, &root, err));
    const tl_code code = tl_fusion_model_from_json(root, m, err);
    json_decref(root);
    return code == TL_OK ? TL_OK : tl_fail_in(err, code, name);
}

void tl_fusion_model_free(tl_fusion_model *m) {
    if (m != NULL) {
        tl_release(m->wavelength_nm);
        tl_release(m->fwhm_nm);
        tl_fusion_transfer_free(&m->transfer);
        json_decref(m->about);
        *m = (tl_fusion_model){0};
    }
}
