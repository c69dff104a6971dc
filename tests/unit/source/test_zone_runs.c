/* SPDX-License-Identifier: GPL-2.0-or-later
 * Zones as runs of cells: overlaps are counted, and one label per cell is an assumption. */
#include "base/assumptions.h"
#include "kit/check.h"
#include "source/zone_runs.h"

/* A zone of the cells 0 to 5, one of 4, 5 and 8, and one without cells, of a grid of 10 cells. */
static char wide[] = "wide";
static char small[] = "small";
static char none[] = "none";
static char *names[] = {wide, small, none};
static ptrdiff_t first[] = {0, 2, 4, 4};
static tl_cell_run runs[] = {{0, 3}, {3, 3}, {4, 2}, {8, 1}};
static const tl_zones zones = {.n = 3, .name = names, .first = first, .run = runs};

static void cells_are_counted_in_every_zone(void **state) {
    (void)state;
    int cell[10] = {0};
    assert_int_equal(tl_source_zones_count(&zones, 0), 6);
    assert_int_equal(tl_source_zones_count(&zones, 1), 3);
    assert_int_equal(tl_source_zones_count(&zones, 2), 0);
    tl_source_zones_fill(&zones, 1, 7, cell);
    static const int wanted[10] = {0, 0, 0, 0, 7, 7, 0, 0, 7, 0};
    assert_memory_equal(cell, wanted, sizeof wanted);
}

static void an_overlap_is_found(void **state) {
    (void)state;
    tl_err err = {0};
    ptrdiff_t pair[2] = {9, 9};
    ptrdiff_t shared = 0;
    CHECK_OK(tl_source_zones_overlap(&zones, 10, pair, &shared, &err));
    assert_int_equal(shared, 2);
    assert_int_equal(pair[0], 0);
    assert_int_equal(pair[1], 1);
    const tl_zones apart = {.n = 1, .name = names, .first = first, .run = runs};
    CHECK_OK(tl_source_zones_overlap(&apart, 10, pair, &shared, &err));
    assert_int_equal(shared, 0);
}

static int n_lines;
static char line[1024];

static int keep_line(double fraction, int level, const char *message, void *user) {
    (void)fraction;
    (void)user;
    n_lines += message != NULL && level > 0;
    (void)snprintf(line, sizeof line, "%s", message == NULL ? "" : message);
    return 1;
}

static void one_label_per_cell_is_an_assumption(void **state) {
    (void)state;
    static const int wanted[10] = {1, 1, 1, 1, 2, 2, 0, 0, 2, 0};
    const tl_progress progress = {.report = keep_line, .to = 1.0};
    tl_assumptions assumptions;
    tl_err err = {0};
    int label[10];
    tl_assumptions_begin(&assumptions, &progress, 0);
    CHECK_OK(tl_source_zones_label(&zones, 10, "fields", "f.gpkg", label, &err));
    tl_assumptions_end(&assumptions);
    assert_memory_equal(label, wanted, sizeof wanted);
    assert_int_equal(n_lines, 1);
    assert_non_null(strstr(line, "'wide' and 'small'; 2 cells"));
    tl_assumptions_begin(&assumptions, &progress, 1);
    assert_int_equal(tl_source_zones_label(&zones, 10, "fields", "f.gpkg", label, &err), TL_DATA);
    tl_assumptions_end(&assumptions);
    assert_non_null(strstr(err.text, "overlap"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_counted_in_every_zone),
        cmocka_unit_test(an_overlap_is_found),
        cmocka_unit_test(one_label_per_cell_is_an_assumption),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
