/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables that tools read and write: spectra, samples, stream lines, result tables. */
#ifndef TL_SOURCE_TABLES_H
#define TL_SOURCE_TABLES_H

#include <stddef.h>

#include "base/georef.h"
#include "base/matrix.h"
#include "base/status.h"
#include "base/value_unit.h"

/* What a file of measured spectra shows in addition to them. */
typedef struct tl_measured {
    double splice_nm[2];  /* last wavelengths of the first and the second detector; NaN = unknown */
    char form[96];        /* the interpretation of the file, part of a sentence */
    tl_value_unit unit;   /* of the values, as the file states it */
    int by_name;          /* 1: only names of columns state the unit */
    double longitude_deg; /* WGS 84, of a file with one spectrum; NaN = unknown */
    double latitude_deg;
    double elevation_m;
} tl_measured;

/* Rows = spectra with an id, columns = wavelengths. CSV with numeric headers, or ENVI spectral
 * library. */
typedef struct tl_spectra {
    ptrdiff_t n;           /* spectra */
    ptrdiff_t p;           /* bands, increasing wavelength */
    char **id;             /* [n] owned texts, never NULL */
    double *wavelength_nm; /* [p] */
    double *fwhm_nm;       /* [p], NaN = unknown */
    tl_matrix values;      /* [n, p], reflectance 0..1; NaN = missing */
} tl_spectra;

/* n empty spectra of p bands in the uninitialised s; FWHM unknown, ids empty texts.
 *
 * fails  TL_NOMEM */
tl_code tl_source_spectra_init(tl_spectra *s, ptrdiff_t n, ptrdiff_t p, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine, here and for all tables below. */
void tl_source_spectra_free(tl_spectra *s);

/* Sets the id of row i; a copy is kept.
 *
 * fails  TL_NOMEM */
tl_code tl_source_spectra_set_id(tl_spectra *s, ptrdiff_t i, const char *id, tl_err *err);

/* Row of that id, or -1. */
ptrdiff_t tl_source_spectra_find(const tl_spectra *s, const char *id);

/* Points with measured properties, in the CRS that was asked for. */
typedef struct tl_samples {
    ptrdiff_t n;
    char **id; /* [n] owned texts */
    double *x; /* [n] map units of the CRS asked for; NaN = empty geometry */
    double *y;
    int in_degrees;   /* 1: x and y are as stored, and are longitudes and latitudes */
    ptrdiff_t nprop;  /* numeric properties that were asked for */
    char **property;  /* [nprop] field names */
    tl_matrix values; /* [n, nprop], NaN = missing or not a number (listed in the log) */
    ptrdiff_t *texts; /* [nprop] how many of them are texts such as "<0.5", not empty */
    tl_matrix below;  /* [n, nprop] the detection limit where the text is "<0.5", else NaN */
} tl_samples;

/* n samples at (0, 0) in the uninitialised s; ids and names are empty texts.
 *
 * fails  TL_NOMEM */
tl_code tl_source_samples_init(tl_samples *s, ptrdiff_t n, ptrdiff_t nprop, tl_err *err);
void tl_source_samples_free(tl_samples *s);

/* Sets the id of sample i, or the name of property j; a copy is kept.
 *
 * fails  TL_NOMEM */
tl_code tl_source_samples_set_id(tl_samples *s, ptrdiff_t i, const char *id, tl_err *err);
tl_code tl_source_samples_set_property(tl_samples *s, ptrdiff_t j, const char *name, tl_err *err);

/* Position of the first sample with that id, or -1. */
ptrdiff_t tl_source_samples_find(const tl_samples *s, const char *id);

/* A result table: named columns of texts or numbers, row by row. Becomes CSV, or the attributes of
 * features. */
typedef enum tl_column_kind { TL_COLUMN_TEXT, TL_COLUMN_NUMBER, TL_COLUMN_INTEGER } tl_column_kind;

typedef struct tl_column {
    const char *name; /* borrowed, with unit where there is one: "area_km2" */
    tl_column_kind kind;
} tl_column;

typedef struct tl_table {
    ptrdiff_t ncol;
    const tl_column *column; /* borrowed */
    ptrdiff_t nrow;
    double *number; /* [nrow, ncol]; NaN = empty */
    char **text;    /* [nrow, ncol]; owned, NULL where the column is a number */
    ptrdiff_t capacity;
} tl_table;

/* An empty table with these columns, which must outlive it. */
void tl_source_table_start(tl_table *t, const tl_column *column, ptrdiff_t ncol);

/* Adds an empty row.
 *
 * row    out: its index
 * fails  TL_NOMEM */
tl_code tl_source_table_add_row(tl_table *t, ptrdiff_t *row, tl_err *err);

/* Sets a cell of a text column; a copy is kept.
 *
 * fails  TL_NOMEM */
tl_code tl_source_table_set_text(tl_table *t, ptrdiff_t row, ptrdiff_t col, const char *text,
                                 tl_err *err);

/* Sets a cell of a number or integer column; NaN = empty. */
void tl_source_table_set_number(tl_table *t, ptrdiff_t row, ptrdiff_t col, double value);
void tl_source_table_free(tl_table *t);

typedef enum tl_geometry { TL_POINTS, TL_LINES, TL_POLYGONS } tl_geometry;

/* Features to be written: one geometry per table row, all vertices in one pair of arrays.
 *
 * Polygons consist of rings: row i has the rings first[i] .. first[i+1]-1, and ring r the vertices
 * ring[r] .. ring[r+1]-1, without the first one repeated at the end. An outer ring begins a polygon
 * of its own, the holes behind it belong to it; a row may have several. */
typedef struct tl_features {
    tl_geometry geometry;
    tl_table table;
    ptrdiff_t *first; /* [table.nrow + 1]: vertices of row i are first[i] .. first[i+1]-1 */
    ptrdiff_t nvertex;
    double *x; /* [nvertex] map units */
    double *y;
    ptrdiff_t nring;        /* polygons only */
    ptrdiff_t *ring;        /* [nring + 1] first vertex of each ring */
    unsigned char *is_hole; /* [nring] */
} tl_features;

void tl_source_features_free(tl_features *f);

#endif
