internal import LoopIR

/// The schedules' model of the machine that a program runs on.
///
/// Emitted C must run anywhere and give the same bits wherever it was made, so the machine that
/// gcomp runs on is never examined: schedules depend on this value, `portable` by default. Its
/// numbers were measured with gcc 12 and clang 14 on x86 with AVX2 and AVX-512. They need not be
/// right for another machine; they need to put schedules in the order in which most machines would.
///
/// `width` of a `Tile` and its longest block of lines are no such numbers: they are the layout that
/// the loops, their interpreter and `Runtime/math/tile.h` have in common.
package struct Machine: Hashable, Sendable {
  package var vectors = Vectors()
  package var caches = Caches()
  package var sharing = Sharing()
  package var products = Products()
  package var winograd = WinogradRates()
  package var streams = Streams()
  package var reductions = Reductions()
  package var blocks = Blocks()
  package var taps = Taps()
  package var planes = Planes()
  package var terms = Terms()

  /// The numbers that emitted C is made with.
  package static let portable = Machine()
}

extension Machine {
  /// The registers that vectors lie in.
  package struct Vectors: Hashable, Sendable {
    /// The rows of a tile, whose sums fill the registers. In `tile.h` it is 14 for AVX-512 and 6
    /// for AVX2; a number in between ranks schedules well for both.
    package var tileRows = 12
    /// The products of `f32` in a cycle: two vectors of 16 numbers.
    package var productsPerCycle = 32
    /// The cycles from one addition to a sum to the next one: 4 or 5 on x86.
    package var latency = 4
    /// The iterations of a loop that compilers, such as gcc 12, unroll completely before they
    /// vectorise.
    package var writtenOut = 3...16
    /// The pairs of arrays whose addresses compilers compare before a vectorised loop.
    package var mostComparisons = 2
  }

  /// The sizes of caches, and of data that must fit into them.
  package struct Caches: Hashable, Sendable {
    /// The bytes of a row that a kernel may keep instead of writing it to memory: a fourth of the
    /// nearest cache, which is 32 KB or 48 KB.
    package var keptRow = 8192
    /// The bytes of an array below which it may well be in the cache of a core: 1 MB.
    package var leastFarArray = 1 << 20
    /// The bytes of a row above which prefetching it evicts data in use: the nearest cache.
    package var mostFetchedRow = 1 << 15
    /// The elements of one prefetch, two lines of 64 bytes.
    package var fetchedElements = 32
    /// The bytes of a panel that a thread fills for itself, on its stack: 768 rows of 32 numbers,
    /// as in the products of GPT-2. A larger one would leave too little of threads' small stacks.
    package var ownPanel = 96 << 10
    /// The elements of an array that fit into a core's caches with everything else, 512 KB.
    package var ownElements = 1 << 17
    /// The elements of an array whose lines are still near when they are read again, 128 KB.
    package var nearElements = 1 << 15
    /// The bytes that columns may span and still be found in their sets of the cache, 128 KB.
    package var nearSpan = 1 << 17
    /// The bytes of a way of the nearest cache: addresses that are as far apart share a set.
    package var wayBytes = 4096
    /// The stride in elements at which accesses conflict in few cache sets: 2 KB, half of the
    /// distance at which the nearest cache repeats.
    package var setDistance = 512
  }

  /// When a loop is shared between threads, and in how many iterations.
  package struct Sharing: Hashable, Sendable {
    /// The innermost statements that a kernel must run before a second thread pays: waking it
    /// takes as long as a few thousand of them.
    package var leastStatements = 16384
    /// A part of a kernel is shared by itself from `leastStatements` divided by this on.
    package var parts = 4
    /// The iterations of an innermost loop from which on threads share it, where the loop around it
    /// has too few.
    package var leastInnermost = 16384
    /// The iterations that threads should have to share, so that they end at about the same time.
    package var enoughIterations = 16
    /// The blocks that threads should have to share: 2, 3, 4 or 6 threads get equal parts of 12.
    package var enoughBlocks = 12
  }

  /// The cost of sums of products as tiles, and as other loops. Measured with products of 64 to
  /// 4096 rows and columns, and the convolutions of ResNet-18.
  package struct Products: Hashable, Sendable {
    /// The products in a cycle that other loops reach.
    package var otherRate = 6.0
    /// Those where each term is chosen by its place, as on a border; assumed, not measured.
    package var choosingRate = 1.5
    /// The products in a cycle of one row and a large matrix that is read from its first to its
    /// last element, at 26 to 29 GB/s; blocks of columns reach 19 to 23.
    package var streamRate = 8.0
    /// The cycles of a tile before its first step and after its last one.
    package var tileCycles = 30.0
    /// The cycles to pack an element, if columns are neighbours and if not.
    package var copyNear = 0.15
    package var copyFar = 0.6
    /// The steps that a block takes with the same columns, RT_TILE_STEPS of `tile.h`: with more,
    /// columns come from a far cache again.
    package var nearSteps = 256
    /// The cycles that a step waits for columns that are far from those of the previous step.
    package var farColumns = 2.0
    /// The cycles of a step for rows that are not neighbours in memory.
    package var farRows = 0.1
    /// The cycles of a step for each row whose line of memory is fetched again for its other
    /// numbers.
    package var rowFetchedAgain = 0.3
    /// The cycles to copy the numbers of a step, where rows are neighbours.
    package var rowsCopied = 1.5
    /// The elements from which on each number of a row has a line of memory for itself.
    package var lineElements = 16
    /// The cycles of a step for each row whose number has a line of memory for itself.
    package var ownLine = 0.6
    /// The cycles to store a result, if columns are neighbours in memory and if not.
    package var storeNear = 0.1
    package var storeFar = 0.5
    /// The rows of a block, RT_MOST_BLOCK of `tile.h`.
    package var blockRows = 64
    /// The panels that share a copy of rows that are neighbours: with eight, 2048x4096x512 takes 60
    /// ms instead of 112.
    package var panelsPerCopy = 8
    /// How many times as large as the other factor an array must be for that to be scaled instead:
    /// the other one is packed in each call then. Chosen by counting bytes, not measured.
    package var scaledShare = 4
    /// The panels up to which the last one has tiles of its own, if that is half of a panel or
    /// less: with more of them it saves a sixteenth at most. Chosen, not measured.
    package var mostPanelsEndingShort = 8
    /// The rows from which on results are finished along rows, if those are neighbours in memory:
    /// shorter loops gain nothing by it.
    package var leastRowsToFinish = 8

    /// True iff the last of several blocks of columns has tiles of its own.
    func endsShort(_ columns: Int) -> Bool {
      let (whole, rest) = (columns / Tile.width, columns % Tile.width)
      return (1..<mostPanelsEndingShort).contains(whole) && (1...Tile.width / 2).contains(rest)
    }
  }

  /// The cost of convolutions by Winograd's algorithm. Measured with the layers of VGG-16 and
  /// ResNet.
  package struct WinogradRates: Hashable, Sendable {
    /// The required speed-up over tiles, as results are a little less exact.
    package var leastGain = 1.25
    /// The tiles of a block, above which its arrays leave the nearest cache.
    package var mostTiles = 128
    /// The elements that a band may have if its columns are shared, 4 MB: a cache of all threads.
    package var sharedElements = 1 << 20
    /// The elements that a block may have if bands are shared, 256 KB: a cache of one thread.
    package var ownElements = 1 << 16
    /// The elements of filters above which they are many, 1 MB: they leave the cache of a thread.
    package var fewFilters = 1 << 18
    /// The range of good numbers of bands.
    package var mostBands = 32
    /// The cycles of a call for a block.
    package var callCycles = 50.0
    /// The factor for loading filters if they are many.
    package var manyFilters = 3.5
    /// The factor for products if columns are shared.
    package var byColumns = 1.1
    /// The factor for transforms of 4x4 results, for each number, relative to 2x2.
    package var largeTransform = 1.5
  }

  /// Products of one row and a large matrix.
  package struct Streams: Hashable, Sendable {
    /// The bytes that a core reads from memory in a cycle while another one reads as well: 14 GB/s
    /// at 2.8 GHz, half of the 26 to 29 GB/s that two threads reach.
    package var bytesPerCycle = 5.0
    /// The parts that a matrix is read in: 2, 3, 4 or 6 threads get equal shares of 12.
    package var parts = 12
    /// The rows that are added in one iteration: as many streams as processors prefetch by
    /// themselves.
    package var rows = 4
    /// The columns above which the sums of a part leave the nearest cache, 16 KB.
    package var mostColumns = 4096
    /// The number of results that may share each part of the largest array while it is in cache.
    package var mostSharedResults = 8
  }

  /// When reductions are split, and into how many partial results.
  package struct Reductions: Hashable, Sendable {
    /// The extent from which on a loop along memory becomes vectors.
    package var leastLane = 4
    /// The neighbours from which on a sum over several axes becomes one over a single axis. With
    /// 4x4 it took three times as long.
    package var leastMerged = 128
    /// The lanes of a long reduction along memory: two of the longest vectors, whose latencies
    /// overlap; and of a short one.
    package var lanes = 32
    package var shortLanes = 16
    /// The extent from which on a reduction is long: combining lanes takes as long as reducing 256
    /// numbers.
    package var longLane = 256
    /// The elements from which on a reduction is split for threads.
    package var manyElements = 1 << 16
    /// The number of sums of products up to which they are split: 4 blocks.
    package var fewProductSums = 4096
    /// The products of one sum from which on it is split.
    package var manyProducts = 1 << 14
    /// The most parts of a sum of products; adding up more takes too long.
    package var mostParts = 128
  }

  /// Blocks of results in registers.
  package struct Blocks: Hashable, Sendable {
    /// The bytes of results that a block holds: 16 registers of 32 bytes.
    package var bytes = 512
    /// The neighbours of a block, the widest first, where they divide the axis; and otherwise.
    package var widths = [128, 64]
    package var width = 32
    /// The neighbours of a block where 32 would leave too few blocks to share.
    package var narrow = 16
    /// The rows of a block, where they divide the axis.
    package var rows = [4, 3, 2]
    /// The extent from which on an axis is blocked regardless of the reduced ones.
    package var leastLong = 16
    /// How often each element of a small factor must be read before it is copied.
    package var leastReads = 16
  }
}

extension Machine {
  /// Sums of products of which both factors move along memory. Measured with depthwise convolutions
  /// of 3x3 to 7x7 on 24 to 256 channels.
  package struct Taps: Hashable, Sendable {
    /// The products in a cycle, where a register block reaches `Products.otherRate`: 1.2 times as
    /// many in the middle, with clang 2 times.
    package var rate = 7.2
    /// Those of a short sum where register blocks are whole: 0.9 times as many.
    package var shortRate = 5.4
    /// The terms of a short sum, 3x3: their factors stay in registers.
    package var short = 9
    /// The most terms that are written out of a longer sum, and the results that share them.
    package var most = 8
    package var rows = 7
    /// The results that share the factors of a short sum.
    package var shortRows = 4
    /// The most terms that are written out for all results that share factors; assumed.
    package var mostWritten = 128
    /// The neighbours whose sums lie in an array: 7 rows of them are 1.8 KB.
    package var width = 64
  }
}

extension Machine {
  /// Sums over windows of planes that are copied first. The rates are chosen so that estimates are
  /// within a third of 9x9 on 35x35 pixels and of 3x3 with stride 2 on 64x64, as measured; the
  /// limits are assumed.
  package struct Planes: Hashable, Sendable {
    /// The products of whole vectors in a cycle, for windows up to 3x3 and for larger ones.
    package var shortRate = 16.0
    package var rate = 14.0
    /// The elements that are copied in a cycle.
    package var copies = 4.0
    /// The bytes of a copy, which stays in the nearest cache.
    package var bytes = 24 << 10
    /// The most terms that are written out: the height of a window or, with a stride, its width.
    package var most = 16
    /// The fewest results of a row; with more, an image need not be turned for its channels.
    package var leastLong = 9
  }
}

extension Machine {
  /// Reductions of few terms, written out for neighbouring results. Measured with pooling and with
  /// depthwise convolutions of 3x3 to 7x7 on rows of 10 to 112 pixels.
  package struct Terms: Hashable, Sendable {
    /// The terms in a cycle.
    package var rate = 8.0
    /// The most terms: 7x7, and some more.
    package var most = 64
    /// The fewest neighbours.
    package var leastLong = 8
  }
}

extension Machine {
  /// x86 with AVX-512: 32 registers of 16 numbers.
  package static let avx512 = Machine(tileRows: 14, productsPerCycle: 32, blockBytes: 1024)

  /// x86 with AVX2: 16 registers of 8 numbers.
  package static let avx2 = Machine(tileRows: 6, productsPerCycle: 16, blockBytes: 512)

  /// Arm with NEON: 32 registers of 4 numbers.
  package static let neon = Machine(tileRows: 6, productsPerCycle: 16, blockBytes: 512)

  /// A machine, or a compiler, without vectors.
  package static let scalar = Machine(tileRows: 4, productsPerCycle: 1, blockBytes: 64)

  // From `tile.h` and the sizes of registers; rates were measured on x86 only.
  private init(tileRows: Int, productsPerCycle: Int, blockBytes: Int) {
    vectors.tileRows = tileRows
    vectors.productsPerCycle = productsPerCycle
    blocks.bytes = blockBytes
  }
}
