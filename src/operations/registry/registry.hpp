#pragma once
/// The list of operations. From it come dispatch, the OpenAPI document, the command line and the contract suite.
///
/// Four kinds, by how they meet the database:
///  - read:     `Result<Out> f(Context&, const In&)` in a snapshot;
///  - write:    the same, in one transaction that also holds provenance, audit, jobs and the idempotency record;
///  - prepared: `Result<P> prepare(Call&, const In&)` outside any transaction for slow work, then
///              `Result<Out> commit(Context&, const In&, P&)` in one transaction;
///  - content:  `Result<Content> f(Call&, const In&)` that opens its own short reads and answers bytes.

#include "domain/context.hpp"
#include "operations/registry/operation.hpp"
#include "schema/fields.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::operations {

/// Bytes that are not JSON, or JSON text made by hand, with their cache policy.
struct Content {
    std::string bytes;
    std::string media_type;
    std::string etag;          ///< strong, without quotes; empty: none
    std::string cache_control; ///< empty: no-store
};

/// What the erased body of an operation works with while it runs.
class Run {
public:
    virtual ~Run() = default;
    virtual domain::Call& call() = 0;
    /// Runs `work` in a snapshot.
    virtual Status read(const std::function<Status(domain::Context&)>& work) = 0;
    /// Runs `work` in a transaction around which idempotency and audit happen. `work` gives the answer's text.
    virtual Result<std::string> write(const std::function<Result<std::string>(domain::Context&)>& work) = 0;
};

using Body = std::function<Result<Content>(Run&, const Json& input)>;

/// What an operation may wait for. Commit: until its transaction is durable. Slow: for more than the database, minutes
/// if the server is busy.
enum class Pace { Quick, Commit, Slow };

struct Operation {
    OperationSpec spec;
    Json input_schema;
    Json output_schema;
    Body body;
    Pace pace = Pace::Quick;
};

/// Output is written by its field table; a bare array, raw text or free object are outputs too.
template<typename Out>
std::string output_text(const Out& out) {
    return schema::to_json_text(out);
}

class Registry {
public:
    template<typename In, typename Out>
    void read(const OperationSpec& spec, Result<Out> (*function)(domain::Context&, const In&)) {
        add<In, Out>(spec,
                     [function, media = std::string(spec.media_type)](Run& run, const Json& json) -> Result<Content> {
                         TRY(const In in, schema::from_json<In>(json));
                         std::string text;
                         CHECK_OK(run.read([&](domain::Context& cx) -> Status {
                             TRY(const Out out, function(cx, in));
                             text = output_text(out);
                             return {};
                         }));
                         return Content{std::move(text), media, {}, {}};
                     });
    }

    template<typename In, typename Out>
    void write(const OperationSpec& spec, Result<Out> (*function)(domain::Context&, const In&)) {
        add<In, Out>(
            spec,
            [function, media = std::string(spec.media_type)](Run& run, const Json& json) -> Result<Content> {
                TRY(const In in, schema::from_json<In>(json));
                TRY(std::string text, run.write([&](domain::Context& cx) -> Result<std::string> {
                    TRY(const Out out, function(cx, in));
                    return output_text(out);
                }));
                return Content{std::move(text), media, {}, {}};
            },
            Pace::Commit);
    }

    template<typename In, typename Prepared, typename Out>
    void prepared(const OperationSpec& spec, Result<Prepared> (*prepare)(domain::Call&, const In&),
                  Result<Out> (*commit)(domain::Context&, const In&, Prepared&)) {
        add<In, Out>(
            spec,
            [prepare, commit, media = std::string(spec.media_type)](Run& run, const Json& json) -> Result<Content> {
                TRY(const In in, schema::from_json<In>(json));
                TRY(Prepared prepared, prepare(run.call(), in));
                TRY(std::string text, run.write([&](domain::Context& cx) -> Result<std::string> {
                    TRY(const Out out, commit(cx, in, prepared));
                    return output_text(out);
                }));
                return Content{std::move(text), media, {}, {}};
            },
            Pace::Slow);
    }

    /// A read that opens its own snapshots.
    template<typename In, typename Out>
    void call(const OperationSpec& spec, Result<Out> (*function)(domain::Call&, const In&)) {
        add<In, Out>(spec,
                     [function, media = std::string(spec.media_type)](Run& run, const Json& json) -> Result<Content> {
                         TRY(const In in, schema::from_json<In>(json));
                         TRY(const Out out, function(run.call(), in));
                         return Content{output_text(out), media, {}, {}};
                     });
    }

    template<typename In>
    void content(const OperationSpec& spec, Result<Content> (*function)(domain::Call&, const In&)) {
        add<In, Json>(spec, [function](Run& run, const Json& json) -> Result<Content> {
            TRY(const In in, schema::from_json<In>(json));
            return function(run.call(), in);
        });
    }

    const Operation* find(std::string_view id) const;
    /// By path alias: `uploads/initiate` for `uploads.initiate`.
    const Operation* find_alias(std::string_view path) const;
    /// In the order of their ids.
    std::vector<const Operation*> all() const;

private:
    template<typename In, typename Out>
    void add(const OperationSpec& spec, Body body, Pace pace = Pace::Quick) {
        insert({spec, schema::json_schema<In>(), schema::json_schema<Out>(), std::move(body), pace});
    }
    /// A mistake in a declaration ends the program at start-up with a sentence that names it.
    void insert(Operation operation);

    std::map<std::string, Operation, std::less<>> operations_;
};

/// Every operation of this server.
Registry make_registry();

} // namespace landfall::operations
