#pragma once
/// What the routes of a STAC API work with, and the two ways in which one runs: reading in a snapshot, or changing in a
/// transaction. Contract: swisstopo.md section 3, "Order of checks".

#include "admission/pipeline.hpp"
#include "catalog/search/collection_summaries.hpp"
#include "catalog/tenancy/project.hpp"
#include "domain/context.hpp"
#include "domain/versioned_cache.hpp"
#include "http/message/message.hpp"
#include "schema/json.hpp"
#include "stac/dialect.hpp"
#include "stac/reply.hpp"

#include <any>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::stac {

/// What a server remembers of the catalog for its STAC APIs. Thread-safe.
struct Memory {
    explicit Memory(const domain::Versions& versions) : projects(versions, 16) {}
    domain::VersionedCache<catalog::ProjectRow> projects;
    catalog::Summaries summaries;
};

/// One STAC API of a server.
struct Site {
    const domain::Services& services;
    admission::Pipeline& pipeline;
    Memory& memory;
    const Dialect& dialect;
};

/// A request within the snapshot or transaction that answers it.
struct Asked {
    const Site& site;
    const http::Request& request;
    domain::Context& cx;
    const catalog::ProjectRow& project;
    const Result<Json>& content;    ///< of the body
    const Result<std::any>& errand; ///< what `Change::errand` brought

    const Dialect& dialect() const { return site.dialect; }
    database::Session& session() const { return cx.session; }
    /// A `{name}` of the path.
    const std::string& param(const std::string& name) const { return request.params.at(name); }
    /// The body, which must be a JSON object. Fails in the shapes of this face.
    Result<Json> body() const;
    /// The absolute address of a path of this API.
    std::string url(std::string_view path) const;
};

using Work = std::function<Result<Reply>(const Asked&)>;
/// What has to be asked of others before the transaction, made in a snapshot; nothing: nothing has.
using Errand = std::function<Result<std::any>(const domain::Call&)>;
using PlanErrand = std::function<Result<Errand>(const Asked&)>;

/// Runs work that changes nothing, and whose answer is the caller's to make, for who may read the project.
struct Looked {
    admission::Outcome outcome;
    bool is_public = true; ///< anybody may
};
Looked look(const Site& site, const http::Request& request, std::string_view act,
            const std::function<Status(const Asked&)>& work);

/// The answer to a request that changes nothing; by POST too. For who may read the project, which is anybody if it is
/// public.
http::Response read(const Site& site, const http::Request& request, std::string_view act, const Work& work);

/// The answer to a request that changes something, for editors of the project. A race that was lost is run again.
struct Change {
    std::string_view act;
    admission::SideEffect effect = admission::SideEffect::Compute;
    admission::RateClass rate = admission::RateClass::Operations;
    PlanErrand errand{}; ///< what it comes to is told to the work
};
http::Response change(const Site& site, const http::Request& request, const Change& what, const Work& work);

/// The refusal of who has no credentials, before a large body is read.
std::optional<http::Response> turn_away(const Site& site, const http::Request& request, const Change& what);

/// The project that the API is about, as it was a moment ago. NotFound if there is none.
Result<catalog::ProjectRow> known_project(const Site& site);

} // namespace landfall::stac
