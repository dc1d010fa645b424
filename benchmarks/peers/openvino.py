"""OpenVINO, on a file that PyTorch exports."""

import numpy as np
import openvino

from peers.work import Work


def compiled(path, threads: int):
    """The model of a file, made for one call as fast as it can be, in f32."""
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(str(path), "CPU", settings)


class Calling:
    """A function of a file."""

    def __init__(self, work: Work):
        model = compiled(work.onnx, work.threads)
        self.request = model.create_infer_request()
        wanted = {name for value in model.inputs for name in value.names}
        for name, array in work.inputs.items():
            if name in wanted:
                self.request.set_tensor(name, openvino.Tensor(array, shared_memory=True))
        self.names = [output.any_name for output in model.outputs]

    def run(self) -> None:
        """Computes the outputs, in place."""
        self.request.infer()

    def outputs(self) -> dict[str, np.ndarray]:
        """What was computed last."""
        return {name: self.request.get_tensor(name).data.copy() for name in self.names}


make = Calling
