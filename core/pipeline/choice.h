/* SPDX-License-Identifier: GPL-2.0-or-later
 * Inner cross-validation: which recipe, with which setting, predicts held-out training rows
 * best. */
#ifndef TL_PIPELINE_CHOICE_H
#define TL_PIPELINE_CHOICE_H

#include "pipeline/function.h"

/* The choice. */
typedef struct tl_choice {
    int recipe;
    tl_regressor_setting setting;
    double rmse[tl_max_recipes]; /* scale of the model */
} tl_choice;

/* Tries every recipe of the options on the same inner folds. A transfer is fitted once for all
 * recipes that share it, features are computed once for consecutive recipes that share them.
 *
 * fails  as tl_pipeline_function_fit */
tl_code tl_pipeline_choose(const tl_training *t, const tl_function_options *o, uint32_t index,
                           tl_choice *choice, tl_err *err);

#endif
