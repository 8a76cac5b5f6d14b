#include "domain/items/watched_store.hpp"

#include <string>
#include <utility>

namespace landfall::domain {
namespace {

class WatchedStore final : public storage::ObjectStore, public storage::LinkStore {
public:
    WatchedStore(std::unique_ptr<storage::ObjectStore> real, std::function<void(std::string_view)> missing)
        : real_(std::move(real)), missing_(std::move(missing)) {}

    Result<std::unique_ptr<storage::BlobWriter>> create(std::string_view key,
                                                        std::optional<std::int64_t> size) override {
        return real_->create(key, size);
    }
    Result<std::shared_ptr<const storage::BlobReader>> open(std::string_view key) const override {
        return seen(key, real_->open(key));
    }
    Status remove(std::string_view key) override { return real_->remove(key); }
    Status list(const std::function<void(const storage::BlobEntry&)>& visit) const override {
        return real_->list(visit);
    }
    const storage::LinkStore* links() const override { return real_->links() != nullptr ? this : nullptr; }
    storage::PartStore* parts() override { return real_->parts(); }

    Result<bool> link(std::string_view key, const std::string& path) const override {
        return seen(key, real_->links()->link(key, path));
    }

private:
    template<typename T>
    Result<T> seen(std::string_view key, Result<T> answer) const {
        if (!answer && answer.error().code == Code::NotFound)
            missing_(key);
        return answer;
    }

    std::unique_ptr<storage::ObjectStore> real_;
    std::function<void(std::string_view)> missing_;
};

} // namespace

std::unique_ptr<storage::ObjectStore> watch_store(std::unique_ptr<storage::ObjectStore> real,
                                                  std::function<void(std::string_view key)> missing) {
    return std::make_unique<WatchedStore>(std::move(real), std::move(missing));
}

} // namespace landfall::domain
