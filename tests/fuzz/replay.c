/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs a fuzz target without libFuzzer: on every seed, on every seed cut short, and on a fixed
 * series of spoiled seeds. The same series for every run, so that a finding can be repeated.
 *
 *   replay <spoiled inputs> <files...>   0 spoiled inputs: only the files as they are */
#include <inttypes.h>
#include <stdio.h>

#include "base/rng.h"
#include "fuzz.h"

enum { size_limit = 1 << 20 };

static uint8_t seed_bytes[size_limit];
static uint8_t input[2 * size_limit];

static size_t read_seed(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "replay: '%s' cannot be read\n", path);
        exit(2);
    }
    const size_t length = fread(seed_bytes, 1, sizeof seed_bytes, file);
    (void)fclose(file);
    return length;
}

static size_t below(tl_rng *rng, size_t n) {
    return n < 2 ? 0 : (size_t)tl_rng_below(rng, (ptrdiff_t)n);
}

/* Bytes that parsers stumble over. */
static const char *const tokens[] = {
    "-1",   "0",    "nan",        "inf", "1e999", "99999999999999999999",
    "{",    "}",    "\"",         ",",   ";",     "\n",
    "\r\n", "\xff", "\xc3\x28",   "[",   "]",     "-",
    "<",    ">",    "4294967296", "=",   "null",  "\t"};

/* One to eight spoilings of the seed: bytes changed, removed, doubled, or replaced by a token. */
static size_t spoil(tl_rng *rng, size_t length) {
    memcpy(input, seed_bytes, length);
    const size_t n = 1 + below(rng, 8);
    for (size_t k = 0; k < n; k++) {
        const size_t at = below(rng, length + 1);
        const size_t rest = length - at;
        const size_t span = below(rng, (rest < 64 ? rest : 64) + 1);
        const char *token = tokens[below(rng, sizeof tokens / sizeof tokens[0])];
        const size_t n_token = strlen(token);
        switch (below(rng, 4)) {
            case 0:
                if (rest > 0) {
                    input[at] = (uint8_t)below(rng, 256);
                }
                break;
            case 1:
                memmove(input + at, input + at + span, rest - span);
                length -= span;
                break;
            case 2:
                if (length + span < size_limit) {
                    memmove(input + at + span, input + at, rest);
                    length += span;
                }
                break;
            default:
                if (length + n_token < size_limit) {
                    memmove(input + at + n_token, input + at, rest);
                    memcpy(input + at, token, n_token);
                    length += n_token;
                }
        }
    }
    return length;
}

/* The target gets a block of exactly that size, so that a sanitizer sees a read behind its end. */
static void try_input(const uint8_t *bytes, size_t length) {
    uint8_t *exact = malloc(length == 0 ? 1 : length);
    if (exact == NULL) {
        exit(2);
    }
    memcpy(exact, bytes, length);
    (void)LLVMFuzzerTestOneInput(exact, length);
    free(exact);
}

int main(int argc, char **argv) {
    const long spoiled = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    for (int i = 2; i < argc; i++) {
        const size_t length = read_seed(argv[i]);
        try_input(seed_bytes, length);
        for (size_t k = 1; k < 32 && spoiled > 0; k++) {
            try_input(seed_bytes, length * k / 32);
        }
        tl_rng rng = tl_rng_start(20230504, TL_STREAM_SHUFFLE, (uint32_t)i);
        for (long k = 0; k < spoiled / (argc - 2); k++) {
            const size_t n = spoil(&rng, length);
            try_input(input, n);
        }
    }
    (void)printf("%d seeds\n", argc > 2 ? argc - 2 : 0);
    return argc > 2 ? 0 : 2;
}
