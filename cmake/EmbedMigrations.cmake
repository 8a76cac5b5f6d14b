# Puts src/catalog/migrations/ into the binary: NNNN_what.sql for both engines, or NNNN_what.{sqlite,postgres}.sql where
# they differ. A generated .cpp defines landfall::catalog::embedded_migrations(). Run as a script it writes that file;
# included it defines the build step, which runs again when a script is added, removed or changed.

function(landfall_migration_array out folder)
  file(GLOB found RELATIVE ${folder} ${folder}/*.sql)
  set(names ${found})
  list(TRANSFORM names REPLACE "(\\.(sqlite|postgres))?\\.sql$" "")
  list(REMOVE_DUPLICATES names)
  list(SORT names)
  list(LENGTH names count)
  set(entries "")
  foreach(name IN LISTS names)
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+$")
      message(FATAL_ERROR "A migration is named NNNN_what.sql, NNNN_what.sqlite.sql or NNNN_what.postgres.sql, not ${name}")
    endif()
    math(EXPR version "1${CMAKE_MATCH_1} - 10000") # the leading 1 keeps zeros from meaning octal
    string(APPEND entries "    database::Migration{${version}, \"${name}\",\n")
    foreach(engine sqlite postgres)
      set(text "")
      if(EXISTS ${folder}/${name}.sql AND EXISTS ${folder}/${name}.${engine}.sql)
        message(FATAL_ERROR "${name}.sql is for both engines, so there is no ${name}.${engine}.sql")
      endif()
      foreach(file ${folder}/${name}.sql ${folder}/${name}.${engine}.sql)
        if(EXISTS ${file})
          file(READ ${file} text)
        endif()
      endforeach()
      string(APPEND entries "R\"landfall_sql(${text})landfall_sql\",\n")
    endforeach()
    string(APPEND entries "},\n")
  endforeach()
  if(EXTRA)
    math(EXPR count "${count} + 1")
    file(READ ${EXTRA} text)
    string(APPEND entries "    database::Migration{${count}, \"next_version\", R\"landfall_sql(${text})landfall_sql\", R\"landfall_sql(${text})landfall_sql\"},\n")
  endif()
  set(${out} "constexpr std::array<database::Migration, ${count}> kMigrations{{\n${entries}}};\n" PARENT_SCOPE)
endfunction()

function(landfall_write_migrations folder output)
  landfall_migration_array(array ${folder})
  file(WRITE ${output} "#include \"catalog/migrations/schema.hpp\"

#include <array>

namespace landfall::catalog {
namespace {

${array}
} // namespace

std::span<const database::Migration> embedded_migrations() { return kMigrations; }

} // namespace landfall::catalog
")
endfunction()

# embed_migrations(TARGET [EXTRA FILE]): with one more script behind the others, for both engines, as a later version of
# the program would have.
function(embed_migrations target)
  cmake_parse_arguments(E "" "EXTRA" "" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/src/catalog/migrations)
  set(output ${PROJECT_BINARY_DIR}/generated/${target}_migrations.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedMigrations.cmake)
  file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.sql)
  # The list of names is a dependency too: removing a script changes no remaining file.
  set(listing ${PROJECT_BINARY_DIR}/generated/${target}_migrations.txt)
  file(CONFIGURE OUTPUT ${listing} CONTENT "${scripts}\n")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D OUTPUT=${output} -D EXTRA=${E_EXTRA} -P ${script}
    DEPENDS ${scripts} ${listing} ${script} ${E_EXTRA} COMMENT "Embedding migrations" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  landfall_write_migrations(${FOLDER} ${OUTPUT})
endif()
