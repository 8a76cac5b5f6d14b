#pragma once
/// Repositories speak in the words of the driver: sessions, rows, statements.

#include "database/column_table.hpp"
#include "database/database.hpp"

namespace landfall::catalog {
using namespace database;
}
