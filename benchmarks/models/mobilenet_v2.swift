// MobileNetV2 (Sandler et al., 2018) for images of 224 x 224 pixels. Parameters have torchvision's
// names.

import GraphKit
import Zoo

let net = MobileNetV2()
let model = Model("mobilenet_v2", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
