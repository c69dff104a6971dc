# SPDX-License-Identifier: GPL-2.0-or-later
# One static library per room of core/. Its dependencies come from core/rooms.txt, the same file that the
# architecture test reads, so the link order and the permitted includes cannot drift apart.

file(STRINGS ${PROJECT_SOURCE_DIR}/core/rooms.txt tilth_room_lines REGEX "^[a-z]+ *:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/rooms.txt)

# tilth_room(<name> [outside libraries...]) builds tl_<name> from core/<name>/*.c.
function(tilth_room name)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/${name}/*.c)
  add_library(tl_${name} STATIC ${sources})
  set_target_properties(tl_${name} PROPERTIES
    POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden C_EXTENSIONS OFF)
  target_include_directories(tl_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(tl_${name} PRIVATE tilth_flags tilth_warnings PUBLIC ${ARGN} m)
  foreach(line IN LISTS tilth_room_lines)
    if(line MATCHES "^${name} *:([^;]*)")
      string(STRIP "${CMAKE_MATCH_1}" allowed)
      separate_arguments(allowed)
      foreach(other IN LISTS allowed)
        target_link_libraries(tl_${name} PUBLIC tl_${other})
      endforeach()
    endif()
  endforeach()
endfunction()
