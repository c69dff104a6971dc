/* SPDX-License-Identifier: GPL-2.0-or-later
 * tilth.h: the whole public interface of libtilth.
 *
 * Texts are UTF-8. Parameters and results are JSON objects; no struct crosses the boundary. A
 * context may be used by one thread at a time; several contexts may be used at once.
 *
 * The interface has two numbers. TILTH_ABI_VERSION is the major number: it increases when a program
 * that was compiled before no longer runs, and the name of the library file (SONAME) contains it.
 * TILTH_ABI_MINOR increases with every addition and starts at 0 again with a new major number. A
 * library serves every program that was compiled for the same major number and for the same or a
 * lower minor number. */
#ifndef TILTH_H
#define TILTH_H

#ifdef __cplusplus
extern "C" {
#endif

#define TILTH_ABI_VERSION 1
#define TILTH_ABI_MINOR 1

#if defined(__GNUC__)
#define TILTH_API __attribute__((visibility("default")))
#else
#define TILTH_API
#endif

/* What tilth_check and tilth_run return. The same numbers are the command line's exit codes. */
enum tilth_status {
    TILTH_OK = 0,
    TILTH_USAGE = 2,  /* a parameter is unknown, missing or out of range */
    TILTH_FAILED = 3, /* the data or a file is the cause */
    TILTH_CANCELLED = 130
};

typedef struct tilth_ctx tilth_ctx;

/* Called from time to time by the thread that called tilth_run.
 *
 * fraction  in [0, 1], or below 0 when there is only a message
 * level     0 information, 1 warning
 * message   may be NULL; valid during the call only
 * user      as passed to tilth_set_progress
 * returns   0 to cancel the run, any other value to continue */
typedef int (*tilth_progress)(double fraction, int level, const char *message, void *user);

/* TILTH_ABI_VERSION of the library that is loaded; since 1.0. */
TILTH_API int tilth_abi_version(void);

/* TILTH_ABI_MINOR of the library that is loaded; since 1.1. */
TILTH_API int tilth_abi_minor(void);

/* Whether the loaded library serves a program that was compiled for an interface; since 1.1.
 *
 * major, minor  normally TILTH_ABI_VERSION and TILTH_ABI_MINOR
 * returns       NULL when it does; otherwise one sentence for the user, without a full stop, which
 *               belongs to the calling thread and is valid until its next call */
TILTH_API const char *tilth_abi_refusal(int major, int minor);

/* The version of the library as text, "major.minor.patch"; static. */
TILTH_API const char *tilth_version(void);

/* A new context, or NULL when memory is out. Close it with tilth_close (NULL is fine). */
TILTH_API tilth_ctx *tilth_open(void);
TILTH_API void tilth_close(tilth_ctx *ctx);

/* callback NULL: silent. user is passed to the callback. */
TILTH_API void tilth_set_progress(tilth_ctx *ctx, tilth_progress callback, void *user);

/* The tools and their parameters as JSON.
 *
 * id      of one tool; NULL = all of them
 * returns a text to be freed with tilth_free; NULL for an unknown id; tilth_error returns the
 *         reason */
TILTH_API char *tilth_describe(tilth_ctx *ctx, const char *id);

/* Checks parameters without running.
 *
 * params_json  text of a JSON object
 * returns      a tilth_status */
TILTH_API int tilth_check(tilth_ctx *ctx, const char *id, const char *params_json);

/* Runs a tool. On TILTH_OK all outputs are in place; otherwise no output was changed.
 *
 * params_json  text of a JSON object
 * result_json  out: a JSON object with the output paths and figures, to be freed with tilth_free;
 *              NULL after a failure. May be NULL when it is not wanted
 * returns      a tilth_status */
TILTH_API int tilth_run(tilth_ctx *ctx, const char *id, const char *params_json,
                        char **result_json);

/* For a program that is about to end without waiting for its runs, such as one that was asked to stop
 * a second ago; since 1.1. Removes what the runs of the process have written so far; none of them puts
 * outputs into place any more. May be called from any thread; a run that puts its outputs into place
 * just now is waited for.
 *
 * returns  1 when a run was given up: the program must end then; 0 when there is none */
TILTH_API int tilth_abandon(void);

/* The message about the last failure of this context; "" when there was none. Valid until the
 * context is used again or closed. */
TILTH_API const char *tilth_error(const tilth_ctx *ctx);

/* Frees texts that this library returned; NULL is fine. */
TILTH_API void tilth_free(void *text);

#ifdef __cplusplus
}
#endif

#endif
