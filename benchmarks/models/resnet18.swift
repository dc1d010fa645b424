// ResNet-18 (He et al., 2015) for images of 224 x 224 pixels. Parameters have torchvision's names.

import GraphKit
import Zoo

let net = ResNet(.resnet18)
let model = Model("resnet18", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
