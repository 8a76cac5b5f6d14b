#pragma once
/// What reads and draws pixels speaks in the words of the rules about them: facts, bands, requests, expressions.

#include "imagery/facts.hpp"

namespace landfall::raster {
using namespace imagery;
}
