// tile.c - the sums of blocks that all kernels of a quick build share; nothing in another build.

#ifdef RT_QUICK
#define RT_SHARES_TILES
#endif
#include "tile.h"
