/* SPDX-License-Identifier: GPL-2.0-or-later
 * Result codes and the one sentence that a user reads when something failed. */
#ifndef TL_BASE_STATUS_H
#define TL_BASE_STATUS_H

#define TL_CODES(X)                                             \
    X(OK, "no error")                                           \
    X(ARG, "a parameter is outside its documented range")       \
    X(SHAPE, "shapes or sizes do not fit together")             \
    X(NOMEM, "out of memory")                                   \
    X(DATA, "the data cannot answer the question")              \
    X(FORMAT, "a file does not have the documented form")       \
    X(IO, "a file could not be read or written")                \
    X(NUMERIC, "a computation did not converge or is singular") \
    X(CANCELLED, "cancelled by the user")                       \
    X(INTERNAL, "a mistake in tilth itself")

typedef enum tl_code {
#define TL_CODE_ENUM(name, text) TL_##name,
    TL_CODES(TL_CODE_ENUM)
#undef TL_CODE_ENUM
} tl_code;

/* Holds the sentence for the user. Every function that can fail has one as its last argument;
 * NULL is allowed everywhere and means that only the code is wanted. */
typedef struct tl_err {
    tl_code code;
    char text[1024];
} tl_err;

/* Writes the sentence (printf format) into err, if there is one, and returns code. */
tl_code tl_fail(tl_err *err, tl_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fails with TL_NOMEM and "out of memory for <what>", in printf format. */
tl_code tl_no_memory(tl_err *err, const char *what, ...) __attribute__((format(printf, 2, 3)));

#ifdef __clang_analyzer__
/* Shows the static analyser, which reads one file at a time, that a failure is never TL_OK. */
#define tl_fail(err, code, ...) ((void)tl_fail((err), (code), __VA_ARGS__), (code))
#define tl_no_memory(err, ...) ((void)tl_no_memory((err), __VA_ARGS__), TL_NOMEM)
#endif

/* Puts "context: " in front of the sentence that err already holds; returns err's code. */
tl_code tl_fail_in(tl_err *err, tl_code code, const char *context);

/* The fixed English meaning of a code, for logs and tests. */
const char *tl_code_text(tl_code code);

/* Forwards a failure. Only where the function owns nothing that has to be released. */
#define TL_TRY(call)                         \
    do {                                     \
        const tl_code tl_try_code_ = (call); \
        if (tl_try_code_ != TL_OK) {         \
            return tl_try_code_;             \
        }                                    \
    } while (0)

/* Forwards a failure to the single exit `done:` of a function that owns memory or files and has a
 * local variable `code`. */
#define TL_CHECK(call)       \
    do {                     \
        code = (call);       \
        if (code != TL_OK) { \
            goto done;       \
        }                    \
    } while (0)

#endif
