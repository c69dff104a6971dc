/* SPDX-License-Identifier: GPL-2.0-or-later
 * Signals that ask to stop; see watch.h. */
#include "cli/watch.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "abi/tilth.h"

static const struct timespec patience = {.tv_nsec = 700 * 1000 * 1000};

static volatile sig_atomic_t stop_asked;
static sem_t asked;

static void ask_to_stop(int signal_number) {
    (void)signal_number;
    stop_asked = 1;
    (void)sem_post(&asked);
}

static void *watch(void *unused) {
    while (sem_wait(&asked) != 0) {
    }
    (void)nanosleep(&patience, NULL);
    if (tilth_abandon()) {
        fprintf(stderr, "tilth: cancelled by the user; no output was written\n");
        _exit(TILTH_CANCELLED);
    }
    return unused;
}

void cli_watch_signals(void) {
    struct sigaction action = {0};
    pthread_t thread;
    /* Without the thread a run is only asked. */
    if (sem_init(&asked, 0, 0) == 0 && pthread_create(&thread, NULL, watch, NULL) == 0) {
        (void)pthread_detach(thread);
    }
    action.sa_handler = ask_to_stop;
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

int cli_watch_stop_asked(void) {
    return stop_asked;
}
