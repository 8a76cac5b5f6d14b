#include "faces/composition.hpp"

#include "admission/schemes.hpp"
#include "faces/console/console.hpp"
#include "faces/docs/docs.hpp"
#include "faces/items.hpp"
#include "faces/operations.hpp"
#include "faces/realm/realm.hpp"
#include "faces/realm/setup_page.hpp"
#include "faces/storage.hpp"
#include "faces/system.hpp"
#include "operations/registry/openapi.hpp"

namespace landfall::faces {

Composition::Composition(const domain::Services& services, std::string_view version, Observed others)
    : services_(services), others_(others), registry_(operations::make_registry()), pipeline_(services_),
      dispatcher_(registry_, pipeline_), stac_(services_, pipeline_),
      openapi_(operations::openapi_document(registry_, version, item_addresses()).dump()) {}

std::vector<http::Face> Composition::all() {
    const auto& settings = services_.settings;
    const serving::Published published(services_);
    std::vector<http::Face> faces{operation_face(dispatcher_, settings.public_url_is_set ? settings.public_url : ""),
                                  item_face(dispatcher_),
                                  storage_face(services_),
                                  realm_face(services_, pipeline_),
                                  system_face(published, openapi_),
                                  docs_face(published),
                                  setup_face(services_),
                                  console_face()};
    for (http::Face& face : stac_.faces())
        faces.push_back(std::move(face));
    return faces;
}

http::Face Composition::readiness() {
    return readiness_face(services_);
}

http::Owner Composition::owner_of(const http::Request& request) const {
    // Most requests without a credential are those of machines that look whether the server lives.
    if (!request.headers.get("Authorization") && !request.headers.get("X-API-Key") && !request.headers.get("Cookie") &&
        request.raw_query.empty())
        return {};
    auto recognized = admission::recognize(services_, serving::credentials_of(request, serving::KeyInQuery::Allowed));
    return {recognized.organization.str(), std::move(recognized.digest)};
}

http::Face Composition::metrics(const http::Server& observed) {
    return metrics_face(metrics_, observed, services_, others_);
}

} // namespace landfall::faces
