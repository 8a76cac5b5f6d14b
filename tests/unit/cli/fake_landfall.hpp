#pragma once
/// The face of a Landfall server that transfers meet, with faults on demand. The wire is real.

#include "core/text.hpp"
#include "http/server/server.hpp"
#include "schema/json.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace landfall::cli::testing {

struct SeenCall {
    std::string operation;
    Json input;
    std::string authorization;
    std::string idempotency_key;
};

struct SeenTransfer {
    std::string name;
    std::string signature;
    std::string content_type;
    std::string range;
};

class FakeLandfall {
public:
    FakeLandfall() : server_(options()) {
        http::Face face({"/"});
        face.route("POST", "/v1/op/{id}", http::Lane::Interactive,
                   [this](const http::Request& r) { return operation(r); });
        face.route("PUT", "/put/{name}", http::Lane::Interactive, [this](const http::Request& r) { return put(r); });
        face.route("GET", "/get", http::Lane::Interactive, [this](const http::Request& r) { return get(r); });
        server_.add(face);
        const Status started = server_.start();
        EXPECT_TRUE(started.has_value());
        url = "http://127.0.0.1:" + std::to_string(server_.port());
    }
    ~FakeLandfall() { server_.stop(); }
    FakeLandfall(const FakeLandfall&) = delete;
    FakeLandfall& operator=(const FakeLandfall&) = delete;

    std::string url;
    std::string object; ///< what /get serves
    std::string etag = "\"one\"";
    std::deque<std::string> next_etags; ///< of the next answers of /get
    std::string disposition = "attachment; filename=\"scene.tif\"";
    Json assets = Json::array();                   ///< answer of items.list_assets
    std::map<std::string, http::Response> answers; ///< by operation id, instead of the usual
    int asked_before_read = -1; ///< uploads.complete says "processing" until it was asked so often how far it is
    std::deque<int> put_faults, get_faults; ///< statuses of the next answers; 0: as usual
    std::deque<std::size_t> cut_at;         ///< the next answers of /get end after so many bytes
    std::map<std::string, std::string> stored;
    std::vector<SeenCall> calls;
    std::vector<SeenTransfer> puts, gets;

    std::size_t count(std::string_view operation) const {
        return static_cast<std::size_t>(std::count_if(
            calls.begin(), calls.end(), [&](const SeenCall& call) { return call.operation == operation; }));
    }
    const SeenCall* last(std::string_view operation) const {
        const auto found =
            std::find_if(calls.rbegin(), calls.rend(), [&](const SeenCall& c) { return c.operation == operation; });
        return found == calls.rend() ? nullptr : &*found;
    }

private:
    static http::ServerOptions options() {
        http::ServerOptions made;
        made.port = 0;
        made.io_threads = 1;
        made.pool_threads = 4;
        return made;
    }

    static http::Response json(const Json& value) {
        return http::Response::text(200, "application/json", value.dump());
    }
    static std::string header(const http::Request& r, std::string_view name) {
        return std::string(r.headers.get(name).value_or(""));
    }

    static std::optional<int> next(std::deque<int>& faults) {
        if (faults.empty())
            return std::nullopt;
        const int status = faults.front();
        faults.pop_front();
        return status == 0 ? std::nullopt : std::optional(status);
    }

    http::Response operation(const http::Request& r) {
        const std::lock_guard lock(mutex_);
        const std::string id = r.params.at("id");
        const auto input = Json::parse(r.body);
        calls.push_back({id, input ? *input : Json(), header(r, "Authorization"), header(r, "Idempotency-Key")});
        if (const auto fixed = answers.find(id); fixed != answers.end())
            return fixed->second;
        const std::string signature = std::to_string(++signatures_);
        if (id == "uploads.initiate")
            return json(Json::object({{"id", "u_1"}}));
        if (id == "uploads.signed_url")
            return json(Json::object({{"upload_url", url + "/put/" + percent_encode((*input)["file_name"].as_string()) +
                                                         "?sig=" + signature}}));
        if (id == "uploads.progress" && asked_before_read >= 0)
            return json(
                Json::object({{"id", "u_1"}, {"status", --asked_before_read < 0 ? "completed" : "processing"}}));
        if (id == "uploads.complete" && asked_before_read >= 0)
            return json(Json::object({{"id", "u_1"}, {"item_ids", Json::array()}, {"status", "processing"}}));
        if (id == "uploads.complete")
            return json(Json::object({{"id", "u_1"}, {"item_ids", Json::array({"it_1", "it_2"})}}));
        if (id == "items.list_assets")
            return json(assets);
        if (id == "items.asset.download")
            return json(Json::object(
                {{"url", url + "/get?sig=" + signature}, {"size_bytes", static_cast<std::int64_t>(object.size())}}));
        return json(Json::object({{"echo", *input}}));
    }

    http::Response put(const http::Request& r) {
        const std::lock_guard lock(mutex_);
        puts.push_back({r.params.at("name"), r.query("sig").value_or(""), header(r, "Content-Type"), ""});
        if (const auto status = next(put_faults))
            return http::Response::text(*status, "application/xml",
                                        "<Error><Message>Request has expired</Message></Error>");
        stored[r.params.at("name")] = r.body;
        return http::Response::text(200, "text/plain", "");
    }

    http::Response get(const http::Request& r) {
        const std::lock_guard lock(mutex_);
        const std::string range = header(r, "Range");
        gets.push_back({"", r.query("sig").value_or(""), "", range});
        if (const auto status = next(get_faults))
            return http::Response::text(*status, "application/xml",
                                        "<Error><Message>Request has expired</Message></Error>");
        if (!next_etags.empty()) {
            etag = next_etags.front();
            next_etags.pop_front();
        }
        const std::string condition = header(r, "If-Range");
        const bool partial = range.starts_with("bytes=") && (condition.empty() || condition == etag);
        const std::size_t start = partial ? std::stoul(range.substr(6)) : 0;
        std::string body = object.substr(start);
        if (!cut_at.empty()) { // a proxy that ends an answer early, with a length that fits
            body.resize(std::min(body.size(), cut_at.front()));
            cut_at.pop_front();
        }
        http::Response response = http::Response::text(partial ? 206 : 200, "image/tiff", body);
        response.headers.set("ETag", etag);
        response.headers.set("Content-Disposition", disposition);
        if (partial)
            response.headers.set("Content-Range", "bytes " + std::to_string(start) + "-" +
                                                      std::to_string(start + body.size() - 1) + "/" +
                                                      std::to_string(object.size()));
        return response;
    }

    std::mutex mutex_;
    int signatures_ = 0;
    http::Server server_;
};

} // namespace landfall::cli::testing
