// tile_sum.h - the functions of tile.h for one type of numbers, and one in which memory has the
// columns. Included by it, four times.

// Broadcasts a number: subtracting zero keeps its bits (adding it would change -0). With excess
// precision (x87) C cannot subtract a vector from a number, so that case loops.
RT_INLINE RT_VECTOR RT_NAME(rt_everywhere)(RT_NUMBER number) {
#if RT_HAS_VECTORS && !RT_ROUNDS_F32
  RT_VECTOR all = {0};
  for (size_t v = 0; v < sizeof(RT_VECTOR) / sizeof(RT_NUMBER); v++) all[v] = number;
  return all;
#else
  const RT_VECTOR zero = {0};
  return number - zero;
#endif
}

// Sums up the products of a block: `count` rows of `extent`, as many as RT_BLOCK says or what is
// left of them. `left` is the first row's number of the first step, and `row` how many elements
// further that of the next row is. `right` is the first of the columns, which are neighbours in
// each of `panels`: in memory they are whole vectors, even if only `columns` matter, which are
// `rest` or 32, and the next panel is `panel` elements further on. `sum` has RT_BLOCK(extent) rows
// for each; the elements that are of no row or column get any value.
RT_BLOCKS void RT_NAME(rt_block)(RT_NUMBER (*sum)[32], int extent, int count, int panels,
                                 int columns, int rest, const RT_NUMBER *left, ptrdiff_t row,
                                 const RT_COLUMN *right, ptrdiff_t panel, rt_loops loops);

// The same for `lines` of `extent` rows each, where `line` is how many elements the next line is
// further on; `sum` has RT_LINES(most * extent) rows, where no block has more than `most` lines and
// RT_MOST_ROWS rows. Tiles reach from one line into the next; the last of them repeats a row for
// each that it lacks.
RT_BLOCKS void RT_NAME(rt_lines)(RT_NUMBER (*sum)[32], int most, int lines, ptrdiff_t line,
                                 int extent, int panels, int columns, int rest,
                                 const RT_NUMBER *left, ptrdiff_t row, const RT_COLUMN *right,
                                 ptrdiff_t panel, rt_loops loops);

#if RT_DEFINES_BLOCKS

// Where the numbers of rows are: `stride` elements apart from `first` on, and `tile` elements from
// the first row of a tile to that of the next; or at addresses of their own.
typedef struct RT_NAME(rt_left) {
  const RT_NUMBER *first;
  ptrdiff_t stride;
  ptrdiff_t tile;
  const RT_NUMBER *const *rows;
} RT_NAME(rt_left);

// Where the columns are: neighbours in each of `panels`, which are `panel` elements apart.
typedef struct RT_NAME(rt_right) {
  const RT_COLUMN *first;
  int panels;
  int columns;
  ptrdiff_t panel;
} RT_NAME(rt_right);

// One step: a number of each row times the vectors of columns.
RT_INLINE void RT_NAME(rt_step)(RT_VECTOR (*sum)[4], int rows, int vectors,
                                const RT_NUMBER *const *left, ptrdiff_t at,
                                const RT_NUMBER *first, ptrdiff_t stride, const RT_COLUMN *right) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  RT_VECTOR column[4];
  RT_UNROLLED
  for (int v = 0; v < vectors; v++) {
    column[v] = RT_COLUMNS(right + v * width);
    RT_LOAD(column[v]);
  }
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    const RT_VECTOR number = RT_NAME(rt_everywhere)(left ? left[r][at] : first[r * stride]);
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) sum[r][v] += number * column[v];
    RT_KEEP(number);
  }
  RT_UNROLLED
  for (int v = 0; v < vectors; v++) RT_KEEP(column[v]);
}

// The innermost loop over steps, a few in each pass: `at` is where the first one's number of a row
// is behind its address in `left`; or else `first` is that of the first row.
RT_INLINE void RT_NAME(rt_run)(RT_VECTOR (*sum)[4], int rows, int vectors,
                               const RT_NUMBER *const *left, ptrdiff_t at, const RT_NUMBER *first,
                               ptrdiff_t stride, const RT_COLUMN *right, rt_loop loop) {
  const int few = RT_FEW_STEPS;
  int done = 0, all = loop.count, whole = all - all % few;
  if (few > 1 && loop.count >= 4 * few) {
    RT_FORGET(whole);
    RT_NOT_UNROLLED
    do {
      RT_UNROLLED
      for (int s = 0; s < few; s++) {
        RT_FORGET_MEMORY();
        RT_NAME(rt_step)(sum, rows, vectors, left, at + s * loop.left, first + s * loop.left,
                         stride, right + s * loop.right);
      }
      first += few * loop.left;
      at += few * loop.left;
      right += few * loop.right;
    } while ((done += few) < whole);
    if (loop.count % few == 0) return;
  }
  if (loop.count > 1) RT_FORGET(all);
  RT_NOT_UNROLLED
  do {
    RT_FORGET(first);
    RT_NAME(rt_step)(sum, rows, vectors, left, at, first, stride, right);
    first += loop.left;
    at += loop.left;
    right += loop.right;
  } while (++done < all);
}

// One tile: adds up all steps for as many rows and vectors as the registers hold. The sums begin
// at 0, or at what `result` holds; the numbers of the first step are `at` elements further on.
RT_INLINE void RT_NAME(rt_tile)(RT_NUMBER (*result)[32], int begins, int rows, int vectors,
                                RT_NAME(rt_left) left, ptrdiff_t at_a, const RT_COLUMN *right,
                                rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const rt_loop a = loops.loop[0], b = loops.loop[1], c = loops.loop[2], d = loops.loop[3];
  const RT_VECTOR zero = {0};
  const RT_NUMBER *address[RT_TILE_ROWS];
  RT_UNROLLED
  for (int r = 0; r < rows; r++) address[r] = left.rows ? left.rows[r] : NULL;
  RT_VECTOR sum[RT_TILE_ROWS][4];
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) {
      sum[r][v] = begins ? zero : *(const RT_VECTOR *)(result[r] + v * width);
    }
  }
  int i = 0, j = 0, k = 0;
  do {
    const RT_COLUMN *right_b = right;
    ptrdiff_t at_b = at_a;
    j = 0;
    do {
      const RT_COLUMN *right_c = right_b;
      ptrdiff_t at_c = at_b;
      k = 0;
      do {
        RT_NAME(rt_run)(sum, rows, vectors, left.rows ? address : NULL, at_c, left.first + at_c,
                        left.stride, right_c, d);
        at_c += c.left;
        right_c += c.right;
      } while (++k < c.count);
      at_b += b.left;
      right_b += b.right;
    } while (++j < b.count);
    at_a += a.left;
    right += a.right;
  } while (++i < a.count);
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) *(RT_VECTOR *)(result[r] + v * width) = sum[r][v];
  }
}

#ifdef RT_SHARES_TILES

// A tile of any number of rows, for each of which there is code.
RT_INLINE void RT_NAME(rt_tile_of)(RT_NUMBER (*result)[32], int begins, int rows, int most,
                                   int vectors, RT_NAME(rt_left) left, ptrdiff_t at,
                                   const RT_COLUMN *right, rt_loops loops) {
#define RT_CASE(number) \
  case number: \
    if (number > most) break; \
    RT_NAME(rt_tile)(result, begins, number, vectors, left, at, right, loops); \
    break;
  switch (rows) {
    RT_CASE(1) RT_CASE(2) RT_CASE(3) RT_CASE(4)
#if RT_TILE_ROWS > 4
    RT_CASE(5) RT_CASE(6)
#endif
#if RT_TILE_ROWS > 6
    RT_CASE(7) RT_CASE(8) RT_CASE(9) RT_CASE(10) RT_CASE(11) RT_CASE(12) RT_CASE(13) RT_CASE(14)
#endif
  }
#undef RT_CASE
}

// A tile of any number of rows and vectors.
static void RT_NAME(rt_any_tile)(RT_NUMBER (*result)[32], int begins, int rows, int vectors,
                                 RT_NAME(rt_left) left, ptrdiff_t at, const RT_COLUMN *right,
                                 rt_loops loops) {
  const RT_NAME(rt_left) regular = {left.first, left.stride, left.tile, NULL};
  const int all = RT_TILE_ROWS, some = 2;
#define RT_CASE(number) \
  case number: \
    if (left.rows) { \
      RT_NAME(rt_tile_of)(result, begins, rows, number <= RT_TILE_VECTORS ? all : some, number, \
                          left, at, right, loops); \
    } else { \
      RT_NAME(rt_tile_of)(result, begins, rows, number <= RT_TILE_VECTORS ? all : some, number, \
                          regular, at, right, loops); \
    } \
    break;
  switch (vectors) { RT_CASE(1) RT_CASE(2) RT_CASE(3) RT_CASE(4) }
#undef RT_CASE
}

#endif

// The tiles of a strip, which is `vectors` wide: those of `rows` rows each, and one of `rest`.
RT_INLINE void RT_NAME(rt_strip)(RT_NUMBER (*sum)[32], int begins, int rows, int count, int rest,
                                 int vectors, RT_NAME(rt_left) left, ptrdiff_t at,
                                 const RT_COLUMN *right, rt_loops loops) {
  for (int n = 0; n < count; n += rows) {
    const RT_NAME(rt_left) below = {left.first + n / rows * left.tile, left.stride, left.tile,
                                    left.rows ? left.rows + n : NULL};
    if (n + rows <= count) {
      RT_SUM_TILE(sum + n, begins, rows, vectors, below, at, right, loops);
    } else {
      RT_SUM_TILE(sum + n, begins, rest, vectors, below, at, right, loops);
    }
  }
}

// Some steps of a block and a panel, strip by strip. A strip has as many vectors as the registers
// hold, which are more for one or two rows.
RT_INLINE void RT_NAME(rt_strips)(RT_NUMBER (*sum)[32], int begins, int rows, int count, int rest,
                                  int columns, RT_NAME(rt_left) left, ptrdiff_t at,
                                  const RT_COLUMN *right, rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const int vectors = rows <= 2 ? 4 : RT_TILE_VECTORS;
  const int most = vectors * width;
  int done = 0;
  for (; done + most <= columns; done += most) {
    RT_NAME(rt_strip)((RT_NUMBER(*)[32])(sum[0] + done), begins, rows, count, rest, vectors, left,
                      at, right + done, loops);
  }
  if (done < columns) {
    RT_NAME(rt_strip)((RT_NUMBER(*)[32])(sum[0] + done), begins, rows, count, rest,
                      RT_SHARE(columns % most, width), left, at, right + done, loops);
  }
}

// Copies the numbers of one step of a tile, `rest` of which remain: whole vectors where possible,
// whose last numbers may belong to no row.
RT_INLINE void RT_NAME(rt_copy_step)(RT_NUMBER *copy, int rows, int rest, const RT_NUMBER *step) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const int vectors = RT_SHARE(rows, width);
  if (vectors * width <= rest) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) {
      *(RT_VECTOR *)(copy + v * width) = *(const RT_VECTOR *)(step + v * width);
    }
  } else {
    for (int r = 0; r < rest && r < rows; r++) copy[r] = step[r];
  }
}

// Copies the numbers that some steps take from `count` neighbouring rows, tile by tile and `tile`
// elements apart, in the order in which a tile reads them.
RT_INLINE void RT_NAME(rt_copy_steps)(RT_NUMBER *copy, int rows, int count, ptrdiff_t tile,
                                      const RT_NUMBER *first, rt_loops loops) {
  const rt_loop a = loops.loop[0], b = loops.loop[1], c = loops.loop[2], d = loops.loop[3];
  for (int i = 0; i < a.count; i++) {
    for (int j = 0; j < b.count; j++) {
      for (int k = 0; k < c.count; k++) {
        for (int l = 0; l < d.count; l++, copy += rows) {
          const RT_NUMBER *step = first + i * a.left + j * b.left + k * c.left + l * d.left;
          for (int n = 0; n < count; n += rows) {
            RT_NAME(rt_copy_step)(copy + n / rows * tile, rows, count - n, step + n);
          }
        }
      }
    }
  }
}

// Some steps of a block, panel by panel: the sums of each are `height` rows behind each other.
RT_INLINE void RT_NAME(rt_panels)(RT_NUMBER (*sum)[32], int height, int begins, int rows,
                                  int count, int rest, RT_NAME(rt_left) left, ptrdiff_t at,
                                  RT_NAME(rt_right) right, rt_loops loops) {
  RT_NOT_UNROLLED
  for (int p = 0; p < right.panels; p++) {
    RT_NAME(rt_strips)(sum + p * height, begins, rows, count, rest, right.columns, left, at,
                       right.first + p * right.panel, loops);
  }
}

// The same for rows that are neighbours in memory and whose steps are far apart: they are copied
// first, so that tiles do not touch another page for a few numbers of each step.
RT_INLINE void RT_NAME(rt_copied_panels)(RT_NUMBER (*sum)[32], int height, int begins, int rows,
                                         int count, int rest, const RT_NUMBER *first,
                                         RT_NAME(rt_right) right, rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const ptrdiff_t tile = RT_TILE_STEPS * rows + width;
  RT_NUMBER copy[(RT_TILE_STEPS + sizeof(RT_VECTOR) / sizeof(RT_NUMBER)) * RT_MOST_BLOCK];
  RT_NAME(rt_copy_steps)(copy, rows, count, tile, first, loops);
  ptrdiff_t step = rows;
  RT_UNROLLED
  for (int i = 3; i >= 0; i--) {
    loops.loop[i].left = step;
    step *= loops.loop[i].count;
  }
  const RT_NAME(rt_left) left = {copy, 1, tile, NULL};
  RT_NAME(rt_panels)(sum, height, begins, rows, count, rest, left, 0, right, loops);
}

// The same for rows that follow each other in whole ways of the nearest cache, which keeps too few
// of their lines at once: they are copied first, a line further apart.
RT_INLINE void RT_NAME(rt_spread_panels)(RT_NUMBER (*sum)[32], int height, int begins, int rows,
                                         int count, int rest, RT_NAME(rt_left) left, ptrdiff_t at,
                                         RT_NAME(rt_right) right, rt_loops loops) {
  enum { LINE = 64 / sizeof(RT_NUMBER), APART = RT_TILE_STEPS + LINE };
  RT_NUMBER copy[RT_MOST_BLOCK * APART];
  const size_t bytes = (size_t)loops.loop[3].count * sizeof(RT_NUMBER);
  for (int r = 0; r < count; r++) {
    memcpy(copy + r * APART, left.first + at + r * left.stride, bytes);
  }
  const RT_NAME(rt_left) spread = {copy, APART, rows * APART, NULL};
  RT_NAME(rt_panels)(sum, height, begins, rows, count, rest, spread, 0, right, loops);
}

// All steps of a block, in groups whose columns stay in cache.
RT_INLINE void RT_NAME(rt_steps)(RT_NUMBER (*sum)[32], int height, int rows, int count, int rest,
                                 rt_copies copies, RT_NAME(rt_left) left, RT_NAME(rt_right) right,
                                 rt_loops loops) {
  const rt_loop a = loops.loop[0], b = loops.loop[1], c = loops.loop[2], d = loops.loop[3];
  rt_loops part = loops;
  for (int i = 0; i < a.count; i += rt_passes(loops, 0)) {
    part.loop[0].count = rt_part(loops, 0, i);
    for (int j = 0; j < b.count; j += rt_passes(loops, 1)) {
      part.loop[1].count = rt_part(loops, 1, j);
      for (int k = 0; k < c.count; k += rt_passes(loops, 2)) {
        part.loop[2].count = rt_part(loops, 2, k);
        for (int l = 0; l < d.count; l += rt_passes(loops, 3)) {
          part.loop[3].count = rt_part(loops, 3, l);
          const int begins = (i | j | k | l) == 0;
          const ptrdiff_t at = i * a.left + j * b.left + k * c.left + l * d.left;
          const RT_NAME(rt_right) from = {
              right.first + i * a.right + j * b.right + k * c.right + l * d.right, right.panels,
              right.columns, right.panel};
          if (copies == RT_COPIES_STEPS) {
            RT_NAME(rt_copied_panels)(sum, height, begins, rows, count, rest, left.first + at,
                                      from, part);
          } else if (copies == RT_COPIES_ROWS) {
            RT_NAME(rt_spread_panels)(sum, height, begins, rows, count, rest, left, at, from,
                                      part);
          } else {
            RT_NAME(rt_panels)(sum, height, begins, rows, count, rest, left, at, from, part);
          }
        }
      }
    }
  }
}

RT_BLOCKS void RT_NAME(rt_block)(RT_NUMBER (*sum)[32], int extent, int count, int panels,
                                 int columns, int rest, const RT_NUMBER *left, ptrdiff_t row,
                                 const RT_COLUMN *right, ptrdiff_t panel, rt_loops loops) {
  const int rows = RT_ROWS(extent);
  const RT_NAME(rt_left) first = {left, row, rows * row, NULL};
  const RT_NAME(rt_right) some = {right, panels, rest, panel}, all = {right, panels, 32, panel};
  loops = rt_all_loops(loops);
  const rt_copies copies = rt_copies_of(extent, row, sizeof(RT_NUMBER), loops);
  if (columns == rest) {
    RT_NAME(rt_steps)(sum, RT_BLOCK(extent), rows, count, extent % rows, copies, first, some,
                      loops);
  } else {
    RT_NAME(rt_steps)(sum, RT_BLOCK(extent), rows, count, extent % rows, copies, first, all,
                      loops);
  }
  RT_FORGET_ARRAY(sum);
}

RT_BLOCKS void RT_NAME(rt_lines)(RT_NUMBER (*sum)[32], int most, int lines, ptrdiff_t line,
                                 int extent, int panels, int columns, int rest,
                                 const RT_NUMBER *left, ptrdiff_t row, const RT_COLUMN *right,
                                 ptrdiff_t panel, rt_loops loops) {
  const int rows = RT_ROWS(most * extent), count = RT_SHARE(lines * extent, rows) * rows;
  const RT_NUMBER *address[RT_MOST_ROWS + RT_TILE_ROWS] = {NULL};
  for (int n = 0; n < count; n++) {
    const int m = n < lines * extent ? n : lines * extent - 1;
    address[n] = left + m / extent * line + m % extent * row;
  }
  const RT_NAME(rt_left) all = {left, 0, 0, address};
  const RT_NAME(rt_right) some = {right, panels, rest, panel};
  const RT_NAME(rt_right) whole = {right, panels, 32, panel};
  loops = rt_all_loops(loops);
  if (columns == rest) {
    RT_NAME(rt_steps)(sum, 0, rows, count, 0, RT_COPIES_NOTHING, all, some, loops);
  } else {
    RT_NAME(rt_steps)(sum, 0, rows, count, 0, RT_COPIES_NOTHING, all, whole, loops);
  }
  RT_FORGET_ARRAY(sum);
}

#endif
