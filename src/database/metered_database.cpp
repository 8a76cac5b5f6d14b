#include "database/metered_database.hpp"

#include <chrono>

namespace landfall::database {
namespace {

using Count = std::atomic<std::uint64_t>;
using Work = std::function<Status(Session&)>;

class MeteredSession final : public Session {
public:
    MeteredSession(Session& real, Count& statements) : real_(real), statements_(statements) {}

    Engine engine() const override { return real_.engine(); }
    Result<std::int64_t> execute(std::string_view sql, std::vector<Value> parameters) override {
        statements_.fetch_add(1, std::memory_order_relaxed);
        return real_.execute(sql, std::move(parameters));
    }
    Status execute_later(std::string_view sql, std::vector<Value> parameters) override {
        statements_.fetch_add(1, std::memory_order_relaxed);
        return real_.execute_later(sql, std::move(parameters));
    }
    Status query(std::string_view sql, std::vector<Value> parameters, const RowVisitor& visit) override {
        statements_.fetch_add(1, std::memory_order_relaxed);
        return real_.query(sql, std::move(parameters), visit);
    }

private:
    Session& real_;
    Count& statements_;
};

/// `work` with its statements counted; lives no longer than the two.
Work metered(const Work& work, Count& statements) {
    return [&work, &statements](Session& real) {
        MeteredSession session(real, statements);
        return work(session);
    };
}

class MeteredWatch final : public Watch {
public:
    MeteredWatch(std::unique_ptr<Watch> real, Count& statements) : real_(std::move(real)), statements_(statements) {}

    Status look(const Work& work) override { return real_->look(metered(work, statements_)); }

private:
    std::unique_ptr<Watch> real_;
    Count& statements_;
};

} // namespace

template<typename Call>
Status MeteredDatabase::Meter::measure(Call call) {
    const auto began = std::chrono::steady_clock::now();
    auto answer = call();
    const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    microseconds_.fetch_add(static_cast<std::uint64_t>(spent.count()), std::memory_order_relaxed);
    (answer ? done_ : failed_).fetch_add(1, std::memory_order_relaxed);
    return answer;
}

MeteredDatabase::Calls MeteredDatabase::Meter::now() const {
    return {done_.load(std::memory_order_relaxed), failed_.load(std::memory_order_relaxed),
            static_cast<double>(microseconds_.load(std::memory_order_relaxed)) / 1e6};
}

Status MeteredDatabase::write(const Work& work) {
    return writes_.measure([&] { return real_.write(metered(work, statements_)); });
}

Status MeteredDatabase::read(const Work& work) const {
    return reads_.measure([&] { return real_.read(metered(work, statements_)); });
}

std::unique_ptr<Watch> MeteredDatabase::watch() const {
    return std::make_unique<MeteredWatch>(real_.watch(), statements_);
}

} // namespace landfall::database
