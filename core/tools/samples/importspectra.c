/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `importspectra`: makes one table of spectra from the files of a spectrometer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "json/json.h"
#include "recipes/shared_args.h"
#include "spectra/angle.h"
#include "spectra/repeats.h"
#include "tools/samples/importspectra_positions.h"
#include "tools/samples/importspectra_series.h"

static const tl_arg arguments[] = {
    {.id = "files",
     .kind = TL_ARG_FILES,
     .label = "Files",
     .help =
         "ASD binary files, Spectral Evolution (.sed) and Spectra Vista (.sig) files, text exports "
         "(one spectrum per file, or a table) or ENVI spectral libraries. Give either files or a "
         "folder.",
     .optional = 1},
    {.id = "folder",
     .kind = TL_ARG_TEXT,
     .label = "Folder",
     .help =
         "All .asd, .sed, .sig, .txt and .csv files of this folder are read, in the order of their "
         "names. A text export of an .asd file in the same folder is left out.",
     .optional = 1},
    {.id = "id_until",
     .kind = TL_ARG_TEXT,
     .label = "Id ends before",
     .help = "The id of a spectrum is the part of its name before this text. With _ the files "
             "S01_00001.asd and S01_00002.asd are repeats of S01; by default the whole name is the "
             "id.",
     .optional = 1},
    {.id = "unit",
     .kind = TL_ARG_CHOICE,
     .label = "Unit of the values",
     .help = "Unit of the values in the files; the output is always reflectance from 0 to 1. By "
             "default files that state their unit keep it, and it is decided for all others "
             "together, from their largest median and their shape; the decision is logged. Give "
             "the unit when that is wrong, and always for absorbance.",
     .fallback = "auto",
     .choices = "auto,fraction,percent,per10000,absorbance",
     .labels = "Automatic|Reflectance from 0 to 1|Percent|Reflectance times 10000|Absorbance "
               "log10(1/R)"},
    {.id = "repeats",
     .kind = TL_ARG_CHOICE,
     .label = "Repeats of an id",
     .help = "What is written when several spectra have the same id. By default their mean without "
             "outliers; keep writes every spectrum in its own row, but tools that match spectra by "
             "id need one row per id.",
     .fallback = "mean",
     .choices = "mean,keep",
     .labels = "Mean without outliers|Every spectrum"},
    {.id = "outlier_angle",
     .kind = TL_ARG_NUMBER,
     .label = "Outlier angle",
     .unit = "radian",
     .help = "A repeat is an outlier when its spectral angle to the median of the spectra with the "
             "same id is larger than this. Outliers are searched among three or more repeats.",
     .fallback = "0.1",
     .advanced = 1,
     .min = 0.0001,
     .max = 3.2},
    {.id = "splice",
     .kind = TL_ARG_FLAG,
     .label = "Splice correction",
     .help = "Shifts the values of the first and the third detector of ASD files so that they meet "
             "those of the second one. Use it when the spectra have steps between the detectors.",
     .fallback = "no"},
    {.id = "from_nm",
     .kind = TL_ARG_NUMBER,
     .label = "First wavelength",
     .unit = "nm",
     .help = "Shorter wavelengths are left out. By default all are kept.",
     .optional = 1,
     .advanced = 1,
     .min = 100,
     .max = 30000},
    {.id = "to_nm",
     .kind = TL_ARG_NUMBER,
     .label = "Last wavelength",
     .unit = "nm",
     .help = "Longer wavelengths are left out. By default all are kept.",
     .optional = 1,
     .advanced = 1,
     .min = 100,
     .max = 30000},
    {.id = "skip_bad",
     .kind = TL_ARG_FLAG,
     .label = "Skip unreadable files",
     .help = "Files that cannot be read are left out and listed. By default the import fails and "
             "names them.",
     .fallback = "no",
     .advanced = 1},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {.id = "output",
     .kind = TL_ARG_SPECTRA_OUT,
     .label = "Spectra",
     .help = "CSV table with the id and one column per wavelength (nm); reflectance from 0 to 1."},
    {.id = "positions",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Positions",
     .help = "CSV table with the id, longitude, latitude and elevation (WGS 84) that .sed and .sig "
             "files contain, the mean of the spectra of an id. It can be used as samples.",
     .optional = 1},
};

static void free_import(tl_import *m) {
    for (ptrdiff_t i = 0; i < m->n_path; i++) {
        tl_release(m->path[i]);
    }
    for (ptrdiff_t i = 0; i < m->n; i++) {
        tl_release(m->entry[i].id);
        tl_release(m->entry[i].value);
    }
    tl_release((void *)m->path);
    tl_release(m->wavelength_nm);
    tl_release(m->entry);
    json_decref(m->bad);
    json_decref(m->outliers);
}

/* --- which files --- */

/* 1 for "a.asd.txt" where the list holds "a.asd": the same spectrum with fewer digits. */
static int is_export_of_another(const tl_import *m, ptrdiff_t i) {
    const size_t n = strlen(m->path[i]);
    for (ptrdiff_t k = 0; n > 8 && k < m->n_path; k++) {
        if (strlen(m->path[k]) == n - 4 && strncmp(m->path[i], m->path[k], n - 4) == 0 &&
            tl_same_word(m->path[k] + n - 8, ".asd")) {
            return 1;
        }
    }
    return 0;
}

static tl_code list_folder(tl_import *m, const char *folder, tl_err *err) {
    TL_TRY(
        m->store->list_folder(folder, "folder", "asd,sed,sig,txt,csv", &m->path, &m->n_path, err));
    /* An export may come before or after its .asd file, so all are checked before any is removed. */
    int *left_out = tl_acquire(m->n_path, sizeof *left_out);
    if (left_out == NULL) {
        return tl_no_memory(err, "the files of '%s'", folder);
    }
    for (ptrdiff_t i = 0; i < m->n_path; i++) {
        left_out[i] = is_export_of_another(m, i);
    }
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i < m->n_path; i++) {
        if (left_out[i]) {
            tl_job_log(m->job, TL_INFO,
                       "'%.300s' is left out, because its .asd file is in the same folder",
                       tl_base_name(m->path[i]));
            tl_release(m->path[i]);
        } else {
            m->path[kept++] = m->path[i];
        }
    }
    tl_release(left_out);
    m->n_path = kept;
    return kept > 0 ? tl_job_check_reads(m->job, "folder", m->path, kept, err)
                    : tl_fail(err, TL_DATA,
                              "folder: '%s' has no .asd, .sed, .sig, .txt or .csv file; give the "
                              "folder of the spectra",
                              folder);
}

static tl_code list_files(tl_import *m, tl_err *err) {
    const ptrdiff_t n = tl_job_list_count(m->job, "files");
    const char *folder = tl_job_text(m->job, "folder");
    const int has_folder = folder != NULL && folder[0] != '\0';
    if ((n > 0) == has_folder) {
        return tl_fail(err, TL_ARG, "%s",
                       has_folder
                           ? "folder: 'files' and 'folder' are both given; wanted one of them"
                           : "files: neither 'files' nor 'folder' is given; give the files "
                             "of the spectra, or their folder");
    }
    if (has_folder) {
        return list_folder(m, folder, err);
    }
    m->path = tl_acquire(n, sizeof *m->path);
    for (ptrdiff_t i = 0; m->path != NULL && i < n; i++) {
        m->path[i] = tl_copy_text(tl_job_list_item(m->job, "files", i));
        if (m->path[i] == NULL) {
            break;
        }
        m->n_path++;
    }
    return m->n_path == n ? TL_OK : tl_no_memory(err, "%td files", n);
}

/* --- ids --- */

/* Removes that extension, in upper or lower case. */
static void cut_extension(char *name, const char *extension) {
    const size_t n = strlen(name);
    const size_t m = strlen(extension);
    if (n > m && tl_same_word(name + n - m, extension)) {
        name[n - m] = '\0';
    }
}

/* The id of the spectrum up to the separator, or of the file name without its extensions where the
 * spectrum has no id. An empty id would merge all samples, so the name is then used as a whole. */
static char *id_of_spectrum(const tl_import *m, const char *own, const char *path) {
    const char *until = tl_job_text(m->job, "id_until");
    char *id = tl_copy_text(own[0] != '\0' ? own : tl_base_name(path));
    if (id == NULL) {
        return NULL;
    }
    if (own[0] == '\0') {
        char *dot = strrchr(id, '.');
        if (dot != NULL && dot != id) {
            *dot = '\0';
        }
    }
    cut_extension(id, ".asd");
    char *end = until == NULL || until[0] == '\0' ? NULL : strstr(id, until);
    if (end != NULL && end != id) {
        *end = '\0';
    }
    return id;
}

/* --- reading --- */

static tl_code check_wavelengths(tl_import *m, const tl_spectra *s, ptrdiff_t first, ptrdiff_t p,
                                 const char *path, tl_err *err) {
    if (m->wavelength_nm == NULL) {
        m->wavelength_nm = tl_acquire(p, sizeof *m->wavelength_nm);
        if (m->wavelength_nm == NULL) {
            return tl_no_memory(err, "%td wavelengths", p);
        }
        memcpy(m->wavelength_nm, s->wavelength_nm + first, (size_t)p * sizeof(double));
        m->p = p;
    }
    int same = m->p == p;
    for (ptrdiff_t j = 0; same && j < p; j++) {
        same = fabs(s->wavelength_nm[first + j] - m->wavelength_nm[j]) <= 0.01;
    }
    return same
               ? TL_OK
               : tl_fail(err, TL_DATA,
                         "files: '%s' has %td wavelengths from %g to %g nm, the files before it "
                         "have %td from %g to %g nm; import each kind separately, or give a common "
                         "range with from_nm and to_nm",
                         path, p, s->wavelength_nm[first], s->wavelength_nm[first + p - 1], m->p,
                         m->wavelength_nm[0], m->wavelength_nm[m->p - 1]);
}

static tl_code add_entry(tl_import *m, const char *id, const char *path, int open,
                         const double *value, tl_err *err) {
    if (m->n == m->capacity) {
        const ptrdiff_t capacity = m->capacity == 0 ? 64 : 2 * m->capacity;
        tl_import_entry *grown = tl_grow(m->entry, m->capacity, capacity, sizeof *grown);
        if (grown == NULL) {
            return tl_no_memory(err, "%td spectra", capacity);
        }
        m->entry = grown;
        m->capacity = capacity;
    }
    tl_import_entry *e = &m->entry[m->n];
    *e = (tl_import_entry){.id = id_of_spectrum(m, id, path),
                           .file = path,
                           .value = tl_acquire(m->p, sizeof *e->value),
                           .order = m->n,
                           .by_file = id[0] == '\0',
                           .open = open};
    if (e->id == NULL || e->value == NULL) {
        tl_release(e->id);
        tl_release(e->value);
        return tl_no_memory(err, "%td spectra", m->n);
    }
    memcpy(e->value, value, (size_t)m->p * sizeof *value);
    m->n++;
    return open ? tl_spectra_level(value, m->wavelength_nm, m->p, &e->level, err) : TL_OK;
}

static void splice(tl_import *m, tl_spectra *s, const double splice_nm[2], const char *path) {
    if (isnan(splice_nm[0]) && isnan(splice_nm[1])) {
        m->n_unspliced += s->n;
        return;
    }
    for (ptrdiff_t i = 0; i < s->n; i++) {
        double added[2];
        tl_spectra_splice(s->wavelength_nm, s->p, splice_nm, tl_matrix_row(&s->values, i), added);
        const double step = fmax(fabs(added[0]), fabs(added[1]));
        if (m->n_spliced == 0) {
            tl_job_log(m->job, TL_INFO,
                       "splice correction at %g and %g nm: the first and the third detector are "
                       "shifted to the second one",
                       splice_nm[0], splice_nm[1]);
        }
        if (m->n_spliced++ == 0 || step > m->largest_step) {
            m->largest_step = step;
            m->largest_step_file = path;
        }
    }
}

static tl_code add_spectra(tl_import *m, const tl_spectra *s, const char *path, int open,
                           const tl_measured *about, tl_err *err) {
    ptrdiff_t first = 0;
    while (first < s->p && s->wavelength_nm[first] < m->from_nm) {
        first++;
    }
    ptrdiff_t end = first;
    while (end < s->p && s->wavelength_nm[end] <= m->to_nm) {
        end++;
    }
    if (end - first < 2) {
        return tl_fail(err, TL_DATA,
                       "from_nm: '%s' has %td wavelengths from %g to %g nm; wanted 2 or more", path,
                       end - first, m->from_nm, m->to_nm);
    }
    TL_TRY(check_wavelengths(m, s, first, end - first, path, err));
    for (ptrdiff_t i = 0; i < s->n; i++) {
        TL_TRY(add_entry(m, s->id[i], path, open, tl_matrix_row(&s->values, i) + first, err));
        tl_import_entry *e = &m->entry[m->n - 1];
        e->place[0] = about->longitude_deg;
        e->place[1] = about->latitude_deg;
        e->place[2] = about->elevation_m;
    }
    return TL_OK;
}

/* The unit that the user states; unknown for auto. The choices have the order of tl_value_unit. */
static tl_value_unit unit_given(const tl_import *m) {
    return (tl_value_unit)tl_job_choice(m->job, "unit");
}

/* Converts the values in the unit that the user or the file states; the header of a file is believed
 * where the values do not contradict it. *open is 1 when the series has to decide. */
static tl_code to_reflectance(tl_import *m, tl_spectra *s, const tl_measured *about,
                              const char *path, int *open, tl_err *err) {
    const tl_value_unit given = unit_given(m);
    const tl_value_unit stated = about->by_name ? TL_VALUES_UNKNOWN : about->unit;
    if (about->by_name) {
        m->names_differ |= m->named != TL_VALUES_UNKNOWN && m->named != about->unit;
        m->named = about->unit;
    }
    if (given == TL_VALUES_UNKNOWN && stated > TL_VALUES_FRACTION && stated != m->stated) {
        tl_job_log(m->job, TL_INFO,
                   "'%.300s': the file states that its values are %s, and they are converted to "
                   "reflectance from 0 to 1",
                   tl_base_name(path), tl_spectra_unit_words(stated));
        m->stated = stated;
    }
    const tl_value_unit unit = given != TL_VALUES_UNKNOWN ? given : stated;
    *open = unit == TL_VALUES_UNKNOWN;
    for (ptrdiff_t i = 0; i < s->n && !*open; i++) {
        double *row = tl_matrix_row(&s->values, i);
        tl_spectrum_level level;
        TL_TRY(tl_spectra_level(row, s->wavelength_nm, s->p, &level, err));
        if (tl_spectra_contradicts(&level, unit)) {
            TL_TRY(tl_assume(err, TL_WARNING,
                             "'%.300s': the median of '%.80s' is %g, which does not look like %s, "
                             "although %s states it; check the unit",
                             tl_base_name(path), s->id[i], level.median,
                             tl_spectra_unit_words(unit),
                             given != TL_VALUES_UNKNOWN ? "the parameter unit" : "the file"));
        }
        tl_spectra_to_reflectance(row, s->p, unit);
    }
    return TL_OK;
}

static tl_code read_file(tl_import *m, const char *path, tl_err *err) {
    const char *parameter = tl_job_list_count(m->job, "files") > 0 ? "files" : "folder";
    int open = 0;
    tl_measured about;
    tl_spectra s;
    TL_TRY(m->store->read_measured(path, parameter, tl_job_progress(m->job), &about, &s, err));
    if (strcmp(about.form, m->form) != 0) {
        tl_job_log(m->job, TL_INFO, "'%.300s'%s: read as %s", tl_base_name(path),
                   m->n_path > 1 ? " and the files after it" : "", about.form);
        memcpy(m->form, about.form, sizeof about.form);
    }
    tl_code code = to_reflectance(m, &s, &about, path, &open, err);
    if (code == TL_OK && tl_job_flag(m->job, "splice")) {
        splice(m, &s, about.splice_nm, path);
    }
    if (code == TL_OK) {
        code = add_spectra(m, &s, path, open, &about, err);
    }
    tl_source_spectra_free(&s);
    return code;
}

static tl_code read_files(tl_import *m, tl_err *err) {
    for (ptrdiff_t i = 0; i < m->n_path; i++) {
        tl_err why = {0};
        const tl_code code = read_file(m, m->path[i], &why);
        if (code == TL_NOMEM || code == TL_CANCELLED) {
            return tl_fail(err, code, "%s", why.text);
        }
        if (code != TL_OK) {
            m->first_bad = json_array_size(m->bad) == 0 ? why : m->first_bad;
            tl_json_append(m->bad, tl_json_text(tl_base_name(m->path[i])));
            if (tl_job_flag(m->job, "skip_bad")) {
                tl_job_log(m->job, TL_WARNING, "left out: %.900s", why.text);
            }
        }
        TL_TRY(tl_progress_at(tl_job_progress(m->job), 0.8 * (double)(i + 1) / (double)m->n_path,
                              err));
    }
    const size_t n_bad = json_array_size(m->bad);
    if (n_bad == 0 || (tl_job_flag(m->job, "skip_bad") && m->n > 0)) {
        return TL_OK;
    }
    if (n_bad == 1 || m->n == 0) {
        return tl_fail(err, m->first_bad.code, "%s%s", m->first_bad.text,
                       m->n > 0 ? "; use skip_bad yes to leave such files out" : "");
    }
    tl_text names = {0};
    for (size_t k = 0; k < n_bad && k < 12; k++) {
        tl_text_addf(&names, "%s%.60s", k == 0 ? "" : ", ",
                     json_string_value(json_array_get(m->bad, k)));
    }
    const tl_code code =
        tl_fail(err, m->first_bad.code,
                "%td of %td files cannot be imported (%.500s%s), the first because: %.300s; use "
                "skip_bad yes to leave such files out",
                (ptrdiff_t)n_bad, m->n_path, tl_text_data(&names), n_bad > 12 ? ", ..." : "",
                m->first_bad.text);
    tl_text_free(&names);
    return code;
}

/* --- repeats --- */

static int by_id(const void *a, const void *b) {
    const tl_import_entry *x = a;
    const tl_import_entry *y = b;
    const int words = strcmp(x->id, y->id);
    return words != 0 ? words : (x->order > y->order) - (x->order < y->order);
}

static int by_leader(const void *a, const void *b) {
    const tl_import_entry *x = a;
    const tl_import_entry *y = b;
    if (x->leader != y->leader) {
        return x->leader < y->leader ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

/* Sorts the spectra so that those of one id follow each other; the ids keep the order of their first
 * spectra. */
static void group(tl_import *m) {
    qsort(m->entry, (size_t)m->n, sizeof *m->entry, by_id);
    for (ptrdiff_t i = 0; i < m->n; i++) {
        const int is_repeat = i > 0 && strcmp(m->entry[i].id, m->entry[i - 1].id) == 0;
        m->entry[i].leader = is_repeat ? m->entry[i - 1].leader : m->entry[i].order;
        m->n_id += !is_repeat;
    }
    qsort(m->entry, (size_t)m->n, sizeof *m->entry, by_leader);
}

static ptrdiff_t group_end(const tl_import *m, ptrdiff_t first) {
    ptrdiff_t end = first;
    while (end < m->n && m->entry[end].leader == m->entry[first].leader) {
        end++;
    }
    return end;
}

/* Two spectra are equally far from their median, so only three or more can show which one is wrong. */
static tl_code find_outliers(tl_import *m, ptrdiff_t first, ptrdiff_t end, double *median,
                             tl_err *err) {
    const double limit = tl_job_number(m->job, "outlier_angle");
    const ptrdiff_t n = end - first;
    if (n < 2) {
        return TL_OK;
    }
    tl_import_entry *e = m->entry + first;
    double **row = tl_acquire(n, sizeof *row);
    if (row == NULL) {
        return tl_no_memory(err, "%td repeats", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        row[i] = e[i].value;
    }
    const tl_code code = tl_spectra_median(row, n, m->p, median, err);
    tl_release((void *)row);
    TL_TRY(code);
    if (n == 2) {
        const double apart = tl_spectra_angle(e[0].value, e[1].value, m->p);
        if (apart > 2.0 * limit) {
            tl_job_log(
                m->job, TL_WARNING,
                "the two spectra of '%.80s' differ by %.3f rad, and it is not known which one is "
                "wrong; both are used (%.200s, %.200s)",
                e[0].id, apart, tl_base_name(e[0].file), tl_base_name(e[1].file));
        }
        return TL_OK;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const double angle = tl_spectra_angle(e[i].value, median, m->p);
        e[i].outlier = !(angle <= limit);
        if (e[i].outlier) {
            m->n_outlier++;
            tl_json_append(m->outliers, tl_json_text(tl_base_name(e[i].file)));
            tl_job_log(m->job, TL_WARNING,
                       "outlier: '%.300s' is %.3f rad from the median of the %td spectra of "
                       "'%.80s'%s",
                       tl_base_name(e[i].file), angle, n, e[i].id,
                       tl_job_choice(m->job, "repeats") == 0 ? " and not in its mean" : "");
        }
    }
    return TL_OK;
}

/* The mean of the spectra that are not outliers, or of all when all are outliers. */
static void mean_of(const tl_import *m, ptrdiff_t first, ptrdiff_t end, double *mean) {
    int any = 0;
    for (ptrdiff_t i = first; i < end; i++) {
        any = any || !m->entry[i].outlier;
    }
    for (ptrdiff_t j = 0; j < m->p; j++) {
        double sum = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t i = first; i < end; i++) {
            const double value = m->entry[i].value[j];
            if ((!any || !m->entry[i].outlier) && isfinite(value)) {
                sum += value;
                n++;
            }
        }
        mean[j] = n == 0 ? (double)NAN : sum / (double)n;
    }
}

static tl_code fill_table(tl_import *m, double *median, tl_spectra *table, tl_err *err) {
    const int keep = tl_job_choice(m->job, "repeats") == 1;
    memcpy(table->wavelength_nm, m->wavelength_nm, (size_t)m->p * sizeof(double));
    ptrdiff_t row = 0;
    for (ptrdiff_t first = 0; first < m->n;) {
        const ptrdiff_t end = group_end(m, first);
        TL_TRY(find_outliers(m, first, end, median, err));
        for (ptrdiff_t i = first; i < (keep ? end : first + 1); i++, row++) {
            double *values = tl_matrix_row(&table->values, row);
            if (keep) {
                memcpy(values, m->entry[i].value, (size_t)m->p * sizeof(double));
            } else {
                mean_of(m, first, end, values);
            }
            TL_TRY(tl_source_spectra_set_id(table, row, m->entry[i].id, err));
        }
        first = end;
        TL_TRY(tl_progress_at(tl_job_progress(m->job), 0.8 + 0.15 * (double)first / (double)m->n,
                              err));
    }
    return TL_OK;
}

/* --- outputs --- */

static void report_result(const tl_import *m) {
    const size_t n_bad = json_array_size(m->bad);
    tl_job_put_number(m->job, "files", (double)m->n_path);
    tl_job_put_number(m->job, "spectra", (double)m->n);
    tl_job_put_number(m->job, "ids", (double)m->n_id);
    tl_job_put_number(m->job, "wavelengths", (double)m->p);
    tl_job_put_json(m->job, "outliers", json_incref(m->outliers));
    tl_job_put_json(m->job, "unreadable", json_incref(m->bad));
    if (m->n_spliced > 0) {
        tl_job_put_number(m->job, "largest_splice_step", m->largest_step);
        tl_job_log(m->job, TL_INFO, "%td spectra spliced; the largest step was %.4f, in '%.300s'",
                   m->n_spliced, m->largest_step, tl_base_name(m->largest_step_file));
    }
    if (m->n_unspliced > 0) {
        tl_job_log(
            m->job, TL_WARNING,
            "%td spectra are not spliced, because their files do not contain the wavelengths where the "
            "detectors meet",
            m->n_unspliced);
    }
    tl_job_log(m->job, TL_INFO,
               "%td spectra of %td ids from %td files, %td wavelengths from %g to %g nm; %td "
               "outliers, %td files left out",
               m->n, m->n_id, m->n_path - (ptrdiff_t)n_bad, m->p, m->wavelength_nm[0],
               m->wavelength_nm[m->p - 1], m->n_outlier, (ptrdiff_t)n_bad);
    if (tl_job_choice(m->job, "repeats") == 1 && m->n_id < m->n) {
        tl_job_log(
            m->job, TL_WARNING,
            "%td rows have the id of another row; tools that match spectra by id need repeats "
            "mean",
            m->n - m->n_id);
    }
}

static tl_code write_table(tl_import *m, tl_err *err) {
    const int keep = tl_job_choice(m->job, "repeats") == 1;
    double *median = tl_acquire(m->p, sizeof *median);
    if (median == NULL) {
        return tl_no_memory(err, "%td wavelengths", m->p);
    }
    tl_spectra table;
    tl_code code = tl_source_spectra_init(&table, keep ? m->n : m->n_id, m->p, err);
    if (code == TL_OK) {
        code = fill_table(m, median, &table, err);
    }
    if (code == TL_OK) {
        report_result(m);
        code = m->store->write_spectra(tl_job_output(m->job, "output"), "output", &table, err);
    }
    tl_source_spectra_free(&table);
    tl_release(median);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_import m = {.job = job,
                   .store = tl_job_store(job),
                   .from_nm = tl_job_number(job, "from_nm"),
                   .to_nm = tl_job_number(job, "to_nm"),
                   .bad = tl_json_array(),
                   .outliers = tl_json_array()};
    tl_code code = TL_OK;
    m.from_nm = isnan(m.from_nm) ? 0.0 : m.from_nm;
    m.to_nm = isnan(m.to_nm) ? 1e9 : m.to_nm;
    if (m.from_nm >= m.to_nm) {
        code = tl_fail(err, TL_ARG, "from_nm: %g is not below to_nm, %g; wanted a range", m.from_nm,
                       m.to_nm);
        goto done;
    }
    if (m.bad == NULL || m.outliers == NULL) {
        code = tl_no_memory(err, "the list of files");
        goto done;
    }
    TL_CHECK(list_files(&m, err));
    TL_CHECK(read_files(&m, err));
    TL_CHECK(tl_importspectra_series_settle(&m, err));
    tl_importspectra_series_hint(&m);
    TL_CHECK(tl_importspectra_ids_keep_apart(&m, err));
    group(&m);
    TL_CHECK(tl_importspectra_series_check_names(&m, err));
    TL_CHECK(write_table(&m, err));
    code = tl_importspectra_positions_write(&m, err);
done:
    free_import(&m);
    return code;
}

const tl_algorithm tl_alg_importspectra = {
    .id = "importspectra",
    .title = "Import spectra",
    .group = "Prepare",
    .summary = "Makes one table of reflectance spectra from the files of a spectrometer.",
    .help =
        "Reads ASD binary files (versions 1 to 8), Spectral Evolution (.sed) and Spectra Vista (.sig) "
        "files, text exports and ENVI spectral libraries. In text files the values may be separated by "
        "tabs, semicolons, commas or spaces, with a decimal "
        "point or a decimal comma, and with one wavelength per row or per column; the log reports "
        "how each file was interpreted. The reflectance of an ASD file is its spectrum divided by "
        "its white reference. Percent is converted to reflectance from 0 to 1, which all other tools "
        "expect.\n"
        "The id of a spectrum is its name in a table, or the name of its file without extension. "
        "With id_until it is only the part before a separator, so that repeats have the same id. "
        "Repeats are averaged. With three or more of them, a spectrum whose spectral angle to their "
        "median is larger than outlier_angle is left out of the mean. Outliers and unreadable files "
        "are listed.\n"
        "All files must have the same wavelengths in the range from_nm to to_nm.",
    .example = "tilth importspectra --files lab.csv --from_nm 400 --output imported.csv",
    .citation = "docs/guide/formats.md",
    .tags = "asd,fieldspec,laboratory,import,spectra,splice,text,csv,repeats",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};
