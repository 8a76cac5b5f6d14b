#include "database/turn.hpp"

namespace landfall::database {
namespace {

constexpr std::string_view kTake = "SELECT pg_advisory_xact_lock(hashtextextended('landfall ' || CAST(?1 AS TEXT), 0))";

} // namespace

Status take_turn(Session& session, std::string_view name) {
    if (session.engine() == Engine::Sqlite)
        return {}; // writers have turns by themselves
    return session.each(kTake, [](const Row&) {}, name);
}

} // namespace landfall::database
