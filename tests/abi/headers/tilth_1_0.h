/* SPDX-License-Identifier: GPL-2.0-or-later
 * tilth.h: the whole public interface of libtilth.
 *
 * Texts are UTF-8. Parameters and results are JSON objects; no struct crosses the border. Functions
 * are never removed or changed, only added; TILTH_ABI_VERSION counts up when that happens. A
 * context may be used by one thread at a time; several contexts may be used at once. */
#ifndef TILTH_H
#define TILTH_H

#ifdef __cplusplus
extern "C" {
#endif

#define TILTH_ABI_VERSION 1

#if defined(__GNUC__)
#define TILTH_API __attribute__((visibility("default")))
#else
#define TILTH_API
#endif

/* What tilth_check and tilth_run return. The same numbers are the command line's exit codes. */
enum tilth_status {
    TILTH_OK = 0,
    TILTH_USAGE = 2,  /* a parameter is unknown, missing or out of range */
    TILTH_FAILED = 3, /* the data or a file is the reason */
    TILTH_CANCELLED = 130
};

typedef struct tilth_ctx tilth_ctx;

/* Called now and then from the thread that called tilth_run.
 *
 * fraction  in [0, 1], or below 0 when only a message is passed on
 * level     0 information, 1 warning
 * message   may be NULL; valid during the call only
 * user      what tilth_set_progress was given
 * gives     0 to cancel the run, anything else to go on */
typedef int (*tilth_progress)(double fraction, int level, const char *message, void *user);

/* TILTH_ABI_VERSION of the library that is loaded, to be compared with the one compiled against. */
TILTH_API int tilth_abi_version(void);

/* The version of the library as text, for example "0.1.0"; static. */
TILTH_API const char *tilth_version(void);

/* A new context, or NULL when memory is out. Close it with tilth_close (NULL is fine). */
TILTH_API tilth_ctx *tilth_open(void);
TILTH_API void tilth_close(tilth_ctx *ctx);

/* callback NULL: silent. user is handed back to the callback. */
TILTH_API void tilth_set_progress(tilth_ctx *ctx, tilth_progress callback, void *user);

/* The tools and their parameters as JSON.
 *
 * id     of one tool; NULL = all of them
 * gives  a text to be freed with tilth_free; NULL for an unknown id, and tilth_error tells */
TILTH_API char *tilth_describe(tilth_ctx *ctx, const char *id);

/* Checks parameters without running.
 *
 * params_json  text of a JSON object
 * gives        a tilth_status */
TILTH_API int tilth_check(tilth_ctx *ctx, const char *id, const char *params_json);

/* Runs a tool. On TILTH_OK all outputs are in place; otherwise no output was touched.
 *
 * params_json  text of a JSON object
 * result_json  out: a JSON object with the output paths and figures, to be freed with tilth_free;
 *              NULL after a failure. May be NULL when it is not wanted
 * gives        a tilth_status */
TILTH_API int tilth_run(tilth_ctx *ctx, const char *id, const char *params_json,
                        char **result_json);

/* The one sentence about the last failure on this context; "" when there was none. Valid until the
 * context is used again or closed. */
TILTH_API const char *tilth_error(const tilth_ctx *ctx);

/* Frees texts that this library returned; NULL is fine. */
TILTH_API void tilth_free(void *text);

#ifdef __cplusplus
}
#endif

#endif
