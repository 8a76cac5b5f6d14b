#pragma once
/// The names under which the bands of one file can be asked for.

#include "core/result.hpp"
#include "imagery/facts.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::imagery {

/// Names of bands: `b1`…`bN` always, the file's own names, and roles such as `red` or `nir`. Case does not matter,
/// with one exception that settles sensor names: lower-case `b4` is always the fourth band, `B4` is first the band of
/// that name.
class BandNames {
public:
    BandNames() = default;
    explicit BandNames(int count) : count_(count) {}
    /// Names, descriptions and colour interpretations of a probed file, and the roles that these mean (`swir1` for a
    /// band that STAC calls `swir16`; red edges are counted).
    static BandNames of(const Facts& facts);

    /// Adds a name; the first band to claim a name keeps it. Empty names are ignored.
    void add(std::string_view name, int band);
    /// The 1-based band, or 0 if no band has that name.
    int find(std::string_view name) const;
    /// The same among names that were added: what is only a number's spelling (`B4`) is 0.
    int find_named(std::string_view name) const;
    int count() const { return count_; }
    /// `b1 to b6, red, green`: for error sentences, at most 40 names.
    std::string listed() const;
    const std::vector<std::pair<std::string, int>>& aliases() const { return aliases_; }

private:
    void add_roles(const std::vector<std::string>& common);

    int count_ = 0;
    std::vector<std::pair<std::string, int>> aliases_; ///< as written
};

} // namespace landfall::imagery
