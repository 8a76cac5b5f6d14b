#include "domain/items/object_sample.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/object.hpp"
#include "domain/items/lost_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

namespace landfall::domain {
namespace {

constexpr std::int64_t kFew = 2000;  ///< are all looked at
constexpr int kSlices = 40;          ///< of more than these
constexpr std::int64_t kSlice = 100; ///< objects
constexpr std::int64_t kMostKnown = 1000;

/// A text that sorts somewhere between two others, `share` of the way.
std::string between(const std::string& first, const std::string& last, double share) {
    const auto [at, end] = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
    std::string text(first.begin(), at);
    double low = 0;
    double high = 0;
    double scale = 1;
    const auto offset = static_cast<std::size_t>(at - first.begin());
    for (std::size_t i = offset; i < offset + 6; ++i) {
        scale /= 256;
        low += i < first.size() ? scale * static_cast<unsigned char>(first[i]) : 0;
        high += i < last.size() ? scale * static_cast<unsigned char>(last[i]) : 0;
    }
    double rest = low + (high - low) * share;
    for (int i = 0; i < 6; ++i) {
        rest *= 256;
        const int digit = static_cast<int>(rest);
        rest -= digit;
        text += static_cast<char>(std::clamp(digit, int{'0'}, int{'z'})); // what blobs are named with
    }
    return text;
}

/// One look at a store.
class Sampler {
public:
    Sampler(database::Session& session, const storage::ObjectStore& store) : session_(session), store_(store) {}

    Result<ObjectSample> run() {
        TRY(const auto first, catalog::list_objects_from(session_, "", kFew));
        CHECK_OK(look_at(first));
        sample_.is_all = static_cast<std::int64_t>(first.size()) < kFew;
        if (!sample_.is_all)
            CHECK_OK(look_at_slices(first.front().blob_key));
        CHECK_OK(look_at_known());
        return std::move(sample_);
    }

private:
    Status look_at(const std::vector<catalog::ObjectRow>& objects) {
        for (const auto& object : objects)
            if (seen_.insert(object.blob_key).second) {
                ++sample_.looked_at;
                if (!is_whole(store_, object))
                    CHECK_OK(name(object));
            }
        return {};
    }

    Status look_at_slices(const std::string& first) {
        TRY(const auto newest, catalog::list_newest_objects(session_, kSlice));
        CHECK_OK(look_at(newest));
        std::minstd_rand random(std::random_device{}());
        std::uniform_real_distribution<double> share(0, 1);
        for (int i = 0; i < kSlices; ++i) {
            const auto from = between(first, newest.front().blob_key, share(random));
            TRY(const auto slice, catalog::list_objects_from(session_, from, kSlice));
            CHECK_OK(look_at(slice));
        }
        return {};
    }

    Status look_at_known() {
        TRY(const auto assets, catalog::list_missing_assets(session_, kMostKnown));
        for (const auto& asset : assets) {
            TRY(const auto object, catalog::find_object_of_blob(session_, asset.blob_key.value_or("")));
            if (object)
                CHECK_OK(look_at({*object}));
        }
        return {};
    }

    Status name(const catalog::ObjectRow& object) {
        TRY(const auto assets, catalog::list_assets_of_object(session_, object.organization_id, object.id));
        sample_.missing.push_back(assets.empty() ? fmt::format("{} (of a deleted item)", object.blob_key)
                                                 : fmt::format("{} (asset '{}' of {})", object.blob_key,
                                                               assets.front().key, assets.front().item_id.str()));
        return {};
    }

    database::Session& session_;
    const storage::ObjectStore& store_;
    ObjectSample sample_;
    std::set<std::string> seen_;
};

} // namespace

Result<ObjectSample> sample_objects(const database::Database& database, const storage::ObjectStore& store) {
    return database.read_for([&](database::Session& session) { return Sampler(session, store).run(); });
}

} // namespace landfall::domain
