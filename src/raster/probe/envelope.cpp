#include "raster/probe/envelope.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace landfall::raster {
namespace {

constexpr double kSlack = 1e-9;         ///< share of the plane box that rounding may take a point out of it
constexpr double kOnePoint = 1e-9;      ///< share of the plane box within which points count as one
constexpr double kAtPole = 90.0 - 1e-6; ///< a tenth of a metre from it
constexpr double kExact = 1e-10;        ///< degrees
/// Degrees: nearer to a pole, what projections tolerate beyond their horizon is too many degrees of longitude.
constexpr double kNearPole = 89.5;
constexpr double kWholeDegree = 1e-6; ///< a horizon so near a whole degree is there
constexpr int kGrid = 64;
constexpr double kCoarse = 5.0; ///< degrees between the places of the globe that are tried
constexpr int kMaxGaps = 4;
constexpr int kMaxMoves = 1000;
constexpr std::size_t kClimbers = 4;
constexpr std::size_t kBins = 16;

Point between(Point a, Point b, double t) {
    return {a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

double home(double longitude) {
    return longitude - 360.0 * std::floor((longitude + 180.0) / 360.0);
}

double longest_side(const PlaneBox& plane) {
    return std::max(plane[2] - plane[0], plane[3] - plane[1]);
}

/// Whether a point lies in the box, `margin` away from its sides (negative: up to so far outside).
bool lies_in(const PlaneBox& plane, Point at, double margin) {
    return at.x >= plane[0] + margin && at.x <= plane[2] - margin && at.y >= plane[1] + margin &&
           at.y <= plane[3] - margin;
}

/// The box of what is shown, by membership alone: which places does the plane box show?
class Envelope {
public:
    Envelope(const PlaneBox& plane, const GlobeMapping& mapping) : plane_(plane), mapping_(mapping) {}

    std::optional<std::array<double, 4>> find() {
        gather();
        if (seeds_.size() < 3)
            return std::nullopt;
        const double north = reach_latitude(1);
        const double south = -reach_latitude(-1);
        const auto [west, east] = reach_longitudes();
        if (!(south < north) || !(west < east))
            return std::nullopt;
        return std::array<double, 4>{west, south, east, north};
    }

private:
    /// A place in the frame of one search: `u` is what grows, `v` runs across.
    struct Climber {
        double u = 0, v = 0;
    };
    /// Which direction a search goes: to greater `sign` times latitude or longitude, no further than `limit`.
    struct Direction {
        bool latitude = true;
        double sign = 1;
        double limit = 90;
        Point place(double u, double v) const { return latitude ? Point{v, sign * u} : Point{sign * u, v}; }
        Climber climber(Point at) const { return latitude ? Climber{sign * at.y, at.x} : Climber{sign * at.x, at.y}; }
    };

    bool shows(Point lonlat) const {
        if (std::abs(lonlat.y) > 90.0)
            return false;
        const auto at = mapping_.from_lonlat({home(lonlat.x), lonlat.y});
        return at && lies_in(plane_, *at, -kSlack * longest_side(plane_));
    }

    void add_if_shown(Point lonlat) {
        if (shows(lonlat))
            seeds_.push_back({home(lonlat.x), lonlat.y});
    }

    /// Places that are shown: of a grid on the plane, of a grid on the globe, and around the poles.
    void gather() {
        for (int i = 0; i < kGrid; ++i) {
            for (int k = 0; k < kGrid; ++k) {
                const auto at = mapping_.to_lonlat({plane_[0] + (plane_[2] - plane_[0]) * (i + 0.5) / kGrid,
                                                    plane_[1] + (plane_[3] - plane_[1]) * (k + 0.5) / kGrid});
                if (is_place(at))
                    add_if_shown(*at);
            }
        }
        for (int i = 0; i < 72; ++i) {
            const double longitude = -180 + kCoarse * i;
            for (int k = 0; k <= 36; ++k)
                add_if_shown({longitude, -90 + kCoarse * k});
            for (const double latitude : {kNearPole, 89.9, kAtPole}) {
                add_if_shown({longitude, latitude});
                add_if_shown({longitude, -latitude});
            }
        }
    }

    /// The greatest u at v that is shown without a break from the climber's on.
    double climb(const Direction& direction, Climber from) const {
        double low = from.u;
        for (double step = kExact; low < direction.limit; step *= 2) {
            const double high = std::min(low + step, direction.limit);
            if (!shows(direction.place(high, from.v)))
                return bisect(direction, low, high, from.v);
            low = high;
        }
        return direction.limit;
    }

    double bisect(const Direction& direction, double low, double high, double v) const {
        while (high - low > kExact / 10) {
            const double middle = (low + high) / 2;
            if (middle <= low || middle >= high)
                break;
            (shows(direction.place(middle, v)) ? low : high) = middle;
        }
        return high;
    }

    /// Up from a place that is shown: along u as far as it goes, then aside where it goes further.
    double ascend(const Direction& direction, Climber at) const {
        at.u = climb(direction, at);
        int left = kMaxMoves;
        for (double step = kCoarse; step > kExact && at.u < direction.limit; step /= 2)
            for (const double side : {-step, step})
                while (left > 0 && may_move(direction, at, side)) {
                    at = {climb(direction, {at.u + kExact, at.v + side}), at.v + side};
                    --left;
                }
        return at.u;
    }

    bool may_move(const Direction& direction, Climber at, double side) const {
        const double v = at.v + side;
        return at.u < direction.limit && std::abs(v) <= (direction.latitude ? 1080.0 : kNearPole) &&
               shows(direction.place(at.u + kExact, v));
    }

    /// Of each stretch across the direction the place that lies furthest along it, furthest first.
    static std::vector<Climber> climbers(const Direction& direction, const std::vector<Point>& places) {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const Point at : places) {
            low = std::min(low, direction.climber(at).v);
            high = std::max(high, direction.climber(at).v);
        }
        std::array<std::optional<Climber>, kBins> tops;
        for (const Point at : places) {
            const Climber one = direction.climber(at);
            if (!direction.latitude && std::abs(one.v) > kNearPole)
                continue;
            const double share = high > low ? (one.v - low) / (high - low) : 0;
            auto& top = tops[std::min(kBins - 1, static_cast<std::size_t>(share * kBins))];
            if (!top || one.u > top->u)
                top = one;
        }
        std::vector<Climber> found;
        for (const auto& top : tops)
            if (top)
                found.push_back(*top);
        std::sort(found.begin(), found.end(), [](const Climber& a, const Climber& b) { return a.u > b.u; });
        return found;
    }

    /// The furthest that the most promising of the places lead.
    double furthest(const Direction& direction, const std::vector<Point>& places) const {
        double best = -std::numeric_limits<double>::infinity();
        for (const Point at : places)
            best = std::max(best, direction.climber(at).u);
        const auto from = climbers(direction, places);
        for (std::size_t i = 0; i < std::min(kClimbers, from.size()); ++i)
            best = std::max(best, ascend(direction, from[i]));
        return best;
    }

    /// A limb that projections tolerate a hair beyond.
    static double settled(double degrees) {
        const double whole = std::round(degrees);
        return std::abs(degrees - whole) < kWholeDegree ? whole : degrees;
    }

    double reach_latitude(double sign) const { return settled(furthest({true, sign, 90.0}, seeds_)); }

    /// The widest gap between the longitudes that are shown, after both its ends were followed.
    std::pair<double, double> reach_longitudes() const {
        std::vector<Point> places = seeds_; // without the poles, which have every longitude
        std::erase_if(places, [](Point at) { return std::abs(at.y) > kAtPole; });
        std::vector<double> longitudes;
        longitudes.reserve(places.size());
        for (const Point at : places)
            longitudes.push_back(at.x);
        if (longitudes.empty())
            return {-180, 180};
        std::sort(longitudes.begin(), longitudes.end());
        std::vector<std::pair<double, double>> gaps = {{longitudes.back(), longitudes.front() + 360.0}};
        for (std::size_t i = 1; i < longitudes.size(); ++i)
            gaps.emplace_back(longitudes[i - 1], longitudes[i]);
        const std::size_t count = std::min<std::size_t>(kMaxGaps, gaps.size());
        std::partial_sort(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(count), gaps.end(),
                          [](const auto& a, const auto& b) { return a.second - a.first > b.second - b.first; });
        std::pair<double, double> widest = {0, 0};
        for (std::size_t i = 0; i < count; ++i) {
            const auto gap = closed_in(gaps[i], places);
            if (gap.second - gap.first > widest.second - widest.first)
                widest = gap;
        }
        if (widest.second - widest.first <= kWholeDegree)
            return {-180, 180};
        const double west = home(widest.second);
        return {west, west + 360.0 - (widest.second - widest.first)};
    }

    /// What is left of a gap between longitudes when both its ends are followed into it.
    std::pair<double, double> closed_in(std::pair<double, double> gap, std::vector<Point> places) const {
        for (Point& at : places) // from the gap's far end on, once around
            at.x += 360.0 * std::ceil((gap.second - kExact - at.x) / 360.0);
        const double low = settled(furthest({false, 1, gap.second + 360.0}, places)) - 360.0;
        const double high = settled(-furthest({false, -1, -gap.first}, places));
        return {low, std::max(low, high)};
    }

    const PlaneBox& plane_;
    const GlobeMapping& mapping_;
    std::vector<Point> seeds_;
};

/// The place of the greatest value of a smooth function between two arguments (golden section).
template<typename Value>
double place_of_greatest(double low, double high, const Value& value) {
    constexpr double kGolden = 0.6180339887498949;
    double left = high - (high - low) * kGolden;
    double right = low + (high - low) * kGolden;
    double at_left = value(left);
    double at_right = value(right);
    for (int i = 0; i < 50; ++i) {
        if (at_left > at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - (high - low) * kGolden;
            at_left = value(left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + (high - low) * kGolden;
            at_right = value(right);
        }
    }
    return (low + high) / 2;
}

/// Finds where the image of an outline turns back, between points that were given.
class ExtremeSearch {
public:
    ExtremeSearch(const PlaneBox& plane, const GlobeMapping& mapping) : plane_(plane), mapping_(mapping) {}

    void look_around(const OutlinePoint& before, const OutlinePoint& here, const OutlinePoint& after) {
        const bool is_corner = std::floor(here.at) == here.at;
        const double from = before.at < here.at ? before.at : before.at - kSides;
        const double to = after.at > here.at ? after.at : after.at + kSides;
        for (const bool latitude : {true, false}) {
            const double back = rise(here, before.image, latitude);
            const double on = rise(here, after.image, latitude);
            for (const double sign : {1.0, -1.0}) {
                if (is_corner) { // the side may turn right behind it
                    search(here, {from, here.at}, latitude, sign);
                    search(here, {here.at, to}, latitude, sign);
                } else if (sign * back <= 0 && sign * on <= 0) {
                    search(here, {from, to}, latitude, sign);
                }
            }
        }
    }

    const std::vector<OutlinePoint>& found() const { return found_; }

private:
    static constexpr double kSides = 4;
    struct Stretch {
        double from = 0, to = 0; ///< from may be negative: before the first corner
    };

    static double rise(const OutlinePoint& here, Point image, bool latitude) {
        return latitude ? image.y - here.image.y : wrap_difference(image.x - here.image.x);
    }

    std::optional<Point> image(double at) const {
        return mapping_.to_lonlat(outline_point(plane_, at < 0 ? at + kSides : at));
    }

    void search(const OutlinePoint& here, Stretch within, bool latitude, double sign) {
        const double at = place_of_greatest(within.from, within.to, [&](double where) {
            const auto there = image(where);
            return is_place(there) ? sign * rise(here, *there, latitude) : -std::numeric_limits<double>::infinity();
        });
        const auto there = image(at);
        if (is_place(there) && sign * rise(here, *there, latitude) > kExact / 10)
            found_.push_back({at < 0 ? at + kSides : at, *there});
    }

    const PlaneBox& plane_;
    const GlobeMapping& mapping_;
    std::vector<OutlinePoint> found_;
};

} // namespace

double wrap_difference(double degrees) {
    return degrees - 360.0 * std::round(degrees / 360.0);
}

bool is_place(const std::optional<Point>& at) {
    return at && std::isfinite(at->x) && std::isfinite(at->y) && std::abs(at->y) <= 90.0 + 1e-9 &&
           std::abs(at->x) <= 1080.0;
}

bool holds_pole(const PlaneBox& plane, const GlobeMapping& mapping, double pole) {
    const double margin = kOnePoint * longest_side(plane);
    std::optional<Point> first;
    for (const double longitude : {0.0, 120.0, -120.0}) {
        const auto at = mapping.from_lonlat({longitude, pole});
        if (!at || !lies_in(plane, *at, margin))
            return false;
        if (first && std::hypot(at->x - first->x, at->y - first->y) > margin)
            return false;
        first = at;
    }
    return true;
}

std::array<Point, 4> corners_of(const PlaneBox& plane) {
    return {Point{plane[0], plane[1]}, Point{plane[2], plane[1]}, Point{plane[2], plane[3]}, Point{plane[0], plane[3]}};
}

Point outline_point(const PlaneBox& plane, double at) {
    const auto corners = corners_of(plane);
    const double whole = std::clamp(std::floor(at), 0.0, 3.0);
    const auto side = static_cast<std::size_t>(whole);
    return between(corners[side], corners[(side + 1) % corners.size()], at - whole);
}

void add_extremes(std::vector<OutlinePoint>& outline, const PlaneBox& plane, const GlobeMapping& mapping) {
    ExtremeSearch search(plane, mapping);
    const std::size_t count = outline.size();
    for (std::size_t i = 0; i < count; ++i)
        search.look_around(outline[(i + count - 1) % count], outline[i], outline[(i + 1) % count]);
    outline.insert(outline.end(), search.found().begin(), search.found().end());
    std::stable_sort(outline.begin(), outline.end(),
                     [](const OutlinePoint& a, const OutlinePoint& b) { return a.at < b.at; });
}

std::optional<std::array<double, 4>> globe_envelope(const PlaneBox& plane, const GlobeMapping& mapping) {
    return Envelope(plane, mapping).find();
}

} // namespace landfall::raster
