#include "core/suggestion.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace landfall {
namespace {

constexpr std::size_t kLongestWord = 64; // longer ones are no slip of the finger

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    if (word.empty() || word.size() > kLongestWord)
        return {};
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    const std::string written = lower_case(word);
    std::string_view found;
    for (const std::string_view candidate : known) {
        const std::size_t distance = edit_distance(written, lower_case(candidate));
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

} // namespace landfall
