#pragma once
/// Private to src/raster: vector units beyond the baseline, chosen at run time, for functions of plain loops.

/// Compiles the function that follows for AVX2 as well. Sanitizers do not support the resolver that this needs.
#if defined(__x86_64__) && !defined(LANDFALL_SANITIZED) && defined(__GNUC__) && !defined(__clang__)
#define LANDFALL_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define LANDFALL_VECTOR_CLONES
#endif
