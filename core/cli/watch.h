/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ends a run that does not stop when it is asked to. */
#ifndef TL_CLI_WATCH_H
#define TL_CLI_WATCH_H

/* SIGINT and SIGTERM ask the running tool to stop. A run asks for that all the time, but not inside
 * a long call of a library; when it still runs after most of a second, its temporary files are removed
 * and the process ends with TILTH_CANCELLED. */
void cli_watch_signals(void);

/* 1 when the user has asked to stop. */
int cli_watch_stop_asked(void);

#endif
