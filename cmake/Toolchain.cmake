# Compiler flags, sanitizers, ccache, mold and the precompiled headers.

add_library(landfall_flags INTERFACE)
target_compile_options(landfall_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-missing-field-initializers
  -fno-omit-frame-pointer -fstack-protector-strong)
# g++ 12 reports these falsely for std::optional and std::string once it inlines them.
target_compile_options(landfall_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:
  -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict -Wno-stringop-overread>)
# clang looks at what g++ does not know of: which mutex guards what. All else that it would warn of is g++'s and
# clang-tidy's business. Boost 1.74 does not know that clang has coroutines by now.
target_compile_options(landfall_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:
  -Wno-everything -Wthread-safety -Werror=thread-safety>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_definitions(BOOST_ASIO_HAS_CO_AWAIT=1 BOOST_ASIO_HAS_STD_COROUTINE=1)
endif()
if(NOT LANDFALL_SANITIZE)
  target_compile_definitions(landfall_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
if(LANDFALL_WERROR)
  target_compile_options(landfall_flags INTERFACE -Werror)
endif()
if(LANDFALL_SANITIZE)
  add_compile_options(-fsanitize=${LANDFALL_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${LANDFALL_SANITIZE})
  add_compile_definitions(LANDFALL_SANITIZED=1)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
                      "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Compiles the given headers once, for all targets that landfall_precompile() gives them to: those must agree with this
# one in optimization or none, in sanitizers and in what is defined for the headers. Headers of our own stay out, since
# then an edit of one of them would compile everything anew.
function(landfall_shared_header name)
  set(source ${PROJECT_BINARY_DIR}/generated/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Holds what is precompiled.\n")
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE landfall_flags tl::expected fmt::fmt)
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <span> <string>
    <string_view> <unordered_map> <utility> <variant> <vector> <tl/expected.hpp> <fmt/format.h> ${ARGN})
endfunction()

# -Winvalid-pch, which CMake sets, tells where a header could not be used.
function(landfall_precompile target header)
  if(NOT TARGET ${header})
    landfall_shared_header(${header})
  endif()
  target_link_libraries(${target} PRIVATE fmt::fmt)
  target_precompile_headers(${target} REUSE_FROM ${header})
endfunction()
