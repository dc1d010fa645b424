// What a model imports: the DSL here, and the tensors and element types beneath it.

@_exported public import TensorLibrary
@_exported public import LoopIR
