/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: parameters of a run of any tool as JSON, through the public interface.
 *
 * The first byte chooses the tool. Where the second one is odd, the rest is the JSON text; otherwise
 * it is a recipe, by which every parameter of the tool gets a value of some kind, so that the values
 * are reached behind the grammar of JSON. */
#include "abi/tilth.h"
#include "fuzz.h"
#include "json/json.h"
#include "tools/registry.h"

typedef struct recipe {
    const uint8_t *bytes;
    size_t length;
} recipe;

static unsigned next(recipe *r) {
    if (r->length == 0) {
        return 0;
    }
    r->length--;
    return *r->bytes++;
}

/* A text that readers of parameters meet. */
static json_t *some_text(recipe *r) {
    static const char *const texts[] = {"",
                                        "yes",
                                        "0,5",
                                        "-1e308",
                                        "2147483648",
                                        "a|layername=b|subset=c = 'd'|geometrytype=Point",
                                        "/vsizip/a.zip/b.tif",
                                        "NETCDF:\"a\":b",
                                        "<VRTDataset/>",
                                        "/dev/null",
                                        "\xc3\xa9\xe5\x9c\x9f",
                                        "a:b:c",
                                        "1 2 3",
                                        "memory?a",
                                        "dbname='a' table=\"b\" (c) sql=d"};
    const unsigned k = next(r);
    if (k < sizeof texts / sizeof texts[0]) {
        return tl_json_text(texts[k]);
    }
    const size_t n = r->length < k % 32 ? r->length : k % 32;
    json_t *text = tl_json_text_n((const char *)r->bytes, n);
    r->bytes += n;
    r->length -= n;
    return text;
}

static json_t *some_value(recipe *r, int depth) {
    json_t *list;
    switch (next(r) % 8) {
        case 0:
            return tl_json_integer((json_int_t)next(r) - 128);
        case 1:
            return tl_json_integer((json_int_t)((unsigned long long)next(r) << 28 | next(r)));
        case 2:
            return tl_json_number(((double)next(r) - 128.0) / (1.0 + (double)next(r)));
        case 3:
            return tl_json_flag((int)(next(r) % 2));
        case 4:
            return tl_json_null();
        case 5:
            list = tl_json_array();
            for (unsigned n = next(r) % 4; n > 0 && depth < 3; n--) {
                tl_json_append(list, some_value(r, depth + 1));
            }
            return list;
        default:
            return some_text(r);
    }
}

static char *params_of_recipe(const json_t *tool, recipe *r) {
    json_t *params = tl_json_object();
    size_t k;
    json_t *one;
    json_array_foreach(json_object_get(tool, "parameters"), k, one) {
        if (next(r) % 3 > 0) {
            tl_json_put(params, json_string_value(json_object_get(one, "id")), some_value(r, 0));
        }
    }
    char *text = tl_json_print(params, JSON_COMPACT);
    json_decref(params);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static json_t *all; /* described once, because that takes longer than a run */
    tl_json_begin();
    all = all == NULL ? tl_tools_describe() : all;
    const ptrdiff_t live = tl_live_blocks();
    recipe r = {bytes, length};
    const json_t *tools = json_object_get(all, "algorithms");
    const json_t *tool = json_array_get(tools, next(&r) % json_array_size(tools));
    char *params = NULL;
    if (next(&r) % 2 == 0) {
        params = params_of_recipe(tool, &r);
    } else {
        params = tl_acquire((ptrdiff_t)r.length + 1, 1);
        if (params != NULL && r.length > 0) {
            memcpy(params, r.bytes, r.length);
        }
    }
    tilth_ctx *ctx = tilth_open();
    if (params != NULL && ctx != NULL) {
        /* A refusal has a sentence. */
        const char *id = json_string_value(json_object_get(tool, "id"));
        if (tilth_check(ctx, id, params) != TILTH_OK && tilth_error(ctx)[0] == '\0') {
            abort();
        }
    }
    tilth_close(ctx);
    tl_release(params);
    fuzz_check(TL_OK, NULL, live);
    return 0;
}
