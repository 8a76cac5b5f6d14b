# Puts the web console into the binary: the files below FOLDER that scripts/web.sh made, each with what it is coded to,
# NAME.gz and NAME.br, where that is smaller. A generated .cpp defines landfall::faces::console::assets(). Run as a script
# it writes that file; included it defines the build step, which runs again when the console was built anew.

set(landfall_media_js "text/javascript; charset=utf-8")
set(landfall_media_css "text/css; charset=utf-8")
set(landfall_media_json "application/json")
set(landfall_media_html "text/html; charset=utf-8")
set(landfall_media_svg "image/svg+xml")
set(landfall_media_txt "text/plain; charset=utf-8")

function(landfall_write_console folder output)
  set(plain "")
  if(IS_DIRECTORY ${folder})
    file(GLOB_RECURSE plain RELATIVE ${folder} ${folder}/*)
    list(FILTER plain EXCLUDE REGEX "\\.(gz|br)$")
    list(SORT plain)
  endif()
  set(data "")
  set(entries "")
  set(number 0)
  foreach(path IN LISTS plain)
    string(REGEX MATCH "[a-z]+$" extension ${path})
    if(NOT landfall_media_${extension})
      message(FATAL_ERROR "${path}: cmake/EmbedConsole.cmake knows no media type of .${extension}")
    endif()
    string(APPEND entries "    Asset{\"${path}\", \"${landfall_media_${extension}}\"")
    foreach(suffix "" ".gz" ".br")
      if(EXISTS ${folder}/${path}${suffix})
        set(name landfall_console_${number})
        string(APPEND data "EMBED(${name}, \"${folder}/${path}${suffix}\")\n")
        string(APPEND entries ", bytes(${name}, ${name}_end)")
        math(EXPR number "${number} + 1")
      else()
        string(APPEND entries ", {}")
      endif()
    endforeach()
    string(APPEND entries "},\n")
  endforeach()
  list(LENGTH plain count)
  file(WRITE ${output} "#include \"faces/console/assets.hpp\"

#include <array>

// The assembler takes files as they are, which no C++20 does.
#define EMBED(name, path)                                                                                            \\
    asm(\".section .rodata\\n.global \" #name \"\\n.hidden \" #name \"\\n.global \" #name \"_end\\n.hidden \" #name \"_end\\n\"       \\
        #name \":\\n.incbin \\\"\" path \"\\\"\\n\" #name \"_end:\\n.byte 0\\n.previous\\n\");                                    \\
    extern \"C\" const char name[];                                                                                    \\
    extern \"C\" const char name##_end[];

${data}
namespace landfall::faces::console {
namespace {

[[maybe_unused]] std::string_view bytes(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

} // namespace

std::span<const Asset> assets() {
    static const std::array<Asset, ${count}> all{{
${entries}    }};
    return all;
}

} // namespace landfall::faces::console
")
endfunction()

# embed_console(TARGET FOLDER): an empty or missing folder makes a program without the console.
function(embed_console target folder)
  set(output ${PROJECT_BINARY_DIR}/generated/${target}_console.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedConsole.cmake)
  set(files "")
  if(folder)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  endif()
  if(NOT files)
    message(STATUS "Without the web console; scripts/web.sh builds it")
  endif()
  set(listing ${PROJECT_BINARY_DIR}/generated/${target}_console.txt)
  file(CONFIGURE OUTPUT ${listing} CONTENT "${folder}\n${files}\n")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D OUTPUT=${output} -P ${script}
    DEPENDS ${files} ${listing} ${script} COMMENT "Embedding the console" VERBATIM)
  target_sources(${target} PRIVATE ${output})
  set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS "${files}" SKIP_PRECOMPILE_HEADERS ON)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  landfall_write_console("${FOLDER}" ${OUTPUT})
endif()
