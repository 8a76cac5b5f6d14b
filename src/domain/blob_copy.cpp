#include "domain/blob_copy.hpp"

#include "core/descriptor.hpp"
#include "domain/upload_bytes.hpp"
#include "storage/blob_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>

namespace landfall::domain {

Result<HeldBlob> copy_into_store(storage::ObjectStore& store, const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file)
        return fail_internal("open " + path + ": " + std::strerror(errno));
    HeldBlob held;
    TRY(held.writer, store.create(new_blob_key()));
    CHECK_OK(storage::write_file_to(*held.writer, file.get()));
    TRY(held.info, held.writer->finish());
    return held;
}

Result<Json> lay_out(const storage::ObjectStore& store, const jobs::ScratchFolder& folder,
                     const std::vector<NamedBlob>& primary_and_sidecars, const std::string& original_name) {
    std::set<std::string> used;
    Json sidecars = Json::array();
    for (const auto& file : primary_and_sidecars) {
        if (!used.insert(file.name).second)
            continue;
        CHECK_OK(store.materialize(file.blob_key, folder.file(file.name)));
        if (used.size() > 1)
            sidecars.push(Json(file.name));
    }
    return Json::object({{"file", primary_and_sidecars.front().name},
                         {"sidecars", std::move(sidecars)},
                         {"original_name", original_name}});
}

} // namespace landfall::domain
