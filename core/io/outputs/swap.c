/* SPDX-License-Identifier: GPL-2.0-or-later
 * Putting files into place as one set; see swap.h. */
#include "io/outputs/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

enum { path_capacity = 4096, journal_limit = 1 << 22 };

static const char journal_name[] = "journal";

int tl_io_outputs_sync(const char *path) {
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno;
    }
    const int why = fsync(descriptor) == 0 ? 0 : errno;
    (void)close(descriptor);
    return why == EINVAL || why == ENOTSUP || why == EROFS ? 0 : why;
}

static int there(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

static void old_path(const char *work, int number, char *out) {
    (void)snprintf(out, path_capacity, "%s/old-%d", work, number);
}

static tl_code cannot(const tl_move *m, int why, tl_err *err) {
    return tl_fail(err, TL_IO, "%s: '%s' cannot be %s: %s; the files are as before", m->parameter,
                   m->to, m->from == NULL ? "removed" : "renamed to its final name", strerror(why));
}

tl_code tl_io_outputs_add_move(tl_swap *swap, const tl_work_folder *work, const char *from,
                               const char *to, const char *parameter, tl_err *err) {
    tl_move *grown = tl_grow(swap->move, swap->n, swap->n + 1, sizeof *grown);
    if (grown == NULL) {
        return tl_no_memory(err, "the name of '%s'", to);
    }
    swap->move = grown;
    tl_move *m = &grown[swap->n];
    *m = (tl_move){.work = work, .parameter = parameter, .number = (int)swap->n};
    m->from = tl_copy_text(from);
    m->to = tl_copy_text(to);
    if (m->to == NULL || (from != NULL && m->from == NULL)) {
        tl_release(m->from);
        tl_release(m->to);
        return tl_no_memory(err, "the name of '%s'", to);
    }
    swap->n++;
    return TL_OK;
}

void tl_io_outputs_free_swap(tl_swap *swap) {
    for (ptrdiff_t i = 0; i < swap->n; i++) {
        tl_release(swap->move[i].from);
        tl_release(swap->move[i].to);
    }
    tl_release(swap->move);
    *swap = (tl_swap){0};
}

/* --- journal --- */

/* One line per move of a hidden folder: number of the old file, inode of the new file (0 = none),
 * name. Lines end with NUL because names may contain anything else. */
static tl_code write_journal(const tl_swap *swap, const tl_work_folder *work, tl_err *err) {
    char draft[path_capacity];
    char final[path_capacity];
    struct stat status;
    (void)snprintf(draft, sizeof draft, "%s/draft", work->path);
    (void)snprintf(final, sizeof final, "%s/%s", work->path, journal_name);
    FILE *file = fopen(draft, "we");
    int well = file != NULL;
    for (ptrdiff_t i = 0; i < swap->n && well; i++) {
        const tl_move *m = &swap->move[i];
        if (m->work == work) {
            const int is_new = m->from != NULL && lstat(m->from, &status) == 0;
            well = fprintf(file, "%d %ju %s", m->number, is_new ? (uintmax_t)status.st_ino : 0,
                           tl_base_name(m->to)) > 0 &&
                   fputc('\0', file) == '\0';
        }
    }
    well = well && fflush(file) == 0 && fsync(fileno(file)) == 0;
    well = (file == NULL || fclose(file) == 0) && well && rename(draft, final) == 0;
    return well ? TL_OK
                : tl_fail(err, TL_IO, "%s: the folder of '%s' cannot be written: %s",
                          swap->move[0].parameter, swap->move[0].to, strerror(errno));
}

/* 1 for the first move of its hidden folder. */
static int is_first(const tl_swap *swap, ptrdiff_t i) {
    for (ptrdiff_t k = 0; k < i; k++) {
        if (swap->move[k].work == swap->move[i].work) {
            return 0;
        }
    }
    return 1;
}

void tl_io_outputs_settle(const tl_swap *swap) {
    char journal[path_capacity];
    for (ptrdiff_t i = 0; i < swap->n; i++) {
        if (is_first(swap, i)) {
            (void)snprintf(journal, sizeof journal, "%s/%s", swap->move[i].work->path,
                           journal_name);
            (void)unlink(journal);
        }
    }
}

/* --- forwards and back --- */

/* Adds a second name to the old file; where the disk knows no links, it is moved there. */
static int keep_old(tl_move *m) {
    char old[path_capacity];
    struct stat status;
    old_path(m->work->path, m->number, old);
    if (lstat(m->to, &status) != 0) {
        return 0;
    }
    if (S_ISDIR(status.st_mode)) {
        return EISDIR;
    }
    if (m->from != NULL && S_ISREG(status.st_mode)) {
        /* The new file is as accessible as the old one was; a disk may refuse that. */
        if (geteuid() == 0 && chown(m->from, status.st_uid, status.st_gid) != 0) {
            errno = 0;
        }
        (void)chmod(m->from, status.st_mode & 0777);
    }
    m->has_old = link(m->to, old) == 0 || rename(m->to, old) == 0;
    return m->has_old ? 0 : errno;
}

static int carry_out(tl_move *m) {
    const int failed =
        m->from != NULL ? rename(m->from, m->to) != 0 : unlink(m->to) != 0 && errno != ENOENT;
    m->done = !failed;
    return failed ? errno : 0;
}

/* A disk that refuses to rename may still remove and link. */
static void put_back(const char *old, const char *to) {
    if (rename(old, to) != 0 && unlink(to) == 0 && link(old, to) == 0) {
        (void)unlink(old);
    }
}

void tl_io_outputs_undo(tl_swap *swap) {
    char old[path_capacity];
    for (ptrdiff_t i = swap->n - 1; i >= 0; i--) {
        tl_move *m = &swap->move[i];
        old_path(m->work->path, m->number, old);
        if (m->has_old) {
            put_back(old, m->to);
        } else if (m->done && m->from != NULL) {
            (void)unlink(m->to);
        }
        m->done = 0;
        m->has_old = 0;
    }
    tl_io_outputs_settle(swap);
}

static tl_code sync_files(const tl_swap *swap, tl_err *err) {
    for (ptrdiff_t i = 0; i < swap->n; i++) {
        const tl_move *m = &swap->move[i];
        const int why = m->from == NULL ? 0 : tl_io_outputs_sync(m->from);
        if (why != 0) {
            return tl_fail(err, TL_IO, "%s: '%s' cannot be written: %s", m->parameter, m->to,
                           strerror(why));
        }
    }
    return TL_OK;
}

static int sync_folders(const tl_swap *swap, const tl_move **at) {
    for (ptrdiff_t i = 0; i < swap->n; i++) {
        const char *folder = swap->move[i].work->folder;
        *at = &swap->move[i];
        const int why =
            is_first(swap, i) ? tl_io_outputs_sync(folder[0] == '\0' ? "." : folder) : 0;
        if (why != 0) {
            return why;
        }
    }
    return 0;
}

tl_code tl_io_outputs_swap(tl_swap *swap, tl_err *err) {
    TL_TRY(sync_files(swap, err));
    for (ptrdiff_t i = 0; i < swap->n; i++) {
        if (is_first(swap, i)) {
            TL_TRY(write_journal(swap, swap->move[i].work, err));
        }
    }
    int why = 0;
    const tl_move *at = NULL;
    for (ptrdiff_t i = 0; i < swap->n && why == 0; i++) {
        at = &swap->move[i];
        why = keep_old(&swap->move[i]);
    }
    for (ptrdiff_t i = 0; i < swap->n && why == 0; i++) {
        at = &swap->move[i];
        why = carry_out(&swap->move[i]);
    }
    if (why == 0) {
        why = sync_folders(swap, &at);
    }
    if (why != 0) {
        const tl_code code = cannot(at, why, err);
        tl_io_outputs_undo(swap);
        return code;
    }
    return TL_OK;
}

/* --- what a killed run left --- */

/* 1: nothing of this line is left in place. */
static int take_back(const char *line, const char *path, const char *folder) {
    char old[path_capacity];
    char to[path_capacity];
    struct stat status;
    char *rest = NULL;
    const long number = strtol(line, &rest, 10);
    const uintmax_t inode = strtoumax(rest, &rest, 10);
    if (*rest != ' ' || strchr(rest, '/') != NULL) {
        return 1;
    }
    old_path(path, (int)number, old);
    (void)snprintf(to, sizeof to, "%s%s", folder, rest + 1);
    if (there(old)) {
        return rename(old, to) == 0;
    }
    const int is_new = inode != 0 && lstat(to, &status) == 0 && (uintmax_t)status.st_ino == inode;
    return !is_new || unlink(to) == 0;
}

int tl_io_outputs_roll_back(const char *path, const char *folder) {
    char journal[path_capacity];
    (void)snprintf(journal, sizeof journal, "%s/%s", path, journal_name);
    FILE *file = fopen(journal, "re");
    if (file == NULL) {
        return errno == ENOENT;
    }
    char *lines = tl_acquire(journal_limit, 1);
    const size_t n = lines == NULL ? 0 : fread(lines, 1, journal_limit - 1, file);
    (void)fclose(file);
    if (lines == NULL) {
        return 0;
    }
    int whole = 1;
    for (size_t at = 0; at < n; at += strlen(lines + at) + 1) {
        whole &= take_back(lines + at, path, folder);
    }
    tl_release(lines);
    return whole && unlink(journal) == 0;
}
