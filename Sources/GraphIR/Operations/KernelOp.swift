internal import LoopIR
package import Support

/// A group of operations that becomes one kernel; fusion makes it.
///
///     %2 = kernel %0, %1 {relu_1} : f32[32, 128] { ... }
package struct KernelOp: RegionOperation {
  package let name: String
  /// Closed: what it uses from outside are its inputs.
  package let body: Graph

  package init(name: String, body: Graph) {
    self.name = name
    self.body = body
  }

  package static let word = "kernel"
  package var attributes: String { name.quotedUnlessWord }
  package var regions: [Graph] { [body] }

  package func replacing(regions: [Graph]) -> KernelOp { KernelOp(name: name, body: regions[0]) }

  package init(from text: inout OperationText) throws(ParseError) {
    name = try text.attributes.name("the name of the kernel")
    body = try text.region()
  }

  package var operandCount: ClosedRange<Int> { body.inputs.count...body.inputs.count }
  package var role: FusionRole { .opaque }

  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    body.outputs.map { body.type($0) }
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    preconditionFailure("gradients are taken before kernels are made")
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }
}
