"""onnxruntime, on a file that PyTorch exports."""

import numpy as np
import onnxruntime

from peers.work import Work


def session(path, threads: int) -> onnxruntime.InferenceSession:
    """A session for a file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Calling:
    """A function of a file."""

    def __init__(self, work: Work):
        self.session = session(work.onnx, work.threads)
        self.names = [output.name for output in self.session.get_outputs()]
        wanted = {value.name for value in self.session.get_inputs()}
        self.inputs = {name: a for name, a in work.inputs.items() if name in wanted}

    def run(self) -> None:
        """Computes the outputs."""
        self.result = self.session.run(None, self.inputs)

    def outputs(self) -> dict[str, np.ndarray]:
        """What was computed last."""
        return dict(zip(self.names, self.result))


make = Calling
