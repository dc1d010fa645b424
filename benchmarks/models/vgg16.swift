// VGG-16 (Simonyan and Zisserman, 2014) for images of 224 x 224 pixels. Parameters have
// torchvision's names.

import GraphKit
import Zoo

let net = VGG(.vgg16)
let model = Model("vgg16", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
