#pragma once
/// What a program counts about itself, and its exposition for Prometheus.

#include "core/mutex.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace landfall {

/// The values of a family's labels, in the order of their names.
using LabelValues = std::vector<std::string>;

/// A named group of series, one for each combination of label values that occurred. Thread-safe.
class MetricFamily {
public:
    struct Terms {
        std::string name;
        std::string help; ///< one sentence
        std::vector<std::string> labels;
    };

    virtual ~MetricFamily() = default;
    MetricFamily(const MetricFamily&) = delete;
    MetricFamily& operator=(const MetricFamily&) = delete;
    /// Appends HELP, TYPE and the series, in the order of their label values.
    virtual void render(std::string& out) const = 0;

protected:
    explicit MetricFamily(Terms terms) : terms_(std::move(terms)) {}
    void render_head(std::string& out, std::string_view kind) const;
    /// `name_suffix{label="value",…} `, with one more label if `more` names it.
    void render_series(std::string& out, std::string_view suffix, const LabelValues& values,
                       const std::pair<std::string_view, std::string_view>& more = {}) const;

private:
    Terms terms_;
};

/// What only grows.
class Counter final : public MetricFamily {
public:
    explicit Counter(Terms terms) : MetricFamily(std::move(terms)) {}
    /// One series, which lives as long as its family. Counting in it takes no lock.
    class Series {
    public:
        void add(std::uint64_t count = 1) { count_.fetch_add(count, std::memory_order_relaxed); }

    private:
        friend class Counter;
        std::atomic<std::uint64_t> count_{0};
    };

    /// `values` are as many as the family has labels.
    Series& series(const LabelValues& values);
    void add(const LabelValues& values = {}, std::uint64_t count = 1) { series(values).add(count); }
    void render(std::string& out) const override;

private:
    mutable Mutex mutex_;
    std::map<LabelValues, Series> series_ GUARDED_BY(mutex_);
};

/// What goes up and down.
class Gauge final : public MetricFamily {
public:
    explicit Gauge(Terms terms) : MetricFamily(std::move(terms)) {}
    void set(double value, const LabelValues& values = {});
    void render(std::string& out) const override;

private:
    mutable Mutex mutex_;
    std::map<LabelValues, double> series_ GUARDED_BY(mutex_);
};

/// How often values fell at or below each bound.
class Histogram final : public MetricFamily {
public:
    /// `bounds` ascend; the last, +Inf, goes without saying.
    Histogram(Terms terms, std::vector<double> bounds) : MetricFamily(std::move(terms)), bounds_(std::move(bounds)) {}
    /// One series, as a counter has it.
    class Series {
    public:
        explicit Series(const std::vector<double>& bounds) : bounds_(bounds), buckets_(bounds.size() + 1) {}
        void observe(double value);

    private:
        friend class Histogram;
        const std::vector<double>& bounds_;
        std::vector<std::atomic<std::uint64_t>> buckets_; ///< one a bound without those below it, and the rest
        std::atomic<double> sum_{0};
    };

    Series& series(const LabelValues& values);
    void observe(double value, const LabelValues& values = {}) { series(values).observe(value); }
    void render(std::string& out) const override;

private:
    const std::vector<double> bounds_;
    mutable Mutex mutex_;
    std::map<LabelValues, Series> series_ GUARDED_BY(mutex_);
};

/// The families of one program. Families are added before the first `render`; after that all is thread-safe.
class MetricRegistry {
public:
    /// What others count: asked at each exposition, on its thread.
    using Reading = std::function<double()>;
    /// The same of a family with labels.
    using Series = std::vector<std::pair<LabelValues, double>>;
    using Readings = std::function<Series()>;

    Counter& counter(MetricFamily::Terms terms);
    Gauge& gauge(MetricFamily::Terms terms);
    Histogram& histogram(MetricFamily::Terms terms, std::vector<double> bounds);
    void counter(MetricFamily::Terms terms, Reading reading);
    void counter(MetricFamily::Terms terms, Readings readings);
    void gauge(MetricFamily::Terms terms, Reading reading);
    void gauge(MetricFamily::Terms terms, Readings readings);

    /// Every family in the order of adding: Prometheus' text format 0.0.4.
    std::string render() const;

    /// The media type of `render`.
    static constexpr std::string_view kMediaType = "text/plain; version=0.0.4; charset=utf-8";

private:
    template<typename Family, typename... Arguments>
    Family& add(Arguments&&... arguments);

    std::vector<std::unique_ptr<MetricFamily>> families_;
};

} // namespace landfall
