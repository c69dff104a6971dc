/* SPDX-License-Identifier: GPL-2.0-or-later
 * Outputs come into place as one set or not at all, and nothing of a killed run stays. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "io/outputs/output_set.h"
#include "io/outputs/swap.h"
#include "io/outputs/work_folder.h"
#include "unit/io/io_kit.h"

static int holds(const char *name, const char *text) {
    tl_err err = {0};
    char *bytes = NULL;
    size_t length = 0;
    if (tl_store_gdal()->read_bytes(kit_path(name), "file", 4096, &bytes, &length, &err) != TL_OK) {
        return 0;
    }
    const int same = strcmp(bytes, text) == 0;
    tl_release(bytes);
    return same;
}

static int exists(const char *name) {
    return access(kit_path(name), F_OK) == 0;
}

static int hidden_folders(void) {
    DIR *folder = opendir(kit_folder);
    const struct dirent *entry;
    int n = 0;
    while ((entry = readdir(folder)) != NULL) {
        n += strncmp(entry->d_name, ".tilth-", 7) == 0;
    }
    (void)closedir(folder);
    return n;
}

static tl_target target_of(const char *path) {
    return (tl_target){
        .path = path, .parameter = "output", .extensions = "dat,tif,csv,shp", .layer = NULL};
}

static const char *add(tl_outputs *outputs, const char *path) {
    tl_err err = {0};
    static const char *temporary; /* gcc 12 takes a local one for dangling */
    const tl_target target = target_of(path);
    CHECK_OK(tl_io_outputs_add(outputs, &target, &temporary, &err));
    return temporary;
}

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void put_next_to(const char *temporary, const char *name, const char *text) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%.*s%s", (int)(strrchr(temporary, '/') + 1 - temporary),
                   temporary, name);
    put(path, text);
}

static tl_code finish_and_commit(tl_outputs *outputs, tl_err *err) {
    TL_TRY(tl_io_outputs_finish(outputs, err));
    return tl_io_outputs_commit(outputs, err);
}

static void a_set_replaces_files_with_all_that_belongs_to_them(void **state) {
    (void)state;
    tl_err err = {0};
    tl_outputs *outputs = NULL;
    kit_write_text("map.dat", "old");
    kit_write_text("map.hdr", "old header");
    kit_write_text("map.dat.aux.xml", "<old/>");
    kit_write_text("other.csv", "not of this run");
    CHECK_OK(tl_io_outputs_open(&outputs, &err));
    const char *map = add(outputs, kit_path("map.dat"));
    const char *table = add(outputs, kit_path("new.csv"));
    assert_int_equal(hidden_folders(), 1);
    put(map, "new");
    put_next_to(map, "map.hdr", "new header");
    put(table, "a,b\n");
    assert_true(holds("map.dat", "old") && !exists("new.csv"));
    CHECK_OK(finish_and_commit(outputs, &err));
    tl_io_outputs_close(outputs);
    assert_true(holds("map.dat", "new") && holds("map.hdr", "new header"));
    assert_true(holds("new.csv", "a,b\n") && holds("other.csv", "not of this run"));
    /* Statistics of the old values would describe the new ones. */
    assert_false(exists("map.dat.aux.xml"));
    assert_int_equal(hidden_folders(), 0);
}

/* A folder in the place of the last file makes its rename fail after all others. */
static void a_rename_that_fails_brings_every_old_file_back(void **state) {
    (void)state;
    tl_err err = {0};
    tl_outputs *outputs = NULL;
    kit_write_text("a.dat", "old a");
    kit_write_text("a.hdr", "old header");
    kit_write_text("a.dat.aux.xml", "<old/>");
    CHECK_OK(tl_io_outputs_open(&outputs, &err));
    put(add(outputs, kit_path("a.dat")), "new a");
    put(add(outputs, kit_path("fresh.csv")), "fresh");
    put(add(outputs, kit_path("b.csv")), "b");
    assert_int_equal(mkdir(kit_path("b.csv"), 0777), 0);
    assert_int_equal(finish_and_commit(outputs, &err), TL_IO);
    CHECK_SAYS(err, "b.csv");
    tl_io_outputs_close(outputs);
    assert_true(holds("a.dat", "old a") && holds("a.hdr", "old header"));
    assert_true(exists("a.dat.aux.xml") && !exists("fresh.csv"));
    assert_int_equal(rmdir(kit_path("b.csv")), 0);
    assert_int_equal(hidden_folders(), 0);
}

static void what_is_missing_or_cut_off_is_noticed(void **state) {
    (void)state;
    tl_err err = {0};
    tl_outputs *outputs = NULL;
    kit_write_text("c.dat", "old");
    for (int k = 0; k < 3; k++) {
        CHECK_OK(tl_io_outputs_open(&outputs, &err));
        const char *map = add(outputs, kit_path("c.dat"));
        if (k > 0) {
            put(map, "new");
            put_next_to(map, k == 1 ? "c.dat.aux.xml" : "c.hdr", k == 1 ? "<PAMDataset><a" : "");
        }
        assert_int_equal(finish_and_commit(outputs, &err), k == 0 ? TL_INTERNAL : TL_IO);
        tl_io_outputs_close(outputs);
        assert_true(holds("c.dat", "old"));
        assert_false(exists("c.hdr") || exists("c.dat.aux.xml"));
    }
}

static void a_link_stands_for_its_target(void **state) {
    (void)state;
    tl_err err = {0};
    tl_outputs *outputs = NULL;
    struct stat status;
    assert_int_equal(mkdir(kit_path("far"), 0777), 0);
    kit_write_text("far/real.csv", "old");
    assert_int_equal(chmod(kit_path("far/real.csv"), 0640), 0);
    assert_int_equal(symlink("far/real.csv", kit_path("link.csv")), 0);
    CHECK_OK(tl_io_outputs_open(&outputs, &err));
    put(add(outputs, kit_path("link.csv")), "new");
    CHECK_OK(finish_and_commit(outputs, &err));
    tl_io_outputs_close(outputs);
    assert_int_equal(lstat(kit_path("link.csv"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_true(holds("far/real.csv", "new"));
    assert_int_equal(stat(kit_path("far/real.csv"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

/* Runs a function in a process that ends without clearing up, as a killed one does. */
static void run_and_die(void (*work)(void)) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void write_half(void) {
    tl_err err = {0};
    tl_outputs *outputs = NULL;
    if (tl_io_outputs_open(&outputs, &err) == TL_OK) {
        put(add(outputs, kit_path("half.dat")), "half");
    }
}

static void what_a_killed_run_left_is_swept_by_the_next_one(void **state) {
    (void)state;
    tl_err err = {0};
    tl_outputs *living = NULL;
    tl_outputs *next = NULL;
    run_and_die(write_half);
    assert_int_equal(mkdir(kit_path(".tilth-empty0"), 0700), 0);
    assert_int_equal(mkdir(kit_path(".tilth-of-somebody-else"), 0700), 0);
    assert_int_equal(hidden_folders(), 3);
    CHECK_OK(tl_io_outputs_open(&living, &err));
    const char *temporary = add(living, kit_path("living.csv"));
    put(temporary, "alive");
    assert_int_equal(hidden_folders(), 2);
    CHECK_OK(tl_io_outputs_open(&next, &err));
    put(add(next, kit_path("next.csv")), "next");
    assert_int_equal(access(temporary, F_OK), 0);
    CHECK_OK(finish_and_commit(next, &err));
    tl_io_outputs_close(next);
    CHECK_OK(finish_and_commit(living, &err));
    tl_io_outputs_close(living);
    assert_true(holds("living.csv", "alive"));
    assert_int_equal(rmdir(kit_path(".tilth-of-somebody-else")), 0);
    assert_int_equal(hidden_folders(), 0);
}

/* Everything up to the last step: the files are in place, the set is not yet settled. */
static void swap_without_end(void) {
    tl_err err = {0};
    tl_work_folder work;
    tl_swap swap = {0};
    char folder[300];
    char from[400];
    (void)snprintf(folder, sizeof folder, "%s/", kit_folder);
    if (tl_io_outputs_open_work(folder, "x", "output", &work, &err) != TL_OK) {
        _exit(1);
    }
    static const char *const names[] = {"d.dat", "d.hdr", "d.new"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(from, sizeof from, "%s/%d", work.path, i);
        put(from, "half a set");
        if (tl_io_outputs_add_move(&swap, &work, from, kit_path(names[i]), "output", &err) !=
            TL_OK) {
            _exit(1);
        }
    }
    if (tl_io_outputs_add_move(&swap, &work, NULL, kit_path("d.dat.ovr"), "output", &err) !=
            TL_OK ||
        tl_io_outputs_swap(&swap, &err) != TL_OK) {
        _exit(1);
    }
}

static void a_set_left_half_in_place_is_taken_back(void **state) {
    (void)state;
    kit_write_text("d.dat", "old");
    kit_write_text("d.hdr", "old header");
    kit_write_text("d.dat.ovr", "old overview");
    run_and_die(swap_without_end);
    assert_true(holds("d.dat", "half a set"));
    char folder[300];
    (void)snprintf(folder, sizeof folder, "%s/", kit_folder);
    tl_io_outputs_sweep(folder);
    assert_true(holds("d.dat", "old") && holds("d.hdr", "old header"));
    assert_true(holds("d.dat.ovr", "old overview") && !exists("d.new"));
    assert_int_equal(hidden_folders(), 0);
}

static void nothing_stays_when_memory_is_out(void **state) {
    (void)state;
    const ptrdiff_t before = tl_live_blocks();
    char name[300];
    (void)snprintf(name, sizeof name, "%s", kit_path("m.dat"));
    kit_write_text("m.dat", "old");
    int succeeded = 0;
    for (ptrdiff_t n = 0; n < 200 && !succeeded; n++) {
        tl_err err = {0};
        tl_outputs *outputs = NULL;
        const char *temporary = NULL;
        const tl_target target = target_of(name);
        tl_fail_after(n);
        tl_code code = tl_io_outputs_open(&outputs, &err);
        if (code == TL_OK) {
            code = tl_io_outputs_add(outputs, &target, &temporary, &err);
        }
        if (code == TL_OK) {
            put(temporary, "new");
            code = finish_and_commit(outputs, &err);
        }
        tl_fail_after(-1);
        tl_io_outputs_close(outputs);
        succeeded = code == TL_OK;
        assert_true(holds("m.dat", succeeded ? "new" : "old"));
        assert_int_equal(hidden_folders(), 0);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_true(succeeded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_replaces_files_with_all_that_belongs_to_them),
        cmocka_unit_test(a_rename_that_fails_brings_every_old_file_back),
        cmocka_unit_test(what_is_missing_or_cut_off_is_noticed),
        cmocka_unit_test(a_link_stands_for_its_target),
        cmocka_unit_test(what_a_killed_run_left_is_swept_by_the_next_one),
        cmocka_unit_test(a_set_left_half_in_place_is_taken_back),
        cmocka_unit_test(nothing_stays_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
