#include "app/config.hpp"

#include "app/hidden_password.hpp"
#include "app/memory.hpp"
#include "core/byte_size.hpp"
#include "core/endpoint.hpp"
#include "core/network.hpp"
#include "core/numbers.hpp"
#include "schema/json_schema.hpp"
#include "storage/s3/address.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <regex>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX asks the program to declare it

namespace landfall::app {
namespace {

/// A value of one setting with where it came from.
struct Given {
    Json value;
    std::string source;
};

std::string upper(std::string_view name) {
    std::string out;
    for (const char c : name)
        out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

/// Text of a flag or variable as a value of the setting's type; text that does not fit stays text, so that the
/// field table reports it.
Json from_text(const std::string& text, const Json& schema) {
    const Json& types = schema["type"]; // with null where the setting may be absent
    const auto type = types.items().empty() ? types.as_view() : types.items()[0].as_view();
    if (type == "integer") {
        const auto number = parse_byte_size(text);
        return number ? Json(*number) : Json(text);
    }
    if (type == "boolean") {
        if (text == "true" || text == "1" || text == "yes")
            return true;
        if (text == "false" || text == "0" || text == "no")
            return false;
        return text;
    }
    if (type == "array") {
        Json list = Json::array();
        std::size_t start = 0;
        while (start <= text.size()) {
            const auto comma = std::min(text.find(',', start), text.size());
            if (comma > start)
                list.push(text.substr(start, comma - start));
            start = comma + 1;
        }
        return list;
    }
    return text;
}

Json from_toml(const toml::node& node, const Json& schema) {
    if (const auto* text = node.as_string())
        return schema["type"].as_view() == "integer" ? from_text(text->get(), schema) : Json(text->get());
    if (const auto* number = node.as_integer())
        return number->get();
    if (const auto* number = node.as_floating_point())
        return number->get();
    if (const auto* boolean = node.as_boolean())
        return boolean->get();
    Json list = Json::array();
    if (const auto* array = node.as_array())
        for (const auto& entry : *array)
            list.push(from_toml(entry, Json()));
    return list;
}

bool is_port(std::string_view text) {
    return number_in<std::uint16_t>(text).value_or(0) > 0;
}

bool is_host(std::string_view text) {
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    const std::string_view name = bracketed ? text.substr(1, text.size() - 2) : text;
    return !name.empty() && std::all_of(name.begin(), name.end(), [bracketed](unsigned char c) {
        return bracketed ? std::isxdigit(c) != 0 || c == ':' || c == '.'
                         : std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
    });
}

/// Scheme, host and port of an http(s) URL that holds no more than these and slashes at its end; nothing for others.
std::optional<std::string> origin_in(std::string_view url) {
    while (url.ends_with('/'))
        url.remove_suffix(1);
    const auto scheme = url.substr(0, url.find("://"));
    if (scheme.size() == url.size() || (scheme != "http" && scheme != "https"))
        return std::nullopt;
    std::string_view host = url.substr(scheme.size() + 3);
    const auto colon = host.rfind(':');
    if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
        if (!is_port(host.substr(colon + 1)))
            return std::nullopt;
        host = host.substr(0, colon);
    }
    return is_host(host) ? std::optional(std::string(url)) : std::nullopt;
}

/// What Kubernetes and Docker put into every environment for a service or a link of our name: `LANDFALL_PORT=tcp://…`,
/// `LANDFALL_SERVICE_HOST`, `LANDFALL_DB_PORT_5432_TCP_ADDR`.
bool is_orchestrators(std::string_view variable, std::string_view value) {
    static const std::regex names(
        R"(LANDFALL_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?))");
    static const std::regex ports(R"(LANDFALL_(\w+_)?PORT)");
    return std::regex_match(variable.begin(), variable.end(), names) ||
           (std::regex_match(variable.begin(), variable.end(), ports) && value.find("://") != std::string_view::npos);
}

/// The group and the name within it, of a dotted name; an empty group for others.
std::pair<std::string, std::string> split_name(const std::string& name) {
    const auto dot = name.find('.');
    return dot == std::string::npos ? std::pair(std::string(), name)
                                    : std::pair(name.substr(0, dot), name.substr(dot + 1));
}

/// A value that is printed: passwords and secrets are not.
Json shown(const std::string& name, const Json& value) {
    if (name == "database")
        return hidden_password(value.as_view());
    const bool secret = name == "s3.secret_key" || name == "s3.session_token";
    return secret && !value.as_view().empty() ? Json("***") : value;
}

/// What a store of S3 needs of its settings.
std::vector<std::string> store_faults(const Config& config) {
    constexpr std::int64_t kSmallestS3Part = 5LL << 20U;
    std::vector<std::string> faults;
    if (config.storage != "s3")
        return faults;
    if (const auto address = storage::BucketAddress::of(config.s3); !address)
        faults.push_back(address.error().message);
    if (config.s3.access_key.empty() != config.s3.secret_key.empty())
        faults.emplace_back("s3.access_key and s3.secret_key: one is given without the other");
    if (!config.s3.kms_key.empty() && config.s3.encryption != "aws:kms")
        faults.emplace_back("s3.kms_key: it belongs to s3.encryption = aws:kms");
    if (config.limits.smallest_part_bytes < kSmallestS3Part)
        faults.emplace_back("limits.smallest_part_bytes: parts in an S3 store have at least 5 MiB");
    return faults;
}

std::map<std::string, Json> by_name(const std::vector<std::pair<std::string, Json>>& schemas) {
    return {schemas.begin(), schemas.end()};
}

/// Gathers the settings of all sources and the faults in them.
class Merger {
public:
    void add_file(const std::string& path);
    void add_environment(const std::vector<std::string>& entries);
    void add_flags(const std::map<std::string, std::string>& flags);
    Result<LoadedConfig> finish();

private:
    std::string_view text_of(const std::string& name) const;
    void check_public_url();
    void check_addresses();
    void check_upload_status();
    void check_proxies();
    void check_tls();
    std::vector<Setting> listed(const Config& config) const;
    void add_table(const toml::table& table, const std::string& prefix, const std::string& path);
    void unknown(std::string_view name, std::string_view source) {
        faults_.push_back(fmt::format("{}: unknown setting (from {})", name, source));
    }

    std::map<std::string, Json> schemas_ = by_name(setting_schemas());
    std::map<std::string, Given> given_;
    std::vector<std::string> faults_;
};

void Merger::add_table(const toml::table& table, const std::string& prefix, const std::string& path) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (const auto* inner = node.as_table()) {
            add_table(*inner, name + ".", path);
            continue;
        }
        const auto known = schemas_.find(name);
        if (known == schemas_.end())
            unknown(name, path);
        else
            given_[name] = {from_toml(node, known->second), path};
    }
}

void Merger::add_file(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored) || !std::filesystem::exists(path, ignored)) {
        faults_.push_back(fmt::format("config: '{}' is no file; name a TOML file", path));
        return;
    }
    try {
        add_table(toml::parse_file(path), "", path);
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line; // 0: nothing was read
        faults_.push_back(line > 0 ? fmt::format("{}: line {}: {}", path, line, error.description())
                                   : fmt::format("{}: {}", path, error.description()));
    }
}

void Merger::add_environment(const std::vector<std::string>& entries) {
    constexpr std::string_view kPrefix = "LANDFALL_";
    // Read by the client commands and by the tests; not settings of the server.
    constexpr std::array<std::string_view, 3> kClient{"LANDFALL_URL", "LANDFALL_TOKEN", "LANDFALL_CONFIG"};
    std::map<std::string, std::string> names;
    for (const auto& [name, schema] : schemas_)
        names.emplace(fmt::format("{}{}", kPrefix, upper(name)), name);
    for (const auto& entry : entries) {
        const auto equals = entry.find('=');
        const std::string variable = entry.substr(0, equals);
        const bool client = std::find(kClient.begin(), kClient.end(), variable) != kClient.end();
        if (!variable.starts_with(kPrefix) || variable.starts_with("LANDFALL_TEST_") || client)
            continue;
        const auto known = names.find(variable);
        if (known == names.end() && is_orchestrators(variable, entry.substr(std::min(equals, entry.size()))))
            spdlog::debug("{} is no setting, but what Kubernetes or Docker set", variable);
        else if (known == names.end())
            unknown(variable, "the environment");
        else
            given_[known->second] = {from_text(entry.substr(equals + 1), schemas_[known->second]), variable};
    }
}

void Merger::add_flags(const std::map<std::string, std::string>& flags) {
    for (const auto& [name, text] : flags) {
        const auto known = schemas_.find(name);
        if (known == schemas_.end())
            unknown(name, "the command line");
        else
            given_[name] = {from_text(text, known->second), "flag"};
    }
}

/// The text that is given for a setting; empty if none is.
std::string_view Merger::text_of(const std::string& name) const {
    const auto given = given_.find(name);
    return given == given_.end() ? std::string_view() : given->second.value.as_view();
}

void Merger::check_addresses() {
    for (const std::string name : {"listen", "metrics_listen"}) {
        const auto given = given_.find(name);
        if (given == given_.end() || !given->second.value.is_string() ||
            (text_of(name).empty() && name == "metrics_listen"))
            continue;
        if (const auto endpoint = parse_endpoint(text_of(name)); !endpoint)
            faults_.push_back(fmt::format("{}: {} (from {})", name, endpoint.error().message, given->second.source));
    }
}

void Merger::check_upload_status() {
    const auto given = given_.find("upload_in_progress_status");
    if (given != given_.end() && given->second.value != Json(400) && given->second.value != Json(409))
        faults_.push_back(fmt::format("upload_in_progress_status: is 400 or 409 (from {})", given->second.source));
}

void Merger::check_proxies() {
    const auto given = given_.find("trusted_proxies");
    if (given == given_.end())
        return;
    for (const Json& proxy : given->second.value.items())
        if (proxy.is_string() && !Network::parse(proxy.as_view()))
            faults_.push_back(fmt::format("trusted_proxies: '{}' is no network; it looks like 10.0.0.0/8 (from {})",
                                          proxy.as_view(), given->second.source));
}

void Merger::check_tls() {
    if (text_of("tls_certificate").empty() != text_of("tls_key").empty())
        faults_.emplace_back("tls_certificate and tls_key: one is given without the other; TLS needs both");
}

/// Signed URLs begin with it, so a slash at its end would be part of what is signed.
void Merger::check_public_url() {
    const auto given = given_.find("public_url");
    if (given == given_.end() || given->second.value.as_view().empty())
        return;
    if (const auto origin = origin_in(given->second.value.as_view()))
        given->second.value = *origin;
    else
        faults_.push_back(fmt::format("public_url: '{}' is no origin; it looks like https://data.example.org (from {})",
                                      given->second.value.as_view(), given->second.source));
}

std::vector<Setting> Merger::listed(const Config& config) const {
    std::vector<Setting> all;
    const auto merged = Json::parse(schema::to_json_text(config));
    for (const auto& [name, schema] : schemas_) {
        const auto [group, own] = split_name(name);
        const Json& value = group.empty() ? (*merged)[own] : (*merged)[group][own];
        const auto from = given_.find(name);
        all.push_back({name, shown(name, value).dump(), from != given_.end() ? from->second.source : "default"});
    }
    return all;
}

Result<LoadedConfig> Merger::finish() {
    check_public_url();
    check_addresses();
    check_upload_status();
    check_proxies();
    check_tls();
    Json tree = Json::object({{"limits", Json::object()}, {"s3", Json::object()}});
    for (const auto& [name, entry] : given_) {
        const auto [group, own] = split_name(name);
        if (group.empty()) {
            tree.set(own, entry.value);
        } else {
            Json members = tree[group];
            members.set(own, entry.value);
            tree.set(group, std::move(members));
        }
    }
    auto config = schema::from_json<Config>(tree);
    if (config)
        std::ranges::move(store_faults(*config), std::back_inserter(faults_));
    if (!config) {
        for (const auto& field : config.error().fields) {
            std::string name = field.path.empty() ? "" : field.path[0];
            for (std::size_t i = 1; i < field.path.size(); ++i)
                name += "." + field.path[i];
            const auto from = given_.find(name);
            faults_.push_back(fmt::format("{}: {} (from {})", name, field.message,
                                          from != given_.end() ? from->second.source : "its list"));
        }
    }
    if (!faults_.empty()) {
        std::string all = "The settings are not valid:";
        for (const auto& fault : faults_)
            all += "\n  " + fault;
        return fail(Code::InvalidArgument, all);
    }
    settle_memory(config->limits, given_.contains("limits.tile_block_bytes") ? BlockBytes::Given : BlockBytes::Default,
                  host_memory());
    return LoadedConfig{*config, listed(*config)};
}

} // namespace

std::vector<std::pair<std::string, Json>> setting_schemas() {
    std::vector<std::pair<std::string, Json>> all;
    const auto config = schema::json_schema<Config>();
    for (const auto& [name, property] : config["properties"].members())
        if (property["type"].as_view() != "object")
            all.emplace_back(name, property);
    const auto add_group = [&all](const std::string& group, const Json& schema) {
        for (const auto& [name, property] : schema["properties"].members())
            all.emplace_back(group + "." + name, property);
    };
    add_group("s3", schema::json_schema<storage::S3Settings>());
    add_group("limits", schema::json_schema<domain::Limits>());
    return all;
}

std::vector<std::string> environment() {
    std::vector<std::string> entries;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
        entries.emplace_back(*entry);
    return entries;
}

Result<LoadedConfig> load_config(const ConfigSources& sources) {
    Merger merger;
    if (sources.file)
        merger.add_file(*sources.file);
    merger.add_environment(sources.environment);
    merger.add_flags(sources.flags);
    return merger.finish();
}

} // namespace landfall::app
