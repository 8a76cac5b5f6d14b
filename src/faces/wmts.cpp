#include "faces/wmts.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"
#include "domain/drawing/wmts.hpp"
#include "faces/operations.hpp"
#include "serving/caller.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <tuple>

namespace landfall::faces {
namespace {

/// What WMTS calls a fault, at which parameter, and its status.
struct Fault {
    std::string_view code, locator;
    int status = 400;
    std::string text;
};

http::Response report(const Fault& fault) {
    http::Response response;
    response.status = fault.status;
    response.headers.set("Content-Type", "application/xml");
    response.headers.set("Cache-Control", "no-store");
    response.body = domain::wmts_exception(fault.code, fault.locator, fault.text);
    return response;
}

/// The text of a problem document, which an exception report tells instead.
std::string detail_of(const http::Response& problem) {
    const auto* const text = std::get_if<std::string>(&problem.body);
    const auto json = text != nullptr ? Json::parse(*text) : Result<Json>(Json());
    if (!json)
        return "The request could not be answered";
    const Json& detail = (*json)["detail"];
    if (detail.is_string())
        return detail.as_string();
    return detail.items().empty() ? (*json)["title"].as_string("The request could not be answered")
                                  : detail.items().front()["msg"].as_string();
}

/// Which parameter of WMTS a field of the operations is.
std::string_view locator_of(const Error& error) {
    if (error.fields.empty() || error.fields.front().path.empty())
        return "";
    const std::string& field = error.fields.front().path.front();
    if (field == "z")
        return "TileMatrix";
    if (field == "x")
        return "TileCol";
    if (field == "y")
        return "TileRow";
    return field == "profile" ? "Style" : "";
}

class Wmts {
public:
    explicit Wmts(operations::Dispatcher& dispatcher)
        : dispatcher_(dispatcher), capabilities_(find("items.tile.wmts_capabilities")),
          tile_(find("items.tile.wmts_get_tile")) {}

    const operations::Operation& capabilities() const { return capabilities_; }
    const operations::Operation& tile() const { return tile_; }

    http::Response describe(const http::Request& request) const {
        Json input = item_of(request);
        input.set("base_url", "");
        // Who shows the key in a header needs none in its URLs.
        const auto headers = serving::caller_of(request, serving::KeyInQuery::Refused).credentials;
        if (const auto key = value(request, "key"); key && headers.authorization.empty() && headers.api_key.empty())
            input.set("key", *key);
        if (const auto profile = value(request, "profile"))
            input.set("profile", *profile);
        return run(request, capabilities_, input);
    }

    struct Place {
        std::string style, matrix_set, matrix, row, column;
    };
    http::Response draw(const http::Request& request, const Place& place) const {
        if (place.matrix_set != domain::kWmtsMatrixSet)
            return report({"InvalidParameterValue", "TileMatrixSet", 400,
                           fmt::format("The only tile matrix set is {}", domain::kWmtsMatrixSet)});
        Json input = item_of(request);
        for (const auto& [field, text, locator] :
             {std::tuple("z", &place.matrix, "TileMatrix"), std::tuple("x", &place.column, "TileCol"),
              std::tuple("y", &place.row, "TileRow")}) {
            const auto number = number_in<std::int64_t>(*text);
            if (!number)
                return report({"InvalidParameterValue", locator, 400, "Give a whole number"});
            input.set(field, *number);
        }
        if (const auto profile = domain::profile_of_style(place.style))
            input.set("profile", *profile);
        return run(request, tile_, input);
    }

    http::Response answer_pairs(const http::Request& request) const {
        const auto wanted = value(request, "request");
        if (const auto service = value(request, "service"); service && lower_case(*service) != "wmts")
            return report({"InvalidParameterValue", "service", 400, "This address is a WMTS"});
        if (!wanted)
            return missing("request");
        const std::string name = lower_case(*wanted);
        if (name == "getcapabilities")
            return describe(request);
        if (name != "gettile")
            return report({"OperationNotSupported", "request", 400, "This service has GetCapabilities and GetTile"});
        return draw_pairs(request);
    }

private:
    static const std::string& text_or_empty(const std::optional<std::string>& text) {
        static const std::string empty;
        return text ? *text : empty;
    }

    http::Response draw_pairs(const http::Request& request) const {
        for (const std::string_view name : {"tilematrixset", "tilematrix", "tilerow", "tilecol"})
            if (!value(request, name))
                return missing(name);
        if (const auto layer = value(request, "layer"); layer && *layer != request.params.at("item_id"))
            return report({"InvalidParameterValue", "layer", 400,
                           fmt::format("The only layer is {}", request.params.at("item_id"))});
        if (const auto format = value(request, "format"); format && *format != "image/png")
            return report({"InvalidParameterValue", "format", 400, "The only format is image/png"});
        return draw(request, {text_or_empty(value(request, "style")), text_or_empty(value(request, "tilematrixset")),
                              text_or_empty(value(request, "tilematrix")), text_or_empty(value(request, "tilerow")),
                              text_or_empty(value(request, "tilecol"))});
    }

    static http::Response missing(std::string_view name) {
        return report({"MissingParameterValue", name, 400, fmt::format("Give the parameter {}", name)});
    }

    /// The names of parameters have no case.
    static std::optional<std::string> value(const http::Request& request, std::string_view name) {
        for (const std::string& each : request.query_names())
            if (lower_case(each) == name)
                return request.query(each);
        return std::nullopt;
    }

    static Json item_of(const http::Request& request) {
        return Json::object({{"item_id", request.params.at("item_id")}});
    }

    http::Response run(const http::Request& request, const operations::Operation& operation, const Json& input) const {
        const std::string body = input.dump();
        auto caller = serving::caller_of(request, serving::KeyInQuery::Allowed);
        caller.repeats = true;
        caller.credentials.public_item = ItemId(request.params.at("item_id"));
        auto outcome = dispatcher_.dispatch(operation, {std::move(caller), body, std::nullopt});
        const auto error = outcome.answer ? std::nullopt : std::optional(outcome.answer.error());
        http::Response response = respond(operation, std::move(outcome), request);
        if (error)
            tell_as_exception(*error, response);
        if (request.query("key"))
            response.headers.set("Referrer-Policy", "no-referrer");
        return response;
    }

    static void tell_as_exception(const Error& error, http::Response& response) {
        const std::string_view locator = locator_of(error);
        const bool beyond = locator == "TileCol" || locator == "TileRow";
        const std::string_view code = beyond                                ? "TileOutOfRange"
                                      : error.code == Code::InvalidArgument ? "InvalidParameterValue"
                                      : error.code == Code::NotFound        ? "InvalidParameterValue"
                                                                            : "NoApplicableCode";
        const std::string text = error.fields.empty() ? detail_of(response) : error.fields.front().message;
        // A parameter of an address is no field of a body.
        response.status = response.status == 422 ? 400 : response.status;
        response.body = domain::wmts_exception(code, locator, text);
        response.headers.set("Content-Type", "application/xml");
    }

    const operations::Operation& find(std::string_view id) const {
        const auto* const operation = dispatcher_.registry().find(id);
        if (operation == nullptr)
            throw std::logic_error("a WMTS runs an operation that is not registered: " + std::string(id));
        return *operation;
    }

    operations::Dispatcher& dispatcher_;
    const operations::Operation& capabilities_;
    const operations::Operation& tile_;
};

} // namespace

void add_wmts(http::Face& face, operations::Dispatcher& dispatcher) {
    const Wmts wmts(dispatcher);
    const std::string root = "/api/v1/items/{item_id}/wmts";
    // A tile may wait for a worker, whatever else the pairs ask for.
    const auto drawn = lane_of(&wmts.tile());
    face.route("GET", root, drawn, [wmts](const http::Request& request) { return wmts.answer_pairs(request); });
    face.route("GET", root + "/1.0.0/WMTSCapabilities.xml", lane_of(&wmts.capabilities()),
               [wmts](const http::Request& request) { return wmts.describe(request); });
    face.route(
        "GET", root + "/1.0.0/{style}/{matrix_set}/{matrix}/{row}/{file}", drawn, [wmts](const http::Request& request) {
            const std::string& file = request.params.at("file");
            const auto dot = file.rfind('.');
            if (dot == std::string::npos || file.substr(dot) != ".png")
                return report({"InvalidParameterValue", "format", 400, "Tiles end in .png"});
            return wmts.draw(request, {request.params.at("style"), request.params.at("matrix_set"),
                                       request.params.at("matrix"), request.params.at("row"), file.substr(0, dot)});
        });
}

} // namespace landfall::faces
