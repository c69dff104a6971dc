/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runs of this process, for a program that ends without waiting for them; see job.h. */
#include <threads.h>

#include "job/job.h"

static once_flag prepared = ONCE_FLAG_INIT;
static mtx_t lock;
static tl_job *first;

static void prepare(void) {
    (void)mtx_init(&lock, mtx_plain);
}

void tl_job_lock(void) {
    call_once(&prepared, prepare);
    (void)mtx_lock(&lock);
}

void tl_job_unlock(void) {
    (void)mtx_unlock(&lock);
}

void tl_job_enter(tl_job *job) {
    tl_job_lock();
    job->next = first;
    first = job;
    tl_job_unlock();
}

void tl_job_leave(tl_job *job) {
    tl_job_lock();
    for (tl_job **link = &first; *link != NULL; link = &(*link)->next) {
        if (*link == job) {
            *link = job->next;
            break;
        }
    }
    tl_job_unlock();
}

int tl_job_abandon(void) {
    int n = 0;
    tl_job_lock();
    for (const tl_job *job = first; job != NULL; job = job->next) {
        if (!job->is_done) {
            n = 1;
            if (job->outputs != NULL && job->store->abandon_outputs != NULL) {
                job->store->abandon_outputs(job->outputs);
            }
        }
    }
    if (n == 0) {
        tl_job_unlock();
    }
    return n; /* with the lock kept no run gets any further than its next output */
}
