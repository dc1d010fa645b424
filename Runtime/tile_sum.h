// tile_sum.h - the functions of tile.h for one type of numbers. Included by it, twice.

// Where the numbers of a tile's rows are: `stride` elements apart from `first` on, or at addresses
// of their own.
typedef struct RT_NAME(rt_left) {
  const RT_NUMBER *first;
  ptrdiff_t stride;
  const RT_NUMBER *const *rows;
} RT_NAME(rt_left);

// One step: a number of each row times the vectors of columns.
RT_INLINE void RT_NAME(rt_step)(RT_VECTOR (*sum)[4], int rows, int vectors,
                                const RT_NUMBER *const *left, ptrdiff_t at,
                                const RT_NUMBER *first, ptrdiff_t stride, const RT_NUMBER *right) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  RT_VECTOR column[4];
  RT_UNROLLED
  for (int v = 0; v < vectors; v++) column[v] = *(const RT_VECTOR *)(right + v * width);
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) {
      sum[r][v] += (left ? left[r][at] : first[r * stride]) * column[v];
    }
  }
}

// Adds up all steps for as many rows and vectors as the registers hold. The sums begin at 0, or
// at what `result` holds.
RT_INLINE void RT_NAME(rt_registers)(RT_NUMBER (*result)[32], int begins, int rows, int vectors,
                                     RT_NAME(rt_left) left, const RT_NUMBER *right,
                                     rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const rt_loop a = loops.loop[0], b = loops.loop[1], c = loops.loop[2], d = loops.loop[3];
  const RT_VECTOR zero = {0};
  RT_VECTOR sum[RT_TILE_ROWS][4];
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) {
      sum[r][v] = begins ? zero : *(const RT_VECTOR *)(result[r] + v * width);
    }
  }
  ptrdiff_t at_a = 0;
  int i = 0, j = 0, k = 0, l = 0;
  do {
    const RT_NUMBER *right_b = right;
    ptrdiff_t at_b = at_a;
    j = 0;
    do {
      const RT_NUMBER *right_c = right_b;
      ptrdiff_t at_c = at_b;
      k = 0;
      do {
        const RT_NUMBER *first = left.first + at_c, *right_d = right_c;
        ptrdiff_t at = at_c;
        l = 0;
        RT_NOT_UNROLLED
        do {
          RT_FORGET(first);
          RT_NAME(rt_step)(sum, rows, vectors, left.rows, at, first, left.stride, right_d);
          first += d.left;
          at += d.left;
          right_d += d.right;
        } while (++l < d.count);
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

// One tile: as many vectors at once as the registers hold, which are more for one or two rows.
RT_INLINE void RT_NAME(rt_tile)(RT_NUMBER (*sum)[32], int begins, int rows, int columns,
                                RT_NAME(rt_left) left, const RT_NUMBER *right, rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const int vectors = rows <= 2 ? 4 : RT_TILE_VECTORS;
  const int most = vectors * width;
  int done = 0;
  for (; done + most <= columns; done += most) {
    RT_NAME(rt_registers)((RT_NUMBER(*)[32])(sum[0] + done), begins, rows, vectors, left,
                          right + done, loops);
  }
  if (done < columns) {
    RT_NAME(rt_registers)((RT_NUMBER(*)[32])(sum[0] + done), begins, rows,
                          RT_SHARE(columns % most, width), left, right + done, loops);
  }
}

// Sums up the products of a block: `count` rows of `extent`, as many as RT_BLOCK says or what is
// left of them. `left` is the first row's number of the first step, and `row` how many elements
// further that of the next row is. `right` is the first of the columns, which are neighbours;
// there are 32 of them in memory, even if only `columns` matter. The other elements of `sum` get
// any value.
RT_INLINE void RT_NAME(rt_block)(RT_NUMBER (*sum)[32], int extent, int count, int columns,
                                 const RT_NUMBER *left, ptrdiff_t row, const RT_NUMBER *right,
                                 rt_loops loops) {
  const int rows = RT_ROWS(extent);
  const rt_loop outer = loops.loop[0];
  const int most = rt_passes(loops);
  for (int k = 0; k < outer.count; k += most) {
    loops.loop[0].count = outer.count - k < most ? outer.count - k : most;
    int n = 0;
    for (; n + rows <= count; n += rows) {
      const RT_NAME(rt_left) tile = {left + n * row, row, NULL};
      RT_NAME(rt_tile)(sum + n, k == 0, rows, columns, tile, right, loops);
    }
    if (n < count) {
      const RT_NAME(rt_left) tile = {left + n * row, row, NULL};
      RT_NAME(rt_tile)(sum + n, k == 0, extent % rows, columns, tile, right, loops);
    }
    left += most * outer.left;
    right += most * outer.right;
  }
}

// The same for `lines` of `extent` rows each, where `line` is how many elements the next line is
// further on; `sum` has RT_LINES(most * extent) rows, where no block has more than `most` lines.
// Tiles reach from one line into the next; the last of them repeats a row for each that it lacks.
RT_INLINE void RT_NAME(rt_lines)(RT_NUMBER (*sum)[32], int most, int lines, ptrdiff_t line,
                                 int extent, int columns, const RT_NUMBER *left, ptrdiff_t row,
                                 const RT_NUMBER *right, rt_loops loops) {
  const int rows = RT_ROWS(most * extent);
  const rt_loop outer = loops.loop[0];
  const int passes = rt_passes(loops);
  for (int k = 0; k < outer.count; k += passes) {
    loops.loop[0].count = outer.count - k < passes ? outer.count - k : passes;
    for (int n = 0; n < lines * extent; n += rows) {
      const RT_NUMBER *address[RT_TILE_ROWS];
      RT_UNROLLED
      for (int r = 0; r < rows; r++) {
        const int m = n + r < lines * extent ? n + r : lines * extent - 1;
        address[r] = left + m / extent * line + m % extent * row;
      }
      const RT_NAME(rt_left) tile = {left, 0, address};
      RT_NAME(rt_tile)(sum + n, k == 0, rows, columns, tile, right, loops);
    }
    left += passes * outer.left;
    right += passes * outer.right;
  }
}
