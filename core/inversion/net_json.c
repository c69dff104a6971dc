/* SPDX-License-Identifier: GPL-2.0-or-later
 * Networks in model files; see net.h. */
#include <math.h>

#include "base/alloc.h"
#include "inversion/net.h"
#include "json/json.h"
#include "model/document.h"

static tl_code put_epochs(const tl_net *net, json_t *json, tl_err *err) {
    tl_matrix epochs;
    TL_TRY(tl_matrix_init(&epochs, 1, net->starts, err));
    for (ptrdiff_t s = 0; s < net->starts; s++) {
        epochs.data[s] = net->epochs[s];
    }
    const tl_code code = tl_model_put_vector(json, "epochs", epochs.data, net->starts, err);
    tl_matrix_free(&epochs);
    return code;
}

tl_code tl_inversion_net_to_json(const tl_net *net, json_t **json, tl_err *err) {
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "a network") : TL_OK);
    TL_CHECK(tl_model_put_integer(*json, "features", net->m, err));
    TL_CHECK(tl_model_put_number(*json, "mean_y", net->mean_y, err));
    TL_CHECK(tl_model_put_number(*json, "scale_y", net->scale_y, err));
    TL_CHECK(put_epochs(net, *json, err));
    TL_CHECK(tl_model_put_table(*json, "scale", &net->scale, err));
    TL_CHECK(tl_model_put_table(*json, "weights", &net->weights, err));
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code read_epochs(const json_t *json, tl_net *net, tl_err *err) {
    tl_matrix epochs;
    TL_TRY(tl_model_vector(json, "epochs", -1, &epochs, err));
    tl_code code = TL_OK;
    net->starts = epochs.ncol;
    net->epochs = tl_acquire(net->starts, sizeof *net->epochs);
    if (net->epochs == NULL) {
        code = tl_no_memory(err, "%td starts", net->starts);
    } else if (net->starts > tl_net_max_starts) {
        code = tl_fail(err, TL_FORMAT, "epochs: %td starts, wanted 1 to %d", net->starts,
                       (int)tl_net_max_starts);
    }
    for (ptrdiff_t s = 0; code == TL_OK && s < net->starts; s++) {
        const double value = epochs.data[s];
        if (!(value >= 1.0 && value <= 1e5) || value > floor(value)) {
            code = tl_fail(err, TL_FORMAT, "epochs.%td: %g, wanted a whole number of 1 to 100000",
                           s, value);
        } else {
            net->epochs[s] = (int)value;
        }
    }
    tl_matrix_free(&epochs);
    return code;
}

/* The second row is a divisor. */
static tl_code check_scale(const tl_net *net, tl_err *err) {
    for (ptrdiff_t j = 0; j < net->m; j++) {
        if (!(tl_matrix_row(&net->scale, 1)[j] > 0.0)) {
            return tl_fail(err, TL_FORMAT, "scale.1.%td is %g, wanted a number above 0", j,
                           tl_matrix_row(&net->scale, 1)[j]);
        }
    }
    return TL_OK;
}

tl_code tl_inversion_net_from_json(const json_t *json, ptrdiff_t m, tl_net *net, tl_err *err) {
    *net = (tl_net){0};
    tl_code code;
    TL_CHECK(tl_model_integer(json, "features", m, m, &net->m, err));
    TL_CHECK(tl_model_integer(json, "features", 1, tl_net_max_features, &net->m, err));
    TL_CHECK(tl_model_number(json, "mean_y", -1e300, 1e300, &net->mean_y, err));
    TL_CHECK(tl_model_number(json, "scale_y", 1e-300, 1e300, &net->scale_y, err));
    TL_CHECK(read_epochs(json, net, err));
    TL_CHECK(tl_model_table(json, "scale", 2, m, &net->scale, err));
    TL_CHECK(check_scale(net, err));
    TL_CHECK(tl_model_table(json, "weights", net->starts, tl_inversion_net_count(m), &net->weights,
                            err));
done:
    if (code != TL_OK) {
        tl_inversion_net_free(net);
    }
    return code;
}
