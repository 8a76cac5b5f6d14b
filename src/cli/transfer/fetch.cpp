#include "cli/transfer/fetch.hpp"

#include "cli/transfer/file_name.hpp"

#include <fmt/format.h>

#include <charconv>

namespace landfall::cli {
namespace {

/// First byte and whole size of a Content-Range; nothing if it is malformed.
std::optional<std::int64_t> range_start(std::string_view header) {
    constexpr std::string_view kUnit = "bytes ";
    std::int64_t first = -1;
    if (!header.starts_with(kUnit))
        return std::nullopt;
    header.remove_prefix(kUnit.size());
    const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), first);
    if (error != std::errc() || end == header.data() + header.size() || *end != '-')
        return std::nullopt;
    return first;
}

/// Appends the body of one answer at the place where the target ends.
class Appender final : public outbound::ResponseSink {
public:
    Appender(DownloadTarget& target, const FetchOptions& options, std::int64_t expected)
        : target_(target), options_(options), expected_(expected) {}

    Status begin(const outbound::HttpResponse& head) override {
        if (const auto disposition = head.header("content-disposition"))
            file_name_ = disposition_file_name(*disposition);
        if (const auto tag = head.header("etag"))
            etag_ = *tag;
        if (options_.accept)
            CHECK_OK(options_.accept(file_name_));
        if (head.status != 206)
            return target_.restart();
        if (range_start(head.header("content-range").value_or("")) != target_.size())
            return fail(Code::Internal, "The storage sent another part of the file than was asked for");
        return {};
    }

    Status write(std::string_view bytes) override {
        if (target_.size() + static_cast<std::int64_t>(bytes.size()) > expected_)
            return fail(Code::Internal, fmt::format("The storage sent more than the file's {} bytes", expected_));
        CHECK_OK(target_.append(bytes));
        if (options_.progress)
            options_.progress(target_.size(), expected_);
        return {};
    }

    const std::optional<std::string>& file_name() const { return file_name_; }
    const std::string& etag() const { return etag_; }

private:
    DownloadTarget& target_;
    const FetchOptions& options_;
    std::int64_t expected_;
    std::optional<std::string> file_name_;
    std::string etag_;
};

class Fetcher {
public:
    Fetcher(const WantedAsset& asset, const FetchOptions& options, DownloadTarget& target)
        : asset_(asset), options_(options), target_(target), api_(options.server, options.interrupted),
          client_(options.interrupted, options.server.authorities) {}

    Result<Fetched> run() {
        const bool continued = target_.size() > 0;
        CHECK_OK(until_complete());
        const Status whole = check();
        if (!whole && continued && whole.error().code == Code::Conflict) {
            CHECK_OK(target_.restart());
            CHECK_OK(until_complete());
            CHECK_OK(as_failure(check()));
        } else {
            CHECK_OK(as_failure(whole));
        }
        return Fetched{target_.size(), file_name_};
    }

private:
    static Status as_failure(Status status) {
        if (!status)
            status.error().code = Code::Internal;
        return status;
    }

    Status until_complete() {
        for (int attempt = 1;; ++attempt) {
            const std::int64_t before = target_.size();
            const Status done = step();
            if (done && target_.size() == size_)
                return {};
            const Error error =
                done ? Error(Code::Unavailable, "The connection to the storage broke; try again") : done.error();
            if (target_.size() > before)
                attempt = 1;
            const auto delay = retry_delay(options_.retry, attempt, error, random_chance());
            if (!delay)
                return fail(error);
            if (options_.retry.on_wait)
                options_.retry.on_wait(error, *delay);
            if (!sleep_unless_stopped(*delay, options_.interrupted))
                return fail(Code::Canceled, "Interrupted");
        }
    }

    /// One request, after signing if need be.
    Status step() {
        for (int signing = 0;; ++signing) {
            if (url_.empty())
                CHECK_OK(sign());
            if (size_ > 0 && target_.size() == size_)
                return {};
            if (target_.size() > size_)
                CHECK_OK(target_.restart());
            TRY(const outbound::HttpResponse response, get());
            if (response.status >= 200 && response.status < 300)
                return {};
            if (response.status == 416)
                return target_.restart();
            if (response.status != 403 || signing > 0)
                return fail(refusal(response));
            url_.clear();
        }
    }

    Result<outbound::HttpResponse> get() {
        outbound::HttpRequest request;
        request.url = url_;
        if (target_.size() > 0)
            request.headers.emplace_back("Range", fmt::format("bytes={}-", target_.size()));
        if (target_.size() > 0 && !etag_.empty())
            request.headers.emplace_back("If-Range", etag_);
        Appender appender(target_, options_, size_);
        request.sink = &appender;
        auto response = client_.send(request);
        if (appender.file_name())
            file_name_ = appender.file_name();
        if (!appender.etag().empty() && !appender.etag().starts_with("W/"))
            etag_ = appender.etag();
        return response;
    }

    Status sign() {
        const Json input = Json::object({{"item_id", asset_.item_id}, {"asset_id", asset_.asset_id}});
        TRY(const Json made, api_.call_json("items.asset.download", input));
        url_ = made["url"].as_string();
        size_ = made["size_bytes"].as_integer(-1);
        if (size_ < 0 || (!url_.starts_with("http://") && !url_.starts_with("https://"))) {
            url_.clear();
            return fail(Code::Internal, "The server gave no usable download URL; check its public_url setting");
        }
        return {};
    }

    /// Conflict if the bytes are not the asset's.
    Status check() {
        if (!asset_.sha256)
            return {};
        TRY(const std::string digest, target_.sha256());
        if (digest != *asset_.sha256)
            return fail(Code::Conflict,
                        "The downloaded bytes do not match the asset's checksum; run the command again");
        return {};
    }

    const WantedAsset& asset_;
    const FetchOptions& options_;
    DownloadTarget& target_;
    Api api_;
    outbound::HttpClient client_;
    std::string url_;
    std::string etag_;
    std::int64_t size_ = -1;
    std::optional<std::string> file_name_;
};

} // namespace

Result<Fetched> fetch_asset(const WantedAsset& asset, const FetchOptions& options, DownloadTarget& target) {
    return Fetcher(asset, options, target).run();
}

} // namespace landfall::cli
