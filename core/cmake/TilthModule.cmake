# SPDX-License-Identifier: GPL-2.0-or-later
# One static library per module of core/. Its dependencies come from core/modules.txt, the same file that the
# architecture test reads, so the link order and the permitted includes cannot drift apart.

file(STRINGS ${PROJECT_SOURCE_DIR}/core/modules.txt tilth_module_lines REGEX "^[a-z_/]+ *:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/modules.txt)

# The library of a module: tl_ and its path with underscores, as in tl_tools_terrain.
function(tilth_module_target name result)
  string(REPLACE "/" "_" flat ${name})
  set(${result} tl_${flat} PARENT_SCOPE)
endfunction()

# tilth_module(<name> [outside libraries...]) builds the library of core/<name>/*.c.
function(tilth_module name)
  tilth_module_target(${name} target)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/${name}/*.c)
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden C_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(${target} PRIVATE tilth_flags tilth_warnings PUBLIC ${ARGN} m)
  foreach(line IN LISTS tilth_module_lines)
    if(line MATCHES "^${name} *:([^;]*)")
      string(STRIP "${CMAKE_MATCH_1}" allowed)
      separate_arguments(allowed)
      foreach(other IN LISTS allowed)
        tilth_module_target(${other} other_target)
        target_link_libraries(${target} PUBLIC ${other_target})
      endforeach()
    endif()
  endforeach()
endfunction()
