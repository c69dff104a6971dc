# SPDX-License-Identifier: GPL-2.0-or-later
# Compiler flags of every tilth target, on two INTERFACE targets that are never exported.

add_library(tilth_flags INTERFACE)
target_compile_features(tilth_flags INTERFACE c_std_11)
# No contraction and no fast-math: same input, same bytes on every processor.
target_compile_options(tilth_flags INTERFACE -ffp-contract=off -fno-math-errno)
target_compile_definitions(tilth_flags INTERFACE _POSIX_C_SOURCE=200809L)

add_library(tilth_warnings INTERFACE)
target_compile_options(tilth_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla
  -Wformat=2 -Wundef -Wswitch-enum -Wnull-dereference
  $<$<C_COMPILER_ID:GNU>:-Wdouble-promotion -Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  $<$<C_COMPILER_ID:Clang>:-Wcomma -Wunreachable-code>)
# clang counts NAN and INFINITY as promotions, so GCC alone looks for them; and it warns of vectors that cross functions of
# one file, which are all inlined.
target_compile_options(tilth_warnings INTERFACE $<$<C_COMPILER_ID:Clang>:-Wno-psabi>)
if(TILTH_DEV)
  target_compile_options(tilth_warnings INTERFACE -Werror)
endif()

if(TILTH_SANITIZE)
  add_compile_options(-fsanitize=${TILTH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TILTH_SANITIZE})
endif()

if(TILTH_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "TILTH_FUZZ needs clang: cmake -DCMAKE_C_COMPILER=clang")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
