internal import TensorLibrary

/// Returns a program as the driver reads it.
func programText(_ program: GraphProgram) -> String { printProgram(program) }
