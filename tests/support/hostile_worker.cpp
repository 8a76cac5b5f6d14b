#include "support/hostile_worker.hpp"

#include "imagery/tasks.hpp"
#include "support/domain_fixture.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fcntl.h>
#include <limits>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::testing {
namespace {

const std::string kPng("\x89PNG\r\n\x1a\n", 8);

Json made(std::string_view file, std::initializer_list<Json::Member> more) {
    Json answer = Json::object({{"file", file}});
    for (const auto& [name, value] : more)
        answer.set(name, value);
    return answer;
}

/// Values that no member expects, or that none should believe.
std::vector<Json> odd_values() {
    Json deep = 1;
    for (int i = 0; i < 50; ++i)
        deep = Json::array({deep});
    std::vector<Json> values{Json(),
                             Json(true),
                             Json(-1),
                             Json(1.5),
                             Json(1e300),
                             Json(std::numeric_limits<std::int64_t>::max()),
                             Json(""),
                             Json::array(),
                             Json::object(),
                             std::move(deep),
                             Json(std::string(70'000, 'x')),
                             Json(std::string("a\0b", 3))};
    for (const char* name : {"../../../catalog.db", "/etc/passwd", ".", "..", "link.tif", "pipe.tif", "wide.tif",
                             "sub/made.tif", "input.tif", "nothing.tif", "other.tif", "text/html", "<script>"})
        values.emplace_back(name);
    return values;
}

/// Every JSON value that differs from `honest` in one place.
std::vector<Json> variants_of(const Json& honest) {
    std::vector<Json> all = odd_values();
    for (const auto& [name, value] : honest.members()) {
        Json without = honest;
        without.erase(name);
        all.push_back(std::move(without));
        for (Json& variant : variants_of(value)) {
            Json lie = honest;
            lie.set(name, std::move(variant));
            all.push_back(std::move(lie));
        }
    }
    if (honest.items().empty())
        return all;
    all.emplace_back(Json::Array(3'000, honest.items().front()));
    for (Json& variant : variants_of(honest.items().front())) {
        Json lie = honest;
        lie.items().front() = std::move(variant);
        all.push_back(std::move(lie));
    }
    return all;
}

std::optional<std::size_t> wanted_lie(std::string_view what, std::string_view content) {
    const std::string before = fmt::format("lie of {} ", what);
    const auto at = content.find(before);
    if (at == std::string_view::npos)
        return std::nullopt;
    std::size_t number = 0;
    std::from_chars(content.data() + at + before.size(), content.data() + content.size(), number);
    return number;
}

void put(const std::string& path, std::string_view bytes) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)!::write(fd, bytes.data(), bytes.size());
    ::close(fd);
}

/// What else may lie in the folder of a worker that was taken over; the sandbox refuses some of it.
void litter(const std::string& folder) {
    put(folder + "/made.tif", std::string("II*\0\x08\0\0\0made", 12));
    put(folder + "/made.png", kPng + "made");
    put(folder + "/other.tif", "<html>");
    (void)!::symlink("../../catalog.db", (folder + "/link.tif").c_str());
    (void)::mkfifo((folder + "/pipe.tif").c_str(), 0600);
    (void)::mkdir((folder + "/sub").c_str(), 0700);
    const int wide = ::open((folder + "/wide.tif").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    (void)!::ftruncate(wide, std::int64_t{1} << 40);
    ::close(wide);
}

/// A task whose answer is text of any kind.
template<typename Arguments>
jobs::Task liar(std::string_view what, const Json& honest) {
    return [what = std::string(what), honest](const std::string& folder, const Json& json,
                                              const jobs::Progress&) -> Result<std::string> {
        TRY(const auto arguments, schema::read_checked<Arguments>(json));
        litter(folder);
        return told_lie(what, folder, arguments.files.file).value_or(honest.dump());
    };
}

std::vector<std::string> lies_about(const Json& honest) {
    std::vector<std::string> lies{"", "{", "\xff\xfe", "[[[[", std::string(100'000, '['), "{\"a\":1}{\"a\":2}"};
    std::string many = "[0";
    for (std::size_t i = 0; i <= schema::kMaxAnswerValues; ++i)
        many += ",0";
    lies.push_back(many + "]");
    for (const Json& variant : variants_of(honest))
        lies.push_back(variant.dump());
    return lies;
}

std::vector<std::string> lying_tiles() {
    std::vector<std::string> lies{"", "\n", kPng, std::string(8192, 'x') + "\n" + kPng,
                                  "{\"format\":\"png\",\"empty\":false}"};
    const Json head = Json::object({{"format", "png"}, {"empty", false}});
    for (const Json& variant : variants_of(head))
        lies.push_back(variant.dump() + "\n" + kPng);
    for (const std::string& bytes :
         {std::string("<html><script>"), std::string(), std::string("GIF89a"), std::string("\x89PNG"), "x" + kPng})
        lies.push_back(head.dump() + "\n" + bytes);
    return lies;
}

Result<std::string> serve_tile(const Json&, std::vector<int> descriptors) {
    char content[256] = {};
    const ssize_t count = ::pread(descriptors.at(0), content, sizeof content, 0);
    jobs::close_all(descriptors);
    const auto lie =
        wanted_lie("tile", std::string_view(content, static_cast<std::size_t>(std::max<ssize_t>(count, 0))));
    return lie ? lies_of("tile").at(*lie)
               : R"({"format":"png","empty":false})"
                 "\n" +
                     kPng;
}

} // namespace

Json canned_cog() {
    return made("made.tif", {{"size_bytes", 12}, {"width", 16}, {"height", 16}, {"band_count", 1}, {"overviews", 1}});
}

Json canned_thumbnail() {
    return made("made.png", {{"format", "png"}, {"width", 16}, {"height", 16}});
}

const std::vector<std::string>& lies_of(std::string_view what) {
    static const std::map<std::string, std::vector<std::string>, std::less<>> lies{
        {"probe", lies_about(canned_facts())},
        {"cog", lies_about(canned_cog())},
        {"thumbnail", lies_about(canned_thumbnail())},
        {"tile", lying_tiles()}};
    return lies.find(what)->second;
}

std::string order_of_lie(std::string_view what, std::size_t lie) {
    return canned_tiff(fmt::format("lie of {} {}", what, lie));
}

std::optional<std::string> told_lie(std::string_view what, const std::string& folder, const std::string& file) {
    const auto lie = wanted_lie(what, read_bytes(folder + "/" + file));
    if (!lie)
        return std::nullopt;
    return lies_of(what).at(*lie);
}

void add_hostile_workers(jobs::WorkerProgram& program) {
    (void)lies_of("probe"); // made once, before the launcher is forked
    program.tasks.emplace_back(imagery::kMakeCog.name, liar<imagery::CogArguments>("cog", canned_cog()));
    program.tasks.emplace_back(imagery::kMakeThumbnail.name,
                               liar<imagery::ThumbnailArguments>("thumbnail", canned_thumbnail()));
    program.services.emplace_back(imagery::kDrawTile.name, serve_tile);
}

} // namespace landfall::testing
