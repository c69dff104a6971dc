/* SPDX-License-Identifier: GPL-2.0-or-later
 * Work for bench_prisma.py: reads every value of a product through the store, as importscene does,
 * and prints the CPU seconds, the peak memory and a sum over the values of every part. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "store/product_store.h"

enum { block_rows = 32 };

static int fail(const tl_err *err) {
    (void)fprintf(stderr, "%s\n", err->text);
    return 1;
}

int main(int argc, char **argv) {
    const tl_store *store = tl_store_products();
    tl_product *product = NULL;
    tl_err err = {0};
    if (argc != 2 || store->open_product(argv[1], "product", NULL, &product, &err) != TL_OK) {
        return fail(&err);
    }
    const tl_product_info *info = store->product_info(product);
    const clock_t begin = clock();
    double total = 0.0;
    for (ptrdiff_t p = 0; p < info->n_parts; p++) {
        const tl_product_part *part = &info->part[p];
        const ptrdiff_t n = part->bands.n;
        int *band = calloc((size_t)n, sizeof *band);
        float *rows = calloc((size_t)(n * block_rows * part->ncol), sizeof *rows);
        if (band == NULL || rows == NULL) {
            return 2;
        }
        for (ptrdiff_t b = 0; b < n; b++) {
            band[b] = (int)b + 1;
        }
        for (ptrdiff_t r = 0; r < part->nrow; r += block_rows) {
            const ptrdiff_t left = part->nrow - r;
            const ptrdiff_t m = left < block_rows ? left : block_rows;
            if (store->read_product(product, p, r, m, band, n, rows, &err) != TL_OK) {
                return fail(&err);
            }
            for (ptrdiff_t i = 0; i < n * m * part->ncol; i++) {
                total += (double)rows[i];
            }
        }
        free(band);
        free(rows);
    }
    struct rusage used;
    (void)getrusage(RUSAGE_SELF, &used);
    (void)printf("{\"cpu_s\": %.3f, \"peak_bytes\": %.0f, \"sum\": %.0f}\n",
                 (double)(clock() - begin) / CLOCKS_PER_SEC, 1024.0 * (double)used.ru_maxrss,
                 total);
    store->close_product(product);
    return 0;
}
