// EfficientNet-B0 (Tan and Le, 2019) for images of 224 x 224 pixels. Parameters have torchvision's
// names.

import GraphKit
import Zoo

let net = EfficientNet(.b0)
let model = Model("efficientnet_b0", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
