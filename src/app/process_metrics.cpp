#include "app/process_metrics.hpp"

#include "app/memory.hpp"

#include <spdlog/async.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string_view>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace landfall::app {
namespace {

using Reading = MetricRegistry::Reading;
using Readings = MetricRegistry::Readings;
using Series = MetricRegistry::Series;

/// Fields of /proc/self/stat as proc(5) numbers them.
enum StatField : std::size_t { UserTicks = 14, SystemTicks = 15, Threads = 20, StartTicks = 22, VirtualBytes = 23 };

/// One field; 0 where the system does not tell.
double stat_field(StatField field) {
    std::ifstream file("/proc/self/stat");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto name_end = text.rfind(')'); // the name may hold blanks
    std::istringstream rest(name_end == std::string::npos ? "" : text.substr(name_end + 1));
    std::string word;
    for (std::size_t number = 3; rest >> word; ++number)
        if (number == field) {
            double value = 0;
            std::from_chars(word.data(), word.data() + word.size(), value);
            return value;
        }
    return 0;
}

double seconds_of(double ticks) {
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double start_time() {
    std::ifstream file("/proc/stat");
    double booted = 0;
    for (std::string name; file >> name; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
        if (name == "btime" && file >> booted)
            break;
    return booted + seconds_of(stat_field(StartTicks));
}

double open_files() {
    std::error_code error;
    double count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
        ++count;
    return count;
}

double most_files() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

void add_process(MetricRegistry& registry) {
    registry.counter({"process_cpu_seconds_total", "Processor time of the server without its workers.", {}},
                     Reading([] { return seconds_of(stat_field(UserTicks) + stat_field(SystemTicks)); }));
    registry.gauge({"process_resident_memory_bytes", "Memory that the server holds, without its workers.", {}},
                   Reading([] { return static_cast<double>(resident_bytes()); }));
    registry.gauge({"process_virtual_memory_bytes", "Its address space.", {}},
                   Reading([] { return stat_field(VirtualBytes); }));
    registry.gauge({"process_open_fds", "Its open files and connections.", {}}, Reading(open_files));
    registry.gauge({"process_max_fds", "How many it may have.", {}}, Reading(most_files));
    registry.gauge({"process_threads", "Its threads.", {}}, Reading([] { return stat_field(Threads); }));
    registry.gauge({"process_start_time_seconds", "When it was started, seconds of the epoch.", {}},
                   Reading([started = start_time()] { return started; }));
}

/// Size and free bytes of the disk of a folder.
std::pair<double, double> disk_of(const std::string& folder) {
    struct statvfs disk{};
    if (::statvfs(folder.c_str(), &disk) != 0)
        return {0, 0};
    const auto block = static_cast<double>(disk.f_frsize);
    return {block * static_cast<double>(disk.f_blocks), block * static_cast<double>(disk.f_bavail)};
}

void add_disk(MetricRegistry& registry, const std::string& folder) {
    registry.gauge({"landfall_disk_size_bytes", "Size of the disk of a folder.", {"folder"}},
                   Readings([folder] { return Series{{{"data"}, disk_of(folder).first}}; }));
    registry.gauge({"landfall_disk_free_bytes", "What of it the server may still fill.", {"folder"}},
                   Readings([folder] { return Series{{{"data"}, disk_of(folder).second}}; }));
}

void add_memory(MetricRegistry& registry, std::int64_t limit) {
    registry.gauge({"landfall_memory_limit_bytes", "The setting limits.memory_bytes, or what stands in for it.", {}},
                   Reading([limit] { return static_cast<double>(limit); }));
    registry.gauge({"landfall_memory_share_bytes", "What of it parts of the server may hold.", {"part"}},
                   Readings([shares = memory_shares(limit)] {
                       return Series{{{"tiles"}, static_cast<double>(shares.tiles)},
                                     {{"sources"}, static_cast<double>(shares.sources)},
                                     {{"bodies"}, static_cast<double>(shares.bodies)},
                                     {{"answers"}, static_cast<double>(shares.answers)}};
                   }));
}

} // namespace

void add_process_metrics(MetricRegistry& registry, const Config& config) {
    registry.gauge({"landfall_build_info", "Always 1; its labels tell which program this is.", {"version", "compiler"}},
                   Readings([] { return Series{{{LANDFALL_VERSION, __VERSION__}, 1}}; }));
    add_process(registry);
    add_disk(registry, config.data);
    add_memory(registry, config.limits.memory_bytes);
    registry.counter({"landfall_log_lines_dropped_total", "Log lines that nobody read in time.", {}}, Reading([] {
                         const auto lines = spdlog::thread_pool();
                         return lines ? static_cast<double>(lines->overrun_counter()) : 0;
                     }));
}

} // namespace landfall::app
