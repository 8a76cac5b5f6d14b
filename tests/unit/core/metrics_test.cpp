#include "core/metrics.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

TEST(Metrics, AreRenderedInTheOrderOfAddingWithHelpAndType) {
    MetricRegistry registry;
    auto& requests = registry.counter({"requests_total", "Finished requests.", {"operation", "status"}});
    auto& free = registry.gauge({"free_share", "Free.", {}});
    registry.gauge({"open", "Open now.", {}}, [] { return 7; });
    requests.add({"b", "200"});
    requests.add({"a", "200"}, 2);
    requests.add({"b", "200"});
    free.set(0.25);
    EXPECT_EQ(registry.render(), "# HELP requests_total Finished requests.\n"
                                 "# TYPE requests_total counter\n"
                                 "requests_total{operation=\"a\",status=\"200\"} 2\n"
                                 "requests_total{operation=\"b\",status=\"200\"} 2\n"
                                 "# HELP free_share Free.\n"
                                 "# TYPE free_share gauge\n"
                                 "free_share 0.25\n"
                                 "# HELP open Open now.\n"
                                 "# TYPE open gauge\n"
                                 "open 7\n");
}

TEST(Metrics, AskAnewForWhatOthersCount) {
    MetricRegistry registry;
    std::uint64_t value = 1;
    registry.counter({"seen_total", "Seen.", {}}, [&] { return value; });
    value = 2;
    EXPECT_NE(registry.render().find("seen_total 2\n"), std::string::npos);
}

TEST(Metrics, CountAValueInEveryBucketFromItsOwnUp) {
    MetricRegistry registry;
    auto& seconds = registry.histogram({"duration_seconds", "Time.", {"operation"}}, {0.001, 0.5, 1});
    seconds.observe(0.5, {"x"});
    seconds.observe(2.25, {"x"});
    EXPECT_EQ(registry.render(), "# HELP duration_seconds Time.\n"
                                 "# TYPE duration_seconds histogram\n"
                                 "duration_seconds_bucket{operation=\"x\",le=\"0.001\"} 0\n"
                                 "duration_seconds_bucket{operation=\"x\",le=\"0.5\"} 1\n"
                                 "duration_seconds_bucket{operation=\"x\",le=\"1\"} 1\n"
                                 "duration_seconds_bucket{operation=\"x\",le=\"+Inf\"} 2\n"
                                 "duration_seconds_sum{operation=\"x\"} 2.75\n"
                                 "duration_seconds_count{operation=\"x\"} 2\n");
}

TEST(Metrics, EscapeWhatWouldEndALabelOrALine) {
    MetricRegistry registry;
    registry.counter({"odd_total", "One \"odd\"\nline \\.", {"name"}}).add({"a\"b\\c\nd"});
    EXPECT_EQ(registry.render(), "# HELP odd_total One \"odd\"\\nline \\\\.\n"
                                 "# TYPE odd_total counter\n"
                                 "odd_total{name=\"a\\\"b\\\\c\\nd\"} 1\n");
}

} // namespace
} // namespace landfall
