/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which columns of a table hold positions, and how positions are written. */
#ifndef TL_IO_TABLES_POSITION_COLUMNS_H
#define TL_IO_TABLES_POSITION_COLUMNS_H

#include "source/text_table.h"

typedef enum tl_position_kind {
    TL_POSITION_NONE = 0,
    TL_POSITION_PLANE,   /* x and y: map units of a CRS that the name does not reveal */
    TL_POSITION_DEGREES, /* longitude and latitude */
    TL_POSITION_CELLS    /* column and row of the scene */
} tl_position_kind;

typedef struct tl_position_columns {
    tl_position_kind kind;
    ptrdiff_t x; /* column of x, longitude or cell column; -1 = none */
    ptrdiff_t y;
    int first;    /* of TL_POSITION_CELLS: the number of the first row and column, -1 = unknown */
    char crs[64]; /* "EPSG:n" or the text of the table; "" = not given */
} tl_position_columns;

/* Finds the columns of positions by their names, whatever their case, separators and units: x and y,
 * POINT_X, X_COORD, coords.x1, easting and northing, lon and lat, GPS_LONG, decimalLatitude,
 * x_32633 (the code of the CRS at the end), the Chinese words for longitude, latitude, abscissa and
 * ordinate, row and col. The CRS is that of a code in the names, of a column crs (epsg, srid), or of a
 * column utm_zone.
 *
 * what   names the table in messages
 * fails  TL_DATA a column of that name occurs twice with other cells, or the rows name several CRS;
 *        a strict run refuses what the zone leaves open */
tl_code tl_io_tables_find_positions(const tl_text_table *t, const char *what,
                                    tl_position_columns *columns, tl_err *err);

/* Reads an angle in degrees: a number, or degrees, minutes and seconds with their signs, with blanks
 * or colons between them, and a letter or Chinese word for the direction at either end, such as
 * "30 deg 12' 45.6\" N" with the usual signs.
 *
 * style     of the numbers
 * is_parts  out: 1 when minutes or a direction were given
 * returns   1 on success */
int tl_io_tables_read_degrees(const char *text, tl_number_style style, double *value,
                              int *is_parts);

#endif
