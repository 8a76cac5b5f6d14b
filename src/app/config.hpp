#pragma once
/// Settings of the program: defaults < file (TOML) < environment (`LANDFALL_…`) < flags, merged once at start.
/// Design: section 13.

#include "core/result.hpp"
#include "domain/settings.hpp"
#include "schema/fields.hpp"
#include "storage/s3/settings.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace landfall::app {

/// Every setting of `landfall serve` and of the commands that open its data.
struct Config {
    std::string data = "landfall-data";
    std::string listen = "127.0.0.1:8080";
    std::string public_url;
    std::vector<std::string> hosts;
    std::string database;
    std::string storage = "local";
    storage::S3Settings s3;
    bool verify_checksums = false;
    std::int64_t workers = 0;
    std::string metrics_listen;
    std::string tls_certificate;
    std::string tls_key;
    std::vector<std::string> cors_origins = {"*"};
    std::vector<std::string> trusted_proxies;
    std::string log_level = "info";
    std::int64_t header_seconds = 10;
    std::int64_t idle_seconds = 60;
    std::int64_t drain_seconds = 10;
    std::int64_t max_connections = 10'000;
    std::string stac_project;
    std::int64_t upload_in_progress_status = 400;
    std::vector<std::string> outbound_hosts;
    bool setup_link = true;
    domain::Limits limits;
    std::string listening_at; ///< no setting: the origin of the listener, once it has a port
};

inline constexpr std::string_view kStorageKinds[] = {"local", "s3", "memory"};
inline constexpr std::string_view kLogLevels[] = {"debug", "info", "warning", "error", "off"};

constexpr auto describe(schema::Of<Config>) {
    using schema::field;
    return schema::fields(
        field("data", &Config::data, {.text = "Folder of the embedded database and object store", .min_length = 1}),
        field("listen", &Config::listen, {.text = "Address and port to listen on; port 0 takes a free one"}),
        field("public_url", &Config::public_url,
              {.text = "Origin that clients see, without a path, e.g. https://data.example.org"}),
        field("hosts", &Config::hosts,
              {.text = "Hosts, with their ports if any, under which clients may find the server; empty: any"}),
        field("database", &Config::database, {.text = "postgresql://… or sqlite:PATH; empty: inside the data folder"}),
        field("storage", &Config::storage,
              {.text = "Where bytes live: local (data folder), s3 or memory", .one_of = kStorageKinds}),
        field("s3", &Config::s3, {.text = "The store of storage = s3"}),
        field("verify_checksums", &Config::verify_checksums,
              {.text = "Whether the SHA-256 that a client declares of a file in parts is held against its bytes"}),
        field("workers", &Config::workers,
              {.text = "Worker processes for tiles, and for jobs; 0: one a core", .min = 0, .max = 256}),
        field("metrics_listen", &Config::metrics_listen,
              {.text = "Own address for /metrics and /readyz; empty: on the main one"}),
        field("tls_certificate", &Config::tls_certificate,
              {.text = "PEM file with the certificate chain; empty: plain HTTP"}),
        field("tls_key", &Config::tls_key, {.text = "PEM file with the private key"}),
        field("cors_origins", &Config::cors_origins, {.text = "Origins that browsers may call from; * for any"}),
        field("trusted_proxies", &Config::trusted_proxies,
              {.text = "Networks of proxies whose X-Forwarded-For tells the client's address, e.g. 10.0.0.0/8"}),
        field("log_level", &Config::log_level, {.text = "Least severe level to log", .one_of = kLogLevels}),
        field("header_seconds", &Config::header_seconds,
              {.text = "Longest time for a request's header", .min = 1, .max = domain::kLongestSeconds}),
        field("idle_seconds", &Config::idle_seconds,
              {.text = "Longest silence within an upload", .min = 1, .max = domain::kLongestSeconds}),
        field("drain_seconds", &Config::drain_seconds,
              {.text = "Time for open requests when stopping", .min = 0, .max = domain::kLongestSeconds}),
        field("max_connections", &Config::max_connections,
              {.text = "Open connections before new ones are refused", .min = 1}),
        field("stac_project", &Config::stac_project,
              {.text = "Project that /api/stac/v1 is about; empty: the one that init made for it"}),
        field("upload_in_progress_status", &Config::upload_in_progress_status,
              {.text = "Status of a second upload of an asset on /api/stac/v1: 400 or 409"}),
        field("outbound_hosts", &Config::outbound_hosts,
              {.text = "Hosts within private networks that the server may ask for what users name"}),
        field("setup_link", &Config::setup_link,
              {.text = "Whether a server without users prints a link that makes the first account in a browser"}),
        field("limits", &Config::limits, {.text = "Limits; 0 means off"}));
}

/// One setting as `landfall config print` shows it.
struct Setting {
    std::string name;   ///< dotted: `limits.tiles_per_minute`
    std::string value;  ///< JSON text
    std::string source; ///< `default`, the file's path, the variable's name or `flag`
};

struct LoadedConfig {
    Config config;
    std::vector<Setting> settings;
};

struct ConfigSources {
    std::map<std::string, std::string> flags; ///< by dotted name
    std::optional<std::string> file;          ///< TOML path; must exist if given
    std::vector<std::string> environment;     ///< `NAME=value`, e.g. from environ
};

/// The JSON Schema of every setting by dotted name, in the order of the field tables.
std::vector<std::pair<std::string, Json>> setting_schemas();

/// InvalidArgument listing every unknown and invalid setting of all sources.
Result<LoadedConfig> load_config(const ConfigSources& sources);

/// `NAME=value` entries of this process.
std::vector<std::string> environment();

} // namespace landfall::app
