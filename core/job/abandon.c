/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runs of this process, for a program that ends without waiting for them; see job.h. */
#include <pthread.h>

#include "job/job.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static tl_job *first;

void tl_job_lock(void) {
    (void)pthread_mutex_lock(&lock);
}

void tl_job_unlock(void) {
    (void)pthread_mutex_unlock(&lock);
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
