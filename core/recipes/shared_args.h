/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parameters that several tools share, each described once: what the user reads is then the same
 * everywhere. A macro is the inside of the braces of a tl_arg; a tool may add fields behind it, as in
 * `{TL_SHARED_ID_FIELD, .advanced = 1}`. Macros with an argument append a sentence of the tool to
 * the help. */
#ifndef TL_RECIPES_SHARED_ARGS_H
#define TL_RECIPES_SHARED_ARGS_H

#include "job/algorithm.h"

/* --- scenes, spectra and samples --- */

/* A scene to train on; the table TL_SHARED_SPECTRA may replace it. */
#define TL_SHARED_SCENE                                                                      \
    .id = "scene", .kind = TL_ARG_RASTER, .label = "Scene",                                  \
    .help =                                                                                  \
        "Hyperspectral scene with wavelengths; the spectrum of the pixel under each sample " \
        "is used. Leave it out when the spectra are given as a table.",                      \
    .optional = 1

#define TL_SHARED_SPECTRA                                                                     \
    .id = "spectra", .kind = TL_ARG_SPECTRA, .label = "Scene spectra at the samples",         \
    .help =                                                                                   \
        "Table of spectra from samplespectra, instead of a scene. Its rows are matched with " \
        "the samples by id.",                                                                 \
    .optional = 1

/* A scene to apply a model to. */
#define TL_SHARED_SCENE_TO_MAP                                                           \
    .id = "scene", .kind = TL_ARG_RASTER, .label = "Scene",                              \
    .help =                                                                              \
        "Hyperspectral scene with wavelengths. Its bands are matched with those of the " \
        "model by wavelength, not by number."

/* Read by the run itself, before the tool; in the order of tl_zeros. */
#define TL_SHARED_ZEROS                                                                         \
    .id = "zeros", .kind = TL_ARG_CHOICE, .label = "Cells that are 0 in every band",            \
    .help =                                                                                     \
        "Borders of rotated or mosaicked scenes are often 0 in every band. By default such "    \
        "cells are outside the scene, like NoData, and logged; outside does not log them, and " \
        "values uses them as measurements.",                                                    \
    .fallback = "auto", .advanced = 1, .choices = "auto,outside,values",                        \
    .labels = "Automatic (outside the scene)|Outside the scene|Values"

#define TL_SHARED_LAB(more)                                                          \
    .id = "lab", .kind = TL_ARG_SPECTRA, .label = "Lab spectra",                     \
    .help =                                                                          \
        "Table of reflectance spectra measured in the laboratory, matched with the " \
        "samples by id. " more,                                                      \
    .optional = 1

#define TL_SHARED_SAMPLES                                                                   \
    .id = "samples", .kind = TL_ARG_POINTS, .label = "Samples",                             \
    .help =                                                                                 \
        "Point layer or CSV table of the samples with the measured values, in any "         \
        "coordinate reference system (CRS). When no scene is used, the coordinates may be " \
        "missing."

#define TL_SHARED_ID_FIELD                                                                  \
    .id = "id_field", .kind = TL_ARG_FIELD, .label = "Sample id",                           \
    .help =                                                                                 \
        "Field with the ids of the samples, by which samples and spectra are matched. "     \
        "Without it the samples have the ids 1, 2, 3 and so on, in the order of the rows.", \
    .optional = 1, .parent = "samples"

/* Read by the run itself, before the tool; see source/id_column.h. */
#define TL_SHARED_SPECTRA_ID                                                              \
    .id = "spectra_id", .kind = TL_ARG_TEXT, .label = "Id of the spectra",                \
    .help =                                                                               \
        "Column with the ids in tables of spectra, or several names separated by commas " \
        "when the tables differ. By default a column such as id, sample_id or name is "   \
        "used, and logged.",                                                              \
    .optional = 1, .advanced = 1

/* Read by the run itself, before the tool; see source/missing.h. */
#define TL_SHARED_MISSING_VALUES                                                         \
    .id = "missing_values", .kind = TL_ARG_TEXT, .label = "Codes of missing values",     \
    .help =                                                                              \
        "Numbers or words that mean that a value is missing, separated by commas, such " \
        "as -9999,-99. By default the usual codes are recognised where they are "        \
        "implausible in their column, and logged; none keeps all numbers.",              \
    .optional = 1, .advanced = 1

/* --- the property --- */

#define TL_SHARED_PROPERTY                                                                 \
    .id = "property", .kind = TL_ARG_FIELD, .label = "Property",                           \
    .help =                                                                                \
        "Field with the measured values. Samples without a number there are left out and " \
        "listed.",                                                                         \
    .parent = "samples", .numeric = 1

/* Several fields, separated by commas. */
#define TL_SHARED_PROPERTIES(more)                                                        \
    .id = "property", .kind = TL_ARG_FIELD, .label = "Property",                          \
    .help =                                                                               \
        "Field with the measured values, or several fields separated by commas. Samples " \
        "without a number there are left out and listed. " more,                          \
    .parent = "samples", .numeric = 1

/* In the order of tl_below. */
#define TL_SHARED_BELOW                                                                        \
    .id = "below", .kind = TL_ARG_CHOICE, .label = "Values below detection",                   \
    .help =                                                                                    \
        "How values such as <0.5 are used. By default these samples are left out and listed; " \
        "half counts them as half the detection limit, which keeps more samples but adds "     \
        "values that were not measured.",                                                      \
    .fallback = "drop", .advanced = 1, .choices = "drop,half",                                 \
    .labels = "Leave the sample out|Half the detection limit"

#define TL_SHARED_UNIT(more)                                                                 \
    .id = "unit", .kind = TL_ARG_TEXT, .label = "Unit of the property",                      \
    .help =                                                                                  \
        "Unit for maps, tables and figures, for example g/kg. By default it is read from a " \
        "field name such as SOM (g/kg)." more,                                               \
    .fallback = ""

#define TL_SHARED_LOG(more)                                                                       \
    .id = "log", .kind = TL_ARG_CHOICE, .label = "Model the logarithm",                           \
    .help = "For properties with a few large values, such as arsenic. " more, .fallback = "auto", \
    .choices = "auto,yes,no", .labels = "Automatic|Always|Never"

/* --- models --- */

#define TL_SHARED_FUSION_MODEL                                    \
    .id = "model", .kind = TL_ARG_MODEL, .label = "Fusion model", \
    .help = "Model file written by trainfusion."

#define TL_SHARED_RESPONSE                                                                        \
    .id = "response", .kind = TL_ARG_FILE, .label = "Response table",                             \
    .help =                                                                                       \
        "CSV table with wavelengths (nm) in the first column and the measured spectral response " \
        "of one band in each further column, for the step from lab spectra to bands. Without "    \
        "it every band has a Gaussian response of its width. Bands without a response whose "     \
        "centroid is within half a bandwidth are left out.",                                      \
    .optional = 1, .advanced = 1

/* --- validation --- */

#define TL_SHARED_BLOCK_SIDE                                                                    \
    .id = "block_side", .kind = TL_ARG_NUMBER, .label = "Side of the spatial blocks",           \
    .unit = "map units",                                                                        \
    .help =                                                                                     \
        "Side of the square blocks that are tested as a whole. 0 uses the largest blocks that " \
        "the number of folds allows; give the distance over which samples resemble each other " \
        "if you know it.",                                                                      \
    .fallback = "0", .advanced = 1, .min = 0, .max = 1e9

#define TL_SHARED_FOLDS                                                                    \
    .id = "folds", .kind = TL_ARG_INTEGER, .label = "Folds", .unit = "",                   \
    .help =                                                                                \
        "Number of parts into which the samples are divided. Each part is predicted by a " \
        "model that was trained on the others.",                                           \
    .fallback = "5", .advanced = 1, .min = 2, .max = 64

#define TL_SHARED_INNER_FOLDS                                                              \
    .id = "inner_folds", .kind = TL_ARG_INTEGER, .label = "Inner folds", .unit = "",       \
    .help =                                                                                \
        "Number of parts into which each training set is divided to choose settings, for " \
        "example the number of components.",                                               \
    .fallback = "5", .advanced = 1, .min = 2, .max = 60

#define TL_SHARED_BOOTSTRAP                                                                 \
    .id = "bootstrap", .kind = TL_ARG_INTEGER, .label = "Bootstrap draws", .unit = "",      \
    .help =                                                                                 \
        "Number of random draws for the 95 % intervals of the scores. More draws make the " \
        "bounds steadier and take longer.",                                                 \
    .fallback = "2000", .advanced = 1, .min = 100, .max = 100000

/* --- random numbers --- */

#define TL_SHARED_SEED_HELP                                                                            \
    "Start of the random numbers. The same seed leads to the same result; try another one to see how " \
    "much the result depends on chance."

#define TL_SHARED_SEED                                                            \
    .id = "seed", .kind = TL_ARG_INTEGER, .label = "Seed", .unit = "",            \
    .help = TL_SHARED_SEED_HELP, .fallback = "1", .min = -TL_ARG_LARGEST_INTEGER, \
    .max = TL_ARG_LARGEST_INTEGER

#endif
