#include "stac/paging/window.hpp"

#include "stac/documents/item.hpp"
#include "stac/documents/object_text.hpp"

#include <algorithm>

namespace landfall::stac {

Result<Window> read_window(const Asked& asked, const PageRequest& page, const Fetch& fetch, const KeysOf& keys_of) {
    TRY(auto numbers, fetch(page.from, page.limit + 1));
    const bool more = std::ssize(numbers) > page.limit;
    numbers.resize(std::min(numbers.size(), static_cast<std::size_t>(page.limit)));
    if (page.from.backwards)
        std::ranges::reverse(numbers);
    Window window;
    TRY(window.items, catalog::list_shown_items(asked.session(), numbers));
    if (window.items.empty())
        return window;
    const Cursor before{true, keys_of(window.items.front())};
    const Cursor behind{false, keys_of(window.items.back())};
    const auto exists = [&](const Cursor& side) -> Result<bool> {
        TRY(const auto one, fetch(side, 1));
        return !one.empty();
    };
    TRY(const bool earlier, page.from.backwards      ? Result<bool>(more)
                            : page.from.keys.empty() ? Result<bool>(false)
                                                     : exists(before));
    TRY(const bool later, page.from.backwards ? exists(behind) : Result<bool>(more));
    if (earlier)
        window.around.previous = before;
    if (later)
        window.around.next = behind;
    return window;
}

Result<std::string> feature_collection(const Asked& asked, const Window& window, const Json& links) {
    TRY(const auto documents, item_documents(asked, window.items));
    ObjectText out;
    out.add("type", Json("FeatureCollection")).add("timeStamp", asked.cx.now);
    out.add_raw("features", array_text(documents)).add("links", links);
    return std::move(out).text();
}

} // namespace landfall::stac
