#pragma once
/// The list of operations. From it come dispatch, the OpenAPI document, the command line and the contract suite.
///
/// Five kinds, by how they meet the database:
///  - read:           `Result<Out> f(Context&, const In&)` in a snapshot;
///  - write:          the same, in one transaction that also holds provenance, audit, jobs and the idempotency record;
///  - prepared_write: `Result<P> prepare(Call&, const In&)` outside any transaction for slow work, then
///                    `Result<Out> commit(Context&, const In&, P&)` in one transaction;
///  - followed_write: `Result<B> begin(Context&, const In&)` in one transaction as a write has it, then
///                    `Result<Out> follow(Call&, const In&, B&)`, in transactions of its own: what is too much for one;
///  - free_read:      `Result<Out> f(Call&, const In&)`, which opens its own short snapshots where it needs them.
/// `Out` is a struct with a field table, written as JSON; or an `Answer`, whose bytes are whatever they are.

#include "admission/answer.hpp"
#include "admission/execution.hpp"
#include "domain/context.hpp"
#include "operations/registry/operation.hpp"
#include "schema/fields.hpp"
#include "schema/json_schema.hpp"

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace landfall::operations {

using admission::Answer;
using admission::Execution;

/// The erased body of an operation.
using Body = std::function<Result<Answer>(Execution&, const Json& input)>;

/// What an operation may wait for. Commit: until its transaction is durable. Search: for many rows of the database.
/// Draw: for a worker. Slow: for more than these, minutes if the server is busy.
enum class Pace { Quick, Commit, Search, Draw, Slow };

struct Operation {
    OperationSpec spec;
    Json input_schema;
    Json output_schema;
    Body body;
    Pace pace = Pace::Quick;
};

/// How the success of an operation is told where its function gives a struct.
struct Form {
    int status = 200;
    std::string_view media_type;
};

/// Output is written by its field table; a bare array, raw text or free object are outputs too.
template<typename Out>
Answer answer_of(const Out& out, const Form& form) {
    return {schema::to_json_text(out), std::string(form.media_type), form.status};
}

/// What a function answers itself stays as it is.
inline Answer answer_of(Answer&& answer, const Form& /*form*/) {
    return answer;
}

class Registry {
public:
    template<typename In, typename Out>
    void read(const OperationSpec& spec, Result<Out> (*function)(domain::Context&, const In&),
              Pace pace = Pace::Quick) {
        add<In, Out>(spec, pace, [function](Execution& run, const In& in, const Form& form) -> Result<Answer> {
            Answer answer;
            CHECK_OK(run.read([&](domain::Context& cx) -> Status {
                TRY(Out out, function(cx, in));
                answer = answer_of(std::move(out), form);
                return {};
            }));
            return answer;
        });
    }

    template<typename In, typename Out>
    void write(const OperationSpec& spec, Result<Out> (*function)(domain::Context&, const In&)) {
        add<In, Out>(spec, Pace::Commit, [function](Execution& run, const In& in, const Form& form) {
            return run.write([&](domain::Context& cx) -> Result<Answer> {
                TRY(Out out, function(cx, in));
                return answer_of(std::move(out), form);
            });
        });
    }

    template<typename In, typename Prepared, typename Out>
    void prepared_write(const OperationSpec& spec, Result<Prepared> (*prepare)(domain::Call&, const In&),
                        Result<Out> (*commit)(domain::Context&, const In&, Prepared&)) {
        add<In, Out>(spec, Pace::Slow,
                     [prepare, commit](Execution& run, const In& in, const Form& form) -> Result<Answer> {
                         TRY(Prepared prepared, prepare(run.call(), in));
                         return run.write([&](domain::Context& cx) -> Result<Answer> {
                             TRY(Out out, commit(cx, in, prepared));
                             return answer_of(std::move(out), form);
                         });
                     });
    }

    /// Takes no idempotency key: what is kept under one is kept before the work is done.
    template<typename In, typename Begun, typename Out>
    void followed_write(const OperationSpec& spec, Result<Begun> (*begin)(domain::Context&, const In&),
                        Result<Out> (*follow)(domain::Call&, const In&, Begun&)) {
        add<In, Out>(spec, Pace::Slow,
                     [begin, follow](Execution& run, const In& in, const Form& form) -> Result<Answer> {
                         std::optional<Begun> begun;
                         CHECK_OK(run.write([&](domain::Context& cx) -> Result<Answer> {
                             TRY(begun, begin(cx, in));
                             return Answer();
                         }));
                         TRY(Out out, follow(run.call(), in, *begun));
                         return answer_of(std::move(out), form);
                     });
    }

    template<typename In, typename Out>
    void free_read(const OperationSpec& spec, Result<Out> (*function)(domain::Call&, const In&),
                   Pace pace = Pace::Quick) {
        add<In, Out>(spec, pace, [function](Execution& run, const In& in, const Form& form) -> Result<Answer> {
            TRY(Out out, function(run.call(), in));
            return answer_of(std::move(out), form);
        });
    }

    const Operation* find(std::string_view id) const;
    /// By path alias: `uploads/initiate` for `uploads.initiate`.
    const Operation* find_alias(std::string_view path) const;
    /// In the order of their ids.
    std::vector<const Operation*> all() const;

private:
    /// All kinds come to this: `Result<Answer> work(Execution&, const In&, const Form&)`.
    template<typename In, typename Out, typename Work>
    void add(const OperationSpec& spec, Pace pace, Work work) {
        using Shown = std::conditional_t<std::same_as<Out, Answer>, Json, Out>;
        const Form form{spec.success_status, spec.default_media_type()};
        Body body = [work, form, unknown = spec.unknown_fields](Execution& run, const Json& json) -> Result<Answer> {
            schema::Reader reader(unknown);
            const auto in = schema::from_json<In>(json, reader);
            run.warn(reader.unknown());
            return in ? work(run, *in, form) : Result<Answer>(fail(in.error()));
        };
        Json accepted = schema::json_schema<In>();
        if (spec.unknown_fields == schema::Unknown::Refused)
            accepted = schema::closed_schema(std::move(accepted));
        insert({spec, std::move(accepted), schema::json_schema<Shown>(), std::move(body), pace});
    }
    /// A mistake in a declaration ends the program at start-up with a sentence that names it.
    void insert(Operation operation);

    std::map<std::string, Operation, std::less<>> operations_;
};

/// Every operation of this server.
Registry make_registry();

} // namespace landfall::operations
