// tile_sum.h - the functions of tile.h for one type of numbers. Included by it, twice.

// One step: a number of each row times the vectors of columns.
RT_INLINE void RT_NAME(rt_step)(RT_VECTOR (*sum)[RT_TILE_VECTORS], int rows, int vectors,
                                const RT_NUMBER *left, ptrdiff_t row, const RT_NUMBER *right) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  RT_VECTOR column[RT_TILE_VECTORS];
  RT_UNROLLED
  for (int v = 0; v < vectors; v++) column[v] = *(const RT_VECTOR *)(right + v * width);
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) sum[r][v] += left[r * row] * column[v];
  }
}

// The sums of all steps for as many rows and vectors as the registers hold.
RT_INLINE void RT_NAME(rt_block)(RT_NUMBER (*result)[32], int rows, int vectors,
                                 const RT_NUMBER *left, ptrdiff_t row, const RT_NUMBER *right,
                                 rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const rt_loop a = loops.loop[0], b = loops.loop[1], c = loops.loop[2], d = loops.loop[3];
  const RT_VECTOR zero = {0};
  RT_VECTOR sum[RT_TILE_ROWS][RT_TILE_VECTORS];
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) sum[r][v] = zero;
  }
  int i = 0, j = 0, k = 0, l = 0;
  do {
    const RT_NUMBER *left_b = left, *right_b = right;
    j = 0;
    do {
      const RT_NUMBER *left_c = left_b, *right_c = right_b;
      k = 0;
      do {
        const RT_NUMBER *left_d = left_c, *right_d = right_c;
        l = 0;
        RT_NOT_UNROLLED
        do {
          RT_FORGET(left_d);
          RT_NAME(rt_step)(sum, rows, vectors, left_d, row, right_d);
          left_d += d.left;
          right_d += d.right;
        } while (++l < d.count);
        left_c += c.left;
        right_c += c.right;
      } while (++k < c.count);
      left_b += b.left;
      right_b += b.right;
    } while (++j < b.count);
    left += a.left;
    right += a.right;
  } while (++i < a.count);
  RT_UNROLLED
  for (int r = 0; r < rows; r++) {
    RT_UNROLLED
    for (int v = 0; v < vectors; v++) *(RT_VECTOR *)(result[r] + v * width) = sum[r][v];
  }
}

// The sums for some rows and columns, as many vectors at once as the registers hold.
RT_INLINE void RT_NAME(rt_part)(RT_NUMBER (*sum)[32], int rows, int columns, const RT_NUMBER *left,
                                ptrdiff_t row, const RT_NUMBER *right, rt_loops loops) {
  const int width = (int)(sizeof(RT_VECTOR) / sizeof(RT_NUMBER));
  const int most = RT_TILE_VECTORS * width;
  int done = 0;
  for (; done + most <= columns; done += most) {
    RT_NAME(rt_block)((RT_NUMBER(*)[32])(sum[0] + done), rows, RT_TILE_VECTORS, left, row,
                      right + done, loops);
  }
  if (done < columns) {
    RT_NAME(rt_block)((RT_NUMBER(*)[32])(sum[0] + done), rows, (columns % most + width - 1) / width,
                      left, row, right + done, loops);
  }
}

// Sums up the products of a tile. Its rows begin at row `start` of `extent`; `left` is the first
// row's number of the first step, and `row` how many elements further that of the next row is.
// `right` is the first of the columns, which are neighbours; there are 32 of them in memory, even
// if only `columns` matter. The other elements of `sum` get any value.
RT_INLINE void RT_NAME(rt_tile)(RT_NUMBER (*sum)[32], int extent, int start, int columns,
                                const RT_NUMBER *left, ptrdiff_t row, const RT_NUMBER *right,
                                rt_loops loops) {
  const int rows = RT_ROWS(extent);
  if (start + rows <= extent) {
    RT_NAME(rt_part)(sum, rows, columns, left, row, right, loops);
  } else {
    RT_NAME(rt_part)(sum, extent % rows, columns, left, row, right, loops);
  }
}
