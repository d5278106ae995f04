"""Goes on from published weights, so that an hour on any machine can make the shipped model better.

A published file holds each convolution with its batch normalisation folded in, and nothing of the classifier. Both are
found again from data: the normalisation's statistics in one pass, the two linear maps of the losses by least squares.
"""
import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper

BATCHES = 80    # 2,560 crops: ten times as many as the embedding has numbers
RIDGE = 1e-3    # of the mean square of the inputs


@torch.no_grad()
def resume_published(path, model, losses, draw):
    """Fills `model` and the maps of `losses`; draw() gives features, class and target of a batch.
    Returns the mean cosine distance to the target after the fitted map."""
    graph = onnx.load(path).graph
    weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    convolutions = [[weights[n] for n in node.input[1:]] for node in graph.node if node.op_type == 'Conv']
    pairs = _in_order(model, draw()[0][:2])
    if [c.weight.shape for c, _ in pairs] != [w.shape for w, _ in convolutions]:
        raise SystemExit(f'{path} is not a ResNet34 of this width: {len(convolutions)} convolutions, '
                         f'the first of {tuple(convolutions[0][0].shape)}')
    for (convolution, norm), (weight, bias) in zip(pairs, convolutions):
        length = weight.flatten(1).norm(dim=1).clamp(min=1e-6)     # rows of one length: every channel learns at one pace
        convolution.weight.copy_(weight * (length.mean() / length)[:, None, None, None])
        norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps)
        norm.weight.copy_(length / length.mean()), norm.bias.copy_(bias)
    for name in 'weight', 'bias':
        getattr(model.seg_1, name).copy_(weights['seg_1.' + name])

    moments = {norm: [] for _, norm in pairs}
    hooks = [norm.register_forward_pre_hook(lambda m, x: moments[m].append(
        (x[0].mean((0, 2, 3)), x[0].square().mean((0, 2, 3))))) for _, norm in pairs]
    model.eval()
    embeddings, voices, targets = [], [], []
    for _ in range(BATCHES):
        feats, label, target = draw()
        embeddings.append(model(feats)), voices.append(losses.voices[label]), targets.append(target)
    [h.remove() for h in hooks]
    for norm, seen in moments.items():
        mean, square = (torch.stack(m).mean(0) for m in zip(*seen))
        variance = (square - mean * mean).clamp(min=0)
        norm.bias += norm.weight * mean
        norm.weight *= (variance + norm.eps).sqrt()
        norm.running_mean.copy_(mean), norm.running_var.copy_(variance)

    embedding, voice, target = map(torch.cat, (embeddings, voices, targets))
    losses.to_teacher.weight.copy_(_least_squares(embedding, target))
    losses.lift.weight.copy_(_least_squares(voice, F.normalize(embedding, dim=1)))
    return float((1 - F.cosine_similarity(losses.to_teacher(embedding), target)).mean())


def _in_order(model, feats):
    """[(convolution, its normalisation)] in the order in which they run, which is the exported graph's."""
    ran = []
    hooks = [m.register_forward_hook(lambda m, *_: ran.append(m)) for m in model.modules()
             if isinstance(m, (nn.Conv2d, nn.BatchNorm2d))]
    model.eval()(feats)
    [h.remove() for h in hooks]
    return list(zip(ran[::2], ran[1::2]))


def _least_squares(x, y):
    """-> weight [outputs, inputs] of the linear map without bias from x to y"""
    x, y = x.double().cpu(), y.double().cpu()
    gram = x.T @ x
    gram += RIDGE * gram.diagonal().mean() * torch.eye(len(gram))
    return torch.linalg.solve(gram, x.T @ y).T.float()
