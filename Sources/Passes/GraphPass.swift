package import GraphIR
internal import Support

/// A named step of the compiler from graph to graph.
///
/// The name is also the word for `--dump-after` and `--stop-after`.
package struct GraphPass: Sendable {
  package let name: String
  /// What the pass does, for `--help`.
  package let summary: String
  package let run: @Sendable (inout GraphProgram) -> Void

  package init(
    _ name: String, _ summary: String, _ run: @escaping @Sendable (inout GraphProgram) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }

  /// A pass that works on the graph of each function, and on each graph inside one, by itself;
  /// inner graphs come first.
  package init(
    _ name: String, _ summary: String, each run: @escaping @Sendable (Graph) -> Graph
  ) {
    self.init(name, summary) { program in
      for i in program.functions.indices {
        program.functions[i].graph = inside(program.functions[i].graph, run)
      }
    }
  }
}

private func inside(_ graph: Graph, _ run: @Sendable (Graph) -> Graph) -> Graph {
  guard graph.nodes.values.contains(where: { $0.op is any RegionOperation }) else {
    return run(graph)
  }
  return run(
    Rewriter.run(graph) { rewriter, id in
      guard let op = graph[id].op as? any RegionOperation else { return nil }
      let regions = op.regions.map { inside($0, run) }
      return rewriter.apply(op.replacing(regions: regions), rewriter.operands(id))
    })
}
