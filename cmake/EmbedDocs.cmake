# Puts docs/guides/ and docs/reference/ into the binary, as the Markdown that they are. A generated .cpp defines
# landfall::faces::embedded_docs(). Run as a script it writes that file; included it defines the build step, which runs
# again when a file is added, removed or changed.

function(landfall_write_docs folder output)
  file(GLOB found RELATIVE ${folder} ${folder}/guides/*.md ${folder}/reference/*.md)
  list(SORT found)
  list(LENGTH found count)
  set(entries "")
  foreach(name IN LISTS found)
    file(READ ${folder}/${name} hex HEX) # as text a list would lose brackets and semicolons
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${hex}")
    string(REGEX REPLACE "\\.md$" "" name ${name})
    string(APPEND entries "    EmbeddedDoc{\"${name}\", \"${text}\"},\n")
  endforeach()
  file(WRITE ${output} "#include \"faces/docs/embedded_docs.hpp\"

#include <array>

namespace landfall::faces {
namespace {

constexpr std::array<EmbeddedDoc, ${count}> kDocs{{
${entries}}};

} // namespace

std::span<const EmbeddedDoc> embedded_docs() { return kDocs; }

} // namespace landfall::faces
")
endfunction()

function(embed_docs target)
  set(folder ${PROJECT_SOURCE_DIR}/docs)
  set(output ${PROJECT_BINARY_DIR}/generated/docs.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedDocs.cmake)
  file(GLOB documents CONFIGURE_DEPENDS ${folder}/guides/*.md ${folder}/reference/*.md)
  # The list of names is a dependency too: removing a document changes no remaining file.
  set(listing ${PROJECT_BINARY_DIR}/generated/docs.txt)
  file(CONFIGURE OUTPUT ${listing} CONTENT "${documents}\n")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D OUTPUT=${output} -P ${script}
    DEPENDS ${documents} ${listing} ${script} COMMENT "Embedding the documentation" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  landfall_write_docs(${FOLDER} ${OUTPUT})
endif()
