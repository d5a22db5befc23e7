"""Makes of network.py's weights what Sitwell reads: the network as ONNX, and how two of its findings differ.

usage: convert.py NAME.npz MODELS      writes MODELS/shoulder_girdle.onnx and MODELS/shoulder_change.f32

The network takes a crop (1 x 112 x 128 x 3, 0 to 1) and gives the points (in pixels of the crop) and the embedding. Weights are stored in 16 bits.
`shoulder_change.f32` has the weights and biases of `pair` for protraction alone, in 32 bits: p1, p2, pair. It needs numpy and onnx.
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HIGH, WIDE, STRIDE, EMBEDDING = 112, 128, 4, 48


class Graph:
    def __init__(self, weights):
        self.w, self.nodes, self.constants = weights, [], []

    def put(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def half(self, name, value):
        self.constant(name + ".f16", value.astype(np.float16))
        return self.put("Cast", [name + ".f16"], name, to=TensorProto.FLOAT)

    def conv(self, x, name, kernel, stride=1, same=True):
        """`kernel`: outputs x inputs x rows x columns. As TensorFlow's SAME, more zeros come after than before."""
        pad = max(kernel.shape[2] - stride, 0) if same else 0
        w = self.half(name + ".weights", kernel)
        b = self.half(name + ".bias", self.w[name + "_b"])
        return self.put("Conv", [x, w, b], name, group=1, dilations=[1, 1], kernel_shape=list(kernel.shape[2:]), strides=[stride] * 2, pads=[pad // 2] * 2 + [pad - pad // 2] * 2)

    def layer(self, x, name, stride=1):
        return self.conv(x, name, self.w[name].transpose(3, 2, 0, 1), stride)

    def relu(self, x):
        return self.put("Clip", [x, "zero", "most"], x + ".relu")

    def twice(self, x, high, wide, name):
        rows, columns = (np.repeat(np.eye(n, dtype=np.float32), 2, 0) for n in (high, wide))
        x = self.put("MatMul", [self.constant(name + ".rows", rows), x], name + ".taller")
        return self.put("MatMul", [x, self.constant(name + ".columns", columns.T)], name)


def network(w):
    g = Graph(w)
    k = w["maps"].shape[3]
    rows, columns = HIGH // STRIDE, WIDE // STRIDE
    g.constant("zero", np.zeros(1, np.float32)); g.constant("most", np.full(1, 1e30, np.float32))
    # Cells of 4 x 4 pixels, as tf.nn.space_to_depth orders them (row, column, colour), are a filter's taps; and the input less a half a bias.
    first = w["b1"][0, 0].reshape(STRIDE, STRIDE, 3, -1).transpose(3, 2, 0, 1)
    w["b1_b"] = w["b1_b"] - .5 * first.sum((1, 2, 3))
    x = g.put("Transpose", ["image"], "image.channels_first", perm=[0, 3, 1, 2])
    b = g.relu(g.layer(g.relu(g.conv(x, "b1", first, STRIDE)), "b2"))
    c = g.relu(g.layer(b, "c1", 2))
    c = g.relu(g.put("Add", [c, g.layer(g.relu(g.layer(c, "c2")), "c3")], "c"))
    d = g.relu(g.layer(c, "d1", 2))
    d = g.relu(g.put("Add", [d, g.layer(g.relu(g.layer(d, "d2")), "d3")], "d"))
    up = g.twice(g.relu(g.layer(d, "up_d")), rows // 4, columns // 4, "up_d.twice")
    y = g.relu(g.layer(g.put("Add", [c, up], "up"), "up_c"))
    y = g.put("Add", [b, g.twice(y, rows // 2, columns // 2, "up_c.twice")], "top")
    maps = g.layer(g.relu(g.layer(y, "up_b")), "maps")
    flat = g.put("Reshape", [maps, g.constant("flat", np.array([1, 1, k, rows * columns]))], "flat.maps")
    cells = np.array([((j + .5) * STRIDE, (i + .5) * STRIDE) for i in range(rows) for j in range(columns)], np.float32)
    points = g.put("MatMul", [g.put("Softmax", [flat], "share", axis=3), g.constant("cells", cells)], "points")
    # One product over the whole plane: the dense layers' inputs are row, column, channel.
    seen = w["e1"].reshape(rows // 4, columns // 4, 64, EMBEDDING).transpose(3, 2, 0, 1)
    e = g.relu(g.conv(d, "e1", seen, same=False))
    # Points over 32, less (2, 1.75): part of the weights.
    second = w["e2"].copy()
    w["e2_b"] = w["e2_b"] - np.tile([2., 1.75], k) @ second[EMBEDDING:]
    second[EMBEDDING:] /= 32
    beside = g.put("Reshape", [points, g.constant("column", np.array([1, 2 * k, 1, 1]))], "points.column")
    e = g.put("Concat", [e, beside], "both", axis=1)
    e = g.conv(e, "e2", second.T[:, :, None, None])
    g.put("Identity", [points], "girdle_points"); g.put("Identity", [e], "embedding")
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(g.nodes, "shoulder_girdle", [value("image", [1, HIGH, WIDE, 3])], [value("girdle_points", [1, 1, k, 2]), value("embedding", [1, EMBEDDING, 1, 1])], g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def main():
    name, models = sys.argv[1:]
    w = {k: v.astype(np.float32) for k, v in np.load(name).items()}
    onnx.save(network(dict(w)), f"{models}/shoulder_girdle.onnx")
    # Tens of degrees of protraction, the first of the four.
    parts = [w["p1"], w["p1_b"], w["p2"], w["p2_b"], 10 * w["pair"][:, 0], 10 * w["pair_b"][:1]]
    np.concatenate([p.ravel() for p in parts]).astype("<f4").tofile(f"{models}/shoulder_change.f32")


if __name__ == "__main__":
    main()
