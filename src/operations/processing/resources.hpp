#pragma once
/// The resources of pixels and of processing: one function each, as in operations/registry/resources.hpp.

namespace landfall::operations {

class Registry;

void add_pixels(Registry& registry);
void add_clips(Registry& registry);
void add_processing(Registry& registry);
void add_processing_lists(Registry& registry);

} // namespace landfall::operations
