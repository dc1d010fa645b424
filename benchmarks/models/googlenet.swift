// GoogLeNet (Szegedy et al., 2014) for images of 224 x 224 pixels. Parameters have torchvision's
// names, and as there, the third branch has windows of three pixels, not five.

import GraphKit
import Zoo

let net = GoogLeNet()
let model = Model("googlenet", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
