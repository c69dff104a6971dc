/* SPDX-License-Identifier: GPL-2.0-or-later
 * The C ABI: JSON texts in and out, one context, and the "C" locale during every call; see
 * tilth.h. */
#define _GNU_SOURCE
#include "abi/tilth.h"

#include <locale.h>
#include <string.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/version.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "store/product_store.h"
#include "tools/registry.h"

struct tilth_ctx {
    tl_err err;
    tilth_progress callback;
    void *user;
    locale_t c_locale;
};

const char *tilth_version(void) {
    return tl_version();
}

tilth_ctx *tilth_open(void) {
    tilth_ctx *ctx = tl_acquire(1, sizeof *ctx);
    if (ctx != NULL) {
        /* Programs such as QGIS run in the user's locale, and in locales with a decimal comma
         * strtod reads "1.5" as 1. */
        ctx->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    return ctx;
}

void tilth_close(tilth_ctx *ctx) {
    if (ctx != NULL && ctx->c_locale != (locale_t)0) {
        freelocale(ctx->c_locale);
    }
    tl_release(ctx);
}

void tilth_set_progress(tilth_ctx *ctx, tilth_progress callback, void *user) {
    ctx->callback = callback;
    ctx->user = user;
}

const char *tilth_error(const tilth_ctx *ctx) {
    return ctx->err.text;
}

void tilth_free(void *text) {
    tl_release(text);
}

static locale_t enter(tilth_ctx *ctx) {
    ctx->err = (tl_err){0};
    tl_json_begin();
    return ctx->c_locale == (locale_t)0 ? (locale_t)0 : uselocale(ctx->c_locale);
}

static void leave(locale_t before) {
    if (before != (locale_t)0) {
        (void)uselocale(before);
    }
}

static int status_of(tl_code code) {
    switch (code) {
        case TL_OK:
            return TILTH_OK;
        case TL_ARG:
            return TILTH_USAGE;
        case TL_CANCELLED:
            return TILTH_CANCELLED;
        case TL_SHAPE:
        case TL_NOMEM:
        case TL_DATA:
        case TL_FORMAT:
        case TL_IO:
        case TL_NUMERIC:
        case TL_INTERNAL:
            return TILTH_FAILED;
    }
    return TILTH_FAILED;
}

static const tl_algorithm *find_tool(tilth_ctx *ctx, const char *id) {
    const tl_algorithm *alg = id == NULL ? NULL : tl_tools_find(id);
    if (alg == NULL) {
        char question[TL_NEAREST_CAPACITY + 32];
        tl_nearest nearest;
        tl_nearest_start(&nearest, id == NULL ? "" : id);
        for (ptrdiff_t i = 0; i < tl_tools_count(); i++) {
            tl_nearest_offer(&nearest, tl_tools_at(i)->id, strlen(tl_tools_at(i)->id));
        }
        (void)tl_fail(&ctx->err, TL_ARG, "there is no tool '%.100s'; %s`tilth list` lists them all",
                      id == NULL ? "" : id, tl_nearest_question(&nearest, "", question));
    }
    return alg;
}

int tilth_abandon(void) {
    return tl_job_abandon();
}

char *tilth_describe(tilth_ctx *ctx, const char *id) {
    const locale_t before = enter(ctx);
    char *text = NULL;
    const tl_algorithm *alg = id == NULL ? NULL : find_tool(ctx, id);
    if (id == NULL || alg != NULL) {
        json_t *description = alg == NULL ? tl_tools_describe() : tl_job_describe(alg);
        if (id == NULL && description != NULL) {
            tl_json_put(description, "abi", tl_json_integer(TILTH_ABI_VERSION));
            tl_json_put(description, "abi_minor", tl_json_integer(TILTH_ABI_MINOR));
        }
        text = tl_json_print(description, JSON_INDENT(1));
        (void)tl_json_status("the description of the tools", &ctx->err);
        json_decref(description);
    }
    leave(before);
    return text;
}

static json_t *read_params(tilth_ctx *ctx, const char *id, const char *text, tl_code *code) {
    json_t *params = NULL;
    *code = tl_job_parse_params(text, id, &params, &ctx->err);
    return params;
}

int tilth_check(tilth_ctx *ctx, const char *id, const char *params_json) {
    const locale_t before = enter(ctx);
    tl_code code = TL_ARG;
    const tl_algorithm *alg = find_tool(ctx, id);
    json_t *params = alg == NULL ? NULL : read_params(ctx, id, params_json, &code);
    if (params != NULL) {
        code = tl_job_check_descriptor(alg, params, tl_store_products(), &ctx->err);
        json_decref(params);
    }
    leave(before);
    return status_of(code);
}

int tilth_run(tilth_ctx *ctx, const char *id, const char *params_json, char **result_json) {
    const locale_t before = enter(ctx);
    tl_code code = TL_ARG;
    const tl_algorithm *alg = find_tool(ctx, id);
    json_t *params = alg == NULL ? NULL : read_params(ctx, id, params_json, &code);
    if (result_json != NULL) {
        *result_json = NULL;
    }
    if (params != NULL) {
        const tl_progress progress = {.report = ctx->callback, .user = ctx->user, .to = 1.0};
        json_t *result = NULL;
        code = tl_job_run(alg, params, tl_store_products(), &progress, &result, result_json,
                          &ctx->err);
        json_decref(result);
        json_decref(params);
    }
    leave(before);
    return status_of(code);
}
