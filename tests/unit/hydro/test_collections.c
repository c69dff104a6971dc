/* SPDX-License-Identifier: GPL-2.0-or-later
 * The heap and the disjoint sets, against plain definitions. */
#include "base/rng.h"
#include "hydro/unionfind.h"
#include "kit/check.h"

typedef struct item {
    int key;
    int number;
} item;

#define TL_HEAP_ENTRY item
#define TL_HEAP_BEFORE(a, b) ((a).key < (b).key)
#include "hydro/heap.h"

enum { ITEMS = 3000, KEYS = 500 };

/* Pushes and pops in turns: the key that leaves is the smallest of those inside. */
static void heap_returns_the_smallest_key(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_rng rng = tl_rng_start(7, TL_STREAM_SIMULATE, 0);
    heap h = {0};
    int inside[KEYS] = {0};
    for (int step = 0; step < 2 * ITEMS; step++) {
        if (h.count == 0 || (step < ITEMS && tl_rng_uniform(&rng) < 0.7)) {
            const int key = (int)(tl_rng_uniform(&rng) * KEYS);
            CHECK_OK(heap_push(&h, (item){key, step}, &err));
            inside[key]++;
            continue;
        }
        int smallest = 0;
        while (inside[smallest] == 0) {
            smallest++;
        }
        assert_int_equal(heap_pop(&h).key, smallest);
        inside[smallest]--;
    }
    tl_release(h.entry);
    assert_int_equal(tl_live_blocks(), before);
}

static void heap_reports_missing_memory(void **state) {
    (void)state;
    tl_err err;
    heap h = {0};
    for (int k = 0; k < 1024; k++) {
        CHECK_OK(heap_push(&h, (item){k, k}, &err));
    }
    tl_fail_after(0);
    const tl_code code = heap_push(&h, (item){1, 1}, &err);
    tl_fail_after(-1);
    assert_int_equal(code, TL_NOMEM);
    assert_int_equal(h.count, 1024);
    assert_int_equal(heap_pop(&h).key, 0);
    tl_release(h.entry);
}

/* Labels that are rewritten at every union are the definition; a root is the smallest of its set. */
static void sets_are_those_of_rewritten_labels(void **state) {
    (void)state;
    enum { N = 400 };
    int32_t parent[N];
    int label[N];
    tl_rng rng = tl_rng_start(8, TL_STREAM_SIMULATE, 0);
    tl_hydro_unionfind_start(parent, N);
    for (int i = 0; i < N; i++) {
        label[i] = i;
    }
    for (int k = 0; k < N / 2; k++) {
        const int32_t a = (int32_t)(tl_rng_uniform(&rng) * N);
        const int32_t b = (int32_t)(tl_rng_uniform(&rng) * N);
        const int32_t root = tl_hydro_unionfind_link(parent, tl_hydro_unionfind_root(parent, a),
                                                     tl_hydro_unionfind_root(parent, b));
        const int from = label[a] > label[b] ? label[a] : label[b];
        const int to = label[a] > label[b] ? label[b] : label[a];
        for (int i = 0; i < N; i++) {
            label[i] = label[i] == from ? to : label[i];
        }
        assert_int_equal(root, to);
    }
    for (int i = 0; i < N; i++) {
        assert_int_equal(tl_hydro_unionfind_root(parent, i), label[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_returns_the_smallest_key),
        cmocka_unit_test(heap_reports_missing_memory),
        cmocka_unit_test(sets_are_those_of_rewritten_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
