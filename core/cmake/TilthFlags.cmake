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

# What Debian asks of its packages. None of it changes a result; sanitizers and fuzzers bring their own checks.
if(TILTH_HARDEN AND CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT TILTH_SANITIZE AND NOT TILTH_FUZZ)
  set(harden_compile -fstack-protector-strong -Wformat -Werror=format-security -D_FORTIFY_SOURCE=2)
  set(harden_link -Wl,-z,relro -Wl,-z,now)
  find_program(DPKG_BUILDFLAGS dpkg-buildflags)
  if(DPKG_BUILDFLAGS)
    foreach(flag IN ITEMS CFLAGS CPPFLAGS LDFLAGS)
      execute_process(COMMAND ${CMAKE_COMMAND} -E env DEB_BUILD_MAINT_OPTIONS=hardening=+all ${DPKG_BUILDFLAGS} --get ${flag}
        OUTPUT_VARIABLE flags_of_${flag} OUTPUT_STRIP_TRAILING_WHITESPACE)
      separate_arguments(flags_of_${flag})
    endforeach()
    set(harden_compile ${flags_of_CFLAGS} ${flags_of_CPPFLAGS})
    list(FILTER harden_compile EXCLUDE REGEX "^-g$|^-O|^-ffile-prefix-map|^-Wdate-time") # the build type decides these
    set(harden_link ${flags_of_LDFLAGS})
  endif()
  add_compile_options(${harden_compile})
  add_link_options(${harden_link})
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES C)
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
