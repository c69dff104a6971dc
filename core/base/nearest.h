/* SPDX-License-Identifier: GPL-2.0-or-later
 * The word that a user who mistyped probably meant. */
#ifndef TL_BASE_NEAREST_H
#define TL_BASE_NEAREST_H

#include <stddef.h>

enum { TL_NEAREST_CAPACITY = 64 };

/* A search among candidates that are offered one after the other. */
typedef struct tl_nearest {
    const char *word;                /* borrowed */
    char found[TL_NEAREST_CAPACITY]; /* "" = none is near */
    int least;                       /* letters that differ in the word found */
} tl_nearest;

/* Starts a search for the word that is nearest to the one given. */
void tl_nearest_start(tl_nearest *n, const char *word);

/* Keeps the candidate when it is nearer than those before: at most a third of the letters of the word
 * (at least one) are inserted, removed, changed or swapped with their neighbour, whatever the case.
 *
 * length  bytes of the candidate; longer ones than the capacity are never near
 * source  Damerau 1964, Commun. ACM 7:171; Levenshtein 1966, Soviet Physics Doklady 10:707 */
void tl_nearest_offer(tl_nearest *n, const char *candidate, size_t length);

/* "did you mean 'WORD'? ", or "" when no candidate was near.
 *
 * before  what is printed in front of the word, such as "--"
 * text    [TL_NEAREST_CAPACITY + 32] out */
const char *tl_nearest_question(const tl_nearest *n, const char *before, char *text);

#endif
