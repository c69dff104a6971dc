/* SPDX-License-Identifier: GPL-2.0-or-later
 * The random numbers are those of the published generator, for every seed. */
#include "base/rng.h"
#include "kit/check.h"

static uint32_t hex_word(const json_t *text) {
    return (uint32_t)strtoul(json_string_value(text), NULL, 16);
}

/* Salmon et al. 2011 publish known answers; seed -9999 must be legal. */
static void words_are_the_published_ones(void **state) {
    (void)state;
    KIT_REFERENCE(root, "rng/philox4x32_10.json");
    const json_t *cases = json_object_get(root, "cases");
    assert_true(json_array_size(cases) > 3);
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const json_t *one = json_array_get(cases, c);
        uint32_t counter[4];
        uint32_t got[4];
        for (size_t i = 0; i < 4; i++) {
            counter[i] = hex_word(json_array_get(json_object_get(one, "counter"), i));
        }
        const json_t *key = json_object_get(one, "key");
        const uint64_t bits =
            ((uint64_t)hex_word(json_array_get(key, 1)) << 32) | hex_word(json_array_get(key, 0));
        tl_rng_words((int64_t)bits, counter, got);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(got[i], hex_word(json_array_get(json_object_get(one, "out"), i)));
        }
    }
    json_decref(root);
}

static void uniforms_and_normals_follow_the_stated_mapping(void **state) {
    (void)state;
    KIT_REFERENCE(root, "rng/mapping.json");
    const uint32_t counter[4] = {1, 2, 3, 0};
    double u[4];
    double z[4];
    tl_rng_uniform4(9999, counter, u);
    tl_rng_normal4(9999, counter, z);
    for (size_t i = 0; i < 4; i++) {
        CHECK_NEAR(u[i], json_number_value(json_array_get(json_object_get(root, "uniform"), i)),
                   1e-14);
        CHECK_NEAR(z[i],
                   json_number_value(json_array_get(json_object_get(root, "normal_box_muller"), i)),
                   1e-14);
    }
    json_decref(root);
}

static void a_permutation_holds_every_index_once(void **state) {
    (void)state;
    ptrdiff_t order[101];
    int seen[101] = {0};
    tl_rng r = tl_rng_start(-9999, TL_STREAM_FOLDS, 3);
    tl_rng_permutation(&r, 101, order);
    int moved = 0;
    for (ptrdiff_t i = 0; i < 101; i++) {
        assert_in_range(order[i], 0, 100);
        seen[order[i]]++;
        moved += order[i] != i;
    }
    for (int i = 0; i < 101; i++) {
        assert_int_equal(seen[i], 1);
    }
    assert_true(moved > 80);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_published_ones),
        cmocka_unit_test(uniforms_and_normals_follow_the_stated_mapping),
        cmocka_unit_test(a_permutation_holds_every_index_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
