#include "core/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace landfall {
namespace {

/// A label's value between its quotes.
std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c == '\n')
            out += "\\n";
        else if (c == '"' || c == '\\')
            out.append(1, '\\').append(1, c);
        else
            out += c;
    return out;
}

/// A help text: quotes may stand in it.
std::string escaped_help(std::string_view help) {
    std::string out;
    for (const char c : help)
        if (c == '\n')
            out += "\\n";
        else if (c == '\\')
            out += "\\\\";
        else
            out += c;
    return out;
}

/// A value as Prometheus reads it; whole numbers as such.
std::string number_text(double value) {
    constexpr double kExact = 9'007'199'254'740'992.0; // 2^53
    const bool whole = std::abs(value) < kExact && value == std::trunc(value);
    return whole ? fmt::format("{}", static_cast<std::int64_t>(value)) : fmt::format("{}", value);
}

/// One value that is counted elsewhere.
class Reported final : public MetricFamily {
public:
    Reported(Terms terms, std::string_view kind, MetricRegistry::Readings readings)
        : MetricFamily(std::move(terms)), kind_(kind), readings_(std::move(readings)) {}

    void render(std::string& out) const override {
        render_head(out, kind_);
        for (const auto& [values, count] : readings_()) {
            render_series(out, {}, values);
            out.append(number_text(count)).append("\n");
        }
    }

private:
    std::string_view kind_;
    MetricRegistry::Readings readings_;
};

MetricRegistry::Readings alone(MetricRegistry::Reading reading) {
    return [reading = std::move(reading)] { return MetricRegistry::Series{{LabelValues(), reading()}}; };
}

} // namespace

void MetricFamily::render_head(std::string& out, std::string_view kind) const {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", terms_.name, escaped_help(terms_.help),
                   kind);
}

void MetricFamily::render_series(std::string& out, std::string_view suffix, const LabelValues& values,
                                 const std::pair<std::string_view, std::string_view>& more) const {
    out.append(terms_.name).append(suffix);
    std::string labels;
    const auto add = [&](std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(labels), "{}{}=\"{}\"", labels.empty() ? "" : ",", name, escaped(value));
    };
    for (std::size_t i = 0; i < values.size() && i < terms_.labels.size(); ++i)
        add(terms_.labels[i], values[i]);
    if (!more.first.empty())
        add(more.first, more.second);
    if (!labels.empty())
        out.append("{").append(labels).append("}");
    out.append(" ");
}

Counter::Series& Counter::series(const LabelValues& values) {
    const Lock lock(mutex_);
    return series_[values];
}

void Counter::render(std::string& out) const {
    render_head(out, "counter");
    const Lock lock(mutex_);
    for (const auto& [values, series] : series_) {
        render_series(out, {}, values);
        fmt::format_to(std::back_inserter(out), "{}\n", series.count_.load(std::memory_order_relaxed));
    }
}

void Gauge::set(double value, const LabelValues& values) {
    const Lock lock(mutex_);
    series_[values] = value;
}

void Gauge::render(std::string& out) const {
    render_head(out, "gauge");
    const Lock lock(mutex_);
    for (const auto& [values, value] : series_) {
        render_series(out, {}, values);
        fmt::format_to(std::back_inserter(out), "{}\n", value);
    }
}

Histogram::Series& Histogram::series(const LabelValues& values) {
    const Lock lock(mutex_);
    return series_.try_emplace(values, bounds_).first->second;
}

void Histogram::Series::observe(double value) {
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

void Histogram::render(std::string& out) const {
    render_head(out, "histogram");
    const auto line = [&](const LabelValues& values, std::string_view bound, std::uint64_t count) {
        render_series(out, "_bucket", values, {"le", bound});
        fmt::format_to(std::back_inserter(out), "{}\n", count);
    };
    const Lock lock(mutex_);
    for (const auto& [values, series] : series_) {
        std::uint64_t count = 0; // of this bucket and those below it
        for (std::size_t i = 0; i <= bounds_.size(); ++i) {
            count += series.buckets_[i].load(std::memory_order_relaxed);
            line(values, i < bounds_.size() ? fmt::format("{}", bounds_[i]) : "+Inf", count);
        }
        render_series(out, "_sum", values);
        fmt::format_to(std::back_inserter(out), "{}\n", series.sum_.load(std::memory_order_relaxed));
        render_series(out, "_count", values);
        fmt::format_to(std::back_inserter(out), "{}\n", count);
    }
}

template<typename Family, typename... Arguments>
Family& MetricRegistry::add(Arguments&&... arguments) {
    auto family = std::make_unique<Family>(std::forward<Arguments>(arguments)...);
    Family& added = *family;
    families_.push_back(std::move(family));
    return added;
}

Counter& MetricRegistry::counter(MetricFamily::Terms terms) {
    return add<Counter>(std::move(terms));
}

Gauge& MetricRegistry::gauge(MetricFamily::Terms terms) {
    return add<Gauge>(std::move(terms));
}

Histogram& MetricRegistry::histogram(MetricFamily::Terms terms, std::vector<double> bounds) {
    return add<Histogram>(std::move(terms), std::move(bounds));
}

void MetricRegistry::counter(MetricFamily::Terms terms, Readings readings) {
    add<Reported>(std::move(terms), "counter", std::move(readings));
}

void MetricRegistry::counter(MetricFamily::Terms terms, Reading reading) {
    add<Reported>(std::move(terms), "counter", alone(std::move(reading)));
}

void MetricRegistry::gauge(MetricFamily::Terms terms, Reading reading) {
    add<Reported>(std::move(terms), "gauge", alone(std::move(reading)));
}

void MetricRegistry::gauge(MetricFamily::Terms terms, Readings readings) {
    add<Reported>(std::move(terms), "gauge", std::move(readings));
}

std::string MetricRegistry::render() const {
    std::string out;
    for (const auto& family : families_)
        family->render(out);
    return out;
}

} // namespace landfall
