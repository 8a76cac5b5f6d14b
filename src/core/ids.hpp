#pragma once
/// Strong identifiers: a type prefix and a time-ordered unique part, opaque to clients.

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace landfall {

/// 26 characters of lower-case Crockford base32: 48 bits of milliseconds since 1970, 80 random bits.
/// Later ids sort after earlier ones; within one millisecond of one process too. Thread-safe.
std::string unique_part();

/// `bytes` random bytes from the system's generator. Thread-safe.
std::string random_bytes(std::size_t bytes);

template<typename Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}
    explicit Id(std::string_view text) : text_(text) {}

    /// A new id that no other call returns.
    static Id make() { return Id(std::string(Tag::prefix) + unique_part()); }

    const std::string& str() const { return text_; }
    bool empty() const { return text_.empty(); }
    friend auto operator<=>(const Id&, const Id&) = default;

private:
    std::string text_;
};

namespace tag {
struct Organization {
    static constexpr std::string_view prefix = "org_";
};
struct Project {
    static constexpr std::string_view prefix = "prj_";
};
struct User {
    static constexpr std::string_view prefix = "usr_";
};
struct ApiKey {
    static constexpr std::string_view prefix = "key_";
};
struct Collection {
    static constexpr std::string_view prefix = "col_";
};
struct Item {
    static constexpr std::string_view prefix = "it_";
};
struct Asset {
    static constexpr std::string_view prefix = "as_";
};
struct Object {
    static constexpr std::string_view prefix = "ob_";
};
struct Upload {
    static constexpr std::string_view prefix = "u_";
};
struct Profile {
    static constexpr std::string_view prefix = "vp_";
};
struct Job {
    static constexpr std::string_view prefix = "job_";
};
struct Request {
    static constexpr std::string_view prefix = "req_";
};
struct Edge {
    static constexpr std::string_view prefix = "pe_";
};
struct UsageEntry {
    static constexpr std::string_view prefix = "ue_";
};
struct Event {
    static constexpr std::string_view prefix = "ev_";
};
struct Audit {
    static constexpr std::string_view prefix = "au_";
};
} // namespace tag

using OrganizationId = Id<tag::Organization>;
using ProjectId = Id<tag::Project>;
using UserId = Id<tag::User>;
using ApiKeyId = Id<tag::ApiKey>;
using CollectionId = Id<tag::Collection>;
using ItemId = Id<tag::Item>;
using AssetId = Id<tag::Asset>;
using ObjectId = Id<tag::Object>;
using UploadId = Id<tag::Upload>;
using ProfileId = Id<tag::Profile>;
using JobId = Id<tag::Job>;
using RequestId = Id<tag::Request>;
using EdgeId = Id<tag::Edge>;
using UsageEntryId = Id<tag::UsageEntry>;
using AuditId = Id<tag::Audit>;
using EventId = Id<tag::Event>;

} // namespace landfall

template<typename Tag>
struct std::hash<landfall::Id<Tag>> {
    std::size_t operator()(const landfall::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
