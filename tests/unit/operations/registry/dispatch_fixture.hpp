#pragma once
/// A dispatcher over a whole domain, with operations that do and fail as they are told.

#include "catalog/items/collection.hpp"
#include "catalog/ledger/audit.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "domain/items/collections.hpp"
#include "domain/tenancy/api_keys.hpp"
#include "operations/registry/dispatch.hpp"
#include "support/domain_fixture.hpp"

#include <deque>
#include <stdexcept>

namespace landfall::operations {

/// A body that outlives its call.
inline std::string_view kept(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text));
}

struct Input {
    ProjectId project_id;
    std::string name;
};
constexpr auto describe(schema::Of<Input>) {
    return schema::fields(schema::field("project_id", &Input::project_id, {.required = true}),
                          schema::field("name", &Input::name, {.required = true, .max_length = 20}));
}
struct Output {
    std::string id;
};
constexpr auto describe(schema::Of<Output>) {
    return schema::fields(schema::field("id", &Output::id));
}

/// Names that begin so make the operations below fail in that way, after they wrote a row.
inline Result<Output> fail_as_told(const std::string& name) {
    if (name == "conflict")
        return fail(Code::Conflict, "Told to");
    if (name == "race")
        return fail_race("Told to");
    if (name == "invalid")
        return fail_field("name", "Told to");
    if (name == "denied")
        return fail(Code::PermissionDenied, "Told to");
    if (name == "internal")
        return fail_internal("secret of the server");
    if (name == "throw")
        throw std::runtime_error("secret of the library");
    return Output{};
}

inline Result<Output> make(domain::Context& cx, const Input& in) {
    TRY(const auto row, domain::create_collection(cx, {in.project_id, in.name, {}, {}, true, 0}));
    CHECK_OK(fail_as_told(in.name));
    return Output{row.id.str()};
}

/// As above, but it forgets the lineage of what it made.
inline Result<Output> make_without_lineage(domain::Context& cx, const Input& in) {
    catalog::CollectionRow row;
    row.id = CollectionId::make();
    row.organization_id = cx.principal.organization_id;
    row.project_id = in.project_id;
    row.stac_id = row.id.str();
    row.name = in.name;
    CHECK_OK(catalog::insert_collection(cx.session, row));
    cx.artifact_produced = true;
    return Output{row.id.str()};
}

inline Result<Output> look(domain::Context&, const Input& in) {
    CHECK_OK(fail_as_told(in.name));
    return Output{in.name};
}

constexpr OperationSpec kMake{.id = "test.make",
                              .scope = "collections:write",
                              .side_effect = SideEffect::Compute,
                              .summary = "Make a collection.",
                              .accepts_idempotency_key = true};
constexpr OperationSpec kForget{.id = "test.forget",
                                .scope = "collections:write",
                                .side_effect = SideEffect::Compute,
                                .summary = "Make a collection without its lineage."};
constexpr OperationSpec kLook{
    .id = "test.look", .scope = "collections:read", .side_effect = SideEffect::Read, .summary = "Look."};
constexpr OperationSpec kSpend{
    .id = "test.spend", .scope = "collections:read", .side_effect = SideEffect::ExternalSpend, .summary = "Spend."};

constexpr OperationSpec kRace{.id = "test.race",
                              .scope = "collections:write",
                              .side_effect = SideEffect::Compute,
                              .summary = "Lose a race.",
                              .accepts_idempotency_key = true,
                              .success_status = 201,
                              .media_type = "application/vnd.test+json",
                              .body_limit = 200,
                              .max_values = 5};
constexpr OperationSpec kPlace{.id = "test.place",
                               .scope = "collections:write",
                               .side_effect = SideEffect::Compute,
                               .summary = "Place a thing.",
                               .accepts_idempotency_key = true};
constexpr OperationSpec kTagged{
    .id = "test.tagged", .scope = "collections:read", .side_effect = SideEffect::Read, .summary = "Look at a version."};

inline bool race_is_lost = false;

inline Result<Output> race(domain::Context&, const Input& in) {
    if (race_is_lost)
        return fail_race("Another call was faster");
    return Output{in.name};
}

inline Result<Answer> place(domain::Context& cx, const Input& in) {
    CHECK_OK(cx.preconditions.check("v1"));
    return Answer{.bytes = Json(in.name).dump(),
                  .media_type = "application/geo+json",
                  .status = 201,
                  .etag = "v1",
                  .headers = {{"Location", "/here"}}};
}

inline Result<Answer> tagged(domain::Call&, const Input& in) {
    return Answer{.bytes = in.name, .media_type = "text/plain", .etag = "v1"};
}

class Dispatch : public testing::DomainTest {
protected:
    Dispatch() {
        race_is_lost = false;
        registry.write(kMake, make);
        registry.write(kForget, make_without_lineage);
        registry.read(kLook, look);
        registry.write(kSpend, look);
        registry.write(kRace, race);
        registry.write(kPlace, place);
        registry.free_read(kTagged, tagged);
        secret = mint({.scopes = {"collections:*"}});
        call.request.credentials.api_key = secret;
        call.body = kept(body("one"));
        restart();
    }

    void restart() {
        pipeline = std::make_unique<admission::Pipeline>(services);
        dispatcher = std::make_unique<Dispatcher>(registry, *pipeline);
    }
    std::string mint(domain::NewApiKey wanted) {
        wanted.name = "k";
        auto made =
            wrote([&](database::Session& s) { return domain::create_api_key(s, organization, wanted, clock.now()); });
        key_id = made.row.id.str();
        return made.secret;
    }
    std::string body(const std::string& name) const {
        return Json::object({{"project_id", project.str()}, {"name", name}}).dump();
    }
    Outcome run(std::string_view id) {
        call.request.request_id = RequestId::make().str();
        return dispatcher->dispatch(*registry.find(id), call);
    }
    std::optional<Code> code(std::string_view id) { return testing::code_of(run(id).answer); }
    std::size_t collections() {
        return got([&](database::Session& s) { return catalog::list_collections(s, organization, project); }).size();
    }
    /// What the audit log holds of the calls, oldest first.
    std::vector<catalog::AuditRow> audit() {
        return got([&](database::Session& s) {
            return s.all(
                "SELECT request_id, principal_id, principal_type, operation_id, side_effect, outcome, targets,"
                " ip, user_agent FROM audit_log WHERE organization_id = ?1 ORDER BY at, id",
                [](const database::Row& row) {
                    catalog::AuditRow out;
                    out.request_id = row.text(0);
                    out.principal_id = row.text(1);
                    out.principal_type = row.text(2);
                    out.operation_id = row.text(3);
                    out.side_effect = row.text(4);
                    out.outcome = row.text(5);
                    out.targets = row.text(6);
                    out.ip = row.text(7);
                    out.user_agent = row.text(8);
                    return out;
                },
                organization);
        });
    }
    void use_key(const std::string& idempotency_key) { call.idempotency_key = idempotency_key; }

    Registry registry;
    std::unique_ptr<admission::Pipeline> pipeline;
    std::unique_ptr<Dispatcher> dispatcher;
    Invocation call;
    std::string secret, key_id;
};

} // namespace landfall::operations
