"""Runs a convolutional ONNX graph with torch operators: the teacher's, and the exported model's as a check.

Not every machine this recipe is meant for has an ONNX runtime for Python, and the two graphs need twenty operators.
"""
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper


class OnnxGraph:
    def __init__(self, path, device='cpu'):
        graph = onnx.load(path).graph
        as_tensor = lambda t: torch.from_numpy(numpy_helper.to_array(t).copy()).to(device)
        self.device, self.output = device, graph.output[0].name
        self.constants = {i.name: as_tensor(i) for i in graph.initializer}
        for n in graph.node:
            if n.op_type == 'Constant':
                self.constants[n.output[0]] = as_tensor(n.attribute[0].t)
        self.nodes = [(n.op_type, [i for i in n.input if i], n.output[0],
                       {a.name: helper.get_attribute_value(a) for a in n.attribute})
                      for n in graph.node if n.op_type != 'Constant']

    @torch.no_grad()
    def __call__(self, feats):
        """feats [B, T, 80] -> [B, D], as the graph says: 64 for the teacher, 256 for the model; not normalised."""
        values = dict(self.constants)
        values['feats'] = feats.float().to(self.device)
        for op, inputs, output, attributes in self.nodes:
            values[output] = _apply(op, [values[i] for i in inputs], attributes)
        return values[self.output]


def _apply(op, x, attributes):
    if op == 'Transpose': return x[0].permute(attributes['perm'])
    if op == 'Unsqueeze': return x[0].unsqueeze(int(x[1].flatten()[0]))
    if op == 'Clip': return torch.minimum(torch.maximum(x[0], x[1]), x[2])
    if op == 'Mul': return x[0] * x[1]
    if op == 'Add': return x[0] + x[1]
    if op == 'Conv': return F.conv2d(x[0], x[1], x[2] if len(x) > 2 else None,
                                     attributes.get('strides', [1, 1]), attributes['pads'][:2])
    if op == 'MaxPool': return F.max_pool2d(x[0], attributes['kernel_shape'], attributes['strides'])
    if op == 'GlobalAveragePool': return x[0].mean((2, 3), keepdim=True)
    if op == 'Flatten': return x[0].flatten(attributes['axis'])
    if op == 'Relu': return F.relu(x[0])
    if op == 'Sub': return x[0] - x[1]
    if op == 'Div': return x[0] / x[1]
    if op == 'Sqrt': return torch.sqrt(x[0])
    if op == 'ReduceMean': return x[0].mean(tuple(attributes['axes']), keepdim=bool(attributes['keepdims']))
    if op == 'ReduceSum': return x[0].sum(tuple(x[1].tolist()), keepdim=bool(attributes['keepdims']))
    if op == 'Shape': return torch.tensor(x[0].shape)
    if op == 'Gather': return x[0][x[1]]                                    # of a shape only
    if op == 'Cast': return x[0].float()                                    # to float32 only
    if op == 'Concat': return torch.cat(x, attributes['axis'])
    if op == 'Gemm': return F.linear(x[0], x[1], x[2])                      # as PyTorch writes it: transB, no scaling
    raise ValueError('the graph holds an operator this interpreter does not know: ' + op)
