// tile.h - sums of products, a block of results at a time.
//
// A tile is some rows of results, 32 columns wide:
//
//     for each step of the loops over what is summed:
//       for each row r and column c: sum[r][c] += left(step, r) * right(step, c)
//
// The sums stay in vector registers from the first step to the last. A step loads the columns as
// a few vectors, and for each row one number, which is multiplied with all of them: the more rows
// a tile has, the fewer loads a product needs. All extents and strides are constants where the
// functions are called, so that compilers unroll the loops over rows and vectors; only in quick
// builds do kernels share one copy, with code for each number of rows and vectors.
//
// Consecutive tiles form a block. They read the same columns, from cache: a block takes so many
// steps at a time that their columns fit.
//
// Explicit vectors appear only here. They are the machine-independent ones of GCC and Clang; with
// another compiler, and on x86 without SSE, a vector is one number. How many rows and vectors fit
// into the registers depends on the machine but changes no result: each sum is added up by itself,
// step by step.

#ifndef RT_TILE_H
#define RT_TILE_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "half.h"

#ifdef __cplusplus
extern "C" {
#endif

// A loop over what is summed: how often it runs, and how many elements each factor moves.
typedef struct rt_loop {
  int count;
  ptrdiff_t left;
  ptrdiff_t right;
} rt_loop;

// Up to four loops, the outermost first; those with a count of 0 are left out.
typedef struct rt_loops {
  rt_loop loop[4];
} rt_loops;

// The loops as an argument: RT_LOOPS({64, 3364, 288}, {3, 58, 96}, {3, 1, 32}).
#define RT_LOOPS(...) ((rt_loops){{__VA_ARGS__}})

// Names for groups of arguments of a block. Structures would do as well, but gcc estimates the size
// of functions before it splits structures up, and then makes other inlining decisions.
//
// A block has `count` of `extent` rows, or `lines` of at most `most` lines. Of a line, the next is
// `line` elements further, and it has `extent` rows. Each of the panels has `columns`; or the one
// panel has 32 of them or, if it is the last, `rest`. The numbers of the left factor begin at
// `first`, and the next row is `row` elements further; those of the right one begin at `first`, and
// the next panel is `panel` elements further.
#define RT_SOME_ROWS(extent, count) extent, count
#define RT_SOME_LINES(most, lines) most, lines
#define RT_LINE(line, extent) line, extent
#define RT_PANELS(panels, columns) panels, columns, columns
#define RT_SHORT_LAST(columns, rest) 1, columns, rest
#define RT_LEFT(first, row) first, row
#define RT_RIGHT(first, panel) first, panel

// Whether there are vectors; on x86 they need SSE.
#if defined(__GNUC__) && (!defined(__i386__) || defined(__SSE2__))
#define RT_HAS_VECTORS 1
#else
#define RT_HAS_VECTORS 0
#endif

// The bytes of a vector, and how many rows of how many vectors are summed at once: as many as
// the registers hold beside the vectors of a step and one number. Where a step has few products,
// a pass of a loop takes a few steps, as each pass moves all addresses.
#if !RT_HAS_VECTORS
#define RT_TILE_ROWS 4
#define RT_TILE_VECTORS 4
#define RT_FEW_STEPS 1
#elif defined(__AVX512F__)  // 32 registers
#define RT_VECTOR_BYTES 64
#define RT_TILE_ROWS 14
#define RT_TILE_VECTORS 2
#define RT_FEW_STEPS 1
#elif defined(__AVX__)  // 16 registers
#define RT_VECTOR_BYTES 32
#define RT_TILE_ROWS 6
#define RT_TILE_VECTORS 2
#define RT_FEW_STEPS 4
#elif defined(__aarch64__)  // 32 registers
#define RT_VECTOR_BYTES 16
#define RT_TILE_ROWS 6
#define RT_TILE_VECTORS 4
#define RT_FEW_STEPS 1
#else  // 16 registers or fewer
#define RT_VECTOR_BYTES 16
#define RT_TILE_ROWS 6
#define RT_TILE_VECTORS 2
#define RT_FEW_STEPS 4
#endif

// The rows of a tile where there are `extent` of them: tiles are about equally high, so that 16
// rows are 8 and 8 rather than 14 and 2.
#define RT_ROWS(extent) RT_SHARE(extent, RT_SHARE(extent, RT_TILE_ROWS))

// The rows of a block, whole tiles: at most 64, as the sums of a block are an array of 8 KB.
#define RT_MOST_BLOCK 64
#define RT_BLOCK(extent) \
  (RT_ROWS(extent) *     \
   RT_SHARE(RT_SHARE(extent, RT_ROWS(extent)), \
            RT_SHARE(RT_SHARE(extent, RT_ROWS(extent)), RT_MOST_BLOCK / RT_ROWS(extent))))

// The rows that a block of lines has at most: gcomp shares lines out by it.
#define RT_MOST_ROWS 56

// The rows of the sums of `rows` rows, whole tiles.
#define RT_LINES(rows) (RT_SHARE(rows, RT_ROWS(rows)) * RT_ROWS(rows))

// How large a part is if `extent` is divided into a number of equal ones; and how many parts of a
// size there are.
#define RT_SHARE(extent, parts) (((extent) + (parts) - 1) / (parts))

// The steps after which a block turns to its next rows: the columns of as many stay in cache.
#define RT_TILE_STEPS 256

// The bytes of a way of the nearest cache: addresses that are as far apart share a set, which holds
// 8 or 12 lines of memory.
#define RT_WAY_BYTES 4096

#if RT_HAS_VECTORS

typedef float rt_vector_f32 __attribute__((vector_size(RT_VECTOR_BYTES), aligned(4), may_alias));
typedef double rt_vector_f64 __attribute__((vector_size(RT_VECTOR_BYTES), aligned(8), may_alias));

// With optimisation each kernel has its own copies, with its extents and strides as constants.
// Without it they are plain functions, which compile in a sixth of the time.
//
// Clang halves the longest vectors of some machines, unless a function insists on them.
#if !defined(__OPTIMIZE__)
#define RT_INLINE static inline
#elif defined(__clang__) && defined(__AVX512F__)
#define RT_INLINE \
  static inline __attribute__((always_inline, min_vector_width(8 * RT_VECTOR_BYTES)))
#else
#define RT_INLINE static inline __attribute__((always_inline))
#endif

// Optimisation barriers for a value, or for all memory. Without them gcc keeps numbers that
// consecutive steps share in registers and unrolls short loops; both spill the sums.
#define RT_FORGET(value) __asm__("" : "+r"(value))
#define RT_FORGET_MEMORY() __asm__("" : : : "memory")

// Makes the elements of an array unknown to the compiler: gcc 11 and 12 take some sums of a block,
// which are stored as vectors and read one by one, for uninitialized ones, and warn of them.
#define RT_FORGET_ARRAY(array) __asm__("" : : "r"(array) : "memory")

// Keeps a vector in its register: RT_LOAD keeps gcc from loading it again for each product, RT_KEEP
// from reusing its register for a sum, which would have to be moved back before the next iteration.
#if defined(__x86_64__)
#define RT_LOAD(vector) __asm__("" : "+v"(vector))
#define RT_KEEP(vector) __asm__("" : : "v"(vector))
#elif defined(__aarch64__)
#define RT_LOAD(vector) __asm__("" : "+w"(vector))
#define RT_KEEP(vector) __asm__("" : : "w"(vector))
#else
#define RT_LOAD(vector) (void)(vector)
#define RT_KEEP(vector) (void)(vector)
#endif

#if defined(__clang__)
#define RT_UNROLLED _Pragma("clang loop unroll(full)")
#define RT_NOT_UNROLLED _Pragma("clang loop unroll(disable)")
#else
#define RT_UNROLLED _Pragma("GCC unroll 16")
#define RT_NOT_UNROLLED _Pragma("GCC unroll 1")
#endif

#else

#define RT_INLINE static inline
#define RT_FORGET(value) (void)(value)
#define RT_FORGET_MEMORY()
#define RT_FORGET_ARRAY(array) (void)(array)
#define RT_LOAD(vector) (void)(vector)
#define RT_KEEP(vector) (void)(vector)
#define RT_UNROLLED
#define RT_NOT_UNROLLED
typedef float rt_vector_f32;
typedef double rt_vector_f64;

#endif

// How many rows the block has that begins at row `start` of `extent`, if a block has `most`.
RT_INLINE int rt_rows(int extent, int most, int start) {
  return extent - start < most ? extent - start : most;
}

// The same loops with the innermost one in the last place, and one pass for each that was left out.
RT_INLINE rt_loops rt_all_loops(rt_loops loops) {
  const rt_loop once = {1, 0, 0};
  RT_UNROLLED
  for (int i = 0; i < 3; i++) {
    if (loops.loop[3].count == 0) {
      const rt_loops further = {{once, loops.loop[0], loops.loop[1], loops.loop[2]}};
      loops = further;
    }
  }
  return loops;
}

// How many passes of a loop a block takes before it turns to its next rows: one if the loops inside
// have enough steps.
RT_INLINE int rt_passes(rt_loops loops, int loop) {
  int inner = 1;
  RT_UNROLLED
  for (int i = 3; i > loop; i--) inner *= loops.loop[i].count;
  return inner < RT_TILE_STEPS ? RT_TILE_STEPS / inner : 1;
}

// How many passes those are that begin at pass `start`.
RT_INLINE int rt_part(rt_loops loops, int loop, int start) {
  const int count = loops.loop[loop].count, most = rt_passes(loops, loop);
  return most >= count ? count : rt_rows(count, most, start);
}

// What a block copies of its rows before it sums: the numbers of each step, in the order of the
// tiles; or each row, so that these are not so far apart.
typedef enum { RT_COPIES_NOTHING, RT_COPIES_STEPS, RT_COPIES_ROWS } rt_copies;

// Rows that are neighbours are copied step by step, if they are more than those of a tile. Rows
// that are whole ways apart are copied if a tile has more than a set holds, where the steps of a
// plain product are neighbours.
RT_INLINE rt_copies rt_copies_of(int extent, ptrdiff_t row, size_t size, rt_loops loops) {
  enum { LEAST_ROWS = 8, LEAST_STEPS = 64 };
  const rt_loop steps = loops.loop[3];
  const int is_plain = loops.loop[0].count * loops.loop[1].count * loops.loop[2].count == 1;
  if (row == 1 && extent > RT_ROWS(extent)) return RT_COPIES_STEPS;
  return is_plain && steps.left == 1 && steps.count >= LEAST_STEPS &&
                 RT_ROWS(extent) >= LEAST_ROWS && row * (ptrdiff_t)size % RT_WAY_BYTES == 0
             ? RT_COPIES_ROWS
             : RT_COPIES_NOTHING;
}

// How many columns panel number `panel` has of `extent`.
RT_INLINE int rt_columns(int extent, int panel) {
  const int rest = extent - 32 * panel;
  return rest < 32 ? rest : 32;
}

// Each kernel has a copy of the functions that sum up a block, with its extents and strides as
// constants. A quick build has one for all kernels, in tile.c, which defines RT_SHARES_TILES: the
// C of a model compiles in half of the time.
#if defined(RT_SHARES_TILES)
#define RT_DEFINES_BLOCKS 1
#define RT_BLOCKS
#define RT_SUM_TILE RT_NAME(rt_any_tile)
#elif defined(RT_QUICK)
#define RT_DEFINES_BLOCKS 0
#define RT_BLOCKS
#else
#define RT_DEFINES_BLOCKS 1
#define RT_BLOCKS RT_INLINE
#define RT_SUM_TILE RT_NAME(rt_tile)
#endif

// The functions for both types, from one source.
#define RT_NUMBER float
#define RT_VECTOR rt_vector_f32
#define RT_COLUMN float
#define RT_COLUMNS(at) (*(const RT_VECTOR *)(at))
#define RT_NAME(name) name##_f32
#include "tile_sum.h"
#undef RT_NUMBER
#undef RT_VECTOR
#undef RT_COLUMN
#undef RT_NAME

#define RT_NUMBER double
#define RT_VECTOR rt_vector_f64
#define RT_COLUMN double
#define RT_NAME(name) name##_f64
#include "tile_sum.h"
#undef RT_NUMBER
#undef RT_VECTOR
#undef RT_COLUMN
#undef RT_COLUMNS
#undef RT_NAME

// And for narrow columns, which are widened as they are loaded; no build shares these.
#ifndef RT_SHARES_TILES

#undef RT_DEFINES_BLOCKS
#undef RT_BLOCKS
#undef RT_SUM_TILE
#define RT_DEFINES_BLOCKS 1
#define RT_BLOCKS RT_INLINE
#define RT_SUM_TILE RT_NAME(rt_tile)

#if RT_HAS_VECTORS

// Some columns as a vector: the upper halves of f32 numbers in `at`.
RT_INLINE rt_vector_f32 rt_widened_bf16(const uint16_t *at) {
  typedef uint16_t upper_halves
      __attribute__((vector_size(RT_VECTOR_BYTES / 2), aligned(2), may_alias));
  typedef uint32_t numbers __attribute__((vector_size(RT_VECTOR_BYTES)));
  return (rt_vector_f32)(__builtin_convertvector(*(const upper_halves *)at, numbers) << 16);
}

// Some columns as a vector: whole numbers.
RT_INLINE rt_vector_f32 rt_widened_i8(const int8_t *at) {
  typedef int8_t bytes __attribute__((vector_size(RT_VECTOR_BYTES / 4), aligned(1), may_alias));
  typedef int16_t shorts __attribute__((vector_size(RT_VECTOR_BYTES / 2)));
  typedef int32_t integers __attribute__((vector_size(RT_VECTOR_BYTES)));
  // Step by step, as gcc converts each byte by itself if it is to become a float at once.
  const shorts wider = __builtin_convertvector(*(const bytes *)at, shorts);
  return __builtin_convertvector(__builtin_convertvector(wider, integers), rt_vector_f32);
}

#else

RT_INLINE rt_vector_f32 rt_widened_bf16(const uint16_t *at) { return rt_bf16_to_f32(*at); }
RT_INLINE rt_vector_f32 rt_widened_i8(const int8_t *at) { return *at; }

#endif

#define RT_NUMBER float
#define RT_VECTOR rt_vector_f32
#define RT_COLUMN uint16_t
#define RT_COLUMNS(at) rt_widened_bf16(at)
#define RT_NAME(name) name##_f32_bf16
#include "tile_sum.h"
#undef RT_COLUMN
#undef RT_COLUMNS
#undef RT_NAME

#define RT_COLUMN int8_t
#define RT_COLUMNS(at) rt_widened_i8(at)
#define RT_NAME(name) name##_f32_i8
#include "tile_sum.h"
#undef RT_NUMBER
#undef RT_VECTOR
#undef RT_COLUMN
#undef RT_COLUMNS
#undef RT_NAME

#endif

#ifdef __cplusplus
}
#endif

#endif
