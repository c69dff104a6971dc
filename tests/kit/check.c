/* SPDX-License-Identifier: GPL-2.0-or-later
 * Access to the shared reference numbers; see check.h. */
#include "kit/check.h"

#include "base/text.h"

void kit_shared_path(const char *name, char *path, size_t capacity) {
    const char *shared = getenv("TILTH_SHARED");
    (void)snprintf(path, capacity, "%s/%s", shared == NULL ? TILTH_SHARED_DEFAULT : shared, name);
}

static void reference_path(const char *name, char *path, size_t capacity) {
    char below[512];
    (void)snprintf(below, sizeof below, "reference/%s", name);
    kit_shared_path(below, path, capacity);
}

json_t *kit_reference_json(const char *name) {
    char path[4096];
    reference_path(name, path, sizeof path);
    FILE *probe = fopen(path, "rb");
    if (probe == NULL) {
        return NULL;
    }
    fclose(probe);
    json_error_t problem;
    json_t *root = json_load_file(path, 0, &problem);
    if (root == NULL) {
        fail_msg("%s: %s", path, problem.text);
    }
    return root;
}

static ptrdiff_t count_fields(const char *line) {
    ptrdiff_t n = 1;
    for (; *line != '\0'; line++) {
        n += *line == ',';
    }
    return n;
}

static void read_row(char *line, ptrdiff_t ncol, double *row) {
    char *rest = line;
    for (ptrdiff_t j = 0; j < ncol; j++) {
        char *field = rest;
        rest = strpbrk(field, ",\r\n");
        if (rest != NULL) {
            *rest++ = '\0';
        }
        row[j] = (double)NAN;
        (void)tl_parse_number(field, &row[j]);
        rest = rest == NULL ? field + strlen(field) : rest;
    }
}

int kit_reference_csv(const char *name, tl_matrix *out) {
    char path[4096];
    reference_path(name, path, sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    static char line[1 << 16];
    ptrdiff_t nrow = -1;
    ptrdiff_t ncol = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        ncol = nrow < 0 ? count_fields(line) : ncol;
        nrow++;
    }
    rewind(file);
    assert_true(nrow > 0);
    assert_int_equal(tl_matrix_init(out, nrow, ncol, NULL), TL_OK);
    assert_non_null(fgets(line, sizeof line, file));
    for (ptrdiff_t i = 0; i < nrow; i++) {
        assert_non_null(fgets(line, sizeof line, file));
        read_row(line, ncol, tl_matrix_row(out, i));
    }
    fclose(file);
    return 1;
}

void kit_json_matrix(const json_t *array, tl_matrix *out) {
    assert_true(json_is_array(array));
    const json_t *first = json_array_get(array, 0);
    const int nested = json_is_array(first);
    const ptrdiff_t nrow = nested ? (ptrdiff_t)json_array_size(array) : 1;
    const ptrdiff_t ncol = (ptrdiff_t)json_array_size(nested ? first : array);
    assert_int_equal(tl_matrix_init(out, nrow, ncol, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < nrow; i++) {
        const json_t *row = nested ? json_array_get(array, (size_t)i) : array;
        assert_int_equal(json_array_size(row), ncol);
        for (ptrdiff_t j = 0; j < ncol; j++) {
            tl_matrix_row(out, i)[j] = json_number_value(json_array_get(row, (size_t)j));
        }
    }
}
